/**
 * How the durations of tiles are distributed, and the slowest.
 *
 * @module
 */

import { plot, roundNumbers, roundPowers } from "./axes.js";
import { isOneValue } from "./colours.js";
import { placeOf } from "./data.js";
import { byId, draw, make, setTable, table } from "./dom.js";
import { capital, count, duration, list, rate, things, tileNames, workerName } from "./format.js";
import { exploreMarks } from "./small_figures.js";

/** @typedef {import("./data.js").RunData} RunData */

/** @typedef {{ phase: import("./data.js").Phase, row: number, ms: number, tiles: number }} Duration */

const BINS = 32, SLOWEST = 10;

/**
 * Draws a run.
 *
 * @param {RunData} data
 */
export function drawHistogram(data) {
  const svg = byId("histogram-svg"), all = durationsOf(data);
  byId("histogram").classList.toggle("empty", all.length === 0);
  byId("slowest").replaceChildren();
  if (all.length === 0) {
    svg.replaceChildren();
    byId("histogram-note").textContent = "Nothing was recorded.";
    return;
  }
  const least = all[0].ms, most = all[all.length - 1].ms, isLog = least > 0 && most / least > 20;
  const bins = binsOf(all, least, most, isLog), highest = Math.max(...bins.map(({ tiles }) => tiles));
  const places = isLog ? roundPowers(least, most, 5) : roundNumbers(least, most, 4);
  const from = bins[0].from, to = bins[bins.length - 1].to;
  const { x, y, bottom } = plot(svg, {
    height: 220,
    x: {
      least: from,
      most: to,
      isLog,
      ticks: places,
      text: duration,
      label: isLog ? "time of a tile (log)" : "time of a tile",
    },
    y: {
      least: 0,
      most: highest,
      ticks: roundNumbers(0, highest, 4),
      text: (value) => compact(value),
      label: "tiles",
    },
  });
  const marks = bins.map(({ from: a, to: b, tiles }) => {
    const left = x(a),
      width = Math.max(1, x(b) - left - 1),
      top = tiles === 0 ? bottom : Math.min(bottom - 1, y(tiles));
    svg.append(draw("rect", { x: left, y: top, width, height: bottom - top, class: "bar" }));
    const lines = () => [things(Math.round(tiles), "tile"), `${duration(a)} to ${duration(b)}`];
    return { x: left, y: top, width, height: bottom - top, lines };
  });
  exploreMarks(svg, marks, true);
  const { median, most95, most99 } = quantilesOf(all);
  byId("histogram-note").textContent = `Half of the tiles took up to ${duration(median)}, 95 % up to ${
    duration(most95)
  }, 99 % up to ${duration(most99)}; the slowest ${duration(most)}.${
    all.some(({ tiles }) => tiles > 1) ? " Where tiles were done together, each counts with their mean." : ""
  }`;
  setTable("histogram", () =>
    table(
      "Tiles by the time they took",
      ["from", "to", "tiles"],
      bins.filter(({ tiles }) => tiles > 0).map((
        { from: a, to: b, tiles },
      ) => [duration(a), duration(b), count(Math.round(tiles))]),
    ));
  byId("slowest").replaceChildren(slowest(all));
}

/** @param {number} value */
function compact(value) {
  return value < 10_000 ? count(value) : rate(value);
}

/**
 * Rows by the time a tile of theirs took.
 *
 * @param {RunData} data
 * @returns {Duration[]}
 */
function durationsOf({ phases }) {
  const all = [];
  for (const phase of phases) {
    const { length, busyMs, tiles } = phase.spans;
    for (let row = 0; row < length; row++) {
      if (tiles[row] > 0) all.push({ phase, row, ms: busyMs[row] / tiles[row], tiles: tiles[row] });
    }
  }
  return all.sort((a, b) => a.ms - b.ms);
}

/**
 * @param {readonly Duration[]} all
 * @param {number} least
 * @param {number} most
 * @param {boolean} isLog
 */
function binsOf(all, least, most, isLog) {
  if (isOneValue(least, most)) {
    const tiles = all.reduce((sum, each) => sum + each.tiles, 0);
    const value = Math.max(most, 1e-6);
    // One bar in the middle.
    return [[0.6, 0.95, 0], [0.95, 1.05, tiles], [1.05, 1.4, 0]].map(([from, to, many]) => (
      { from: value * from, to: value * to, tiles: many }
    ));
  }
  const edge = (/** @type {number} */ k) =>
    isLog ? least * (most / least) ** (k / BINS) : least + (most - least) * k / BINS;
  const bins = Array.from({ length: BINS }, (_, k) => ({ from: edge(k), to: edge(k + 1), tiles: 0 }));
  let bin = 0;
  for (const { ms, tiles } of all) {
    while (bin < BINS - 1 && ms >= bins[bin].to) bin++;
    bins[bin].tiles += tiles;
  }
  return bins;
}

/** @param {readonly Duration[]} all */
function quantilesOf(all) {
  const total = all.reduce((sum, { tiles }) => sum + tiles, 0);
  const at = (/** @type {number} */ share) => {
    let seen = 0;
    for (const { ms, tiles } of all) {
      seen += tiles;
      if (seen >= share * total) return ms;
    }
    return all[all.length - 1].ms;
  };
  return { median: at(0.5), most95: at(0.95), most99: at(0.99) };
}

/** @param {readonly Duration[]} all */
function slowest(all) {
  const rows = all.slice(-SLOWEST).reverse().map(({ phase, row, ms, tiles }) => {
    const { spans } = phase, { coords, origin, extents } = placeOf(phase, spans.tile[row]);
    return [
      capital(tileNames(spans.tile[row], spans.extent[row])),
      duration(ms) + (tiles > 1 ? " each" : ""),
      list(coords),
      list(origin),
      list(extents),
      workerName(spans.worker[row]),
      duration(spans.startMs[row]),
    ];
  });
  const head = ["slowest", "took", "at", "origin", "shape", "by", "began"];
  return make(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "The slowest tiles" },
    table("The slowest tiles", head, rows),
  );
}
