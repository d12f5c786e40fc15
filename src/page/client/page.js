/**
 * The page of a run. Everything is drawn from one object, and may be drawn again from another at any time; what part of
 * the time is seen, the chosen pass and the colours stay as they are.
 *
 * Another page with the same elements may use this script: `globalThis.tilewise` has
 * - `draw(payload)` for a payload as `encodePage` of `src/page/page_data.ts` makes it (its JSON);
 * - `open(payload)`, the same with its columns unpacked, to which a page may add while a run goes on; and
 * - `drawOpen(opened)` for that.
 *
 * A payload in `#data` is drawn at once. `data-ready` of the root element is then set, after it was painted, to the
 * milliseconds since the page began to be opened; on an error `data-error` has its message.
 *
 * @module
 */

import { drawBalance } from "./balance.js";
import { controlPage } from "./controls.js";
import { open, prepare } from "./data.js";
import { byId } from "./dom.js";
import { writeFacts } from "./facts.js";
import { controlHeatMap, drawHeatMap } from "./heat_map.js";
import { drawHistogram } from "./histogram.js";
import { drawMemory } from "./memory.js";
import { drawRoofline } from "./roofline.js";
import { drawTimeline } from "./timeline.js";
import { controlTimeline } from "./timeline_controls.js";

/** @typedef {import("./data.js").RunData} RunData */
/** @typedef {import("./data.js").OpenPayload} OpenPayload */
/** @typedef {import("./data.js").PagePayload} PagePayload */

/** @type {RunData | null} */
let current = null;

/** @param {OpenPayload} opened */
function drawOpen(opened) {
  current = prepare(opened);
  drawFigures();
  writeFacts(current);
}

function drawFigures() {
  if (current === null) return;
  drawTimeline(current);
  drawHeatMap(current);
  drawHistogram(current);
  drawMemory(current);
  drawRoofline(current);
  drawBalance(current);
}

/** @param {PagePayload} payload */
function drawPayload(payload) {
  drawOpen(open(payload));
}

function begin() {
  const root = document.documentElement;
  addEventListener("error", ({ message }) => root.dataset.error ??= message);
  controlTimeline();
  controlHeatMap();
  controlPage(() => current, drawFigures);
  Object.assign(globalThis, { tilewise: { draw: drawPayload, open, drawOpen } });
  const text = byId("data").textContent ?? "";
  if (text.trim() === "") return;
  drawPayload(JSON.parse(text));
  // The second frame begins when the first one was painted.
  requestAnimationFrame(() => requestAnimationFrame(() => root.dataset.ready = performance.now().toFixed(0)));
}

begin();
