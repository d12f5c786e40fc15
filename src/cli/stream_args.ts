/**
 * The flags of stores and streams.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { ChunkCodec } from "../io/stored.ts";
import { nearest } from "../nearest.ts";
import type { Shard } from "../plan/shards.ts";
import { extents, integer, optional } from "./arg_values.ts";
import type { StreamWords } from "./args.ts";
import { type EngineShard, parseShard, resolveShard } from "./shard_env.ts";

/** What was asked for. */
export interface StreamArgs {
  /** Which part is computed here. */
  readonly shard?: Shard;
  /** Whether chunks that are there stay. */
  readonly resume: boolean;
  /** Whether outputs that are there are replaced. */
  readonly overwrite: boolean;
  readonly chunks?: readonly number[];
  readonly codec?: ChunkCodec;
  readonly level?: number;
  readonly zarrFormat?: 2 | 3;
}

const CODECS: readonly ChunkCodec[] = ["zstd", "blosc", "gzip", "none"];

/**
 * Reads the flags.
 *
 * @param words What was given.
 * @throws {UsageError} If one has a value that it cannot have, or two contradict each other.
 */
export function readStreamArgs(words: StreamWords): StreamArgs {
  const { resume, overwrite } = words;
  const shard = optional(words.shard, (text) => withOwner(resolveShard(parseShard(text))));
  if (overwrite && (resume || shard !== undefined)) {
    const other = resume ? "--resume" : "--shard";
    throw new UsageError(
      `--overwrite begins anew, and ${other} goes on with what is there: give one of them`,
    );
  }
  return {
    shard,
    resume,
    overwrite,
    chunks: optional(words.chunks, (text) => extents("--chunks", text)),
    codec: optional(words.codec, codec),
    level: optional(words.level, (text) => integer("--level", text)),
    zarrFormat: optional(words["zarr-format"], zarrFormat),
  };
}

function codec(text: string): ChunkCodec {
  const found = CODECS.find((name) => name === text);
  if (found !== undefined) return found;
  const meant = nearest(text, CODECS);
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  throw new UsageError(`--codec ${text} is unknown${hint}: expected one of ${CODECS.join(", ")}`);
}

/**
 * What `--missing` says of chunks that are not there.
 *
 * @param words What was given.
 * @throws {UsageError} If it is neither `fill` nor `error`.
 */
export function readMissing({ missing }: StreamWords): "fill" | "error" | undefined {
  if (missing === undefined || missing === "fill" || missing === "error") return missing;
  throw new UsageError(`--missing ${missing} is unknown: expected fill or error`);
}

function zarrFormat(text: string): 2 | 3 {
  if (text === "2") return 2;
  if (text === "3") return 3;
  throw new UsageError(`--zarr-format ${text} is not one that is written: expected 2 or 3`);
}

/**
 * Slurm runs a task of an array once at a time, so that one of the same number begins where its predecessor was killed.
 */
function withOwner(shard: Shard | EngineShard): Shard {
  const { index, count } = shard;
  if (!("engine" in shard) || shard.engine !== "Slurm") return { index, count };
  const job = Deno.env.get("SLURM_ARRAY_JOB_ID");
  if (job === undefined) return { index, count };
  return { index, count, owner: `slurm ${job}_${Deno.env.get("SLURM_ARRAY_TASK_ID")}` };
}
