/**
 * What of a heat map is seen, and where it lies.
 *
 * @module
 */

import { valueOf } from "./cells.js";
import { byId } from "./dom.js";

/** @typedef {import("./data.js").RunData} RunData */
/** @typedef {import("./data.js").Phase} Phase */
/** @typedef {import("./cells.js").Cells} Cells */
/** @typedef {import("./cells.js").Choice} Choice */

/**
 * What is drawn, which cell is marked, and the row of the timeline in which each tile was done, once that was asked for.
 *
 * @type {{
 *   shown: { data: RunData, phase: Phase, cells: Cells, choice: Choice, rowOf: Int32Array } | null,
 *   marked: number | null,
 * }}
 */
export const view = { shown: null, marked: null };

/** Where cells lie, in pixels. */
export const place = { left: 44, top: 6, width: 0, height: 0 };

/** What the heat map is drawn on. */
export const canvas = () => /** @type {HTMLCanvasElement} */ (byId("heat-canvas"));

/**
 * The values between which the colours lie: a few that are far off do not count.
 *
 * @param {Cells} cells
 * @param {Choice} choice
 */
export function rangeOf(cells, choice) {
  const values = [];
  for (let cell = 0; cell < cells.ms.length; cell++) {
    const value = valueOf(cells, choice, cell);
    if (value !== null) values.push(value);
  }
  const sorted = Float64Array.from(values).sort(), last = sorted.length - 1;
  const at = (/** @type {number} */ share) => sorted[Math.round(share * last)] ?? 0;
  return { least: at(0.01), most: at(0.99), first: sorted[0] ?? 0, last: sorted[last] ?? 0 };
}

/**
 * Where a cell lies, in pixels.
 *
 * @param {number} which
 */
export function cellBox(which) {
  if (view.shown === null) return { x: 0, y: 0, width: 0, height: 0 };
  const { rows, columns } = view.shown.cells, width = place.width / columns, height = place.height / rows;
  return {
    x: place.left + (which % columns) * width,
    y: place.top + Math.floor(which / columns) * height,
    width,
    height,
  };
}
