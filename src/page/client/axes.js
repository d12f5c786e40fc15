/**
 * Scales with round numbers.
 *
 * @module
 */

import { draw } from "./dom.js";

/**
 * Round numbers between two, both included.
 *
 * @param {number} least
 * @param {number} most
 * @param {number} wanted About how many.
 */
export function roundNumbers(least, most, wanted) {
  const width = most - least;
  if (!(width > 0)) return [least];
  const rough = width / Math.max(1, wanted), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(least / step - 1e-9), last = Math.floor(most / step + 1e-9);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, k) => Number(((first + k) * step).toPrecision(12)),
  );
}

/**
 * Powers of ten, with 2 and 5 between them where there are few.
 *
 * @param {number} least Above 0.
 * @param {number} most
 * @param {number} wanted The most that there should be.
 */
export function roundPowers(least, most, wanted) {
  const from = Math.floor(Math.log10(least)), to = Math.ceil(Math.log10(most));
  for (const factors of [[1, 2, 5], [1]]) {
    const all = Array.from(
      { length: to - from + 1 },
      (_, k) => factors.map((factor) => factor * 10 ** (from + k)),
    );
    const within = all.flat().filter((value) => value >= least * 0.999 && value <= most * 1.001);
    if (within.length <= wanted || factors.length === 1) {
      const step = Math.ceil(within.length / wanted);
      return within.filter((_, k) => k % step === 0);
    }
  }
  return [];
}

/**
 * Where a number lies between two others, as a share.
 *
 * @param {number} value
 * @param {number} least
 * @param {number} most
 * @param {boolean} [isLog]
 */
export function shareOf(value, least, most, isLog = false) {
  if (isLog) return shareOf(Math.log(value), Math.log(least), Math.log(most));
  return most > least ? (value - least) / (most - least) : 0.5;
}

/**
 * @typedef {{ least: number, most: number, isLog?: boolean, ticks: readonly number[], text: (value: number) => string,
 *   label: string }} Axis
 * @typedef {{ width: number, height: number, left: number, right: number, top: number, bottom: number,
 *   x: (value: number) => number, y: (value: number) => number }} Plot
 */

/**
 * A drawing with its axes.
 *
 * @param {Element} svg
 * @param {{ height: number, x: Axis, y: Axis }} options
 * @returns {Plot}
 */
export function plot(svg, { height, x, y }) {
  const width = Math.max(240, Math.round(svg.parentElement?.clientWidth ?? 640));
  const left = 12 + 7 * Math.max(3, ...y.ticks.map((value) => y.text(value).length)), right = width - 14;
  const top = 24, bottom = height - 40;
  const place = {
    width,
    height,
    left,
    right,
    top,
    bottom,
    x: (/** @type {number} */ value) => left + (right - left) * shareOf(value, x.least, x.most, x.isLog),
    y: (/** @type {number} */ value) => bottom - (bottom - top) * shareOf(value, y.least, y.most, y.isLog),
  };
  setSize(svg, width, height);
  svg.replaceChildren(
    draw("text", { x: 2, y: 12, class: "label" }, y.label),
    draw("text", { x: right, y: height - 4, class: "label end" }, x.label),
    ...y.ticks.flatMap((value) => [
      draw("line", { x1: left, x2: right, y1: place.y(value), y2: place.y(value), class: "grid" }),
      draw("text", { x: left - 6, y: place.y(value) + 4, class: "end" }, y.text(value)),
    ]),
    ...x.ticks.flatMap((value) => [
      draw("line", { x1: place.x(value), x2: place.x(value), y1: bottom, y2: bottom + 4, class: "tick" }),
      draw("text", { x: place.x(value), y: bottom + 16, class: "middle" }, x.text(value)),
    ]),
    draw("line", { x1: left, x2: right, y1: bottom, y2: bottom, class: "tick" }),
  );
  return place;
}

/**
 * @param {Element} svg
 * @param {number} width
 * @param {number} height
 */
export function setSize(svg, width, height) {
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(height));
}
