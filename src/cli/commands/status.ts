/**
 * The command `status`: how far a run has come that writes to a store, from what is there.
 *
 * @module
 */

import { type Shape, showShape } from "../../array/layout/shape.ts";
import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import { FormatError, UsageError } from "../../errors.ts";
import { openArray } from "../../io/stored.ts";
import { LEDGER_FOLDER, recordOf } from "../../run/stream_ledger.ts";
import { type ReductionProgress, reductionProgress } from "../../run/streamed_reduce_ledger.ts";
import type { StoreLedger } from "../../store/driver.ts";
import type { StoredArray } from "../../store/stored_array.ts";
import type { CliIo } from "../cli_io.ts";
import { STATUS_FLAGS } from "../flags/command_flags.ts";
import { readWords } from "../flags/read_words.ts";
import { versioned } from "../report_json.ts";

/** How far an array has come. */
interface Status {
  readonly array: string;
  readonly dtype: string;
  readonly shape: Shape;
  readonly chunks: Shape;
  readonly total: number;
  readonly done: number;
  /** Keys of chunks that are not there; only the first. */
  readonly missing: readonly string[];
  /** What is left of chunks that somebody began to write. */
  readonly torn: readonly string[];
  /** What is wrong with chunks that cannot be read; null where nobody looked. */
  readonly damaged: readonly string[] | null;
  readonly fingerprint: string | null;
  /** Partial results of a reduction that is not combined yet; null where there is none. */
  readonly reduction: ReductionProgress | null;
  /** Shards that tasks are at, or were when they were killed. */
  readonly shards: readonly string[];
}

/** Chunks that a report names. */
const MOST_NAMED = 8;

/**
 * Runs `status`.
 *
 * @param words The words behind the command.
 * @param io Streams.
 * @returns The exit code.
 */
export async function runStatus(words: readonly string[], io: CliIo): Promise<number> {
  const { json, verify, places: [path, ...rest] } = readWords("status", STATUS_FLAGS, words);
  if (path === undefined || rest.length > 0) {
    throw new UsageError("status takes one array: tilewise status STORE.zarr/NAME");
  }
  using array = await openArray(path);
  if (array.ledger === undefined) {
    throw new UsageError(
      `${path} is no array of a Zarr store: only those know which of their chunks are done`,
    );
  }
  const status = await statusOf(array, array.ledger, verify, io.signal);
  io.stdout((json ? JSON.stringify(versioned(status, "status")) : statusText(status)) + "\n");
  // Where all chunks are there, a file that somebody who was killed left behind is none of them.
  const isWhole = status.done === status.total && (status.damaged ?? []).length === 0;
  return isWhole ? 0 : 1;
}

async function statusOf(
  array: StoredArray,
  ledger: StoreLedger,
  isVerified: boolean,
  signal: AbortSignal,
): Promise<Status> {
  const { present, torn } = await ledger.chunksPresent();
  const missing: string[] = [];
  let done = 0;
  present.forEach((isThere, chunk) => {
    if (isThere === 1) done++;
    else if (missing.length < MOST_NAMED) missing.push(ledger.chunkKey(chunk));
  });
  const shards = (await ledger.list(`${LEDGER_FOLDER}shard-`)).map(({ key }) =>
    key.slice(key.lastIndexOf("shard-")).replace(/^shard-(\d+)-of-(\d+)\.json$/, "$1/$2")
  );
  return {
    array: array.name,
    dtype: array.dtype,
    shape: array.shape,
    chunks: array.chunks,
    total: present.length,
    done,
    missing,
    torn,
    damaged: isVerified ? await damagedChunks(array, present, signal) : null,
    fingerprint: (await recordOf(array))?.fingerprint ?? null,
    reduction: await reductionProgress(array),
    shards,
  };
}

/** What reading each chunk that is there complains of. */
async function damagedChunks(
  array: StoredArray,
  present: Uint8Array,
  signal: AbortSignal,
): Promise<string[]> {
  const damaged: string[] = [], { shape, chunks } = array;
  const grid = shape.map((extent, axis) => Math.ceil(extent / chunks[axis]));
  for (let chunk = 0; chunk < present.length; chunk++) {
    if (present[chunk] === 0) continue;
    signal.throwIfAborted();
    const coords: number[] = [];
    for (let axis = grid.length - 1, rest = chunk; axis >= 0; axis--) {
      coords.unshift(rest % grid[axis]);
      rest = Math.floor(rest / grid[axis]);
    }
    const origin = coords.map((k, axis) => k * chunks[axis]);
    const extents = origin.map((start, axis) => Math.min(chunks[axis], shape[axis] - start));
    try {
      const read: SharedNdArray = await array.read({ origin, shape: extents });
      read.dispose();
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      damaged.push(error.message);
    }
  }
  return damaged;
}

function statusText(status: Status): string {
  const { array, dtype, shape, chunks, total, done, missing, torn, damaged, fingerprint, shards, reduction } =
    status;
  const percent = total === 0 ? 100 : Math.floor(100 * done / total);
  const more = (count: number, names: readonly string[]) =>
    `${names.slice(0, MOST_NAMED).join(", ")}${count > Math.min(names.length, MOST_NAMED) ? ", …" : ""}`;
  return [
    `${array}: ${dtype} ${showShape(shape)} in chunks of ${showShape(chunks)}`,
    `done     ${done} of ${total} chunks (${percent} %)`,
    ...(done < total ? [`missing  ${total - done}: ${more(total - done, missing)}`] : []),
    ...(torn.length > 0 ? [`torn     ${torn.length}: ${more(torn.length, torn)}`] : []),
    ...(damaged === null
      ? []
      : [`damaged  ${damaged.length}${damaged.length === 0 ? "" : `: ${more(damaged.length, damaged)}`}`]),
    ...(reduction === null ? [] : [
      `partial  ${reduction.done} of ${reduction.total} results of the ${reduction.name}, to be combined`,
    ]),
    ...(shards.length > 0 ? [`shards   at work, or killed: ${more(shards.length, shards)}`] : []),
    ...(fingerprint === null ? [] : [`run      ${fingerprint}`]),
  ].join("\n");
}
