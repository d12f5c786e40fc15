/**
 * How large an expression may be. What is within these limits is parsed, checked and compiled in bounded time and
 * without exhausting the stack.
 *
 * @module
 */

/** Characters of text. */
export const MAX_TEXT = 100_000;
/** Levels of nesting; each operator of a chain such as `a + b + c` is a level. */
export const MAX_DEPTH = 1_000;
/** Brackets within brackets: the parser's own limit lies a little higher, and depends on the stack. */
export const MAX_BRACKETS = 400;
/** Parts of an expression, and nodes of a checked program. */
export const MAX_NODES = 20_000;

/**
 * A number as people write it. The runtime's own way would load its tables of languages first, which takes longer than many
 * a run.
 *
 * @param count The number.
 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** The sentence for an expression that is nested too deeply. */
export const TOO_DEEP = `The expression is nested too deeply: at most ${MAX_BRACKETS} brackets and ${
  grouped(MAX_DEPTH)
} operators may lie within one another`;
/** The sentence for an expression with too many parts. */
export const TOO_LARGE = `The expression is too large: it may have ${grouped(MAX_NODES)} parts`;
