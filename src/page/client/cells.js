/**
 * The cells of a heat map: how long the tiles took, over the last two axes of the grid.
 *
 * @module
 */

/** @typedef {import("./data.js").Phase} Phase */

/**
 * What is chosen: for each leading axis an index, or null for all; and whether a cell shows the mean or the sum.
 *
 * @typedef {{ leading: readonly (number | null)[], shows: "mean" | "sum" }} Choice
 */

/**
 * Cells in rows: milliseconds, and how many tiles are done in each. A cell stands for `rowStep` times `columnStep` places
 * of the grid; where the grid has one axis, places follow each other row after row.
 *
 * @typedef {{
 *   rows: number, columns: number, ms: Float64Array, tiles: Float64Array, rowStep: number, columnStep: number,
 *   gridRows: number, gridColumns: number, wraps: boolean, leading: readonly number[], rowAxis: number, columnAxis: number,
 * }} Cells
 */

/** Cells along an axis at most. */
const MOST_ROWS = 400, MOST_COLUMNS = 800;

/** Tiles that are looked at in all: of rows that stand for more, every second, third … */
const MOST_VISITS = 2e7;

/**
 * The axes of the grid as the heat map has them.
 *
 * @param {readonly number[]} grid
 */
export function axesOf(grid) {
  const long = grid.map((_, axis) => axis).filter((axis) => grid[axis] > 1);
  if (long.length < 2) return { leading: [], rowAxis: -1, columnAxis: long[0] ?? 0 };
  return { leading: long.slice(0, -2), rowAxis: long[long.length - 2], columnAxis: long[long.length - 1] };
}

/**
 * @param {Phase} phase
 * @param {Choice} choice
 * @returns {Cells}
 */
export function cellsOf(phase, choice) {
  const { grid } = phase, { leading, rowAxis, columnAxis } = axesOf(grid), wraps = rowAxis < 0;
  const places = Math.max(1, grid.reduce((all, extent) => all * extent, 1));
  const gridColumns = wraps
    ? Math.min(places, Math.max(16, Math.ceil(Math.sqrt(places * 2.5))))
    : grid[columnAxis];
  const gridRows = wraps ? Math.ceil(places / gridColumns) : grid[rowAxis];
  const rowStep = Math.ceil(gridRows / MOST_ROWS), columnStep = Math.ceil(gridColumns / MOST_COLUMNS);
  const rows = Math.ceil(gridRows / rowStep), columns = Math.ceil(gridColumns / columnStep);
  const ms = new Float64Array(rows * columns), tiles = new Float64Array(rows * columns);
  const cells = {
    rows,
    columns,
    ms,
    tiles,
    rowStep,
    columnStep,
    gridRows,
    gridColumns,
    wraps,
    leading,
    rowAxis,
    columnAxis,
  };
  if (phase.tiles === 0) return cells;
  const { spans } = phase, cellOf = finder(phase, choice, cells);
  const visits = spans.extent.reduce((sum, extent) => sum + extent, 0);
  const step = Math.max(1, Math.ceil(visits / MOST_VISITS));
  for (let k = 0; k < spans.length; k++) {
    const extent = spans.extent[k], seenHere = Math.ceil(extent / step);
    // Which of the tiles were done in the row is not known where it has gaps: each has its share.
    const tilesEach = spans.tiles[k] / seenHere, msEach = spans.busyMs[k] / seenHere;
    for (let at = 0; at < extent; at += step) {
      const cell = cellOf(spans.tile[k] + at);
      if (cell < 0) continue;
      ms[cell] += msEach;
      tiles[cell] += tilesEach;
    }
  }
  return cells;
}

/**
 * @param {Phase} phase
 * @param {Choice} choice
 * @param {Cells} cells
 * @returns {(tile: number) => number} The cell of a tile; -1 where it has none.
 */
function finder(
  { grid },
  { leading: chosen },
  { columns, rowStep, columnStep, gridColumns, gridRows, leading, wraps, rowAxis },
) {
  if (wraps) {
    return (tile) => {
      const row = Math.floor(tile / gridColumns);
      if (row >= gridRows) return -1;
      return Math.floor(row / rowStep) * columns + Math.floor((tile - row * gridColumns) / columnStep);
    };
  }
  const strideOf = (/** @type {number} */ axis) =>
    grid.slice(axis + 1).reduce((all, extent) => all * extent, 1);
  const wanted = leading.map((axis, k) => ({
    stride: strideOf(axis),
    extent: grid[axis],
    at: chosen[k] ?? null,
  }))
    .filter(({ at }) => at !== null);
  // Axes of extent 1 between them change nothing.
  const rowStride = strideOf(rowAxis);
  return (tile) => {
    for (const { stride, extent, at } of wanted) {
      if (Math.floor(tile / stride) % extent !== at) return -1;
    }
    const row = Math.floor(tile / rowStride) % gridRows, column = tile % gridColumns;
    return Math.floor(row / rowStep) * columns + Math.floor(column / columnStep);
  };
}

/**
 * The number that a cell shows; null where no tile of it is done.
 *
 * @param {Cells} cells
 * @param {Choice} choice
 * @param {number} cell
 */
export function valueOf({ ms, tiles }, { shows }, cell) {
  if (!(tiles[cell] > 0)) return null;
  return shows === "sum" ? ms[cell] : ms[cell] / tiles[cell];
}
