/**
 * What there is to say of a timeline.
 *
 * @module
 */

import { bytesOf, placeOf } from "./data.js";
import { byId, table } from "./dom.js";
import { bytes, capital, count, duration, list, percent, things, tileNames, workerName } from "./format.js";

/** @typedef {import("./data.js").RunData} RunData */

/**
 * Says what is drawn.
 *
 * @param {RunData} data
 */
export function describeTimeline({ joins, rows, phases, workers, report }) {
  const calls = phases.reduce((sum, { spans }) => sum + spans.calls.reduce((all, each) => all + each, 0), 0);
  const tiles = phases.reduce((sum, { done }) => sum + done, 0), skipped = report?.stored?.skipped ?? 0;
  const each = calls <= rows && joins === 1
    ? calls === tiles ? "Each bar is a tile" : "Each bar is a call of the kernel, for one tile or several"
    : `There were ${things(calls, "call")}, more than can be drawn one by one: a bar stands for about ${
      count(Math.max(2, Math.round(calls * joins / Math.max(1, rows))))
    } calls that a worker made one after another`;
  byId("timeline-note").textContent = phases.every((phase) => phase.tiles === 0)
    ? "There was no tile to be done."
    : rows === 0 && skipped > 0
    ? `Nothing was computed: ${things(skipped, "block")} had been done before.`
    : rows === 0
    ? "No call of the kernel was noted."
    : `${each}. ${things(tiles, "tile")} on ${
      workers.every((worker) => worker < 0) ? "the calling thread" : things(workers.length, "worker")
    }. Colour: time a tile took, ` +
      `from quick to slow within its pass.${
        skipped === 0 ? "" : ` There is no bar for ${things(skipped, "block")} that had been done before.`
      }`;
}

/**
 * What there is to say of a row of a pass.
 *
 * @param {import("./data.js").Phase} phase
 * @param {number} row
 */
export function rowLines(phase, row) {
  const { spans } = phase, tile = spans.tile[row], tiles = spans.tiles[row], calls = spans.calls[row];
  const { coords, origin, extents } = placeOf(phase, tile), moved = bytesOf(phase, extents, tiles);
  const busy = spans.busyMs[row];
  return [
    capital(tileNames(tile, spans.extent[row])),
    ...(spans.extent[row] === tiles ? [] : [`${things(tiles, "tile")} of them`]),
    `${tiles === 1 ? "" : "the first "}at ${list(coords)}, origin ${list(origin)}, shape ${list(extents)}`,
    `took ${duration(busy)}${
      calls > 1 ? ` in ${things(calls, "call")}, the longest ${duration(spans.longestMs[row])}` : ""
    }`,
    ...(tiles > 1 ? [`${duration(busy / tiles)} a tile`] : []),
    `began at ${duration(spans.startMs[row])}`,
    ...(moved === null ? [] : [`${bytes(moved)}, ${bytes(moved / Math.max(1e-9, busy / 1000))}/s`]),
  ];
}

/**
 * What each worker did.
 *
 * @param {RunData} data
 */
export function timelineTable({ phases }) {
  const rows = phases.flatMap((phase) =>
    sharesOf(phase).map(({ worker, parts, beganMs, endedMs, loadingMs, thereMs, tiles, calls, busyMs }) => [
      workerName(worker),
      phase.label,
      count(parts),
      duration(beganMs),
      duration(loadingMs),
      duration(endedMs),
      count(tiles),
      count(calls),
      duration(busyMs),
      percent(Math.min(1, busyMs / Math.max(1e-9, thereMs))),
    ])
  );
  const head = ["worker", "pass", "parts", "began", "loaded for", "ended", "tiles", "calls", "busy", "share"];
  return table("What each worker did", head, rows);
}

/**
 * What each worker did in a pass, all its parts together: it may have been called away between them.
 *
 * @param {{ parts: import("./data.js").Phase["parts"], spans: import("./data.js").Phase["spans"] }} phase
 */
export function sharesOf({ parts, spans }) {
  /** @type {Map<number, { worker: number, parts: number, beganMs: number, endedMs: number, loadingMs: number,
   *   thereMs: number, tiles: number, calls: number, busyMs: number }>} */
  const shares = new Map();
  for (const { worker, beganMs, readyMs, endedMs } of parts) {
    const own = shares.get(worker) ??
      { worker, parts: 0, beganMs, endedMs, loadingMs: 0, thereMs: 0, tiles: 0, calls: 0, busyMs: 0 };
    own.parts++;
    own.beganMs = Math.min(own.beganMs, beganMs);
    own.endedMs = Math.max(own.endedMs, endedMs);
    own.loadingMs += readyMs - beganMs;
    own.thereMs += endedMs - beganMs;
    shares.set(worker, own);
  }
  for (let k = 0; k < spans.length; k++) {
    const own = shares.get(spans.worker[k]);
    if (own === undefined) continue;
    own.tiles += spans.tiles[k];
    own.calls += spans.calls[k];
    own.busyMs += spans.busyMs[k];
  }
  return [...shares.values()].sort((a, b) => a.worker - b.worker);
}
