/**
 * Whether elements are not 0, found from their bits: one function a width, so that each meets one kind of typed array.
 *
 * @module
 */

/**
 * Whether each byte is not 0.
 *
 * @param target 1 for those that are not 0, otherwise 0.
 * @param source The elements.
 */
export function bytesToTruth(target: Uint8Array, source: Uint8Array): void {
  for (let i = 0; i < source.length; i++) target[i] = source[i] !== 0 ? 1 : 0;
}

/**
 * Whether each half word is not 0.
 *
 * @param target 1 for those that are not 0, otherwise 0.
 * @param source The elements.
 * @param mask The bits that count.
 */
export function halfWordsToTruth(target: Uint8Array, source: Uint16Array, mask: number): void {
  for (let i = 0; i < source.length; i++) target[i] = (source[i] & mask) !== 0 ? 1 : 0;
}

/**
 * Whether each word is not 0.
 *
 * @param target 1 for those that are not 0, otherwise 0.
 * @param source The elements.
 * @param mask The bits that count.
 */
export function wordsToTruth(target: Uint8Array, source: Int32Array, mask: number): void {
  for (let i = 0; i < source.length; i++) target[i] = (source[i] & mask) !== 0 ? 1 : 0;
}

/**
 * Whether each pair of words is not 0.
 *
 * @param target 1 for those that are not 0, otherwise 0.
 * @param source The elements, low word first.
 * @param mask The bits of the high word that count.
 */
export function wordPairsToTruth(target: Uint8Array, source: Int32Array, mask: number): void {
  for (let i = 0, word = 0; word < source.length; i++, word += 2) {
    target[i] = (source[word] | (source[word + 1] & mask)) !== 0 ? 1 : 0;
  }
}
