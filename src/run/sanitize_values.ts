/**
 * Whether what a kernel returned for a tile is what it returned for it before.
 *
 * @module
 */

/** Objects within objects that are looked into. */
const MOST_DEPTH = 6;

/**
 * A copy of a value that later calls cannot change.
 *
 * @param value What a kernel returned.
 * @throws {DOMException} If it cannot be cloned.
 */
export function frozenCopy(value: unknown): unknown {
  return structuredClone(value);
}

/**
 * Whether two values are the same for whoever gets clones of them. NaN is the same as NaN, and 0 is not -0.
 *
 * @param a A value.
 * @param b Another.
 * @param depth How deep objects are looked into.
 */
export function sameValues(a: unknown, b: unknown, depth: number = MOST_DEPTH): boolean {
  if (typeof a !== "object" || a === null || typeof b !== "object" || b === null) {
    // What cannot be compared is not posted either.
    return Object.is(a, b) || (typeof a === "function" && typeof b === "function");
  }
  if (depth === 0) return true;
  const left = partsOf(a), right = partsOf(b);
  return left.length === right.length &&
    left.every((part, k) => part === right[k] || sameValues(part, right[k], depth - 1));
}

/** What makes up an object, in order. */
function partsOf(value: object): readonly unknown[] {
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof Error) return [value.name, value.message];
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set) return [...value];
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) {
    // Shown as bytes, NaN could have several forms.
    return value instanceof DataView
      ? [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]
      : Object.values(value);
  }
  return Object.entries(value).flat();
}
