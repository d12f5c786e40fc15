/**
 * How the run stands, in words and numbers.
 *
 * @module
 */

import { byId, make, table } from "../../page/client/dom.js";
import { bytes, capital, count, duration, percent, rate, workerName } from "../../page/client/format.js";
import { drawTileMap } from "./tile_map.js";

/** @typedef {import("./model.js").LiveModel} LiveModel */

/** @typedef {"connecting" | "waiting" | "running" | "between" | "lost" | "done" | "failed" | "cancelled" | "unknown"} State */

/** @type {Record<State, string>} */
const HEADS = {
  connecting: "Connecting …",
  waiting: "Waiting for the run to begin",
  running: "Running",
  between: "The pass is over",
  lost: "Connection lost",
  done: "The run is over",
  failed: "The run failed",
  cancelled: "The run was cancelled",
  unknown: "The process has ended",
};

/**
 * Says how things stand.
 *
 * @param {State} state
 * @param {string} [note] A sentence.
 */
export function showState(state, note = "") {
  const box = byId("live");
  box.dataset.state = state;
  box.classList.toggle("lost", state === "lost" || state === "unknown");
  for (const name of ["failed", "cancelled"]) box.classList.toggle(name, state === name);
  const head = byId("live-head"), line = byId("live-note");
  // What is said again would be read aloud again.
  if (head.textContent !== HEADS[state]) head.textContent = HEADS[state];
  if (line.textContent !== note) line.textContent = note;
}

/**
 * Shows how far the run is.
 *
 * @param {LiveModel} model
 */
export function showProgress(model) {
  const { status, phase, resident, predictedPeak } = model;
  byId("live-body").hidden = phase === undefined;
  if (phase === undefined) return;
  const { done, total, perSecond, leftMs, nowMs } = status, share = total === 0 ? 1 : done / total;
  const bar = /** @type {HTMLProgressElement} */ (byId("live-progress"));
  bar.value = share;
  byId("live-share").textContent = percent(share);
  document.title = `${percent(share)} ${byId("title").textContent}`;
  const pass = model.passes > 1 ? ` (pass ${status.phase + 1})` : "";
  /** @type {[string, string][]} */
  const figures = [
    [`${capital(phase.name)}${pass}`, `${count(done)} / ${count(total)}`],
    ["Tiles a second", perSecond === null ? "–" : rate(perSecond)],
    ["Time left", phase.isOver ? "–" : leftMs === null ? "not known" : duration(wholeSeconds(leftMs))],
    ["Elapsed", duration(Math.round(nowMs / 100) * 100)],
    ["Memory now", bytes(resident.now)],
    ["Peak, predicted", `${bytes(resident.peak)}, ${predictedPeak === null ? "–" : bytes(predictedPeak)}`],
  ];
  byId("live-figures").replaceChildren(
    ...figures.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, text))),
  );
  drawTileMap(phase, status);
  byId("live-workers").replaceChildren(workersTable(status));
}

/** @param {number} ms */
function wholeSeconds(ms) {
  return ms < 10_000 ? ms : Math.round(ms / 1000) * 1000;
}

/** @param {LiveModel["status"]} status */
function workersTable({ workers, done: all }) {
  const rows = workers.map(({ worker, state, done, claim: { begin, end } }) => [
    workerName(worker),
    state === "working" ? "at work" : state,
    count(done),
    percent(all === 0 ? 0 : done / all),
    begin < end ? `tile ${count(begin)}` : "–",
    begin < end ? count(end - begin) : "–",
  ]);
  return table("Workers", ["worker", "state", "done", "share", "at work on", "claimed"], rows);
}
