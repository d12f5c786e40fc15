/**
 * What a dashboard tells its pages: how things stand, then what is new, and the end.
 *
 * @module
 */

import { encodePage, type LiveSource, type PagePayload } from "../page/page_data.ts";
import type { LiveRow } from "./live_rows.ts";
import type { LivePhase, LiveSampler, LiveStatus } from "./live_sampler.ts";

/** How a run ended. */
export interface Outcome {
  readonly kind: "done" | "failed" | "cancelled" | "unknown";
  /** In a sentence. */
  readonly text: string;
}

/** What is told first, and again when rows were joined. */
export interface StartEvent {
  /** All that a page shows. */
  readonly page: PagePayload;
  /** The number of each of the page's passes, and the tiles that it runs. */
  readonly phases: readonly Pick<LivePhase, "number" | "range" | "isOver">[];
  /** How many older passes are not shown. */
  readonly dropped: number;
  readonly status: LiveStatus;
  /** Whether the run can be stopped from the page. */
  readonly canStop: boolean;
}

/** What is new since the last event. */
export interface TickEvent {
  readonly status: LiveStatus;
  /** Passes that have begun or changed. */
  readonly phases: readonly LivePhase[];
  /** Rows, of {@linkcode ROW_FIELDS} numbers each: phase, worker, tile, extent, tiles, start, end, busy. */
  readonly rows: readonly number[];
  /** Samples of memory, of three numbers each: moment, resident bytes, bytes of the heap. */
  readonly memory: readonly number[];
}

/** The last event. */
export interface EndEvent {
  readonly outcome: Outcome;
  /** What the page shows from now on; null where `html` has it: it may be megabytes. */
  readonly page: PagePayload | null;
  /** The report page as a file, with its data in `#data`; null where there is no report. */
  readonly html: string | null;
}

/** Numbers of a row in a tick. */
export const ROW_FIELDS = 8;

/** What a page says of a run besides what is seen of it. */
export type PageWords = Omit<LiveSource, "report" | "timeline" | "predictedPeak">;

/** How far a page has been told: a client's place in what a sampler has seen. */
export interface Place {
  readonly rowsGeneration: number;
  readonly memoryGeneration: number;
  readonly dropped: number;
  readonly rows: number;
  readonly memory: number;
  /** The number of the first pass that may have changed since. */
  readonly phase: number;
}

/**
 * Where a sampler is.
 *
 * @param sampler The sampler.
 */
export function placeOf({ rows, memory, phases, dropped }: LiveSampler): Place {
  const open = phases.find(({ isOver }) => !isOver);
  return {
    rowsGeneration: rows.generation,
    memoryGeneration: memory.generation,
    dropped,
    rows: rows.length,
    memory: memory.length,
    phase: open?.number ?? dropped + phases.length,
  };
}

/**
 * All that was seen so far.
 *
 * @param sampler What has seen it.
 * @param words What else the page says.
 * @param canStop Whether the run can be stopped.
 */
export function startEvent(sampler: LiveSampler, words: PageWords, canStop: boolean): StartEvent {
  const { predictedPeak, dropped } = sampler;
  return {
    page: encodePage({
      ...words,
      report: null,
      timeline: sampler.timeline(),
      ...(predictedPeak === null ? {} : { predictedPeak }),
    }),
    phases: sampler.phases.map(({ number, range, isOver }) => ({ number, range, isOver })),
    dropped,
    status: sampler.status(),
    canStop,
  };
}

/**
 * What is new.
 *
 * @param sampler What has seen it.
 * @param since What the page knows already.
 * @returns Null if what the page knows has been changed: it must be told all anew.
 */
export function tickEvent(sampler: LiveSampler, since: Place): TickEvent | null {
  const { rows, memory, phases } = sampler;
  if (since.rowsGeneration !== rows.generation || since.memoryGeneration !== memory.generation) return null;
  if (since.dropped !== sampler.dropped) return null;
  return {
    status: sampler.status(),
    phases: phases.filter(({ number }) => number >= since.phase),
    rows: rows.since(since.rows).flatMap(rowNumbers),
    memory: memory.since(since.memory).flatMap(({ ms, rss, heapUsed }) => [rounded(ms), rss, heapUsed]),
  };
}

function rowNumbers(row: LiveRow): number[] {
  const { phase, worker, tile, extent, tiles, startMs, endMs, busyMs } = row;
  return [phase, worker, tile, extent, tiles, rounded(startMs), rounded(endMs), rounded(busyMs)];
}

/** Microseconds are more than was seen. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/**
 * An event as it is sent.
 *
 * @param name Its name.
 * @param data What it says.
 */
export function eventText(name: "start" | "tick" | "end", data: StartEvent | TickEvent | EndEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
