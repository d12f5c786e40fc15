/**
 * Normally distributed random numbers.
 *
 * @module
 */

import { ValueError } from "../../errors.ts";
import type { DType, TypedData } from "../../dtype.ts";
import { type NormalExports, normalModule } from "./normal_module.ts";
import { visitDoubles } from "./philox.ts";
import { SCRATCH, scratchMemory } from "./scratch.ts";
import { streamOf } from "./seed.ts";
import { requireFloat } from "./uniform.ts";

/** Options of {@linkcode fillNormal}. */
export interface NormalOptions {
  /** The stream of random numbers, an integer. */
  readonly seed: number | bigint;
  /** The mean. Default: 0. */
  readonly mean?: number;
  /** The standard deviation, not negative. Default: 1. */
  readonly deviation?: number;
}

let exports: NormalExports | undefined;

/** The module over the scratch memory, compiled when the first normal number is wanted. */
function normal(): NormalExports {
  if (exports === undefined) {
    const memory = scratchMemory();
    const { bytes, constants } = normalModule();
    new Float64Array(memory.buffer, SCRATCH.constants).set(constants);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    // The exports of a WebAssembly instance are untyped; the module's file says what they are.
    exports = instance.exports as unknown as NormalExports;
  }
  return exports;
}

/**
 * Checks what normal numbers are wanted.
 *
 * @param mean The mean.
 * @param deviation The standard deviation.
 * @throws {ValueError} If the mean is not finite, or the deviation negative or not finite.
 */
function requireMoments(mean: number, deviation: number): void {
  if (!Number.isFinite(mean)) {
    throw new ValueError(`Cannot draw with a mean of ${mean}: expected a finite number`);
  }
  if (!Number.isFinite(deviation) || deviation < 0) {
    throw new ValueError(`Cannot draw with a standard deviation of ${deviation}: expected 0 or more`);
  }
}

/**
 * Fills with normally distributed random numbers by inversion: element i is `mean + deviation * z`, with z the number
 * below which a standard normal one falls with probability (k + 1/2) 2^-53, where k is the 53 bits of which the
 * stream's uniform float64 number i is made. So it depends on the seed and i alone, and |z| is at most 8.3. The other
 * dtypes hold the float64 results, rounded.
 *
 * @param data The elements.
 * @param dtype Their dtype.
 * @param options The seed, mean and standard deviation.
 * @throws {DTypeError} If the dtype is no float, or the seed no integer.
 * @throws {ValueError} If the mean is not finite, or the deviation negative or not finite.
 */
export function fillNormal(data: TypedData<DType>, dtype: DType, options: NormalOptions): void {
  const { mean = 0, deviation = 1 } = options;
  requireFloat(dtype, "normal");
  requireMoments(mean, deviation);
  const { invert } = normal();
  // The dtype is a float, so the elements are numbers.
  const numbers = data as TypedData<"float64" | "float32" | "float16">;
  // A batch lies where the module expects it, because the stream is taken from its first number on.
  visitDoubles(streamOf(options.seed), data.length, (batch, start) => {
    invert(batch.length, mean, deviation);
    numbers.set(batch, start);
  });
}
