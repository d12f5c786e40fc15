/**
 * Making, copying and drawing arrays in NumPy and here, in turn in one run, as one table.
 *
 * usage: deno task bench:arrays [--runs 5]
 *
 * Needs python3 with NumPy. Both sides print the seconds that the work took within a process, so that starting it does
 * not count.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli/parse-args";
import { concat, SharedNdArray } from "../mod.ts";

const args = parseArgs(Deno.args, { string: ["runs"], default: { runs: "5" } });
const runs = Number(args.runs);

const COUNT = 48_000_000, SIDE = 4096;

/** What both sides do, by name. NumPy allocates each result anew, unless its name says otherwise. */
const PYTHON = `
import json, sys, time
import numpy as np
count, side = ${COUNT}, ${SIDE}
rng = np.random.default_rng(1)
grid = np.ones((side, side), "f4")
small = np.random.default_rng(1).random((365, 256, 256))
work = {
  "random": lambda: rng.random(count),
  "random float32": lambda: rng.random(count, dtype="f4"),
  "normal": lambda: rng.standard_normal(count // 4),
  "transposed copy": lambda: np.ascontiguousarray(grid.T),
  "astype": lambda: small.astype("f4"),
  "concat": lambda: np.concatenate([small, small]),
}
print("ready", flush=True)
for line in sys.stdin:
  do = work[line.strip()]
  began = time.perf_counter()
  made = do()
  print(time.perf_counter() - began, flush=True)
  del made
`;

const grid = SharedNdArray.ones([SIDE, SIDE], { dtype: "float32" });
const small = SharedNdArray.random([365, 256, 256], { seed: 1 });

const work: Record<string, () => SharedNdArray> = {
  "random": () => SharedNdArray.random([COUNT], { seed: 1 }),
  "random float32": () => SharedNdArray.random([COUNT], { dtype: "float32", seed: 1 }),
  "normal": () => SharedNdArray.random.normal([COUNT / 4], { seed: 1 }),
  "transposed copy": () => grid.transpose().copy(),
  "astype": () => small.astype("float32"),
  "concat": () => concat([small, small]),
};

const titles: Record<string, string> = {
  "random": "`random`, 48M float64",
  "random float32": "`random`, 48M float32",
  "normal": "`random.normal`, 12M float64",
  "transposed copy": "`copy` of a transposed 4096x4096 float32",
  "astype": "`astype` of 24M float64 to float32",
  "concat": "`concat` of two arrays of 191 MB",
};

/** A Python that answers each name with the seconds that its work took. */
class Peer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(program: string) {
    this.#process = new Deno.Command(program, { args: ["-c", PYTHON], stdin: "piped", stdout: "piped" })
      .spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("Python ended: is NumPy installed?");
      this.#rest += value;
    }
    const [line, ...others] = this.#rest.split("\n");
    this.#rest = others.join("\n");
    return line;
  }

  async seconds(name: string): Promise<number> {
    await this.#input.write(new TextEncoder().encode(`${name}\n`));
    return Number(await this.line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#process.status;
  }
}

function secondsHere(make: () => SharedNdArray, keep: SharedNdArray[]): number {
  const began = performance.now();
  keep.push(make());
  return (performance.now() - began) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** The interpreter itself, not a script in front of it that would cost time. */
function findPython(): string {
  for (const program of ["/usr/bin/python3", "python3"]) {
    try {
      const { success } = new Deno.Command(program, { args: ["-c", "import numpy"], stderr: "null" })
        .outputSync();
      if (success) return program;
    } catch {
      // Not there: try the next.
    }
  }
  throw new Error("Found no python3 with NumPy");
}

console.log(
  `${fileURLToPath(import.meta.url).split("/").at(-1)}: Deno ${Deno.version.deno}, ${runs} runs, medians\n`,
);
console.log("| work | NumPy | here, memory used again | ratio | here, new memory | ratio |");
console.log("|---|---|---|---|---|---|");
await using peer = new Peer(findPython());
await peer.line();
for (const [name, make] of Object.entries(work)) {
  const theirs: number[] = [], again: number[] = [], fresh: number[] = [];
  for (let run = -1; run < runs; run++) {
    const there = await peer.seconds(name);
    const kept: SharedNdArray[] = [];
    // The first array takes whatever memory is kept, and leaves its own; the next but one finds none that fits.
    const reused = secondsHere(make, kept), unused = secondsHere(make, kept);
    for (const array of kept.slice(0, 1)) array.dispose();
    if (run < 0) continue;
    theirs.push(there);
    again.push(reused);
    fresh.push(unused);
  }
  const ms = (seconds: readonly number[]) => `${(median(seconds) * 1000).toFixed(0)} ms`;
  const ratio = (ours: readonly number[]) => `${(median(ours) / median(theirs)).toFixed(2)}x`;
  console.log(
    `| ${titles[name]} | ${ms(theirs)} | ${ms(again)} | ${ratio(again)} | ${ms(fresh)} | ${ratio(fresh)} |`,
  );
}
