/**
 * Swapping the bytes of elements. Typed arrays, and every machine Deno runs on, are little-endian.
 *
 * @module
 */

/**
 * Reverses the bytes of each element, in place.
 *
 * @param bytes The elements; they begin at a multiple of 4 bytes in their buffer (of 2 for elements of 2 bytes).
 * @param width Bytes of an element: 1, 2, 4 or 8.
 */
export function swapBytes(bytes: Uint8Array, width: number): void {
  const { buffer, byteOffset, byteLength } = bytes;
  if (width === 2) swap2(new Uint16Array(buffer, byteOffset, byteLength / 2));
  else if (width === 4) swap4(new Int32Array(buffer, byteOffset, byteLength / 4));
  else if (width === 8) swap8(new Int32Array(buffer, byteOffset, byteLength / 4));
}

function swap2(elements: Uint16Array): void {
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    elements[i] = element << 8 | element >>> 8;
  }
}

function swap4(elements: Int32Array): void {
  for (let i = 0; i < elements.length; i++) elements[i] = reversed(elements[i]);
}

function swap8(words: Int32Array): void {
  for (let i = 0; i + 1 < words.length; i += 2) {
    const low = words[i];
    words[i] = reversed(words[i + 1]);
    words[i + 1] = reversed(low);
  }
}

function reversed(word: number): number {
  return word << 24 | (word & 0xff00) << 8 | word >>> 8 & 0xff00 | word >>> 24;
}
