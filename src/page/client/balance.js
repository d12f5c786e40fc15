/**
 * What each worker's time went into.
 *
 * @module
 */

import { setSize } from "./axes.js";
import { byId, draw, setTable, table } from "./dom.js";
import { capital, count, duration, percent, workerName } from "./format.js";
import { exploreMarks } from "./small_figures.js";
import { wholeMs } from "./timeline_view.js";

/** @typedef {import("./data.js").RunData} RunData */

/**
 * Milliseconds of a worker: at tiles, loading, waiting for something within its part, and the rest of the time.
 *
 * @typedef {{ worker: number, busy: number, loading: number, waiting: number, away: number, tiles: number }} Balance
 */

/** @type {readonly (readonly ["busy" | "loading" | "waiting" | "away", string])[]} */
const KINDS = [["busy", "busy"], ["loading", "loading"], ["waiting", "waiting"], ["away", "not there"]];

/**
 * @param {RunData} data
 * @returns {Balance[]}
 */
export function balanceOf({ phases, workers, report }) {
  const all = new Map(
    workers.map((worker) => [worker, { worker, busy: 0, loading: 0, waiting: 0, away: 0, tiles: 0 }]),
  );
  for (const { spans, parts } of phases) {
    for (let k = 0; k < spans.length; k++) {
      const own = all.get(spans.worker[k]);
      if (own === undefined) continue;
      own.busy += spans.busyMs[k];
      own.tiles += spans.tiles[k];
    }
    for (const { worker, beganMs, readyMs, endedMs } of parts) {
      const own = all.get(worker);
      if (own === undefined) continue;
      own.loading += readyMs - beganMs;
      own.waiting += endedMs - readyMs;
    }
  }
  const whole = wholeMs();
  // Where no calls were recorded, the report still knows.
  if (phases.every(({ spans }) => spans.length === 0)) {
    for (
      const { worker, busyMs, tiles } of [
        ...(report?.workers ?? []),
        ...(report?.caller ? [{ worker: -1, ...report.caller }] : []),
      ]
    ) {
      const own = all.get(worker);
      if (own !== undefined) Object.assign(own, { busy: busyMs, tiles });
    }
  }
  return [...all.values()].map((own) => {
    const waiting = Math.max(0, own.waiting - own.busy), used = own.busy + own.loading + waiting;
    return { ...own, waiting, away: Math.max(0, whole - used) };
  });
}

/**
 * Draws a run.
 *
 * @param {RunData} data
 */
export function drawBalance(data) {
  const svg = byId("balance-svg"), all = balanceOf(data);
  byId("balance").classList.toggle("empty", all.length === 0);
  const width = Math.max(240, Math.round(svg.parentElement?.clientWidth ?? 640));
  const row = all.length <= 16 ? 30 : all.length <= 64 ? 14 : 6, tall = Math.max(4, Math.round(row * 0.68));
  const left = width < 420 ? 40 : 112, right = width - 60;
  setSize(svg, width, Math.max(20, all.length * row + 6));
  svg.replaceChildren();
  const marks = all.map((own, k) => {
    const y = 4 + k * row, total = Math.max(1e-9, own.busy + own.loading + own.waiting + own.away);
    let at = left;
    for (const [kind] of KINDS) {
      const wide = own[kind] / total * (right - left);
      if (wide > 0.05) {
        svg.append(draw("rect", { x: at, y, width: wide, height: tall, class: `time ${kind}` }));
      }
      at += wide;
    }
    if (row >= 14) {
      const name = left > 50 ? workerName(own.worker) : own.worker < 0 ? "main" : String(own.worker);
      svg.append(
        draw("text", { x: left - 8, y: y + tall / 2 + 4, class: "end" }, name),
        draw("text", { x: right + 6, y: y + tall / 2 + 4 }, percent(own.busy / total)),
      );
    }
    const lines = () => [
      `${capital(workerName(own.worker))}: ${count(own.tiles)} tiles`,
      ...KINDS.map(([kind, name]) => `${name} ${duration(own[kind])}, ${percent(own[kind] / total)}`),
    ];
    return { x: left, y, width: right - left, height: tall, lines };
  });
  exploreMarks(svg, marks);
  const busy = all.map((own) => own.busy),
    mean = busy.reduce((sum, value) => sum + value, 0) / Math.max(1, busy.length);
  const spread = mean === 0 ? 0 : Math.max(...busy) / mean - 1;
  byId("balance-note").textContent = all.length === 0 ? "No worker took part." : [
    all.length > 1 || all[0].tiles === 0
      ? ""
      : `${all[0].worker < 0 ? "The calling thread" : `Worker ${all[0].worker}`} did all tiles alone.`,
    shareText(all),
    storeText(data),
    all.length === 1
      ? ""
      : `The busiest worker was at tiles for ${duration(Math.max(...busy))}, ${
        percent(spread)
      } longer than the mean.`,
  ].filter((sentence) => sentence !== "").join(" ");
  setTable("balance", () => balanceTable(all, data));
}

/**
 * Where the time went, all workers together.
 *
 * @param {readonly Balance[]} all
 */
function shareText(all) {
  const sums = KINDS.map(([kind]) => all.reduce((sum, own) => sum + own[kind], 0));
  const total = Math.max(1e-9, sums.reduce((sum, ms) => sum + ms, 0));
  const [busy, loading, waiting, away] = sums.map((ms) => percent(ms / total));
  return `${busy} of the time went into tiles, ${loading} into loading the kernel, ${waiting} into waiting; ` +
    `for ${away} workers were not there: not started, or done.`;
}

/**
 * What workers waited for, of arrays that live elsewhere.
 *
 * @param {RunData} data
 */
function storeText({ report }) {
  if (!report?.stored) return "";
  const { readMs, encodeMs, writeMs } = report.stored;
  const parts = [
    `${duration(readMs)} for reading`,
    `${duration(encodeMs)} for encoding`,
    `${duration(writeMs)} for writing`,
  ];
  return `While they waited, blocks were read and written: all workers together waited ${parts.join(", ")}.`;
}

/**
 * @param {readonly Balance[]} all
 * @param {RunData} data
 */
function balanceTable(all, { report }) {
  const heaps = new Map(report?.workers.map(({ worker, heapPeak }) => [worker, heapPeak]));
  const rows = all.map(({ worker, tiles, busy, loading, waiting, away }) => {
    const heap = heaps.get(worker);
    const heapText = heap === undefined ? "–" : `${count(Math.round(heap / 1e5) / 10)} MB`;
    return [workerName(worker), count(tiles), ...[busy, loading, waiting, away].map(duration), heapText];
  });
  return table(
    "The workers' time",
    ["worker", "tiles", "busy", "loading", "waiting", "not there", "heap"],
    rows,
  );
}
