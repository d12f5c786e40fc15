/**
 * Two-dimensional arrays as text: two cells above each other in one character, each with its own colour; or shades of
 * characters where there are no colours.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { ValueError } from "../errors.ts";
import { type Cells, cellsOf, resampled, upsideDown } from "./cells.ts";
import { type ColourTable, LEVELS } from "./colormaps.ts";
import { colourCodes, ColouredLine, type TerminalColours } from "./terminal_colours.ts";
import { levelsIn, NAN_LEVEL, type Range, resolveRange, type ValueRange } from "./value_range.ts";

/** How arrays become text. */
export interface HalfBlocksOptions {
  /** How wide the text may be. */
  readonly columns: number;
  /** How many lines it may have. Default: two fifths of `columns`, which leaves arrays as wide as high nearly whole. */
  readonly rows?: number;
  /** How many colours the terminal has; with 16 as with none, characters stand for values. */
  readonly colour: TerminalColours;
  /** The colours, as {@linkcode colourTable} gives them. Needed where there are colours. */
  readonly table?: ColourTable;
  /** Which values have the colours at the ends. Default: the smallest finite element and the largest. */
  readonly range?: ValueRange;
  /** Which row is at the top. Default: the first one, `upper`. */
  readonly origin?: "upper" | "lower";
}

/** Characters from low to high. NaN is a space, which none of them is. */
export const SHADES = ".:-=+*#%@";

/** A cell above and one below, in one character. */
const UPPER = "▀", LOWER = "▄";

/**
 * An array as lines of text. It keeps its proportions, where characters are twice as high as wide: large arrays become
 * means of their elements, and small ones are enlarged a whole number of times. What is NaN has the terminal's own
 * background.
 *
 * @param array A two-dimensional array.
 * @param options How wide, and with which colours.
 * @returns Lines, each with a line break behind it.
 * @throws {ShapeError} If the array has not two axes, or no element.
 */
export function halfBlocks(array: SharedNdArray, options: HalfBlocksOptions): string {
  const cells = cellsOf(array);
  return halfBlocksOf(cells, resolveRange(options.range, cells), options);
}

/**
 * Cells as lines of text.
 *
 * @param cells The cells.
 * @param range The values at the ends of the colours.
 * @param options How wide, and with which colours; its range has no effect.
 * @returns Lines, each with a line break behind it.
 */
export function halfBlocksOf(cells: Cells, range: Range, options: HalfBlocksOptions): string {
  const grid = gridOf(cells, options);
  const upright = options.origin === "lower" ? upsideDown(cells) : cells;
  if (options.colour === "none" || options.colour === "16") return shades(upright, range, grid);
  if (options.table === undefined) {
    throw new ValueError("Colours need a table of them: the option table is missing");
  }
  return blocks(upright, range, grid, colourCodes(options.table, options.colour));
}

/** How many cells are drawn along each axis. */
interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The grid that an array is drawn as.
 *
 * @param extents The array's extents.
 * @param options How wide the text may be, and how high.
 */
export function gridOf(
  { rows, columns }: Grid,
  options: Pick<HalfBlocksOptions, "columns" | "rows">,
): Grid {
  const widest = Math.max(1, options.columns);
  const highest = 2 * Math.max(1, options.rows ?? Math.max(6, Math.ceil(0.4 * widest)));
  const times = Math.floor(Math.min(widest / columns, highest / rows));
  if (times >= 1) return { rows: rows * times, columns: columns * times };
  const share = Math.min(widest / columns, highest / rows);
  // Long thin arrays keep at least a cell across.
  return {
    rows: Math.max(1, Math.min(highest, Math.round(rows * share))),
    columns: Math.max(1, Math.min(widest, Math.round(columns * share))),
  };
}

function blocks(cells: Cells, range: Range, grid: Grid, codes: readonly string[]): string {
  const { rows, columns, levels } = levelsOf(cells, range, grid);
  let text = "";
  for (let top = 0; top < rows; top += 2) {
    const line = new ColouredLine(codes);
    for (let j = 0; j < columns; j++) {
      const above = coloured(levels[top * columns + j]);
      const below = top + 1 < rows ? coloured(levels[(top + 1) * columns + j]) : null;
      if (above === null && below === null) line.add(" ", null);
      else if (above === null) line.add(LOWER, below);
      else line.add(UPPER, above, below);
    }
    text += line.end() + "\n";
  }
  return text;
}

function coloured(level: number): number | null {
  return level === NAN_LEVEL ? null : level;
}

function shades(cells: Cells, range: Range, grid: Grid): string {
  const { rows, columns, levels } = levelsOf(cells, range, { ...grid, rows: Math.ceil(grid.rows / 2) });
  let text = "";
  for (let i = 0; i < rows; i++) {
    let line = "";
    for (let j = 0; j < columns; j++) line += shadeOf(levels[i * columns + j]);
    text += line.trimEnd() + "\n";
  }
  return text;
}

/**
 * The character that stands for a level.
 *
 * @param level A place in a colour map, or behind it for NaN.
 */
export function shadeOf(level: number): string {
  return level === NAN_LEVEL ? " " : SHADES[Math.floor(level * SHADES.length / LEVELS)];
}

function levelsOf(cells: Cells, range: Range, grid: Grid): Grid & { readonly levels: Uint16Array } {
  const levelOf = levelsIn(range);
  const { rows, columns, data, offset, rowStride, columnStride } = resampled(cells, grid.rows, grid.columns);
  const levels = new Uint16Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      levels[i * columns + j] = levelOf(Number(data[offset + i * rowStride + j * columnStride]));
    }
  }
  return { rows, columns, levels };
}
