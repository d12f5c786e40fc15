/**
 * What a page has of a run: the same facts as the report and the timeline, small enough to be put into a file or sent.
 * Plain data: `JSON.stringify` gives what the page's script reads.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { DType } from "../dtype.ts";
import type { MachineSpeed } from "../run/machine_speed.ts";
import type { RunReport } from "../run/report.ts";
import type { TileSpans, TimelinePhase } from "../run/timeline.ts";
import { joinsNeeded, joinSpans } from "./join_spans.ts";
import {
  base64,
  packDurations,
  type PackedColumn,
  packNumbers,
  packTimes,
  unpackColumn,
} from "./packed_columns.ts";
import type { PageKernel, PageSource, PageVersions } from "./page_source.ts";

/** Rows that a page has at most; more are joined with their neighbours. */
export const MOST_PAGE_ROWS = 131_072;

/** The rows of a pass: the columns of a `TileSpans`; a column is null where it says the same as another one. */
export interface PageSpans {
  readonly length: number;
  readonly worker: PackedColumn;
  readonly tile: PackedColumn;
  readonly extent: PackedColumn;
  /** Null where it is `extent`. */
  readonly tiles: PackedColumn | null;
  /** Null where it is `tiles`. */
  readonly calls: PackedColumn | null;
  readonly startMs: PackedColumn;
  readonly endMs: PackedColumn;
  readonly busyMs: PackedColumn;
  /** Null where it is `busyMs`. */
  readonly longestMs: PackedColumn | null;
}

/** A pass, its rows packed. */
export interface PagePhase extends Omit<TimelinePhase, "spans"> {
  readonly spans: PageSpans;
}

/** An output, as `PageOutput`, its picture as base64. */
export interface PageOutputData {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly path: string | null;
  readonly picture: string | null;
  readonly caption: string | null;
}

/** All that a page has. */
export interface PagePayload {
  readonly format: 1;
  readonly title: string;
  /** Null while the run goes on. */
  readonly report: RunReport | null;
  /** The peak of memory that was predicted, in bytes; null where nobody knows. */
  readonly predictedPeak: number | null;
  /** When the first run began, in milliseconds since 1970; 0 where nothing was recorded. */
  readonly began: number;
  readonly elapsedMs: number;
  /** How many rows there were, and how many neighbours became one: 1 where none were joined. */
  readonly rows: number;
  readonly joins: number;
  readonly phases: readonly PagePhase[];
  readonly memory: {
    readonly ms: PackedColumn;
    readonly rss: PackedColumn;
    readonly heapUsed: PackedColumn;
  };
  readonly machine: MachineSpeed | null;
  readonly kernel: PageKernel | null;
  readonly command: string | null;
  readonly versions: PageVersions;
  readonly notes: readonly string[];
  readonly outputs: readonly PageOutputData[];
}

/** What a page is made from; while the run goes on there is no report. */
export interface LiveSource extends Omit<PageSource, "report"> {
  readonly report: RunReport | null;
  /** The peak of memory that was predicted, in bytes. Default: the report's. */
  readonly predictedPeak?: number;
}

/**
 * What a page needs of a run.
 *
 * @param source The run.
 * @param mostRows How many rows of all passes' timelines there may be; more are joined with their neighbours.
 */
export function encodePage(source: LiveSource, mostRows: number = MOST_PAGE_ROWS): PagePayload {
  const { report, timeline: { began, elapsedMs, phases, memory } } = source;
  const joins = joinsNeeded(phases.map(({ spans }) => spans), mostRows);
  return {
    format: 1,
    title: source.title ?? "Tilewise run",
    report,
    predictedPeak: source.predictedPeak ?? report?.memory.predictedPeak ?? null,
    began,
    elapsedMs,
    rows: phases.reduce((sum, { spans }) => sum + spans.length, 0),
    joins,
    phases: phases.map((phase) => encodePhase(phase, joins)),
    memory: {
      ms: packTimes(memory.ms),
      rss: packNumbers(memory.rss),
      heapUsed: packNumbers(memory.heapUsed),
    },
    machine: source.machine ?? null,
    kernel: source.kernel ?? null,
    command: source.command ?? null,
    versions: source.versions ?? {},
    notes: [...new Set([...(report?.notes ?? []), ...(source.notes ?? [])])],
    outputs: (source.outputs ?? []).map(({ name, dtype, shape, path, picture, caption }) => ({
      name,
      dtype,
      shape,
      path: path ?? null,
      picture: picture === undefined ? null : base64(picture),
      caption: caption ?? null,
    })),
  };
}

function encodePhase(phase: TimelinePhase, joins: number): PagePhase {
  const { name, beganMs, endedMs, shape, tile, grid, tiles, arrays, weight, parts } = phase;
  const spans = encodeSpans(joinSpans(phase.spans, joins));
  return { name, beganMs, endedMs, shape, tile, grid, tiles, arrays, weight, parts, spans };
}

/**
 * The rows of a pass, packed.
 *
 * @param spans The rows.
 */
export function encodeSpans(spans: TileSpans): PageSpans {
  const { extent, tiles, calls, busyMs, longestMs } = spans;
  return {
    length: spans.length,
    worker: packNumbers(spans.worker),
    tile: packNumbers(spans.tile),
    extent: packNumbers(extent),
    tiles: isSame(tiles, extent) ? null : packNumbers(tiles),
    calls: isSame(calls, tiles) ? null : packNumbers(calls),
    startMs: packTimes(spans.startMs),
    endMs: packTimes(spans.endMs),
    busyMs: packDurations(busyMs),
    longestMs: isSame(longestMs, busyMs) ? null : packDurations(longestMs),
  };
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, k) => value === b[k]);
}

/**
 * The rows of a pass, as the page's script unpacks them.
 *
 * @param spans What was packed.
 */
export function decodeSpans(spans: PageSpans): TileSpans {
  const extent = unpackColumn(spans.extent), busyMs = unpackColumn(spans.busyMs);
  const tiles = spans.tiles === null ? extent : unpackColumn(spans.tiles);
  return {
    length: spans.length,
    worker: Int32Array.from(unpackColumn(spans.worker)),
    tile: unpackColumn(spans.tile),
    extent,
    tiles,
    calls: spans.calls === null ? tiles : unpackColumn(spans.calls),
    startMs: unpackColumn(spans.startMs),
    endMs: unpackColumn(spans.endMs),
    busyMs,
    longestMs: spans.longestMs === null ? busyMs : unpackColumn(spans.longestMs),
  };
}
