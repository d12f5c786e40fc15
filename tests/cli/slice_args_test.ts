import { assertEquals, assertThrows } from "@std/assert";
import { SharedNdArray, slice, type ViewIndex } from "../../mod.ts";
import { UsageError } from "../../src/errors.ts";
import { boxOf, defaultSlice, readSlice, showPicks, viewOf } from "../../src/cli/slice_args.ts";
import { Seeded } from "../seeded.ts";

Deno.test("what is picked is what a view picks, read as a box", () => {
  const seeded = new Seeded(5), shape = [4, 5, 6], array = SharedNdArray.arange(120).reshape(shape);
  const bound = (extent: number) => seeded.int(0, 2) === 0 ? null : seeded.int(-extent - 2, extent + 2);
  for (let k = 0; k < 3000; k++) {
    const named = seeded.int(0, 3), words: string[] = [], view: ViewIndex[] = [];
    for (let axis = 0; axis < named; axis++) {
      const extent = shape[axis];
      if (seeded.int(0, 2) === 0) {
        const index = seeded.int(-extent, extent - 1);
        words.push(String(index));
        view.push(index);
        continue;
      }
      const [start, stop] = [bound(extent), bound(extent)], step = [1, 2, 7, -1, -2, -9][seeded.int(0, 5)];
      words.push(`${start ?? ""}:${stop ?? ""}${step === 1 && seeded.int(0, 1) === 0 ? "" : `:${step}`}`);
      view.push(slice(start, stop, step));
    }
    const text = words.join(","), picks = readSlice(text, shape), box = boxOf(picks);
    const expected = array.view(...view);
    if (picks.some(({ count }) => count === 0)) {
      assertEquals(expected.size, 0, text);
      continue;
    }
    const read = array.view(...box.origin.map((start, axis) => slice(start, start + box.shape[axis])));
    assertEquals(read.view(...viewOf(picks)).toNested(), expected.toNested(), text);
  }
});

Deno.test("axes that are not named are whole, at ... or at the end", () => {
  const text = (slice: string) => showPicks(readSlice(slice, [2, 3, 4]));
  assertEquals(text("1"), "[1, :, :]");
  assertEquals(text("...,1"), "[:, :, 1]");
  assertEquals(text("-1, ... ,::2"), "[1, :, ::2]");
  assertEquals(text(" 0 , 1 : 3 , : "), "[0, 1:3, :]");
  assertEquals(text("0,...,1,:"), "[0, 1, :]");
  assertEquals(text(""), "[:, :, :]");
  assertEquals(text(":,:,::-1"), "[:, :, ::-1]");
});

Deno.test("by default the last two axes are whole", () => {
  const cases: [shape: number[], text: string][] = [
    [[], "[]"],
    [[3], "[:]"],
    [[3, 4], "[:, :]"],
    [[2, 3, 4], "[0, :, :]"],
    [[5, 2, 3, 4], "[0, 0, :, :]"],
  ];
  for (const [shape, text] of cases) assertEquals(showPicks(defaultSlice(shape)), text);
});

Deno.test("what is no slice is refused in one sentence", () => {
  const cases: [text: string, message: string][] = [
    ["0,:,:,:", "--slice 0,:,:,: names 4 axes, but the array of shape [2, 3, 4] has 3"],
    ["2", "--slice 2: index 2 is out of range on axis 0, whose extent is 2"],
    ["...,-5", "--slice ...,-5: index -5 is out of range on axis 2, whose extent is 4"],
    ["...,...", "--slice ...,... has more than one ..."],
    ["::0", "--slice ::0: the step of ::0 is 0"],
    ["a", '--slice a: "a" is no index, expected an integer, START:STOP:STEP, or ...'],
    ["1.5", '--slice 1.5: "1.5" is no index'],
    ["0,,1", '--slice 0,,1: "" is no index'],
    ["1:2:3:4", '"1:2:3:4" is no index'],
    ["1:b", '"1:b" is no index'],
    ["99999999999999999999", "99999999999999999999 is too large"],
    ["None", '"None" is no index'],
  ];
  for (const [text, message] of cases) {
    const error = assertThrows(() => readSlice(text, [2, 3, 4]), UsageError);
    assertEquals(error.message.includes(message), true, error.message);
  }
  assertThrows(() => defaultSlice([0, 3, 4]), UsageError, "index 0 is out of range on axis 0");
});
