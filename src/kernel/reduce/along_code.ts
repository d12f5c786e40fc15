/**
 * Functions for elements whose positions lie side by side: a vector holds an `e` and an `o` of the contract.
 *
 * @module
 */

import type { LaneDType } from "../../plan/reduce/reduce_plan.ts";
import { type Code, code, get, i32, OP, set, shuffle, tee, TYPE } from "../../wasm/code.ts";
import type { WasmFunction } from "../../wasm/module.ts";
import { combineCode, identityBits, splatBits, type ValueFold } from "./fold_code.ts";
import {
  add,
  addLocal,
  DATA,
  ELEMENT,
  load,
  loadFirst,
  loadOne,
  MORE,
  SCRATCH,
  store,
  storeFirst,
  whileAtLeast,
} from "./memory_code.ts";

/** Positions of a group, bytes of it, and groups of a block. */
const GROUP = 8,
  GROUP_BYTES = GROUP * ELEMENT,
  GROUPS = 16,
  BLOCK = GROUP * GROUPS,
  BLOCK_BYTES = BLOCK * ELEMENT;

/**
 * Blocks that are read at the same time, far from each other where there are many: memory then has more to do at a
 * time, which makes long sums a fifth faster.
 */
const STREAMS = [0, 1, 2, 3];

/** From so many positions on streams are a page apart; nearer ones are slower than one. */
const WORTH_STREAMS = 2048;

/** Makes of the vector that is on the stack twice one with its lanes swapped. */
const SWAP = shuffle([2, 3, 0, 1]);

const I32_MUL: Code = [0x6c];

/** Writes the code of one fold. */
function writer(fold: ValueFold, lanes: LaneDType, a: number, b: number) {
  const combine = combineCode(fold, lanes, { a, b });
  /** `(v0 ∘ v2) ∘ (v1 ∘ v3)` of four vectors. */
  const group = (vectorAt: (k: number) => Code) =>
    code(vectorAt(0), vectorAt(2), combine, vectorAt(1), vectorAt(3), combine, combine);
  return { combine, group, identity: splatBits(identityBits(fold, lanes)) };
}

/**
 * `along(source, cellStep, cells, positions, target)`: one value for each block of 128 positions of each cell.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 */
export function alongFunction(fold: ValueFold, lanes: LaneDType): WasmFunction {
  const source = 0, cellStep = 1, cells = 2, positions = 3, target = 4;
  const from = 5, left = 6, groups = 7, quarter = 8, turns = 9, to = 10, stream = (k: number) => 11 + k;
  const sum = (k: number) => 15 + k, tail = [19, 20, 21, 22], a = 23, b = 24;
  const { combine, group, identity } = writer(fold, lanes, a, b);
  const groupAt = (pointer: number, groupIndex: number) =>
    group((k) => code(get(pointer), load(DATA, groupIndex * GROUP_BYTES + 16 * k)));
  const next = (pointer: number, total: number) =>
    code(get(total), groupAt(pointer, 0), combine, set(total), add(pointer, GROUP_BYTES));
  /** Stores `e ∘ o`. */
  const finish = (pointer: number, total: number) =>
    code(get(pointer), get(total), get(total), get(total), SWAP, combine, storeFirst(SCRATCH));

  /** A quarter of the blocks lies from each stream to the next. */
  // deno-fmt-ignore
  const inStreams = code(
    get(left), i32(WORTH_STREAMS), MORE.i32GeU, OP.if,
      get(left), i32(Math.log2(BLOCK * STREAMS.length)), OP.i32ShrU, set(quarter),
      ...STREAMS.map((k) => code(
        get(from), set(stream(k)),
        get(from), get(quarter), i32(Math.log2(BLOCK_BYTES)), OP.i32Shl, OP.i32Add, set(from),
      )),
      get(quarter), set(turns),
      whileAtLeast(turns, 1, code(
        ...STREAMS.map((k) => code(identity, set(sum(k)))),
        i32(GROUPS), set(groups),
        whileAtLeast(groups, 1, code(...STREAMS.map((k) => next(stream(k), sum(k))))),
        get(target), set(to),
        ...STREAMS.map((k) => code(
          finish(to, sum(k)),
          get(to), get(quarter), i32(Math.log2(ELEMENT)), OP.i32Shl, OP.i32Add, set(to),
        )),
        add(target, ELEMENT),
      )),
      // The first quarter was counted as it was written.
      get(target), get(quarter), i32((STREAMS.length - 1) * ELEMENT), I32_MUL, OP.i32Add, set(target),
      get(left), i32(BLOCK * STREAMS.length - 1), OP.i32And, set(left),
    OP.end,
  );
  // Two positions, one and the identity, or two identities.
  const tailVector = (k: number) => {
    // deno-fmt-ignore
    return code(
      identity, set(tail[k]),
      i32(2 * k), get(left), OP.i32LtU, OP.if,
        get(left), i32(2 * k + 1), OP.i32Eq, OP.if,
          get(from), identity, loadFirst(DATA, 16 * k), set(tail[k]),
        OP.else,
          get(from), load(DATA, 16 * k), set(tail[k]),
        OP.end,
      OP.end,
    );
  };
  // deno-fmt-ignore
  const lastBlock = code(
    identity, set(sum(0)),
    whileAtLeast(left, GROUP, next(from, sum(0))),
    get(left), OP.if,
      ...tail.map((_, k) => tailVector(k)),
      get(sum(0)), group((k) => get(tail[k])), combine, set(sum(0)),
    OP.end,
    finish(target, sum(0)), add(target, ELEMENT),
  );
  // Written out: with a loop over the groups short rows take up to twice as long.
  const oneBlock = code(
    groupAt(from, 0),
    ...Array.from({ length: GROUPS - 1 }, (_, k) => code(groupAt(from, k + 1), combine)),
    set(sum(0)),
    add(from, BLOCK_BYTES),
    finish(target, sum(0)),
    add(target, ELEMENT),
  );
  const { i32: int, v128 } = TYPE;
  return {
    name: "along",
    parameters: [int, int, int, int, int],
    results: [],
    locals: [...new Array<number>(10).fill(int), ...new Array<number>(10).fill(v128)],
    // deno-fmt-ignore
    body: code(
      OP.loop,
        get(source), set(from), get(positions), set(left),
        inStreams,
        whileAtLeast(left, BLOCK, oneBlock),
        get(left), OP.if, lastBlock, OP.end,
        addLocal(source, cellStep),
        get(cells), i32(1), OP.i32Sub, tee(cells), OP.brIf,
      OP.end,
    ),
  };
}

/**
 * `tree(source, cells, blocks, target)`: one value of the blocks of each cell. It overwrites the blocks; the values
 * may go where the first of them were.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 */
export function treeFunction(fold: ValueFold, lanes: LaneDType): WasmFunction {
  const source = 0, cells = 1, blocks = 2, target = 3, from = 4, to = 5, count = 6, pairs = 7, both = 8;
  const { combine } = writer(fold, lanes, 9, 10);
  // deno-fmt-ignore
  const pair = code(
    get(to), get(from), load(SCRATCH), tee(both), get(both), get(both), SWAP, combine, storeFirst(SCRATCH),
    add(from, 2 * ELEMENT), add(to, ELEMENT),
  );
  const copyOne = code(get(from), loadOne(SCRATCH), storeFirst(SCRATCH));
  // deno-fmt-ignore
  const level = code(
    get(source), tee(from), set(to),
    get(count), i32(1), OP.i32ShrU, set(pairs),
    whileAtLeast(pairs, 1, pair),
    get(count), i32(1), OP.i32And, OP.if,
      get(to), copyOne,
    OP.end,
    get(count), i32(1), OP.i32Add, i32(1), OP.i32ShrU, set(count),
  );
  const isMore = code(i32(1), get(count), OP.i32LtU);
  const { i32: int, v128 } = TYPE;
  return {
    name: "tree",
    parameters: [int, int, int, int],
    results: [],
    locals: [int, int, int, int, v128, v128, v128],
    // deno-fmt-ignore
    body: code(
      OP.loop,
        get(blocks), set(count),
        isMore, OP.if, OP.loop, level, isMore, OP.brIf, OP.end, OP.end,
        get(source), set(from),
        get(target), copyOne,
        add(target, ELEMENT),
        get(source), get(blocks), i32(3), OP.i32Shl, OP.i32Add, set(source),
        get(cells), i32(1), OP.i32Sub, tee(cells), OP.brIf,
      OP.end,
    ),
  };
}

/**
 * `combine(target, first, second, vectors)`: rows of two elements a vector, `target = first ∘ second`.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 */
export function combineFunction(fold: ValueFold, lanes: LaneDType): WasmFunction {
  const target = 0, first = 1, second = 2, vectors = 3;
  const { combine } = writer(fold, lanes, 4, 5);
  const { i32: int, v128 } = TYPE;
  // deno-fmt-ignore
  const one = code(
    get(target), get(first), load(SCRATCH), get(second), load(SCRATCH), combine, store(SCRATCH),
    add(target, 16), add(first, 16), add(second, 16),
  );
  return {
    name: "combine",
    parameters: [int, int, int, int],
    results: [],
    locals: [v128, v128],
    body: whileAtLeast(vectors, 1, one),
  };
}
