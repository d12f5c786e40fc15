/**
 * The functions of each reduction: modules, made when the first of their sort is wanted, and bound to memories.
 *
 * @module
 */

import type { FoldName, LaneDType } from "../../plan/reduce/reduce_plan.ts";
import { encodeModule, type WasmFunction } from "../../wasm/module.ts";
import { alongFunction, combineFunction, treeFunction } from "./along_code.ts";
import { columnsFunction, settleFunction } from "./columns_code.ts";
import type { PlaceFold, ValueFold } from "./fold_code.ts";
import { placesAlongFunction, placesColumnsFunction } from "./places_code.ts";

/** Functions that every module has. */
interface CommonExports {
  /** Gives every NaN the same bits. */
  settle(target: number, vectors: number): void;
}

/**
 * Functions that combine values. Addresses are of the elements' memory (`source`, the table's) or of scratch
 * (others).
 */
export interface ValueExports extends CommonExports {
  along(source: number, cellStep: number, cells: number, positions: number, target: number): void;
  tree(source: number, cells: number, blocks: number, target: number): void;
  columns(table: number, groups: number, cells: number, e: number, o: number, isFresh: number): void;
  combine(target: number, first: number, second: number, vectors: number): void;
}

/** Functions that look for positions. */
export interface PlaceExports extends CommonExports {
  placesAlong(
    source: number,
    cellStep: number,
    cells: number,
    positions: number,
    first: bigint,
    values: number,
    places: number,
    isFresh: number,
  ): void;
  placesColumns(
    table: number,
    rows: number,
    cells: number,
    first: bigint,
    values: number,
    places: number,
    isFresh: number,
  ): void;
}

/** The memories that functions work on. */
export interface FoldMemories {
  /** Where the elements are. */
  readonly data: WebAssembly.Memory;
  /** Where everything else is; it may be the same memory. */
  readonly scratch: WebAssembly.Memory;
}

const modules = new Map<string, WebAssembly.Module>();

/** Whether a fold looks for positions. */
export function isPlaceFold(fold: FoldName): fold is PlaceFold {
  return fold === "argmin" || fold === "argmax";
}

function moduleOf(fold: FoldName, lanes: LaneDType): WebAssembly.Module {
  const key = `${fold} ${lanes}`;
  let module = modules.get(key);
  if (module === undefined) {
    const functions: WasmFunction[] = isPlaceFold(fold)
      ? [placesAlongFunction, placesColumnsFunction].map((make) => make(fold, lanes))
      : [alongFunction, treeFunction, columnsFunction, combineFunction].map((make) => make(fold, lanes));
    const memories = [{ name: "data" }, { name: "scratch" }];
    module = new WebAssembly.Module(encodeModule({ memories, functions: [...functions, settleFunction()] }));
    modules.set(key, module);
  }
  return module;
}

function exportsOf(
  fold: FoldName,
  lanes: LaneDType,
  { data, scratch }: FoldMemories,
): WebAssembly.Exports {
  return new WebAssembly.Instance(moduleOf(fold, lanes), { env: { data, scratch } }).exports;
}

/**
 * The functions of a fold that combines values.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 * @param memories Two shared memories with 32-bit addresses.
 */
export function valueExports(
  fold: ValueFold,
  lanes: LaneDType,
  memories: FoldMemories,
): ValueExports {
  // The exports of a WebAssembly instance are untyped; the files of these functions say what they are.
  return exportsOf(fold, lanes, memories) as unknown as ValueExports;
}

/**
 * The functions of a fold that looks for positions.
 *
 * @param fold The fold.
 * @param lanes The dtype of the elements.
 * @param memories Two shared memories with 32-bit addresses.
 */
export function placeExports(
  fold: PlaceFold,
  lanes: LaneDType,
  memories: FoldMemories,
): PlaceExports {
  // The exports of a WebAssembly instance are untyped; the files of these functions say what they are.
  return exportsOf(fold, lanes, memories) as unknown as PlaceExports;
}
