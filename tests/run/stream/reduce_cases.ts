/**
 * What tests of streamed reductions share: random cases, and results as bits.
 *
 * @module
 */

import { type DType, SharedNdArray } from "../../../mod.ts";
import type { ReductionName } from "../../../src/plan/reduce/reduction_table.ts";
import { readStreamedCall } from "../../../src/run/streamed_reduce_options.ts";
import { runStreamedReduction } from "../../../src/run/streamed_reduce_run.ts";
import type { UnitWishes } from "../../../src/run/streamed_reduce_units.ts";
import type { Seeded } from "../../seeded.ts";

/** All reductions that streams know. */
export const NAMES: readonly ReductionName[] = [
  "sum",
  "mean",
  "min",
  "max",
  "prod",
  "var",
  "std",
  "argmin",
  "argmax",
  "any",
  "all",
  "countNonzero",
];

/** A reduction whose units and slices are as small as is asked for. */
export function reduceInUnits(
  name: ReductionName,
  source: unknown,
  rest: readonly unknown[],
  units: UnitWishes,
): ReturnType<typeof runStreamedReduction> {
  const { given, wishes } = readStreamedCall(source, rest);
  return runStreamedReduction(name, given, wishes, units);
}

/** Elements as bits, with dtype and shape. */
export function bitsOf(array: SharedNdArray | null): unknown {
  if (array === null) return null;
  const own = array.copy(), { data, dtype, shape } = own;
  const bytes = new Uint8Array(
    data.buffer,
    data.byteOffset + own.offset * data.BYTES_PER_ELEMENT,
    own.byteLength,
  );
  return [dtype, shape, bytes.toHex()];
}

/** An array with what makes reductions hard: ties, NaN, infinities, zeros of both signs. */
export function elements(
  random: Seeded,
  dtype: DType,
  shape: readonly number[],
  hasNaN: boolean,
): SharedNdArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const plain = Array.from({ length: size }, () => {
    if (dtype === "bool") return random.int(0, 1);
    if (!dtype.startsWith("float")) return random.int(dtype.startsWith("u") ? 0 : -50, 90);
    if (hasNaN && random.oneIn(5)) return random.pick([NaN, Infinity, -Infinity, -0, 0]);
    return random.word() / 2 ** 32 - 0.5;
  });
  return SharedNdArray.from(plain).reshape(shape.slice()).astype(dtype);
}
