/**
 * What is known of a stream's chunks before it begins: which are done by an earlier run of the same computation, and
 * whether somebody else is at the same part.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { StoreError } from "../errors.ts";
import type { Shard } from "../plan/shards.ts";
import { tileAt, type TilePlan } from "../plan/tile_plan.ts";
import { RUN_ATTRIBUTE, RUN_RECORD, type StoreLedger } from "../store/driver.ts";
import { StoredArray } from "../store/stored_array.ts";
import type { TileRange } from "./control_block.ts";

/** Where a store keeps what it knows of runs, beside an array's chunks. */
export const LEDGER_FOLDER = ".tilewise/";

const PLAN_KEY = RUN_RECORD;

/** What is written down of a run. */
export interface RunRecord {
  /** Identifies the computation; null where chunks are of several. */
  readonly fingerprint: string | null;
  /** The extents of the blocks that shards divide among themselves. */
  readonly block: Shape;
}

/** A stored output with its ledger. */
interface Kept {
  readonly name: string;
  readonly array: StoredArray;
  readonly ledger: StoreLedger;
}

function keptOutputs(outputs: Readonly<Record<string, SharedNdArray | StoredArray>>): Kept[] {
  return Object.entries(outputs).flatMap(([name, array]) =>
    array instanceof StoredArray && array.ledger !== undefined ? [{ name, array, ledger: array.ledger }] : []
  );
}

/**
 * The fingerprint of a computation.
 *
 * @param identity What identifies it: plain data.
 */
export async function fingerprintOf(identity: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(identity));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hash.slice(0, 16).toHex();
}

/**
 * Writes down which computation the outputs are of, or refuses them where they are of another one.
 *
 * @param outputs The outputs by name.
 * @param record What is to be written down.
 * @param wishes Whether chunks that are there are kept.
 * @returns What holds: for shards the blocks that the first task has chosen.
 * @throws {StoreError} If an output has chunks of another computation, or cannot tell.
 */
export async function recordRun(
  outputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  record: RunRecord,
  { resume }: { readonly resume: boolean },
): Promise<RunRecord> {
  const kept = keptOutputs(outputs);
  if (resume) {
    const other = Object.entries(outputs).find(([name]) => kept.every((own) => own.name !== name));
    if (other !== undefined) {
      throw new StoreError(
        `Output ${
          other[0]
        } cannot be resumed: only arrays of Zarr stores know which of their chunks are done`,
      );
    }
  }
  let holds = record;
  for (const [k, { array, ledger }] of kept.entries()) {
    const before = await ledger.get(PLAN_KEY),
      known = before === undefined ? null : parseRecord(before, array.name);
    if (resume) {
      const agreed = known ?? await agree(ledger, record, array);
      requireSame(agreed, record, array.name);
      if (k === 0) holds = agreed;
    } else {
      const { present } = await ledger.chunksPresent();
      const fingerprint = present.includes(1) ? null : record.fingerprint;
      await ledger.put(PLAN_KEY, encodeRecord({ ...record, fingerprint }));
    }
    const own = { fingerprint: record.fingerprint, version: 1 };
    if (JSON.stringify(array.attributes[RUN_ATTRIBUTE]) !== JSON.stringify(own)) {
      await ledger.setAttributes({ [RUN_ATTRIBUTE]: own });
    }
  }
  return holds;
}

/** What the first of several tasks has written down, which may be this one. */
async function agree(
  ledger: StoreLedger,
  record: RunRecord,
  array: StoredArray,
): Promise<RunRecord> {
  const { present } = await ledger.chunksPresent();
  // Who resumes writes down what is computed before the first chunk: one that is there without that is of somebody else.
  if (present.includes(1) && await ledger.get(PLAN_KEY) === undefined) {
    throw new StoreError(
      `${array.name} has chunks of which nobody wrote down by what they were computed: it cannot be resumed; ` +
        "create it anew",
    );
  }
  if (await ledger.put(PLAN_KEY, encodeRecord(record), true)) return record;
  const first = await ledger.get(PLAN_KEY);
  if (first === undefined) {
    throw new StoreError(`${array.name}: ${PLAN_KEY} was there a moment ago and is gone`);
  }
  return parseRecord(first, array.name);
}

function requireSame(known: RunRecord, record: RunRecord, name: string): void {
  if (known.fingerprint === null) {
    throw new StoreError(
      `${name} cannot be resumed: a run has written over chunks that were there before; create it anew`,
    );
  }
  if (known.fingerprint === record.fingerprint) return;
  throw new StoreError(
    `${name} was computed by another kernel or from other inputs (fingerprint ${known.fingerprint}, here ${record.fingerprint}): ` +
      "resume with the same ones, or create it anew",
  );
}

function encodeRecord(record: RunRecord): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ version: 1, ...record }));
}

/**
 * Reads what was written down of a run.
 *
 * @param bytes The object.
 * @param name The array's name, for messages.
 * @throws {StoreError} If it is damaged.
 */
export function parseRecord(bytes: Uint8Array, name: string): RunRecord {
  try {
    const { fingerprint, block }: Record<string, unknown> = JSON.parse(new TextDecoder().decode(bytes));
    const isRight = (fingerprint === null || typeof fingerprint === "string") && Array.isArray(block) &&
      block.every((extent: unknown) => Number.isSafeInteger(extent));
    if (isRight) return { fingerprint, block };
  } catch {
    // Whatever it is, it is not ours.
  }
  throw new StoreError(`${name} has a damaged ${PLAN_KEY}: remove it, or create the array anew`, PLAN_KEY);
}

/**
 * Reads what was written down of the run that writes an array.
 *
 * @param array The array.
 * @returns Null where no run has written to it, or it is none that runs can be resumed on.
 */
export async function recordOf(array: StoredArray): Promise<RunRecord | null> {
  const bytes = await array.ledger?.get(PLAN_KEY);
  return bytes === undefined ? null : parseRecord(bytes, array.name);
}

/**
 * Which blocks are done: those whose chunks are there in every output.
 *
 * @param outputs The outputs by name.
 * @param plan The blocks.
 * @param range The blocks that matter.
 * @param isShared Whether others may be writing: then what is unfinished is theirs.
 * @returns A byte for each block.
 */
export async function blocksDone(
  outputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  plan: TilePlan,
  range: TileRange,
  isShared: boolean,
): Promise<SharedNdArray<"uint8">> {
  const done = SharedNdArray.full([Math.max(1, plan.tiles)], 1, { dtype: "uint8" });
  for (const { array, ledger } of keptOutputs(outputs)) {
    if (!isShared) await ledger.removeTorn();
    if (range.begin >= range.end) break;
    const { present } = await ledger.chunksPresent(rowsOf(plan, range, array));
    for (let index = range.begin; index < range.end; index++) {
      if (done.data[index] === 0) continue;
      const { origin, shape } = tileAt(plan, index);
      if (!hasAllChunks(present, array, origin, shape)) done.data[index] = 0;
    }
  }
  return done;
}

/** Which places on the first axis of an array's chunk grid some blocks take. */
function rowsOf(
  plan: TilePlan,
  { begin, end }: TileRange,
  { chunks }: StoredArray,
): [number, number] | undefined {
  if (chunks.length === 0) return undefined;
  const first = tileAt(plan, begin), last = tileAt(plan, end - 1);
  // Blocks are in C order, so that those between lie between on the first axis.
  return [Math.floor(first.origin[0] / chunks[0]), Math.ceil((last.origin[0] + last.shape[0]) / chunks[0])];
}

/** Whether all chunks of a box are there. */
function hasAllChunks(
  present: Uint8Array,
  { shape, chunks }: StoredArray,
  origin: readonly number[],
  box: Shape,
): boolean {
  const grid = shape.map((extent, axis) => Math.ceil(extent / chunks[axis]));
  const isThere = (axis: number, at: number): boolean => {
    if (axis === shape.length) return present[at] === 1;
    const first = Math.floor(origin[axis] / chunks[axis]);
    const last = Math.ceil((origin[axis] + box[axis]) / chunks[axis]);
    for (let k = first; k < last; k++) if (!isThere(axis + 1, at * grid[axis] + k)) return false;
    return true;
  };
  return isThere(0, 0);
}

/** Milliseconds between two signs of life, and those for which none is waited for. */
const BEAT_MS = 5_000, SILENT_MS = 16_000, LOOK_MS = 1_000;

/** Options of {@linkcode ShardClaim.take}. */
export interface ShardClaimOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds between two signs of life; tests shorten it. */
  readonly beatMs?: number;
}

/** A part of a run that this task has taken for itself, as long as it lives. */
export class ShardClaim implements AsyncDisposable {
  readonly #ledger: StoreLedger;
  readonly #key: string;
  readonly #owner: string;
  readonly #timer: ReturnType<typeof setInterval>;
  #beats = 0;
  #beating: Promise<unknown> = Promise.resolve();

  private constructor(ledger: StoreLedger, key: string, owner: string, beatMs: number) {
    this.#ledger = ledger;
    this.#key = key;
    this.#owner = owner;
    this.#timer = setInterval(() => {
      // A sign that could not be given is given the next time; the run's own writes tell whether the store is there.
      this.#beating = this.#ledger.put(this.#key, sign(this.#owner, ++this.#beats)).catch(() => {});
    }, beatMs);
  }

  /**
   * Takes a part. Where somebody has taken it, waits for a sign of life: without one it is taken over.
   *
   * @param outputs The outputs by name; the first that keeps anything keeps this too.
   * @param shard The part.
   * @param options When to give up.
   * @returns Null where no output keeps anything.
   * @throws {StoreError} If another task is at it.
   */
  static async take(
    outputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
    shard: Shard,
    { signal, beatMs = BEAT_MS }: ShardClaimOptions = {},
  ): Promise<ShardClaim | null> {
    const [first] = keptOutputs(outputs);
    if (first === undefined) return null;
    const { ledger } = first, { index, count } = shard;
    const key = `${LEDGER_FOLDER}shard-${index}-of-${count}.json`;
    const owner = shard.owner ?? crypto.randomUUID();
    const silentMs = SILENT_MS * beatMs / BEAT_MS, lookMs = LOOK_MS * beatMs / BEAT_MS;
    if (!await ledger.put(key, sign(owner, 0), true)) {
      const before = await ledger.get(key);
      if (shard.owner === undefined || ownerIn(before) !== shard.owner) {
        await requireSilence(ledger, key, before, {
          silentMs,
          lookMs,
          signal,
          shard,
          name: first.array.name,
        });
      }
      await ledger.put(key, sign(owner, 0));
    }
    return new ShardClaim(ledger, key, owner, beatMs);
  }

  /** Gives the part back. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    // Where the store cannot be reached the sign goes stale.
    await this.#ledger.remove(this.#key).catch(() => {});
  }
}

function sign(owner: string, beats: number): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ owner, beats }));
}

function ownerIn(bytes: Uint8Array | undefined): string | null {
  try {
    const { owner }: Record<string, unknown> = JSON.parse(new TextDecoder().decode(bytes));
    return typeof owner === "string" ? owner : null;
  } catch {
    return null;
  }
}

/** Waits whether a sign of life comes. Clocks of different machines are not compared. */
async function requireSilence(
  ledger: StoreLedger,
  key: string,
  before: Uint8Array | undefined,
  { silentMs, lookMs, signal, shard, name }: {
    readonly silentMs: number;
    readonly lookMs: number;
    readonly signal?: AbortSignal;
    readonly shard: Shard;
    readonly name: string;
  },
): Promise<void> {
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes ?? new Uint8Array());
  const first = text(before), until = performance.now() + silentMs;
  while (performance.now() < until) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, lookMs));
    const now = await ledger.get(key);
    // Its owner has ended meanwhile.
    if (now === undefined) return;
    if (text(now) === first) continue;
    throw new StoreError(
      `Shard ${shard.index} of ${shard.count} of ${name} is being computed by another task: give each task an index of its own`,
      key,
      // Its predecessor may be one that has been given up and is about to end.
      { cause: new Error(`${key} has changed: ${text(now)}`) },
    );
  }
}
