/**
 * Looking at the cells of a heat map.
 *
 * @module
 */

import { valueOf } from "./cells.js";
import { placeOf } from "./data.js";
import { count, duration, list, things, workerName } from "./format.js";
import { place, view } from "./heat_view.js";
import { rowLines } from "./timeline_words.js";

/**
 * The cell at a point.
 *
 * @param {number} x
 * @param {number} y
 */
export function pickCell(x, y) {
  if (view.shown === null) return null;
  const { rows, columns } = view.shown.cells;
  const column = Math.floor((x - place.left) / place.width * columns);
  const row = Math.floor((y - place.top) / place.height * rows);
  return column >= 0 && row >= 0 && column < columns && row < rows ? row * columns + column : null;
}

/**
 * The cell that a key leads to.
 *
 * @param {number | null} from
 * @param {string} key
 */
export function moveCell(from, key) {
  if (view.shown === null) return null;
  const { rows, columns } = view.shown.cells;
  if (from === null) return key.startsWith("Arrow") ? 0 : null;
  let row = Math.floor(from / columns), column = from % columns;
  if (key === "ArrowLeft") column--;
  else if (key === "ArrowRight") column++;
  else if (key === "ArrowUp") row--;
  else if (key === "ArrowDown") row++;
  else if (key === "Home") column = 0;
  else if (key === "End") column = columns - 1;
  else return null;
  const within = row >= 0 && column >= 0 && row < rows && column < columns;
  return within ? row * columns + column : from;
}

/**
 * What there is to say of a cell.
 *
 * @param {number} which
 */
export function cellLines(which) {
  if (view.shown === null) return [];
  const { phase, cells, choice } = view.shown,
    { columns, rowStep, columnStep, gridColumns, gridRows } = cells;
  const row = Math.floor(which / columns) * rowStep, column = (which % columns) * columnStep;
  const isOne = rowStep * columnStep === 1 && choice.leading.every((at) => at !== null);
  if (isOne) {
    const tile = tileAt(row, column);
    if (tile >= phase.tiles) return ["No tile"];
    const found = rowWith(tile);
    if (found >= 0 && phase.spans.tiles[found] === 1) {
      return [...rowLines(phase, found), workerName(phase.spans.worker[found])];
    }
    const { coords, origin, extents } = placeOf(phase, tile);
    return [
      `Tile ${count(tile)}`,
      `at ${list(coords)}, origin ${list(origin)}, shape ${list(extents)}`,
      ...valueLines(which),
      ...(found < 0 ? [] : [
        `done with ${things(phase.spans.tiles[found] - 1, "other")}, ${
          workerName(phase.spans.worker[found])
        }`,
      ]),
    ];
  }
  const lastRow = Math.min(gridRows, row + rowStep) - 1,
    lastColumn = Math.min(gridColumns, column + columnStep) - 1;
  const span = (/** @type {number} */ a, /** @type {number} */ b) => a === b ? String(a) : `${a}–${b}`;
  return [
    cells.wraps
      ? `Tiles from ${count(row * gridColumns + column)}`
      : `${span(row, lastRow)}, ${span(column, lastColumn)} of axes ${cells.rowAxis}, ${cells.columnAxis}`,
    ...valueLines(which),
  ];
}

/** @param {number} which */
function valueLines(which) {
  if (view.shown === null) return [];
  const { cells, choice } = view.shown, value = valueOf(cells, choice, which), tiles = cells.tiles[which];
  if (value === null) return ["not done here"];
  const about = Math.abs(tiles - Math.round(tiles)) > 1e-6 ? "about " : "";
  return [
    `${duration(value)}${choice.shows === "sum" ? " in all" : tiles > 1.5 ? " a tile" : ""}`,
    ...(tiles > 1.5
      ? [`${about}${things(Math.round(tiles), "tile")}, ${duration(cells.ms[which])} in all`]
      : []),
  ];
}

/**
 * @param {number} row
 * @param {number} column
 */
function tileAt(row, column) {
  if (view.shown === null) return -1;
  const { phase: { grid }, cells, choice } = view.shown;
  if (cells.wraps) return row * cells.gridColumns + column;
  let tile = 0;
  for (let axis = 0; axis < grid.length; axis++) {
    const k = cells.leading.indexOf(axis);
    const at = axis === cells.rowAxis
      ? row
      : axis === cells.columnAxis
      ? column
      : k < 0
      ? 0
      : choice.leading[k] ?? 0;
    tile = tile * grid[axis] + at;
  }
  return tile;
}

/**
 * The row in which a tile was done; -1 where it was not.
 *
 * @param {number} tile
 */
function rowWith(tile) {
  if (view.shown === null) return -1;
  const { spans, tiles } = view.shown.phase;
  if (view.shown.rowOf.length === 0) {
    // By tile, the last row that begins there; asked for once a pass.
    view.shown.rowOf = new Int32Array(Math.min(tiles, 2e6)).fill(-1);
    for (let k = 0; k < spans.length; k++) {
      // Of a row with gaps nobody knows which tiles were done in it.
      if (spans.tiles[k] < spans.extent[k]) continue;
      view.shown.rowOf.fill(k, spans.tile[k], spans.tile[k] + spans.extent[k]);
    }
  }
  return view.shown.rowOf[tile] ?? -1;
}
