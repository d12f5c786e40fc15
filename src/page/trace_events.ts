/**
 * A recorded run in the Trace Event Format, which Perfetto and chrome://tracing open.
 *
 * @module
 */

import { writeAll, writeAtomically } from "../io/atomic_write.ts";
import { refuseUnknown } from "../run/known_options.ts";
import type { RunReport } from "../run/report.ts";
import type { RunTimeline } from "../run/timeline.ts";
import { doneCounter, memoryCounters, phaseSlice, type TraceEvent, workSlices } from "./trace_slices.ts";
import { TraceTracks } from "./trace_tracks.ts";

/**
 * Options of {@linkcode traceEvents} and {@linkcode saveTrace}.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap, traceEvents, type TraceOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const { report } = await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.zeros([8]) }, recorder });
 * const options: TraceOptions = { report, command: "node job.js" };
 * assertEquals(traceEvents(recorder.timeline(), options).otherData.command, "node job.js");
 * ```
 */
export interface TraceOptions {
  /** What the run measured: it stands beside the events. */
  readonly report?: RunReport;
  /** What was run, such as a command line. */
  readonly command?: string;
}

/**
 * Events, and what is known besides: `JSON.stringify` makes a file of it that Perfetto opens.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap, traceEvents, type TraceFile } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.zeros([8]) }, recorder });
 * const file: TraceFile = traceEvents(recorder.timeline());
 * assertEquals(file.displayTimeUnit, "ms");
 * ```
 */
export interface TraceFile {
  /** The unit in which viewers show times. */
  readonly displayTimeUnit: "ms";
  /** When the run began, versions, and what was given as options. */
  readonly otherData: Readonly<Record<string, unknown>>;
  /** The events, in no order. */
  readonly traceEvents: readonly TraceEvent[];
}

/**
 * A recorded run in the Trace Event Format: a track with the passes, one for each worker with a slice for each call of
 * the kernel and for loading it, and counters of memory and of tiles done.
 *
 * A slice tells which tiles it was for (`tile` to `last`; `coords`, `origin` and `shape` are those of the first one)
 * and about how many bytes of arrays belong to them. What happened at the same time on one worker stands on several
 * tracks: slices of one do not overlap.
 *
 * @param timeline What was recorded.
 * @param options What else shall stand in it.
 * @returns Plain data. Of very long runs {@linkcode saveTrace} makes a file without holding all events.
 * @throws {PlanError} If there is no such option.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap, traceEvents } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([8]) }, tile: [2], workers: 1, recorder });
 * const slices = traceEvents(recorder.timeline()).traceEvents.filter(({ ph }) => ph === "X");
 * assertEquals(slices.map(({ name }) => name).sort(), ["loading", "map", "tile 0", "tile 1", "tile 2", "tile 3"]);
 * ```
 */
export function traceEvents(timeline: RunTimeline, options: TraceOptions = {}): TraceFile {
  refuseUnknown(options, ["report", "command"]);
  return { ...header(timeline, options), traceEvents: [...eventsOf(timeline, options)] };
}

/**
 * Writes a recorded run as a file that [Perfetto](https://ui.perfetto.dev) and chrome://tracing open: whole, or not at
 * all. Needs the permissions to read and write there.
 *
 * @param path The file, such as `run.trace.json`. Where one stands already it is replaced.
 * @param timeline What was recorded.
 * @param options What else shall stand in it.
 * @throws {PlanError} If there is no such option.
 * @throws {Deno.errors.NotFound} If the folder is missing.
 *
 * @example
 * ```ts
 * import { RunRecorder, saveTrace, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const { report } = await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.zeros([8]) }, recorder });
 * const folder = await Deno.makeTempDir();
 * await saveTrace(`${folder}/run.trace.json`, recorder.timeline(), { report });
 * assertStringIncludes(await Deno.readTextFile(`${folder}/run.trace.json`), `"name":"map"`);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function saveTrace(
  path: string | URL,
  timeline: RunTimeline,
  options: TraceOptions = {},
): Promise<void> {
  refuseUnknown(options, ["report", "command"]);
  await writeAtomically(path, (file) => writeTrace(file, timeline, options));
}

/** Characters of a piece that is written at once. */
const PIECE = 2 ** 20;

/**
 * Writes a recorded run to an open file, piece by piece.
 *
 * @param file The file.
 * @param timeline What was recorded.
 * @param options What else shall stand in it.
 */
export function writeTrace(file: Deno.FsFile, timeline: RunTimeline, options: TraceOptions): void {
  const encoder = new TextEncoder();
  let text = JSON.stringify(header(timeline, options)).slice(0, -1) + ',"traceEvents":[', before = "\n";
  for (const event of eventsOf(timeline, options)) {
    text += before + JSON.stringify(event);
    before = ",\n";
    if (text.length < PIECE) continue;
    writeAll(file, encoder.encode(text));
    text = "";
  }
  writeAll(file, encoder.encode(text + "\n]}\n"));
}

function header({ began }: RunTimeline, { report, command }: TraceOptions): Omit<TraceFile, "traceEvents"> {
  const otherData = { began: new Date(began).toISOString(), deno: Deno.version.deno, command, report };
  return { displayTimeUnit: "ms", otherData };
}

/** All events: slices first, for only then all tracks are known. */
function* eventsOf(timeline: RunTimeline, { command }: TraceOptions): Generator<TraceEvent, void> {
  const tracks = new TraceTracks();
  for (const phase of timeline.phases) {
    yield phaseSlice(phase, tracks);
    yield* workSlices(phase, tracks);
    yield* doneCounter(phase);
  }
  yield* memoryCounters(timeline);
  yield { name: "process_name", ph: "M", pid: 1, args: { name: "tilewise" } };
  if (command !== undefined) yield { name: "process_labels", ph: "M", pid: 1, args: { labels: command } };
  for (const { tid, name, order } of tracks.named()) {
    yield { name: "thread_name", ph: "M", pid: 1, tid, args: { name } };
    yield { name: "thread_sort_index", ph: "M", pid: 1, tid, args: { sort_index: order } };
  }
}
