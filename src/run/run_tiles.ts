/**
 * A worker's part of a run: claim tiles, call the kernel, count.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { letGo } from "../array/memory/shared_memory.ts";
import type { ArrayHandle } from "../array/types.ts";
import type { KernelTile } from "../kernel/kernel.ts";
import { guidedGrain, joinTiles, sharedGrain, type Tile, TileCursor } from "../plan/tile_plan.ts";
import { ControlBlock, PART_STATE } from "./control_block.ts";
import { Interrupted, setInterrupt, wasInterrupted } from "../interrupt.ts";
import {
  type EndMessage,
  type Failure,
  isCloneable,
  packThrown,
  type StartMessage,
  type WorkerPart,
} from "./protocol.ts";
import { TileClaims } from "./tile_claims.ts";
import { SpanLog } from "./span_log.ts";
import { isThenable, keepValue, MemoryPeak, prepareWork, type Tally, type TileWork } from "./tile_work.ts";

/**
 * Runs a worker's part to its end. It never throws: what goes wrong is in the message.
 *
 * @param start What to run.
 * @param tell Posts what is known of claims that are done, where the run asks for that.
 * @returns The message that ends the part.
 */
export async function runTiles(
  start: StartMessage,
  tell: (message: EndMessage) => void = () => {},
): Promise<EndMessage> {
  const control = ControlBlock.attach(start.control);
  const tally = newTally(start);
  tally.peak.sample();
  control.setState(start.slot, PART_STATE.loading);
  let outcome: Outcome;
  try {
    // Loaded when there is one: every module that a worker loads delays its first tile.
    outcome = start.kernel.kind === "iterate"
      ? await (await import("./iterate_steps.ts")).workIteration(start, start.kernel, control, tally)
      : start.kernel.kind === "stream"
      ? await (await import("./stream_work.ts")).workStream(start, start.kernel, control, tally)
      : start.kernel.kind === "stream reduce"
      ? await (await import("./stream_reduce_work.ts")).workStreamReduce(start, start.kernel, control, tally)
      // A worker that comes when all is done need not load the kernel, for which the run would wait.
      : start.first === null && control.isNothingLeft(start.slot, start.end)
      ? {}
      : await workAndEnd(start, await prepareWork(start, tally), control, tally, tell);
  } catch (error) {
    // It has not come to the tiles that it was to begin with.
    const rest = start.first ?? undefined;
    outcome = isInterruption(error)
      ? { rest }
      : { rest, failure: { kind: "start", tile: -1, count: 0, thrown: packThrown(error) } };
  }
  if (outcome.failure !== undefined && !control.isRevoked(start.slot)) control.requestStop();
  control.setState(start.slot, PART_STATE.ended);
  tally.peak.sample();
  return { ...endMessage(start, tally), ...outcome };
}

/**
 * Runs a worker's part like {@linkcode runTiles}, and lets the library's own loops look whether the run is stopped. For a
 * thread that does nothing else meanwhile.
 *
 * @param start What to run.
 * @param tell Posts what is known of claims that are done.
 * @returns The message that ends the part.
 */
export async function runInterruptibly(
  start: StartMessage,
  tell: (message: EndMessage) => void,
): Promise<EndMessage> {
  const control = ControlBlock.attach(start.control);
  setInterrupt(() => control.heed(start.slot) === "stop");
  try {
    return await runTiles(start, tell);
  } finally {
    setInterrupt(undefined);
  }
}

/**
 * Whether an error says that the run was stopped. A kernel may have caught it and thrown one of its own.
 *
 * @param error What was thrown.
 */
export function isInterruption(error: unknown): boolean {
  return error instanceof Interrupted || wasInterrupted();
}

/** How a part ended, besides what it did. */
export type Outcome = Pick<EndMessage, "failure" | "rest">;

function newTally({ plan, epoch = null }: StartMessage): Tally {
  return {
    tiles: 0,
    grain: plan.grain,
    busyMs: 0,
    copied: 0,
    retried: 0,
    ...(epoch === null ? {} : { log: new SpanLog(epoch) }),
    peak: new MemoryPeak(),
    valueTiles: [],
    values: [],
  };
}

async function workAndEnd(
  start: StartMessage,
  work: TileWork,
  control: ControlBlock,
  tally: Tally,
  tell: (message: EndMessage) => void,
): Promise<Outcome> {
  try {
    if (start.debug) return { failure: await sanitized(start, work, control, tally) };
    return await workThrough(start, work, control, tally, tell);
  } finally {
    work.end?.();
  }
}

/** The sanitizer does all tiles that are left, and those alone: there is no other worker. */
async function sanitized(
  start: StartMessage,
  work: TileWork,
  control: ControlBlock,
  tally: Tally,
): Promise<Failure | undefined> {
  const { sanitizeTiles } = await import("./sanitize.ts");
  const begin = control.tilesClaimed(), range = { begin, end: start.end };
  control.claimTiles(start.end - begin);
  control.openClaim(start.slot, range);
  control.setState(start.slot, PART_STATE.working);
  const failure = await sanitizeTiles(start, work, range, tally, () => {
    control.countDone(start.slot, tally.tiles);
    control.beat(start.slot);
    return control.isStopRequested();
  });
  control.countDone(start.slot, tally.tiles);
  return failure;
}

/** The loop: everything in it is paid once a tile. */
async function workThrough(
  start: StartMessage,
  { elementwise, guided, run }: TileWork,
  control: ControlBlock,
  tally: Tally,
  tell: (message: EndMessage) => void,
): Promise<Outcome> {
  const { plan, worker, slot } = start;
  const cursor = new TileCursor(plan);
  const claims = new TileClaims(control, slot, start.end, grainOf(start, elementwise, guided), start.first);
  const { log } = tally;
  log?.ready();
  tally.grain = 0;
  while (claims.next()) {
    tally.grain = Math.max(tally.grain, claims.longest);
    cursor.seek(claims.at);
    const began = performance.now();
    let failed = 0, before = began;
    while (claims.at < claims.end) {
      const heed = control.heed(slot);
      if (heed !== "go") {
        if (heed === "share") claims.share();
        else {
          tally.busyMs += performance.now() - began;
          return heed === "yield" ? { rest: claims.handBack() } : {};
        }
      }
      const first = cursor.tile(), index = first.index;
      const { count, shape } = elementwise ? joinTiles(plan, first, claims.end - index) : tileAlone(first);
      const tile: KernelTile = { index, coords: first.coords, origin: first.origin, shape, worker };
      try {
        let value = run(tile);
        if (isThenable(value)) value = await value;
        if (value !== undefined) keepValue(tally, index, value);
      } catch (error) {
        // A worker that was given up must not end the run of those that took its place.
        if (isInterruption(error) || control.isRevoked(slot)) return {};
        if (failed++ < start.retries) {
          tally.retried++;
          // Each try has its own time.
          control.beat(slot);
          continue;
        }
        tally.busyMs += performance.now() - began;
        return { failure: { kind: "tile", tile: index, count, thrown: packThrown(error) } };
      }
      failed = 0;
      // Nor must a tile count that a kernel has left half done, whatever it made of the interruption.
      if (wasInterrupted() || control.isRevoked(slot)) return {};
      tally.tiles += count;
      if (log !== undefined) {
        const now = performance.now();
        log.add(index, count, before, now);
        before = now;
      }
      claims.count(count);
      if (count === 1) cursor.advance();
      else cursor.seek(claims.at);
    }
    const now = performance.now();
    tally.busyMs += now - began;
    tally.peak.sampleAt(now);
    if (start.retries > 0) {
      tell({ ...endMessage(start, tally), goesOn: true });
      Object.assign(tally, newTally(start), { grain: 0, log });
    }
  }
  return {};
}

/** How many tiles to claim when so many are left. */
function grainOf(
  { plan, workers }: StartMessage,
  elementwise: boolean,
  guided: boolean,
): (left: number) => number {
  if (!elementwise) return (left) => sharedGrain(plan, left, workers);
  return guided ? (left) => guidedGrain(plan, left, workers) : () => plan.joinedGrain;
}

function tileAlone(tile: Tile): { count: number; shape: Shape } {
  return { count: 1, shape: tile.shape };
}

function endMessage({ run, worker }: StartMessage, tally: Tally): EndMessage {
  const { tiles, grain, busyMs, copied, retried, peak, valueTiles, values, stored, log } = tally;
  const part: WorkerPart = {
    worker,
    tiles,
    grain,
    busyMs,
    copied,
    heapPeak: peak.heap,
    rssPeak: peak.rss,
    retried,
    valueTiles,
    values,
    ...(stored === undefined ? {} : { stored }),
    ...(log === undefined ? {} : { log: log.take() }),
  };
  return { run, part };
}

/** Milliseconds after which a worker counts as idle: runs that follow each other closely pay for no collection. */
const IDLE_MS = 100;

let forgetting: ReturnType<typeof setTimeout> | undefined;

/** Memories of fewer bytes are left to the next collection. */
const LARGE_BYTES = 64 * 2 ** 20;

/**
 * Lets go of a part's arrays a moment after it has ended. A worker that is idle would not collect what refers to
 * their memory, and so keep it from being freed when its owner disposes it.
 *
 * @param start What was run.
 */
export function forgetArrays({ arrays, shared }: StartMessage): void {
  // The first use of a timer on a thread takes milliseconds, even that of clearing none.
  if (forgetting !== undefined) clearTimeout(forgetting);
  const bytes = largeBytes([...Object.values(arrays), ...Object.values(shared)]);
  if (bytes > 0) forgetting = setTimeout(() => letGo(bytes), IDLE_MS);
}

function largeBytes(handles: readonly ArrayHandle[]): number {
  const sources = new Set(handles.map(({ source }) => source));
  return sources.values()
    .map((source) => (source instanceof WebAssembly.Memory ? source.buffer : source).byteLength)
    .filter((byteLength) => byteLength >= LARGE_BYTES)
    .reduce((sum, byteLength) => sum + byteLength, 0);
}

/**
 * Posts an end message. A value that cannot be cloned becomes the failure of the tile whose kernel returned it.
 *
 * @param message The message.
 * @param post Posts to the pool.
 */
export function postEnd(message: EndMessage, post: (message: EndMessage) => void): void {
  try {
    post(message);
  } catch (error) {
    const { part } = message;
    const culprit = part.values.findIndex((value) => !isCloneable(value));
    post({
      run: message.run,
      part: { ...part, values: [], valueTiles: [] },
      failure: { kind: "tile", tile: part.valueTiles[culprit] ?? 0, count: 1, thrown: packThrown(error) },
    });
  }
}

/**
 * Makes calls that would end the worker without a word throw instead, so that they end a tile with an error.
 *
 * @param scope The worker's global scope.
 */
export function refuseSilentExits(scope: { close?(): void }): void {
  const refuse = (call: string) => (): never => {
    throw new Error(`A kernel must not end its worker, but called ${call}; throw an error to end the run`);
  };
  scope.close = refuse("self.close()");
  Object.defineProperty(Deno, "exit", { value: refuse("Deno.exit()"), configurable: true });
}
