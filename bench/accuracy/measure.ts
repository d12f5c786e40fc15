/** Measures the worst errors of functions. */

import { Seeded } from "../../tests/seeded.ts";
import { type Build, compileLanes } from "../../tests/simd/run_lanes.ts";
import type { Measured } from "./functions.ts";
import type { Reference } from "./reference.ts";
import { type ExactValues, ulpError, type Width } from "./ulp.ts";

/** How a function was computed: compiled, in which mode and on what machine, or by JavaScript. */
export type Mode = "default" | "no FMA" | "strict" | "Math";

/** What was found of a function. */
export interface Row {
  readonly name: string;
  readonly dtype: Width;
  readonly mode: Mode;
  readonly points: number;
  /** The largest error in units in the last place, of results that are of the right kind. */
  readonly worst: number;
  /** The arguments where it is, as text. */
  readonly at: readonly string[];
  readonly bound: number;
  /** How many results are of another kind than they should: NaN, an infinity, a zero of the wrong sign. */
  readonly wrongKind: number;
  /** The first of these. */
  readonly examples: readonly string[];
}

/** Points, and what is exactly true there. */
export interface Points {
  readonly args: readonly Float64Array<ArrayBuffer>[];
  readonly exact: ExactValues;
}

/** Points of a function: the special ones, then random ones, mixed so that neighbouring lanes differ. */
export async function makePoints(
  reference: Reference,
  measured: Measured,
  width: Width,
  count: number,
): Promise<Points> {
  const random = new Seeded(1);
  const args = Array.from({ length: measured.arity }, () => new Float64Array(count));
  const round = width === "float32" ? Math.fround : (value: number) => value;
  for (let k = 0; k < count; k++) {
    const point = measured.special[k] ?? measured.draw(random, width);
    for (let which = 0; which < measured.arity; which++) args[which][k] = round(point[which]);
  }
  return { args, exact: await reference.values(measured.name, args) };
}

/**
 * Compiles a function and applies it.
 *
 * @param build The function.
 * @param args Its arguments, which are numbers of the dtype.
 * @param width The dtype.
 * @param strict Whether it does without fused multiply-add.
 */
export function computeLanes(
  build: Build,
  args: Points["args"],
  width: Width,
  strict: boolean,
): ArrayLike<number> {
  const TypedArray = width === "float64" ? Float64Array : Float32Array;
  const run = compileLanes(args.length, build, { strict });
  return new TypedArray(run(...args.map((arg) => new TypedArray(arg))));
}

/** What JavaScript makes of the points. */
export function computeMath({ math }: Measured, { args: [xs, ys = xs] }: Points): ArrayLike<number> {
  return xs.map((x, k) => math(x, ys[k]));
}

/** Compares results with what is exactly true. */
export function compare(
  measured: Measured,
  points: Points,
  results: ArrayLike<number>,
  width: Width,
  mode: Mode,
): Row {
  const { args, exact } = points;
  let worst = 0, at = -1, wrongKind = 0;
  const examples: string[] = [];
  for (let k = 0; k < results.length; k++) {
    const error = ulpError(results[k], exact, k, width);
    if (error === Infinity) {
      wrongKind++;
      if (examples.length < 5) examples.push(describe(measured.name, args, exact, k, results[k]));
    } else if (error > worst) {
      worst = error;
      at = k;
    }
  }
  return {
    name: measured.name,
    dtype: width,
    mode,
    points: results.length,
    worst,
    at: at < 0 ? [] : args.map((arg) => text(arg[at])),
    bound: measured.bound[width],
    wrongKind,
    examples,
  };
}

function describe(name: string, args: Points["args"], exact: ExactValues, at: number, got: number): string {
  const inputs = args.map((arg) => text(arg[at])).join(", ");
  const exponent = exact[3 * at + 2];
  const due = text(exact[3 * at]) + (exponent === 0 ? "" : ` * 2 ** ${exponent}`);
  return `${name}(${inputs}) is ${text(got)}, not ${due}`;
}

/** A number as JavaScript reads it. */
function text(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
