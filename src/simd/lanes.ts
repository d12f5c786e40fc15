/**
 * Arithmetic on float lanes with short names, for formulas to be readable.
 *
 * @module
 */

import type { Graph, Value } from "./graph.ts";

/** Two float64, or four float32: how formulas are written. Masks have all bits of a lane set, or none. */
export interface FloatLanes {
  readonly graph: Graph;
  /** A constant. */
  c(value: number): Value;
  add(a: Value, b: Value): Value;
  sub(a: Value, b: Value): Value;
  mul(a: Value, b: Value): Value;
  div(a: Value, b: Value): Value;
  /** `a * b + c`: rounded once where the machine can and the graph is not strict, otherwise twice. */
  fma(a: Value, b: Value, c: Value): Value;
  /** `c - a * b`, likewise. */
  fnma(a: Value, b: Value, c: Value): Value;
  sqrt(a: Value): Value;
  abs(a: Value): Value;
  neg(a: Value): Value;
  /** As `Math.min`: NaN wins, and -0 is less than 0. */
  min(a: Value, b: Value): Value;
  /** As `Math.max`. */
  max(a: Value, b: Value): Value;
  floor(a: Value): Value;
  ceil(a: Value): Value;
  trunc(a: Value): Value;
  /** To the nearest integer, half to even. */
  nearest(a: Value): Value;
  eq(a: Value, b: Value): Value;
  ne(a: Value, b: Value): Value;
  lt(a: Value, b: Value): Value;
  le(a: Value, b: Value): Value;
  gt(a: Value, b: Value): Value;
  ge(a: Value, b: Value): Value;
  and(a: Value, b: Value): Value;
  or(a: Value, b: Value): Value;
  xor(a: Value, b: Value): Value;
  /** `a` without the bits that are set in `b`. */
  andnot(a: Value, b: Value): Value;
  not(a: Value): Value;
  /** `a` in lanes where the mask is set, `b` in others. */
  select(mask: Value, a: Value, b: Value): Value;
  /** The magnitude of `a` with the sign of `b`. */
  copysign(a: Value, b: Value): Value;
  /** `c[0] + x * (c[1] + x * (c[2] + …))`. */
  horner(x: Value, coefficients: readonly number[]): Value;
  /** The same polynomial in another order, with a shorter chain of instructions that wait for each other. */
  estrin(x: Value, coefficients: readonly number[]): Value;
}

/** The lanes of a width. */
function floatLanes(graph: Graph, shape: "f64x2" | "f32x4"): FloatLanes {
  const op = (name: string) => (...args: Value[]) => graph.op(`${shape}.${name}`, ...args);
  const bits = (name: string) => (...args: Value[]) => graph.op(`v128.${name}`, ...args);
  const c = shape === "f64x2" ? graph.f64.bind(graph) : graph.f32.bind(graph);
  const add = op("add"), sub = op("sub"), mul = op("mul");
  const select = (mask: Value, a: Value, b: Value) =>
    graph.op(`${shape === "f64x2" ? "i64x2" : "i32x4"}.relaxed_laneselect`, a, b, mask);
  const fma = graph.strict
    ? (a: Value, b: Value, d: Value) => add(mul(a, b), d)
    : (a: Value, b: Value, d: Value) => graph.op(`${shape}.relaxed_madd`, a, b, d);
  const fnma = graph.strict
    ? (a: Value, b: Value, d: Value) => sub(d, mul(a, b))
    : (a: Value, b: Value, d: Value) => graph.op(`${shape}.relaxed_nmadd`, a, b, d);
  const sign = c(-0);
  const and = bits("and"), or = bits("or"), andnot = bits("andnot");
  const estrin = (x: Value, coefficients: readonly number[]): Value => {
    let terms = coefficients.map(c), power = x;
    while (terms.length > 1) {
      const halves: Value[] = [];
      for (let k = 0; k < terms.length; k += 2) {
        halves.push(k + 1 < terms.length ? fma(terms[k + 1], power, terms[k]) : terms[k]);
      }
      terms = halves;
      if (terms.length > 1) power = mul(power, power);
    }
    return terms[0];
  };
  return {
    graph,
    c,
    add,
    sub,
    mul,
    div: op("div"),
    fma,
    fnma,
    sqrt: op("sqrt"),
    abs: op("abs"),
    neg: op("neg"),
    min: op("min"),
    max: op("max"),
    floor: op("floor"),
    ceil: op("ceil"),
    trunc: op("trunc"),
    nearest: op("nearest"),
    eq: op("eq"),
    ne: op("ne"),
    lt: op("lt"),
    le: op("le"),
    gt: op("gt"),
    ge: op("ge"),
    and,
    or,
    xor: bits("xor"),
    andnot,
    not: bits("not"),
    select,
    copysign: (a, b) => or(andnot(a, sign), and(b, sign)),
    horner: (x, coefficients) =>
      coefficients.map(c).reduceRight((sum, coefficient) => fma(sum, x, coefficient)),
    estrin,
  };
}

/**
 * Lanes of float64.
 *
 * @param graph The graph that is built.
 */
export function f64x2(graph: Graph): FloatLanes {
  return floatLanes(graph, "f64x2");
}

/**
 * Lanes of float32.
 *
 * @param graph The graph that is built.
 */
export function f32x4(graph: Graph): FloatLanes {
  return floatLanes(graph, "f32x4");
}
