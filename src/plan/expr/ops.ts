/**
 * The table of operations: every operator and function of the language, once. Parser, checker, interpreter and
 * documentation read it.
 *
 * @module
 */

import { DTYPE_NAMES } from "../../dtype.ts";
import { exactFma } from "./exact_fma.ts";
import {
  alsoMath,
  type Arity,
  called,
  cast,
  comparison,
  COMPARISONS,
  expanded,
  float,
  floorModulo,
  roundHalfEven,
  rounding,
} from "./op_rows.ts";
import type { Operation } from "./operation.ts";
import type { CallName } from "./program.ts";

export type { BoolRule, Operation, Rule } from "./operation.ts";

const MANY: Arity = [1, Infinity];

/** Every operation of the language. */
export const OPERATIONS: readonly Operation[] = [
  { ...called("add", "arithmetic", 2, (a, b) => a + b, "sum; of bools: or"), binary: ["+"], bools: "or" },
  { ...called("sub", "arithmetic", 2, (a, b) => a - b, "difference"), binary: ["-"] },
  {
    ...called("mul", "arithmetic", 2, (a, b) => a * b, "product; of bools: and"),
    binary: ["*"],
    bools: "and",
  },
  { ...called("neg", "arithmetic", 1, (a) => -a, "x with the other sign"), unary: "-" },
  {
    ...called("abs", "arithmetic", 1, Math.abs, "x without its sign"),
    spelled: alsoMath("abs"),
    bools: "keep",
  },
  { ...called("sign", "arithmetic", 1, Math.sign, "-1, 0 or 1"), spelled: alsoMath("sign") },
  {
    ...called("min", "arithmetic", MANY, Math.min, "the least argument; NaN if there is one"),
    spelled: alsoMath("min"),
    bools: "and",
  },
  {
    ...called("max", "arithmetic", MANY, Math.max, "the greatest argument; NaN if there is one"),
    spelled: alsoMath("max"),
    bools: "or",
  },
  {
    ...called("rem", "arithmetic", 2, (a, b) => a % b, "remainder, with the sign of the dividend"),
    binary: ["%"],
    bools: "int8",
  },
  {
    ...called("mod", "arithmetic", 2, floorModulo, "remainder, with the sign of the divisor"),
    spelled: ["mod"],
    bools: "int8",
  },
  {
    ...called("pow", "arithmetic", 2, (a, b) => a ** b, "a to the power of b"),
    spelled: alsoMath("pow"),
    binary: ["**"],
    bools: "int8",
  },
  {
    ...called("fma", "arithmetic", 3, (a, b, c) => exactFma(a, b, c, "float64"), "a * b + c, rounded once"),
    spelled: ["fma"],
    bools: "int8",
  },
  { ...float("div", 2, (a, b) => a / b, "quotient"), spelled: [], binary: ["/"] },
  float("sqrt", 1, Math.sqrt, "square root"),
  float("cbrt", 1, Math.cbrt, "cube root"),
  float("exp", 1, Math.exp, "e to the power of x"),
  { ...float("exp2", 1, (x) => 2 ** x, "2 to the power of x"), spelled: ["exp2"] },
  float("expm1", 1, Math.expm1, "exp(x) - 1, exact near 0"),
  float("log", 1, Math.log, "natural logarithm"),
  float("log2", 1, Math.log2, "logarithm to base 2"),
  float("log10", 1, Math.log10, "logarithm to base 10"),
  float("log1p", 1, Math.log1p, "log(1 + x), exact near 0"),
  float("sin", 1, Math.sin, "sine of an angle in radians"),
  float("cos", 1, Math.cos, "cosine of an angle in radians"),
  float("tan", 1, Math.tan, "tangent of an angle in radians"),
  float("asin", 1, Math.asin, "the angle with this sine, in radians"),
  float("acos", 1, Math.acos, "the angle with this cosine, in radians"),
  float("atan", 1, Math.atan, "the angle with this tangent, in radians"),
  float("atan2", 2, Math.atan2, "the angle of the point (x, y), from atan2(y, x), in radians"),
  float("sinh", 1, Math.sinh, "hyperbolic sine"),
  float("cosh", 1, Math.cosh, "hyperbolic cosine"),
  float("tanh", 1, Math.tanh, "hyperbolic tangent"),
  float("asinh", 1, Math.asinh, "inverse hyperbolic sine"),
  float("acosh", 1, Math.acosh, "inverse hyperbolic cosine"),
  float("atanh", 1, Math.atanh, "inverse hyperbolic tangent"),
  float("hypot", MANY, Math.hypot, "length of the vector (a, b, ...)"),
  rounding("floor", alsoMath("floor"), Math.floor, "the integer below"),
  rounding("ceil", alsoMath("ceil"), Math.ceil, "the integer above"),
  rounding("trunc", alsoMath("trunc"), Math.trunc, "x without its fraction"),
  rounding("round", alsoMath("round"), Math.round, "the nearest integer, half upwards as in JavaScript"),
  rounding("rint", ["rint"], roundHalfEven, "the nearest integer, half to even"),
  comparison("eq", ["===", "=="], "whether both are the same number"),
  comparison("ne", ["!==", "!="], "whether they are not the same number"),
  comparison("lt", ["<"], "whether a is less"),
  comparison("le", ["<="], "whether a is less or the same"),
  comparison("gt", [">"], "whether a is greater"),
  comparison("ge", [">="], "whether a is greater or the same"),
  {
    ...called("isnan", "question", 1, COMPARISONS.isnan, "whether x is NaN"),
    spelled: ["isnan", "isNaN", "Number.isNaN"],
  },
  {
    ...called("isfinite", "question", 1, COMPARISONS.isfinite, "whether x is neither NaN nor infinite"),
    spelled: ["isfinite", "isFinite", "Number.isFinite"],
  },
  { ...called("bitAnd", "bits", 2, (a, b) => a & b, "bitwise and; of bools: and"), binary: ["&"] },
  { ...called("bitOr", "bits", 2, (a, b) => a | b, "bitwise or; of bools: or"), binary: ["|"] },
  {
    ...called("bitXor", "bits", 2, (a, b) => a ^ b, "bitwise exclusive or; of bools: whether they differ"),
    binary: ["^"],
  },
  { ...called("bitNot", "bits", 1, (a) => ~a, "all bits reversed; of a bool: not"), unary: "~" },
  { ...called("shl", "shift", 2, (a, b) => a << b, "bits moved up by b"), binary: ["<<"] },
  { ...called("shr", "shift", 2, (a, b) => a >> b, "bits moved down by b; the sign stays"), binary: [">>"] },
  {
    ...called("ushr", "shift", 2, (a, b) => a >>> b, "bits moved down by b; zeros come in"),
    binary: [">>>"],
  },
  {
    ...called("clz32", "clz32", 1, Math.clz32, "how many zero bits lead, of 32"),
    spelled: alsoMath("clz32"),
  },
  { ...expanded("imul", "imul", 2, "product of int32s", Math.imul), spelled: alsoMath("imul") },
  { ...expanded("plus", "plus", 1, "x; of bools: as int8", (x) => x), unary: "+", bools: "int8" },
  { ...expanded("not", "not", 1, "whether x is false, 0 or NaN"), unary: "!" },
  { ...expanded("and", "and", 2, "of bools: and; otherwise b where a is true, a where not"), binary: ["&&"] },
  { ...expanded("or", "or", 2, "of bools: or; otherwise a where a is true, b where not"), binary: ["||"] },
  {
    ...expanded("where", "choice", 3, "yes where the condition is true, no where not; also ?:"),
    spelled: ["where"],
  },
  {
    ...expanded("clip", "clip", 3, "x, at least low and at most high: min(max(x, low), high)"),
    spelled: ["clip"],
  },
  { ...expanded("lerp", "lerp", 3, "from a at t = 0 to b at t = 1: a + (b - a) * t"), spelled: ["lerp"] },
  { ...expanded("index", "index", 1, "the element's coordinate on an axis, an int64"), spelled: ["index"] },
  ...DTYPE_NAMES.map(cast),
];

const byName = new Map(OPERATIONS.map((row) => [row.name, row]));
const bySpelling = new Map(OPERATIONS.flatMap((row) => row.spelled.map((name) => [name, row])));
const byUnary = new Map(OPERATIONS.filter((row) => row.unary !== undefined).map((row) => [row.unary, row]));
const byBinary = new Map(OPERATIONS.flatMap((row) => (row.binary ?? []).map((sign) => [sign, row])));

/**
 * The function of a name.
 *
 * @param name As it is written, such as `exp` or `Math.exp`.
 */
export function functionNamed(name: string): Operation | undefined {
  return bySpelling.get(name);
}

/** The names of all functions, as they are written. */
export function functionNames(): IteratorObject<string> {
  return bySpelling.keys();
}

/**
 * The operator before one argument.
 *
 * @param sign Such as `-`.
 */
export function unaryOperator(sign: string): Operation | undefined {
  return byUnary.get(sign);
}

/**
 * The operator between two arguments.
 *
 * @param sign Such as `+` or `===`.
 */
export function binaryOperator(sign: string): Operation | undefined {
  return byBinary.get(sign);
}

/**
 * The row of an operation.
 *
 * @param name Its name in the table; that of checked programs where it occurs in them.
 */
export function operationNamed(name: string): Operation {
  const row = byName.get(name);
  if (row === undefined) throw new TypeError(`The table of operations has no row named ${name}`);
  return row;
}

/**
 * What an operation means for float64 numbers, as JavaScript computes it.
 *
 * @param name Its name in checked programs.
 * @returns A function of as many numbers as the operation has arguments; it answers questions with 0 or 1.
 */
export function scalarMeaning(name: CallName): (...args: number[]) => number {
  const { scalar } = operationNamed(name);
  if (scalar === null) throw new TypeError(`The operation ${name} has no meaning for numbers`);
  return scalar;
}
