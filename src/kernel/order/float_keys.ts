/**
 * Numbers as keys: unsigned integers of 64 bits that are in the same order, and are looked at 16 bits at a time.
 *
 * A positive number's bits, taken as an integer, are in order already; its sign bit is set so that it comes behind
 * the negative ones. Of a negative number all bits are turned round. -0 comes before 0.
 *
 * @module
 */

/** How many values a digit has, and how many digits a key. */
export const DIGIT_VALUES = 65_536, KEY_DIGITS = 4;

const float = new Float64Array(1);
/**
 * The halves of a number, the low one first, as on all machines that run WebAssembly the way its memory is laid out.
 */
const halves = new Uint32Array(float.buffer);

/** The upper half of the key of a number with these upper bits. */
export function upperKey(high: number): number {
  return (high ^ ((high >> 31) | 0x8000_0000)) >>> 0;
}

/** The lower half of the key of a number with these bits. */
export function lowerKey(high: number, low: number): number {
  return (low ^ (high >> 31)) >>> 0;
}

/**
 * The number of a key.
 *
 * @param prefix Its first three digits as one number.
 * @param last Its last digit.
 */
export function numberOfKey(prefix: number, last: number): number {
  const upper = Math.floor(prefix / DIGIT_VALUES), lower = prefix % DIGIT_VALUES * DIGIT_VALUES + last;
  const isNegative = upper < 0x8000_0000;
  halves[1] = isNegative ? ~upper : upper ^ 0x8000_0000;
  halves[0] = isNegative ? ~lower : lower;
  return float[0];
}

/**
 * The least and the greatest number whose key begins with some digits. Beyond the infinities there are only NaN.
 *
 * @param prefix The digits as one number.
 * @param digits How many.
 */
export function numbersWithPrefix(
  prefix: number,
  digits: number,
): { readonly least: number; readonly most: number } {
  // Of the three digits that are given with the last, so many are open.
  const open = DIGIT_VALUES ** (KEY_DIGITS - 1 - digits);
  const least = numberOfKey(prefix * open, 0),
    most = numberOfKey(prefix * open + (open - 1), DIGIT_VALUES - 1);
  return {
    least: Number.isNaN(least) ? -Infinity : least,
    most: Number.isNaN(most) ? Infinity : most,
  };
}
