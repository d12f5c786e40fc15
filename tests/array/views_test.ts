import { assert, assertEquals } from "@std/assert";
import { SharedNdArray, slice, type ViewIndex } from "../../mod.ts";
import { indicesOf, ListView, pythonSlice } from "../naive.ts";
import { forEachSeed, type Seeded } from "../seeded.ts";

interface PythonSlice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}

type Operation =
  | readonly ["view", readonly (number | null | PythonSlice)[]]
  | readonly ["transpose", (readonly number[])?]
  | readonly ["flip", number?]
  | readonly ["expandDims" | "squeeze" | "broadcastTo" | "reshape", ...unknown[]];

interface ViewCase {
  readonly shape: readonly number[];
  readonly ops: readonly Operation[];
  readonly expectShape: readonly number[];
  readonly expect: readonly number[];
}

const viewCases: readonly ViewCase[] = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/views.json", import.meta.url)),
);

type Floats = SharedNdArray<"float64">;

function counted(shape: readonly number[]): Floats {
  return SharedNdArray.from(Float64Array.from(indicesOf(shape), (_, i) => i), { shape });
}

/** The view that an operation makes, or undefined for one that is neither a view, a transpose nor a flip. */
function apply(array: Floats, operation: Operation): Floats | undefined {
  switch (operation[0]) {
    case "view":
      return array.view(
        ...operation[1].map((index) =>
          typeof index === "object" && index !== null ? slice(index.start, index.stop, index.step) : index
        ),
      );
    case "transpose":
      return array.transpose(operation[1]);
    case "flip": {
      const backwards = slice(null, null, -1), flipped = operation[1];
      return array.view(
        ...array.shape.map((_, axis) =>
          flipped === undefined || axis === (flipped + array.ndim) % array.ndim ? backwards : null
        ),
      );
    }
  }
}

Deno.test("chains of views, transposes and flips give the elements that NumPy gives", () => {
  let compared = 0;
  for (const { shape, ops, expectShape, expect } of viewCases) {
    let array: Floats | undefined = counted(shape);
    for (const operation of ops) array = array && apply(array, operation);
    if (array === undefined) continue;
    compared++;
    const about = `[${shape}] ${JSON.stringify(ops)}`;
    assertEquals(array.shape, expectShape, about);
    assertEquals([...array.values()], expect, about);
  }
  assert(compared >= 36, `only ${compared} cases were compared`);
});

/** A random index of one axis, and what it picks. */
function randomIndex(random: Seeded, extent: number): [ViewIndex, number | number[]] {
  if (extent > 0 && random.oneIn(5)) {
    const index = random.int(-extent, extent - 1);
    return [index, index < 0 ? index + extent : index];
  }
  if (random.oneIn(4)) return [null, pythonSlice(extent, null, null, 1)];
  const start = random.oneIn(2) ? null : random.int(-7, 7);
  const stop = random.oneIn(2) ? null : random.int(-7, 7);
  const step = random.pick([1, 1, 2, 3, -1, -2]);
  return [slice(start, stop, step), pythonSlice(extent, start, stop, step)];
}

function randomStep(random: Seeded, array: Floats, list: ListView): [Floats, ListView] {
  const { shape } = list;
  switch (random.int(0, 2)) {
    case 0: {
      const order = random.shuffled(shape.keys().toArray());
      const named = order.map((axis) => random.oneIn(3) ? axis - shape.length : axis);
      return [array.transpose(named), list.transpose(order)];
    }
    case 1: {
      const origin = shape.map((extent) => random.int(0, extent));
      const size = shape.map((extent, axis) => random.int(0, extent - origin[axis]));
      const picked = origin.map((start, axis) => Array.from({ length: size[axis] }, (_, i) => start + i));
      return [array.box(origin, size), list.pick(picked)];
    }
    default: {
      const picks = shape.map((extent) => randomIndex(random, extent));
      // Axes that are not named at the end are whole.
      const named = random.int(0, shape.length);
      const whole = (axis: number) => pythonSlice(shape[axis], null, null, 1);
      return [
        array.view(...picks.slice(0, named).map(([index]) => index)),
        list.pick(picks.map(([, picked], axis) => axis < named ? picked : whole(axis))),
      ];
    }
  }
}

Deno.test("random chains of views show the elements that lists of indices show", () => {
  forEachSeed(2000, (random) => {
    const shape = random.ints(random.int(0, 4), 1, 6);
    let array = counted(shape), list = new ListView(shape);
    for (let step = 0; step < 4; step++) {
      [array, list] = randomStep(random, array, list);
      assertEquals(array.shape, list.shape);
      assertEquals(array.size, list.places.length);
      assertEquals([...array.values()], list.places);
      if (array.size > 0) {
        const index = list.shape.map((extent) => random.int(0, extent - 1));
        assertEquals(array.get(...index), list.at(index));
      }
    }
  });
});

Deno.test("a single index with a huge step leaves the walk over the other axes exact", () => {
  const view = counted([3, 3, 2]).view(null, slice(1, null, 2 ** 53 - 1), null);
  assertEquals(view.shape, [3, 1, 2]);
  assertEquals([...view.values()], [2, 3, 8, 9, 14, 15]);
});
