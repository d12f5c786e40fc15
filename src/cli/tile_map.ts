/**
 * Tiles as characters: dark ones took long.
 *
 * @module
 */

import type { TimelinePhase } from "../run/timeline.ts";
import { duration } from "./quantities.ts";
import { styled } from "./styled_text.ts";
import type { Colours } from "./terminal.ts";

/** Larger grids are for pages and pictures. */
const MOST_ROWS = 32, MOST_COLUMNS = 64;

/** From quick to slow, where there are block characters, and where there are none. */
const BLOCKS = ["░", "▒", "▓", "█"], LETTERS = [".", "-", "+", "#"];

/** From quick to slow among 256 colours: dark violet, blue, green, yellow, evenly brighter. */
const COLOURS = [53, 54, 61, 25, 31, 30, 36, 35, 78, 77, 113, 149, 185, 220];

/** The terminal that a map is drawn on. */
export interface MapScreen {
  readonly columns: number;
  readonly colours: Colours;
  /** Whether it shows block characters. */
  readonly blocks: boolean;
}

/**
 * A map of how long each tile took, along the last two axes of the grid. Where there are more axes, a character stands
 * for all tiles behind each other. Where one call was for several tiles, each counts with its part of it.
 *
 * @param phase A pass of a run.
 * @param screen The terminal.
 * @param indent Columns that stay empty on the left.
 * @returns Lines, the last of which says what the characters mean; none for one tile, for more than fit, or where all took
 * the same.
 */
export function tileMap(
  phase: TimelinePhase,
  { columns, colours, blocks }: MapScreen,
  indent: number = 0,
): string[] {
  const across = phase.grid.at(-1) ?? 1, down = phase.grid.at(-2) ?? 1, cells = across * down;
  const room = columns - indent;
  if (phase.tiles < 2 || cells < 2 || down > MOST_ROWS || across > MOST_COLUMNS || across > room) return [];
  const ms = durations(phase, cells), known = ms.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return [];
  const least = Math.min(...known), most = Math.max(...known);
  // Where all took the same, there is nothing to be seen.
  if (duration(least) === duration(most)) return [];
  const wide = 2 * across <= room ? 2 : 1;
  const hasColours = (colours === "256" || colours === "truecolour") && blocks;
  const shades = hasColours ? COLOURS : blocks ? BLOCKS : LETTERS;
  const draw = (level: number) => {
    const shade = shades[Math.min(shades.length - 1, Math.floor(level * shades.length))];
    return typeof shade === "string" ? shade.repeat(wide) : `\x1b[48;5;${shade}m${" ".repeat(wide)}\x1b[0m`;
  };
  const cell = (value: number) => Number.isNaN(value) ? " ".repeat(wide) : draw(levelOf(value, least, most));
  const left = " ".repeat(indent), label = "map".padEnd(indent);
  const first = label.length === indent ? styled(label, "dim", colours) : left;
  const rows = Array.from({ length: down }, (_, row) => {
    return (row === 0 ? first : left) +
      Array.from(ms.subarray(row * across, (row + 1) * across), cell).join("");
  });
  const legend = legendOf(phase.tiles / cells, least, most);
  // A swatch is as wide as a cell.
  const fitting = legend.find((text) => text(() => " ".repeat(wide)).length <= room);
  if (fitting === undefined) return rows;
  return [...rows, left + (hasColours ? fitting(draw) : styled(fitting(draw), "dim", colours))];
}

/** What the characters mean, in more words and in fewer. */
function legendOf(
  depth: number,
  least: number,
  most: number,
): ((draw: (level: number) => string) => string)[] {
  const what = depth === 1 ? "a tile took" : `${depth} tiles behind each other took`;
  const low = duration(least), high = duration(most);
  return [
    (draw) => `${what} ${draw(0)} ${low} to ${draw(1)} ${high}`,
    (draw) => `${draw(0)} ${low} ${draw(1)} ${high}`,
  ];
}

function levelOf(value: number, least: number, most: number): number {
  return most > least ? (value - least) / (most - least) : 0;
}

/** Milliseconds of each place of the last two axes; NaN where nothing was done. */
function durations({ tiles, spans }: TimelinePhase, cells: number): Float64Array {
  const ms = new Float64Array(cells).fill(NaN);
  for (let k = 0; k < spans.length; k++) {
    const each = spans.busyMs[k] / Math.max(1, spans.tiles[k]);
    const end = Math.min(tiles, spans.tile[k] + spans.extent[k]);
    for (let tile = spans.tile[k]; tile < end; tile++) {
      const at = tile % cells, before = ms[at];
      // A row of spans that has gaps counts where no other one does.
      if (Number.isNaN(before)) ms[at] = each;
      else if (spans.tiles[k] === spans.extent[k]) ms[at] = before + each;
    }
  }
  return ms;
}
