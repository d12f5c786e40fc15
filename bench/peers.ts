/**
 * The same work in Python and here, in turn in one run, as one table.
 *
 * usage: deno task bench:peers [--skip-large] [--runs 11]
 *
 * Needs python3 with NumPy; without it, only the figures of this side are printed. `--skip-large` leaves out the
 * 365x512x512 grid, on which the Python script takes a minute or more, so that it runs there only once.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli/parse-args";

const args = parseArgs(Deno.args, { boolean: ["skip-large"], string: ["runs"], default: { runs: "11" } });
const runs = Number(args.runs);
const root = fileURLToPath(new URL("../", import.meta.url));

interface Outcome {
  readonly seconds: number;
  readonly stdout: string;
}

async function run(command: readonly string[]): Promise<Outcome> {
  const [program, ...rest] = command;
  const began = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(program, { args: rest, cwd: root }).output();
  const seconds = (performance.now() - began) / 1000;
  if (!success) throw new Error(`${command.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
  return { seconds, stdout: new TextDecoder().decode(stdout) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** The interpreter itself, not a script in front of it that would cost time, and its versions. */
async function findPython(): Promise<{ program: string; versions: string } | undefined> {
  const ask =
    "import sys, numpy; print(sys.executable, 'Python', sys.version.split()[0], 'NumPy', numpy.__version__)";
  for (const python of ["/usr/bin/python3", "python3"]) {
    try {
      const [program, ...versions] = (await run([python, "-c", ask])).stdout.trim().split(" ");
      return { program, versions: versions.join(" ") };
    } catch {
      // Not there, or without NumPy: try the next.
    }
  }
}

const deno = Deno.execPath();
const command = (...flags: string[]) => [deno, "run", "--allow-read", "cli.ts", ...flags];
const script = ["bench/peers/shared_memory_pool.py"];
const found = await findPython();
const python = found?.program;
const rows: string[][] = [];

function addRow(what: string, ours: string, theirs: string, ratio: string): void {
  rows.push([what, ours, theirs, ratio]);
}

const ms = (seconds: number) => `${(seconds * 1000).toFixed(0)} ms`;

const seconds = (value: number) =>
  Number.isNaN(value) ? "" : value < 10 ? ms(value) : `${value.toFixed(1)} s`;
const times = (value: number) => Number.isNaN(value) ? "" : `${value.toFixed(value < 10 ? 1 : 0)}x`;

for (const workers of ["10", "2"]) {
  const job = ["--shape", "365,16,16", "--tile", "4,4", "--workers", workers];
  const { workersUsed } = JSON.parse((await run(command(...job, "--json"))).stdout);
  const taken: Record<"here" | "exact" | "there", number[]> = { here: [], exact: [], there: [] };
  for (let k = -1; k < runs; k++) {
    const here = (await run(command(...job))).seconds;
    const exact = (await run(command(...job, "--exact"))).seconds;
    const there = python === undefined ? NaN : (await run([python, ...script, ...job])).seconds;
    // The first of each warms the caches.
    if (k < 0) continue;
    taken.here.push(here);
    taken.exact.push(exact);
    taken.there.push(there);
  }
  const what = `365x16x16, tiles 365x4x4, whole process, ${workers} workers`;
  for (
    const [which, how] of [["here", `${workersUsed || "none"} used`], [
      "exact",
      "all used: `--exact`",
    ]] as const
  ) {
    const ratio = median(taken[which].map((here, k) => taken.there[k] / here));
    addRow(`${what} (${how})`, seconds(median(taken[which])), seconds(median(taken.there)), times(ratio));
  }
}

if (!args["skip-large"]) {
  const grid: Record<string, number[]> = JSON.parse(
    (await run([deno, "run", "--allow-read", "bench/large_grid.ts"])).stdout,
  );
  let theirs = NaN;
  if (python !== undefined) {
    const job = ["--shape", "365,512,512", "--tile", "4,4", "--workers", "2"];
    theirs = JSON.parse((await run([python, ...script, ...job])).stdout).seconds[0];
  }
  const kinds = [
    ["expression", "an expression"],
    ["add_elementwise", "module kernel declared elementwise"],
    ["add", "module kernel, a call for each tile"],
  ];
  for (const [name, what] of kinds) {
    const ours = median(grid[name]) / 1000;
    addRow(
      `365x512x512, tiles 365x4x4, 2 workers, ${what}`,
      seconds(ours),
      seconds(theirs),
      times(theirs / ours),
    );
  }
}

const report = JSON.parse((await run(command("--shape", "365,128,128", "--workers", "2", "--json"))).stdout);
const beyond = (report.memory.peak - report.memory.shared) / 1e6;
addRow(
  `365x128x128, 2 workers: peak resident bytes less the arrays (${report.workersUsed} workers used)`,
  `${beyond.toFixed(0)} MB`,
  "",
  "",
);
addRow("the same: bytes copied", `${report.memory.copied}`, "", "");

console.log(
  `Deno ${Deno.version.deno}, ${
    found?.versions ?? "no Python with NumPy"
  }, ${navigator.hardwareConcurrency} cores\n`,
);
console.log("| figure | here | Python | Python / here |\n|---|---|---|---|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
