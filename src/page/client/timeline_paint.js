/**
 * Drawing a timeline.
 *
 * @module
 */

import { roundNumbers } from "./axes.js";
import { colour, paintScale, pixelRatio, scale } from "./colours.js";
import { setFrame } from "./dom.js";
import { workerName } from "./format.js";
import { drawCalls } from "./lanes.js";
import { callBox, canvas, place, seen, view, xOf } from "./timeline_view.js";

/** @typedef {import("./data.js").RunData} RunData */

/** Draws what is seen. */
export function paint() {
  if (view.shown === null) return;
  const { data, lanes } = view.shown, element = canvas(), context = element.getContext("2d");
  if (context === null) return;
  const width = Math.max(240, element.parentElement?.clientWidth ?? 800);
  const most = Math.max(1, lanes.length);
  place.lane = most <= 8 ? 30 : most <= 24 ? 18 : most <= 64 ? 10 : 5;
  place.gap = place.lane > 12 ? 4 : 1;
  place.left = width < 520 ? 34 : 104;
  place.width = width - place.left - 8;
  place.height = place.top + most * (place.lane + place.gap) + 30;
  const ratio = pixelRatio();
  element.width = Math.round(width * ratio);
  element.height = Math.round(place.height * ratio);
  element.style.height = `${place.height}px`;
  context.scale(ratio, ratio);
  context.font = "12px system-ui, sans-serif";
  const colours = { text: colour("text"), soft: colour("soft"), lane: colour("lane"), part: colour("part") };
  drawAxis(context, colours);
  paintScale("timeline-scale");
  const loading = hatching(context), ramp = scale(), { from, to } = seen();
  lanes.forEach((lane, k) => {
    const top = place.top + k * (place.lane + place.gap), height = place.lane;
    if (place.lane >= 10 || k % 8 === 0) {
      context.fillStyle = colours.text;
      context.textAlign = "right";
      const name = place.left > 50 ? workerName(lane.worker) : lane.worker < 0 ? "main" : String(lane.worker);
      context.fillText(name, place.left - 8, top + height / 2 + 4);
    }
    context.save();
    context.beginPath();
    context.rect(place.left, top, place.width, height);
    context.clip();
    context.fillStyle = colours.lane;
    context.fillRect(place.left, top, place.width, height);
    for (const { beganMs, readyMs, endedMs } of lane.parts) {
      context.fillStyle = colours.part;
      context.fillRect(xOf(beganMs), top, Math.max(0.5, xOf(endedMs) - xOf(beganMs)), height);
      context.fillStyle = loading;
      context.fillRect(xOf(beganMs), top, xOf(readyMs) - xOf(beganMs), height);
    }
    drawCalls(context, lane, { from, to, left: place.left, width: place.width, top, height }, ramp);
    context.restore();
  });
  drawPhases(context, data, colours);
  showMark();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @returns {CanvasPattern | string}
 */
function hatching(context) {
  const tile = document.createElement("canvas"), pen = tile.getContext("2d"), ink = colour("loading");
  tile.width = tile.height = 6;
  if (pen === null) return ink;
  pen.strokeStyle = ink;
  pen.lineWidth = 2.2;
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat") ?? ink;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ text: string, soft: string }} colours
 */
function drawAxis(context, { text, soft }) {
  const { from, to } = seen(), bottom = place.height - 26;
  // Numbers of one axis share a unit, so that they can be compared.
  const [unit, name] = to - from >= 4000 ? [1000, "s"] : to - from >= 2 ? [1, "ms"] : [1e-3, "µs"];
  const numbers = roundNumbers(from / unit, to / unit, Math.max(2, Math.floor(place.width / 90)));
  numbers.forEach((value, k) => {
    const x = xOf(value * unit);
    context.fillStyle = soft;
    context.fillRect(x, place.top - 4, 1, bottom - place.top + 8);
    context.fillStyle = text;
    context.textAlign = k === numbers.length - 1 && x > place.left + place.width - 30 ? "right" : "center";
    const label = value.toLocaleString("en-GB", { maximumSignificantDigits: 12 });
    context.fillText(`${label}${k === numbers.length - 1 ? ` ${name}` : ""}`, x, bottom + 18);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {RunData} data
 * @param {{ text: string }} colours
 */
function drawPhases(context, { phases }, { text }) {
  context.fillStyle = text;
  context.textAlign = "left";
  let free = -Infinity;
  for (const { label, beganMs, endedMs } of phases) {
    const x = xOf(beganMs), end = xOf(endedMs);
    if (end < place.left || x > place.left + place.width) continue;
    if (phases.length > 1 && x >= place.left) context.fillRect(x, 4, 1, place.height - 30);
    const at = Math.max(x, place.left) + 4, { width } = context.measureText(label);
    if (at < free || at + width > place.left + place.width || (phases.length > 1 && end - at < width)) {
      continue;
    }
    context.fillText(label, at, 14);
    free = at + width + 8;
  }
}

/** Shows which call is marked. */
export function showMark() {
  const box = view.marked === null ? null : callBox(view.marked), right = place.left + place.width;
  if (box === null || box.x + box.width < place.left || box.x > right) return setFrame("timeline-mark", null);
  const x = Math.max(box.x, place.left), width = Math.min(box.x + box.width, right) - x;
  setFrame("timeline-mark", { ...box, x, width });
}
