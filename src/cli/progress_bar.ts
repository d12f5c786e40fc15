/**
 * A bar on a terminal that shows how far a run is, and lines beneath it on what each worker is at.
 *
 * @module
 */

import type { Progress } from "../run/map_options.ts";
import type { LiveWorker } from "../run/live_run.ts";
import { progressLine } from "./progress_line.ts";
import { joined, type Piece } from "./styled_text.ts";
import type { Colours } from "./terminal.ts";
import { workerLines } from "./worker_lines.ts";

/** The terminal that a bar is drawn on. */
export interface BarScreen {
  write(text: string): void;
  /** Its width and height, asked each time because they can change. */
  columns(): number;
  rows(): number;
  readonly colours: Colours;
  /** Whether it shows block characters. */
  readonly blocks: boolean;
}

/** What a bar is about. */
export interface BarSubject {
  /** What a run is counted in. Default: tiles. */
  readonly unit?: "tiles" | "units";
  /** Bytes that all of them read and write together, where that is known. */
  readonly bytes?: number;
  /** What each worker is at, where that is to be shown. */
  readonly workers?: () => readonly LiveWorker[];
  /** Resident bytes of the process. */
  readonly memory?: () => number;
  /** Milliseconds since some moment. Default: `performance.now`. */
  readonly now?: () => number;
}

/** Draws a bar until it is told to erase it. */
export interface ProgressBar {
  draw(progress: Progress): void;
  erase(): void;
}

/** A rate counts for as long as a third of the run so far, but not for less or more than this. */
const LEAST_SPAN_MS = 1000, MOST_SPAN_MS = 30_000;

/** Milliseconds between two drawings, for runs that have gone on for so many. */
const PACE: readonly (readonly [after: number, every: number])[] = [[300_000, 1000], [30_000, 250], [0, 90]];

/**
 * A bar.
 *
 * @param screen Where it is drawn.
 * @param subject What it is about.
 */
export function progressBar(screen: BarScreen, subject: BarSubject = {}): ProgressBar {
  const { unit = "tiles", bytes, now = () => performance.now() } = subject;
  const speed = new Speed();
  let drawn = 0, drawnAt = -Infinity, drawnColumns = 0, peak = 0;
  return {
    draw: (progress) => {
      const { done, total, elapsedMs } = progress, at = now(), columns = screen.columns();
      speed.note(progress);
      const every = PACE.find(([after]) => elapsedMs >= after)?.[1] ?? 0;
      const isEdge = drawnAt === -Infinity || done === total;
      if (!isEdge && columns === drawnColumns && at - drawnAt < every) return;
      const perSecond = speed.perSecond;
      const resident = subject.memory?.();
      if (resident !== undefined) peak = Math.max(peak, resident);
      const line = progressLine(
        {
          done,
          total,
          unit,
          perSecond,
          bytesPerSecond: bytes === undefined || perSecond === null || total === 0
            ? null
            : bytes * perSecond / total,
          memory: resident === undefined ? null : { now: resident, peak },
        },
        columns,
        screen.blocks,
      );
      const workers = subject.workers === undefined
        ? []
        : workerLines(subject.workers(), elapsedMs, columns, screen.rows() - 2);
      const lines = [line, ...workers];
      screen.write(drawing(lines, drawn === 0 || (drawn === 1 && columns === drawnColumns), screen.colours));
      drawn = lines.length;
      drawnAt = at;
      drawnColumns = columns;
    },
    erase: () => {
      if (drawn > 0) {
        screen.write(drawn === 1 && screen.columns() === drawnColumns ? ERASE_LINE : ERASE_BELOW);
      }
      drawn = 0;
    },
  };
}

/** `\r`, and the codes of ECMA-48 that erase to the end of the line, and of the screen. */
const ERASE_LINE = "\r\x1b[K", ERASE_BELOW = "\r\x1b[J";

/**
 * What draws lines, and leaves the cursor where they begin. There it stays when a terminal becomes narrower and breaks
 * them, wherever the rest of them goes.
 *
 * @param lines The lines.
 * @param isSame Whether there is one line at most to draw over, as wide as it was.
 * @param colours How many colours there are.
 */
function drawing(lines: readonly Piece[][], isSame: boolean, colours: Colours): string {
  const text = lines.map((line) => joined(line, colours)).join("\n");
  const up = lines.length > 1 ? `\x1b[${lines.length - 1}A` : "";
  return `${isSame ? ERASE_LINE : ERASE_BELOW}${text}\r${up}`;
}

/** How fast a run is of late: what was long ago counts less and less. */
class Speed {
  #done = 0;
  #elapsedMs = 0;
  #perMs: number | null = null;

  note({ done, elapsedMs }: Progress): void {
    const ms = elapsedMs - this.#elapsedMs;
    if (ms <= 0 || (done === 0 && this.#perMs === null)) return;
    const perMs = Math.max(0, done - this.#done) / ms;
    const span = Math.min(MOST_SPAN_MS, Math.max(LEAST_SPAN_MS, elapsedMs / 3));
    const share = this.#perMs === null ? 1 : 1 - Math.exp(-ms / span);
    this.#perMs = (this.#perMs ?? 0) * (1 - share) + perMs * share;
    this.#done = done;
    this.#elapsedMs = elapsedMs;
  }

  /** Null where nothing is done yet. */
  get perSecond(): number | null {
    return this.#perMs === null ? null : this.#perMs * 1000;
  }
}
