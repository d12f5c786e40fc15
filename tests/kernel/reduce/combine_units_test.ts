import { assert, assertEquals, assertThrows } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { combineUnits } from "../../../src/kernel/reduce/combine_units.ts";
import type { FoldName } from "../../../src/plan/reduce/reduce_plan.ts";
import { combineBranches } from "../../../src/plan/reduce/reduce_tree.ts";
import { forEachSeed } from "../../seeded.ts";
import { FLOAT_FOLDS, wholeFolds } from "./naive_reduction.ts";

Deno.test("units of each cell are combined by the tree, floats", () => {
  forEachSeed(60, (random) => {
    const units = random.int(1, 20), cells = random.int(1, 5), special = random.pick([0, 2, 9]);
    const flat = Float64Array.from({ length: units * cells }, () => {
      if (special > 0 && random.oneIn(special)) return random.pick([NaN, Infinity, -Infinity, -0, 0]);
      return random.word() / 2 ** 32 - 0.5;
    });
    for (const [fold, [combine]] of Object.entries(FLOAT_FOLDS)) {
      const values = SharedNdArray.from(flat).reshape([units, cells]);
      combineUnits(values, null, { cells, positionUnits: units }, fold as FoldName);
      for (let cell = 0; cell < cells; cell++) {
        const own = Array.from({ length: units }, (_, unit) => flat[unit * cells + cell]);
        assert(Object.is(values.get(0, cell), combineBranches(own, combine)), `${fold} of ${own}`);
      }
    }
  });
});

Deno.test("units of each cell are combined by the tree, integers that wrap", () => {
  forEachSeed(40, (random) => {
    const units = random.int(1, 20), cells = random.int(1, 5);
    const word = () => BigInt(random.word()) << 32n | BigInt(random.word());
    const flat = BigUint64Array.from({ length: units * cells }, word);
    for (const dtype of ["int64", "uint64"] as const) {
      const wrap = (value: bigint) =>
        dtype === "int64" ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
      for (const [fold, combine] of Object.entries(wholeFolds(wrap))) {
        const values = SharedNdArray.zeros([units, cells], { dtype });
        flat.forEach((value, k) => values.data[k] = wrap(value));
        combineUnits(values, null, { cells, positionUnits: units }, fold as FoldName);
        for (let cell = 0; cell < cells; cell++) {
          const own = Array.from({ length: units }, (_, unit) => wrap(flat[unit * cells + cell]));
          assertEquals(values.get(0, cell), combineBranches(own, combine), fold);
        }
      }
    }
  });
});

Deno.test("of equal values the first unit's place stays, and the first NaN's", () => {
  const combined = (values: number[], fold: FoldName) => {
    const partials = SharedNdArray.from(values).reshape([values.length, 1]);
    const places = SharedNdArray.arange(0, 10 * values.length, 10, { dtype: "int64" }).reshape([-1, 1]);
    combineUnits(partials, places, { cells: 1, positionUnits: values.length }, fold);
    return [places.get(0, 0), partials.get(0, 0)];
  };
  assertEquals(combined([3, 1, 2, 1, 4], "argmin"), [10n, 1]);
  assertEquals(combined([3, 4, 2, 1, 4], "argmax"), [10n, 4]);
  assertEquals(combined([3, 4, NaN, -1, NaN], "argmax"), [20n, NaN]);
  assertEquals(combined([3, 4, NaN, -1, NaN], "argmin"), [20n, NaN]);
  assertEquals(combined([0, -0, -0], "argmin"), [0n, 0]);
  const whole = SharedNdArray.from([5n, 2n, 2n]).reshape([3, 1]);
  const places = SharedNdArray.from([0n, 7n, 9n]).reshape([3, 1]);
  combineUnits(whole, places, { cells: 1, positionUnits: 3 }, "argmin");
  assertEquals([whole.get(0, 0), places.get(0, 0)], [2n, 7n]);
  assertThrows(
    () => combineUnits(whole, null, { cells: 1, positionUnits: 3 }, "argmin"),
    Error,
    "The fold argmin needs places",
  );
});
