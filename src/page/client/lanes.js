/**
 * The rows of all passes by worker, in the order of time, and how they are drawn.
 *
 * @module
 */

import { stepOf } from "./colours.js";

/** @typedef {import("./data.js").RunData} RunData */

/**
 * What a worker did: its calls in columns, and its parts of passes.
 *
 * @typedef {{
 *   worker: number, length: number, start: Float64Array, end: Float64Array, step: Uint8Array,
 *   phase: Int32Array, row: Int32Array,
 *   parts: { beganMs: number, readyMs: number, endedMs: number }[],
 * }} Lane
 */

/**
 * @param {RunData} data
 * @returns {Lane[]}
 */
export function lanesOf({ phases, workers }) {
  const counts = new Map(workers.map((worker) => [worker, 0]));
  for (const { spans } of phases) {
    for (let k = 0; k < spans.length; k++) {
      counts.set(spans.worker[k], (counts.get(spans.worker[k]) ?? 0) + 1);
    }
  }
  const lanes = new Map(workers.map((worker) => [worker, emptyLane(worker, counts.get(worker) ?? 0)]));
  phases.forEach(({ spans, parts, quick, slow }, phase) => {
    for (const part of parts) lanes.get(part.worker)?.parts.push(part);
    for (let k = 0; k < spans.length; k++) {
      const lane = lanes.get(spans.worker[k]);
      if (lane === undefined) continue;
      const at = lane.length++;
      lane.start[at] = spans.startMs[k];
      lane.end[at] = spans.endMs[k];
      lane.step[at] = stepOf(spans.busyMs[k] / Math.max(1, spans.tiles[k]), quick, slow);
      lane.phase[at] = phase;
      lane.row[at] = k;
    }
  });
  return [...lanes.values()];
}

/**
 * @param {number} worker
 * @param {number} length
 * @returns {Lane}
 */
function emptyLane(worker, length) {
  return {
    worker,
    length: 0,
    start: new Float64Array(length),
    end: new Float64Array(length),
    step: new Uint8Array(length),
    phase: new Int32Array(length),
    row: new Int32Array(length),
    parts: [],
  };
}

/**
 * The first call of a lane that ends after a moment.
 *
 * @param {Lane} lane
 * @param {number} ms
 */
export function firstAfter({ end, length }, ms) {
  let low = 0, high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end[middle] > ms) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Draws the calls of a lane: those that are wide enough as bars, the others as columns of pixels, the fuller the more of
 * the time there was one, coloured by the mean.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Lane} lane
 * @param {{ from: number, to: number, left: number, width: number, top: number, height: number }} place
 * @param {readonly string[]} colours
 */
export function drawCalls(context, lane, { from, to, left, width, top, height }, colours) {
  const columns = Math.ceil(width), cover = new Float64Array(columns), sums = new Float64Array(columns);
  const perMs = width / (to - from);
  for (let k = firstAfter(lane, from); k < lane.length && lane.start[k] < to; k++) {
    const a = Math.max(0, (lane.start[k] - from) * perMs), b = Math.min(width, (lane.end[k] - from) * perMs);
    if (b - a >= 3) {
      context.fillStyle = colours[lane.step[k]];
      context.fillRect(left + a, top, b - a - (b - a >= 5 ? 1 : 0.5), height);
      continue;
    }
    for (let column = Math.floor(a); column < b && column < columns; column++) {
      const share = Math.min(b, column + 1) - Math.max(a, column);
      cover[column] += share;
      sums[column] += share * lane.step[k];
    }
  }
  for (let column = 0; column < columns; column++) {
    if (cover[column] <= 0) continue;
    context.globalAlpha = Math.min(1, 0.2 + 0.8 * cover[column]);
    context.fillStyle = colours[Math.round(sums[column] / cover[column])];
    context.fillRect(left + column, top, 1, height);
  }
  context.globalAlpha = 1;
}
