/**
 * A bar on a terminal that shows how far a run is.
 *
 * @module
 */

import type { Progress } from "../run/map_options.ts";

const BAR_CELLS = 30;

/** `\r` and the ANSI code that erases to the end of the line. */
const LINE_START = "\r\x1b[K";

/**
 * The text of the bar.
 *
 * @param progress How far the run is.
 * @param columns The width of the terminal: the text is cut to it.
 * @param unit What a run is counted in.
 */
export function progressLine(progress: Progress, columns: number, unit: string = "tiles"): string {
  const { done, total, elapsedMs } = progress;
  const share = total === 0 ? 1 : done / total;
  const filled = Math.round(share * BAR_CELLS);
  const left = done === 0 ? "?" : `${((elapsedMs / 1000) * (total - done) / done).toFixed(1)} s`;
  const bar = `[${"#".repeat(filled)}${"-".repeat(BAR_CELLS - filled)}]`;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  return `${bar} ${percent} ${done}/${total} ${unit}, ${left} left`.slice(0, Math.max(0, columns - 1));
}

/**
 * Draws a bar until it is told to erase it.
 *
 * @param write Writes to the terminal.
 * @param columns The width of the terminal, asked each time because it can change.
 * @param unit What a run is counted in.
 */
export function progressBar(
  write: (text: string) => void,
  columns: () => number,
  unit: string = "tiles",
): { draw(progress: Progress): void; erase(): void } {
  return {
    draw: (progress) => write(LINE_START + progressLine(progress, columns(), unit)),
    erase: () => write(LINE_START),
  };
}
