/**
 * The constants of the language.
 *
 * @module
 */

const OF_MATH = ["PI", "E", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT2", "SQRT1_2"] as const;
const OF_NUMBER = [
  "EPSILON",
  "MAX_VALUE",
  "MIN_VALUE",
  "MAX_SAFE_INTEGER",
  "MIN_SAFE_INTEGER",
  "POSITIVE_INFINITY",
  "NEGATIVE_INFINITY",
  "NaN",
] as const;

const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ...OF_MATH.flatMap((name): [string, number][] => [[name, Math[name]], [`Math.${name}`, Math[name]]]),
  ...OF_NUMBER.map((name): [string, number] => [`Number.${name}`, Number[name]]),
  ["NaN", NaN],
  ["Infinity", Infinity],
]);

/**
 * The value of a constant.
 *
 * @param name As it is written, such as `PI` or `Math.PI`.
 * @returns Its value, or undefined where there is no such constant.
 */
export function constantNamed(name: string): number | undefined {
  return CONSTANTS.get(name);
}

/** The names of all constants, as they are written. */
export function constantNames(): IteratorObject<string> {
  return CONSTANTS.keys();
}
