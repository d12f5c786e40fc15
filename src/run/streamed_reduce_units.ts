/**
 * Which units a pass of a streamed reduction has: as memory, chunks and the tasks of a job ask for.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { dtypeRow } from "../dtype.ts";
import { MemoryBudgetError, type MemoryPart, ShapeError, showBytes } from "../errors.ts";
import { runningBytes } from "../kernel/reduce/running_fold.ts";
import type { FoldPass } from "../plan/reduce/reduction_table.ts";
import {
  chooseUnits,
  type ChosenUnits,
  type StreamUnits,
  type UnitOptions,
  type UnitSizes,
} from "../plan/reduce/stream_units.ts";
import { StoredArray } from "../store/stored_array.ts";
import { runtimeParts } from "./report.ts";
import { blockArray, CODEC_BYTES, roomFor } from "./stream_plan.ts";
import type { StreamedReduceWishes } from "./streamed_reduce_options.ts";
import {
  hasPlaces,
  type PassArrays,
  type PreparedReduction,
  type StreamArrays,
} from "./streamed_reduce_plan.ts";

/** What of the units tests decide. */
export type UnitWishes = Pick<UnitOptions, "sizes" | "sliceExtent">;

/** More than this is not taken for one worker's elements, whatever there is: its memory has 32-bit addresses. */
const MOST_ROOM = 2 ** 30;

/** A pass whose units are chosen. */
export interface PlannedPass {
  readonly units: StreamUnits;
  readonly timesRead: number;
  /** Bytes of one worker. */
  readonly blockBytes: number;
}

/**
 * Chooses the units of a pass.
 *
 * @param prepared The reduction.
 * @param passes What is combined.
 * @param read What is read.
 * @param wishes Memory, workers and shards.
 * @param wanted Sizes that are settled.
 * @throws {MemoryBudgetError} If no unit fits.
 */
export function planPass(
  { source: { shape }, kept, reduced, halo, dtype }: PreparedReduction,
  passes: readonly FoldPass[],
  { arrays, beside }: PassArrays,
  { workers, maxMemory, shard }: StreamedReduceWishes,
  wanted: UnitWishes,
): PlannedPass {
  const all: StreamArrays = beside === undefined ? arrays : { ...arrays, [beside.node.name]: beside.array };
  const results = passes.reduce((sum, pass) => sum + (hasPlaces(pass) ? 2 : 1), 0);
  const drivers = Object.values(all).filter((array) => array instanceof StoredArray);
  const scratch = CODEC_BYTES + drivers.reduce((sum, { scratchBytes }) => sum + scratchBytes, 0);
  const cells = kept.reduce((product, axis) => product * shape[axis], 1);
  const resident: MemoryPart[] = [
    ...Object.entries(all).filter((entry): entry is [string, SharedNdArray] =>
      entry[1] instanceof SharedNdArray
    ).map(([name, { byteLength }]) => ({ kind: "array", name, bytes: byteLength } as const)),
    ...(shard === undefined
      ? [{ kind: "array", name: "result", bytes: cells * dtypeRow(dtype).bytes } as const]
      : []),
  ];
  const options: UnitOptions = {
    ...wanted,
    arrays: Object.values(all).map((array) => blockArray(array, shape, false)),
    around: shape.map((_, axis) => halo === null ? 0 : halo.axes[axis].before + halo.axes[axis].after),
    roomBytes: Math.min(MOST_ROOM, roomFor(maxMemory, resident, workers, scratch)),
    parts: workers * (shard?.count ?? 1),
    results,
    // What came of a unit is held once more for each cell.
    foldBytes: (room) => passes.length * runningBytes(room) + 8 * results * room.cells,
  };
  const chosen = chooseUnits(shape, kept, reduced, options);
  if (chosen === null) {
    throw tooLarge(options, chooseLeast(shape, kept, reduced, options), resident, {
      maxMemory,
      workers,
      scratch,
    });
  }
  return { units: chosen.units, timesRead: chosen.timesRead, blockBytes: chosen.bytes + scratch };
}

/** The units that take the least memory. */
function chooseLeast(
  shape: readonly number[],
  kept: readonly number[],
  reduced: readonly number[],
  options: UnitOptions,
): ChosenUnits | null {
  let least: ChosenUnits | null = null;
  for (let roomBytes = options.roomBytes; least === null && roomBytes < 2 ** 50;) {
    roomBytes = Math.max(2 ** 20, 1.25 * roomBytes);
    least = chooseUnits(shape, kept, reduced, { ...options, roomBytes });
  }
  return least;
}

function tooLarge(
  { sizes }: UnitOptions,
  least: ChosenUnits | null,
  resident: readonly MemoryPart[],
  { maxMemory, workers, scratch }: {
    readonly maxMemory: number | undefined;
    readonly workers: number;
    readonly scratch: number;
  },
): Error {
  const bytes = least?.bytes ?? Infinity;
  const what = sizes === undefined
    ? "The least part of the elements that can be reduced at a time"
    : "A unit of the size that the first task has chosen";
  if (maxMemory === undefined) {
    return new ShapeError(`${what} takes ${showBytes(bytes)} for each worker: set maxMemory`);
  }
  const parts: MemoryPart[] = [
    ...resident,
    { kind: "other", name: "blocks", bytes: bytes * workers },
    { kind: "other", name: "codecs", bytes: scratch * workers },
    ...runtimeParts(workers),
  ];
  const predicted = parts.reduce((sum, part) => sum + part.bytes, 0);
  return new MemoryBudgetError(
    `${what} needs ${showBytes(predicted)} with ${workers} ${
      workers === 1 ? "worker" : "workers"
    }, more than maxMemory ${showBytes(maxMemory)}: take fewer workers, or more memory`,
    { limit: maxMemory, parts },
  );
}

/** Sizes of units as a list of numbers, as the record of a run has them. */
export function listSizes({ unitPositions, cellBox }: UnitSizes): number[] {
  return [unitPositions, ...cellBox];
}

/**
 * Sizes of units from such a list.
 *
 * @param list The list.
 */
export function readSizes([unitPositions, ...cellBox]: readonly number[]): UnitSizes {
  return { unitPositions, cellBox };
}
