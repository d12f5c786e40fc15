/**
 * What each reduction does to two vectors of elements, as WebAssembly.
 *
 * @module
 */

import type { FoldName, LaneDType } from "../../plan/reduce/reduce_plan.ts";
import { SIMD_OPCODES } from "../../simd/opcodes.ts";
import { type Code, code, get, OP, set, simd, tee, words } from "../../wasm/code.ts";

/** Folds that combine values alone. */
export type ValueFold = Exclude<FoldName, "argmin" | "argmax">;

/** Folds that look for a position. */
export type PlaceFold = "argmin" | "argmax";

/** Two vector locals that code may change. */
export interface FoldLocals {
  readonly a: number;
  readonly b: number;
}

/** Bits that change no value: -0 and not 0, so that a sum of -0 stays -0; NaN where NaN is passed over. */
const FLOAT_IDENTITIES: Readonly<Record<ValueFold, number>> = {
  sum: -0,
  prod: 1,
  min: Infinity,
  max: -Infinity,
  minNumber: NaN,
  maxNumber: NaN,
};

const LEAST_LONG = -(2n ** 63n), MOST_LONG = 2n ** 63n - 1n, MOST_UNSIGNED = 2n ** 64n - 1n;

/**
 * The bits of a value that a fold passes over.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 */
export function identityBits(fold: ValueFold, lanes: LaneDType): bigint {
  if (lanes === "float64") return new BigInt64Array(Float64Array.of(FLOAT_IDENTITIES[fold]).buffer)[0];
  if (fold === "sum") return 0n;
  if (fold === "prod") return 1n;
  const isLeast = fold === "max" || fold === "maxNumber";
  if (lanes === "int64") return isLeast ? LEAST_LONG : MOST_LONG;
  return isLeast ? 0n : MOST_UNSIGNED;
}

/**
 * Pushes a vector of two equal lanes.
 *
 * @param bits The bits of a lane.
 */
export function splatBits(bits: bigint): Code {
  const low = Number(BigInt.asUintN(32, bits)), high = Number(BigInt.asUintN(32, bits >> 32n));
  return words([low, high, low, high]);
}

/**
 * A vector instruction by its name.
 *
 * @param name The name, such as `f64x2.add`.
 */
export function vector(name: string): Code {
  const opcode = SIMD_OPCODES.get(name);
  if (opcode === undefined) throw new Error(`There is no vector instruction ${name}`);
  return simd(opcode);
}

/**
 * Replaces the two vectors on the stack by what a fold makes of them.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 * @param locals Vectors that it may change.
 */
export function combineCode(fold: ValueFold, lanes: LaneDType, { a, b }: FoldLocals): Code {
  if (fold === "sum") return vector(lanes === "float64" ? "f64x2.add" : "i64x2.add");
  if (fold === "prod") return vector(lanes === "float64" ? "f64x2.mul" : "i64x2.mul");
  const isLeast = fold === "min" || fold === "minNumber";
  if (lanes !== "float64") return isLeast ? lesser(lanes, b, a, a, b) : lesser(lanes, a, b, a, b);
  const both = bothWays(isLeast ? "f64x2.pmin" : "f64x2.pmax", { a, b });
  switch (fold) {
    case "min":
      return both(OP.v128Or);
    case "max":
      return both(code(set(a), tee(b), get(a), OP.v128And, get(b), get(a), NOT_EQUAL, OP.v128Or));
    default:
      return numberOf(isLeast, { a, b });
  }
}

const NOT_EQUAL = vector("f64x2.ne"), AND_NOT = vector("v128.andnot");

/**
 * Pushes `op(a, b)` and `op(b, a)`, where op gives its first operand if one is NaN or both are zeros, which takes one
 * instruction of a machine; the instructions of WebAssembly that know NaN and the signs of zeros take seven. The bits
 * of both results differ in these cases alone: of zeros `or` makes the lesser and `and` the greater, and of a NaN and
 * a number `or` makes a NaN.
 */
function bothWays(op: string, { a, b }: FoldLocals): (join: Code) => Code {
  const name = vector(op);
  return (join) => code(set(b), set(a), get(a), get(b), name, get(b), get(a), name, join);
}

/** Of integers a and b: `yes` in the lanes where a is greater, elsewhere `no`. */
function lesser(lanes: LaneDType, yes: number, no: number, a: number, b: number): Code {
  return code(set(b), set(a), get(yes), get(no), ordered("gt_s", lanes, get(a), get(b)), OP.v128Bitselect);
}

/**
 * The lesser or greater; where one is NaN the other. Of both ways, that which gave a NaN is blotted out: by zeros
 * where they are joined by `or`, by ones where it is `and`.
 */
function numberOf(isLeast: boolean, { a, b }: FoldLocals): Code {
  const op = vector(isLeast ? "f64x2.pmin" : "f64x2.pmax");
  const [blot, join] = isLeast ? [AND_NOT, OP.v128Or] : [OP.v128Or, OP.v128And];
  const isNaN = (local: number) => code(get(local), get(local), NOT_EQUAL);
  // deno-fmt-ignore
  return code(
    set(b), set(a),
    get(a), get(b), op, isNaN(a), blot,
    get(b), get(a), op, isNaN(b), isNaN(a), AND_NOT, blot,
    join,
  );
}

/** A comparison of integers, of which unsigned ones are compared as if 2^63 were subtracted. */
function ordered(relation: "gt_s" | "ge_s", lanes: LaneDType, a: Code, b: Code): Code {
  const shifted = (push: Code) => lanes === "uint64" ? code(push, splatBits(2n ** 63n), OP.v128Xor) : push;
  return code(shifted(a), shifted(b), vector(`i64x2.${relation}`));
}

/**
 * Pushes a mask of the lanes in which the best so far need not be looked at again. Lanes with NaN are none.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 * @param x Pushes elements.
 * @param best Pushes the best so far.
 */
export function keepsBest(fold: PlaceFold, lanes: LaneDType, x: Code, best: Code): Code {
  const [a, b] = fold === "argmin" ? [x, best] : [best, x];
  return lanes === "float64" ? code(a, b, vector("f64x2.ge")) : ordered("ge_s", lanes, a, b);
}

/**
 * Pushes a mask of the lanes in which elements are better than the best so far: the first NaN is better than any
 * number.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 * @param x Pushes elements.
 * @param best Pushes the best so far.
 */
export function beatsBest(fold: PlaceFold, lanes: LaneDType, x: Code, best: Code): Code {
  const beats = code(keepsBest(fold, lanes, x, best), vector("v128.not"));
  return lanes === "float64" ? code(beats, best, best, vector("f64x2.eq"), OP.v128And) : beats;
}
