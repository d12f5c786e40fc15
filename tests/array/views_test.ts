import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ShapeError, SharedNdArray, slice, type ViewIndex } from "../../mod.ts";
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
  | readonly ["flip" | "expandDims" | "squeeze", number?]
  | readonly ["broadcastTo" | "reshape", readonly number[]];

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

function apply(array: Floats, [name, argument]: Operation): Floats {
  switch (name) {
    case "view":
      return array.view(
        ...argument.map((index) =>
          typeof index === "object" && index !== null ? slice(index.start, index.stop, index.step) : index
        ),
      );
    case "transpose":
      return array.transpose(argument);
    case "flip":
      return array.flip(argument);
    case "expandDims":
      return array.expandDims(argument ?? 0);
    case "squeeze":
      return array.squeeze(argument);
    case "broadcastTo":
      return array.broadcastTo(argument);
    case "reshape":
      return array.reshape(argument);
  }
}

Deno.test("chains of operations give the shapes and elements that NumPy gives", () => {
  assertEquals(viewCases.length, 300);
  for (const { shape, ops, expectShape, expect } of viewCases) {
    const array = ops.reduce(apply, counted(shape));
    const about = `[${shape}] ${JSON.stringify(ops)}`;
    assertEquals(array.shape, expectShape, about);
    assertEquals([...array.values()], expect, about);
    assertEquals(array.toTyped(), Float64Array.from(expect), about);
  }
});

Deno.test("only a reshape that strides do not allow copies, and then only if it may", () => {
  let copied = 0;
  for (const { shape, ops } of viewCases) {
    let array = counted(shape);
    for (const operation of ops) {
      const next = apply(array, operation);
      if (next.data !== array.data) {
        copied++;
        assertEquals(operation[0], "reshape");
        const [, wanted] = operation as ["reshape", number[]];
        const error = assertThrows(() => array.reshape(wanted, { copy: "never" }), ShapeError);
        assertStringIncludes(error.message, "without a copy");
      } else if (operation[0] === "reshape") {
        assert(array.reshape(operation[1], { copy: "never" }).data === array.data);
      }
      array = next;
    }
  }
  assert(copied > 5, `only ${copied} reshapes copied`);
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
