/**
 * A worker's part of a run: claim tiles, call the kernel, count.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { letGo } from "../array/memory/shared_memory.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { ArrayHandle } from "../array/types.ts";
import type { KernelTile } from "../kernel/kernel.ts";
import { guidedGrain, joinTiles, type Tile, TileCursor } from "../plan/tile_plan.ts";
import { ControlBlock } from "./control_block.ts";
import {
  copiedBytes,
  type EndMessage,
  type Failure,
  isCloneable,
  packThrown,
  type StartMessage,
  type WorkerPart,
} from "./protocol.ts";
import { isThenable, MemoryPeak, prepareWork, type Tally, type TileWork } from "./tile_work.ts";

/**
 * Runs a worker's part to its end. It never throws: what goes wrong is in the message.
 *
 * @param start What to run.
 * @returns The message that ends the part.
 */
export async function runTiles(start: StartMessage): Promise<EndMessage> {
  const control = ControlBlock.attach(start.control);
  const tally: Tally = {
    tiles: 0,
    grain: start.plan.grain,
    busyMs: 0,
    copied: 0,
    peak: new MemoryPeak(),
    valueTiles: [],
    values: [],
  };
  tally.peak.sample();
  let failure: Failure | undefined;
  try {
    failure = start.kernel.kind === "iterate"
      // Loaded when there is one: every module that a worker loads delays its first tile.
      ? await (await import("./iterate_steps.ts")).workIteration(start, start.kernel, control, tally)
      : await workAndEnd(start, await prepareWork(start, tally), control, tally);
  } catch (error) {
    failure = { kind: "start", tile: -1, count: 0, thrown: packThrown(error) };
  }
  if (failure !== undefined) control.requestStop();
  tally.peak.sample();
  return endMessage(start, tally, failure);
}

async function workAndEnd(
  start: StartMessage,
  work: TileWork,
  control: ControlBlock,
  tally: Tally,
): Promise<Failure | undefined> {
  try {
    return await workThrough(start, work, control, tally);
  } finally {
    work.end?.();
  }
}

/** The loop: everything in it is paid once a tile. */
async function workThrough(
  start: StartMessage,
  { elementwise, guided, run }: TileWork,
  control: ControlBlock,
  tally: Tally,
): Promise<Failure | undefined> {
  const { plan, worker } = start;
  const cursor = new TileCursor(plan);
  const fixedGrain = elementwise ? plan.joinedGrain : plan.grain;
  tally.grain = guided ? 0 : fixedGrain;
  for (;;) {
    // Others may claim meanwhile, so that it is a share of what was left a moment ago.
    const grain = guided
      ? guidedGrain(plan, Math.max(0, plan.tiles - control.tilesClaimed()), control.workers)
      : fixedGrain;
    tally.grain = Math.max(tally.grain, grain);
    const begin = control.claimTiles(grain);
    if (begin >= plan.tiles) return undefined;
    const end = Math.min(begin + grain, plan.tiles);
    cursor.seek(begin);
    const began = performance.now();
    for (let index = begin; index < end;) {
      if (control.isStopRequested()) {
        tally.busyMs += performance.now() - began;
        return undefined;
      }
      const first = cursor.tile();
      const { count, shape } = elementwise ? joinTiles(plan, first, end - index) : tileAlone(first);
      const tile: KernelTile = { index, coords: first.coords, origin: first.origin, shape, worker };
      try {
        let value = run(tile);
        if (isThenable(value)) value = await value;
        if (value !== undefined) {
          refuseArrays(value);
          tally.valueTiles.push(index);
          tally.values.push(value);
          tally.copied += copiedBytes(value);
        }
      } catch (error) {
        tally.busyMs += performance.now() - began;
        return { kind: "tile", tile: index, count, thrown: packThrown(error) };
      }
      tally.tiles += count;
      index += count;
      control.reportDone(worker, tally.tiles);
      if (count === 1) cursor.advance();
      else cursor.seek(index);
    }
    const now = performance.now();
    tally.busyMs += now - began;
    tally.peak.sampleAt(now);
  }
}

function tileAlone(tile: Tile): { count: number; shape: Shape } {
  return { count: 1, shape: tile.shape };
}

/** An array that is returned would arrive as an object without elements. */
function refuseArrays(value: unknown, depth: number = 3): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  if (value instanceof SharedNdArray) {
    throw new TypeError(
      "A kernel cannot return an array: return its handle(), or a copy by toTyped() or toNested()",
    );
  }
  if (depth > 0) { for (const part of Object.values(value)) refuseArrays(part, depth - 1); }
}

function endMessage({ run, worker }: StartMessage, tally: Tally, failure: Failure | undefined): EndMessage {
  const { tiles, grain, busyMs, copied, peak, valueTiles, values } = tally;
  const part: WorkerPart = {
    worker,
    tiles,
    grain,
    busyMs,
    copied,
    heapPeak: peak.heap,
    rssPeak: peak.rss,
    valueTiles,
    values,
  };
  return { run, part, failure };
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
export function refuseSilentExits(scope: { close(): void }): void {
  const refuse = (call: string) => (): never => {
    throw new Error(`A kernel must not end its worker, but called ${call}; throw an error to end the run`);
  };
  scope.close = refuse("self.close()");
  Object.defineProperty(Deno, "exit", { value: refuse("Deno.exit()"), configurable: true });
}
