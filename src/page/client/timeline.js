/**
 * The timeline: a lane for each worker, a bar for each call.
 *
 * @module
 */

import { setTable } from "./dom.js";
import { explore } from "./explore.js";
import { workerName } from "./format.js";
import { firstAfter, lanesOf } from "./lanes.js";
import { paint, showMark } from "./timeline_paint.js";
import { callBox, canvas, find, lengthOf, place, seen, view, wholeMs } from "./timeline_view.js";
import { describeTimeline, rowLines, timelineTable } from "./timeline_words.js";

/** @typedef {import("./data.js").RunData} RunData */

/**
 * Shows a part of the time.
 *
 * @param {number} from In milliseconds.
 * @param {number} to
 */
export function zoomTo(from, to) {
  const all = wholeMs(), width = Math.min(all, Math.max(all / 1e7, to - from));
  const start = Math.min(Math.max(0, from), all - width);
  view.zoom = width >= all * 0.9999 ? null : { from: start, to: start + width };
  paint();
}

/**
 * Draws a run.
 *
 * @param {RunData} data
 */
export function drawTimeline(data) {
  const lanes = lanesOf(data), firsts = [];
  let calls = 0;
  for (const { length } of lanes) {
    firsts.push(calls);
    calls += length;
  }
  view.shown = { data, lanes, firsts, calls, whole: lengthOf(data) };
  view.marked = null;
  paint();
  explore(canvas(), {
    pick,
    move,
    lines: (which) => callLines(which),
    box: callBox,
    mark: (which) => {
      if (view.marked === which) return;
      view.marked = which;
      showMark();
    },
  });
  setTable("timeline", () => timelineTable(data));
  describeTimeline(data);
}

/**
 * @param {number} x
 * @param {number} y
 */
function pick(x, y) {
  if (view.shown === null || x < place.left || x > place.left + place.width) return null;
  const lane = Math.floor((y - place.top) / (place.lane + place.gap)), own = view.shown.lanes[lane];
  if (own === undefined) return null;
  const { from, to } = seen(), pixel = (to - from) / place.width, ms = from + (x - place.left) * pixel;
  const call = firstAfter(own, ms);
  const near = [call, call - 1].find((k) =>
    k >= 0 && k < own.length && own.start[k] <= ms + pixel && own.end[k] >= ms - pixel
  );
  return near === undefined ? null : view.shown.firsts[lane] + near;
}

/**
 * @param {number | null} from
 * @param {string} key
 */
function move(from, key) {
  if (view.shown === null || view.shown.calls === 0 || !/^(Arrow|Home$|End$)/.test(key)) return null;
  const { lanes, firsts } = view.shown;
  if (from === null) {
    const lane = lanes.findIndex((each) => each.length > 0), own = lanes[lane];
    return firsts[lane] + Math.min(own.length - 1, firstAfter(own, seen().from));
  }
  const { lane, call, from: own } = find(from);
  if (key === "ArrowUp" || key === "ArrowDown") {
    for (let other = lane; (other += key === "ArrowUp" ? -1 : 1) >= 0 && other < lanes.length;) {
      if (lanes[other].length === 0) continue;
      return keepSeen(
        firsts[other] + Math.min(lanes[other].length - 1, firstAfter(lanes[other], own.start[call])),
      );
    }
    return from;
  }
  const next = key === "Home" ? 0 : key === "End" ? own.length - 1 : call + (key === "ArrowLeft" ? -1 : 1);
  return keepSeen(firsts[lane] + Math.max(0, Math.min(own.length - 1, next)));
}

/**
 * Moves what is seen so that a call is.
 *
 * @param {number} which
 */
function keepSeen(which) {
  const { call, from: own } = find(which), { from, to } = seen(), width = to - from;
  if (own.start[call] < from) zoomTo(own.start[call] - width / 4, own.start[call] + width * 3 / 4);
  else if (own.end[call] > to) zoomTo(own.end[call] - width * 3 / 4, own.end[call] + width / 4);
  return which;
}

/** The moments between which the call lies that is marked. */
export function markedTimes() {
  if (view.marked === null) return null;
  const { call, from } = find(view.marked);
  return { from: from.start[call], to: from.end[call] };
}

/** @param {number} which */
function callLines(which) {
  if (view.shown === null) return [];
  const { call, from: lane } = find(which),
    phase = view.shown.data.phases[lane.phase[call]],
    row = lane.row[call];
  return [...rowLines(phase, row), `${workerName(lane.worker)}, ${phase.label}`];
}
