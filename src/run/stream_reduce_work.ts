/**
 * A worker's part of a reduction of elements that live elsewhere: boxes are read, computed and combined, the next one is
 * read meanwhile.
 *
 * @module
 */

import { SharedNdArray, uninitialised } from "../array/shared_ndarray.ts";
import { wasInterrupted } from "../interrupt.ts";
import { BoundKernel } from "../kernel/bound_kernel.ts";
import { stepsByAxis } from "../kernel/reduce/block_order.ts";
import { RunningFold } from "../kernel/reduce/running_fold.ts";
import {
  piecesOf,
  putRow,
  sizeOfBox,
  stepsOf,
  type StreamPiece,
  type StreamUnit,
  unitAt,
} from "../kernel/reduce/stream_pieces.ts";
import { blockOf, stepPositions } from "../plan/reduce/stream_units.ts";
import type { StoreLedger } from "../store/driver.ts";
import type { ControlBlock } from "./control_block.ts";
import {
  BLOCKS_DONE,
  foldNames,
  packThrown,
  type StartMessage,
  type StreamFold,
  type StreamReduceMessage,
} from "./protocol.ts";
import { isInterruption, type Outcome } from "./run_tiles.ts";
import { fillBlock, LANES, openHandle, type OpenStream, openStream } from "./stream_blocks.ts";
import { encodePartial, partialKey } from "./stream_partials.ts";
import { settleAll } from "./stream_work.ts";
import { TileClaims } from "./tile_claims.ts";
import type { Tally } from "./tile_work.ts";

/** Something that is combined: bound to the blocks of each lane. */
interface BoundFold {
  readonly kernels: readonly BoundKernel[];
  readonly running: RunningFold;
  /** What came of a unit, for each cell of the largest. */
  readonly values: SharedNdArray;
  readonly places: SharedNdArray | null;
  /** The rows of all units, where somebody waits for them. */
  readonly allValues: SharedNdArray | null;
  readonly allPlaces: SharedNdArray | null;
}

/**
 * Works through a part.
 *
 * @param start What to run.
 * @param message What is combined.
 * @param control The run's control block.
 * @param tally What was done is counted there.
 */
export async function workStreamReduce(
  start: StartMessage,
  message: StreamReduceMessage,
  control: ControlBlock,
  tally: Tally,
): Promise<Outcome> {
  const { units, inputs, halo, partials } = message;
  const block = blockOf(units.shape, units.kept, units.reduced, units);
  using open = await openStream({ arrays: start.arrays, plan: { tile: block } }, {
    inputs,
    outputs: [],
    halo,
  });
  using held = new DisposableStack();
  const driver = partials === null
    ? null
    : await openHandle(partials.handle.module, partials.handle.location);
  held.defer(() => driver?.close());
  const cells = units.cellBox.reduce((product, extent) => product * extent, 1);
  const extents = units.reduced.map((axis) => units.shape[axis]);
  const most = units.reduced.reduce((product, axis) => product * block[axis], 1);
  const room = {
    cells,
    most: stepPositions(extents, cells, most, units.contiguous),
    positions: units.unitPositions,
    contiguous: units.contiguous,
  };
  const folds = message.folds.map((fold, k): BoundFold => {
    const running = held.use(new RunningFold(fold.fold, fold.lanes, room));
    const names = foldNames(k), isPlace = fold.fold === "argmin" || fold.fold === "argmax";
    const shared = (name: string) => name in start.shared ? SharedNdArray.attach(start.shared[name]) : null;
    return {
      kernels: bindAll(fold, open, running, halo?.inputShape === undefined ? block : seen(block, message)),
      running,
      values: uninitialised([room.cells], fold.lanes),
      places: isPlace ? uninitialised([room.cells], "int64") : null,
      allValues: shared(names.values),
      allPlaces: shared(names.places),
    };
  });
  const part = new ReducePart(start, message, control, tally, open, folds, driver?.ledger ?? null, room.most);
  try {
    return await part.work();
  } finally {
    tally.copied += open.inputs.reduce((sum, { copied }) => sum + copied, 0);
  }
}

/** The shape of what is read for a block, where kernels see beyond it. */
function seen(block: readonly number[], { halo }: StreamReduceMessage): number[] {
  return block.map((extent, axis) =>
    extent + (halo === null ? 0 : halo.axes[axis].before + halo.axes[axis].after)
  );
}

function bindAll(
  { compiled, module, output, scalars }: StreamFold,
  { inputs }: OpenStream,
  { memory }: RunningFold,
  inputShape: readonly number[],
): BoundKernel[] {
  return Array.from({ length: LANES }, (_, lane) => {
    const arrays = inputs.map(({ name, blocks }) => [name, blocks[lane].broadcastTo(inputShape)] as const);
    return new BoundKernel(compiled, module, { ...Object.fromEntries(arrays), [output]: memory }, scalars);
  });
}

/** The loop of a part. */
class ReducePart {
  readonly #start: StartMessage;
  readonly #message: StreamReduceMessage;
  readonly #control: ControlBlock;
  readonly #tally: Tally;
  readonly #open: OpenStream;
  readonly #folds: readonly BoundFold[];
  readonly #ledger: StoreLedger | null;
  /** Positions that are computed at a time. */
  readonly #step: number;
  readonly #done: SharedNdArray | null;
  readonly #counts = {
    readBytes: 0,
    writtenBytes: 0,
    readMs: 0,
    computeMs: 0,
    encodeMs: 0,
    writeMs: 0,
    skipped: 0,
  };
  /** The piece that is being read ahead. */
  #ahead: { readonly unit: number; readonly number: number; readonly read: Promise<unknown> } | null = null;
  #lane = 0;

  constructor(
    start: StartMessage,
    message: StreamReduceMessage,
    control: ControlBlock,
    tally: Tally,
    open: OpenStream,
    folds: readonly BoundFold[],
    ledger: StoreLedger | null,
    step: number,
  ) {
    this.#start = start;
    this.#message = message;
    this.#control = control;
    this.#tally = tally;
    this.#open = open;
    this.#folds = folds;
    this.#ledger = ledger;
    this.#step = step;
    const done = start.shared[BLOCKS_DONE];
    this.#done = done === undefined ? null : SharedNdArray.attach(done);
    tally.stored = this.#counts;
  }

  async work(): Promise<Outcome> {
    const { slot, end, first, workers } = this.#start;
    // Two while there are many, so that one can be read ahead.
    const claims = new TileClaims(this.#control, slot, end, (left) => left > 4 * workers ? 2 : 1, first);
    this.#tally.grain = 0;
    this.#tally.log?.ready();
    while (claims.next()) {
      this.#tally.grain = Math.max(this.#tally.grain, claims.longest);
      const began = performance.now();
      try {
        while (claims.at < claims.end) {
          const heed = this.#control.heed(slot);
          if (heed === "share") claims.share();
          else if (heed !== "go") return heed === "yield" ? { rest: claims.handBack() } : {};
          if (claims.at >= claims.end) break;
          const unit = claims.at, before = performance.now();
          const outcome = await this.#workUnit(unit, unit + 1 < claims.end);
          if (outcome !== null) return outcome;
          this.#tally.log?.add(unit, 1, before, performance.now());
          this.#tally.tiles++;
          claims.count(1);
        }
      } finally {
        const now = performance.now();
        this.#tally.busyMs += now - began;
        this.#tally.peak.sampleAt(now);
        await this.#forgetAhead();
      }
    }
    return {};
  }

  async #workUnit(index: number, isNextOwn: boolean): Promise<Outcome | null> {
    if (this.#isDone(index)) {
      this.#counts.skipped++;
      return null;
    }
    const { slot } = this.#start;
    try {
      const { units } = this.#message, unit = unitAt(units, index);
      const next = isNextOwn && !this.#isDone(index + 1) ? unitAt(units, index + 1) : null;
      if (!await this.#combine(unit, next) || wasInterrupted() || this.#control.isRevoked(slot)) return {};
      await this.#deliver(unit);
      return null;
    } catch (error) {
      if (isInterruption(error) || this.#control.isRevoked(slot)) return {};
      return { failure: { kind: "tile", tile: index, count: 1, thrown: packThrown(error) } };
    }
  }

  #isDone(index: number): boolean {
    return this.#done !== null && Number(this.#done.data[index]) !== 0;
  }

  /** Reads and combines the elements of a unit. Gives false where the run is to stop. */
  async #combine(unit: StreamUnit, following: StreamUnit | null): Promise<boolean> {
    const { units } = this.#message, cells = sizeOfBox(unit.cells);
    for (const { running } of this.#folds) running.begin(cells, unit.first);
    const pieces = piecesOf(units, unit);
    let next = pieces.next();
    for (let number = 0; next.done !== true; number++) {
      const piece = next.value, lane = this.#lane;
      await this.#read(unit, number, piece, lane);
      next = pieces.next();
      if (next.done !== true) this.#readAhead(unit, number + 1, next.value, 1 - lane);
      else if (following !== null) {
        const first = piecesOf(units, following).next();
        if (first.done !== true) this.#readAhead(following, 0, first.value, 1 - lane);
      }
      const began = performance.now();
      for (const fold of this.#folds) this.#compute(fold, piece, lane);
      this.#counts.computeMs += performance.now() - began;
      this.#lane = 1 - lane;
      this.#control.beat(this.#start.slot);
      if (next.done !== true && this.#control.heed(this.#start.slot) === "stop") return false;
    }
    return true;
  }

  /** Computes and combines what was read, a part at a time, so that elements stay in a cache. */
  #compute({ kernels, running }: BoundFold, piece: StreamPiece, lane: number): void {
    const { units } = this.#message, extents = units.shape.slice();
    for (const axis of units.kept) extents[axis] = piece.shape[axis];
    for (const { origin, shape, positions } of stepsOf(units, piece, this.#step)) {
      const { address, cellStep, positionStep } = running.target;
      const strides = stepsByAxis({ ...units, shape: extents }, cellStep, positionStep);
      const inBlock = origin.map((start, axis) => start - piece.origin[axis]);
      kernels[lane].runInto(inBlock, shape, address, strides, origin);
      running.add(positions);
    }
  }

  /** Fills the blocks of a lane, unless that was begun ahead. */
  async #read({ index }: StreamUnit, number: number, piece: StreamPiece, lane: number): Promise<void> {
    const began = performance.now(), ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null && ahead.unit === index && ahead.number === number) await ahead.read;
    else {
      // Two must not fill the same block.
      await ahead?.read.catch(() => {});
      await this.#fill(piece, lane);
    }
    this.#counts.readMs += performance.now() - began;
  }

  #readAhead({ index }: StreamUnit, number: number, piece: StreamPiece, lane: number): void {
    const read = this.#fill(piece, lane);
    // Whoever waits for it hears of its failure.
    read.catch(() => {});
    this.#ahead = { unit: index, number, read };
  }

  async #fill(piece: StreamPiece, lane: number): Promise<void> {
    const { halo } = this.#message;
    const bytes = await settleAll(this.#open.inputs.map((end) => fillBlock(end, lane, piece, halo)));
    this.#counts.readBytes += bytes.reduce((sum, own) => sum + own, 0);
  }

  /** What was read ahead and is not wanted any more must not be written to when the next claim begins. */
  async #forgetAhead(): Promise<void> {
    const ahead = this.#ahead;
    this.#ahead = null;
    await ahead?.read.catch(() => {});
  }

  /** Puts what came of a unit where it is waited for; where it is kept, it lasts when this is over. */
  async #deliver(unit: StreamUnit): Promise<void> {
    const { units, partials } = this.#message, cells = sizeOfBox(unit.cells), rows: BigInt64Array[] = [];
    for (const { running, values, places, allValues, allPlaces } of this.#folds) {
      const ownValues = bitsOf(values, cells), ownPlaces = places === null ? null : bitsOf(places, cells);
      running.finish(ownValues, ownPlaces);
      rows.push(ownValues.slice());
      if (ownPlaces !== null) rows.push(ownPlaces.slice());
      putRow(allValues, values, units, unit);
      if (places !== null) putRow(allPlaces, places, units, unit);
    }
    if (partials === null || this.#ledger === null) return;
    const began = performance.now(), { fingerprint, pass } = partials;
    const bytes = await encodePartial({ fingerprint, pass, unit: unit.index, rows });
    await this.#ledger.put(partialKey(pass, unit.index), bytes);
    this.#counts.writtenBytes += bytes.length;
    this.#counts.writeMs += performance.now() - began;
  }
}

/** The elements of an array in memory of its own, as bits. */
function bitsOf({ data, offset }: SharedNdArray, count: number): BigInt64Array {
  return new BigInt64Array(data.buffer, data.byteOffset + 8 * offset, count);
}
