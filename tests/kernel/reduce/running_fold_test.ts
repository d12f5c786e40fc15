import { assertEquals } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { RunningFold } from "../../../src/kernel/reduce/running_fold.ts";
import type { FoldName, LaneDType } from "../../../src/plan/reduce/reduce_plan.ts";
import { foldInOrder } from "../../../src/plan/reduce/reduce_tree.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";

const FLOATS = [1.5, -0, 0, NaN, Infinity, -Infinity, 1e300, 3, 0.1, -7];

/** What two floats become, and what stands for one that is missing. */
const FOLDS: Partial<Record<FoldName, readonly [(a: number, b: number) => number, number]>> = {
  sum: [(a, b) => a + b, -0],
  prod: [(a, b) => a * b, 1],
  min: [Math.min, Infinity],
  max: [Math.max, -Infinity],
};

function bits(value: number): bigint {
  return new BigInt64Array(Float64Array.of(value).buffer)[0];
}

Deno.test("positions that come bit by bit are combined in the order of the contract", () =>
  forEachSeed(60, (random) => {
    const { seed } = random;
    const cells = random.int(1, seed % 5 === 0 ? 1300 : 20), many = cells > 100 ? 300 : 2500;
    const positions = random.int(1, many), most = random.int(1, seed % 3 === 0 ? 400 : 40);
    const fold = (["sum", "prod", "min", "max"] as const)[seed % 4];
    const [combine, identity] = FOLDS[fold] ?? [(a) => a, 0];
    const isPlain = seed % 2 === 0;
    const elements = Array.from(
      { length: cells },
      () =>
        Array.from(
          { length: positions },
          () => isPlain ? random.word() / 2 ** 32 - 0.5 : FLOATS[random.int(0, 9)],
        ),
    );
    const expected = elements.map((own) => {
      const value = foldInOrder(own, combine, identity);
      return bits(Number.isNaN(value) ? NaN : value);
    });
    for (const contiguous of ["cells", "positions"] as const) {
      using running = new RunningFold(fold, "float64", { cells, most, positions, contiguous });
      assertEquals(
        [...feed(running, "float64", elements, random, most, 0).values],
        expected,
        `${contiguous}`,
      );
    }
  }));

Deno.test("first places are found among positions that come bit by bit", () =>
  forEachSeed(40, (random) => {
    const { seed } = random;
    const cells = random.int(1, seed % 7 === 0 ? 700 : 12), positions = random.int(1, 600);
    const most = random.int(1, 60), lanes: LaneDType = seed % 3 === 0 ? "int64" : "float64";
    const elements = Array.from(
      { length: cells },
      () =>
        Array.from(
          { length: positions },
          () => lanes === "int64" ? random.int(0, 40) : random.int(0, 30) === 0 ? NaN : random.int(0, 9),
        ),
    );
    const expected = elements.map((own) => {
      const first = own.findIndex((value) => Number.isNaN(value));
      return BigInt(first >= 0 ? first : own.indexOf(Math.min(...own))) + 256n;
    });
    for (const contiguous of ["cells", "positions"] as const) {
      using running = new RunningFold("argmin", lanes, { cells, most, positions, contiguous });
      const { places } = feed(running, lanes, elements, random, most, 256);
      assertEquals([...places], expected, contiguous);
    }
  }));

/** Hands elements over in pieces of random lengths. */
function feed(
  running: RunningFold,
  lanes: LaneDType,
  elements: readonly (readonly number[])[],
  random: Seeded,
  most: number,
  first: number,
): { values: BigInt64Array; places: BigInt64Array } {
  const cells = elements.length, positions = elements[0].length;
  const { buffer } = running.memory.data;
  const memory = lanes === "float64" ? new Float64Array(buffer) : new BigInt64Array(buffer);
  // What an earlier unit has left must not count.
  running.begin(cells, 0);
  running.add(Math.min(most, 5));
  running.begin(cells, first);
  for (let done = 0; done < positions;) {
    const count = Math.min(positions - done, random.int(1, most));
    const { address, cellStep, positionStep } = running.target;
    for (let cell = 0; cell < cells; cell++) {
      for (let k = 0; k < count; k++) {
        const at = (address + cell * cellStep + k * positionStep) / 8, value = elements[cell][done + k];
        if (memory instanceof Float64Array) memory[at] = value;
        else memory[at] = BigInt(value);
      }
    }
    running.add(count);
    done += count;
  }
  const values = new BigInt64Array(cells), places = new BigInt64Array(cells);
  running.finish(values, places);
  return { values, places };
}

Deno.test("the memory of a running fold is given back", () => {
  const running = new RunningFold("sum", "float64", { cells: 3, most: 8, positions: 9, contiguous: "cells" });
  const { memory } = running;
  running[Symbol.dispose]();
  assertEquals(memory instanceof SharedNdArray && memory.isDisposed, true);
});
