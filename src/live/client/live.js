/**
 * The page of a run that goes on: the report page, drawn again and again from what a dashboard tells, and above it how
 * the run stands. `data-state` of the section `#live` has that in a word.
 *
 * @module
 */

import { byId } from "../../page/client/dom.js";
import { LiveModel } from "./model.js";
import { showProgress, showState } from "./panel.js";
import { controlStop, offerStop } from "./stop.js";

/** @typedef {import("../live_messages.ts").StartEvent} StartEvent */
/** @typedef {import("../live_messages.ts").TickEvent} TickEvent */
/** @typedef {import("../live_messages.ts").EndEvent} EndEvent */
/** @typedef {import("../../page/client/data.js").OpenPayload} OpenPayload */
/** @typedef {import("../../page/page_data.ts").PagePayload} PagePayload */

/** @typedef {{ draw: (payload: PagePayload) => void, open: (payload: PagePayload) => OpenPayload,
 *   drawOpen: (opened: OpenPayload) => void }} ReportPage */

/** What the report page's script offers. */
const reportPage = /** @type {{ tilewise: ReportPage }} */ (/** @type {unknown} */ (globalThis)).tilewise;

/** The least milliseconds from drawing to drawing, and how much of the time drawing may take. */
const LEAST_MS = 300, MOST_SHARE = 0.15;

/** @type {LiveModel | null} */
let model = null;
let isOver = false, canStop = false, isHeld = false, wasAsked = "", nextDrawing = 0, isWaiting = false;

const address = (/** @type {string} */ route) => `${route}${location.search}`;

/** Whether somebody looks into a figure: it must not change under the pointer. */
function isLookedInto() {
  return document.querySelector(":is(canvas, svg):is(:hover, :focus):not(#live-map)") !== null;
}

/** Draws soon, and not more often than there is time for. */
function drawSoon() {
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => requestAnimationFrame(drawNow), Math.max(0, nextDrawing - performance.now()));
}

function drawNow() {
  isWaiting = false;
  if (model === null || isOver) return;
  const began = performance.now();
  showProgress(model);
  if (!isHeld && !isLookedInto()) {
    reportPage.drawOpen(model.payload());
    followPass();
  }
  const took = performance.now() - began;
  nextDrawing = performance.now() + Math.max(LEAST_MS, took / MOST_SHARE);
  document.documentElement.dataset.drawn = String(Number(document.documentElement.dataset.drawn ?? 0) + 1);
}

let passes = 0;

/** The heat map shows the pass that goes on, unless another one was chosen. */
function followPass() {
  const select = /** @type {HTMLSelectElement} */ (byId("heat-phase")), { length } = select.options;
  const wasLast = Number(select.value) === passes - 1;
  if (length !== passes && wasLast) {
    select.value = String(length - 1);
    select.dispatchEvent(new Event("change"));
  }
  passes = length;
}

function tellState() {
  if (model === null) return;
  const { phase } = model;
  const state = phase === undefined ? "waiting" : phase.isOver ? "between" : "running";
  const held = isHeld ? " The figures are held." : "";
  const notes = {
    waiting: "Inputs are being read, or workers started.",
    between: "Outputs are being written, or another pass begins soon.",
    running:
      `The run is looked at ten times a second: what a worker did between two looks is one bar.${held}`,
  };
  showState(state, wasAsked === "" ? notes[state] : wasAsked);
}

/** @param {StartEvent} start */
function begin(start) {
  model = new LiveModel(reportPage.open(start.page), start);
  canStop = start.canStop;
  offerStop(canStop && wasAsked === "");
  byId("live-pause").hidden = false;
  document.body.classList.add("no-report");
  tellState();
  drawSoon();
}

/** @param {TickEvent} tick */
function goOn(tick) {
  model?.add(tick);
  tellState();
  drawSoon();
}

/**
 * What a report page shows.
 *
 * @param {string} html
 * @returns {PagePayload}
 */
function dataOf(html) {
  // To have all of it parsed as HTML the page's policy would have to allow its styles. No "<" is left in the data.
  const mark = ' id="data">', begin = html.indexOf(mark) + mark.length;
  return JSON.parse(html.slice(begin, html.indexOf("<", begin)));
}

/** @param {EndEvent} end */
function finish({ outcome, page: told, html }) {
  const page = told ?? dataOf(html ?? "");
  isOver = true;
  offerStop(false);
  byId("live-pause").hidden = true;
  byId("live-body").hidden = true;
  const advice = html === null ? "" : " This page stays as it is; the report page can be saved.";
  showState(outcome.kind, `${outcome.text}${advice}`);
  document.body.classList.toggle("no-report", page.report === null);
  document.body.classList.remove("goes-on");
  reportPage.draw(page);
  document.title = page.title;
  if (html === null) return;
  const link = /** @type {HTMLAnchorElement} */ (byId("live-save"));
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  link.hidden = false;
}

function lose() {
  if (isOver) return;
  offerStop(false);
  byId("live-pause").hidden = true;
  showState(
    "lost",
    "The process has ended, or cannot be reached. What was seen so far stays here; the page goes on by itself if it comes back.",
  );
}

function connect() {
  const events = new EventSource(address("events"));
  events.addEventListener("start", ({ data }) => begin(JSON.parse(data)));
  events.addEventListener("tick", ({ data }) => goOn(JSON.parse(data)));
  events.addEventListener("end", ({ data }) => {
    // The browser would ask again.
    events.close();
    finish(JSON.parse(data));
  });
  events.addEventListener("error", lose);
}

byId("live-pause").addEventListener("click", () => {
  isHeld = !isHeld;
  byId("live-pause").setAttribute("aria-pressed", String(isHeld));
  tellState();
});
controlStop(address("stop"), (text) => {
  // The run may have ended before the answer came.
  if (isOver) return;
  wasAsked = text;
  tellState();
});
showState("connecting");
connect();
