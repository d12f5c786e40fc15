/**
 * Expressions in C, numba, numexpr, NumPy and here, in turn in one run, as tables.
 *
 * usage: deno task bench:expressions [--runs 7] [--rounds 3]
 *
 * Each program measures within itself, after a warm-up, on two threads (NumPy has one); a round runs each program once,
 * and figures are medians over rounds. What is not installed is left out with a remark.
 */

import { fileURLToPath } from "node:url";
import { parseArgs } from "@std/cli/parse-args";

const args = parseArgs(Deno.args, { string: ["runs", "rounds"], default: { runs: "7", rounds: "3" } });
const rounds = Number(args.rounds);
const folder = fileURLToPath(new URL("./expressions_peers/", import.meta.url));

/** A figure whose rounds differ by more is marked. */
const UNSTEADY = 1.2;

/** What a program prints. */
interface Outcome {
  readonly seconds: Record<string, number>;
  readonly samples: Record<string, number>;
  readonly version: string;
  readonly remark?: string;
}

/** Titles of the work, in the order of the table. */
const WORK: Record<string, string> = {
  add: "`a + b`, 48M float64",
  vpd64: "vapour pressure formula, 48M float64",
  vpd32: "vapour pressure formula, 48M float32",
  polynomial: "polynomial of 12 operations, 48M float64",
  grid: "`tmp + rad`, 365x512x512 (here in tiles of 365x4x4)",
  small: "`a + b`, 32k float64, 10,000 calls",
};

/** Columns by the names of programs. */
const COLUMNS: Record<string, string> = {
  ours: "here",
  c: "C",
  fast: "C `-ffast-math`",
  numba: "numba",
  numexpr: "numexpr",
  numpy: "NumPy",
};

async function output(program: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { OMP_NUM_THREADS: "2", PYTHONDONTWRITEBYTECODE: "1" },
    cwd: folder,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr).trim().split("\n").at(-1));
  return new TextDecoder().decode(stdout);
}

/** A command for each program that is there. */
async function findPrograms(temporary: string): Promise<Map<string, readonly string[]>> {
  const programs = new Map<string, readonly string[]>();
  const attempt = async (name: string, find: () => Promise<readonly string[]>) => {
    try {
      programs.set(name, [...await find(), args.runs]);
    } catch (error) {
      console.error(`Without ${COLUMNS[name]}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const ours = [Deno.execPath(), "run", "--allow-read", `${folder}ours.ts`];
  await attempt("ours", () => Promise.resolve(ours));
  for (const [name, ...flags] of [["c"], ["fast", "-ffast-math", "-mprefer-vector-width=512"]]) {
    await attempt(name, async () => {
      const program = `${temporary}/${name}`;
      await output("gcc", ["-O3", "-march=native", "-fopenmp", ...flags, "kernels.c", "-o", program, "-lm"]);
      return [program];
    });
  }
  for (const name of ["numba", "numexpr", "numpy"]) {
    await attempt(name, async () => [await findPython(name), `${folder}${name}_peer.py`]);
  }
  return programs;
}

/** The interpreter itself, not a script in front of it that would cost time. */
async function findPython(library: string): Promise<string> {
  for (const program of ["/usr/bin/python3", "python3"]) {
    try {
      await output(program, ["-c", `import numpy, ${library}`]);
      return program;
    } catch {
      // Not there: try the next.
    }
  }
  throw new Error(`no python3 has ${library}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Runs all programs in turn, and gives what each printed, round by round. */
async function runAll(programs: ReadonlyMap<string, readonly string[]>): Promise<Map<string, Outcome[]>> {
  const outcomes = new Map<string, Outcome[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, [program, ...args]] of programs) {
      try {
        const outcome: Outcome = JSON.parse(await output(program, args));
        outcomes.set(name, [...outcomes.get(name) ?? [], outcome]);
      } catch (error) {
        console.error(`${COLUMNS[name]} failed: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  return outcomes;
}

/** All must have computed the same, apart from float32's few digits. */
function compareSamples(outcomes: ReadonlyMap<string, readonly Outcome[]>): void {
  const [first, ...others] = [...outcomes.entries()].map(([name, [{ samples }]]) => ({ name, samples }));
  for (const { name, samples } of others) {
    for (const [work, value] of Object.entries(samples)) {
      const error = Math.abs(value / first.samples[work] - 1);
      if (error > (work === "vpd32" ? 1e-6 : 1e-14)) {
        throw new Error(
          `${work} is ${value} in ${COLUMNS[name]} and ${first.samples[work]} in ${COLUMNS[first.name]}`,
        );
      }
    }
  }
}

const temporary = await Deno.makeTempDir({ prefix: "tilewise-expressions-" });
const outcomes = await findPrograms(temporary).then(runAll).finally(() =>
  Deno.remove(temporary, { recursive: true })
);
if (outcomes.size === 0) throw new Error("No program ran");
compareSamples(outcomes);

/** The seconds of some work in a program, round by round. */
function allSeconds(name: string, work: string): number[] {
  return (outcomes.get(name) ?? []).map((outcome) => outcome.seconds[work] ?? NaN);
}

/** The median seconds of some work in a program, NaN when it was not run. */
function seconds(name: string, work: string): number {
  return median(allSeconds(name, work)) ?? NaN;
}

/** How many times as long the slowest round took as the fastest: far above 1 when something else was running. */
function spread(name: string, work: string): number {
  const all = allSeconds(name, work);
  return Math.max(...all) / Math.min(...all);
}

const versions = [...outcomes.values()].map(([{ version }]) => version);
console.log(`${[...new Set(versions)].join(", ")}; ${navigator.hardwareConcurrency} cores\n`);
console.log(
  `Milliseconds, and how many times those here; ~ where rounds differ by more than ${UNSTEADY} times:\n`,
);
console.log(`| work | ${Object.values(COLUMNS).join(" | ")} |`);
console.log(`|---|${"---|".repeat(Object.keys(COLUMNS).length)}`);
for (const [work, title] of Object.entries(WORK)) {
  const cells = Object.keys(COLUMNS).map((name) => {
    const taken = seconds(name, work), ratio = taken / seconds("ours", work);
    if (Number.isNaN(taken)) return "";
    const ms = (taken * 1000).toFixed(taken < 0.1 ? 1 : 0) + (spread(name, work) > UNSTEADY ? "~" : "");
    return name === "ours" || Number.isNaN(ratio) ? ms : `${ms} (${ratio.toFixed(2)}x)`;
  });
  console.log(`| ${title} | ${cells.join(" | ")} |`);
}

/** The targets: a ratio, and what it shall be at most or at least. */
const TARGETS: readonly [what: string, ratio: number, limit: "at most" | "at least", value: number][] = [
  ["`a + b` to C", seconds("ours", "add") / seconds("c", "add"), "at most", 1.05],
  ["vapour pressure: numba to here", seconds("numba", "vpd64") / seconds("ours", "vpd64"), "at least", 2],
  ["vapour pressure: numexpr to here", seconds("numexpr", "vpd64") / seconds("ours", "vpd64"), "at least", 5],
  ["vapour pressure: NumPy to here", seconds("numpy", "vpd64") / seconds("ours", "vpd64"), "at least", 3.5],
  ["vapour pressure to C `-ffast-math`", seconds("ours", "vpd64") / seconds("fast", "vpd64"), "at most", 2.5],
  [
    "vapour pressure: float64 to float32",
    seconds("ours", "vpd64") / seconds("ours", "vpd32"),
    "at least",
    1.8,
  ],
  [
    "polynomial: numexpr to here",
    seconds("numexpr", "polynomial") / seconds("ours", "polynomial"),
    "at least",
    2,
  ],
  ["polynomial to C", seconds("ours", "polynomial") / seconds("c", "polynomial"), "at most", 1.3],
  ["grid in tiles to NumPy's one call", seconds("ours", "grid") / seconds("numpy", "grid"), "at most", 1.3],
];

console.log("\n| ratio | target | measured | met |\n|---|---|---|---|");
for (const [what, ratio, limit, value] of TARGETS) {
  const isMet = limit === "at most" ? ratio <= value : ratio >= value;
  const measured = Number.isNaN(ratio) ? "" : `${ratio.toFixed(2)}x`;
  console.log(`| ${what} | ${limit} ${value}x | ${measured} | ${measured && (isMet ? "yes" : "no")} |`);
}
const remark = outcomes.get("ours")?.at(-1)?.remark;
if (remark !== undefined) console.log(`\nHere, ${remark}.`);
