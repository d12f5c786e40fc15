/**
 * Functions that look for the first position of the least or greatest element, or of the first NaN.
 *
 * @module
 */

import type { LaneDType } from "../../plan/reduce/reduce_plan.ts";
import { code, get, i32, i64, OP, set, tee, TYPE } from "../../wasm/code.ts";
import type { WasmFunction } from "../../wasm/module.ts";
import { beatsBest, keepsBest, type PlaceFold } from "./fold_code.ts";
import {
  add,
  addLocal,
  copyBytes,
  DATA,
  ELEMENT,
  load,
  loadLong,
  loadOne,
  loadSplat,
  loadWord,
  MORE,
  SCRATCH,
  store,
  storeFirst,
  storeLong,
  whileAtLeast,
} from "./memory_code.ts";

/** Elements that are looked at together, and the vectors that hold them. */
const GROUP = 8, VECTORS = [0, 1, 2, 3];

/**
 * `placesAlong(source, cellStep, cells, positions, first, values, places, isFresh)`: positions lie side by side, the
 * first of each cell has the number `first`. It goes on from the values and places so far unless `isFresh` is not 0.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 */
export function placesAlongFunction(fold: PlaceFold, lanes: LaneDType): WasmFunction {
  const source = 0, cellStep = 1, cells = 2, positions = 3, first = 4, values = 5, places = 6, isFresh = 7;
  const from = 8, left = 9, few = 10, at = 11, place = 12, x = 13, best = 14;
  const begin = code(
    get(isFresh),
    OP.if,
    ...[get(source), loadSplat(DATA), set(best), get(first), set(place)],
    OP.else,
    ...[get(values), loadSplat(SCRATCH), set(best), get(places), loadLong(SCRATCH), set(place)],
    OP.end,
  );
  const keepsAll = code(
    ...VECTORS.map((k) =>
      code(
        keepsBest(fold, lanes, code(get(from), load(DATA, 16 * k)), get(best)),
        k > 0 ? OP.v128And : [],
      )
    ),
    MORE.i64x2AllTrue,
  );
  // deno-fmt-ignore
  const one = code(
    get(from), loadSplat(DATA), set(x),
    beatsBest(fold, lanes, get(x), get(best)), OP.v128AnyTrue, OP.if,
      get(x), set(best), get(at), set(place),
    OP.end,
    add(from, ELEMENT), get(at), i64(1n), OP.i64Add, set(at),
  );
  const isGroup = code(get(left), i32(GROUP), MORE.i32GeU);
  // Whole groups in which nothing is better are passed over; one in which something may be is looked through.
  // deno-fmt-ignore
  const skip = code(
    isGroup, OP.if, OP.loop,
      keepsAll, OP.if,
        add(from, GROUP * ELEMENT), get(at), i64(BigInt(GROUP)), OP.i64Add, set(at),
        add(left, -GROUP),
        isGroup, [0x0d, 1],
      OP.end,
    OP.end, OP.end,
  );
  // Behind a NaN there is nothing to look for.
  const endAtNaN = code(
    get(best),
    get(best),
    [0xfd, 0x48],
    OP.v128AnyTrue,
    OP.if,
    i32(0),
    set(left),
    OP.end,
  );
  // deno-fmt-ignore
  const cell = code(
    begin,
    get(source), set(from), get(positions), set(left), get(first), set(at),
    lanes === "float64" ? endAtNaN : [],
    get(left), OP.if, OP.loop,
      skip,
      isGroup, OP.if, i32(GROUP), set(few), OP.else, get(left), set(few), OP.end,
      get(left), get(few), OP.i32Sub, set(left),
      whileAtLeast(few, 1, one),
      lanes === "float64" ? endAtNaN : [],
      get(left), OP.brIf,
    OP.end, OP.end,
    get(values), get(best), storeFirst(SCRATCH),
    get(places), get(place), storeLong(SCRATCH),
    add(values, ELEMENT), add(places, ELEMENT),
    addLocal(source, cellStep),
  );
  const { i32: int, i64: long, v128 } = TYPE;
  return {
    name: "placesAlong",
    parameters: [int, int, int, int, long, int, int, int],
    results: [],
    locals: [int, int, int, long, long, v128, v128],
    body: code(
      OP.loop,
      cell,
      get(cells),
      i32(1),
      OP.i32Sub,
      tee(cells),
      OP.brIf,
      OP.end,
    ),
  };
}

/**
 * `placesColumns(table, rows, cells, first, values, places, isFresh)`: neighbouring cells lie side by side, the first
 * row has the number `first`. It goes on from the values and places so far unless `isFresh` is not 0; those need room
 * for an even number of cells.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 */
export function placesColumnsFunction(fold: PlaceFold, lanes: LaneDType): WasmFunction {
  const table = 0, rows = 1, cells = 2, first = 3, values = 4, places = 5, isFresh = 6;
  const from = 7, value = 8, place = 9, left = 10, x = 11, best = 12, at = 13, mask = 14;
  // deno-fmt-ignore
  const begin = code(
    get(isFresh), OP.if,
      get(values), get(from), get(cells), i32(3), OP.i32Shl, copyBytes(SCRATCH, DATA),
      get(places), set(place), get(cells), set(left),
      whileAtLeast(left, 1, code(get(place), get(first), storeLong(SCRATCH), add(place, ELEMENT))),
      i32(0), set(isFresh),
    OP.end,
  );
  // deno-fmt-ignore
  const update = code(
    get(value), load(SCRATCH), set(best),
    beatsBest(fold, lanes, get(x), get(best)), tee(mask), OP.v128AnyTrue, OP.if,
      get(value), get(x), get(best), get(mask), OP.v128Bitselect, store(SCRATCH),
      get(place), get(at), get(place), load(SCRATCH), get(mask), OP.v128Bitselect, store(SCRATCH),
    OP.end,
  );
  // deno-fmt-ignore
  const row = code(
    get(table), loadWord(SCRATCH, 0), set(from),
    begin,
    get(first), OP.i64x2Splat, set(at),
    get(values), set(value), get(places), set(place), get(cells), set(left),
    whileAtLeast(left, 2, code(
      get(from), load(DATA), set(x),
      update,
      add(from, 16), add(value, 16), add(place, 16),
    )),
    get(left), OP.if, get(from), loadOne(DATA), set(x), update, OP.end,
    add(table, 4), get(first), i64(1n), OP.i64Add, set(first),
  );
  const { i32: int, i64: long, v128 } = TYPE;
  return {
    name: "placesColumns",
    parameters: [int, int, int, long, int, int, int],
    results: [],
    locals: [int, int, int, int, v128, v128, v128, v128],
    body: code(
      OP.loop,
      row,
      get(rows),
      i32(1),
      OP.i32Sub,
      tee(rows),
      OP.brIf,
      OP.end,
    ),
  };
}
