/**
 * The same work in Python and here, in turn in one run, as one table.
 *
 * usage: deno task bench:peers [--skip-large] [--runs 11]
 *
 * Needs python3 with NumPy; without it, only the figures of this side are printed. `--skip-large` leaves out the
 * 365x512x512 grid, on which the Python script takes a minute or more.
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

for (const workers of ["10", "2"]) {
  const job = ["--shape", "365,16,16", "--tile", "4,4", "--workers", workers];
  const ours: number[] = [], theirs: number[] = [];
  for (let k = -1; k < runs; k++) {
    const here = (await run(command(...job))).seconds;
    const there = python === undefined ? NaN : (await run([python, ...script, ...job])).seconds;
    // The first of each warms the caches.
    if (k >= 0) {
      ours.push(here);
      theirs.push(there);
    }
  }
  const ratio = median(ours.map((here, k) => theirs[k] / here));
  addRow(
    `365x16x16, tiles 365x4x4, whole process, ${workers} workers`,
    ms(median(ours)),
    ms(median(theirs)),
    `${ratio.toFixed(2)}x`,
  );
}

if (!args["skip-large"]) {
  const times: Record<string, number[]> = JSON.parse(
    (await run([deno, "run", "--allow-read", "bench/large_grid.ts"])).stdout,
  );
  let theirs = NaN;
  if (python !== undefined) {
    const job = ["--shape", "365,512,512", "--tile", "4,4", "--workers", "2"];
    theirs = JSON.parse((await run([python, ...script, ...job])).stdout).seconds[0];
  }
  for (const [name, what] of [["add_elementwise", "declared elementwise"], ["add", "a call for each tile"]]) {
    const ours = median(times[name]) / 1000;
    addRow(
      `365x512x512, tiles 365x4x4, 2 workers, module kernel ${what}`,
      ms(ours),
      `${theirs.toFixed(1)} s`,
      `${(theirs / ours).toFixed(0)}x`,
    );
  }
}

const report = JSON.parse((await run(command("--shape", "365,128,128", "--workers", "2", "--json"))).stdout);
const beyond = (report.memory.highWater - report.memory.shared) / 1e6;
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
