/**
 * The events of a recorded run in the Trace Event Format.
 *
 * @module
 */

import { sizeOf } from "../array/layout/shape.ts";
import type { RunTimeline, TimelinePhase } from "../run/timeline.ts";
import type { TraceTracks } from "./trace_tracks.ts";

/**
 * An event. Which fields there are depends on `ph`: "X" is a slice of time on a track, "C" the value of a counter, "M"
 * says what a track is called and where it stands.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap, type TraceEvent, traceEvents } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([8]) }, tile: [4], workers: 1, recorder });
 * const isTile = ({ ph, name }: TraceEvent) => ph === "X" && name.startsWith("tile ");
 * const tiles = traceEvents(recorder.timeline()).traceEvents.filter(isTile);
 * assertEquals(tiles.map(({ args }) => args.origin), [[0], [4]]);
 * ```
 */
export interface TraceEvent {
  /** What it is called, such as `tile 3`. */
  readonly name: string;
  /** What kind of event it is. */
  readonly ph: "X" | "C" | "M";
  /** The process: always 1. */
  readonly pid: number;
  /** The track: 1 for passes, 2 for the calling thread, 1000 and the worker's number for a worker. */
  readonly tid?: number;
  /** By what it can be chosen: what the pass did, `pass` or `loading`. */
  readonly cat?: string;
  /** When it began: microseconds from the beginning of the first run, in eighths. */
  readonly ts?: number;
  /** How long it took, in microseconds. */
  readonly dur?: number;
  /** What else is known of it. */
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Microseconds, by eighths: such numbers are exact, so that what begins where another slice ends does so in whatever
 * unit a viewer counts. Clocks of threads may differ by a little: nothing is before the beginning.
 */
function microseconds(ms: number): number {
  return Math.max(0, Math.round(ms * 8000) / 8);
}

function slice(
  tracks: TraceTracks,
  owner: number | "passes",
  startMs: number,
  endMs: number,
  rest: Pick<TraceEvent, "name" | "cat" | "args">,
): TraceEvent {
  const ts = microseconds(startMs), end = Math.max(ts, microseconds(endMs));
  const { name, cat, args } = rest;
  return { name, cat, ph: "X", ts, dur: end - ts, pid: 1, tid: tracks.take(owner, ts, end), args };
}

/**
 * A pass as a slice.
 *
 * @param phase The pass.
 * @param tracks Says where it goes.
 */
export function phaseSlice(phase: TimelinePhase, tracks: TraceTracks): TraceEvent {
  const { name, shape, tile, grid, tiles, arrays, weight, beganMs, endedMs } = phase;
  const args = { shape, tile, grid, tiles, weight, arrays };
  return slice(tracks, "passes", beganMs, endedMs, { name, cat: "pass", args });
}

/**
 * What workers did, in the order in which they began it.
 *
 * @param phase The pass.
 * @param tracks Says where it goes.
 */
export function* workSlices(phase: TimelinePhase, tracks: TraceTracks): Generator<TraceEvent, void> {
  const { spans } = phase, argsOf = rowArgs(phase), noun = NOUNS[phase.name];
  const loads = phase.parts.filter(({ beganMs, readyMs }) => readyMs > beganMs)
    .toSorted((a, b) => a.beganMs - b.beganMs);
  let next = 0;
  for (let row = 0; row <= spans.length; row++) {
    const until = row < spans.length ? spans.startMs[row] : Infinity;
    for (; next < loads.length && loads[next].beganMs <= until; next++) {
      const { worker, beganMs, readyMs } = loads[next];
      yield slice(tracks, worker, beganMs, readyMs, { name: "loading", cat: "loading", args: {} });
    }
    if (row === spans.length) return;
    const first = spans.tile[row], last = first + spans.extent[row] - 1;
    const name = first === last ? `${noun} ${first}` : `${noun}s ${first}–${last}`;
    yield slice(tracks, spans.worker[row], spans.startMs[row], spans.endMs[row], {
      name,
      cat: phase.name,
      args: argsOf(row, first, last),
    });
  }
}

/** What the pieces of passes are called: only those of maps and streams are boxes of the shape. */
const NOUNS: Readonly<Record<TimelinePhase["name"], string>> = {
  map: "tile",
  stream: "block",
  reduce: "unit",
  "stream reduce": "unit",
  iterate: "piece",
};

/** Makes the arguments of rows. */
function rowArgs(phase: TimelinePhase): (row: number, first: number, last: number) => TraceEvent["args"] {
  const { spans: { tiles, calls, busyMs, longestMs }, arrays } = phase;
  const isBox = phase.name === "map" || phase.name === "stream";
  const allBytes = arrays.reduce((sum, { bytes }) => sum + bytes, 0),
    allCells = Math.max(1, sizeOf(phase.shape));
  return (row, first, last) => {
    const box = isBox ? boxOf(phase, first) : {};
    const share = isBox && first === last
      ? sizeOf(boxOf(phase, first).shape) / allCells
      : tiles[row] / Math.max(1, phase.tiles);
    return {
      tile: first,
      ...first === last ? {} : { last, tiles: tiles[row] },
      ...box,
      // The arrays of an iteration are those of one step, and its pieces those of all steps.
      ...phase.name === "iterate" ? {} : { bytes: Math.round(allBytes * share) },
      ...calls[row] === 1 ? {} : { calls: calls[row], busy_ms: busyMs[row], longest_ms: longestMs[row] },
    };
  };
}

/** Where a tile lies. */
function boxOf(
  { shape, tile, grid }: TimelinePhase,
  index: number,
): { readonly coords: number[]; readonly origin: number[]; readonly shape: number[] } {
  const coords = grid.map(() => 0);
  for (let axis = grid.length - 1, left = index; axis >= 0; axis--) {
    coords[axis] = left % grid[axis];
    left = Math.floor(left / grid[axis]);
  }
  const origin = coords.map((coord, axis) => coord * tile[axis]);
  return { coords, origin, shape: shape.map((extent, axis) => Math.min(tile[axis], extent - origin[axis])) };
}

/** Values of the counter of a pass at most: more than a screen has columns. */
const MOST_COUNTS = 4096;

/**
 * How many tiles of a pass were done at moments.
 *
 * @param phase The pass.
 */
export function* doneCounter({ spans, beganMs, endedMs }: TimelinePhase): Generator<TraceEvent, void> {
  const counts = new Float64Array(MOST_COUNTS), latest = new Float64Array(MOST_COUNTS);
  const scale = MOST_COUNTS / Math.max(1e-9, endedMs - beganMs);
  for (let row = 0; row < spans.length; row++) {
    const at = Math.floor((spans.endMs[row] - beganMs) * scale);
    const bin = Math.max(0, Math.min(MOST_COUNTS - 1, at));
    counts[bin] += spans.tiles[row];
    latest[bin] = Math.max(latest[bin], spans.endMs[row]);
  }
  if (spans.length > 0) yield counter("tiles done", beganMs, { tiles: 0 });
  for (let bin = 0, tiles = 0; bin < MOST_COUNTS; bin++) {
    if (counts[bin] === 0) continue;
    tiles += counts[bin];
    yield counter("tiles done", latest[bin], { tiles });
  }
}

/**
 * Memory over time: one counter each, for viewers stack the values of one, and the heap is part of what is resident.
 *
 * @param timeline What was recorded.
 */
export function* memoryCounters({ memory: { ms, rss, heapUsed } }: RunTimeline): Generator<TraceEvent, void> {
  for (let k = 0; k < ms.length; k++) {
    yield counter("resident memory", ms[k], { bytes: rss[k] });
    yield counter("heap of the caller", ms[k], { bytes: heapUsed[k] });
  }
}

function counter(name: string, ms: number, args: TraceEvent["args"]): TraceEvent {
  return { name, ph: "C", ts: microseconds(ms), pid: 1, args };
}
