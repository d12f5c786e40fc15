/**
 * How values and messages are written.
 *
 * @module
 */

/** A value in full, with sorted keys, so that equal values have equal texts. */
export function describe(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    getters: true,
    strAbbreviateSize: Infinity,
  });
}

/** Ends a sentence with the caller's own message, if there is one. */
export function ending(msg: string | undefined): string {
  return msg ? `: ${msg}` : ".";
}
