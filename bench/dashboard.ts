/**
 * What a dashboard costs: the same work without one, with one that nobody looks at, and with one that another process
 * reads, in turn.
 *
 * usage: deno run --allow-all bench/dashboard.ts [--rounds 9]
 *
 * All permissions are for the time of threads, which Linux tells in `/proc`.
 */

import { parseArgs } from "@std/cli/parse-args";
import { type Dashboard, openDashboard, RunRecorder, SharedNdArray, tiledMap, WorkerPool } from "../mod.ts";
import { median } from "./peer_table.ts";

const ROUNDS = Number(parseArgs(Deno.args, { string: ["rounds"] }).rounds ?? 9);

/** What is measured of a turn, in milliseconds. */
interface Turn {
  readonly elapsed: number;
  /** Of all workers at tiles. */
  readonly busy: number;
  /** Of the workers' threads on a processor: it does not grow when others want the processors too. */
  readonly workers: number;
  /** Of the main thread on a processor, and of the runtime's own threads, a second of the run. */
  readonly main: number;
  readonly others: number;
}

type Kind = "none" | "alone" | "read";

type Times = Pick<Turn, "workers" | "main" | "others">;

/** How long the process's threads were on a processor so far. */
function threadTimes(): Times {
  const times = { workers: 0, main: 0, others: 0 };
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    const read = (what: string) => Deno.readTextFileSync(`/proc/self/task/${name}/${what}`);
    const isWorker = read("comm").startsWith("worker-"), ms = Number(read("schedstat").split(" ")[0]) / 1e6;
    times[isWorker ? "workers" : Number(name) === Deno.pid ? "main" : "others"] += ms;
  }
  return times;
}

async function viewer(dashboard: Dashboard): Promise<{ readonly seen: Promise<string> }> {
  const program = decodeURIComponent(new URL("./dashboard_viewer.ts", import.meta.url).pathname);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", program, dashboard.url],
    stdout: "piped",
  }).spawn();
  while (dashboard.viewers === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  // Starting a process takes both cores for a while.
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { seen: child.output().then(({ stdout }) => new TextDecoder().decode(stdout).trim()) };
}

interface Work {
  readonly title: string;
  /** How many runs a turn has. */
  readonly runs: number;
  run(recorder: RunRecorder): ReturnType<typeof tiledMap>;
}

let told = "";

async function turn({ run, runs }: Work, kind: Kind): Promise<Turn> {
  const recorder = new RunRecorder({ tiles: false });
  const dashboard = kind === "none" ? undefined : await openDashboard(recorder, { port: 0 });
  const seen = kind === "read" && dashboard !== undefined ? (await viewer(dashboard)).seen : undefined;
  const before = threadTimes();
  let elapsed = 0, busy = 0;
  for (let k = 0; k < runs; k++) {
    const { report } = await run(recorder);
    elapsed += report.elapsedMs;
    busy += report.workers.reduce((sum, { busyMs }) => sum + busyMs, 0);
    if (k + 1 === runs) dashboard?.finish(report);
  }
  const after = threadTimes(), aSecond = 1000 / elapsed;
  await dashboard?.close();
  told = await seen ?? told;
  return {
    elapsed,
    busy,
    workers: after.workers - before.workers,
    main: (after.main - before.main) * aSecond,
    others: (after.others - before.others) * aSecond,
  };
}

function figures(turns: readonly Turn[], field: keyof Turn): { middle: number; least: number; most: number } {
  const values = turns.map((each) => each[field]);
  return { middle: median(values) ?? NaN, least: Math.min(...values), most: Math.max(...values) };
}

async function compare(work: Work): Promise<void> {
  const kinds: readonly Kind[] = ["none", "alone", "read"];
  const turns: Record<Kind, Turn[]> = { none: [], alone: [], read: [] };
  await work.run(new RunRecorder({ tiles: false }));
  for (let round = 0; round < ROUNDS; round++) {
    // Another one is first each time.
    for (let k = 0; k < kinds.length; k++) {
      const kind = kinds[(k + round) % kinds.length];
      turns[kind].push(await turn(work, kind));
    }
  }
  console.log(`\n${work.title}: medians of ${ROUNDS} rounds, least and most in brackets`);
  const names = { none: "no dashboard", alone: "nobody looks", read: "another process reads" };
  for (const kind of kinds) {
    const cells = (["elapsed", "busy", "workers", "main", "others"] as const).map((field) => {
      const { middle, least, most } = figures(turns[kind], field), base = figures(turns.none, field).middle;
      const ratio = field === "main" || field === "others" ? "" : ` ×${(middle / base).toFixed(3)}`;
      return `${field} ${middle.toFixed(1)}${ratio} (${least.toFixed(1)}–${most.toFixed(1)})`;
    });
    console.log(`  ${names[kind].padEnd(22)} ${cells.join("   ")}`);
  }
  console.log(`  the reader was told ${told}`);
}

const workers = navigator.hardwareConcurrency;
await using pool = new WorkerPool({ workers });
console.log(
  `${workers} workers on ${workers} cores; elapsed and the workers' busy time in ms, ` +
    "the main thread's time in ms a second",
);

const large = SharedNdArray.random([3000, 3000], { seed: 1 }), out = SharedNdArray.zeros([3000, 3000]);
await compare({
  title: "An expression, compiled, over 9,000,000 elements in 90,000 tiles, 30 times",
  runs: 30,
  run: (recorder) =>
    tiledMap("out = exp(sin(large) * cos(large)) + log(large + 1) ** 1.7 + tan(large)", {
      inputs: { large },
      outputs: { out },
      tile: [10, 10],
      pool,
      exact: true,
      recorder,
    }),
});

const [tmp, rad, vpd] = Array.from({ length: 3 }, () => SharedNdArray.ones([2000, 2000]));
await compare({
  title: "A kernel module, called for each of 1,000,000 tiles of 2 × 2, 12 times",
  runs: 12,
  run: (recorder) =>
    tiledMap(new URL("./kernels/add.ts", import.meta.url), {
      inputs: { tmp, rad },
      outputs: { vpd },
      tile: [2, 2],
      pool,
      exact: true,
      recorder,
    }),
});
