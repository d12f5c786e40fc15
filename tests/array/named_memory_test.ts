import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  AllocationError,
  DisposedError,
  evaluate,
  mayShareMemory,
  OverlapError,
  ShapeError,
  SharedNdArray,
  tiledMap,
  UnsupportedError,
  ValueError,
} from "../../mod.ts";
import {
  CAN_LIST,
  HAS_SHARED_MEMORY,
  mappingsAndFiles,
  namesLike,
  PYTHON,
  python,
  uniqueName,
} from "./shared_names.ts";

const needsMemory = { ignore: !HAS_SHARED_MEMORY }, needsList = { ignore: !CAN_LIST };
const needsPython = { ignore: !CAN_LIST || PYTHON === "" };

Deno.test("two arrays of one name have the same elements, of every dtype and order", needsMemory, () => {
  for (
    const dtype of ["bool", "int8", "uint16", "float16", "int32", "float32", "int64", "float64"] as const
  ) {
    for (const order of ["C", "F"] as const) {
      const name = uniqueName(), shape = [3, 4, 5];
      using a = SharedNdArray.create({ name, shape, dtype, order });
      using b = SharedNdArray.open(name, { shape, dtype, order });
      assertEquals(b.strides, order === "C" ? [20, 5, 1] : [1, 3, 12]);
      assert(a.equals(SharedNdArray.zeros(shape, { dtype })), "new memory is not zeros");
      a.copyFrom(SharedNdArray.random.integers(shape, { low: 0, high: 2, seed: 1 }), { casting: "unsafe" });
      assert(b.equals(a));
      assert(a.view(1).equals(b.view(1)));
    }
  }
});

Deno.test("arrays without elements or axes can be named too", needsMemory, () => {
  for (const shape of [[], [0], [3, 0]]) {
    const name = uniqueName();
    using a = SharedNdArray.create({ name, shape });
    using b = SharedNdArray.open(name, { shape });
    assertEquals([a.shape, b.size], [shape, shape.length === 0 ? 1 : 0]);
  }
});

Deno.test("a name lasts as long as the array that created it", needsList, async () => {
  const name = uniqueName();
  {
    using created = SharedNdArray.create({ name, shape: [4] });
    SharedNdArray.open(name, { shape: [4] }).dispose();
    assertEquals(created.size, 4);
    assertEquals(await namesLike(name), [name, `${name}.tilewise`]);
  }
  assertEquals(await namesLike(name), []);
  assertThrows(() => SharedNdArray.open(name, { shape: [4] }), Deno.errors.NotFound);
});

Deno.test("what was created anew under a name is not removed by its owner before", needsList, async () => {
  const name = uniqueName(), first = SharedNdArray.create({ name, shape: [4] });
  SharedNdArray.unlink(name);
  using second = SharedNdArray.create({ name, shape: [2] });
  assert(!mayShareMemory(first, second));
  first.dispose();
  assertEquals(await namesLike(name), [name, `${name}.tilewise`]);
});

Deno.test("ephemeral memory has no name any more, and works", needsList, async () => {
  const name = uniqueName();
  using a = SharedNdArray.create({ name, shape: [8], ephemeral: true });
  assertEquals(await namesLike(name), []);
  using made = SharedNdArray.create({ name, shape: [8] });
  made.fill(3);
  using taken = SharedNdArray.open(name, { shape: [8], ephemeral: true });
  assertEquals(await namesLike(name), []);
  await tiledMap("taken + 1", { inputs: { taken }, outputs: { a }, workers: 2, exact: true });
  assertEquals(a.toNested(), Array(8).fill(4));
});

Deno.test("what cannot be is refused in one sentence", needsMemory, () => {
  const name = uniqueName();
  using _ = SharedNdArray.create({ name, shape: [10], dtype: "float32" });
  const taken = assertThrows(() => SharedNdArray.create({ name, shape: [2] }), Deno.errors.AlreadyExists);
  assertEquals(taken.message, `Cannot create shared memory ${name}: there is one of that name`);
  const small = assertThrows(() => SharedNdArray.open(name, { shape: [11], dtype: "float32" }), ShapeError);
  assertEquals(
    small.message,
    `Shared memory ${name} has 40 bytes, too few for float32 [11], which takes 44`,
  );
  const other = uniqueName();
  const missing = assertThrows(() => SharedNdArray.open(other, { shape: [2] }), Deno.errors.NotFound);
  assertEquals(missing.message, `Cannot open shared memory ${other}: there is none of that name`);
  assertThrows(() => SharedNdArray.unlink(other), Deno.errors.NotFound);
  for (const wrong of ["", "a/b", "/a", "..", "a b", "é", "x".repeat(300), "a\0", `${other}.tilewise`]) {
    assertThrows(() => SharedNdArray.create({ name: wrong, shape: [2] }), ValueError);
    assertThrows(() => SharedNdArray.open(wrong, { shape: [2] }), ValueError);
  }
  const long = "x".repeat(300), marker = `${other}.tilewise`;
  for (
    const [wrong, words] of [[long, "by 300 characters: expected 1 to "], [marker, "markers have .tilewise"]]
  ) {
    assertThrows(() => SharedNdArray.create({ name: wrong, shape: [2] }), ValueError, words);
  }
  // Wrong order, from a program in JavaScript.
  assertThrows(() => SharedNdArray.open(name, { shape: [2], order: "K" as "C" }), ValueError);
});

Deno.test("memory that cannot be had leaves no name", needsList, async () => {
  const name = uniqueName();
  for (const size of [2 ** 50, 2 ** 31 + 1]) {
    const error = assertThrows(() => SharedNdArray.create({ name, shape: [size] }), AllocationError);
    assertEquals(error.byteLength, 8 * size);
    assertStringIncludes(error.message, "a single array can have 17.2 GB");
  }
  assertEquals(await namesLike(name), []);
});

Deno.test("runs use it without copying, on workers of every kind", needsMemory, async () => {
  const name = uniqueName(), shape = [40, 16, 16];
  using a = SharedNdArray.create({ name: `${name}a`, shape });
  using sum = SharedNdArray.create({ name: `${name}b`, shape });
  a.copyFrom(SharedNdArray.random(shape, { seed: 1 }));
  const b = SharedNdArray.random(shape, { seed: 2 }), expected = await evaluate("a + b", { a, b });
  const kernel = new URL("../kernels/add.ts", import.meta.url);
  for (const isolation of ["web", "contained"] as const) {
    for (const source of ["a + b", kernel]) {
      sum.fill(0);
      const options = {
        inputs: { a, b },
        outputs: { sum },
        tile: [4, 4],
        workers: 2,
        exact: true,
        isolation,
      };
      const { report } = await tiledMap(source, options);
      assertEquals(report.memory.copied, 0);
      assert(sum.equals(expected), `${isolation} ${source}`);
    }
  }
});

Deno.test("memory that was opened to be read stays as it is", needsMemory, async () => {
  const name = uniqueName();
  using created = SharedNdArray.create({ name, shape: [8] });
  using seen = SharedNdArray.open(name, { shape: [8], readOnly: true });
  created.fill(2);
  assertEquals(seen.get(3), 2);
  seen.set(3, 9);
  assertEquals([created.get(3), seen.get(3)], [2, 9]);
  assertThrows(() => seen.view(0).fill(1), UnsupportedError, "was opened to be read only");
  assertThrows(() => seen.copyFrom(created), UnsupportedError, "was opened to be read only");
  const error = await assertRejects(
    () => tiledMap("2 * created", { inputs: { created }, outputs: { seen }, workers: 1 }),
    UnsupportedError,
  );
  assert(error.message.startsWith("Output seen was opened to be read only"));
  const attached = SharedNdArray.attach(structuredClone(seen.handle()));
  assertThrows(() => attached.fill(1), UnsupportedError, "was opened to be read only");
  assertEquals(Object.keys(created.handle()).includes("readOnly"), false);
});

Deno.test("arrays of one name are known to share memory, in runs too", needsMemory, async () => {
  const name = uniqueName();
  using a = SharedNdArray.create({ name, shape: [8] });
  using b = SharedNdArray.open(name, { shape: [8] });
  using half = SharedNdArray.open(name, { shape: [4] });
  assert(mayShareMemory(a, b) && mayShareMemory(a, half));
  assert(!mayShareMemory(a, SharedNdArray.zeros([8])));
  const flipped = b.flip();
  await assertRejects(
    () => tiledMap("a + 1", { inputs: { a }, outputs: { flipped }, workers: 1 }),
    OverlapError,
  );
  // In place it may be.
  await tiledMap("a + 1", { inputs: { a }, outputs: { b }, workers: 1 });
  assertEquals(a.toNested(), Array(8).fill(1));
});

Deno.test("a disposed array refuses, and its mapping ends at once", needsList, async () => {
  const name = uniqueName(), array = SharedNdArray.create({ name, shape: [1000], ephemeral: true });
  const view = array.view(3);
  assertEquals((await mappingsAndFiles(name))[0], 1);
  array.dispose();
  assertThrows(() => array.get(0), DisposedError);
  assertThrows(() => view.get(), DisposedError);
  assertEquals((await mappingsAndFiles(name))[0], 0);
});

Deno.test("an array that is disposed in a run is whole until the run is over", needsMemory, async () => {
  const name = uniqueName(), shape = [64, 64];
  const tmp = SharedNdArray.create({ name, shape }).fill(2);
  const source =
    "export default async ({ tmp, vpd }) => { await new Promise((done) => setTimeout(done, 20)); " +
    "vpd.fill(tmp.get(0, 0) + 1); }";
  const { outputs } = await tiledMap(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    inputs: { tmp },
    outputs: { vpd: "float64" },
    tile: [16, 16],
    workers: 2,
    onProgress: () => tmp.dispose(),
  });
  assert(tmp.isDisposed, "the run was over before it told of its progress");
  assert(outputs.vpd.equals(SharedNdArray.full(shape, 3)));
});

Deno.test("opening and closing a thousand times leaves no mapping and no file", needsList, async () => {
  const name = uniqueName();
  using created = SharedNdArray.create({ name, shape: [1000] });
  const [mappings, files] = await mappingsAndFiles(name);
  for (let k = 0; k < 1000; k++) {
    using again = SharedNdArray.open(name, { shape: [1000] });
    again.set(k, k);
  }
  const [after, stillOpen] = await mappingsAndFiles(name);
  assertEquals(after, mappings);
  // The runtime has some of its own that come and go.
  assertLess(stillOpen, files + 100);
  // Those that are only dropped are collected now and then.
  for (let k = 0; k < 1000; k++) SharedNdArray.open(name, { shape: [1000] });
  const [left, open] = await mappingsAndFiles(name);
  assertLess(left, 600);
  assertLess(open, files + 100);
  assertEquals(created.get(999), 999);
});

Deno.test("its memory is a WebAssembly memory", needsMemory, () => {
  using array = SharedNdArray.create({ name: uniqueName(), shape: [4], ephemeral: true });
  assertInstanceOf(array.handle().source, WebAssembly.Memory);
});

Deno.test(
  "memory that others gave the name to, or have under the marker's name, is left alone",
  needsPython,
  async () => {
    const name = uniqueName(), marker = `${name}.tilewise`;
    await python(REPLACE, marker);
    const taken = assertThrows(() => SharedNdArray.create({ name, shape: [2] }), Deno.errors.AlreadyExists);
    assertStringIncludes(taken.message, `cannot have its marker ${marker}`);
    assertEquals(await namesLike(name), [marker]);
    await python(REMOVE, marker);
    {
      using created = SharedNdArray.create({ name, shape: [2] });
      await python(REPLACE, name);
      using other = SharedNdArray.open(name, { shape: [2], readOnly: true });
      assert(!mayShareMemory(created, other));
    }
    // The marker went with what it was written for.
    assertEquals(await namesLike(name), [name]);
    await python(REPLACE, marker);
    SharedNdArray.unlink(name);
    assertEquals(await namesLike(name), [marker]);
    await python(REMOVE, marker);
  },
);

const REMOVE = `
import os, sys
os.unlink("/dev/shm/" + sys.argv[1])
`;

/** Memory of Python's in the place of what has a name, if there is one. */
const REPLACE = `
import os, sys
path = "/dev/shm/" + sys.argv[1]
if os.path.exists(path): os.unlink(path)
open(path, "wb").write(bytes(range(64)))
`;
