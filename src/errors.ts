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
 * ```
 */
export class AllocationError extends RangeError {
  /** `AllocationError`. */
  override readonly name: string = "AllocationError";
  /** How many bytes were asked for. */
  readonly byteLength: number;

  /**
   * Makes the error.
   *
   * @param message What went wrong.
   * @param byteLength How many bytes were asked for.
   * @param options The cause.
   */
  constructor(message: string, byteLength: number, options?: ErrorOptions) {
    super(message, options);
    this.byteLength = byteLength;
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
export class KernelLoadError extends Error {
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
export class TileError extends Error implements TileErrorFacts {
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
   */
  constructor(facts: TileErrorFacts, options: { cause: unknown }) {
    super(
      `Kernel failed on ${describeTiles(facts)} at [${facts.coords.join(", ")}] (origin [${
        facts.origin.join(", ")
      }], worker ${facts.worker}): ${describeCause(options.cause)}`,
      options,
    );
    this.tile = facts.tile;
    this.coords = facts.coords;
    this.origin = facts.origin;
    this.worker = facts.worker;
    this.count = facts.count ?? 1;
  }
}

function describeTiles({ tile, count = 1 }: TileErrorFacts): string {
  return count === 1 ? `tile ${tile}` : `tiles ${tile} to ${tile + count - 1}`;
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
export class WorkerError extends Error {
  /** `WorkerError`. */
  override readonly name: string = "WorkerError";
  /** The worker's number in its pool. */
  readonly worker: number;

  /**
   * Makes the error.
   *
   * @param message What happened to the worker.
   * @param worker Its number.
   * @param options The cause.
   */
  constructor(message: string, worker: number, options?: ErrorOptions) {
    super(message, options);
    this.worker = worker;
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

function className(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor?.name ?? "object" : typeof value;
}
