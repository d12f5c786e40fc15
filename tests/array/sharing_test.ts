import { assert, assertEquals, assertFalse, assertRejects } from "@std/assert";
import { mayShareMemory, OverlapError, SharedNdArray, slice, tiledMap } from "../../mod.ts";
import { forEachSeed } from "../seeded.ts";
import { placesOf } from "../naive.ts";

Deno.test("mayShareMemory finds common elements of views, and only those", () => {
  forEachSeed(500, (random) => {
    const base = SharedNdArray.zeros([7, 11]);
    const [a, b] = [0, 1].map(() => {
      const view = base.view(
        slice(random.int(0, 3), random.int(4, 7), random.int(1, 3)),
        slice(random.int(6, 10), random.int(0, 5), -random.int(1, 3)),
      );
      return random.oneIn(2) ? view.transpose() : view;
    });
    const places = new Set(placesOf(a.shape, a.strides, a.offset));
    const expected = placesOf(b.shape, b.strides, b.offset).some((place) => places.has(place));
    assertEquals(mayShareMemory(a, b), expected, `[${a.strides}] ${a.offset} and [${b.strides}] ${b.offset}`);
  });
});

Deno.test("arrays over one buffer, or from handles of one array, are known to share memory", () => {
  const buffer = new SharedArrayBuffer(80);
  const whole = SharedNdArray.wrap(buffer, { shape: [10] });
  const tail = SharedNdArray.wrap(buffer, { shape: [5], byteOffset: 40 });
  const head = SharedNdArray.wrap(buffer, { shape: [10], dtype: "float32" });
  assert(mayShareMemory(whole, tail));
  assertFalse(mayShareMemory(head, tail));

  const array = SharedNdArray.zeros([10]), handle = array.handle();
  const [a, b] = [
    SharedNdArray.attach(structuredClone(handle)),
    SharedNdArray.attach(structuredClone(handle)),
  ];
  assert(a.data.buffer !== b.data.buffer && mayShareMemory(a, b) && mayShareMemory(array, a));
  assertFalse(mayShareMemory(a.view(slice(0, 5)), b.view(slice(5, null))));
  assertFalse(mayShareMemory(array, SharedNdArray.zeros([10])));

  // A clone of a clone, and one of a wrapped buffer, are over the same bytes too.
  const again = SharedNdArray.attach(structuredClone(a.handle()));
  assert(mayShareMemory(again, b));
  assert(mayShareMemory(SharedNdArray.attach(structuredClone(tail.handle())), whole));
});

Deno.test("a run refuses an output that overlaps another array through a handle", async () => {
  const kernel = new URL("data:text/javascript,export default () => {}");
  const array = SharedNdArray.zeros([8]), clone = SharedNdArray.attach(structuredClone(array.handle()));
  await assertRejects(
    () => tiledMap(kernel, { inputs: { a: clone.flip() }, outputs: { b: array } }),
    OverlapError,
    "Output b overlaps input a",
  );
});

Deno.test("copyFrom sees an overlap through a handle", () => {
  const array = SharedNdArray.arange(8), clone = SharedNdArray.attach(structuredClone(array.handle()));
  array.view(slice(1, null)).copyFrom(clone.view(slice(0, 7)));
  assertEquals(array.toNested(), [0, 0, 1, 2, 3, 4, 5, 6]);
  array.copyFrom(clone.flip());
  assertEquals(array.toNested(), [6, 5, 4, 3, 2, 1, 0, 0]);
});
