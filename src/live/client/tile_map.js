/**
 * Which tiles are done, at work, claimed and left, as a map of small cells.
 *
 * @module
 */

import { colour } from "../../page/client/colours.js";
import { byId } from "../../page/client/dom.js";
import { count, things } from "../../page/client/format.js";

/** @typedef {import("./model.js").Facts} Facts */
/** @typedef {import("../live_sampler.ts").LiveStatus} LiveStatus */

/** Cells at most, and along an axis. */
const MOST_CELLS = 6000, MOST_SIDE = 160;

/**
 * How the map is cut: each cell stands for so many tiles that follow each other.
 *
 * @typedef {{ rows: number, columns: number, each: number, isGrid: boolean }} Cut
 */

/**
 * The grid itself where it has two axes and is small, and otherwise its tiles in order, row after row.
 *
 * @param {readonly number[]} grid
 * @param {number} tiles
 * @returns {Cut}
 */
export function cutOf(grid, tiles) {
  const long = grid.filter((extent) => extent > 1);
  if (long.length === 2 && long[0] <= MOST_SIDE && long[1] <= MOST_SIDE) {
    return { rows: long[0], columns: long[1], each: 1, isGrid: true };
  }
  const each = Math.max(1, Math.ceil(tiles / MOST_CELLS)), cells = Math.max(1, Math.ceil(tiles / each));
  const columns = Math.min(cells, Math.max(16, Math.ceil(Math.sqrt(2.5 * cells))));
  return { rows: Math.ceil(cells / columns), columns, each, isGrid: false };
}

/**
 * How many of each cell's tiles lie in ranges.
 *
 * @param {readonly { begin: number, end: number }[]} ranges
 * @param {Cut} cut
 */
export function countCells(ranges, { rows, columns, each }) {
  const counts = new Float64Array(rows * columns);
  for (const { begin, end } of ranges) {
    for (let cell = Math.floor(begin / each); cell * each < end && cell < counts.length; cell++) {
      counts[cell] += Math.min(end, (cell + 1) * each) - Math.max(begin, cell * each);
    }
  }
  return counts;
}

/**
 * Draws the map.
 *
 * @param {Facts} phase
 * @param {LiveStatus} status
 */
export function drawTileMap({ grid, tiles, range }, { open, workers, done, total }) {
  const canvas = /** @type {HTMLCanvasElement} */ (byId("live-map")), context = canvas.getContext("2d");
  if (context === null) return;
  const cut = cutOf(grid, tiles), { rows, columns, each } = cut;
  const room = Math.max(160, canvas.parentElement?.clientWidth ?? 400);
  const size = Math.max(1, Math.min(22, room / columns, 320 / rows)),
    ratio = Math.max(1, devicePixelRatio || 1);
  canvas.width = Math.round(room * ratio);
  canvas.height = Math.round(rows * size * ratio);
  canvas.style.height = `${rows * size}px`;
  context.scale(ratio, ratio);
  const held = workers.map(({ claim }) => claim).filter(({ begin, end }) => begin < end);
  const hands = held.map(({ begin }) => ({ begin, end: begin + 1 }));
  const planned = countCells([range], cut), undone = countCells(open, cut);
  const claimed = countCells(held, cut), atHand = countCells(hands, cut);
  const colours = {
    done: colour("live-done"),
    hand: colour("live-hand"),
    claimed: colour("live-claimed"),
    left: colour("live-left"),
  };
  const gap = size >= 6 ? 1 : size >= 3 ? 0.5 : 0;
  for (let cell = 0; cell < planned.length; cell++) {
    if (planned[cell] === 0) continue;
    const x = (cell % columns) * size, y = Math.floor(cell / columns) * size, side = size - gap;
    const ready = (planned[cell] - undone[cell]) / planned[cell];
    context.fillStyle = claimed[cell] > 0 ? colours.claimed : colours.left;
    context.fillRect(x, y, side, side);
    context.fillStyle = atHand[cell] > 0 ? colours.hand : colours.done;
    if (atHand[cell] > 0 || ready >= 1) context.fillRect(x, y, side, side);
    else if (ready > 0) context.fillRect(x, y + side * (1 - ready), side, side * ready);
  }
  const text = `${count(done)} of ${things(total, "tile")} done, ${count(hands.length)} at work`;
  canvas.setAttribute("aria-label", text);
  const shape = cut.isGrid
    ? "A cell is a tile."
    : each === 1
    ? "A cell is a tile, in order, row after row."
    : `A cell stands for ${things(each, "tile")}, in order, row after row.`;
  byId("live-map-note").textContent = `${text}. ${shape}`;
}
