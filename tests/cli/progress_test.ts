import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { progressBar } from "../../src/cli/progress_bar.ts";
import { type ProgressFacts, progressLine } from "../../src/cli/progress_line.ts";
import { duration, percent, rate, timeLeft } from "../../src/cli/quantities.ts";
import { bar, cut, widthOf } from "../../src/cli/styled_text.ts";
import { workerLines } from "../../src/cli/worker_lines.ts";
import type { LiveWorker } from "../../src/run/live_run.ts";
import { Screen } from "./screen.ts";

const FACTS: ProgressFacts = {
  done: 25,
  total: 100,
  unit: "tiles",
  perSecond: 12.5,
  bytesPerSecond: 2e9,
  memory: { now: 58e6, peak: 60e6 },
};

const lineAt = (columns: number, facts: ProgressFacts = FACTS, blocks = true) =>
  progressLine(facts, columns, blocks).map(({ text }) => text).join("");

Deno.test("a progress line tells less where there is less room, the least important first", () => {
  assertEquals([200, 80, 60, 40, 30, 20, 12, 6, 4, 1].map((columns) => lineAt(columns)), [
    "▕███████▌                      ▏  25%  25/100 tiles  13/s  2 GB/s  6.0 s left  58 MB (peak 60 MB)",
    "▕███         ▏  25%  25/100 tiles  13/s  2 GB/s  6.0 s left  58 MB (peak 60 MB)",
    "▕███▎         ▏  25%  25/100 tiles  13/s  6.0 s left  58 MB",
    "▕█▌    ▏  25%  25/100 tiles  6.0 s left",
    "▕██▌       ▏  25%  6.0 s left",
    "▕█▎   ▏  25%  6.0 s",
    "▕█   ▏  25%",
    "25%",
    "25%",
    "",
  ]);
});

Deno.test("a progress line never fills the last column, whatever its width", () => {
  const many: ProgressFacts = { ...FACTS, done: 123_456_789, total: 1_234_567_890, perSecond: 1e-5 };
  for (const facts of [FACTS, many, { ...FACTS, perSecond: null, bytesPerSecond: null, memory: null }]) {
    for (const blocks of [true, false]) {
      for (let columns = 0; columns <= 220; columns++) {
        const line = lineAt(columns, facts, blocks);
        assert(widthOf(line) < Math.max(1, columns), `${columns}: ${line}`);
      }
    }
  }
});

Deno.test("what nobody knows is not told", () => {
  const line = lineAt(80, { ...FACTS, done: 0, perSecond: null, bytesPerSecond: null, memory: null }, false);
  assertEquals(line, "[------------------------------]   0%  0/100 tiles  ? left");
  assertMatch(lineAt(80, { ...FACTS, done: 0, total: 0 }), /100% {2}0\/0/);
});

Deno.test("a bar is filled by eighths of a cell", () => {
  const text = (share: number, blocks = true) => bar(share, 6, blocks).map((piece) => piece.text).join("");
  assertEquals([0, 1 / 32, 0.5, 0.75 + 7 / 32, 1, 7, -1].map((share) => text(share)), [
    "▕    ▏",
    "▕▏   ▏",
    "▕██  ▏",
    "▕███▉▏",
    "▕████▏",
    "▕████▏",
    "▕    ▏",
  ]);
  assertEquals([0, 0.5, 1].map((share) => text(share, false)), ["[----]", "[##--]", "[####]"]);
});

Deno.test("times and rates are short", () => {
  assertEquals([0.0042, 0.25, 12.34, 999.9, 42_000, 125_000, 7_500_000].map(duration), [
    "4.2 µs",
    "250 µs",
    "12.3 ms",
    "1.0 s",
    "42 s",
    "2 min 05 s",
    "2 h 05 min",
  ]);
  assertEquals([0, 9940, 59_400, 59_600, 3_599_900, 200_000_000, Infinity, NaN].map(timeLeft), [
    "0.0 s",
    "9.9 s",
    "59 s",
    "1 min 00 s",
    "1 h 00 min",
    "2 d 7 h",
    "?",
    "?",
  ]);
  assertEquals([0, NaN, 0.001, 0.05, 0.5, 12.4, 9999, 12_345, 3.2e6].map(rate), [
    "0/s",
    "0/s",
    "3.6/h",
    "3.0/min",
    "0.5/s",
    "12/s",
    "9999/s",
    "12k/s",
    "3.2M/s",
  ]);
  assertEquals([0, 0.001, 0.3, 0.999, 1].map(percent), ["0 %", "< 1 %", "30 %", "> 99 %", "100 %"]);
});

Deno.test("what is cut has the width that there is, wide characters included", () => {
  assertEquals([cut("abc", 2), cut("日本語", 4), cut("日本語", 5), cut("a", 0)], ["ab", "日本", "日本", ""]);
});

interface Tried {
  readonly screen: Screen;
  readonly draw: (done: number, elapsedMs: number) => void;
  readonly erase: () => void;
  readonly resize: (columns: number) => void;
  /** What was written. */
  readonly written: () => string;
}

/** A bar on a terminal on which somebody has worked before. */
function tried(workers?: () => readonly LiveWorker[], rows: number = 24): Tried {
  let columns = 100, clock = 0, written = "";
  const screen = new Screen(columns);
  screen.write("$ tilewise\n");
  const write = (text: string) => {
    written += text;
    screen.write(text);
  };
  const bar = progressBar(
    { write, columns: () => columns, rows: () => rows, colours: "16", blocks: true },
    { workers, memory: () => 58e6, now: () => clock },
  );
  return {
    screen,
    draw: (done, elapsedMs) => {
      clock = elapsedMs;
      bar.draw({ done, total: 100, elapsedMs });
    },
    erase: () => bar.erase(),
    resize: (to) => {
      columns = to;
      screen.resize(to);
    },
    written: () => written,
  };
}

const WORKERS: readonly LiveWorker[] = [
  { worker: 1, state: "waiting", done: 12, claim: { begin: 0, end: 0 } },
  { worker: 0, state: "working", done: 8, claim: { begin: 37, end: 40 } },
  { worker: 2, state: "loading", done: 0, claim: { begin: 0, end: 0 } },
];

Deno.test("a bar draws over itself and leaves nothing behind", () => {
  const { screen, draw, erase, written } = tried();
  for (const done of [0, 1, 50, 100]) draw(done, 1000 + 1000 * done);
  assertMatch(
    screen.shown[1],
    /^▕█+▏ 100% {2}100\/100 tiles {2}1\.0\/s {2}0\.0 s left {2}58 MB \(peak 58 MB\)$/,
  );
  assertEquals(screen.shown.length, 2);
  erase();
  assertEquals(screen.shown, ["$ tilewise"]);
  assertEquals([screen.cursor, screen.unknown], [[1, 0], []]);
  assert(written().endsWith("\r\x1b[K"));
  erase();
  assertEquals(screen.shown, ["$ tilewise"]);
});

Deno.test("a bar survives a terminal that becomes narrower and wider, with and without lines of workers", () => {
  for (const workers of [undefined, () => WORKERS]) {
    const { screen, draw, erase, resize } = tried(workers);
    [100, 20, 61, 10, 200, 33, 100].forEach((columns, k) => {
      resize(columns);
      draw(10 + k, 1000 * (k + 1));
      assertEquals(
        screen.shown.length,
        workers === undefined ? 2 : 5,
        `${columns}: ${screen.shown.join("\n")}`,
      );
      assert(screen.shown.slice(1).every((line) => widthOf(line) < columns), screen.shown.join("\n"));
    });
    resize(15);
    erase();
    assertEquals(screen.shown, ["$ tilewise"]);
  }
});

Deno.test("lines of workers tell what each is at, cut to the terminal", () => {
  const { screen, draw } = tried(() => WORKERS);
  draw(20, 4000);
  assertEquals(screen.shown.slice(2), [
    "  worker 0  working    8 done  2.0/s    at 37 and 2 more",
    "  worker 1  waiting   12 done  3.0/s",
    "  worker 2  loading    0 done  0/s",
  ]);
  const text = (columns: number, most: number) =>
    workerLines(WORKERS, 4000, columns, most).map((line) =>
      line.map((piece) => piece.text).join("").trimEnd()
    );
  assertEquals(text(20, 9), ["  0  working    8", "  1  waiting   12", "  2  loading    0"]);
  assertEquals(text(10, 9), ["  0", "  1", "  2"]);
  assertEquals(text(80, 2), [
    "  worker 0  working   8 done  2.0/s    at 37 and 2 more",
    "  and 2 more workers",
  ]);
  assertEquals(text(80, 0), []);
});

Deno.test("more workers than a terminal has rows do not scroll it", () => {
  const many = Array.from({ length: 64 }, (_, worker) => ({ ...WORKERS[1], worker }));
  const { screen, draw, erase } = tried(() => many, 10);
  for (let k = 0; k < 5; k++) draw(k, 1000 * k);
  assertEquals(screen.shown.length, 1 + 9);
  assertEquals(screen.shown.at(-1), "  and 57 more workers");
  erase();
  assertEquals(screen.shown, ["$ tilewise"]);
});

Deno.test("long runs are not drawn often", () => {
  const { draw, written } = tried();
  let drawings = 0;
  for (let ms = 0; ms < 400_000; ms += 100) {
    const before = written().length;
    draw(1, ms);
    if (written().length > before) drawings++;
  }
  // 30 s at 10 a second, 270 s at every 300 ms, 100 s at one a second.
  assertLess(drawings, 1400);
  assert(drawings > 1200, `${drawings}`);
});

Deno.test("the time left follows the rate of late", () => {
  const { screen, draw } = tried();
  // Ten a second at first, then one a second.
  for (let k = 0; k <= 5; k++) draw(k * 10, 1000 * k);
  assertMatch(screen.shown[1], / 10\/s {2}5\.0 s left/);
  for (let k = 1; k <= 15; k++) draw(50 + k, 5000 + 1000 * k);
  const left = Number(/([\d.]+) s left/.exec(screen.shown[1])?.[1]);
  assert(left > 20 && left <= 36, screen.shown[1]);
});
