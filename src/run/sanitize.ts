/**
 * Running a kernel's tiles while watching what it must not do: write outside of its tile, write to an input, leave cells
 * of its tile unwritten, or give another result when a tile is run again.
 *
 * Every tile is run twice. Before the first run its cells hold one filling, before the second another: what still holds
 * them afterwards was not written, and what differs otherwise is not decided by the inputs. What a tile does elsewhere
 * shows when all memory is compared with what it should hold, which is done once, at the end; the tile that did it is then
 * found by running the tiles again and looking at the few cells that were found.
 *
 * @module
 */

import { SanitizerError } from "../errors.ts";
import { Interrupted, setInterrupt, wasInterrupted } from "../interrupt.ts";
import type { KernelTile } from "../kernel/kernel.ts";
import { readBox } from "../plan/halo.ts";
import { TileCursor } from "../plan/tile_plan.ts";
import { type Failure, type ModuleMessage, packThrown, type StartMessage } from "./protocol.ts";
import { sameElement } from "./sanitize_cells.ts";
import { CopiedInputs, hasCopies } from "./sanitize_halo.ts";
import {
  type ArrayRoles,
  type CellBox,
  type Difference,
  type Spot,
  WatchedMemory,
} from "./sanitize_memory.ts";
import { findStray, letWritesArrive } from "./sanitize_search.ts";
import { differenceError, secondRunError, strayError, valueError } from "./sanitize_text.ts";
import { frozenCopy, sameValues } from "./sanitize_values.ts";
import { isThenable, keepValue, type Tally, type TileWork } from "./tile_work.ts";

/** Tiles of a plan that follow each other. */
interface TileRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * Does tiles one after another, and ends with the first thing that a kernel does wrong. The outputs then hold what the
 * first run of each tile has written to its own cells; inputs hold what they did before.
 *
 * @param start What to run.
 * @param work What is done with a tile.
 * @param tiles Which tiles.
 * @param tally What is done is counted here.
 * @param isStopped Whether the run shall end.
 * @returns What went wrong, if anything: a `SanitizerError`, or what the kernel threw.
 * @throws {AllocationError} If there is no memory to remember what the arrays held.
 */
export async function sanitizeTiles(
  start: StartMessage,
  work: TileWork,
  tiles: TileRange,
  tally: Tally,
  isStopped: () => boolean,
): Promise<Failure | undefined> {
  using memory = new WatchedMemory(start, rolesOf(start));
  return await new Sanitizer(start, work, tally, isStopped, memory).run(tiles);
}

/** Which arrays a kernel reads, and which it writes. */
function rolesOf({ kernel, arrays }: StartMessage): ArrayRoles {
  const names = Object.keys(arrays);
  switch (kernel.kind) {
    case "compiled": {
      const namesOf = (isWanted: boolean) =>
        kernel.compiled.operands.filter(({ isOutput }) => isOutput === isWanted).map(({ name }) => name);
      return { inputs: [...new Set(namesOf(false))], outputs: [...new Set(namesOf(true))] };
    }
    case "module": {
      return kernel;
    }
    case "reduce":
      return { inputs: names, outputs: [] };
    default:
      throw new Error("The steps of an iteration are not watched");
  }
}

/** How a call of the kernel ended. */
type Called = { readonly value: unknown } | { readonly thrown: unknown };

/** What is wrong with a tile: what the sanitizer says, what the kernel threw, or that its cells were changed before. */
type Problem = { readonly error: SanitizerError } | { readonly thrown: unknown } | {
  readonly isSpoilt: true;
};

class Sanitizer {
  readonly #start: StartMessage;
  readonly #work: TileWork;
  readonly #tally: Tally;
  readonly #isStopped: () => boolean;
  readonly #memory: WatchedMemory;
  #isAsync = false;

  constructor(
    start: StartMessage,
    work: TileWork,
    tally: Tally,
    isStopped: () => boolean,
    memory: WatchedMemory,
  ) {
    this.#start = start;
    this.#work = work;
    this.#tally = tally;
    this.#isStopped = isStopped;
    this.#memory = memory;
  }

  async run({ begin, end }: TileRange): Promise<Failure | undefined> {
    const tally = this.#tally, { plan, worker } = this.#start;
    const cursor = new TileCursor(plan), began = performance.now();
    cursor.seek(begin);
    tally.grain = 1;
    let problem: Problem | undefined, index = begin;
    try {
      this.#memory.begin();
      for (; index < end && problem === undefined && !this.#isStopped(); index++) {
        problem = await this.#watch({ ...cursor.tile(), worker });
        if (problem === undefined) tally.tiles++;
        cursor.advance();
        tally.peak.sampleAt(performance.now());
      }
    } catch (error) {
      this.#leave({ ...cursor.tile(), worker }, error);
    }
    const failure = await this.#end(problem, { begin, end: index });
    tally.busyMs += performance.now() - began;
    return failure;
  }

  /** Leaves a tile that was interrupted as if it had not begun. */
  #leave(tile: KernelTile, error: unknown): void {
    setInterrupt(undefined);
    this.#memory.dropResults(tile);
    this.#memory.begin();
    this.#memory.shared.settle();
    if (!(error instanceof Interrupted)) {
      this.#memory.putResults();
      throw error;
    }
  }

  /** Runs a tile twice, and leaves its cells as they were. */
  async #watch(tile: KernelTile): Promise<Problem | undefined> {
    const memory = this.#memory;
    // An input that has changed before is another tile's doing.
    if (!memory.isReady(tile) || this.#changedInput(tile) !== undefined) return { isSpoilt: true };
    const once = await this.#call(tile);
    memory.keepResults(tile);
    if ("thrown" in once) {
      memory.revertUnwritten(tile);
      memory.clear(tile);
      memory.shared.keep();
      memory.shared.settle();
      return once;
    }
    memory.shared.keep();
    const spot = this.#changedInput(tile);
    const problem = spot === undefined ? await this.#compare(tile, once.value) : this.#ofInput(spot, tile);
    memory.clear(tile);
    memory.shared.settle();
    return problem;
  }

  #changedInput(tile: KernelTile): Spot | undefined {
    const { kernel } = this.#start;
    // Code that was compiled here writes to nothing but outputs.
    if (kernel.kind !== "module") return undefined;
    return this.#memory.changedInput((name) => seenBox(kernel, name, tile));
  }

  #ofInput(spot: Spot, tile: KernelTile): Problem {
    // While one tile waits, a write of another may arrive.
    if (this.#isAsync) return { isSpoilt: true };
    return { error: strayError(spot, spot.found, tile, this.#start.plan) };
  }

  /** Runs a tile again, after its first run. */
  async #compare(tile: KernelTile, value: unknown): Promise<Problem | undefined> {
    const memory = this.#memory, tally = this.#tally;
    let kept: unknown;
    try {
      kept = keepCopy(tally, tile.index, value);
    } catch (thrown) {
      return { thrown };
    }
    const { copied } = tally;
    memory.clearForSecond(tile);
    const [again, finding] = await this.#callAgain(tile);
    const found = memory.differenceIn(tile);
    tally.copied = copied;
    if ("thrown" in again) return { error: secondRunError(again.thrown, tile) };
    if (finding !== undefined) return { error: finding };
    if (found !== undefined) {
      const { difference, unwritten } = found, { written: [isFirst, isSecond] } = difference;
      const plain = differenceError(difference, unwritten, false, tile);
      if (!isFirst || !isSecond || !difference.output.isFilled) return { error: plain };
      const leftover = differenceError(difference, unwritten, true, tile);
      return { error: await this.#isRepeated(tile, difference) ? leftover : plain };
    }
    if (!sameValues(kept, again.value)) return { error: valueError([kept, again.value], tile) };
    return undefined;
  }

  /** Whether a cell whose second run differs from its first is the same again when it holds again what it held first. */
  async #isRepeated(tile: KernelTile, { output, place, resultPlace }: Difference): Promise<boolean> {
    const memory = this.#memory;
    memory.clear(tile);
    memory.shared.settle();
    await this.#call(tile);
    return sameElement(output.array, place, output.results, resultPlace);
  }

  /** Runs a tile; an error of the kernel is a result. */
  async #call(tile: KernelTile): Promise<Called> {
    try {
      const value = this.#work.run(tile);
      if (!isThenable(value)) return this.#afterCall({ value });
      this.#isAsync = true;
      return this.#afterCall({ value: await value });
    } catch (thrown) {
      if (thrown instanceof Interrupted) throw thrown;
      return this.#afterCall({ thrown });
    }
  }

  /** A kernel can hide from its caller that it was interrupted. */
  #afterCall(called: Called): Called {
    if (wasInterrupted()) throw new Interrupted();
    return called;
  }

  async #callAgain(tile: KernelTile): Promise<readonly [Called, SanitizerError | undefined]> {
    const { kernel } = this.#start;
    if (kernel.kind !== "module" || !hasCopies(kernel, tile)) return [await this.#call(tile), undefined];
    const copies = new CopiedInputs(this.#start, kernel, tile);
    try {
      const value = await copies.call();
      return [this.#afterCall({ value }), copies.finding()];
    } catch (thrown) {
      if (thrown instanceof Interrupted) throw thrown;
      return [this.#afterCall({ thrown }), undefined];
    }
  }

  /** Puts the results in place, and says what went wrong. */
  async #end(problem: Problem | undefined, tiles: TileRange): Promise<Failure | undefined> {
    // What is left is to be done whether or not the run is to stop.
    setInterrupt(undefined);
    const memory = this.#memory;
    // Compiled code has no timers.
    if (!this.#isStopped() && this.#start.kernel.kind === "module") await letWritesArrive();
    const spots = memory.putResults();
    const thrown = await this.#explain(problem, spots, tiles);
    if (spots.length > 0) memory.restore();
    if (thrown === undefined) return undefined;
    const last = Math.max(tiles.begin, tiles.end - 1);
    const tile = thrown instanceof SanitizerError && thrown.tile >= 0 ? thrown.tile : last;
    return { kind: "tile", tile, count: 1, thrown: packThrown(thrown) };
  }

  /** What the run fails with, if it does. */
  async #explain(problem: Problem | undefined, spots: readonly Spot[], tiles: TileRange): Promise<unknown> {
    if (problem !== undefined && "thrown" in problem) {
      // Anything can be thrown, but undefined says that nothing was.
      return problem.thrown ?? new Error(`The kernel threw ${problem.thrown}`);
    }
    const error = problem !== undefined && "error" in problem ? problem.error : undefined;
    if (this.#isStopped() || error?.kind === "input") return error;
    if (spots.length > 0) {
      // What is written to a wrong place may be why other cells are not what they should be.
      const stray = await this.#findStray(spots, tiles);
      return error === undefined || stray.tile >= 0 ? stray : error;
    }
    if (problem === undefined || error !== undefined) return error;
    return new Error(
      `Memory of the run was changed and changed back before tile ${
        tiles.end - 1
      } began: somebody else writes to it, ` +
        "or the kernel after its tiles have ended",
    );
  }

  #findStray(spots: readonly Spot[], tiles: TileRange): Promise<SanitizerError> {
    const { plan, worker } = this.#start;
    const call = async (tile: KernelTile) => void await this.#call(tile);
    const search = {
      memory: this.#memory,
      plan,
      worker,
      call,
      isStopped: this.#isStopped,
      isAsync: this.#isAsync,
    };
    return findStray(search, spots, tiles);
  }
}

/** The box of an input that a tile's view shows, as far as there are cells. */
function seenBox({ halo }: ModuleMessage, name: string, { origin, shape }: KernelTile): CellBox {
  if (halo === null || !Object.hasOwn(halo.fills, name)) return { origin, shape };
  const box = readBox(origin, shape, halo.axes), { inputShape } = halo;
  const first = box.origin.map((start) => Math.max(0, start));
  const extents = first.map((start, axis) =>
    Math.min(inputShape[axis], box.origin[axis] + box.shape[axis]) - start
  );
  return { origin: first, shape: extents };
}

/** Keeps what a kernel returned for a tile, and a copy that later calls cannot change. */
function keepCopy(tally: Tally, tile: number, value: unknown): unknown {
  if (value === undefined) return undefined;
  keepValue(tally, tile, value);
  return frozenCopy(value);
}
