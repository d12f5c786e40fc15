/**
 * The colours of a colour map with numbers beneath, and curves, as text.
 *
 * @module
 */

import { type ColourTable, LEVELS } from "./colormaps.ts";
import { type Cells, resampled } from "./cells.ts";
import { type HalfBlocksOptions, shadeOf } from "./half_blocks.ts";
import { colourCodes, ColouredLine, type TerminalColours } from "./terminal_colours.ts";
import { digitsIn, shortNumber } from "./ticks.ts";
import { levelsIn, NAN_LEVEL, type Range } from "./value_range.ts";

/** What a bar of colours is made of. */
export interface BarFacts {
  /** How wide it is. */
  readonly columns: number;
  readonly colour: TerminalColours;
  readonly table?: ColourTable;
  readonly range: Range;
  /** The unit of the numbers; empty where there is none. */
  readonly unit: string;
}

/** From so many columns on, there is a number in the middle, or at the quarters too. */
const THREE_NUMBERS = 36, FIVE_NUMBERS = 64;

/**
 * A bar of colours, and the values that they stand for beneath.
 *
 * @param facts What it is made of.
 * @returns Lines, each with a line break behind it.
 */
export function colourBar(facts: BarFacts): string {
  const { columns, range } = facts;
  if (range === null) return "no finite values\n";
  const [low, high] = range;
  if (!(low < high)) return `all values are ${withUnit(shortNumber(low, 6), facts.unit)}\n`;
  const line = lineWriter(facts);
  for (let k = 0; k < columns; k++) line.add(Math.round(k * (LEVELS - 1) / Math.max(1, columns - 1)));
  return `${line.end()}\n${numbersBeneath(low, high, facts)}\n`;
}

/** As many numbers as there is room for. */
function numbersBeneath(low: number, high: number, facts: BarFacts): string {
  const { columns, unit } = facts;
  const counts = columns >= FIVE_NUMBERS ? [5, 3, 2] : columns >= THREE_NUMBERS ? [3, 2] : [2];
  for (const count of counts) {
    const line = numbersBeside(low, high, count, facts);
    if (line !== null && line.length <= columns) return line;
  }
  const digits = digitsIn(low, high), first = shortNumber(low, digits);
  const last = withUnit(shortNumber(high, digits), unit), both = `${first} to ${last}`;
  // Without room for both beside each other, the ends stand beneath each other.
  return both.length <= columns ? both : `${first}\n${last}`;
}

/** So many numbers, each beneath its colour; null where they would touch, or nearly so. */
function numbersBeside(
  low: number,
  high: number,
  count: number,
  { columns, unit }: BarFacts,
): string | null {
  const values = Array.from({ length: count }, (_, k) => {
    const share = k / (count - 1);
    return low * (1 - share) + high * share;
  });
  const digits = digitsIn(low, high), texts = values.map((value) => shortNumber(value, digits));
  const last = withUnit(texts[count - 1], unit);
  if (texts.slice(0, -1).join("").length + last.length + 2 * (count - 1) > columns) return null;
  let line = texts[0];
  for (let k = 1; k < count; k++) {
    const text = k === count - 1 ? last : texts[k];
    const end = k === count - 1 ? columns : Math.round(k / (count - 1) * columns + text.length / 2);
    line = `${line} ${text.padStart(Math.max(0, end - line.length - 1))}`;
  }
  return line;
}

function withUnit(text: string, unit: string): string {
  return unit === "" ? text : `${text} ${unit}`;
}

/** Writes blocks of colours, or the characters that stand for them. */
function lineWriter({ colour, table }: Pick<BarFacts, "colour" | "table">): {
  add(level: number): void;
  end(): string;
} {
  if (colour === "none" || colour === "16" || table === undefined) {
    let text = "";
    return { add: (level) => text += shadeOf(level), end: () => text };
  }
  const line = new ColouredLine(colourCodes(table, colour));
  return { add: (level) => line.add("█", level), end: () => line.end() };
}

/** Blocks that fill a line from below, by eighths. */
const EIGHTHS = " ▁▂▃▄▅▆▇█";

/** How high a curve is, in lines. */
const CURVE_LINES = 8;

/**
 * A row of numbers as a curve: columns as high as the values are.
 *
 * @param cells One row.
 * @param range The values at the lower and the upper edge.
 * @param options How wide it may be, and with which colours.
 * @param hasBlocks Whether the terminal shows block characters.
 * @returns Lines, each with a line break behind it.
 */
export function curve(
  cells: Cells,
  range: Range,
  { columns, rows = CURVE_LINES, colour, table }: HalfBlocksOptions,
  hasBlocks: boolean = true,
): string {
  const times = Math.max(1, Math.floor(columns / cells.columns));
  const width = Math.min(columns, cells.columns * times);
  const { data, offset, columnStride } = resampled(cells, 1, width);
  const levelOf = levelsIn(range);
  const levels = Array.from({ length: width }, (_, j) => levelOf(Number(data[offset + j * columnStride])));
  const codes = colour === "none" || colour === "16" || table === undefined
    ? null
    : colourCodes(table, colour);
  let text = "";
  for (let row = rows - 1; row >= 0; row--) {
    const line = new ColouredLine(codes ?? []);
    for (const level of levels) {
      // The lowest value is seen too.
      const height = level === NAN_LEVEL ? 0 : Math.max(1, Math.round((level + 1) / LEVELS * rows * 8));
      const eighths = Math.min(8, Math.max(0, height - 8 * row));
      const block = hasBlocks ? EIGHTHS[eighths] : eighths >= 4 || (row === 0 && eighths > 0) ? "#" : " ";
      line.add(block, codes === null || block === " " ? null : level);
    }
    text += (codes === null ? line.end().trimEnd() : line.end()) + "\n";
  }
  return text;
}
