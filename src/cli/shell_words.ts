/**
 * Words of a command line as text that a shell reads as these words.
 *
 * @module
 */

/** Characters that mean themselves to a POSIX shell wherever they stand. */
const PLAIN = /^[A-Za-z0-9_./,:=@%+-]+$/;

/**
 * A command line as text.
 *
 * @param words Its words.
 * @returns What a POSIX shell reads as these words.
 */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
