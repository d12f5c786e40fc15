/**
 * A worker's part of a stream: blocks are read, computed and written, the next one while the one at hand is computed.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { SharedNdArray as Arrays } from "../array/shared_ndarray.ts";
import { wasInterrupted } from "../interrupt.ts";
import { BoundKernel } from "../kernel/bound_kernel.ts";
import { type KernelTile, loadKernel } from "../kernel/kernel.ts";
import { readBox } from "../plan/halo.ts";
import { sharedGrain, type Tile, tileAt } from "../plan/tile_plan.ts";
import type { ControlBlock } from "./control_block.ts";
import { BLOCKS_DONE, type Failure, packThrown, type StartMessage, type StreamMessage } from "./protocol.ts";
import { isInterruption, type Outcome } from "./run_tiles.ts";
import { fillBlock, LANES, type OpenStream, openStream, partOf } from "./stream_blocks.ts";
import { TileClaims } from "./tile_claims.ts";
import { keepValue, type Tally } from "./tile_work.ts";

/** Computes the outputs' blocks of a lane from those of the inputs. */
type Compute = (lane: number, tile: KernelTile) => unknown;

/** A block on its way to where its array lives. */
interface Writing {
  readonly tile: number;
  /** Settles when its memory may be used again, and when what was written lasts. */
  readonly taken: Promise<unknown>;
  readonly written: Promise<unknown>;
}

/**
 * Blocks that are on their way at a time, and bytes of them: of those behind the lanes there is only what they were
 * encoded to.
 */
const MOST_WRITINGS = 4, MOST_WRITING_BYTES = 32 * 2 ** 20;

/**
 * Works through a part of a stream.
 *
 * @param start What to run.
 * @param stream Its kernel and its arrays.
 * @param control The run's control block.
 * @param tally What was done is counted there.
 */
export async function workStream(
  start: StartMessage,
  stream: StreamMessage,
  control: ControlBlock,
  tally: Tally,
): Promise<Outcome> {
  using open = await openStream(start, stream);
  const part = new StreamPart(start, stream, control, tally, open, await prepareCompute(start, stream, open));
  try {
    return await part.work();
  } finally {
    tally.copied += [...open.inputs, ...open.outputs].reduce((sum, { copied }) => sum + copied, 0);
  }
}

async function prepareCompute(
  start: StartMessage,
  { kernel, halo, inputs }: StreamMessage,
  open: OpenStream,
): Promise<Compute> {
  const ends = [...open.inputs, ...open.outputs];
  if (kernel.kind === "compiled") {
    const { compiled, module, scalars } = kernel;
    if (module === null) throw new Error("The module of the kernel was not sent");
    const inputShape = compiled.halo?.inputShape ?? start.plan.tile;
    const bound = Array.from({ length: LANES }, (_, lane) => {
      const arrays = open.inputs.map(({ name, blocks }) =>
        [name, blocks[lane].broadcastTo(inputShape)] as const
      );
      const outputs = open.outputs.map(({ name, blocks }) => [name, blocks[lane]] as const);
      return new BoundKernel(compiled, module, Object.fromEntries([...arrays, ...outputs]), scalars);
    });
    return (lane, { origin, shape }) => bound[lane].runBox(origin.map(() => 0), shape, origin);
  }
  const { call } = await loadKernel(kernel.url);
  const around = halo === null ? undefined : halo.axes.map(({ before, after }) => [before, after] as const);
  const shared = Object.entries(start.shared).filter(([name]) => name !== BLOCKS_DONE)
    .map(([name, handle]) => [name, Arrays.attach(handle)] as const);
  const names = new Set(inputs.map(({ name }) => name));
  return (lane, tile) => {
    const seen = halo === null ? tile.shape : readBox(tile.origin, tile.shape, halo.axes).shape;
    const views: [string, SharedNdArray][] = ends.map(({ name, blocks }) => [
      name,
      partOf(blocks[lane], names.has(name) ? seen : tile.shape),
    ]);
    for (const [name, array] of shared) views.push([name, array.view()]);
    return call(Object.fromEntries(views), around === undefined ? tile : { ...tile, halo: around });
  };
}

/** The loop of a part. */
class StreamPart {
  readonly #start: StartMessage;
  readonly #stream: StreamMessage;
  readonly #control: ControlBlock;
  readonly #tally: Tally;
  readonly #open: OpenStream;
  readonly #compute: Compute;
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
  /** The block that is being read ahead: its tile and what it settles with. */
  #ahead: { readonly tile: number; readonly lane: number; readonly read: Promise<unknown> } | null = null;
  /** In the order of their tiles. */
  readonly #writings: Writing[] = [];
  readonly #mostWritings: number;
  #lane = 0;

  constructor(
    start: StartMessage,
    stream: StreamMessage,
    control: ControlBlock,
    tally: Tally,
    open: OpenStream,
    compute: Compute,
  ) {
    this.#start = start;
    this.#stream = stream;
    this.#control = control;
    this.#tally = tally;
    this.#open = open;
    this.#compute = compute;
    const done = start.shared[BLOCKS_DONE];
    this.#done = done === undefined ? null : Arrays.attach(done);
    tally.stored = this.#counts;
    const bytes = open.outputs.reduce((sum, { blocks }) => sum + blocks[0].byteLength, 0);
    this.#mostWritings = Math.max(
      1,
      Math.min(MOST_WRITINGS, Math.floor(MOST_WRITING_BYTES / Math.max(1, bytes))),
    );
  }

  async work(): Promise<Outcome> {
    const { plan, workers, slot, end, first } = this.#start;
    // A claim of two blocks at least, while there are many, so that one can be read ahead.
    const grain = (left: number) => Math.max(left > 4 * workers ? 2 : 1, sharedGrain(plan, left, workers));
    const claims = new TileClaims(this.#control, slot, end, grain, first);
    this.#tally.grain = 0;
    this.#tally.log?.ready();
    while (claims.next()) {
      this.#tally.grain = Math.max(this.#tally.grain, claims.longest);
      const began = performance.now();
      try {
        const outcome = await this.#workClaim(claims);
        if (outcome !== null) return outcome;
      } finally {
        const now = performance.now();
        this.#tally.busyMs += now - began;
        this.#tally.peak.sampleAt(now);
        await this.#forgetAhead();
      }
    }
    return {};
  }

  /** Works through a claim. Returns null when the part goes on. */
  async #workClaim(claims: TileClaims): Promise<Outcome | null> {
    const { slot } = this.#start;
    for (let tile = claims.at; tile < claims.end; tile++) {
      const heed = this.#control.heed(slot);
      if (heed === "share") {
        // What is being written stays with this worker.
        const failure = await this.#settle(claims);
        if (failure !== null) return failure;
        claims.share();
        if (tile >= claims.end) break;
      } else if (heed !== "go") {
        const failure = await this.#settle(claims);
        return failure ?? (heed === "yield" ? { rest: claims.handBack() } : {});
      }
      const failure = await this.#workBlock(tile, claims);
      if (failure !== null) return failure;
    }
    return await this.#settle(claims);
  }

  async #workBlock(index: number, claims: TileClaims): Promise<Outcome | null> {
    if (this.#isDone(index)) {
      const failure = await this.#settle(claims);
      if (failure !== null) return failure;
      this.#counts.skipped++;
      this.#count(claims);
      return null;
    }
    const { slot, retries } = this.#start;
    const tile = this.#tileOf(index);
    for (let failed = 0;;) {
      try {
        await this.#read(tile);
        const lane = this.#lane;
        // The block before the last one was in the same memory.
        await this.#writings.at(-LANES)?.taken;
        const next = index + 1;
        if (next < claims.end && !this.#isDone(next)) this.#readAhead(this.#tileOf(next), 1 - lane);
        const began = performance.now();
        let value = this.#compute(lane, tile);
        if (value instanceof Promise) value = await value;
        const ended = performance.now();
        this.#counts.computeMs += ended - began;
        this.#tally.log?.add(index, 1, began, ended);
        if (value !== undefined) keepValue(this.#tally, index, value);
        break;
      } catch (error) {
        if (isInterruption(error) || this.#control.isRevoked(slot)) return await this.#settle(claims) ?? {};
        const before = await this.#settle(claims);
        if (before !== null) return before;
        if (failed++ >= retries) return failureAt(index, error);
        this.#tally.retried++;
        this.#control.beat(slot);
      }
    }
    if (wasInterrupted() || this.#control.isRevoked(slot)) return await this.#settle(claims) ?? {};
    this.#write(tile);
    this.#lane = 1 - this.#lane;
    return await this.#settle(claims, this.#mostWritings);
  }

  #tileOf(index: number): KernelTile {
    const { coords, origin, shape }: Tile = tileAt(this.#start.plan, index);
    return { index, coords, origin, shape, worker: this.#start.worker };
  }

  #isDone(index: number): boolean {
    return this.#done !== null && Number(this.#done.data[index]) !== 0;
  }

  /** Fills the blocks of the lane at hand, unless that was begun ahead. */
  async #read(tile: KernelTile): Promise<void> {
    const began = performance.now(), ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null && ahead.tile === tile.index && ahead.lane === this.#lane) await ahead.read;
    else {
      // Two must not fill the same block.
      await ahead?.read.catch(() => {});
      await this.#fill(tile, this.#lane);
    }
    this.#counts.readMs += performance.now() - began;
  }

  #readAhead(tile: KernelTile, lane: number): void {
    const read = this.#fill(tile, lane);
    // Whoever waits for it hears of its failure.
    read.catch(() => {});
    this.#ahead = { tile: tile.index, lane, read };
  }

  async #fill(tile: KernelTile, lane: number): Promise<void> {
    const bytes = await settleAll(
      this.#open.inputs.map((end) => fillBlock(end, lane, tile, this.#stream.halo)),
    );
    this.#counts.readBytes += bytes.reduce((sum, own) => sum + own, 0);
  }

  /** What was read ahead and is not wanted any more must not be written to when the next claim begins. */
  async #forgetAhead(): Promise<void> {
    const ahead = this.#ahead;
    this.#ahead = null;
    await ahead?.read.catch(() => {});
  }

  #write(tile: KernelTile): void {
    const lane = this.#lane, { origin, shape } = tile, began = performance.now();
    const takings: Promise<unknown>[] = [];
    const written = settleAll(this.#open.outputs.map(async ({ name, driver, blocks }) => {
      if (driver.write === undefined) throw new Error(`${name} cannot be written`);
      const { promise, resolve } = Promise.withResolvers<void>();
      takings.push(promise);
      try {
        return await driver.write({ origin, shape }, partOf(blocks[lane], shape), resolve);
      } finally {
        resolve();
      }
    })).then((bytes) => this.#counts.writtenBytes += bytes.reduce((sum, own) => sum + own, 0));
    // Whoever waits for it hears of its failure.
    written.catch(() => {});
    this.#writings.push({ tile: tile.index, taken: Promise.all(takings), written });
    this.#counts.encodeMs += performance.now() - began;
  }

  /**
   * Waits until blocks that are being written are, and counts them.
   *
   * @param claims Where they are counted.
   * @param most How many may stay under way.
   */
  async #settle(claims: TileClaims, most: number = 0): Promise<Outcome | null> {
    const began = performance.now();
    try {
      while (this.#writings.length > most) {
        const [{ tile, written }] = this.#writings;
        try {
          await written;
        } catch (error) {
          // Those behind it must not be under way when the part ends.
          await Promise.allSettled(this.#writings.map((writing) => writing.written));
          this.#writings.length = 0;
          return isInterruption(error) ? {} : failureAt(tile, error);
        }
        this.#writings.shift();
        this.#count(claims);
      }
      return null;
    } finally {
      this.#counts.writeMs += performance.now() - began;
    }
  }

  #count(claims: TileClaims): void {
    this.#tally.tiles++;
    claims.count(1);
  }
}

function failureAt(tile: number, error: unknown): Outcome {
  const failure: Failure = { kind: "tile", tile, count: 1, thrown: packThrown(error) };
  return { failure };
}

/** Waits for all, and throws the first error when none is under way any more. */
export async function settleAll(promises: readonly Promise<number>[]): Promise<number[]> {
  const settled = await Promise.allSettled(promises);
  for (const one of settled) if (one.status === "rejected") throw one.reason;
  return settled.map((one) => one.status === "fulfilled" ? one.value : 0);
}
