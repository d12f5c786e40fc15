/**
 * How large report pages are, and how long they take to be made and to be opened in headless Chromium: from the beginning
 * of the navigation to the frame after the first painting. Prints a table; where there is no Chromium only the sizes.
 *
 *     deno run --allow-read --allow-write --allow-run --allow-env --allow-net bench/report_page.ts
 */

import { reportPage } from "../src/page/report_page.ts";
import type { PageSource } from "../src/page/page_source.ts";
import { type OwnedLog, SpanLog, spansOf } from "../src/run/span_log.ts";
import { Chromium, findChromium } from "../tests/page/chromium.ts";
import { madeReport, madeSource } from "../tests/page/made_source.ts";

const ROUNDS = 5;

/** A run of more tiles than workers note one by one: what is left is what they joined themselves. */
function longRun(grid: readonly [number, number], workers: number): PageSource {
  const source = madeSource({ grid: [10, 10], workers }),
    tiles = grid[0] * grid[1],
    shape = grid.map((n) => 4 * n);
  const logs: OwnedLog[] = Array.from({ length: workers }, (_, worker) => {
    // Tiles that take a microsecond, claimed in grains of 64.
    const log = new SpanLog(performance.timeOrigin);
    for (let tile = worker * 64, at = 0; tile < tiles; tile += 64 * (workers - 1)) {
      for (const end = Math.min(tiles, tile + 64); tile < end; tile++, at++) {
        log.add(tile, 1, at / 1000, (at + 1) / 1000);
      }
    }
    return { worker, log: log.take() };
  });
  const spans = spansOf(logs), endedMs = Math.max(...logs.map(({ log }) => log.rows.at(-3) ?? 0));
  const [phase] = source.timeline.phases;
  const timeline = {
    ...source.timeline,
    elapsedMs: endedMs,
    phases: [{ ...phase, beganMs: 0, endedMs, shape, grid, tiles, spans }],
  };
  return { ...source, timeline, report: madeReport(timeline) };
}

const runs: Record<string, () => PageSource> = {
  "600 tiles": () => madeSource(),
  "100,000 tiles": () => madeSource({ grid: [250, 400], workers: 8 }),
  "131,072 tiles": () => madeSource({ grid: [256, 512], workers: 64 }),
  "1,000,000 tiles": () => madeSource({ grid: [1000, 1000], workers: 8 }),
  "10,000,000 tiles": () => longRun([2500, 4000], 2),
};

async function openingMs(browser: Chromium, url: string): Promise<number> {
  const page = await browser.newPage();
  await page.goTo(url);
  await page.until("document.documentElement.dataset.ready || document.documentElement.dataset.error");
  if (page.errors.length > 0) throw new Error(page.errors.join("\n"));
  const ms = Number(await page.evaluate("document.documentElement.dataset.ready"));
  await page.send("Page.close");
  return ms;
}

const folder = await Deno.makeTempDir();
const browser = findChromium() === undefined ? null : await Chromium.open();
try {
  console.log(
    `${"run".padEnd(20)}${"rows".padStart(10)}${"MB".padStart(8)}${"made ms".padStart(10)}${
      "open ms".padStart(10)
    }`,
  );
  for (const [name, make] of Object.entries(runs)) {
    const source = make(), rows = source.timeline.phases[0].spans.length, path = `${folder}/run.html`;
    const began = performance.now(), text = reportPage(source), made = performance.now() - began;
    await Deno.writeTextFile(path, text);
    const times: number[] = [];
    for (let round = 0; browser !== null && round < ROUNDS; round++) {
      times.push(await openingMs(browser, `file://${path}`));
    }
    const median = times.toSorted((a, b) => a - b)[ROUNDS >> 1]?.toFixed(0) ?? "no Chromium";
    const size = (text.length / 1e6).toFixed(2);
    console.log(
      `${name.padEnd(20)}${String(rows).padStart(10)}${size.padStart(8)}${made.toFixed(0).padStart(10)}${
        median.padStart(10)
      }`,
    );
  }
} finally {
  await browser?.[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
}
