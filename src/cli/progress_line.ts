/**
 * One line on how far a run is, for a terminal of any width.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { rate, timeLeft } from "./quantities.ts";
import { bar, type Piece, widthOf } from "./styled_text.ts";

/** What the line tells. */
export interface ProgressFacts {
  readonly done: number;
  readonly total: number;
  /** What a run is counted in. */
  readonly unit: "tiles" | "units";
  /** How many are done in a second, of late; null where nobody knows yet. */
  readonly perSecond: number | null;
  /** Bytes that are read and written in a second; null where nobody knows. */
  readonly bytesPerSecond: number | null;
  /** Resident bytes now, and the most that were seen. */
  readonly memory: { readonly now: number; readonly peak: number } | null;
}

/** Columns of a bar: at least so many where the terminal is narrow, and where it is wide. */
const NARROW_BAR = 6, WIDE_BAR = 10, MOST_BAR = 32;

/**
 * The line.
 *
 * @param facts What it tells.
 * @param columns The width of the terminal; one column stays empty, because some break a line that fills it.
 * @param hasBlocks Whether the terminal shows block characters.
 */
export function progressLine(facts: ProgressFacts, columns: number, hasBlocks: boolean): Piece[] {
  const { done, total } = facts;
  const share = total === 0 ? 1 : done / total;
  const percent = `${Math.floor(share * 100)}%`.padStart(4), room = columns - 1;
  const least = room < 50 ? NARROW_BAR : WIDE_BAR;
  const texts = partsOf(facts).find((parts) => least + 1 + percent.length + parts.length <= room);
  if (texts === undefined) {
    return percent.trim().length <= room ? [{ text: percent.trim(), look: "bold" }] : [];
  }
  const cells = Math.min(MOST_BAR, room - 1 - percent.length - widthOf(texts));
  return [...bar(share, cells, hasBlocks), { text: ` ${percent}`, look: "bold" }, { text: texts }];
}

/** What stands behind the bar, from all there is to nothing: what is missed least goes first. */
function partsOf({ done, total, unit, perSecond, bytesPerSecond, memory }: ProgressFacts): string[] {
  const left = perSecond === null || perSecond === 0 ? "?" : timeLeft(1000 * (total - done) / perSecond);
  const count = `  ${done}/${total}`, counted = `${count} ${unit}`;
  const speed = perSecond === null ? "" : `  ${rate(perSecond)}`;
  const bytes = bytesPerSecond === null ? "" : `  ${formatBytes(bytesPerSecond)}/s`;
  const now = memory === null ? "" : `  ${formatBytes(memory.now)}`;
  const peak = memory === null ? "" : ` (peak ${formatBytes(memory.peak)})`;
  const remaining = `  ${left} left`;
  return [
    counted + speed + bytes + remaining + now + peak,
    counted + speed + bytes + remaining + now,
    counted + speed + remaining + now,
    counted + speed + remaining,
    counted + remaining,
    count + remaining,
    remaining,
    `  ${left}`,
    "",
  ];
}
