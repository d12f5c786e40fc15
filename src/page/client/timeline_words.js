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
export function describeTimeline({ joins, rows, phases, workers }) {
  const calls = phases.reduce((sum, { spans }) => sum + spans.calls.reduce((all, each) => all + each, 0), 0);
  const tiles = phases.reduce((sum, { done }) => sum + done, 0);
  const each = calls <= rows && joins === 1
    ? calls === tiles ? "Each bar is a tile" : "Each bar is a call of the kernel, for one tile or several"
    : `There were ${things(calls, "call")}, more than can be drawn one by one: a bar stands for about ${
      count(Math.max(2, Math.round(calls * joins / Math.max(1, rows))))
    } calls that a worker made one after another`;
  byId("timeline-note").textContent = rows === 0
    ? "Calls of the kernel were not recorded."
    : `${each}. ${things(tiles, "tile")} on ${
      workers.every((worker) => worker < 0) ? "the calling thread" : things(workers.length, "worker")
    }. Colour: time a tile took, ` +
      "from quick to slow within its pass.";
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
    phase.parts.map(({ worker, beganMs, readyMs, endedMs }) => {
      let tiles = 0, calls = 0, busyMs = 0;
      for (let k = 0; k < phase.spans.length; k++) {
        if (phase.spans.worker[k] !== worker) continue;
        tiles += phase.spans.tiles[k];
        calls += phase.spans.calls[k];
        busyMs += phase.spans.busyMs[k];
      }
      const share = busyMs / Math.max(1e-9, endedMs - beganMs);
      return [
        workerName(worker),
        phase.label,
        duration(beganMs),
        duration(readyMs - beganMs),
        duration(endedMs),
        count(tiles),
        count(calls),
        duration(busyMs),
        percent(Math.min(1, share)),
      ];
    })
  );
  const head = ["worker", "pass", "began", "loaded for", "ended", "tiles", "calls", "busy", "share"];
  return table("What each worker did", head, rows);
}
