/**
 * Uniform numbers into normally distributed ones, as a WebAssembly module, two numbers at a time.
 *
 * It takes all for central ones first, without a branch, and makes a list of those that are not (15 in 100); these
 * are computed again. Only operations are used that IEEE 754 defines to the last bit, and a logarithm made of them, so
 * the numbers are the same on every machine.
 *
 * @module
 */

import {
  CENTRAL,
  CENTRE,
  FAR_SHIFT,
  FAR_TAIL,
  LOGARITHM,
  NEAR_SHIFT,
  NEAR_TAIL,
  type Rational,
} from "./inverse_normal.ts";
import { SCRATCH } from "./scratch.ts";
import { type Code, code, get, i32, i64, OP, set, shuffle, tee, TYPE, unsigned } from "../../wasm/code.ts";
import { moduleBytes } from "../../wasm/module.ts";

/** The function that the module exports. */
export interface NormalExports {
  /**
   * Turns the uniform numbers of the batch, multiples d of 2^-53, into `mean + deviation * z`, with z the number below
   * which a standard normal one falls with probability d + 2^-54.
   *
   * @param count How many, at least 1. One more may be overwritten, to make it even.
   * @param mean The mean.
   * @param deviation The standard deviation.
   */
  invert(count: number, mean: number, deviation: number): void;
}

/** The module, and what must be in the memory for it. */
export interface NormalModule {
  /** The module. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Numbers for the memory's place of constants. */
  readonly constants: readonly number[];
}

/** Parameters and scalar locals. `TAIL` and `PLACE` run along the lists of tail numbers and of where they belong. */
const COUNT = 0, MEAN = 1, DEVIATION = 2, ADDRESS = 3, END = 4, TAIL = 5, PLACE = 6, MASK = 7;

/** Vectors of two float64. */
const MEANS = 8, DEVIATIONS = 9, Q = 10, R = 11, Z = 12, X = 13, EXPONENT = 14, S = 15, VECTORS = 8;

/** Where a number may be written that nobody wants. */
const NOWHERE = SCRATCH.pending - 8;

/** The bits of the float64 next to √½ whose low word is 0. */
const ROOT_HALF = new Float64Array(Uint32Array.of(0, 0x3fe6a09e).buffer)[0];

/** Numbers that the code takes from memory, each twice. Constants in a loop would be made anew each time. */
class Constants {
  /** What is in memory. */
  readonly values: number[] = [];

  /** Pushes a number twice. */
  push(value: number): Code {
    let place = this.values.findIndex((other) => Object.is(other, value));
    if (place < 0) {
      place = this.values.length;
      this.values.push(value, value);
    }
    return code(i32(0), OP.v128Load, unsigned(SCRATCH.constants + 8 * place));
  }

  /** Pushes the values of a polynomial of a local. */
  polynomial(coefficients: readonly number[], local: number): Code {
    const [first, ...others] = coefficients.map((value) => this.push(value));
    return code(first, ...others.map((next) => code(get(local), OP.f64x2Mul, next, OP.f64x2Add)));
  }

  /** Pushes the values of a rational function of r, less something. */
  rational({ top, bottom }: Rational, shift: number): Code {
    const shifted = code(get(R), this.push(shift), OP.f64x2Sub, set(S));
    return code(shifted, this.polynomial(top, S), this.polynomial(bottom, S), OP.f64x2Div);
  }
}

/** Pushes what a standard normal number becomes. */
const scaled = () => code(get(MEANS), get(DEVIATIONS), get(Z), OP.f64x2Mul, OP.f64x2Add);

/** Computes two numbers as central ones, and puts those that are none on the list. */
function centralPair(constants: Constants): Code {
  const listed = (lane: number, isTail: Code) =>
    // deno-fmt-ignore
    code(
      get(PLACE), get(ADDRESS), i32(8 * lane), OP.i32Add, OP.i32Store, [0],
      get(TAIL), get(Q), OP.v128Store64Lane, [0, lane],
      get(PLACE), isTail, i32(2), OP.i32Shl, OP.i32Add, set(PLACE),
      get(TAIL), isTail, i32(3), OP.i32Shl, OP.i32Add, set(TAIL),
    );
  // deno-fmt-ignore
  return code(
    get(ADDRESS), OP.v128Load, [0], constants.push(0.5), OP.f64x2Sub, constants.push(2 ** -54), OP.f64x2Add, set(Q),
    constants.push(CENTRAL * CENTRAL), get(Q), get(Q), OP.f64x2Mul, OP.f64x2Sub, set(R),
    get(Q), constants.polynomial(CENTRE.top, R), OP.f64x2Mul,
    constants.polynomial(CENTRE.bottom, R), OP.f64x2Div, set(Z),
    get(ADDRESS), scaled(), OP.v128Store, [0],
    get(Q), OP.f64x2Abs, constants.push(CENTRAL), OP.f64x2Gt, OP.i64x2Bitmask, set(MASK),
    listed(0, code(get(MASK), i32(1), OP.i32And)),
    listed(1, code(get(MASK), i32(1), OP.i32ShrU)),
  );
}

/** Sets `R` to the square root of minus the logarithm of `X`. */
function rootOfLogarithm(constants: Constants): Code {
  // deno-fmt-ignore
  return code(
    // The exponent that leaves √½ to √2; minus infinity has the bits of sign and exponent.
    get(X), constants.push(ROOT_HALF), OP.i64x2Sub, tee(EXPONENT),
    get(X), get(EXPONENT), constants.push(-Infinity), OP.v128And, OP.i64x2Sub, set(X),
    i32(20), OP.i32x4ShrS, tee(EXPONENT), get(EXPONENT), shuffle([1, 3, 1, 3]), OP.f64x2ConvertLowI32x4, set(EXPONENT),
    get(X), constants.push(1), OP.f64x2Sub, get(X), constants.push(1), OP.f64x2Add, OP.f64x2Div, tee(S),
    get(S), OP.f64x2Mul, set(X),
    get(EXPONENT), constants.push(Math.LN2), OP.f64x2Mul,
    constants.push(2), get(S), OP.f64x2Mul, constants.polynomial(LOGARITHM, X), OP.f64x2Mul,
    OP.f64x2Add, OP.f64x2Neg, OP.f64x2Sqrt, set(R),
  );
}

/** Computes two numbers of the list. */
function tailPair(constants: Constants): Code {
  const write = (lane: number) =>
    code(get(PLACE), OP.i32Load, [4 * lane], get(S), OP.v128Store64Lane, [0, lane]);
  const isFar = code(get(R), constants.push(FAR_SHIFT), OP.f64x2Gt);
  // deno-fmt-ignore
  return code(
    get(TAIL), OP.v128Load, [0], set(Q),
    constants.push(0.5), get(Q), OP.f64x2Abs, OP.f64x2Sub, set(X),
    rootOfLogarithm(constants),
    constants.rational(NEAR_TAIL, NEAR_SHIFT), set(Z),
    isFar, OP.v128AnyTrue, OP.if,
      constants.rational(FAR_TAIL, FAR_SHIFT), get(Z), isFar, OP.v128Bitselect, set(Z),
    OP.end,
    get(Z), get(Q), constants.push(-0), OP.v128And, OP.v128Or, set(Z),
    scaled(), set(S),
    write(0), write(1),
  );
}

function body(constants: Constants): Code {
  const forward = (local: number, bytes: number) => code(get(local), i32(bytes), OP.i32Add);
  // deno-fmt-ignore
  return code(
    get(MEAN), OP.f64x2Splat, set(MEANS),
    get(DEVIATION), OP.f64x2Splat, set(DEVIATIONS),
    i32(SCRATCH.batch), set(ADDRESS), get(COUNT), i32(3), OP.i32Shl, set(END),
    i32(SCRATCH.results), set(TAIL), i32(SCRATCH.pending), set(PLACE),
    OP.loop,
      centralPair(constants),
      forward(ADDRESS, 16), tee(ADDRESS), get(END), OP.i32LtU, OP.brIf,
    OP.end,
    // One more, in case their number is odd.
    get(PLACE), i32(NOWHERE), OP.i32Store, [0], get(TAIL), i64(0n), OP.i64Store, [0],
    get(TAIL), set(END), i32(SCRATCH.results), set(TAIL), i32(SCRATCH.pending), set(PLACE),
    get(TAIL), get(END), OP.i32LtU, OP.if,
      OP.loop,
        tailPair(constants),
        forward(PLACE, 8), set(PLACE),
        forward(TAIL, 16), tee(TAIL), get(END), OP.i32LtU, OP.brIf,
      OP.end,
    OP.end,
  );
}

/**
 * Makes the module, which works on the scratch memory.
 *
 * @returns The module, whose exports are {@linkcode NormalExports}, and its constants.
 */
export function normalModule(): NormalModule {
  const { i32, f64, v128 } = TYPE;
  const constants = new Constants();
  const bytes = moduleBytes([{
    name: "invert",
    parameters: [i32, f64, f64],
    results: [],
    locals: [i32, i32, i32, i32, i32, ...new Array<number>(VECTORS).fill(v128)],
    body: body(constants),
  }]);
  return { bytes, constants: constants.values };
}
