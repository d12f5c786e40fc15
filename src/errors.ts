/**
 * Every error class of the package. Each carries the facts that its message names, so that a program can act on
 * them without reading text.
 *
 * @module
 */

/**
 * A shape, a set of strides or a size that cannot be.
 *
 * @example
 * ```ts
 * import { ShapeError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => SharedNdArray.from([[1, 2], [3]]), ShapeError);
 * const reason = "found an array of 1 at depth 1, expected an array of 2";
 * assertEquals(error.message, `Ragged nested arrays: ${reason}`);
 * ```
 */
export class ShapeError extends RangeError {
  /** `ShapeError`. */
  override readonly name: string = "ShapeError";
}

/**
 * An index, a slice or an axis that the array does not have.
 *
 * @example
 * ```ts
 * import { IndexError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const day = SharedNdArray.zeros([365]);
 * const valueOf = (index: number) => {
 *   try {
 *     return day.get(index);
 *   } catch (error) {
 *     if (error instanceof IndexError) return undefined;
 *     throw error;
 *   }
 * };
 * assertEquals([valueOf(364), valueOf(365)], [0, undefined]);
 * ```
 */
export class IndexError extends RangeError {
  /** `IndexError`. */
  override readonly name: string = "IndexError";
}

/**
 * A dtype that is unknown, or that cannot hold or be combined with what was given.
 *
 * @example
 * ```ts
 * import { DTypeError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => SharedNdArray.from([0.5], { dtype: "int64" }), DTypeError);
 * assertEquals(error.name, "DTypeError");
 * assertEquals(error.message, "Cannot write 0.5 to int64: expected a bigint or an integer");
 * ```
 */
export class DTypeError extends TypeError {
  /** `DTypeError`. */
  override readonly name: string = "DTypeError";
}

/**
 * An option or argument that cannot be what it is.
 *
 * @example
 * ```ts
 * import { SharedNdArray, ValueError } from "@tilewise/ndarray";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const a = SharedNdArray.arange(3);
 * const error = assertThrows(() => a.toString({ edgeItems: 0 }), ValueError);
 * assertEquals(error.message, "Cannot print with edgeItems 0: expected a positive integer");
 * ```
 */
export class ValueError extends RangeError {
  /** `ValueError`. */
  override readonly name: string = "ValueError";
}

/**
 * Memory that could not be had.
 *
 * @example
 * ```ts
 * import { AllocationError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => SharedNdArray.zeros([2 ** 44]), AllocationError);
 * assertEquals(error.byteLength, 2 ** 47);
 * // What was there is known to programs that may ask the system.
 * const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
 * assertEquals(typeof error.available === "number", state === "granted");
 * ```
 */
export class AllocationError extends RangeError {
  /** `AllocationError`. */
  override readonly name: string = "AllocationError";
  /** How many bytes were asked for. */
  readonly byteLength: number;
  /** How many bytes the system had, or null where that is not known: the program may not ask without `--allow-sys`. */
  readonly available: number | null;

  /**
   * Makes the error.
   *
   * @param message What went wrong.
   * @param byteLength How many bytes were asked for.
   * @param options The cause, and how many bytes the system had, if that is known.
   */
  constructor(
    message: string,
    byteLength: number,
    options: ErrorOptions & { readonly available?: number | null } = {},
  ) {
    super(message, options);
    this.byteLength = byteLength;
    this.available = options.available ?? null;
  }
}

/**
 * A part of the memory that a run is predicted to need.
 *
 * @example
 * ```ts
 * import { evaluate, MemoryBudgetError, type MemoryPart, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const a = SharedNdArray.zeros([1000, 1000]);
 * const error = await assertRejects(() => evaluate("2 * a", { a }, { maxMemory: 1e6 }), MemoryBudgetError);
 * const ofArrays = error.parts.filter(({ kind }: MemoryPart) => kind === "array");
 * assertEquals(ofArrays.map(({ name }) => name), ["a", "out"]);
 * ```
 */
export interface MemoryPart {
  /** What kind of thing needs it: an array that the caller knows, or something that the run needs besides. */
  readonly kind: "array" | "other";
  /** The name of the array, or of what else it is: `"workers"`, `"runtime"`, `"copies at edges"` and so on. */
  readonly name: string;
  /** How many bytes. */
  readonly bytes: number;
}

/**
 * A run that was refused before anything was allocated, because it is predicted to need more memory than its option
 * `maxMemory` allows.
 *
 * @example
 * ```ts
 * import { evaluate, MemoryBudgetError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
 *
 * // One number, seen as ten million million of them: the result would have 80 TB.
 * const a = SharedNdArray.zeros([1]).broadcastTo([10, 1e12]);
 * const run = () => evaluate("a + 1", { a }, { maxMemory: 2e9 });
 * const error = await assertRejects(run, MemoryBudgetError);
 * assertEquals([error.limit, error.predicted > 80e12], [2e9, true]);
 * assertStringIncludes(error.message, "is more than maxMemory 2 GB: 80 TB arrays");
 * ```
 */
export class MemoryBudgetError extends RangeError {
  /** `MemoryBudgetError`. */
  override readonly name: string = "MemoryBudgetError";
  /** The predicted peak in bytes: the sum of the parts. */
  readonly predicted: number;
  /** How many bytes were allowed. */
  readonly limit: number;
  /** What the prediction is made of, in bytes. */
  readonly parts: readonly MemoryPart[];

  /**
   * Makes the error.
   *
   * @param message What is too large.
   * @param facts How much was allowed, and what would be needed.
   */
  constructor(message: string, facts: { readonly limit: number; readonly parts: readonly MemoryPart[] }) {
    super(message);
    this.parts = facts.parts;
    this.limit = facts.limit;
    this.predicted = facts.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

/**
 * An array that was used after it was disposed.
 *
 * @example
 * ```ts
 * import { DisposedError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertThrows } from "@std/assert";
 *
 * const tmp = SharedNdArray.zeros([365, 16]);
 * const january = tmp.view(0);
 * tmp.dispose();
 * assertThrows(() => january.fill(1), DisposedError, "used after it was disposed");
 * ```
 */
export class DisposedError extends Error {
  /** `DisposedError`. */
  override readonly name: string = "DisposedError";
}

/**
 * A run that was asked for with tiles, workers or arrays that do not make a plan.
 *
 * @example
 * ```ts
 * import { PlanError, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * const inputs = { tmp: SharedNdArray.zeros([365]) };
 * await assertRejects(() => tiledMap(kernel, { inputs, tile: [4, 4] }), PlanError, "Tile [4, 4] has 2 axes");
 * ```
 */
export class PlanError extends RangeError {
  /** `PlanError`. */
  override readonly name: string = "PlanError";
}

/**
 * Arrays of one run that share memory in a way that would make its result depend on the order of its tiles.
 *
 * @example
 * ```ts
 * import { OverlapError, SharedNdArray, slice, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * const a = SharedNdArray.zeros([9]);
 * const inputs = { today: a.view(slice(1, 9)) }, outputs = { before: a.view(slice(0, 8)) };
 * const error = await assertRejects(() => tiledMap(kernel, { inputs, outputs }), OverlapError);
 * assertEquals(error.arrays, ["before", "today"]);
 * ```
 */
export class OverlapError extends Error {
  /** `OverlapError`. */
  override readonly name: string = "OverlapError";
  /** The names of the arrays that overlap; one name twice when an array overlaps itself. */
  readonly arrays: readonly [string, string];

  /**
   * Makes the error.
   *
   * @param message What overlaps.
   * @param arrays The names.
   */
  constructor(message: string, arrays: readonly [string, string]) {
    super(message);
    this.arrays = arrays;
  }
}

/**
 * What ended a run that had begun: the base of {@linkcode TileError}, {@linkcode KernelLoadError} and
 * {@linkcode WorkerError}.
 *
 * @example
 * ```ts
 * import { RunError, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => { throw new Error('no') }");
 * const options = { outputs: { a: SharedNdArray.zeros([8]) }, tile: [4], workers: 1 };
 * const error = await assertRejects(() => tiledMap(kernel, options), RunError);
 * assertEquals([error.name, error.errors], ["TileError", []]);
 * ```
 */
export class RunError extends Error {
  /** What else went wrong in the run, after this and before all its workers had ended. */
  errors: readonly unknown[] = [];
}

/**
 * A kernel module that could not be loaded or that does not export a kernel.
 *
 * @example
 * ```ts
 * import { KernelLoadError, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export const kernel = () => {}");
 * const options = { outputs: { a: SharedNdArray.zeros([4]) }, workers: 1 };
 * const error = await assertRejects(() => tiledMap(kernel, options), KernelLoadError, "default export");
 * assertEquals(error.url, kernel.href);
 * ```
 */
export class KernelLoadError extends RunError {
  /** `KernelLoadError`. */
  override readonly name: string = "KernelLoadError";
  /** The module that was asked for. */
  readonly url: string;

  /**
   * Makes the error.
   *
   * @param message What is wrong with the module.
   * @param url The module.
   * @param options The cause.
   */
  constructor(message: string, url: string, options?: ErrorOptions) {
    super(message, options);
    this.url = url;
  }
}

/**
 * What a {@linkcode TileError} knows about the tile that failed.
 *
 * @example
 * ```ts
 * import type { TileErrorFacts } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const describe = ({ tile, origin }: TileErrorFacts) => `tile ${tile}, from [${origin.join(", ")}] on`;
 * const facts: TileErrorFacts = { tile: 5, coords: [1, 2], origin: [4, 8], worker: 0 };
 * assertEquals(describe(facts), "tile 5, from [4, 8] on");
 * ```
 */
export interface TileErrorFacts {
  /** The tile's place in tile order. */
  readonly tile: number;
  /** The tile's place in the tile grid, one number an axis. */
  readonly coords: readonly number[];
  /** The index of the tile's first element, one number an axis. */
  readonly origin: readonly number[];
  /** The number of the worker that ran it. */
  readonly worker: number;
  /** How many tiles the call was for: more than 1 for elementwise kernels, which get neighbours as one box. */
  readonly count?: number;
}

/**
 * A kernel failed on a tile. `cause` is what the kernel threw, with its class name and stack.
 *
 * @example
 * ```ts
 * import { SharedNdArray, TileError, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a }) => { a.get(2) }");
 * const options = { inputs: { a: SharedNdArray.zeros([8]) }, tile: [3], workers: 1 };
 * const error = await assertRejects(() => tiledMap(kernel, options), TileError);
 * assertEquals([error.tile, error.coords, error.origin, error.worker], [2, [2], [6], 0]);
 * assertInstanceOf(error.cause, Error);
 * assertEquals(error.cause.name, "IndexError");
 * ```
 */
export class TileError extends RunError implements TileErrorFacts {
  /** `TileError`. */
  override readonly name: string = "TileError";
  /** The tile's place in tile order. */
  readonly tile: number;
  /** The tile's place in the tile grid. */
  readonly coords: readonly number[];
  /** The index of the tile's first element. */
  readonly origin: readonly number[];
  /** The number of the worker that ran it. */
  readonly worker: number;
  /** How many tiles the call was for. */
  readonly count: number;

  /**
   * Makes the error.
   *
   * @param facts Which tile, on which worker.
   * @param options What the kernel threw.
   * @param message What happened; by default that the kernel failed with the cause.
   */
  constructor(
    facts: TileErrorFacts,
    options?: { cause: unknown },
    message: string = `Kernel failed on ${placeOfTile(facts)}: ${describeCause(options?.cause)}`,
  ) {
    super(message, options);
    this.tile = facts.tile;
    this.coords = facts.coords;
    this.origin = facts.origin;
    this.worker = facts.worker;
    this.count = facts.count ?? 1;
  }
}

/**
 * A kernel that was not done with a tile in time. Its worker was given up, and another takes its place.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, TileTimeoutError } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => new Promise(() => {})");
 * const options = { outputs: { a: SharedNdArray.zeros([8]) }, tile: [4], workers: 1, tileTimeout: 50 };
 * const error = await assertRejects(() => tiledMap(kernel, options), TileTimeoutError);
 * assertEquals([error.tile, error.timeoutMs], [0, 50]);
 * ```
 */
export class TileTimeoutError extends TileError {
  /** `TileTimeoutError`. */
  override readonly name: string = "TileTimeoutError";
  /** How many milliseconds it had. */
  readonly timeoutMs: number;

  /**
   * Makes the error.
   *
   * @param facts Which tile, on which worker.
   * @param timeoutMs How many milliseconds it had.
   */
  constructor(facts: TileErrorFacts, timeoutMs: number) {
    super(
      facts,
      undefined,
      `Kernel was not done with ${placeOfTile(facts)} within ${timeoutMs} ms: its worker was given up`,
    );
    this.timeoutMs = timeoutMs;
  }
}

/** Which tile, where, and on which worker. */
function placeOfTile(facts: TileErrorFacts): string {
  const { coords, origin, worker } = facts;
  return `${describeTiles(facts)} at [${coords.join(", ")}] (origin [${
    origin.join(", ")
  }], worker ${worker})`;
}

function describeTiles({ tile, count = 1 }: TileErrorFacts): string {
  return count === 1 ? `tile ${tile}` : `tiles ${tile} to ${tile + count - 1}`;
}

/**
 * What a {@linkcode SanitizerError} knows about what a kernel did wrong.
 *
 * @example
 * ```ts
 * import type { SanitizerErrorFacts } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const describe = ({ kind, array, cell }: SanitizerErrorFacts) => `${kind}: ${array}[${cell.join(", ")}]`;
 * const facts = { kind: "unwritten", array: "vpd", tile: 3, coords: [1, 1], cell: [7, 2], worker: 0 } as const;
 * assertEquals(describe(facts), "unwritten: vpd[7, 2]");
 * ```
 */
export interface SanitizerErrorFacts {
  /**
   * What is wrong: the kernel wrote `"outside"` of its tile, wrote to an `"input"`, left a cell of its tile
   * `"unwritten"`, or is `"unstable"`: its result is another one when the tile is run again.
   */
  readonly kind: "outside" | "input" | "unwritten" | "unstable";
  /** The name of the array; empty where the returned values differ, or the second run fails. */
  readonly array: string;
  /** The tile's place in tile order; -1 where it is not known which tile it was. */
  readonly tile: number;
  /** The tile's place in the tile grid; empty where the tile is not known. */
  readonly coords: readonly number[];
  /** The index in the whole array of the first cell found; empty for memory that is no cell of it. */
  readonly cell: readonly number[];
  /** The number of the worker that ran the tile. */
  readonly worker: number;
}

/**
 * A kernel did what it must not, in a run with `debug: true`. The message names the array, the tile and the cell.
 *
 * @example
 * ```ts
 * import { SanitizerError, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a, b }) => { b.set(0, 2 * a.get(0)) }");
 * const options = { inputs: { a: SharedNdArray.ones([8]) }, outputs: { b: "float32" }, tile: [3] } as const;
 * const error = await assertRejects(() => tiledMap(kernel, { ...options, debug: true }), SanitizerError);
 * assertEquals([error.kind, error.array, error.tile, error.cell], ["unwritten", "b", 0, [1]]);
 * ```
 */
export class SanitizerError extends RunError implements SanitizerErrorFacts {
  /** `SanitizerError`. */
  override readonly name: string = "SanitizerError";
  /** What is wrong. */
  readonly kind: "outside" | "input" | "unwritten" | "unstable";
  /** The name of the array. */
  readonly array: string;
  /** The tile's place in tile order. */
  readonly tile: number;
  /** The tile's place in the tile grid. */
  readonly coords: readonly number[];
  /** The index of the cell in the whole array. */
  readonly cell: readonly number[];
  /** The number of the worker that ran the tile. */
  readonly worker: number;

  /**
   * Makes the error.
   *
   * @param message What the kernel did, in one sentence.
   * @param facts The same for programs.
   * @param options What the kernel threw, if it did.
   */
  constructor(message: string, facts: SanitizerErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.kind = facts.kind;
    this.array = facts.array;
    this.tile = facts.tile;
    this.coords = facts.coords;
    this.cell = facts.cell;
    this.worker = facts.worker;
  }
}

/**
 * The error of the sanitizer that came from a worker: a structured clone, with its name and fields put back.
 *
 * @param value What the worker threw.
 * @returns Undefined if it is no such error.
 */
export function rebuildSanitizerError(value: unknown): SanitizerError | undefined {
  if (value instanceof SanitizerError || !(value instanceof Error) || value.name !== "SanitizerError") {
    return value instanceof SanitizerError ? value : undefined;
  }
  const { kind, array, tile, coords, cell, worker }: Partial<SanitizerErrorFacts> = value as object;
  if (kind === undefined || array === undefined || tile === undefined || worker === undefined) {
    return undefined;
  }
  const facts = { kind, array, tile, coords: coords ?? [], cell: cell ?? [], worker };
  const error = new SanitizerError(
    value.message,
    facts,
    "cause" in value ? { cause: value.cause } : undefined,
  );
  if (value.stack !== undefined) error.stack = value.stack;
  return error;
}

/**
 * A worker could not start, or ended while it was needed.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, WorkerError, WorkerPool } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => new Promise(() => {})");
 * const pool = new WorkerPool({ workers: 1 });
 * const run = tiledMap(kernel, { outputs: { a: SharedNdArray.zeros([4]) }, pool });
 * const [error] = await Promise.all([assertRejects(() => run, WorkerError), pool.close()]);
 * assertEquals(error.worker, 0);
 * ```
 */
export class WorkerError extends RunError {
  /** `WorkerError`. */
  override readonly name: string = "WorkerError";
  /** The worker's number in its pool; -1 where it is no single one's. */
  readonly worker: number;
  /** The tile that it was at, in tile order; null where it was at none, or that is not known. */
  readonly tile: number | null;

  /**
   * Makes the error.
   *
   * @param message What happened to the worker.
   * @param worker Its number.
   * @param options The cause, and the tile that it was at.
   */
  constructor(message: string, worker: number, options: ErrorOptions & { readonly tile?: number } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.worker = worker;
    this.tile = options.tile ?? null;
  }
}

/**
 * A file that is not what its name or header says.
 *
 * @example
 * ```ts
 * import { FormatError, readArray } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".npy" });
 * await Deno.writeTextFile(file, "1 2 3");
 * const error = await assertRejects(() => readArray(file), FormatError);
 * assertEquals(error.format, "npy");
 * await Deno.remove(file);
 * ```
 */
export class FormatError extends Error {
  /** `FormatError`. */
  override readonly name: string = "FormatError";
  /** The format it was read as, such as `npy`. */
  readonly format: string;

  /**
   * Makes the error.
   *
   * @param message What is wrong with the file.
   * @param format The format it was read as.
   * @param options The cause.
   */
  constructor(message: string, format: string, options?: ErrorOptions) {
    super(message, options);
    this.format = format;
  }
}

/**
 * Something that this machine, this program's permissions or this array cannot do.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, UnsupportedError, writeArrays } from "@tilewise/ndarray";
 * import { assertRejects } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".nc" });
 * await writeArrays(file, { tmp: SharedNdArray.ones([3]) });
 * using tmp = await openArray(file);
 * await assertRejects(() => tmp.write({ origin: [0], shape: [3] }, SharedNdArray.zeros([3])), UnsupportedError);
 * await Deno.remove(file);
 * ```
 */
export class UnsupportedError extends Error {
  /** `UnsupportedError`. */
  override readonly name: string = "UnsupportedError";
}

/**
 * A store that does not do what was asked of it: a server that fails or stalls, a place that is taken, a disk that is
 * full.
 *
 * @example
 * ```ts
 * import { openArray, StoreError } from "@tilewise/ndarray";
 * import { assertRejects } from "@std/assert";
 *
 * const refusing = Deno.serve({ port: 0, onListen() {} }, () => new Response("no", { status: 403 }));
 * const error = await assertRejects(() => openArray(`http://localhost:${refusing.addr.port}/a.zarr/tmp`), StoreError);
 * console.log(error.message);
 * await refusing.shutdown();
 * ```
 */
export class StoreError extends Error {
  /** `StoreError`. */
  override readonly name: string = "StoreError";
  /** The object that it was about, such as `out.zarr/vpd/c/0/1`; null where it was about none in particular. */
  readonly key: string | null;

  /**
   * Makes the error.
   *
   * @param message What the store did not do.
   * @param key The object that it was about.
   * @param options The cause.
   */
  constructor(message: string, key: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.key = key;
  }
}

/**
 * Where and why the text of an expression is wrong.
 *
 * @example
 * ```ts
 * import type { ExpressionErrorFacts } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const describe = ({ reason, line, column }: ExpressionErrorFacts) => `${line}:${column} ${reason}`;
 * const facts = { reason: 'Unknown name "tpm"', source: "2 * tpm", offset: 4, line: 1, column: 5 };
 * assertEquals(describe(facts), '1:5 Unknown name "tpm"');
 * ```
 */
export interface ExpressionErrorFacts {
  /** What is wrong, in one sentence. */
  readonly reason: string;
  /** The whole text: the string that was given, or that of the function. */
  readonly source: string;
  /** The place in the text, in UTF-16 code units from 0. */
  readonly offset: number;
  /** The line of that place, from 1. */
  readonly line: number;
  /** The place in that line, in UTF-16 code units from 1. */
  readonly column: number;
}

/**
 * An expression that cannot be understood or has no type. The message is the reason, the line of the text, and a caret
 * under the place.
 *
 * @example
 * ```ts
 * import { evaluate, ExpressionError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const tmp = SharedNdArray.zeros([3]);
 * const error = await assertRejects(() => evaluate("tmp + sine(rad)", { tmp }), ExpressionError);
 * assertEquals(error.reason, 'Unknown function "sine": did you mean "sin"?');
 * assertEquals(error.message, `${error.reason}\n  tmp + sine(rad)\n        ^`);
 * assertEquals([error.offset, error.line, error.column], [6, 1, 7]);
 * ```
 */
export class ExpressionError extends SyntaxError implements ExpressionErrorFacts {
  /** `ExpressionError`. */
  override readonly name: string = "ExpressionError";
  /** What is wrong, in one sentence. */
  readonly reason: string;
  /** The whole text. */
  readonly source: string;
  /** The place in the text, from 0. */
  readonly offset: number;
  /** The line of that place, from 1. */
  readonly line: number;
  /** The place in that line, from 1. */
  readonly column: number;

  /**
   * Makes the error.
   *
   * @param message The reason and an excerpt.
   * @param facts What is wrong, and where.
   * @param options The cause.
   */
  constructor(message: string, facts: ExpressionErrorFacts, options?: ErrorOptions) {
    super(message, options);
    this.reason = facts.reason;
    this.source = facts.source;
    this.offset = facts.offset;
    this.line = facts.line;
    this.column = facts.column;
  }
}

/** A command line that cannot be carried out. */
export class UsageError extends Error {
  /** `UsageError`. */
  override readonly name: string = "UsageError";
}

/**
 * What an unknown thrown value has to say for itself, in one line.
 *
 * @param cause The value that was caught.
 * @returns For errors, name and first line of the message; the first line of a string; otherwise the value as text.
 */
export function describeCause(cause: unknown): string {
  if (cause instanceof Error) {
    const line = firstLine(cause.message);
    return line === "" ? cause.name : `${cause.name}: ${line}`;
  }
  if (typeof cause === "string") return firstLine(cause);
  return Deno.inspect(cause, { breakLength: Infinity, compact: true });
}

/**
 * The first line of a text that says something.
 *
 * @param text The text.
 */
export function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "")?.trim() ?? "";
}

/**
 * A value that somebody gave, in a few words for a message.
 *
 * @param value Anything.
 * @returns The value itself where that is short, otherwise what it is.
 */
export function showValue(value: unknown): string {
  const isNumbers = Array.isArray(value) && value.every((item) => typeof item === "number");
  const shown = typeof value === "function"
    ? "a function"
    : isNumbers
    ? `[${value.join(", ")}]`
    : Deno.inspect(value, { depth: 1, breakLength: Infinity });
  return shown.includes("\n") || shown.length > 60 ? `one of type ${className(value)}` : shown;
}

/**
 * A number of bytes for people, in powers of 1000.
 *
 * @param bytes How many.
 * @returns Three significant digits and a unit, such as `12.3 GB`.
 */
export function showBytes(bytes: number): string {
  let unit = 0, count = bytes;
  // 999.7 of a unit would be shown as 1000 of it.
  while (Number(count.toPrecision(3)) >= 1000 && unit < UNITS.length - 1) {
    count /= 1000;
    unit++;
  }
  return `${Number(count.toPrecision(3))} ${UNITS[unit]}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

function className(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor?.name ?? "object" : typeof value;
}
