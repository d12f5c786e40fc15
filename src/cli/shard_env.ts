/**
 * Which part of a job a process computes, when several processes share the job: what `--shard` says, or what the
 * engine that started the process has told it in its environment.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { ENGINES, type EngineTask, LAUNCHERS } from "./shard_engines.ts";

/** One of the parts of a job. */
export interface Shard {
  /** Which one, from 0. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
}

/** A shard that an engine told of. */
export interface EngineShard extends Shard {
  /** The engine's name, such as `Slurm`. */
  readonly engine: string;
}

/** What `--shard` says: which shard, or that the engine knows, and how many there are if the engine does not. */
export type ShardChoice = Shard | { readonly auto: true; readonly count?: number };

/** Reads a variable of the environment. */
export type ReadEnv = (name: string) => string | undefined;

/** The variable that says how many shards there are, where neither the engine nor the command line does. */
const COUNT_VARIABLE = "TILEWISE_SHARDS";

const EXPECTED = "expected 3/64 (the fourth of 64), auto, or auto/64";

/**
 * What `--shard` asks for.
 *
 * @param text `3/64`: shards are counted from 0, so that the last of 64 is `63/64`. `auto`: the engine says which, and
 * of how many. `auto/64`: the engine says which.
 * @throws {UsageError} If it is none of these.
 */
export function parseShard(text: string): ShardChoice {
  const [, word, total] = /^\s*(auto|\d+)\s*(?:\/\s*(\d+)\s*)?$/.exec(text) ?? [];
  if (word === undefined || (word !== "auto" && total === undefined)) {
    throw new UsageError(`--shard ${text} is no shard: ${EXPECTED}`);
  }
  const count = total === undefined ? undefined : wholeNumber(`--shard ${text}`, total);
  if (count === 0) throw new UsageError(`--shard ${text} has no shards: ${EXPECTED}`);
  if (word === "auto") return count === undefined ? { auto: true } : { auto: true, count };
  const index = wholeNumber(`--shard ${text}`, word);
  if (count === undefined || index >= count) {
    throw new UsageError(`--shard ${text} is beyond the last shard, which is ${Number(total) - 1}/${total}`);
  }
  return { index, count };
}

/**
 * The shard that was asked for, whoever knows it.
 *
 * @param choice What `--shard` says.
 * @param env Reads the environment. Not called where `--shard` says all.
 * @throws {UsageError} If the environment does not say what it should.
 */
export function resolveShard(choice: ShardChoice, env: ReadEnv = readEnvironment): Shard | EngineShard {
  return "auto" in choice ? shardFromEnv(env, choice.count) : choice;
}

/**
 * The shard of the task that the environment tells of.
 *
 * Job arrays go before process launchers, because the tasks of an array may use a launcher; among these, the `srun` of
 * Slurm comes last, because other launchers use it to start themselves. A launcher that started several processes
 * inside one task of an array is refused: they would all compute the same.
 *
 * Where the count is given (here, or by `TILEWISE_SHARDS`), the task's number is the shard's, counted from the first
 * number that the engine gives out: 0, and for Grid Engine and LSF 1. So a part of an array can be submitted again,
 * as with `sbatch --array=3,17` and `--shard auto/64`.
 *
 * @param env Reads a variable of the environment.
 * @param given How many shards there are, where that is known already.
 * @throws {UsageError} If it does not tell of one, or not how many there are, or if it contradicts itself.
 */
export function shardFromEnv(env: ReadEnv, given?: number): EngineShard {
  const array = firstTask(ENGINES, env), ranks = firstTask(LAUNCHERS, env);
  const found = array ?? ranks;
  if (found === undefined) {
    const outside = env("SLURM_JOB_ID") === undefined
      ? ""
      : ": this is a job of Slurm, but neither a task of an array (sbatch --array) nor of srun";
    throw new UsageError(
      `--shard auto found no task of an array in the environment${
        outside ||
        " (Slurm, AWS Batch, Kubernetes, PBS, Grid Engine, LSF, Open MPI or PMI): say which, as in --shard 3/64"
      }`,
    );
  }
  if (array !== undefined && ranks !== undefined && (ranks.task.count ?? 1) > 1) {
    throw new UsageError(
      `--shard auto found rank ${ranks.task.id} of ${ranks.task.count} of ${ranks.engine} inside task ${array.task.id} ` +
        `of ${array.engine}: start one process a task, or say --shard N/M`,
    );
  }
  return shardOf(found.engine, found.task, given ?? countFromEnv(env));
}

/** An engine, and what the environment says of its task. */
interface FoundTask {
  readonly engine: string;
  readonly task: EngineTask;
}

function firstTask(engines: typeof ENGINES, env: ReadEnv): FoundTask | undefined {
  for (const { name, read } of engines) {
    const task = read((variable) => {
      const text = env(variable);
      return text === undefined || text === "" ? undefined : wholeNumber(variable, text);
    }, env);
    if (task !== undefined) return { engine: name, task };
  }
  return undefined;
}

/** The shard of a task, whose numbers need not begin at 0 nor be dense. */
function shardOf(engine: string, task: EngineTask, given: number | undefined): EngineShard {
  const { id, first, step, count, isWhole } = task;
  if (given === undefined) {
    if (count === undefined) {
      throw new UsageError(
        `${engine} does not tell its tasks how many there are: say --shard auto/64, or set ${COUNT_VARIABLE}=64`,
      );
    }
    const index = (id - first) / step;
    if (Number.isInteger(index) && index >= 0 && index < count) return { engine, index, count };
    throw new UsageError(
      `The numbers of the ${count} tasks of this array of ${engine} are not evenly spaced (${id} is not): number ` +
        `them from 0 to ${
          count - 1
        }, or give the count, as in --shard auto/64, if they are part of a larger array`,
    );
  }
  if (isWhole && count !== given) {
    throw new UsageError(`${engine} has ${count} tasks, but --shard auto/${given} says ${given}`);
  }
  const base = task.base ?? 0, index = id - base;
  if (index >= 0 && index < given) return { engine, index, count: given };
  throw new UsageError(
    `Task ${id} of ${engine} is none of ${given} shards: number the tasks from ${base} to ${
      base + given - 1
    }`,
  );
}

function countFromEnv(env: ReadEnv): number | undefined {
  const text = env(COUNT_VARIABLE);
  if (text === undefined || text === "") return undefined;
  const count = wholeNumber(COUNT_VARIABLE, text);
  if (count === 0) throw new UsageError(`${COUNT_VARIABLE} is 0: expected how many shards there are`);
  return count;
}

function wholeNumber(name: string, text: string): number {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (Number.isSafeInteger(number)) return number;
  throw new UsageError(`${name} is ${JSON.stringify(text)}: expected a whole number`);
}

/**
 * Reads a variable of this process's environment.
 *
 * @param name The variable.
 * @throws {UsageError} If the process may not read it.
 */
export function readEnvironment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new UsageError(
      `--shard auto reads the task's number from the environment (${name}): allow that with --allow-env`,
    );
  }
}
