/**
 * Time and cost of one job from a single machine to 10,000 tasks over object storage, simulated. Prints the tables of
 * docs/scaling.md: `deno run bench/scaling_model.ts`.
 *
 * @module
 */

import { BASE, type Parameters, type Work, WORKS } from "./scaling/parameters.ts";
import { type Outcome, simulate, taskRate } from "./scaling/simulation.ts";

const SEEDS = Array.from({ length: 10 }, (_, k) => k + 1);
const TASKS = [1, 4, 16, 64, 256, 1024, 4096, 10_000];

/** The mean of what jobs with different luck took. */
function meanOf(p: Parameters): Outcome {
  const outcomes = SEEDS.map((seed) => simulate(p, seed));
  const mean = (field: keyof Outcome) => outcomes.reduce((sum, o) => sum + o[field], 0) / outcomes.length;
  return {
    seconds: mean("seconds"),
    lastSeconds: mean("lastSeconds"),
    computeDollars: mean("computeDollars"),
    requestDollars: mean("requestDollars"),
    gets: mean("gets"),
    puts: mean("puts"),
    failures: mean("failures"),
  };
}

/** What could be better than it is, and how. */
const REMEDIES: readonly (readonly [name: string, Partial<Parameters>])[] = [
  ["store", { getLimit: Infinity, putLimit: Infinity, storeBandwidth: Infinity }],
  ["starting", { startsPerSecond: Infinity, startUp: 0, openingRequests: 0 }],
  ["stragglers", { spread: 0, slowShare: 0, failuresPerHour: 0 }],
];

/** What binds a job: without which of the things that could be better it would be shorter by most. */
function binding(p: Parameters, seconds: number): string {
  const savings = [
    ...REMEDIES.map(([name, better]) => [name, 1 - meanOf({ ...p, ...better }).seconds / seconds] as const),
    ["last step", meanOf(p).lastSeconds / seconds] as const,
  ].sort(([, a], [, b]) => b - a);
  const [name, saving] = savings[0];
  return saving < 0.1 ? "the work" : `${name} (${Math.round(100 * saving)} %)`;
}

/** A length of time in words. */
function time(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
  return `${(seconds / 3600).toFixed(seconds < 36_000 ? 1 : 0)} h`;
}

function dollars(amount: number): string {
  return amount < 0.995 ? amount.toFixed(2) : amount < 9.95 ? amount.toFixed(1) : String(Math.round(amount));
}

function count(n: number): string {
  return n < 1e6 ? String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, ",") : `${(n / 1e6).toFixed(1)} M`;
}

/** A table of Markdown: the first column to the left, numbers to the right. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, k) => Math.max(3, head.length, ...rows.map((row) => row[k].length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, k) => cell.padStart(widths[k])).join(" | ")} |`;
  return [
    line(heads),
    `| ${widths.map((width) => "-".repeat(width - 1) + ":").join(" | ")} |`,
    ...rows.map(line),
  ]
    .join("\n");
}

/** One work over ever more tasks. */
function scalingOf(work: Work): string {
  const alone = meanOf({ ...BASE, work, tasks: 1 }).seconds;
  const rows = TASKS.filter((tasks) => tasks <= work.blocks).map((tasks) => {
    const p = { ...BASE, work, tasks }, { seconds, computeDollars, requestDollars } = meanOf(p);
    const own = work.blocks / tasks / taskRate(p), speedUp = alone / seconds;
    return [
      count(tasks),
      time(own),
      time(seconds),
      speedUp < 100 ? speedUp.toFixed(1) : count(speedUp),
      `${Math.round(100 * speedUp / tasks)} %`,
      dollars(computeDollars),
      dollars(requestDollars),
      binding(p, seconds),
    ];
  });
  return table(
    ["tasks", "work of one", "time", "speed-up", "of ideal", "cores $", "requests $", "binds"],
    rows,
  );
}

/** The same work in chunks of other sizes. */
function chunkSizes(tasks: number): string {
  const { work } = BASE;
  const rows = [1 / 16, 1 / 4, 1, 4, 16].map((factor) => {
    const blocks = Math.round(work.blocks / factor), chunkBytes = work.chunkBytes * factor;
    const p = { ...BASE, tasks, work: { ...work, blocks, chunkBytes } }, o = meanOf(p);
    return [
      `${Math.round(chunkBytes / 1e6)} MB`,
      count(o.gets + o.puts),
      time(o.seconds),
      dollars(o.computeDollars),
      dollars(o.requestDollars),
      binding(p, o.seconds),
    ];
  });
  return table(["chunk", "requests", "time", "cores $", "requests $", "binds"], rows);
}

/** Engines that start tasks at other rates, and tasks that take longer to begin. */
function engines(): string {
  const rows = [5, 50, 500].flatMap((startsPerSecond) =>
    [1, 15, 60].map((startUp) => {
      const p = { ...BASE, work: WORKS[1], tasks: 1024, startsPerSecond, startUp }, o = meanOf(p);
      const many = meanOf({ ...p, work: WORKS[2], tasks: 10_000 });
      return [
        count(startsPerSecond),
        `${startUp} s`,
        time(o.seconds),
        time(many.seconds),
        dollars(many.computeDollars),
      ];
    })
  );
  return table([
    "starts a second",
    "start-up",
    "40 years, 1,024 tasks",
    "50 x 40 years, 10,000 tasks",
    "cores $",
  ], rows);
}

/** Shorter tasks over the same machines. */
function waves(): string {
  const slots = 256,
    rows = [1, 2, 4, 16, 64].map((each) => {
      const p = { ...BASE, work: WORKS[2], tasks: slots * each, slots }, o = meanOf(p);
      const ideal = p.work.blocks / taskRate(p) / slots;
      return [
        count(p.tasks),
        time(p.work.blocks / p.tasks / taskRate(p)),
        time(o.seconds),
        `${Math.round(100 * ideal / o.seconds)} %`,
        dollars(o.computeDollars),
      ];
    });
  return table(["tasks", "work of one", "time", "of ideal", "cores $"], rows);
}

/** Stores that many tasks share. */
function stores(): string {
  const kinds: [string, Partial<Parameters>][] = [
    ["one prefix an array", {}],
    ["four prefixes an array", { getLimit: 4 * BASE.getLimit, putLimit: 4 * BASE.putLimit }],
    ["NFS, 1 GB/s", { getLimit: Infinity, putLimit: Infinity, latency: 0.002, storeBandwidth: 1e9 }],
    ["Lustre, 50 GB/s", { getLimit: Infinity, putLimit: Infinity, latency: 0.002, storeBandwidth: 50e9 }],
  ];
  const rows = kinds.map(([name, store]) => [
    name,
    ...[16, 256, 4096].map((tasks) => {
      const p = { ...BASE, ...store, work: WORKS[2], tasks };
      return time(meanOf(p).seconds);
    }),
  ]);
  return table(["store", "16 tasks", "256 tasks", "4,096 tasks"], rows);
}

/** How many tasks a work should have, by what each of them should work. */
function advice(): string {
  const rows = WORKS.map((work) => {
    const at = (seconds: number) => Math.max(1, Math.round(work.blocks / taskRate(BASE) / seconds));
    const [many, few] = [at(300), at(1800)];
    const outcome = (tasks: number) => {
      const { seconds, computeDollars } = meanOf({ ...BASE, work, tasks });
      return `${count(tasks)}: ${time(seconds)}, $${dollars(computeDollars)}`;
    };
    const bytes = work.blocks * work.chunkBytes * (BASE.inputs + 1);
    return [
      work.name,
      bytes < 1e12 ? `${Math.round(bytes / 1e9)} GB` : `${(bytes / 1e12).toFixed(1)} TB`,
      outcome(few),
      outcome(many),
    ];
  });
  return table(["work", "in memory", "half an hour each", "five minutes each"], rows);
}

/** The tables by the names that docs/scaling.md gives them. */
export function scalingTables(): Record<string, string> {
  return {
    "1 year": scalingOf(WORKS[0]),
    "40 years": scalingOf(WORKS[1]),
    "50 x 40 years": scalingOf(WORKS[2]),
    "chunks, 64 tasks": chunkSizes(64),
    "chunks, 1024 tasks": chunkSizes(1024),
    "engines": engines(),
    "waves": waves(),
    "stores": stores(),
    "advice": advice(),
  };
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(scalingTables())) {
    console.log(`<!-- table: ${name} -->\n\n${text}\n`);
  }
}
