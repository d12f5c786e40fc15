/**
 * Following a run while it goes on.
 *
 * @module
 */

import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { type DType, dtypeRow } from "../dtype.ts";
import type { Progress } from "../run/map_options.ts";
import type { RunRecorder } from "../run/run_recorder.ts";
import type { MapArgs } from "./args.ts";
import type { CliIo, Headway } from "./cli_io.ts";

/** Who is told of a run's progress. */
export interface ProgressListeners {
  readonly onProgress: ((progress: Progress) => void) | undefined;
  /** Erases the bar. */
  readonly end: () => void;
}

/**
 * Begins to follow a run, with a bar where there is somebody to see it.
 *
 * @param args The command line.
 * @param io Streams and interruption.
 * @param headway Is told how far the run has come.
 * @param run Whether it is likely to be over before there is anything to tell, because the first timer of a process
 * takes a few milliseconds; what tells what each worker is at; and what is read and written.
 */
export async function followRun(
  args: MapArgs,
  io: CliIo,
  headway: Headway,
  { isSmall = false, recorder, arrays = [] }: {
    readonly isSmall?: boolean;
    readonly recorder?: RunRecorder;
    readonly arrays?: readonly { readonly shape: Shape; readonly dtype: DType }[];
  } = {},
): Promise<ProgressListeners> {
  headway.stage = "running";
  headway.runBegan = performance.now();
  const note = (progress: Progress) => headway.progress = progress;
  if (!args.progress || args.quiet || io.columns() === null) {
    return { onProgress: isSmall ? undefined : note, end: () => {} };
  }
  const { progressBar } = await import("./progress_bar.ts");
  const bar = progressBar({
    write: io.stderr,
    columns: () => io.columns() ?? 80,
    rows: () => io.rows() ?? 24,
    colours: io.colours("stderr"),
    blocks: io.blocks(),
  }, {
    unit: headway.unit,
    bytes: arrays.length === 0
      ? undefined
      : arrays.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * dtypeRow(dtype).bytes, 0),
    workers: args.verbose && recorder !== undefined ? () => recorder.live?.workers() ?? [] : undefined,
    memory: () => Deno.memoryUsage().rss,
  });
  const tell = (progress: Progress) => {
    note(progress);
    bar.draw(progress);
  };
  return { onProgress: tell, end: () => bar.erase() };
}
