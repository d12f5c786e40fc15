/**
 * The same work in several programs, in turn in one run, as tables: what the tables of expression_peers.ts and
 * neighbour_peers.ts have in common.
 *
 * Each program measures within itself, after a warm-up, and prints one line of JSON (`Outcome`); a round runs each
 * program once, and figures are medians over rounds.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";

/** A figure whose rounds differ by more is marked. */
const UNSTEADY = 1.2;

/** What a program prints. */
export interface Outcome {
  /** The median seconds of each kind of work. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Numbers from the results, by which one sees that all programs have computed the same. */
  readonly samples: Readonly<Record<string, number>>;
  /** What was measured, such as "NumPy 1.24.2". */
  readonly version: string;
  /** A sentence to go below the tables. */
  readonly remark?: string;
}

/** What is compared. */
export interface Comparison {
  /** The folder of the programs, where they are run. */
  readonly folder: string;
  /**
   * Titles of the programs by their names, in the order of the columns. What the others are compared with is `ours`.
   */
  readonly columns: Readonly<Record<string, string>>;
  /** Titles of the work by name, in the order of the rows. */
  readonly work: Readonly<Record<string, string>>;
  /** The relative error that a sample may have against another program's. */
  readonly tolerance: (sample: string) => number;
}

/** A target: a ratio, and what it shall be at most or at least. */
export type Target = readonly [what: string, ratio: number, limit: "at most" | "at least", value: number];

/**
 * The middle one of some numbers.
 *
 * @param values The numbers.
 * @returns The upper one of two in the middle; undefined for none.
 */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Programs that do the same work, and what they printed. */
export class Peers {
  readonly #comparison: Comparison;
  readonly #runs: string;
  readonly #rounds: number;
  readonly #programs = new Map<string, readonly string[]>();
  readonly #outcomes = new Map<string, Outcome[]>();

  /**
   * Nothing is run yet.
   *
   * @param comparison What is compared; how often is in the options `--runs` and `--rounds` of the command line.
   */
  constructor(comparison: Comparison) {
    const args = parseArgs(Deno.args, { string: ["runs", "rounds"], default: { runs: "7", rounds: "3" } });
    this.#comparison = comparison;
    this.#runs = args.runs;
    this.#rounds = Number(args.rounds);
  }

  /**
   * Finds a program, or leaves it out with a remark.
   *
   * @param name Its name, a key of the columns.
   * @param find Gives its command.
   */
  async add(name: string, find: () => readonly string[] | Promise<readonly string[]>): Promise<void> {
    try {
      this.#programs.set(name, [...await find(), this.#runs]);
    } catch (error) {
      console.error(`Without ${this.#comparison.columns[name]}: ${messageOf(error)}`);
    }
  }

  /**
   * Adds a program of this package, run by Deno.
   *
   * @param name Its name.
   * @param file Its file in the folder.
   */
  async addOurs(name: string, file: string): Promise<void> {
    await this.add(name, () => [Deno.execPath(), "run", "--allow-read", `${this.#comparison.folder}${file}`]);
  }

  /**
   * Adds a program of Python.
   *
   * @param name Its name.
   * @param file Its file in the folder.
   * @param library What it imports besides NumPy.
   */
  async addPython(name: string, file: string, library: string): Promise<void> {
    await this.add(name, async () => [await this.#findPython(library), `${this.#comparison.folder}${file}`]);
  }

  /**
   * Compiles a program of C and adds it.
   *
   * @param name Its name.
   * @param file Its file in the folder.
   * @param temporary A folder for what is compiled.
   * @param flags Flags besides those for optimising, for this machine and for OpenMP.
   */
  async addC(name: string, file: string, temporary: string, flags: readonly string[] = []): Promise<void> {
    await this.add(name, async () => {
      const program = `${temporary}/${name}`;
      await this.#output("gcc", ["-O3", "-march=native", "-fopenmp", ...flags, file, "-o", program, "-lm"]);
      return [program];
    });
  }

  /**
   * Runs all programs in turn, round by round, on two threads.
   *
   * @throws {Error} If none ran, or two have not computed the same.
   */
  async run(): Promise<void> {
    for (let round = 0; round < this.#rounds; round++) {
      for (const [name, [program, ...args]] of this.#programs) {
        try {
          const outcome: Outcome = JSON.parse(await this.#output(program, args));
          this.#outcomes.set(name, [...this.#outcomes.get(name) ?? [], outcome]);
        } catch (error) {
          console.error(`${this.#comparison.columns[name]} failed: ${messageOf(error)}`);
        }
      }
    }
    if (this.#outcomes.size === 0) throw new Error("No program ran");
    this.#compareSamples();
  }

  /**
   * How long some work took.
   *
   * @param name The program.
   * @param work The work.
   * @returns The median seconds, NaN when it was not run.
   */
  seconds(name: string, work: string): number {
    return median(this.#allSeconds(name, work)) ?? NaN;
  }

  /**
   * What a program has to say besides.
   *
   * @param name The program.
   */
  remark(name: string): string | undefined {
    return this.#outcomes.get(name)?.at(-1)?.remark;
  }

  /** Prints who took part, and how long each took. */
  printTimes(): void {
    const { columns, work } = this.#comparison;
    const versions = [...this.#outcomes.values()].map(([{ version }]) => version);
    console.log(`${[...new Set(versions)].join(", ")}; ${navigator.hardwareConcurrency} cores\n`);
    console.log(
      `Milliseconds, and how many times those here; ~ where rounds differ by more than ${UNSTEADY} times:\n`,
    );
    console.log(`| work | ${Object.values(columns).join(" | ")} |`);
    console.log(`|---|${"---|".repeat(Object.keys(columns).length)}`);
    for (const [name, title] of Object.entries(work)) {
      const cells = Object.keys(columns).map((program) => this.#cell(program, name));
      console.log(`| ${title} | ${cells.join(" | ")} |`);
    }
  }

  #cell(name: string, work: string): string {
    const taken = this.seconds(name, work), ratio = taken / this.seconds("ours", work);
    if (Number.isNaN(taken)) return "";
    const ms = (taken * 1000).toFixed(taken < 0.1 ? 1 : 0) + (this.#spread(name, work) > UNSTEADY ? "~" : "");
    return name === "ours" || Number.isNaN(ratio) ? ms : `${ms} (${ratio.toFixed(2)}x)`;
  }

  /** All must have computed the same, as far as their dtypes go. */
  #compareSamples(): void {
    const { columns, tolerance } = this.#comparison;
    const [first, ...others] = [...this.#outcomes].map(([name, [{ samples }]]) => ({ name, samples }));
    for (const { name, samples } of others) {
      for (const [what, value] of Object.entries(samples)) {
        const expected = first.samples[what];
        const error = value === expected ? 0 : Math.abs(value / expected - 1);
        // Also where the first program has no such sample.
        if (!(error <= tolerance(what))) {
          throw new Error(
            `${what} is ${value} in ${columns[name]} and ${expected} in ${columns[first.name]}`,
          );
        }
      }
    }
  }

  /** The seconds of some work in a program, round by round. */
  #allSeconds(name: string, work: string): number[] {
    return (this.#outcomes.get(name) ?? []).map(({ seconds }) => seconds[work] ?? NaN);
  }

  /** How many times as long the slowest round took as the fastest: far above 1 when something else was running. */
  #spread(name: string, work: string): number {
    const all = this.#allSeconds(name, work);
    return Math.max(...all) / Math.min(...all);
  }

  async #output(program: string, args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      env: { OMP_NUM_THREADS: "2", PYTHONDONTWRITEBYTECODE: "1", NO_COLOR: "1" },
      cwd: this.#comparison.folder,
    }).output();
    if (!success) throw new Error(reasonIn(new TextDecoder().decode(stderr)));
    return new TextDecoder().decode(stdout);
  }

  /** The interpreter itself, not a script in front of it that would cost time. */
  async #findPython(library: string): Promise<string> {
    for (const program of ["/usr/bin/python3", "python3"]) {
      try {
        await this.#output(program, ["-c", `import numpy, ${library}`]);
        return program;
      } catch {
        // Not there: try the next.
      }
    }
    throw new Error(`no python3 has ${library}`);
  }
}

/** Why a program failed: Deno says so in a line of its own, others in the last one. */
function reasonIn(text: string): string | undefined {
  const lines = text.trim().split("\n");
  return lines.find((line) => line.startsWith("error: ")) ?? lines.at(-1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Prints which targets are met.
 *
 * @param targets Ratios and their limits; a ratio of NaN was not measured.
 */
export function printTargets(targets: readonly Target[]): void {
  console.log("\n| ratio | target | measured | met |\n|---|---|---|---|");
  for (const [what, ratio, limit, value] of targets) {
    const isMet = limit === "at most" ? ratio <= value : ratio >= value;
    const measured = Number.isNaN(ratio) ? "" : `${ratio.toFixed(2)}x`;
    console.log(`| ${what} | ${limit} ${value}x | ${measured} | ${measured && (isMet ? "yes" : "no")} |`);
  }
}

/**
 * Does something with a folder that is removed afterwards.
 *
 * @param work What to do.
 */
export async function withTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "tilewise-peers-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
