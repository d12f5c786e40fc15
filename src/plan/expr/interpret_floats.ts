/**
 * What operations of floats mean, one element at a time: slow and obvious.
 *
 * @module
 */

import { roundFloat } from "./convert_value.ts";
import { exactFma } from "./exact_fma.ts";
import { scalarMeaning } from "./ops.ts";
import type { CallName, CallNode, PredicateName } from "./program.ts";

/** The float dtypes that are computed with. */
export type ComputedFloat = "float32" | "float64";

/**
 * Another meaning of float operations, such as that of a compiled function whose last bit differs: the
 * function for an operation of a dtype, or undefined where the usual one is meant. What it returns is rounded
 * to the dtype.
 */
export type ScalarFunctions = (
  name: CallName,
  dtype: ComputedFloat,
) => ((...args: number[]) => number) | undefined;

/**
 * The result of an operation of floats. In float32 it is the float64 operation's, rounded: for `+ - * / sqrt`
 * and the remainders that is the correctly rounded result, since float64 has more than twice the bits and two
 * (Figueroa, "When is double rounding innocuous?", 1995).
 *
 * @param call The operation.
 * @param args Numbers of the dtype.
 * @param dtype The dtype of arguments and result.
 * @param functions What means something else than usual; `fma` and powers in `POWERS` are not asked for.
 */
export function floatResult(
  call: CallNode,
  args: readonly number[],
  dtype: ComputedFloat,
  functions: ScalarFunctions,
): number {
  const { name } = call;
  if (name === "fma") return exactFma(args[0], args[1], args[2], dtype);
  const power = name === "pow" ? literalPower(call) : undefined;
  const meaning = power ?? functions(name, dtype) ?? scalarMeaning(name);
  return roundFloat(meaning(...args), dtype);
}

/** Powers that are computed exactly, or with one rounding. */
const POWERS: ReadonlyMap<number, (x: number) => number> = new Map<number, (x: number) => number>([
  [0, () => 1],
  [1, (x) => x],
  [2, (x) => x * x],
  [-1, (x) => 1 / x],
  // Unlike sqrt, pow makes +0 of -0 and Infinity of -Infinity.
  [0.5, (x) => x === -Infinity ? Infinity : Math.sqrt(x + 0)],
]);

/** What a power with a literal exponent means, where it is simpler than the others. */
function literalPower({ args: [, exponent] }: CallNode): ((x: number) => number) | undefined {
  return exponent.kind === "literal" ? POWERS.get(Number(exponent.value)) : undefined;
}

type Predicate = (a: number | bigint, b: number | bigint) => boolean;

/** Both arguments are numbers or both are bigints. */
const PREDICATES: { readonly [N in PredicateName]: Predicate } = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  isnan: (a) => Number.isNaN(a),
  isfinite: (a) => typeof a === "bigint" || Number.isFinite(a),
};

/**
 * Whether an operation is a comparison or a question about a number.
 *
 * @param name The operation.
 */
export function isPredicateName(name: CallName): name is PredicateName {
  return Object.hasOwn(PREDICATES, name);
}

/**
 * What a comparison or a question about a number has for an answer.
 *
 * @param name The operation.
 * @param args One or two values of one dtype, which may be integers or bools as bigints.
 */
export function isTrueOf(name: PredicateName, args: readonly (number | bigint)[]): boolean {
  return PREDICATES[name](args[0], args[1]);
}
