/**
 * Jobs of the tests: submitted, waited for, and looked at.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { succeed, until } from "./commands.ts";
import type { JobState, Slurm } from "./slurm.ts";

/** The project's folder. */
export const ROOT = new URL("../../", import.meta.url);
const SUBMIT = decodeURIComponent(new URL("deploy/slurm/submit.sh", ROOT).pathname);

/** The command, as tasks start it. */
export const COMMAND = [
  Deno.execPath(),
  ...["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-env"],
  decodeURIComponent(new URL("cli.ts", ROOT).pathname),
];

/** How long a job may take from its submission to its end. */
const JOB_MS = 240_000;

/** How long a task may take to its next sign of life. */
export const SIGN_MS = 90_000;

const FINAL = /^(COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL|OUT_OF_MEMORY|DEADLINE|BOOT_FAIL)/;

/** An array job and its last step. */
export interface Submitted {
  /** The number of the array job. */
  readonly array: string;
  /** The number of the last step. */
  readonly finish: string;
}

/**
 * Submits a job of some tasks, which have little memory: two of them run side by side on the one node.
 *
 * @param slurm The engine.
 * @param tasks How many tasks.
 * @param words The arguments of `map`.
 * @param only Which tasks, if not all.
 */
export async function submit(
  slurm: Slurm,
  tasks: number,
  words: readonly string[],
  only?: string,
): Promise<Submitted> {
  const env = { TILEWISE: COMMAND.join(" "), TILEWISE_FINISH_OPTIONS: "--mem=900M --time=10" };
  const { code, stdout, stderr } = await slurm.command(
    "bash",
    [SUBMIT, String(tasks), "--mem=900M", "--cpus-per-task=1", "--time=10", "--", ...words],
    only === undefined ? env : { ...env, TILEWISE_ONLY: only },
  );
  const [, array, finish] = /^array (\d+) finish (\d+)$/.exec(stdout) ?? [];
  assert(code === 0 && finish !== undefined, `submit.sh ended with ${code}: ${stderr || stdout}`);
  return { array, finish };
}

/**
 * Waits until a job and its last step have ended.
 *
 * @param slurm The engine.
 * @param job The job.
 * @returns The states of the tasks and of the last step.
 */
export async function ended(
  slurm: Slurm,
  { array, finish }: Submitted,
): Promise<{ tasks: JobState[]; last: JobState }> {
  return await until(`end of array ${array}`, async () => {
    const jobs = await slurm.jobs(), last = jobs.get(finish);
    const tasks = [...jobs.values()].filter(({ id }) => id.startsWith(`${array}_`));
    const all = last === undefined ? tasks : [...tasks, last];
    return last !== undefined && all.every(({ state }) => FINAL.test(state)) ? { tasks, last } : undefined;
  }, JOB_MS);
}

/**
 * What tasks and last steps have written, for messages.
 *
 * @param slurm The engine.
 */
export async function written(slurm: Slurm): Promise<string> {
  const texts: string[] = [];
  for await (const { name } of Deno.readDir(slurm.folder)) {
    if (!/^tilewise-.*\.log$/.test(name)) continue;
    texts.push(`--- ${name}\n${await Deno.readTextFile(`${slurm.folder}/${name}`)}`);
  }
  return texts.sort().join("\n");
}

/**
 * What a task or a last step has written.
 *
 * @param slurm The engine.
 * @param name `12_3` for the task 3 of the job 12.
 */
export async function logOf(slurm: Slurm, name: string): Promise<string> {
  return await Deno.readTextFile(`${slurm.folder}/tilewise-${name}.log`);
}

/**
 * Checks that a job and its last step have succeeded, and says what they wrote where not.
 *
 * @param slurm The engine.
 * @param job The job.
 * @param tasks How many tasks it has.
 */
export async function assertSucceeded(slurm: Slurm, job: Submitted, tasks: number): Promise<void> {
  const { tasks: states, last } = await ended(slurm, job);
  const seen = [...states, last].map(({ state }) => state);
  assertEquals(seen, Array(tasks + 1).fill("COMPLETED"), await written(slurm));
}

/**
 * Runs the command on this machine alone.
 *
 * @param folder Where it runs.
 * @param words Its words.
 */
export async function alone(folder: string, ...words: string[]): Promise<string> {
  const [program, ...args] = COMMAND;
  return await succeed(program, [...args, ...words], { cwd: folder, ms: SIGN_MS });
}

/**
 * What the processes of a job write, a line each.
 *
 * @param slurm The engine.
 * @param options Options of sbatch.
 * @param command What the job runs.
 */
export async function linesOf(slurm: Slurm, options: readonly string[], command: string): Promise<string[]> {
  const { folder } = slurm, log = `${folder}/lines-%A_%a_%j.log`;
  const args = ["--parsable", "--mem=500M", "--time=5", "--output", log, ...options, "--wrap", command];
  const { code, stdout, stderr } = await slurm.command("sbatch", args);
  assertEquals([code, stderr], [0, ""]);
  const job = stdout.split(";")[0];
  await until(`end of job ${job}`, async () => {
    const states = [...(await slurm.jobs()).values()].filter(({ id }) => id.split("_")[0] === job);
    return states.length > 0 && states.every(({ state }) => FINAL.test(state)) ? true : undefined;
  }, JOB_MS);
  const lines: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.startsWith(`lines-${job}_`)) continue;
    lines.push(...(await Deno.readTextFile(`${folder}/${name}`)).trim().split("\n"));
  }
  return lines.sort();
}
