/**
 * 64-bit integers as pairs of 32-bit words, low word first, to and from numbers. No bigint is made.
 *
 * @module
 */

/** The weight of the high word, and that of the low word as a fraction of it. */
const HIGH = 2 ** 32, LOW = 2 ** -32;

/** Integers from -2^52 to 2^52 have high words from -EXACT to EXACT - 1. */
const EXACT = 2 ** 20;

/**
 * Floats to 64-bit integers: without their fraction, modulo 2^64; NaN and the infinities become 0.
 *
 * @param target The words of the integers, signed or not.
 * @param source The floats.
 * @param length How many.
 */
export function longsFromFloats(target: Int32Array, source: Float64Array, length: number): void {
  for (let i = 0, word = 0; i < length; i++, word += 2) {
    const whole = Math.trunc(source[i]);
    // Both are exact, and `| 0` takes any number modulo 2^32 and what is not finite as 0.
    target[word] = whole | 0;
    target[word + 1] = Math.floor(whole / HIGH) | 0;
  }
}

/**
 * 32-bit integers to 64-bit ones.
 *
 * @param target The words of the integers.
 * @param source The integers' bits.
 * @param length How many.
 * @param isSigned Whether they are signed.
 */
export function longsFromIntegers(
  target: Int32Array,
  source: Int32Array,
  length: number,
  isSigned: boolean,
): void {
  const signBits = isSigned ? -1 : 0;
  for (let i = 0, word = 0; i < length; i++, word += 2) {
    const low = source[i];
    target[word] = low;
    target[word + 1] = (low >> 31) & signBits;
  }
}

/**
 * 64-bit integers to floats, rounded once to nearest, ties to even.
 *
 * @param target The floats.
 * @param source The words of the integers.
 * @param length How many.
 * @param isSigned Whether the integers are signed.
 * @param isForFloat32 Whether the floats will be rounded to float32. If so, those beyond 2^52 are made odd instead of
 * rounded: of the bits that float64 cannot hold it is only kept whether one is set, in the place of the lowest that it
 * can. They lie on the same side of every float32 and of every midpoint between two as the integer does, so that the
 * second rounding is right (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
 */
export function longsToFloats(
  target: Float64Array,
  source: Int32Array,
  length: number,
  isSigned: boolean,
  isForFloat32: boolean,
): void {
  for (let i = 0, word = 0; i < length; i++, word += 2) {
    const bits = source[word + 1];
    const high = isSigned ? bits : bits >>> 0;
    let low = source[word];
    if (isForFloat32 && (high >= EXACT || high < -EXACT)) {
      low = (low & ~0x1fff) | ((low & 0x1fff) !== 0 ? 0x1000 : 0);
    }
    // Both products are exact, and the sum is rounded once. It has a fraction so that the engine does not add integers,
    // with checks that take as long as all the rest.
    target[i] = (high + (low >>> 0) * LOW) * HIGH;
  }
}
