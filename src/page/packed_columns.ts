/**
 * Columns of numbers as text, in as few bytes as they need.
 *
 * @module
 */

/** How the numbers of a column are stored, lowest byte first. */
export type PackedKind = "u8" | "u16" | "u32" | "f32" | "f64";

/**
 * A column of numbers: `from + step * stored[k]`, where `data` is the stored numbers' bytes in base64; or one `value`
 * that all of them have.
 */
export type PackedColumn =
  | { readonly length: number; readonly value: number }
  | {
    readonly length: number;
    readonly kind: PackedKind;
    readonly from: number;
    readonly step: number;
    readonly data: string;
  };

const ARRAYS = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
};

/** The largest integer of 32 bits. */
const MOST_U32 = 2 ** 32 - 1;

/** Numbers as a page can use them: what is not finite counts as 0. */
function finite(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values, (value) => Number.isFinite(value) ? value : 0);
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function rangeOf(values: Float64Array): Range {
  let least = Infinity, most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

/** A column of one value, or of none, if it is one. */
function packSame(length: number, { least, most }: Range): PackedColumn | undefined {
  if (length === 0) return { length, value: 0 };
  return least === most ? { length, value: least } : undefined;
}

function stored(kind: PackedKind, values: Float64Array, from: number, step: number): PackedColumn {
  const numbers = new ARRAYS[kind](values.length);
  for (let k = 0; k < values.length; k++) {
    const number = (values[k] - from) / step;
    numbers[k] = kind === "f32" || kind === "f64" ? number : Math.round(number);
  }
  return { length: values.length, kind, from, step, data: base64(numbers) };
}

/**
 * Packs integers exactly; other numbers too, in eight bytes each.
 *
 * @param values The numbers.
 */
export function packNumbers(values: ArrayLike<number>): PackedColumn {
  const all = finite(values), range = rangeOf(all), { least, most } = range;
  const same = packSame(all.length, range);
  if (same !== undefined) return same;
  if (most - least > MOST_U32 || !all.every(Number.isSafeInteger)) return stored("f64", all, 0, 1);
  const width = most - least;
  return stored(width < 256 ? "u8" : width < 65536 ? "u16" : "u32", all, least, 1);
}

/**
 * Packs moments: to a part of their range in 2^32.
 *
 * @param values The moments.
 */
export function packTimes(values: ArrayLike<number>): PackedColumn {
  const all = finite(values), range = rangeOf(all), { least, most } = range;
  return packSame(all.length, range) ?? stored("u32", all, least, (most - least) / MOST_U32);
}

/**
 * Packs durations: to seven digits each.
 *
 * @param values The durations.
 */
export function packDurations(values: ArrayLike<number>): PackedColumn {
  const all = finite(values);
  return packSame(all.length, rangeOf(all)) ?? stored("f32", all, 0, 1);
}

/**
 * What was packed.
 *
 * @param column The column.
 */
export function unpackColumn(column: PackedColumn): Float64Array {
  if ("value" in column) return new Float64Array(column.length).fill(column.value);
  const { length, kind, from, step, data } = column;
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const numbers = new ARRAYS[kind](bytes.buffer, 0, length);
  return Float64Array.from(numbers, (number) => from + step * number);
}

/**
 * Bytes as base64.
 *
 * @param view What they are of.
 */
export function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength), pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x6000) {
    // Whole triples, so that the pieces' texts can be joined; few enough for the stack.
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 0x6000))));
  }
  return pieces.join("");
}
