/**
 * Functions for elements of which neighbouring cells lie side by side: a row holds one position of some cells. Rows lie
 * anywhere; a table in scratch holds their addresses, one word each.
 *
 * @module
 */

import type { LaneDType } from "../../plan/reduce/reduce_plan.ts";
import { type Code, code, get, i32, OP, set, tee, TYPE } from "../../wasm/code.ts";
import type { WasmFunction } from "../../wasm/module.ts";
import { combineCode, type ValueFold } from "./fold_code.ts";
import { add, DATA, load, loadOne, loadWord, SCRATCH, store, whileAtLeast } from "./memory_code.ts";

/** Rows of a group, the bytes of their addresses, and the vectors of a turn of the inner loop. */
const ROWS = 8, TABLE_STEP = 4 * ROWS, TURN = 4;

/**
 * `columns(table, groups, cells, e, o, isFresh)`: adds groups of eight rows to the rows `e` and `o` of a block, which
 * begins with the first of them if `isFresh` is not 0. The rows `e` and `o` need room for an even number of cells.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 */
export function columnsFunction(fold: ValueFold, lanes: LaneDType): WasmFunction {
  const table = 0, groups = 1, cells = 2, e = 3, o = 4, isFresh = 5;
  const row = (k: number) => 6 + k, toE = 14, toO = 15, left = 16, a = 17, b = 18;
  const combine = combineCode(fold, lanes, { a, b });

  /** The pair of one vector's cells, of rows 0, 4, 2, 6 or 1, 5, 3, 7. */
  const half = (first: number, read: (k: number) => Code) =>
    code(
      read(first),
      read(first + 4),
      combine,
      read(first + 2),
      read(first + 6),
      combine,
      combine,
    );
  const step = (k: number, isFirst: boolean, read: (k: number) => Code) =>
    code(
      ...[toE, toO].map((to, first) =>
        code(
          get(to),
          isFirst ? [] : code(get(to), load(SCRATCH, 16 * k)),
          half(first, read),
          isFirst ? [] : combine,
          store(SCRATCH, 16 * k),
        )
      ),
    );
  const moveOn = (bytes: number) =>
    code(...Array.from({ length: ROWS }, (_, k) => add(row(k), bytes)), add(toE, bytes), add(toO, bytes));
  const wide = (isFirst: boolean, vectors: number) =>
    code(
      ...Array.from(
        { length: vectors },
        (_, v) => step(v, isFirst, (k) => code(get(row(k)), load(DATA, 16 * v))),
      ),
      moveOn(16 * vectors),
    );
  // The last of an odd number of cells: what the other lane holds is nobody's.
  const last = (isFirst: boolean) => step(0, isFirst, (k) => code(get(row(k)), loadOne(DATA)));
  const walk = (isFirst: boolean) =>
    code(
      whileAtLeast(left, 2 * TURN, wide(isFirst, TURN)),
      whileAtLeast(left, 2, wide(isFirst, 1)),
      get(left),
      OP.if,
      last(isFirst),
      OP.end,
    );
  const { i32: int, v128 } = TYPE;
  return {
    name: "columns",
    parameters: [int, int, int, int, int, int],
    results: [],
    locals: [...new Array<number>(11).fill(int), v128, v128],
    // deno-fmt-ignore
    body: code(
      OP.loop,
        ...Array.from({ length: ROWS }, (_, k) => code(get(table), loadWord(SCRATCH, 4 * k), set(row(k)))),
        get(e), set(toE), get(o), set(toO), get(cells), set(left),
        get(isFresh), OP.if, walk(true), OP.else, walk(false), OP.end,
        i32(0), set(isFresh),
        add(table, TABLE_STEP),
        get(groups), i32(1), OP.i32Sub, tee(groups), OP.brIf,
      OP.end,
    ),
  };
}

/**
 * `settle(target, vectors)`: gives every NaN of some rows of float64 the same bits, which may differ with the order
 * in which instructions take their operands.
 */
export function settleFunction(): WasmFunction {
  const target = 0, vectors = 1, x = 2;
  const { i32: int, v128 } = TYPE;
  const canonical: Code = [0xfd, 0x0c, ...new Uint8Array(Float64Array.of(NaN, NaN).buffer)];
  // deno-fmt-ignore
  const one = code(
    get(target), get(target), load(SCRATCH), tee(x), canonical, get(x), get(x), [0xfd, 0x47], OP.v128Bitselect,
    store(SCRATCH),
    add(target, 16),
  );
  return {
    name: "settle",
    parameters: [int, int],
    results: [],
    locals: [v128],
    body: whileAtLeast(vectors, 1, one),
  };
}
