import type { BlockSource } from "../../../src/kernel/reduce/block_source.ts";
import type { ReducePlan } from "../../../src/plan/reduce/reduce_plan.ts";

/** A source that gives the elements of a list, cell by cell, into a block, and refuses what no kernel could do. */
export function listSource(plan: ReducePlan, list: Float64Array, scratch: Float64Array): BlockSource {
  return {
    direct: null,
    fill(cells, positions, address, cellStep, positionStep) {
      const side = plan.contiguous === "cells" ? cellStep : positionStep;
      if (side !== 8) throw new Error(`The step along ${plan.contiguous} is ${side} bytes`);
      for (let c = 0; c < cells.count; c++) {
        for (let p = 0; p < positions.count; p++) {
          const place = (address - scratch.byteOffset + c * cellStep + p * positionStep) / 8;
          if (place < 0 || place >= scratch.length) throw new Error(`${place} lies outside the scratch`);
          scratch[place] = list[(cells.first + c) * plan.positions + positions.first + p];
        }
      }
    },
  };
}

/** A plan over a list of cells with so many positions each. */
export function listPlan(
  sizes: Pick<ReducePlan, "cells" | "positions" | "unitCells" | "unitPositions" | "contiguous">,
): ReducePlan {
  const { cells, positions, unitCells, unitPositions } = sizes;
  return {
    ...sizes,
    shape: [cells, positions],
    kept: [0],
    reduced: [1],
    cellUnits: Math.ceil(cells / unitCells),
    positionUnits: Math.ceil(positions / unitPositions),
  };
}
