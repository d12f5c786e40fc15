/**
 * Runs that are watched, on this thread.
 *
 * @module
 */

import { type OutputSpec, SanitizerError, type SharedNdArray } from "../../mod.ts";
import type { Expression } from "../../src/run/map_options.ts";
import { ControlBlock } from "../../src/run/control_block.ts";
import { prepareExpressionRun, prepareModule, type RunWishes } from "../../src/run/prepare_run.ts";
import { type Failure, type StartMessage, unpackThrown } from "../../src/run/protocol.ts";
import { sanitizeTiles } from "../../src/run/sanitize.ts";
import { MemoryPeak, prepareWork, type Tally } from "../../src/run/tile_work.ts";

/** What came of a run. */
export interface WatchedRun {
  readonly outputs: Readonly<Record<string, SharedNdArray>>;
  readonly tally: Tally;
  readonly failure: Failure | undefined;
  /** What was thrown, by the kernel or by the sanitizer. */
  readonly thrown: unknown;
  readonly tiles: number;
}

type Wishes = Omit<RunWishes, "outputs"> & { readonly outputs: Readonly<Record<string, OutputSpec>> };

/** Which tiles, and when to stop. */
export interface WatchOptions {
  readonly range?: { readonly begin: number; readonly end: number };
  readonly isStopped?: () => boolean;
}

/** A tally in which nothing has been counted. */
function emptyTally(): Tally {
  return {
    tiles: 0,
    grain: 0,
    busyMs: 0,
    copied: 0,
    retried: 0,
    peak: new MemoryPeak(),
    valueTiles: [],
    values: [],
  };
}

/**
 * Runs a kernel under the sanitizer.
 *
 * @param kernel A module or an expression.
 * @param wishes The options of the run.
 * @param options Which tiles.
 */
export async function watchedRun(
  kernel: URL | Expression,
  wishes: Wishes,
  { range, isStopped = () => false }: WatchOptions = {},
): Promise<WatchedRun> {
  const { plan, message: kernelMessage, arrays, shared, outputs } = kernel instanceof URL
    ? prepareModule(kernel, wishes, 1)
    : await prepareExpressionRun(kernel, wishes, 1);
  const handles = (record: Readonly<Record<string, SharedNdArray>>) =>
    Object.fromEntries(Object.entries(record).map(([name, array]) => [name, array.handle()]));
  const written = { outputs: Object.keys(outputs) };
  // As it arrives at a worker.
  const start = structuredClone<StartMessage>({
    run: 1,
    worker: 0,
    workers: 1,
    slot: 0,
    first: null,
    end: plan.tiles,
    retries: 0,
    debug: true,
    kernel: kernelMessage.kind === "module" ? Object.assign(written, kernelMessage) : kernelMessage,
    plan,
    arrays: handles(arrays),
    shared: handles(shared),
    control: ControlBlock.create(1).buffer,
  });
  const tally = emptyTally(), work = await prepareWork(start, tally);
  const failure = await sanitizeTiles(
    start,
    work,
    range ?? { begin: 0, end: plan.tiles },
    tally,
    isStopped,
  );
  work.end?.();
  const thrown = failure && unpackThrown(failure.thrown);
  return { outputs, tally, failure, thrown, tiles: plan.tiles };
}

/**
 * What the sanitizer said of a run, in one line; "nothing" if nothing.
 *
 * @param run The run.
 */
export function findingOf({ thrown }: WatchedRun): string {
  if (thrown === undefined) return "nothing";
  return thrown instanceof SanitizerError ? thrown.message : `threw ${thrown}`;
}
