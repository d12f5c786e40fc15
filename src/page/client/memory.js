/**
 * Memory over time, with the peak that was predicted and the one that was found.
 *
 * @module
 */

import { plot, roundNumbers } from "./axes.js";
import { byId, draw, setTable, table } from "./dom.js";
import { bytes, count, duration, percent } from "./format.js";
import { exploreMarks } from "./small_figures.js";
import { wholeMs } from "./timeline_view.js";

/** @typedef {import("./data.js").RunData} RunData */

/**
 * Draws a run.
 *
 * @param {RunData} data
 */
export function drawMemory({ memory, report, predictedPeak }) {
  const svg = byId("memory-svg"), { length, ms, rss, heapUsed } = memory;
  const peak = report?.memory.peak ?? rss.reduce((most, value) => Math.max(most, value), 0);
  byId("memory").classList.toggle("empty", length === 0 && peak === 0);
  const highest =
    Math.max(1e6, peak, predictedPeak ?? 0, rss.reduce((most, value) => Math.max(most, value), 0)) * 1.08;
  const whole = Math.max(wholeMs(), ms[length - 1] ?? 0), unit = whole >= 4000 ? 1000 : whole >= 2 ? 1 : 1e-3;
  const ticks = roundNumbers(0, whole / unit, 5).map((value) => value * unit);
  const name = unit === 1000 ? "s" : unit === 1 ? "ms" : "µs";
  // Marks of gigabytes or megabytes are round numbers of them.
  const { x, y, left, right, bottom } = plot(svg, {
    height: 240,
    x: {
      least: 0,
      most: whole,
      ticks,
      text: (value) => count(Number((value / unit).toPrecision(6))),
      label: `time in ${name}`,
    },
    y: { least: 0, most: highest, ticks: roundNumbers(0, highest, 4), text: bytes, label: "resident memory" },
  });
  const path = (/** @type {Float64Array} */ column) =>
    Array.from(
      { length },
      (_, k) => `${k === 0 ? "M" : "L"}${x(ms[k]).toFixed(1)} ${y(column[k]).toFixed(1)}`,
    ).join("");
  if (length > 0) {
    svg.append(
      draw("path", { d: `${path(rss)}V${bottom}H${x(ms[0]).toFixed(1)}Z`, class: "area" }),
      draw("path", { d: path(rss), class: "line" }),
      draw("path", { d: path(heapUsed), class: "line second" }),
    );
    if (length === 1) svg.append(draw("circle", { cx: x(ms[0]), cy: y(rss[0]), r: 3, class: "dot" }));
  }
  const levels = [
    ...(peak > 0 ? [{ value: peak, text: `peak ${bytes(peak)}`, kind: "level peak" }] : []),
    ...(predictedPeak === null
      ? []
      : [{ value: predictedPeak, text: `predicted ${bytes(predictedPeak)}`, kind: "level predicted" }]),
  ].sort((a, b) => b.value - a.value);
  levels.forEach(({ value, text, kind }, k) => {
    const at = y(value);
    svg.append(
      draw("line", { x1: left, x2: right, y1: at, y2: at, class: kind }),
      // The higher one has its name above its line, the lower one below.
      draw("text", { x: right - 2, y: k === 0 ? at - 5 : at + 15, class: "end halo" }, text),
    );
  });
  exploreMarks(svg, marksOf(memory, x, y, bottom), true);
  const share = predictedPeak === null || predictedPeak === 0
    ? ""
    : `, ${percent(peak / predictedPeak)} of the predicted ${bytes(predictedPeak)}`;
  byId("memory-note").textContent = `The process took at most ${bytes(peak)}${share}.` +
    (length === 0
      ? " The run was over before memory was looked at."
      : " The lower line is the heap of the thread that started the run.");
  setTable("memory", () => memoryTable(memory));
}

/**
 * @param {RunData["memory"]} memory
 * @param {(value: number) => number} x
 * @param {(value: number) => number} y
 * @param {number} bottom
 */
function marksOf({ length, ms, rss, heapUsed }, x, y, bottom) {
  const step = Math.max(1, Math.ceil(length / 200)), marks = [];
  for (let k = 0; k < length; k += step) {
    const lines = () => [bytes(rss[k]), `at ${duration(ms[k])}`, `heap ${bytes(heapUsed[k])}`];
    marks.push({ x: x(ms[k]) - 1, y: y(rss[k]), width: 2, height: bottom - y(rss[k]), lines });
  }
  return marks;
}

/** @param {RunData["memory"]} memory */
function memoryTable({ length, ms, rss, heapUsed }) {
  const step = Math.max(1, Math.ceil(length / 25)), rows = [];
  for (let k = 0; k < length; k += step) rows.push([duration(ms[k]), bytes(rss[k]), bytes(heapUsed[k])]);
  return table("Memory over time", ["at", "resident", "heap"], rows);
}
