/**
 * Runs that fail, each in a process of its own: see `scripts/failing_run.ts`.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Isolation } from "../../mod.ts";

/** What is run: 8 tiles on two workers, and then 8 tiles more on the same pool. */
export interface FailingRun {
  /** The module that fails. */
  readonly kernel: string;
  /** The module of the run after it, which does not. */
  readonly good: string;
  readonly isolation: Isolation;
  readonly heapLimit?: number;
  readonly sandbox?: boolean;
  readonly tileTimeout?: number;
  readonly loadTimeout?: number;
  readonly retries?: number;
  /** When a signal is aborted, or that the pool is closed during the run. */
  readonly abort?: "before" | "during" | "after" | "close";
  /** Whether the output is an input, too. */
  readonly inPlace?: boolean;
  /** Milliseconds between the runs. */
  readonly pauseMs?: number;
  /** Whether the script ends its process itself. */
  readonly exits?: boolean;
}

/** What was thrown. */
export interface ThrownFindings {
  readonly name: string;
  readonly message: string;
  readonly tile?: number | null;
  readonly worker?: number;
  readonly url?: string;
  readonly cause?: string;
  readonly errors?: readonly ThrownFindings[];
}

/** What came of it. */
export interface RunFindings {
  readonly thrown: ThrownFindings | null;
  /** Milliseconds from the cause to the end of the promise. */
  readonly settledMs: number;
  readonly values: readonly number[];
  readonly tiles: { readonly done: number; readonly is3Done: boolean } | null;
  /** Whether tiles that are said to be done are; null where nothing is said. */
  readonly areTilesTrue: boolean | null;
  /** Whether the error leads to the tiles, too. */
  readonly isKnownByError: boolean;
  /** How many calls of tile 3 were counted. */
  readonly calls: number;
  readonly retried: number | null;
  /** What calls returned, in tile order. */
  readonly returned: readonly unknown[];
  readonly notes: readonly string[];
  /** The run after it. */
  readonly next: { readonly isRight: boolean; readonly workers: number };
  /** How many listeners the signal of both runs has left. */
  readonly listeners: number;
  /** When the script was done, as `Date.now()` tells time. */
  readonly endedAt: number;
}

/** How a process ended. */
export interface Ending {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
  /** When, as `Date.now()` tells time. */
  readonly at: number;
  readonly tookMs: number;
}

/** Milliseconds after which a process counts as hung. */
const DEADLINE_MS = 15_000;

const root = new URL("../../", import.meta.url);

/**
 * Runs a script in a process of its own.
 *
 * @param script Its name in `scripts/`.
 * @param args Its arguments.
 * @param flags Further flags of `deno run`.
 */
export async function runScript(
  script: string,
  args: readonly string[],
  flags: readonly string[] = ["--allow-read"],
): Promise<Ending> {
  const deadline = AbortSignal.timeout(DEADLINE_MS), began = Date.now();
  const file = new URL(`scripts/${script}`, import.meta.url).href;
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "--no-check", "--no-prompt", ...flags, file, ...args],
    cwd: root,
    env: { NO_COLOR: "1" },
    signal: deadline,
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  const at = Date.now();
  assert(!deadline.aborted, `it did not end within ${DEADLINE_MS} ms; it wrote ${out} ${err}`);
  return { code, signal, stdout: out, stderr: err, at, tookMs: at - began };
}

/** The URL of a kernel in `tests/kernels/failing/`. */
export function failingKernel(name: string): string {
  return new URL(`../kernels/failing/${name}`, import.meta.url).href;
}

/** The URL of the kernel that has a fault on tile 3. */
export function faulty(fault: string): string {
  return failingKernel(`fault.ts?${fault}`);
}

/** Something that is tried, by its name. */
export interface Case {
  readonly name: string;
  /** Tries it, and asserts what should come of it. */
  attempt(): Promise<void>;
}

/**
 * Tries cases, two at a time.
 *
 * @param cases The cases.
 * @throws {Error} Naming all that did not do what they should.
 */
export async function tryAll(cases: readonly Case[]): Promise<void> {
  const waiting = [...cases], wrong: string[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await next.attempt();
      } catch (error) {
        wrong.push(`${next.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  await Promise.all([work(), work()]);
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${cases.length} cases\n${wrong.join("\n")}`);
}

/**
 * Writes a figure to the file that the environment names, if it names one.
 *
 * @param figure The figure.
 */
export async function keepFigure(figure: Readonly<Record<string, unknown>>): Promise<void> {
  const file = Deno.env.get("FAILURE_FIGURES");
  if (file !== undefined) await Deno.writeTextFile(file, `${JSON.stringify(figure)}\n`, { append: true });
}
