/**
 * The bounds of random integers: checked, and as what a draw needs.
 *
 * @module
 */

import { type DType, DTYPES } from "../../dtype.ts";
import { DTypeError, ValueError } from "../../errors.ts";

/** Which integers are wanted. */
export interface Bounds {
  /** The least. Default: 0. */
  readonly low?: number | bigint;
  /** The one before which they end. */
  readonly high: number | bigint;
  /** Whether `high` itself is wanted too. Default: false. */
  readonly endpoint?: boolean;
}

/** The integers of a draw. */
export interface Interval {
  /** The least. */
  readonly low: bigint;
  /** How many there are: from 1 to 2^64. */
  readonly count: bigint;
}

/**
 * Checks that integers can be drawn.
 *
 * @param dtype The dtype.
 * @param bounds Which integers are wanted.
 * @returns The integers.
 * @throws {DTypeError} If the dtype has no integers, a bound is no integer, or the dtype does not hold all of them.
 * @throws {ValueError} If there is no integer between the bounds.
 */
export function requireBounds(dtype: DType, bounds: Bounds): Interval {
  const { endpoint = false } = bounds;
  if (DTYPES[dtype].kind === "float") {
    throw new DTypeError(`Cannot draw random integers of dtype ${dtype}: expected an integer dtype or bool`);
  }
  const low = integer(bounds.low ?? 0), high = integer(bounds.high);
  const shown = `[${low}, ${high}${endpoint ? "]" : ")"}`;
  const last = endpoint ? high : high - 1n;
  if (last < low) throw new ValueError(`Cannot draw random integers in ${shown}: there are none`);
  const [least, most] = limits(dtype);
  if (low < least || last > most) {
    throw new DTypeError(
      `Cannot draw random integers in ${shown} of dtype ${dtype}: it holds those from ${least} to ${most}`,
    );
  }
  return { low, count: last - low + 1n };
}

function integer(bound: number | bigint): bigint {
  if (typeof bound !== "number" && typeof bound !== "bigint") {
    throw new DTypeError(`Cannot draw random integers up to ${bound}: name a bound, such as { high: 10 }`);
  }
  if (typeof bound === "number" && !Number.isSafeInteger(bound)) {
    throw new DTypeError(
      `Cannot draw random integers up to or from ${bound}: expected a bigint or a safe integer`,
    );
  }
  return BigInt(bound);
}

/** The least and the largest integer of a dtype. */
function limits(dtype: DType): [least: bigint, most: bigint] {
  const { kind, bytes } = DTYPES[dtype];
  if (kind === "bool") return [0n, 1n];
  const count = 1n << BigInt(8 * bytes);
  return kind === "int" ? [-count / 2n, count / 2n - 1n] : [0n, count - 1n];
}
