import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { scalingTables } from "../../bench/scaling_model.ts";
import { Heap } from "../../bench/scaling/heap.ts";
import { BASE, type Parameters, WORKS } from "../../bench/scaling/parameters.ts";
import { randomOf, simulate, storeRate, taskRate } from "../../bench/scaling/simulation.ts";

const PAGE = new URL("../../docs/scaling.md", import.meta.url);

/** A job in which nothing costs time but its blocks. */
const PURE: Parameters = {
  ...BASE,
  work: { name: "small", blocks: 12_000, chunkBytes: 16e6 },
  tasks: 1,
  getLimit: Infinity,
  putLimit: Infinity,
  startsPerSecond: Infinity,
  startUp: 0,
  openingRequests: 0,
  listsOwn: true,
  spread: 0,
  slowShare: 0,
  failuresPerHour: 0,
};

/** What a job takes until its last step, which lists the chunks. */
function tasksSeconds(p: Parameters, seed = 1): number {
  const { seconds, lastSeconds } = simulate(p, seed);
  return seconds - lastSeconds;
}

Deno.test("the tables of docs/scaling.md are those that the model prints", async () => {
  const page = await Deno.readTextFile(PAGE);
  const names = [...page.matchAll(/^<!-- table: (.*) -->$/gm)].map(([, name]) => name);
  const tables = scalingTables();
  assertEquals(names.toSorted(), Object.keys(tables).toSorted());
  for (const [name, table] of Object.entries(tables)) {
    const found = page.split(`<!-- table: ${name} -->\n\n`)[1].split("\n\n")[0];
    assertEquals(found, table, `${name}: deno run bench/scaling_model.ts prints what should stand there`);
  }
});

Deno.test("one task takes as long as its blocks, and more tasks share them", () => {
  const alone = PURE.work.blocks / taskRate(PURE);
  assertAlmostEquals(tasksSeconds(PURE), alone + PURE.latency, 1e-6);
  for (const tasks of [2, 3, 100, 12_000]) {
    const largest = Math.ceil(PURE.work.blocks / tasks) / taskRate(PURE);
    assertAlmostEquals(tasksSeconds({ ...PURE, tasks }), largest + PURE.latency, 1e-6);
  }
});

Deno.test("no store gives more than its limits", () => {
  for (const [getLimit, putLimit] of [[50, 70], [90, 40]]) {
    const p = { ...PURE, tasks: 100, getLimit, putLimit };
    assertEquals(storeRate(p), Math.min(getLimit, putLimit));
    assertAlmostEquals(tasksSeconds(p), p.work.blocks / storeRate(p) + p.latency, 1e-6);
  }
  const narrow = { ...PURE, tasks: 100, storeBandwidth: 1e9 };
  assertAlmostEquals(tasksSeconds(narrow) - PURE.latency, 12_000 * 3 * 16e6 * 0.8 / 1e9, 1e-6);
});

Deno.test("the slowest of reading, computing and the network decides how fast a task is", () => {
  const reading = 4 / (0.15 + 16e6 * 0.8 / 80e6);
  assertAlmostEquals(taskRate(PURE), reading);
  assertAlmostEquals(taskRate({ ...PURE, coreSecondsPerGB: 50 }), 4 / (50 * 3 * 16e6 / 1e9));
  assertAlmostEquals(taskRate({ ...PURE, taskBandwidth: 1e8 }), 1e8 / (3 * 16e6 * 0.8));
});

Deno.test("engines start so many tasks a second, and slots let so many run", () => {
  const slow = { ...PURE, tasks: 100, startsPerSecond: 2 };
  assertAlmostEquals(tasksSeconds(slow), 50 + PURE.latency + 120 / taskRate(PURE), 1e-6);
  // 100 tasks in 25 slots are four waves.
  const waves = { ...PURE, tasks: 100, slots: 25 };
  assertAlmostEquals(tasksSeconds(waves), 4 * (PURE.latency + 120 / taskRate(PURE)), 1e-6);
});

Deno.test("each task lists what is there when it begins, unless it asks for its own", () => {
  const p = { ...PURE, tasks: 4, slots: 1, listsOwn: false };
  const own = 3_000 / taskRate(p);
  assertAlmostEquals(tasksSeconds(p), 4 * own + (1 + 3 + 6 + 9) * p.latency, 1e-6);
});

Deno.test("failures cost time and blocks, and all work is done in the end", () => {
  const p = { ...PURE, failuresPerHour: 20, requeue: 100 }, alone = tasksSeconds(PURE);
  const { failures } = simulate(p, 3);
  assert(failures > 0);
  const lost = tasksSeconds(p, 3) - alone - failures * (p.requeue + p.latency);
  // Four workers lose a block each, and one that was begun.
  assert(lost >= 0 && lost <= failures * 5 / taskRate(p), `${lost} s for ${failures} failures`);
});

Deno.test("the same seed gives the same job", () => {
  const p = { ...BASE, work: WORKS[0], tasks: 100 };
  assertEquals(simulate(p, 7), simulate(p, 7));
  assert(simulate(p, 7).seconds !== simulate(p, 8).seconds);
});

Deno.test("random numbers are even, and a heap gives its values in order", () => {
  const random = randomOf(5), numbers = Array.from({ length: 2_000 }, random);
  assert(numbers.every((number) => number >= 0 && number < 1));
  assertAlmostEquals(numbers.reduce((sum, number) => sum + number) / 2_000, 0.5, 0.02);
  const heap = new Heap<number>();
  for (const number of numbers) heap.push(number, number);
  assertEquals(Array.from(numbers, () => heap.pop()), numbers.toSorted((a, b) => a - b));
  assertEquals([heap.size, heap.first], [0, Infinity]);
});
