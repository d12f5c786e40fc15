/**
 * The messages of a run: one starts a worker's part, one ends it, and where tiles may be tried again some tell of claims
 * in between. Between them, workers and pool meet only in the control block, whose file says what may happen there.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { ArrayHandle } from "../array/types.ts";
import type { DType } from "../dtype.ts";
import { describeCause } from "../errors.ts";
import type { CompiledKernel, PassedScalar } from "../kernel/compiled_kernel.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import type { IterationPlan } from "../plan/iteration.ts";
import type { OrderSpec } from "../kernel/order/order_work.ts";
import type { FoldName, LaneDType, ReducePlan } from "../plan/reduce/reduce_plan.ts";
import type { StreamUnits } from "../plan/reduce/stream_units.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import type { StoredHandle } from "../store/driver.ts";
import type { TileRange } from "./control_block.ts";
import type { StoredReport } from "./report.ts";
import type { PartLog } from "./span_log.ts";

/**
 * A kernel on its way to a worker: a module's URL, a compiled expression with the values of its scalars, or one whose
 * elements are reduced.
 */
export type KernelMessage =
  | ModuleMessage
  | CompiledMessage
  | ReduceMessage
  | IterateMessage
  | StreamMessage
  | StreamReduceMessage;

/** A kernel module on its way to a worker. */
export interface ModuleMessage {
  readonly kind: "module";
  readonly url: string;
  /** The names of the arrays that it reads, and of those that it writes. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** How far it sees beyond its tiles; null where it does not. */
  readonly halo: KernelHalo | null;
  /**
   * Whether each tile needs a call of its own, because its value counts, even if the module says that it is
   * elementwise.
   */
  readonly isTileByTile: boolean;
}

/** A compiled expression on its way to a worker. */
export interface CompiledMessage {
  readonly kind: "compiled";
  readonly compiled: CompiledKernel;
  /** The module; null for a worker that has it already, under the key of the kernel. */
  readonly module: WebAssembly.Module | null;
  readonly scalars: readonly PassedScalar[];
}

/**
 * A reduction on its way to a worker. The tiles of its run are its units. The message's `arrays` are what is read;
 * its `shared` arrays are where partial results go.
 */
export interface ReduceMessage {
  readonly kind: "reduce";
  /** Computes the elements that are reduced. */
  readonly compiled: CompiledKernel;
  /** Its module; null for a worker that has it already, under the key of the kernel. */
  readonly module: WebAssembly.Module | null;
  readonly scalars: readonly PassedScalar[];
  /** The name of the kernel's output, which is no array: workers put scratch memory there. */
  readonly output: string;
  /**
   * The name of the array that holds the elements as they are, in memory with 32-bit addresses; null if they are
   * computed.
   */
  readonly direct: string | null;
  /** Which elements become one, and in which units. */
  readonly plan: ReducePlan;
  /** The dtype of the elements. */
  readonly lanes: LaneDType;
  /** What is done with them. */
  readonly spec: ReduceSpec;
}

/** What a reduction does with its elements. */
export type ReduceSpec = FoldSpec | OrderSpec;

/** Combines them; into the shared array `values`, and `places` where the place of an element is asked for. */
export interface FoldSpec {
  readonly kind: "fold";
  readonly fold: FoldName;
}

/** Steps that follow each other on one pool. The tiles of its run are the iteration's tickets. */
export interface IterateMessage {
  readonly kind: "iterate";
  /** The tiles of one step. */
  readonly tilePlan: TilePlan;
  readonly iteration: IterationPlan;
  /** The first step, which reads the arrays that were given; those after it, from one buffer to the other and back. */
  readonly turns: readonly [IterationTurn, IterationTurn, IterationTurn];
}

/** A step between two buffers. */
export interface IterationTurn {
  readonly kernel: ModuleMessage | CompiledMessage;
  /** For each name of the kernel the array that it stands for. */
  readonly arrays: Readonly<Record<string, string>>;
  /** What is looked at behind it. */
  readonly look: IterationLook | null;
}

/**
 * The names of the shared arrays with what a look combines: its partial values, and its result. No kernel's are such.
 */
export const LOOK_VALUES = "look values", LOOK_RESULT = "look result";

/** A reduction of a step's arrays, and the value below which the iteration ends. */
export interface IterationLook {
  readonly kernel: ReduceMessage;
  /** For each name that it reads the array that it stands for. */
  readonly arrays: Readonly<Record<string, string>>;
  readonly below: number;
  /** What the combined value is divided by: the number of elements for a mean. */
  readonly divisor: number;
}

/**
 * A kernel whose arrays live elsewhere, or some of them, on its way to a worker. The tiles of its run are blocks, which
 * the worker reads, computes and writes.
 */
export interface StreamMessage {
  readonly kind: "stream";
  readonly kernel: ModuleMessage | CompiledMessage;
  /** What is read, and what is written. */
  readonly inputs: readonly StreamEnd[];
  readonly outputs: readonly StreamEnd[];
  /** What of the inputs is read beyond a block; null where nothing is. */
  readonly halo: KernelHalo | null;
  /** Bytes of the blocks of one worker, and of what drivers need besides. */
  readonly blockBytes: number;
}

/**
 * A reduction of elements that live elsewhere, or some of them, on its way to a worker. The tiles of its run are units.
 */
export interface StreamReduceMessage {
  readonly kind: "stream reduce";
  readonly inputs: readonly StreamEnd[];
  /** What of the inputs is read beyond a box; null where nothing is. */
  readonly halo: KernelHalo | null;
  readonly units: StreamUnits;
  /** What is combined, all of the same elements. */
  readonly folds: readonly StreamFold[];
  /** Where what comes of units is kept; null where that is not asked for. */
  readonly partials: PartialsPlace | null;
  /** Bytes of one worker. */
  readonly blockBytes: number;
}

/** One of the things that a stream combines. The shared arrays of {@linkcode foldNames} take what comes of it. */
export interface StreamFold {
  /** Computes the elements that are combined. */
  readonly compiled: CompiledKernel;
  readonly module: WebAssembly.Module;
  readonly scalars: readonly PassedScalar[];
  /** The name of the kernel's output, which is no array. */
  readonly output: string;
  readonly fold: FoldName;
  /** The dtype of the elements. */
  readonly lanes: LaneDType;
}

/**
 * The names of the shared arrays with a row for each unit of positions, and in it a value or a place for each cell.
 *
 * @param fold The number of the fold.
 */
export function foldNames(fold: number): { readonly values: string; readonly places: string } {
  return { values: `values of ${fold}`, places: `places of ${fold}` };
}

/** Where what comes of units is kept beside a stored array. */
export interface PartialsPlace {
  readonly handle: StoredHandle;
  /** Which of several passes over the elements this is. */
  readonly pass: number;
  /** What the units are of. */
  readonly fingerprint: string;
}

/** An array of a stream. */
export interface StreamEnd {
  readonly name: string;
  readonly dtype: DType;
  /** Its shape. Its axes are the last ones of the run's, and on those where it has one element it is repeated. */
  readonly shape: Shape;
  /** Where it lives; null for one of the message's arrays. */
  readonly handle: StoredHandle | null;
}

/** The name of the shared array that says which blocks are done already, with a byte for each. No kernel's is such. */
export const BLOCKS_DONE = "blocks done";

/**
 * The module that a worker loads for a kernel.
 *
 * @param kernel The kernel.
 * @returns Its URL; null where there is none.
 */
export function moduleOf(kernel: KernelMessage): string | null {
  if (kernel.kind === "iterate") return moduleOf(kernel.turns[0].kernel);
  if (kernel.kind === "stream") return moduleOf(kernel.kernel);
  return kernel.kind === "module" ? kernel.url : null;
}

/** Starts a worker's part of a run. */
export interface StartMessage {
  /** The run's number in its pool. */
  readonly run: number;
  /** The worker's number. */
  readonly worker: number;
  /** How many workers share the tiles. */
  readonly workers: number;
  /** The part's slot in the control block. */
  readonly slot: number;
  /** Tiles to begin with, which somebody else left; null to claim at once. */
  readonly first: TileRange | null;
  /** Where the run's tiles end: behind the plan's last one, unless only some are run. */
  readonly end: number;
  /** How often a tile is tried again whose kernel failed. */
  readonly retries: number;
  /** Whether the kernel is to be watched for what it must not do: see `sanitize.ts`. */
  readonly debug: boolean;
  /** The kernel. */
  readonly kernel: KernelMessage;
  /** The plan. */
  readonly plan: TilePlan;
  /** Inputs and outputs by name. */
  readonly arrays: Readonly<Record<string, ArrayHandle>>;
  /** Arrays that every call gets whole, by name. */
  readonly shared: Readonly<Record<string, ArrayHandle>>;
  /** The control block's memory. */
  readonly control: SharedArrayBuffer;
  /**
   * The moment from which the part notes when it does which tiles, in milliseconds since 1970; null where it notes
   * nothing.
   */
  readonly epoch?: number | null;
}

/** What a worker's part of a run came to. */
export interface WorkerPart {
  /** The worker's number. */
  readonly worker: number;
  /** Tiles finished. */
  readonly tiles: number;
  /** Tiles claimed at a time. */
  readonly grain: number;
  /** Milliseconds spent on tiles; what an async kernel waits counts. */
  readonly busyMs: number;
  /**
   * Bytes that were copied: buffers in what a kernel returned, and blocks of arrays that a compiled one cannot
   * address.
   */
  readonly copied: number;
  /** The most bytes that the worker's own heap held, as sampled. */
  readonly heapPeak: number;
  /** The most bytes resident in the process that the worker saw. */
  readonly rssPeak: number;
  /** How many calls of the kernel failed and were tried again. */
  readonly retried: number;
  /** The tiles whose kernel returned something. */
  readonly valueTiles: readonly number[];
  /** What it returned, in the same order. */
  readonly values: readonly unknown[];
  /** What it read and wrote of arrays that live elsewhere. */
  readonly stored?: StoredReport;
  /** When it did which tiles. */
  readonly log?: PartLog;
}

/** Why a worker's part failed. */
export interface Failure {
  /** Whether the part could not start, mostly because the kernel did not load, or the kernel failed on a tile. */
  readonly kind: "start" | "tile";
  /** The tile's place in tile order, for `tile`. */
  readonly tile: number;
  /** How many tiles the call was for. */
  readonly count: number;
  /** What was thrown. */
  readonly thrown: Thrown;
}

/** Ends a worker's part of a run, or tells of a claim. */
export interface EndMessage {
  /** The run's number in its pool. */
  readonly run: number;
  /** What was done since the message before. */
  readonly part: WorkerPart;
  /** Whether the part goes on. */
  readonly goesOn?: boolean;
  /** What went wrong, if anything. */
  readonly failure?: Failure;
  /** Tiles that this part had and leaves to others, because it was asked to make room or could not begin. */
  readonly rest?: TileRange;
}

/** Says that code of a kernel failed outside of any tile, in a timer or a promise that nobody waits for. */
export interface StrayMessage {
  /** What was thrown. */
  readonly stray: Thrown;
  /** Whether the worker can do nothing more, because its heap is exhausted. */
  readonly isOver: boolean;
}

/** What a worker posts. */
export type WorkerMessage = EndMessage | StrayMessage;

/**
 * A thrown value on its way between threads. A structured clone of an error keeps message, stack and cause, but not
 * the name of a user's class nor the fields that the class added.
 */
export interface Thrown {
  /** The value itself, or its description where it cannot be cloned. */
  readonly value: unknown;
  /** An error's name. */
  readonly name?: string;
  /** An error's own fields that can be cloned. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Readies a thrown value for a message. It never throws, whatever the value does when it is looked at.
 *
 * @param value What was thrown.
 */
export function packThrown(value: unknown): Thrown {
  try {
    if (!(value instanceof Error)) return { value: isCloneable(value) ? value : describeCause(value) };
    const fields: Record<string, unknown> = {};
    const keys = Object.keys(value).concat(value instanceof AggregateError ? ["errors"] : []);
    for (const key of keys) {
      const field = key === "name" ? undefined : readField(value, key);
      if (field !== undefined && isCloneable(field)) fields[key] = field;
    }
    return { value: isCloneable(value) ? value : rebuild(value), name: className(value), fields };
  } catch {
    return { value: "a value that cannot be looked at" };
  }
}

function readField(error: object, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch {
    return undefined;
  }
}

/**
 * The thrown value that was packed.
 *
 * @param thrown What came in the message.
 */
export function unpackThrown(thrown: Thrown): unknown {
  const { value, name, fields } = thrown;
  if (value instanceof Error) {
    if (name !== undefined && value.name !== name) {
      Object.defineProperty(value, "name", { value: name, configurable: true, writable: true });
    }
    Object.assign(value, fields);
  }
  return value;
}

/** A class that does not set `name` inherits that of a built-in class, but still has a name of its own. */
function className(error: Error): string {
  const isBuiltIn = Object.hasOwn(globalThis, error.name);
  return isBuiltIn ? error.constructor?.name || error.name : error.name;
}

const BUILT_IN_ERRORS = [RangeError, TypeError, SyntaxError, ReferenceError, EvalError, URIError];

/** An error of the same built-in class that can be posted: what cannot is described. */
function rebuild(error: Error): Error {
  const message = readField(error, "message"),
    stack = readField(error, "stack"),
    cause = readField(error, "cause");
  const Class = BUILT_IN_ERRORS.find((known) => error instanceof known) ?? Error;
  const plain = new Class(String(message), cause === undefined ? undefined : { cause: describeCause(cause) });
  if (typeof stack === "string") plain.stack = stack;
  return plain;
}

/**
 * Bytes of buffers that posting a value copies.
 *
 * @param value What is posted.
 * @param depth How deep arrays and objects are looked into.
 */
export function copiedBytes(value: unknown, depth: number = 3): number {
  if (typeof value !== "object" || value === null) return 0;
  if (value instanceof ArrayBuffer) return value.byteLength;
  if (ArrayBuffer.isView(value)) {
    return value.buffer instanceof SharedArrayBuffer ? 0 : value.buffer.byteLength;
  }
  if (depth === 0) return 0;
  return Object.values(value).reduce((sum: number, part: unknown) => sum + copiedBytes(part, depth - 1), 0);
}

/**
 * Whether a value can be posted. Only what is not plain data has to be tried.
 *
 * @param value Anything.
 * @param depth How deep arrays and objects are looked into.
 */
export function isCloneable(value: unknown, depth: number = 3): boolean {
  if (
    value === null || (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol")
  ) {
    return true;
  }
  if (depth > 0 && isPlain(value)) {
    return Object.values(value).every((part: unknown) => isCloneable(part, depth - 1));
  }
  return isClonedByTrial(value);
}

/** Whether cloning a value means cloning its own properties. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype;
}

function isClonedByTrial(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
