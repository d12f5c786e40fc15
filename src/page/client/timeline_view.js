/**
 * What of a timeline is seen, and where it lies.
 *
 * @module
 */

import { byId } from "./dom.js";

/** @typedef {import("./data.js").RunData} RunData */
/** @typedef {import("./lanes.js").Lane} Lane */

/**
 * What is drawn, and its length; what part of the time is seen, null for all of it; and which call is marked, by a number that counts all
 * lanes' calls.
 *
 * @type {{
 *   shown: { data: RunData, lanes: Lane[], firsts: number[], calls: number, whole: number } | null,
 *   zoom: { from: number, to: number } | null, marked: number | null,
 * }}
 */
export const view = { shown: null, zoom: null, marked: null };

/** Where lanes lie, in pixels. */
export const place = { left: 0, width: 0, top: 24, lane: 28, gap: 4, height: 0 };

/** What the timeline is drawn on. */
export const canvas = () => /** @type {HTMLCanvasElement} */ (byId("timeline-canvas"));

/**
 * The length of the whole timeline of a run, in milliseconds.
 *
 * @param {RunData} data
 */
export function lengthOf({ elapsedMs, phases }) {
  // Not by spreading: there may be very many passes.
  return phases.reduce(
    (most, { endedMs, lastMs }) => Math.max(most, endedMs, lastMs),
    Math.max(1e-3, elapsedMs),
  );
}

/** The length of the timeline that is drawn, in milliseconds. */
export function wholeMs() {
  return view.shown?.whole ?? 1;
}

/** What part of the time is seen. */
export function seen() {
  return view.zoom ?? { from: 0, to: wholeMs() };
}

/**
 * Where a moment lies, in pixels.
 *
 * @param {number} ms
 */
export function xOf(ms) {
  const { from, to } = seen();
  return place.left + (ms - from) / (to - from) * place.width;
}

/**
 * The lane and the call of a number that counts all lanes' calls.
 *
 * @param {number} which
 */
export function find(which) {
  if (view.shown === null) throw new Error("Nothing is drawn");
  const { lanes, firsts } = view.shown;
  let lane = lanes.length - 1;
  while (firsts[lane] > which) lane--;
  return { lane, call: which - firsts[lane], from: lanes[lane] };
}

/**
 * Where a call lies, in pixels.
 *
 * @param {number} which
 */
export function callBox(which) {
  const { lane, call, from } = find(which), x = xOf(from.start[call]);
  const y = place.top + lane * (place.lane + place.gap);
  return { x, y, width: xOf(from.end[call]) - x, height: place.lane };
}
