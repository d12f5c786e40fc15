/**
 * Words of a stream into integers below a bound, as a WebAssembly module.
 *
 * D. Lemire: "Fast random integer generation in an interval", ACM Transactions on Modeling and Computer Simulation 29
 * (2019). With w a word of b bits and n the number of integers, w n is from 0 to n 2^b - 1. Its upper b bits are the
 * result; it is thrown away when its lower b bits are less than 2^b mod n, which leaves just as many words for each.
 *
 * @module
 */

import { SCRATCH } from "./scratch.ts";
import { type Code, code, get, i32, i64, OP, set, tee, TYPE, unsigned } from "../../wasm/code.ts";
import { moduleBytes } from "../../wasm/module.ts";

/**
 * Draws some elements of a batch: those whose numbers stand in the memory's place for pending ones. The words are in
 * the place of batches; results go to the place of results.
 *
 * @param pending How many elements, at least 1.
 * @param last The number of integers, less 1.
 * @param low The least of them, added to each result.
 * @param rejected 2^b modulo the number of integers.
 * @returns How many have to be drawn once more: their numbers stand in the place of pending ones again.
 */
export type Draw = (pending: number, last: bigint, low: bigint, rejected: bigint) => number;

/** The functions that the module exports, by the bits of the words and the bytes of the results. */
export interface BoundedExports {
  /** Word i, at most 2^32 integers, 4 bytes. */
  words32to4: Draw;
  /** Word i, at most 2^32 integers, 8 bytes. */
  words32to8: Draw;
  /** Words 2i (high) and 2i + 1 (low), at most 2^64 integers, 8 bytes. */
  words64to8: Draw;
  /** As `words32to4`, but for element i of the batch there are i more integers; `rejected` is not looked at. */
  rising32to4: Draw;
}

/** Parameters, then locals: `READ` and `WRITE` run along the elements' numbers. */
const PENDING = 0, LAST = 1, LOW = 2, REJECTED = 3, READ = 4, WRITE = 5, END = 6, ELEMENT = 7;
const HIGH_WORD = 8, LOW_WORD = 9, HIGH_LAST = 10, LOW_LAST = 11, X = 12, Y = 13, RESULT = 14, REST = 15;

const low = code(i64(0xffffffffn), OP.i64And);
const high = code(i64(32n), OP.i64ShrU);

/** Sets `RESULT` and `REST` to the halves of a 32-bit word times the number of integers. */
function multiply32(): Code {
  // deno-fmt-ignore
  return code(
    get(ELEMENT), i32(2), OP.i32Shl, OP.i64Load32, [SCRATCH.batch], tee(X),
    get(LAST), OP.i64Mul, get(X), OP.i64Add, tee(X), high, set(RESULT),
    get(X), low, set(REST),
  );
}

/**
 * Sets `RESULT` and `REST` to the halves of a 64-bit word w times the number of integers: w times the number less 1,
 * plus w, because 2^64 itself is no 64-bit number.
 */
function multiply64(): Code {
  const product = (a: number, b: number) => code(get(a), get(b), OP.i64Mul);
  // deno-fmt-ignore
  return code(
    get(ELEMENT), i32(3), OP.i32Shl, OP.i64Load32, [SCRATCH.batch], set(HIGH_WORD),
    get(ELEMENT), i32(3), OP.i32Shl, OP.i64Load32, [SCRATCH.batch + 4], set(LOW_WORD),
    product(HIGH_WORD, LOW_LAST), product(LOW_WORD, LOW_LAST), high, OP.i64Add, set(X),
    product(LOW_WORD, HIGH_LAST), get(X), low, OP.i64Add, set(Y),
    product(HIGH_WORD, HIGH_LAST), get(X), high, OP.i64Add, get(Y), high, OP.i64Add, set(RESULT),
    get(HIGH_WORD), i64(32n), OP.i64Shl, get(LOW_WORD), OP.i64Or, tee(X),
    get(LAST), OP.i64Mul, get(X), OP.i64Add, tee(REST), get(X), OP.i64LtU, OP.i64ExtendI32U,
    get(RESULT), OP.i64Add, set(RESULT),
  );
}

/** As {@linkcode multiply32}, with a number of integers of each element's own. Sets `REJECTED` if it matters. */
function multiplyRising(): Code {
  // deno-fmt-ignore
  return code(
    get(LAST), get(ELEMENT), OP.i64ExtendI32U, OP.i64Add, i64(1n), OP.i64Add, set(Y),
    get(ELEMENT), i32(2), OP.i32Shl, OP.i64Load32, [SCRATCH.batch],
    get(Y), OP.i64Mul, tee(X), high, set(RESULT),
    get(X), low, set(REST),
    i64(0n), set(REJECTED),
    // 2^32 modulo the number is less than the number, so the division can mostly be spared.
    get(REST), get(Y), OP.i64LtU, OP.if, i64(0x100000000n), get(Y), OP.i64RemU, set(REJECTED), OP.end,
  );
}

/** The whole function. Every result is written; those to be drawn once more are written again then. */
function body(multiply: Code, width: number): Code {
  const address = code(get(ELEMENT), i32(Math.log2(width)), OP.i32Shl);
  const forward = (local: number) => code(get(local), i32(4), OP.i32Add, tee(local));
  // deno-fmt-ignore
  return code(
    get(LAST), high, set(HIGH_LAST), get(LAST), low, set(LOW_LAST),
    i32(SCRATCH.pending), tee(READ), set(WRITE),
    get(READ), get(PENDING), i32(2), OP.i32Shl, OP.i32Add, set(END),
    OP.loop,
      get(READ), OP.i32Load, [0], set(ELEMENT),
      multiply,
      address, get(RESULT), get(LOW), OP.i64Add,
      width === 8 ? OP.i64Store : OP.i64Store32, unsigned(SCRATCH.results),
      get(WRITE), get(ELEMENT), OP.i32Store, [0],
      get(WRITE), get(REST), get(REJECTED), OP.i64LtU, i32(2), OP.i32Shl, OP.i32Add, set(WRITE),
      forward(READ), get(END), OP.i32LtU, OP.brIf,
    OP.end,
    get(WRITE), i32(SCRATCH.pending), OP.i32Sub, i32(2), OP.i32ShrU,
  );
}

/**
 * Makes the module, which works on the scratch memory.
 *
 * @returns Its bytes; its exports are {@linkcode BoundedExports}.
 */
export function boundedModule(): Uint8Array<ArrayBuffer> {
  const { i32, i64 } = TYPE;
  const locals = [i32, i32, i32, i32, ...new Array<number>(REST - ELEMENT).fill(i64)];
  const draw = (name: keyof BoundedExports, multiply: Code, width: number) => ({
    name,
    parameters: [i32, i64, i64, i64],
    results: [i32],
    locals,
    body: body(multiply, width),
  });
  return moduleBytes([
    draw("words32to4", multiply32(), 4),
    draw("words32to8", multiply32(), 8),
    draw("words64to8", multiply64(), 8),
    draw("rising32to4", multiplyRising(), 4),
  ]);
}
