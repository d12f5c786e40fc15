import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { logsWithin, SPAN_FIELDS, SpanLog, spansOf } from "../../src/run/span_log.ts";
import { Seeded } from "../seeded.ts";

const epoch = performance.timeOrigin;

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

Deno.test("a log gives its calls in order, with times from its epoch", () => {
  const log = new SpanLog(epoch - 1000);
  log.ready();
  log.add(3, 1, 10, 12);
  log.add(4, 5, 12, 15);
  const taken = log.take();
  assert(taken.beganMs <= taken.readyMs && taken.readyMs <= taken.endedMs);
  const spans = spansOf([{ worker: 7, log: taken }]);
  assertEquals(spans.length, 2);
  assertEquals([...spans.worker], [7, 7]);
  assertEquals([...spans.tile], [3, 4]);
  assertEquals([...spans.extent], [1, 5]);
  assertEquals([...spans.tiles], [1, 5]);
  assertEquals([...spans.startMs], [1010, 1012]);
  assertEquals([...spans.endMs], [1012, 1015]);
  assertEquals([...spans.busyMs], [2, 3]);
  assertEquals(log.take().rows.length, 0);
});

Deno.test("columns are in the order of time, whoever did what", () => {
  const [a, b] = [new SpanLog(epoch), new SpanLog(epoch)];
  a.add(0, 1, 0, 1);
  a.add(2, 1, 5, 6);
  b.add(1, 1, 2, 3);
  const spans = spansOf([{ worker: 0, log: a.take() }, { worker: 1, log: b.take() }]);
  assertEquals([...spans.tile], [0, 1, 2]);
  assertEquals([...spans.worker], [0, 1, 0]);
});

Deno.test("a log that is full joins neighbours and keeps all sums", () => {
  const seeded = new Seeded(5), random = () => seeded.word() / 2 ** 32;
  for (let round = 0; round < 30; round++) {
    const most = 2 * (1 + Math.floor(random() * 8)), count = Math.floor(random() * 200);
    const log = new SpanLog(epoch, most);
    let at = 0, tile = 0, tiles = 0, busy = 0, longest = 0;
    for (let k = 0; k < count; k++) {
      const own = 1 + Math.floor(random() * 3), ms = random();
      tile += Math.floor(random() * 4);
      at += random();
      log.add(tile, own, at, at + ms);
      tile += own;
      at += ms;
      tiles += own;
      busy += ms;
      longest = Math.max(longest, ms);
    }
    const taken = log.take(), spans = spansOf([{ worker: 0, log: taken }]);
    assert(spans.length <= most && taken.rows.length === spans.length * SPAN_FIELDS);
    assertEquals(sum(spans.tiles), tiles);
    assertEquals(sum(spans.calls), count);
    assertAlmostEquals(sum(spans.busyMs), busy, 1e-9);
    assertAlmostEquals(Math.max(0, ...spans.longestMs), longest, 1e-9);
    for (let k = 0; k < spans.length; k++) {
      assert(spans.tiles[k] <= spans.extent[k]);
      assert(spans.busyMs[k] <= spans.endMs[k] - spans.startMs[k] + 1e-9);
      if (k > 0) assert(spans.startMs[k] >= spans.endMs[k - 1] - 1e-9);
    }
  }
});

Deno.test("rows of a long log stand for equally many calls, at its beginning as at its end", () => {
  const log = new SpanLog(epoch, 16);
  for (let k = 0; k < 10_000; k++) log.add(k, 1, k, k + 1);
  const { length, calls, tile, extent } = spansOf([{ worker: 0, log: log.take() }]);
  assert(length > 8 && length <= 16);
  assertEquals([...calls.slice(0, -1)], new Array(length - 1).fill(1024));
  assertEquals([...tile], Array.from({ length }, (_, k) => 1024 * k));
  assertEquals(sum(extent), 10_000);
});

Deno.test("logs that are taken again and again do not grow without bound, and lose nothing", () => {
  const log = new SpanLog(epoch, 256), taken = [];
  for (let k = 0; k < 100_000; k++) {
    log.add(k, 1, k, k + 1);
    if (k % 1000 === 999) taken.push({ worker: 0, log: log.take() });
  }
  const { length, tiles, calls, busyMs } = spansOf(taken);
  assert(length < 1500, `${length}`);
  assertEquals([sum(tiles), sum(calls), sum(busyMs)], [100_000, 100_000, 100_000]);
});

Deno.test("what a worker noted by a clock that was set lies in its run, and nothing else is moved", () => {
  const part = (beganMs: number, endedMs: number) => {
    const rows = Float64Array.of(3, 1, 1, 1, beganMs + 2, endedMs - 1, 4, 4);
    return { beganMs, readyMs: beganMs + 1, endedMs, rows };
  };
  const [right, early, late] = [part(10.5, 20), part(-5000, -4990), part(7000, 7008)];
  const logs = [{ worker: 0, log: right }, { worker: 1, log: early }, { worker: 2, log: late }];
  const within = logsWithin([...logs, { worker: 2, log: part(7008, 7010) }], 10, 21);
  assertEquals(within.map(({ worker }) => worker), [0, 1, 2, 2]);
  assertEquals(within.map(({ log }) => [log.beganMs, log.readyMs, log.endedMs]), [
    [10.5, 11.5, 20],
    [10, 11, 20],
    [11, 12, 19],
    [19, 20, 21],
  ]);
  assertEquals([...within[1].log.rows], [3, 1, 1, 1, 12, 19, 4, 4]);
  assertEquals(within[0].log, right);
  // The clocks of threads differ by a little.
  assertEquals(logsWithin([{ worker: 0, log: part(9.999, 20) }], 10, 21)[0].log.beganMs, 9.999);
});
