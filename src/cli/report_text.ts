/**
 * A run's report as text.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { showShape } from "../array/layout/shape.ts";
import type { CallerReport, MemoryReport, RunReport, StoredReport, WorkerReport } from "../run/report.ts";
import type { RunTimeline } from "../run/timeline.ts";
import type { CliIo } from "./cli_io.ts";
import { percent } from "./quantities.ts";
import { labelled, labelWidth, type Part } from "./report_lines.ts";
import { bar, type Piece, styled, wrapped } from "./styled_text.ts";
import type { Colours } from "./terminal.ts";
import { tileMap } from "./tile_map.ts";
import { timeSpent } from "./time_spent.ts";

/** More workers than this are summed up in one line, unless each is asked for. */
const MOST_WORKER_LINES = 16;

/** The width of a report where there is no terminal. */
const PIPE_COLUMNS = 80;

/** Bars of this width are for terminals that have twice as much and more. */
const BAR = 12;

/** How a report is to look. */
export interface ReportStyle {
  /** The width of the terminal, or null where there is none. */
  readonly columns?: number | null;
  readonly colours?: Colours;
  /** Whether it shows block characters. */
  readonly blocks?: boolean;
  /** Whether it is of a reduction, whose units are no boxes. */
  readonly isReduction?: boolean;
  /** What was recorded of the run, if anything: then there is a map of its tiles. */
  readonly timeline?: RunTimeline | null;
  /** Whether each worker has a line, however many there are. */
  readonly verbose?: boolean;
}

/**
 * How a report looks on standard output.
 *
 * @param io Streams.
 */
export function styleOf(io: CliIo): ReportStyle {
  return { columns: io.stdoutColumns(), colours: io.colours("stdout"), blocks: io.blocks() };
}

/**
 * A line that stands beneath a report: broken where a terminal would break it in the middle of a word.
 *
 * @param line The line.
 * @param io Streams.
 */
export function resultText(line: string, io: CliIo): string {
  const columns = io.stdoutColumns();
  if (columns === null) return line;
  const [first, ...rest] = wrapped(line, Math.max(1, columns - INDENT.length));
  return [first, ...rest.map((text) => INDENT + text)].join("\n");
}

const INDENT = "  ";

/** What the lines of a report have in common. */
interface Page {
  readonly columns: number;
  readonly colours: Colours;
  readonly blocks: boolean;
  /** A label and what it is about. */
  line(label: string, ...parts: readonly Part[]): string[];
}

/**
 * A report as lines of text.
 *
 * @param report The report.
 * @param style How it is to look. Default: as in a pipe.
 */
export function reportText(report: RunReport, style: ReportStyle = {}): string {
  const { colours = "none", blocks = true, isReduction = false, timeline = null, verbose = false } = style;
  const columns = style.columns ?? PIPE_COLUMNS;
  const page: Page = {
    columns,
    colours,
    blocks,
    line: (label, ...parts) => labelled(label, parts, columns, colours),
  };
  const { memory, workers, caller, stored } = report;
  return [
    ...headline(
      `Current memory usage: ${formatBytes(memory.current)}; Peak: ${formatBytes(memory.peak)}`,
      page,
    ),
    ...headline(`Time elapsed: ${(report.elapsedMs / 1000).toFixed(3)} s`, page),
    "",
    ...tilesLine(report, isReduction, page),
    ...timeLine(report, timeline, page),
    ...memoryLine(memory, page),
    ...heapLine(memory, page),
    ...(stored === null ? [] : storedLine(stored, page)),
    ...report.notes.flatMap((note) => page.line("note", note)),
    ...(report.retried > 0 ? page.line("retried", `${counted(report.retried, "call")} of the kernel`) : []),
    ...(caller !== null ? callerLine(caller, report, isReduction, page) : []),
    ...(caller === null && report.workersUsed < report.workersAsked ? fewerWorkersLine(report, page) : []),
    ...(workers.length > MOST_WORKER_LINES && !verbose
      ? workersLine(report, isReduction, page)
      : workerLines(report, isReduction, page)),
    ...(isReduction ? [] : mapLines(timeline, page)),
  ].join("\n");
}

function headline(text: string, { columns, colours }: Page): string[] {
  return wrapped(text, columns).map((line) => styled(line, "bold", colours));
}

function tilesLine(report: RunReport, isReduction: boolean, page: Page): string[] {
  const what = isReduction
    ? [`${report.tiles} over ${showShape(report.shape)},`]
    : [`${report.tiles} of ${showShape(report.tile)}`, `over ${showShape(report.shape)},`];
  const speed = `${Math.round(report.tilesPerSecond)} a second,`, grain = `claimed ${report.grain} at a time`;
  return page.line(isReduction ? "units" : "tiles", ...what, speed, grain);
}

/** Short runs are over before it pays to have workers. */
const HINT_SHARE = 0.5;

function timeLine(report: RunReport, timeline: RunTimeline | null, page: Page): string[] {
  const shares = timeSpent(report, timeline);
  if (shares.length === 0) return [];
  const parts = shares.map(({ what, share }, k) =>
    `${percent(share)} ${what}${k < shares.length - 1 ? "," : ""}`
  );
  const [first] = shares;
  const hint = first.what === "starting workers" && first.share > HINT_SHARE
    ? ["(so little work is done before workers are open)"]
    : [];
  return page.line("time", ...parts, ...hint);
}

/** A first run also translates TypeScript, on each thread, which takes that share more. */
const TOLERANCE = 1.25;

function memoryLine({ peak, predictedPeak, highWater, shared, copied }: MemoryReport, page: Page): string[] {
  const share = predictedPeak > 0 ? peak / predictedPeak : 0;
  const more: Piece[] = share > TOLERANCE
    ? [{ text: "more than predicted", look: "warning" }, { text: "," }]
    : [];
  return page.line(
    "memory",
    ...barIfWide(share, page),
    `peak ${formatBytes(peak)},`,
    ...(more.length > 0 ? [more] : []),
    `predicted peak ${formatBytes(predictedPeak)},`,
    `high-water mark ${formatBytes(highWater)},`,
    `shared ${formatBytes(shared)},`,
    `copied ${formatBytes(copied)}`,
  );
}

function barIfWide(share: number, { columns, blocks }: Page): Part[] {
  return columns < 4 * BAR ? [] : [bar(share, BAR, blocks)];
}

function heapLine({ usage: { heapTotal, heapUsed, external } }: MemoryReport, page: Page): string[] {
  const part = (name: string, { current, peak }: { readonly current: number; readonly peak: number }) =>
    `${name} ${formatBytes(current)} (peak ${formatBytes(peak)})`;
  return page.line(
    "heap",
    `${part("total", heapTotal)},`,
    `${part("used", heapUsed)},`,
    part("external", external),
  );
}

function storedLine(stored: StoredReport, page: Page): string[] {
  const { readBytes, writtenBytes, readMs, computeMs, encodeMs, writeMs, skipped } = stored;
  return page.line(
    "stores",
    `read ${formatBytes(readBytes)} in ${milliseconds(readMs)},`,
    `computed ${milliseconds(computeMs)},`,
    `encoded ${milliseconds(encodeMs)},`,
    `wrote ${formatBytes(writtenBytes)},`,
    `waited for it ${milliseconds(writeMs)}${skipped > 0 ? ";" : ""}`,
    ...(skipped > 0 ? [`${skipped} blocks were done already`] : []),
  );
}

function fewerWorkersLine({ workersUsed, workersAsked }: RunReport, page: Page): string[] {
  return page.line(
    "workers",
    `${workersUsed} of ${workersAsked}:`,
    "the run was over before more could be opened",
  );
}

function callerLine(
  { tiles, busyMs }: CallerReport,
  { workers }: RunReport,
  isReduction: boolean,
  page: Page,
): string[] {
  const what = `${counted(tiles, unitOf(isReduction))},`, busy = `busy ${milliseconds(busyMs)}`;
  // The last step of a reduction is the calling thread's, whoever did those before.
  if (workers.some((worker) => worker.tiles > 0)) return page.line("caller", what, busy);
  return page.line("caller", what, `${busy}:`, "the run was over before a worker could be opened");
}

/** What a run is counted in. */
function unitOf(isReduction: boolean): string {
  return isReduction ? "unit" : "tile";
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function milliseconds(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}

function workerLines({ workers, elapsedMs }: RunReport, isReduction: boolean, page: Page): string[] {
  const width = (count: (worker: WorkerReport) => number | string) =>
    Math.max(0, ...workers.map((worker) => String(count(worker)).length));
  const tilesWidth = width(({ tiles }) => tiles), busyWidth = width(({ busyMs }) => busyMs.toFixed(1));
  const what = unitOf(isReduction), isOneEach = workers.every(({ tiles }) => tiles === 1);
  return workers.flatMap((worker) => {
    const { tiles, busyMs, idleMs, heapPeak } = worker;
    const unit = isOneEach ? `${what},` : tiles === 1 ? `${what}, ` : `${what}s,`;
    return page.line(
      workerLabel(worker.worker),
      ...barIfWide(elapsedMs > 0 ? busyMs / elapsedMs : 0, page),
      `${String(tiles).padStart(tilesWidth)} ${unit}`,
      `busy ${busyMs.toFixed(1).padStart(busyWidth)} ms,`,
      `idle ${milliseconds(idleMs)},`,
      `heap ${formatBytes(heapPeak)}`,
    );
  });
}

/** A label for each worker that fits where labels stand. */
function workerLabel(worker: number): string {
  return worker < 10 ? `worker ${worker}` : worker < 100 ? `worker${worker}` : `work${worker}`;
}

function workersLine({ workers }: RunReport, isReduction: boolean, page: Page): string[] {
  const busy = workers.map((worker) => worker.busyMs), tiles = workers.map((worker) => worker.tiles);
  return page.line(
    "workers",
    `${workers.length},`,
    `each ${Math.min(...tiles)} to ${Math.max(...tiles)} ${unitOf(isReduction)}s,`,
    `busy ${milliseconds(Math.min(...busy))} to ${milliseconds(Math.max(...busy))}`,
  );
}

function mapLines(timeline: RunTimeline | null, page: Page): string[] {
  const phase = timeline?.phases.at(0);
  if (phase === undefined || timeline?.phases.length !== 1) return [];
  return tileMap(phase, page, labelWidth(page.columns));
}
