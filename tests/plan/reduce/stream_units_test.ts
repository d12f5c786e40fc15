import { assert, assertEquals } from "@std/assert";
import { BLOCK } from "../../../src/plan/reduce/reduce_plan.ts";
import { blockOf, chooseUnits, type UnitOptions } from "../../../src/plan/reduce/stream_units.ts";
import { forEachSeed } from "../../seeded.ts";

/** Bytes of elements that wait to be combined, about as they are. */
const foldBytes: UnitOptions["foldBytes"] = ({ cells, most }) => 8 * cells * (most + 8) + 1000;

function optionsOf(shape: readonly number[], chunks: readonly number[], roomBytes: number): UnitOptions {
  const arrays = [{ shape, chunks, itemBytes: 4, isOutput: false }];
  return { arrays, around: shape.map(() => 0), roomBytes, parts: 2, results: 1, foldBytes };
}

Deno.test("units are branches of the tree, fit the room, and are whole where sizes are settled", () =>
  forEachSeed(200, (random) => {
    const shape = random.ints(random.int(1, 3), 1, 300),
      chunks = shape.map((extent) => random.int(1, extent));
    const reduced = shape.flatMap((_, axis) => random.oneIn(2) ? [axis] : []);
    const kept = shape.flatMap((_, axis) => reduced.includes(axis) ? [] : [axis]);
    const options = optionsOf(shape, chunks, 2 ** random.int(11, 24));
    const chosen = chooseUnits(shape, kept, reduced, options);
    if (chosen === null) {
      // A value for each cell has to be in memory too.
      const cells = kept.reduce((product, axis) => product * shape[axis], 1);
      assert(options.roomBytes < 2 ** 20 + 4 * cells, `no units in ${options.roomBytes}`);
      return;
    }
    const { units, bytes } = chosen, { unitPositions, positions, positionUnits, cellBox } = units;
    assert(bytes <= options.roomBytes);
    const branch = unitPositions / BLOCK;
    assert(unitPositions === positions || 2 ** Math.round(Math.log2(branch)) === branch, `${unitPositions}`);
    assert(positionUnits * unitPositions >= positions && (positionUnits - 1) * unitPositions < positions);
    const block = blockOf(shape, kept, reduced, units);
    assert(block.every((extent, axis) => extent >= 1 && extent <= shape[axis]));
    assert(reduced.reduce((product, axis) => product * block[axis], 1) <= unitPositions);
    // A task with less memory has the units of the first one, and reads them in smaller boxes.
    const sizes = { cellBox, unitPositions };
    const least = chooseUnits(shape, kept, reduced, { ...options, roomBytes: bytes / 2, sizes });
    if (least !== null) {
      assertEquals([least.units.cellBox, least.units.unitPositions], [cellBox, unitPositions]);
    }
    assertEquals(chooseUnits(shape, kept, reduced, { ...options, sizes })?.units.cellBox, cellBox);
  }));

Deno.test("chunks are read once where memory allows", () => {
  const cases: [number[], number[], number[]][] = [
    [[365, 720, 1440], [1, 720, 1440], [0]],
    [[365, 720, 1440], [30, 90, 180], [0]],
    [[365, 720, 1440], [365, 90, 90], [0]],
    [[365, 720, 1440], [30, 90, 180], [1, 2]],
    [[365, 720, 1440], [1, 720, 1440], [0, 1, 2]],
    [[6e9], [1e6], [0]],
  ];
  for (const [shape, chunks, reduced] of cases) {
    const kept = shape.flatMap((_, axis) => reduced.includes(axis) ? [] : [axis]);
    const chosen = chooseUnits(shape, kept, reduced, optionsOf(shape, chunks, 256 * 2 ** 20));
    assert(chosen !== null && chosen.timesRead < 1.1, `${chunks} over ${reduced}: ${chosen?.timesRead}`);
    const { cellUnits, positionUnits } = chosen.units;
    assert(cellUnits * positionUnits > 1, "there is work for two");
  }
});
