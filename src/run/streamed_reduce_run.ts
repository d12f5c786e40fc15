/**
 * A reduction of elements that live elsewhere from its plan to its result.
 *
 * @module
 */

import { sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray, tileOf } from "../array/shared_ndarray.ts";
import { planTiles } from "../plan/tile_plan.ts";
import { COUNT_PASS } from "../plan/reduce/moments.ts";
import type { FoldPass, ReductionName } from "../plan/reduce/reduction_table.ts";
import type { UnitSizes } from "../plan/reduce/stream_units.ts";
import { shardRange } from "../plan/shards.ts";
import type { StoreLedger } from "../store/driver.ts";
import { StoredArray } from "../store/stored_array.ts";
import { reduceAll, reduceNothing } from "./compute_reduction.ts";
import { BLOCKS_DONE, foldNames, type StreamReduceMessage } from "./protocol.ts";
import type { ReducedRun } from "./reduce_options.ts";
import { combineRows, type Folded, type Reducing } from "./reduction_passes.ts";
import { ReductionRuns, type Wrapping } from "./reduction_runs.ts";
import type { RunReport } from "./report.ts";
import { fingerprintOf, recordRun, ShardClaim } from "./stream_ledger.ts";
import { inMemory, ofStore } from "./streamed_map.ts";
import {
  isWritten,
  loadPartials,
  makeRows,
  type PassRows,
  putReduction,
  removePartials,
} from "./streamed_reduce_ledger.ts";
import type { ReducedShard, StreamedReduceWishes, StreamedSource } from "./streamed_reduce_options.ts";
import {
  compilePass,
  firstPasses,
  type PreparedReduction,
  prepareReduction,
  requireOnePass,
} from "./streamed_reduce_plan.ts";
import { listSizes, planPass, readSizes, type UnitWishes } from "./streamed_reduce_units.ts";

/**
 * Reduces.
 *
 * @param name The reduction.
 * @param given What is reduced.
 * @param wishes Checked options.
 * @param units What of the units is settled, for tests.
 */
export async function runStreamedReduction(
  name: ReductionName,
  given: StreamedSource,
  wishes: StreamedReduceWishes,
  units: UnitWishes = {},
): Promise<ReducedRun | ReducedShard> {
  wishes.signal?.throwIfAborted();
  if (wishes.shard !== undefined) requireOnePass(name);
  const prepared = await prepareReduction(name, given, wishes);
  await using run = new StreamedReduction(prepared, wishes, units);
  try {
    return await run.reduce();
  } catch (error) {
    throw ofStore(error);
  }
}

/** A reduction on its way. */
class StreamedReduction implements AsyncDisposable {
  readonly #prepared: PreparedReduction;
  readonly #wishes: StreamedReduceWishes;
  readonly #runs: ReductionRuns;
  readonly #folded = new Map<string, Folded>();
  readonly #notes = new Set<string>();
  #units: UnitWishes;
  #fingerprint = "";
  #claim: ShardClaim | null = null;
  #isFirstDone = false;

  constructor(prepared: PreparedReduction, wishes: StreamedReduceWishes, units: UnitWishes) {
    this.#prepared = prepared;
    // Elements that are read block by block are worth all workers.
    this.#wishes = { ...wishes, exact: true };
    this.#runs = new ReductionRuns(wishes);
    this.#units = units;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { values, places } of this.#folded.values()) {
      values.dispose();
      places?.dispose();
    }
    await this.#claim?.[Symbol.asyncDispose]();
    await this.#runs[Symbol.asyncDispose]();
  }

  get #ledger(): StoreLedger | undefined {
    return this.#wishes.output?.ledger;
  }

  async reduce(): Promise<ReducedRun | ReducedShard> {
    const { name, source, shape, kept, reduced } = this.#prepared, { shard, output, signal } = this.#wishes;
    if (sizeOf(source.shape) === 0) {
      const array = reduceNothing(name, source, shape, reduced);
      await this.#write(array);
      return { array: shard === undefined ? array : null, report: this.#report() };
    }
    const passes = firstPasses(name, source.dtype, this.#wishes.skipNaN);
    const there = await this.#settle(passes);
    if (there !== null) return { array: shard === undefined ? there : null, report: this.#report() };
    if (shard !== undefined && output !== undefined) {
      this.#claim = await ShardClaim.take({ output }, shard, { signal });
      await this.#run(0, passes, undefined);
      return { array: null, report: this.#report() };
    }
    this.#runs.expect(name === "var" || name === "std" ? 2 : 1);
    const cells = kept.reduce((product, axis) => product * source.shape[axis], 1);
    const reducing: Reducing = {
      name,
      // It is not read: what is combined comes from `folded`.
      source: { ...source, halo: null },
      wishes: this.#wishes,
      runs: this.#runs,
      plan: this.#reducePlan(cells),
      keptShape: source.shape.map((extent, axis) => reduced.includes(axis) ? 1 : extent),
      axes: source.shape.map((_, axis) => axis),
      folded: (pass, beside) => this.#fold(passes, pass, beside),
    };
    const array = (await reduceAll(reducing)).reshape(shape);
    await this.#write(array);
    return { array, report: this.#report() };
  }

  #reducePlan(cells: number): Reducing["plan"] {
    const { source: { shape }, kept, reduced } = this.#prepared;
    const positions = reduced.reduce((product, axis) => product * shape[axis], 1);
    const all = { unitCells: cells, unitPositions: positions, cellUnits: 1, positionUnits: 1 };
    return { shape, kept, reduced, cells, positions, ...all, contiguous: "positions" };
  }

  /**
   * Settles the sizes of units with an output that keeps what comes of them.
   *
   * @returns The result, where it is there already.
   */
  async #settle(passes: readonly FoldPass[]): Promise<SharedNdArray | null> {
    const { output, resume, shard } = this.#wishes, ledger = this.#ledger, isShared = shard !== undefined;
    if (output === undefined || ledger === undefined && !resume) return null;
    const { name, arrays, source, reduced, identity } = this.#prepared, { skipNaN, ddof } = this.#wishes;
    const { units } = planPass(this.#prepared, passes, { arrays }, this.#wishes, this.#units);
    this.#fingerprint = await fingerprintOf(identity);
    const record = { fingerprint: this.#fingerprint, block: listSizes(units) };
    const holds = await recordRun({ output }, record, { resume });
    if (ledger === undefined) return null;
    const sizes: UnitSizes = readSizes(resume ? holds.block : record.block);
    this.#units = { ...this.#units, sizes };
    if (resume && await isWritten(ledger)) return await output.read();
    if (!resume) await removePartials(ledger);
    const { dtype, shape } = source, shards = shard?.count ?? null, { cellBox, unitPositions } = sizes;
    await putReduction(ledger, {
      fingerprint: this.#fingerprint,
      name,
      dtype,
      shape,
      reduced,
      skipNaN,
      ddof,
      shards,
      cellBox,
      unitPositions,
    }, isShared);
    return null;
  }

  /** Gives a pass, which was perhaps taken together with another one. */
  async #fold(
    first: readonly FoldPass[],
    pass: FoldPass,
    beside: Wrapping["beside"] | undefined,
  ): Promise<Folded> {
    if (beside !== undefined) return (await this.#run(1, [pass], this.#laidOut(beside)))[0];
    if (!this.#isFirstDone) {
      this.#isFirstDone = true;
      const folded = await this.#run(0, first, undefined);
      first.forEach(({ name }, k) => this.#folded.set(name, folded[k]));
    }
    const found = this.#folded.get(pass.name);
    if (found === undefined) throw new Error(`The pass ${pass.name} was not expected`);
    // Of a variance counts are asked for twice; whoever gets an array may dispose it.
    if (pass === COUNT_PASS) return { values: found.values.copy(), places: null };
    this.#folded.delete(pass.name);
    return found;
  }

  /** An array of results laid out as inputs are: on axes without edges those begin before results do. */
  #laidOut({ node, array }: NonNullable<Wrapping["beside"]>): NonNullable<Wrapping["beside"]> {
    const { halo, reduced } = this.#prepared;
    if (halo === null || halo.axes.every(({ mode }) => mode !== "none")) return { node, array };
    const isCut = (axis: number) => halo.axes[axis].mode === "none" && !reduced.includes(axis);
    const wide = array.shape.map((extent, axis) => isCut(axis) ? halo.inputShape[axis] : extent);
    const laid = SharedNdArray.zeros(wide, { dtype: array.dtype });
    tileOf(laid, wide.map((_, axis) => isCut(axis) ? halo.axes[axis].before : 0), array.shape).copyFrom(
      array,
    );
    return { node, array: laid };
  }

  /** Goes over the elements, and combines the rows of units; those of a shard stay where they are kept. */
  async #run(
    pass: number,
    passes: readonly FoldPass[],
    beside: Wrapping["beside"] | undefined,
  ): Promise<Folded[]> {
    const { arrays, halo } = this.#prepared, { output, shard, resume, strict, workers } = this.#wishes;
    const read = { arrays, beside }, ledger = this.#ledger;
    const { units, timesRead, blockBytes } = planPass(
      this.#prepared,
      passes,
      read,
      this.#wishes,
      this.#units,
    );
    this.#units = { ...this.#units, sizes: units };
    const hasChunks = Object.values(arrays).some((array) =>
      array instanceof StoredArray && !array.readsParts
    );
    if (timesRead >= 1.5 && hasChunks) this.#notes.add(rereadNote(timesRead));
    const total = units.cellUnits * units.positionUnits, range = shardRange(total, shard);
    const rows = shard === undefined ? makeRows(passes, units) : null, shared = rowsByName(rows);
    const fingerprint = this.#fingerprint;
    if (ledger !== undefined && resume) {
      const wanted = { fingerprint, pass, units, passes, range };
      shared[BLOCKS_DONE] = await loadPartials(ledger, wanted, rows);
    }
    const all = beside === undefined ? arrays : { ...arrays, [beside.node.name]: beside.array };
    const message: StreamReduceMessage = {
      kind: "stream reduce",
      inputs: Object.entries(all).map(([name, array]) => {
        const handle = array instanceof StoredArray ? array.handle() : null;
        return { name, dtype: array.dtype, shape: array.shape, handle };
      }),
      halo,
      units,
      folds: await compilePass(this.#prepared, passes, read, units, strict),
      partials: output === undefined || ledger === undefined
        ? null
        : { handle: output.handle(), pass, fingerprint },
      blockBytes,
    };
    const plan = planTiles([total], { tile: [1], grain: 1, workers, itemBytes: 8 });
    await this.#runs.runUnits({ plan, arrays: inMemory(all), shared, message, range, outputs: {} });
    return (rows?.folds ?? []).map((fold, k) => combineRows(fold, units, passes[k]));
  }

  /** Writes the result. What it was made of is of no use any more when that lasts. */
  async #write(array: SharedNdArray): Promise<void> {
    const { output } = this.#wishes;
    if (output === undefined) return;
    await writeResult(output, array);
  }

  #report(): RunReport {
    const report = this.#runs.report(this.#prepared.source.shape);
    return { ...report, notes: [...report.notes, ...this.#notes] };
  }
}

/**
 * Writes a result, and then removes what it was made of.
 *
 * @param output Where it goes.
 * @param array The result.
 */
export async function writeResult(output: StoredArray, array: SharedNdArray): Promise<void> {
  await output.write({ origin: array.shape.map(() => 0), shape: array.shape }, array);
  await output.finish();
  if (output.ledger !== undefined) await removePartials(output.ledger);
}

function rowsByName(rows: PassRows | null): Record<string, SharedNdArray> {
  const shared: Record<string, SharedNdArray> = {};
  (rows?.folds ?? []).forEach(({ values, places }, k) => {
    const names = foldNames(k);
    shared[names.values] = values;
    if (places !== null) shared[names.places] = places;
  });
  return shared;
}

function rereadNote(times: number): string {
  return `chunks are read about ${
    times.toFixed(1)
  } times each, because what is reduced at a time does not hold whole ones: ` +
    "more memory saves that, or a first reduction over fewer axes where the last bits do not matter";
}
