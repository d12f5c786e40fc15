/**
 * Every error class of the package. Each carries the facts that its message names, so that a program can act on
 * them without reading text.
 *
 * @module
 */

/** A shape, a set of strides or a size that cannot be. */
export class ShapeError extends RangeError {
  /** `ShapeError`. */
  override readonly name: string = "ShapeError";
}

/** An index, a slice or an axis that the array does not have. */
export class IndexError extends RangeError {
  /** `IndexError`. */
  override readonly name: string = "IndexError";
}

/** A dtype that is unknown, or that cannot hold or be combined with what was given. */
export class DTypeError extends TypeError {
  /** `DTypeError`. */
  override readonly name: string = "DTypeError";
}

/** An option or argument that cannot be what it is. */
export class ValueError extends RangeError {
  /** `ValueError`. */
  override readonly name: string = "ValueError";
}

/** Memory that could not be had. */
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

/** An array that was used after it was disposed. */
export class DisposedError extends Error {
  /** `DisposedError`. */
  override readonly name: string = "DisposedError";
}

/** A run that was asked for with tiles, workers or arrays that do not make a plan. */
export class PlanError extends RangeError {
  /** `PlanError`. */
  override readonly name: string = "PlanError";
}

/** Arrays of one run that share memory in a way that would make its result depend on the order of its tiles. */
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

/** A kernel module that could not be loaded or that does not export a kernel. */
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

/** What a {@linkcode TileError} knows about the tile that failed. */
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

/** A worker could not start, or ended while it was needed. */
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

/** A file that is not what its name or header says. */
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
