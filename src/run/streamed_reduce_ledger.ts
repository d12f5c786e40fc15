/**
 * What is known of a reduction with the array that takes its result: what it is, and which of its units are done.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray, uninitialised } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { StoreError } from "../errors.ts";
import { putRow, unitAt } from "../kernel/reduce/stream_pieces.ts";
import type { FoldPass, ReductionName } from "../plan/reduce/reduction_table.ts";
import type { StreamUnits, UnitSizes } from "../plan/reduce/stream_units.ts";
import { shardRange } from "../plan/shards.ts";
import type { StoreLedger } from "../store/driver.ts";
import type { StoredArray } from "../store/stored_array.ts";
import { hasPlaces } from "./streamed_reduce_plan.ts";
import type { Folded } from "./reduction_passes.ts";
import { decodePartial, parsePartialKey, partialPrefix, PARTIALS_FOLDER } from "./stream_partials.ts";

const REDUCTION_KEY = `${PARTIALS_FOLDER}reduction.json`;

/** Objects that are read at a time. */
const TOGETHER = 16;

/** What a reduction is: all that is needed to make a result of what its units gave. */
export interface ReductionRecord extends UnitSizes {
  readonly fingerprint: string;
  readonly name: ReductionName;
  /** The dtype and the shape of the elements. */
  readonly dtype: DType;
  readonly shape: Shape;
  /** The axes that are reduced, ascending. */
  readonly reduced: readonly number[];
  readonly skipNaN: boolean;
  readonly ddof: number;
  /** How many tasks share it; null for one. */
  readonly shards: number | null;
}

/**
 * Writes down what a reduction is.
 *
 * @param ledger What lies beside the output.
 * @param record What it is.
 * @param isShared Whether others write down the same.
 */
export async function putReduction(
  ledger: StoreLedger,
  record: ReductionRecord,
  isShared: boolean,
): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, ...record }));
  await ledger.put(REDUCTION_KEY, bytes, isShared);
}

/**
 * Reads what a reduction is.
 *
 * @param array The array that takes its result.
 * @throws {StoreError} If nobody wrote that down, or it is damaged.
 */
export async function getReduction(array: StoredArray): Promise<ReductionRecord> {
  const bytes = await array.ledger?.get(REDUCTION_KEY);
  if (bytes === undefined) {
    throw new StoreError(
      `${array.name} has no partial results: run the shards of a reduction with it as their output first`,
      REDUCTION_KEY,
    );
  }
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes));
    if (record.version === 1 && Array.isArray(record.shape) && Array.isArray(record.cellBox)) return record;
  } catch {
    // Whatever it is, it is not ours.
  }
  throw new StoreError(
    `${array.name} has a damaged ${REDUCTION_KEY}: remove it, and run a shard again`,
    REDUCTION_KEY,
  );
}

/** How far a reduction has come whose result is not there yet. */
export interface ReductionProgress {
  readonly name: ReductionName;
  /** Partial results of the first pass over the elements: those that are there, whole or not, and how many there will be. */
  readonly done: number;
  readonly total: number;
}

/**
 * How far a reduction has come.
 *
 * @param array The array that takes its result.
 * @returns Null where there are no partial results to be combined.
 */
export async function reductionProgress(array: StoredArray): Promise<ReductionProgress | null> {
  if (await array.ledger?.get(REDUCTION_KEY) === undefined || array.ledger === undefined) return null;
  const { name, shape, reduced, cellBox, unitPositions } = await getReduction(array);
  const kept = shape.flatMap((_, axis) => reduced.includes(axis) ? [] : [axis]);
  const positions = reduced.reduce((product, axis) => product * shape[axis], 1);
  const cellUnits = kept.reduce((count, axis, k) => count * Math.ceil(shape[axis] / cellBox[k]), 1);
  const keys = await array.ledger.list(partialPrefix(0));
  const done = keys.filter(({ key }) => parsePartialKey(key)?.pass === 0).length;
  return { name, done, total: cellUnits * Math.ceil(positions / unitPositions) };
}

/** Rows that take what comes of the units of a pass, a row for each unit of positions. */
export interface PassRows {
  readonly folds: readonly Folded[];
}

/**
 * Makes rows.
 *
 * @param passes What is combined.
 * @param units In which units.
 */
export function makeRows(
  passes: readonly FoldPass[],
  { cells, positionUnits }: Pick<StreamUnits, "cells" | "positionUnits">,
): PassRows {
  const extents = [positionUnits, cells];
  return {
    folds: passes.map((pass) => ({
      values: uninitialised(extents, pass.lanes),
      places: hasPlaces(pass) ? uninitialised(extents, "int64") : null,
    })),
  };
}

/** Which units are looked for. */
export interface WantedUnits {
  readonly fingerprint: string;
  readonly pass: number;
  readonly units: StreamUnits;
  readonly passes: readonly FoldPass[];
  readonly range: { readonly begin: number; readonly end: number };
}

/**
 * Reads what came of units.
 *
 * @param ledger What lies beside the output.
 * @param wanted Which units.
 * @param rows Where it goes; null where only the units count.
 * @returns A byte for each unit, 1 where it is done. What is damaged is not.
 */
export async function loadPartials(
  ledger: StoreLedger,
  { fingerprint, pass, units, passes, range }: WantedUnits,
  rows: PassRows | null,
): Promise<SharedNdArray<"uint8">> {
  const total = units.cellUnits * units.positionUnits;
  const done = SharedNdArray.zeros([Math.max(1, total)], { dtype: "uint8" });
  const found = (await ledger.list(partialPrefix(pass))).flatMap(({ key }) => {
    const known = parsePartialKey(key);
    const isWanted = known !== null && known.pass === pass && known.unit >= range.begin &&
      known.unit < range.end;
    return isWanted
      ? [{ unit: known.unit, key: `${partialPrefix(pass)}${key.slice(key.lastIndexOf("-") + 1)}` }]
      : [];
  });
  const load = async ({ unit, key }: typeof found[number]) => {
    const bytes = await ledger.get(key), partial = bytes === undefined ? null : await decodePartial(bytes);
    if (partial === null || partial.fingerprint !== fingerprint || partial.pass !== pass) return;
    const own = unitAt(units, unit), cells = own.cells.shape.reduce((product, extent) => product * extent, 1);
    const wanted = passes.flatMap((one) =>
      hasPlaces(one) ? ["values", "places"] as const : ["values"] as const
    );
    const isRight = partial.unit === unit && partial.rows.length === wanted.length &&
      partial.rows.every(({ length }) => length === cells);
    if (!isRight) return;
    done.data[unit] = 1;
    let next = 0;
    for (const fold of rows?.folds ?? []) {
      for (const all of [fold.values, fold.places]) {
        if (all === null) continue;
        const row = SharedNdArray.zeros([cells], { dtype: all.dtype });
        new BigInt64Array(row.data.buffer, row.data.byteOffset, cells).set(partial.rows[next++]);
        putRow(all, row, units, own);
        row.dispose();
      }
    }
  };
  for (let k = 0; k < found.length; k += TOGETHER) {
    await Promise.all(found.slice(k, k + TOGETHER).map(load));
  }
  return done;
}

/**
 * Removes what came of units, and what the reduction was: the result is there, or another one begins.
 *
 * @param ledger What lies beside the output.
 */
export async function removePartials(ledger: StoreLedger): Promise<void> {
  const keys = (await ledger.list(partialPrefix())).flatMap(({ key }) => {
    const known = parsePartialKey(key);
    return known === null ? [] : [`${partialPrefix(known.pass)}${key.slice(key.lastIndexOf("-") + 1)}`];
  });
  for (let k = 0; k < keys.length; k += TOGETHER) {
    await Promise.all(keys.slice(k, k + TOGETHER).map((key) => ledger.remove(key)));
  }
  await ledger.remove(REDUCTION_KEY);
}

/**
 * Whether all chunks of an array are there.
 *
 * @param ledger What lies beside it.
 */
export async function isWritten(ledger: StoreLedger): Promise<boolean> {
  const { present } = await ledger.chunksPresent();
  return present.length > 0 && present.every((one) => one === 1);
}

/** Shards that a message names. */
const MOST_NAMED = 8;

/**
 * Refuses to combine what is not all there.
 *
 * @param array The array that takes the result.
 * @param done A byte for each unit.
 * @param total How many units there are.
 * @param shards How many tasks share them.
 * @throws {StoreError} If units are missing: it says how many, and of which shards.
 */
export function requireAll(
  array: StoredArray,
  done: SharedNdArray<"uint8">,
  total: number,
  shards: number | null,
): void {
  const missing: number[] = [];
  for (let unit = 0; unit < total; unit++) if (done.data[unit] === 0) missing.push(unit);
  if (missing.length === 0) return;
  const named: number[] = [];
  for (let index = 0; shards !== null && index < shards; index++) {
    const { begin, end } = shardRange(total, { index, count: shards });
    if (missing.some((unit) => unit >= begin && unit < end)) named.push(index);
  }
  const text = named.slice(0, MOST_NAMED).join(", ") + (named.length > MOST_NAMED ? ", …" : "");
  const which = named.length === 0
    ? ""
    : ` (of ${named.length === 1 ? "shard" : "shards"} ${text} of ${shards ?? 1})`;
  throw new StoreError(
    `${array.name}: ${missing.length} of ${total} partial results are missing or damaged${which}: run ${
      named.length === 1 ? "that shard" : shards === null ? "it" : "those shards"
    } again`,
  );
}
