/** Errors in units in the last place, of results against exact values that no float64 can hold. */

/** The float dtypes that functions come in. */
export type Width = "float64" | "float32";

/** What the reference knows of results: three float64 each, `(high + low) * 2 ** exponent`. */
export type ExactValues = Float64Array;

/** The bits of a significand, the exponent of the smallest subnormal number, and the first exponent that is too large. */
const FORMATS: Record<Width, { bits: number; smallest: number; beyond: number }> = {
  float64: { bits: 53, smallest: -1074, beyond: 1024 },
  float32: { bits: 24, smallest: -149, beyond: 128 },
};

/** `value * 2 ** exponent`, in two steps because one factor alone may be too large. */
function scale(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/**
 * How far a result is from the exact value, in spacings of its dtype there.
 *
 * Zeros must have the right sign, NaN and infinities must be where they are due. An infinity in the place of a finite
 * value below the first power of two that the dtype cannot hold counts as that power: to round up a bit too early is
 * an error like any other.
 *
 * @param got The result.
 * @param exact Where the exact value stands.
 * @param at Its number there.
 * @param width The dtype of the result.
 * @returns The error; Infinity where the result is of another kind than the value, which no bound allows.
 */
export function ulpError(got: number, exact: ExactValues, at: number, width: Width): number {
  const high = exact[3 * at], low = exact[3 * at + 1], exponent = exact[3 * at + 2];
  const { bits, smallest, beyond } = FORMATS[width];
  if (high === 0 || !Number.isFinite(high)) return Object.is(got, high) ? 0 : Infinity;
  if (exponent >= beyond) return got === Math.sign(high) * Infinity ? 0 : Infinity;
  if (Number.isNaN(got) || (got === 0 && Object.is(got, -0) !== high < 0)) return Infinity;
  const scaled = Number.isFinite(got)
    ? scale(got, -exponent)
    : Math.sign(got) * 2 ** Math.min(1023, beyond - exponent);
  return Math.abs(scaled - high - low) * 2 ** Math.min(bits - 1, exponent - smallest);
}
