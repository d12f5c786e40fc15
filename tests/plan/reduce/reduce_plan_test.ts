import { assert, assertEquals, assertThrows } from "@std/assert";
import { IndexError, PlanError } from "../../../src/errors.ts";
import { combineInPairs } from "../../../src/plan/reduce/pairs.ts";
import { planReduction, type ReducedAxes, splitAxes } from "../../../src/plan/reduce/plan_reduction.ts";
import { CHUNK, type ReducePlan } from "../../../src/plan/reduce/reduce_plan.ts";
import { tuplesOf } from "../../naive.ts";
import { forEachSeed } from "../../seeded.ts";

/** What every plan promises. */
function assertPlan(plan: ReducePlan): void {
  const { shape, kept, reduced, cells, positions, unitCells, unitPositions, cellUnits, positionUnits } = plan;
  assertEquals([...kept, ...reduced].sort((a, b) => a - b), shape.map((_, axis) => axis));
  assertEquals(cells, kept.reduce((product, axis) => product * shape[axis], 1));
  assertEquals(positions, reduced.reduce((product, axis) => product * shape[axis], 1));
  assert(unitCells >= 1 && unitCells <= cells && unitPositions >= 1 && unitPositions <= positions);
  assertEquals([cellUnits, positionUnits], [
    Math.ceil(cells / unitCells),
    Math.ceil(positions / unitPositions),
  ]);
  // Each unit is a branch of the tree.
  if (unitPositions < positions) {
    assert(Number.isInteger(Math.log2(unitPositions / CHUNK)), `${unitPositions}`);
  }
}

Deno.test("units of every small shape and tile are branches of the tree", () => {
  for (const shape of [...tuplesOf([1, 2, 3], 1), ...tuplesOf([1, 2, 3], 2), ...tuplesOf([1, 2], 3)]) {
    for (let axes = 0; axes < 2 ** shape.length; axes++) {
      const axis = [...shape.keys()].filter((own) => axes >> own & 1);
      for (const tile of [undefined, [1], [2], shape.map(() => 1)]) {
        assertPlan(planReduction(shape, axis, { workers: 2, tile }));
      }
    }
  }
});

Deno.test("units of large shapes are branches of the tree, and enough for all workers", () => {
  forEachSeed(300, (random) => {
    const shape = Array.from(
      { length: random.int(1, 4) },
      () => random.pick([1, 3, 12, 100, 365, 1000, 4096]),
    );
    const axis = random.pick<ReducedAxes>([
      null,
      undefined,
      0,
      -1,
      [0, shape.length - 1].slice(0, shape.length),
    ]);
    const workers = random.int(1, 16);
    const strides = random.oneIn(2) ? undefined : random.ints(shape.length, -5, 5);
    const plan = planReduction(shape, axis, { workers, strides });
    assertPlan(plan);
    const units = plan.cellUnits * plan.positionUnits, size = plan.cells * plan.positions;
    assert(units <= 64 * workers, `${units} units`);
    if (size > 1e8) assert(units >= workers, `${units} units of ${size} elements for ${workers} workers`);
  });
});

Deno.test("a tile says how large units are, in whole chunks of positions", () => {
  const shape = [40, 50_000];
  const rows = planReduction(shape, 1, { workers: 2, tile: [3, 9000] });
  assertEquals([rows.unitCells, rows.unitPositions, rows.cellUnits, rows.positionUnits], [
    3,
    2 * CHUNK,
    14,
    4,
  ]);
  const columns = planReduction(shape, 0, { workers: 2, tile: [700] });
  assertEquals([columns.unitCells, columns.unitPositions], [700, 40]);
});

Deno.test("blocks follow memory, unless that makes loops of few turns", () => {
  const order = (shape: number[], axis: number, strides?: number[]) =>
    planReduction(shape, axis, { workers: 1, strides }).contiguous;
  assertEquals(order([100, 100], 0), "cells");
  assertEquals(order([100, 100], 1), "positions");
  assertEquals(order([100, 100], 0, [1, 100]), "positions");
  assertEquals(order([100, 3], 0), "positions");
  assertEquals(order([100, 3], 1), "cells");
  assertEquals(order([100, 1], 1), "cells");
});

Deno.test("axes are those of NumPy", () => {
  assertEquals(splitAxes([-1, 0], 3), { kept: [1], reduced: [0, 2] });
  assertEquals(splitAxes(null, 2), { kept: [], reduced: [0, 1] });
  assertEquals(splitAxes([], 2), { kept: [0, 1], reduced: [] });
  assertThrows(() => splitAxes(2, 2), IndexError, "Axis 2 is out of bounds for an array with 2 axes");
  assertThrows(() => splitAxes(0.5, 2), IndexError, "0.5");
  assertThrows(() => splitAxes(NaN, 2), IndexError, "NaN");
  assertThrows(() => splitAxes([0, -2], 2), IndexError, "twice");
  // As a program in JavaScript may pass it.
  assertThrows(() => splitAxes("0" as never, 2), IndexError, "expected an integer");
  assertThrows(() => planReduction([4], 0, { workers: 1, tile: [0] }), PlanError, "not a positive integer");
  assertThrows(() => planReduction([4], 0, { workers: 1, tile: [1, 1] }), PlanError, "more than the 1");
});

/** The tree as the contract puts it: a range is what its halves give, the first of them a power of two. */
function treeOf(first: number, count: number): string {
  if (count === 1) return String(first);
  let half = 1;
  while (half * 2 < count) half *= 2;
  return `(${treeOf(first, half)} ${treeOf(first + half, count - half)})`;
}

Deno.test("pairs are combined as the tree says", () => {
  for (let count = 1; count < 70; count++) {
    const values = Array.from({ length: count }, (_, k) => String(k));
    const combined = combineInPairs(values, (first, second, [from, middle, to]) => {
      assertEquals([first, second], [treeOf(from, middle - from), treeOf(middle, to - middle)]);
      return `(${first} ${second})`;
    });
    assertEquals(combined, treeOf(0, count));
  }
});
