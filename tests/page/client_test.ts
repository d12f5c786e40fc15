import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { roundNumbers, roundPowers } from "../../src/page/client/axes.js";
import { axesOf, cellsOf, valueOf } from "../../src/page/client/cells.js";
import { SCALES } from "../../src/page/client/colours.js";
import { bytesDone, open, placeOf, prepare, unpack } from "../../src/page/client/data.js";
import { bytes, count, digits, duration, percent, rate } from "../../src/page/client/format.js";
import { cellLines } from "../../src/page/client/heat_look.js";
import { view } from "../../src/page/client/heat_view.js";
import { firstAfter, lanesOf } from "../../src/page/client/lanes.js";
import { lengthOf } from "../../src/page/client/timeline_view.js";
import { sharesOf } from "../../src/page/client/timeline_words.js";
import { joinsNeeded, joinSpans } from "../../src/page/join_spans.ts";
import { decodeSpans, encodePage } from "../../src/page/page_data.ts";
import { packDurations, packNumbers, packTimes, unpackColumn } from "../../src/page/packed_columns.ts";
import { planTiles, tileAt } from "../../src/plan/tile_plan.ts";
import { Seeded } from "../seeded.ts";
import { type MadeRun, madeSource } from "./made_source.ts";

const dataOf = (run: MadeRun, mostRows?: number) => prepare(open(encodePage(madeSource(run), mostRows)));
const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);

Deno.test("the page's script unpacks what was packed", () => {
  const random = new Seeded(11);
  for (const pack of [packNumbers, packTimes, packDurations]) {
    for (const most of [0, 200, 60_000, 2 ** 31]) {
      const column = pack(Array.from({ length: 30 }, () => random.int(0, most)));
      assertEquals(unpack(column), unpackColumn(column));
    }
  }
  const { phases: [{ spans }] } = encodePage(madeSource({ tilesACall: 3 }));
  assertEquals(open(encodePage(madeSource({ tilesACall: 3 }))).phases[0].spans, decodeSpans(spans));
});

Deno.test("places of tiles are those of the plan", () => {
  for (const [shape, tile] of [[[7], [2]], [[5, 9], [2, 4]], [[3, 4, 5], [2, 3, 2]], [[6, 5], [6, 5]]]) {
    const plan = planTiles(shape, { tile, workers: 2, itemBytes: 8 });
    for (let index = 0; index < plan.tiles; index++) {
      const { coords, origin, shape: extents } = tileAt(plan, index);
      assertEquals(placeOf(plan, index), { coords: [...coords], origin: [...origin], extents: [...extents] });
    }
  }
});

Deno.test("the cells of a heat map hold all tiles and all time, whatever the grid", () => {
  const grids = [[1], [17], [3, 5], [1, 6, 1, 7], [2, 3, 4], [2, 1, 3, 4], [5, 1, 1], [600, 3], [900], [
    2,
    1700,
  ]];
  for (const grid of grids) {
    for (const tilesACall of [1, 4]) {
      const { phases: [phase] } = dataOf({ grid, tilesACall });
      const cells = cellsOf(phase, { leading: axesOf(grid).leading.map(() => null), shows: "mean" });
      assertAlmostEquals(sum(cells.tiles), phase.tiles, 1e-6, `${grid}`);
      assertAlmostEquals(sum(cells.ms), phase.busyMs, phase.busyMs * 1e-9, `${grid}`);
      assert(cells.rows <= 400 && cells.columns <= 800);
    }
  }
});

Deno.test("a cell is the tile that lies there, and one of the leading axes can be chosen", () => {
  const grid = [3, 1, 4, 5], { phases: [phase] } = dataOf({ grid }), { spans } = phase;
  assertEquals(axesOf(grid), { leading: [0], rowAxis: 2, columnAxis: 3 });
  for (let at = 0; at < 3; at++) {
    const choice = { leading: [at], shows: "mean" as const }, cells = cellsOf(phase, choice);
    for (let tile = 0; tile < 60; tile++) {
      const [first, , row, column] = placeOf(phase, tile).coords;
      const value = valueOf(cells, choice, row * 5 + column);
      if (first === at) assertAlmostEquals(value ?? NaN, spans.busyMs[tile], 1e-9);
    }
  }
  const all = { leading: [null], shows: "sum" as const };
  assertAlmostEquals(
    valueOf(cellsOf(phase, all), all, 0) ?? NaN,
    sum([0, 20, 40].map((k) => spans.busyMs[k])),
    1e-9,
  );
});

Deno.test("lanes have every row once, in the order of time", () => {
  const data = dataOf({ grid: [30, 20], workers: 3, phases: 2 }), lanes = lanesOf(data);
  assertEquals(lanes.map(({ worker }) => worker), [0, 1, 2]);
  assertEquals(sum(lanes.map(({ length }) => length)), 1200);
  for (const lane of lanes) {
    assert(lane.start.every((ms, k) => k === 0 || lane.start[k - 1] <= ms));
    for (const ms of [-1, 0, lane.start[5], lane.end[9], lane.end[lane.length - 1]]) {
      assertEquals(firstAfter(lane, ms), [...lane.end, Infinity].findIndex((end) => end > ms));
    }
  }
});

Deno.test("joined rows change neither tiles nor bytes", () => {
  const run = { grid: [40, 50], workers: 3 }, all = dataOf(run), few = dataOf(run, 60);
  assertEquals(few.phases[0].done, all.phases[0].done);
  assertEquals(bytesDone(few.phases[0]), bytesDone(all.phases[0]));
  assertEquals(bytesDone(all.phases[0]), 3 * 8 * 160 * 200);
  assertAlmostEquals(few.phases[0].busyMs, all.phases[0].busyMs, all.phases[0].busyMs * 1e-6);
});

Deno.test("round numbers lie within their range and are about as many as wanted", () => {
  const random = new Seeded(13);
  for (let round = 0; round < 200; round++) {
    const least = random.int(-1000, 1000) / 7, most = least + 10 ** (random.int(-60, 60) / 10);
    const ticks = roundNumbers(least, most, 5), width = (most - least) * 1e-6;
    assert(ticks.length >= 2 && ticks.length <= 8, `${least} to ${most}: ${ticks}`);
    assert(
      ticks.every((tick) => tick >= least - width && tick <= most + width),
      `${least} to ${most}: ${ticks}`,
    );
    const powers = roundPowers(1e-3, 1e-3 * (1 + most - least), 6);
    assert(powers.length <= 6, `${powers}`);
  }
  assertEquals(roundNumbers(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assertEquals(roundNumbers(3, 3, 5), [3]);
  assertEquals(roundPowers(0.15, 6, 6), [0.2, 0.5, 1, 2, 5]);
});

Deno.test("numbers as text", () => {
  assertEquals([0, 5e-7, 0.0123, 1.5, 999.9, 1000, 61_500, 125_000, 7.3e6].map(duration), [
    "0 ms",
    "0.5 ns",
    "12.3 µs",
    "1.5 ms",
    "1 s",
    "1 s",
    "61.5 s",
    "2 min 5 s",
    "2 h 1 min",
  ]);
  assertEquals([0, 12, 1234, 5.67e8, 2e13].map(bytes), ["0 B", "12 B", "1.23 kB", "567 MB", "20 TB"]);
  assertEquals([0, 12.34, 1234, 5e10].map(rate), ["0", "12.3", "1.23 k", "50 G"]);
  assertEquals([0, 1e-5, 0.004, 0.5, 1].map(percent), ["0 %", "< 0.1 %", "0.4 %", "50 %", "100 %"]);
  assertEquals([1234567, 0.5].map(count), ["1,234,567", "0.5"]);
  assertEquals([0.0001, NaN, 1e20].map(digits), ["1.00e-4", "–", "1.00e+20"]);
});

Deno.test("nothing done, nothing recorded and the calling thread alone make no NaN", () => {
  const { report, timeline } = madeSource(),
    none = new Float64Array(0),
    memory = { ms: none, rss: none, heapUsed: none };
  const spans = { length: 0, worker: new Int32Array(0), tile: none, extent: none, tiles: none, calls: none };
  const rows = { ...spans, startMs: none, endMs: none, busyMs: none, longestMs: none };
  const [phase] = timeline.phases,
    empty = { ...phase, shape: [0], tile: [1], grid: [0], tiles: 0, spans: rows };
  for (const phases of [[], [empty], [{ ...phase, spans: rows, parts: [] }]]) {
    const data = prepare(open(encodePage({ report, timeline: { ...timeline, phases, memory } })));
    assert(!JSON.stringify(data).includes("null,null"));
    for (const { quick, slow, firstMs, lastMs, busyMs } of data.phases) {
      assert([quick, slow, firstMs, lastMs, busyMs].every(Number.isFinite));
    }
  }
});

/** The relative luminance of a colour, as the Web Content Accessibility Guidelines define it. */
function luminance(channels: readonly number[]): number {
  const [r, g, b] = channels.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

Deno.test("colours get away from the paper step by step, and stand out from it; text does more", async () => {
  const style = await Deno.readTextFile(new URL("../../src/page/client/page.css", import.meta.url));
  const variable = (name: string, dark: boolean) => {
    const [, ...pair] = style.match(new RegExp(`--${name}: light-dark\\(#(\\w+), #(\\w+)\\)`)) ?? [];
    return [0, 2, 4].map((at) => parseInt(pair[Number(dark)].slice(at, at + 2), 16));
  };
  for (const dark of [false, true]) {
    const steps = SCALES[dark ? "dark" : "light"].map((text) => [...text.matchAll(/\d+/g)].map(Number));
    const lights = steps.map(luminance), lane = variable("lane", dark);
    assert(lights.every((light, k) => k === 0 || (dark ? light > lights[k - 1] : light < lights[k - 1])));
    assert(steps.every((step) => contrast(step, lane) >= 3), `${contrast(steps[0], lane)}`);
    for (const text of ["text", "quiet", "accent"]) {
      for (const paper of ["paper", "panel"]) {
        const found = contrast(variable(text, dark), variable(paper, dark));
        assert(found >= 4.5, `${text} on ${paper}: ${found}`);
      }
    }
    for (const line of ["accent", "second", "level", "predicted", "loading"]) {
      assert(contrast(variable(line, dark), variable("panel", dark)) >= 3, line);
    }
  }
});

Deno.test("a worker that had several parts in a pass is told of once, with all its tiles", () => {
  const { phases: [phase] } = dataOf({ grid: [4, 5], workers: 2 });
  const parts = phase.parts.flatMap(({ worker, beganMs, readyMs, endedMs }) => {
    const middle = (readyMs + endedMs) / 2;
    return [{ worker, beganMs, readyMs, endedMs: middle }, {
      worker,
      beganMs: middle,
      readyMs: middle,
      endedMs,
    }];
  });
  const shares = sharesOf({ ...phase, parts }), whole = sharesOf(phase);
  assertEquals(shares.map((share) => share.parts), [2, 2]);
  assertEquals(sum(shares.map(({ tiles }) => tiles)), 20);
  shares.forEach((share, k) => {
    assertAlmostEquals(share.thereMs, whole[k].thereMs, 1e-9);
    assertEquals({ ...share, parts: 1, thereMs: 0 }, { ...whole[k], thereMs: 0 });
  });
});

Deno.test("nobody is said to have done a tile that lies in the gap of a row", () => {
  const data = dataOf({ grid: [3, 4] }),
    [first] = data.phases,
    of = (value: number) => Float64Array.of(value);
  // Tiles 0 and 2, by one worker.
  const spans = { ...first.spans, length: 1, tile: of(0), extent: of(3), tiles: of(2) };
  const phase = { ...first, spans }, choice = { leading: [], shows: "mean" as const };
  view.shown = { data, phase, cells: cellsOf(phase, choice), choice, rowOf: new Int32Array(0) };
  const lines = cellLines(1);
  view.shown = null;
  assert(lines[0] === "Tile 1" && !lines.some((line) => line.includes("worker")), lines.join());
});

Deno.test("the timeline of very many passes is as long as the last of them", () => {
  const data = dataOf({ grid: [1] }), [phase] = data.phases, last = { ...phase, lastMs: 7e6 };
  const phases = [last, ...new Array(200_000).fill(phase)];
  assertEquals(lengthOf({ ...data, phases }), 7e6);
  // They have a row each: there is nothing to be joined with.
  assertEquals(joinSpans(phase.spans, joinsNeeded(phases.map(({ spans }) => spans), 100_000)).length, 1);
});
