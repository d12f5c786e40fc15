/**
 * Drawing a heat map.
 *
 * @module
 */

import { valueOf } from "./cells.js";
import { colour, isLogarithmic, isPaper, paintScale, pixelRatio, scale, stepOf } from "./colours.js";
import { byId, setFrame } from "./dom.js";
import { duration, rate } from "./format.js";
import { canvas, cellBox, place, rangeOf, view } from "./heat_view.js";

/** @typedef {import("./data.js").Phase} Phase */
/** @typedef {import("./cells.js").Cells} Cells */
/** @typedef {import("./cells.js").Choice} Choice */

/** Draws what is chosen. */
export function paintHeatMap() {
  if (view.shown === null) return;
  const { phase, cells, choice } = view.shown, element = canvas(), context = element.getContext("2d");
  if (context === null) return;
  const room = Math.max(200, element.parentElement?.clientWidth ?? 500);
  const widest = room - place.left - 8;
  // Cells are squares where there is room, and longer ones where there are few.
  const tallest = isPaper() ? 250 : 380;
  const size = Math.min(widest / cells.columns, Math.max(1, tallest / cells.rows), 48);
  place.width = Math.max(size * cells.columns, Math.min(widest, 160));
  place.height = Math.max(Math.min(tallest, size * cells.rows), Math.min(24 * cells.rows, 48));
  const height = place.top + place.height + 34, ratio = pixelRatio();
  element.width = Math.round(room * ratio);
  element.height = Math.round(height * ratio);
  element.style.height = `${height}px`;
  context.scale(ratio, ratio);
  const { least, most, first, last } = rangeOf(cells, choice);
  context.fillStyle = colour("lane");
  context.fillRect(place.left, place.top, place.width, place.height);
  paintCells(context, cells, choice, least, most);
  paintAxes(context, phase, cells);
  showCellMark();
  paintLegend(least, most, first, last);
}

/** Shows which cell is marked. */
export function showCellMark() {
  setFrame("heat-mark", view.marked === null ? null : cellBox(view.marked));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Cells} cells
 * @param {Choice} choice
 * @param {number} least
 * @param {number} most
 */
function paintCells(context, cells, choice, least, most) {
  const colours = scale(),
    { rows, columns } = cells,
    wide = place.width / columns,
    tall = place.height / rows;
  const gap = Math.min(wide, tall) >= 6 ? 1 : 0;
  for (let cell = 0; cell < rows * columns; cell++) {
    const value = valueOf(cells, choice, cell);
    if (value === null) continue;
    const column = cell % columns, row = Math.floor(cell / columns);
    context.fillStyle = colours[stepOf(value, least, most)];
    // A little over the edge where cells touch, so that no seams show.
    const over = gap === 0 ? 0.3 : 0;
    context.fillRect(
      place.left + column * wide,
      place.top + row * tall,
      wide - gap + over,
      tall - gap + over,
    );
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Phase} phase
 * @param {Cells} cells
 */
function paintAxes(context, { grid }, { rows, gridRows, gridColumns, wraps, rowAxis, columnAxis }) {
  context.fillStyle = colour("text");
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "right";
  const bottom = place.top + place.height, rowUnit = wraps ? gridColumns : 1;
  context.fillText("0", place.left - 6, place.top + 10);
  if (rows > 1) context.fillText(compact((gridRows - 1) * rowUnit), place.left - 6, bottom - 1);
  context.textAlign = "left";
  context.fillText("0", place.left, bottom + 14);
  context.textAlign = "right";
  if (gridColumns > 1) context.fillText(compact(gridColumns - 1), place.left + place.width, bottom + 14);
  context.textAlign = "left";
  const label = wraps
    ? grid.length === 0 || gridRows === 1 ? "tiles in order →" : "tiles in order, row after row →"
    : `axis ${columnAxis} of the grid →  (axis ${rowAxis} ↓)`;
  context.fillText(label, place.left, bottom + 30);
}

/** @param {number} value */
function compact(value) {
  return value < 10_000 ? String(value) : rate(value);
}

/**
 * @param {number} least
 * @param {number} most
 * @param {number} first
 * @param {number} last
 */
function paintLegend(least, most, first, last) {
  paintScale("heat-legend-bar");
  byId("heat-least").textContent = `${first < least ? "≤ " : ""}${duration(least)}`;
  byId("heat-most").textContent = `${last > most ? "≥ " : ""}${duration(most)}${
    isLogarithmic(least, most) ? " (log)" : ""
  }`;
}
