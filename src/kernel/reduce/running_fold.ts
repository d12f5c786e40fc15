/**
 * A reduction whose positions come bit by bit, in order: of each cell only what is needed to go on is kept, so that
 * elements need not be in memory together. It combines in the order of `reduce_plan.ts`, like everything here.
 *
 * @module
 */

import { type SharedNdArray, storageOf, uninitialised } from "../../array/shared_ndarray.ts";
import { countWork } from "../../interrupt.ts";
import { BLOCK, type FoldName, type LaneDType, type ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import { identityBits } from "./fold_code.ts";
import { isPlaceFold, type PlaceExports, placeExports, valueExports } from "./fold_module.ts";
import { ELEMENT } from "./memory_code.ts";
import { CELL_NS, ELEMENT_NS, RESULTS, STRIP, TABLE_ROWS } from "./scratch.ts";
import { type RowFolder, valuesAlong, valuesInColumns } from "./running_values.ts";

/** How large the pieces are that come. */
export interface RunningRoom {
  /** The most cells. */
  readonly cells: number;
  /** The most positions that come at a time. */
  readonly most: number;
  /** The most positions of all. */
  readonly positions: number;
  /** What of the elements lies side by side. */
  readonly contiguous: ReducePlan["contiguous"];
}

/** Where elements go. */
export interface RunningTarget {
  readonly address: number;
  /** Bytes from a cell to the next, and from a position to the next. */
  readonly cellStep: number;
  readonly positionStep: number;
}

/** What is where in the memory of a running fold: addresses and bytes. */
export interface RunningPlaces {
  readonly table: number;
  readonly identity: number;
  readonly results: number;
  /** Rows with a value for each cell. */
  readonly e: number;
  readonly o: number;
  readonly stack: number;
  readonly rowBytes: number;
  readonly elements: number;
  readonly cellStep: number;
  readonly positionStep: number;
  readonly end: number;
}

/** Positions that may wait until they can be combined: less than a group of rows, or less than a block. */
const WAITING = { cells: 7, positions: BLOCK - 1 } as const;

/** Steps that are a multiple of a page compete for the same lines of a cache. */
const PAGE = 4096, APART = 192;

function stepBytes(elements: number): number {
  const bytes = 2 * ELEMENT * Math.ceil(elements / 2);
  return bytes % PAGE === 0 ? bytes + APART : bytes;
}

function layOut({ cells, most, positions, contiguous }: RunningRoom, base: number): RunningPlaces {
  const rowBytes = stepBytes(cells), waiting = most + WAITING[contiguous];
  const cellStep = contiguous === "cells" ? ELEMENT : stepBytes(waiting);
  const levels = Math.ceil(Math.log2(Math.max(1, positions / BLOCK))) + 2;
  let at = base;
  const take = (bytes: number) => (at += bytes) - bytes;
  const table = take(4 * TABLE_ROWS),
    identity = take(STRIP * ELEMENT),
    results = take(RESULTS * ELEMENT + 64);
  const e = take(rowBytes), o = take(rowBytes), stack = take(levels * rowBytes);
  const positionStep = contiguous === "cells" ? rowBytes : ELEMENT;
  const elements = take(contiguous === "cells" ? waiting * rowBytes : cells * cellStep);
  return { table, identity, results, e, o, stack, rowBytes, elements, cellStep, positionStep, end: at + 64 };
}

/**
 * Bytes that a running fold takes.
 *
 * @param room How large the pieces are.
 */
export function runningBytes(room: RunningRoom): number {
  return layOut(room, 0).end;
}

/** A reduction at work. */
export class RunningFold implements Disposable {
  /** Where elements go, and all else: an array of the dtype of the elements. */
  readonly memory: SharedNdArray;
  readonly #places: RunningPlaces;
  readonly #folder: RowFolder;
  readonly #settle: (address: number, cells: number) => void;
  readonly #isPlace: boolean;
  #cells = 0;
  #held = 0;

  /**
   * @param fold The fold.
   * @param lanes The dtype of the elements.
   * @param room How large the pieces are.
   */
  constructor(fold: FoldName, lanes: LaneDType, room: RunningRoom) {
    this.memory = uninitialised([Math.ceil(runningBytes(room) / ELEMENT)], lanes);
    const wasm = storageOf(this.memory).webAssemblyMemory, { buffer, byteOffset } = this.memory.data;
    if (wasm === undefined) {
      throw new Error("The memory of a running fold is none that WebAssembly can address");
    }
    const places = this.#places = layOut(room, byteOffset), words = new Int32Array(buffer);
    const memories = { data: wasm, scratch: wasm };
    this.#isPlace = isPlaceFold(fold);
    if (isPlaceFold(fold)) {
      const exports = placeExports(fold, lanes, memories);
      this.#settle = (address, cells) => exports.settle(address, Math.ceil(cells / 2));
      this.#folder = placesOf(exports, places, words, room.contiguous);
    } else {
      const exports = valueExports(fold, lanes, memories), identity = identityBits(fold, lanes);
      this.#settle = (address, cells) => exports.settle(address, Math.ceil(cells / 2));
      const tools = { exports, places, words, identity };
      this.#folder = room.contiguous === "cells" ? valuesInColumns(tools) : valuesAlong(tools);
    }
    if (lanes !== "float64") this.#settle = () => {};
  }

  /**
   * Begins anew.
   *
   * @param cells How many cells there are.
   * @param first The number of the first position that comes: a multiple of that of a block.
   */
  begin(cells: number, first: number): void {
    this.#cells = cells;
    this.#held = 0;
    this.#folder.begin(cells, first);
  }

  /** Where the elements of the next position go. */
  get target(): RunningTarget {
    const { elements, cellStep, positionStep } = this.#places;
    return { address: elements + this.#held * positionStep, cellStep, positionStep };
  }

  /**
   * Combines what was written from {@linkcode target} on.
   *
   * @param count How many positions.
   */
  add(count: number): void {
    this.#held += count;
    const used = this.#folder.fold(this.#held), left = this.#held - used;
    if (used > 0 && left > 0) this.#moveToFront(used, left);
    this.#held = left;
  }

  /** What waits becomes the first of what is there. */
  #moveToFront(used: number, left: number): void {
    const { elements, cellStep, positionStep, rowBytes } = this.#places;
    const bytes = new Uint8Array(this.memory.data.buffer);
    const move = (start: number, step: number, length: number) =>
      bytes.copyWithin(start, start + used * step, start + used * step + length);
    if (cellStep === ELEMENT) {
      // Fewer than are used may wait, or more: rows are moved from the first one on.
      for (let k = 0; k < left; k++) move(elements + k * rowBytes, positionStep, this.#cells * ELEMENT);
      return;
    }
    for (let cell = 0; cell < this.#cells; cell++) move(elements + cell * cellStep, ELEMENT, left * ELEMENT);
  }

  /**
   * Ends, and gives what came of it, bit by bit.
   *
   * @param values A value for each cell.
   * @param places The position of it, for folds to places.
   */
  finish(values: BigInt64Array, places: BigInt64Array | null): void {
    const address = this.#folder.finish(this.#held), cells = this.#cells, { buffer } = this.memory.data;
    this.#held = 0;
    this.#settle(address, cells);
    values.set(new BigInt64Array(buffer, address, cells));
    if (this.#isPlace) places?.set(new BigInt64Array(buffer, this.#places.o, cells));
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.memory.dispose();
  }
}

/** Elements of one call: it cannot be interrupted. */
const MOST_ELEMENTS = 2 ** 19;

/** Places: what is best so far is in the row `e`, and where it is in the row `o`. */
function placesOf(
  exports: PlaceExports,
  { table, e, o, elements, cellStep, positionStep }: RunningPlaces,
  words: Int32Array,
  contiguous: ReducePlan["contiguous"],
): RowFolder {
  let cells = 0, first = 0, isFresh = 1;
  const along = (count: number) => {
    for (let done = 0; done < count;) {
      const some = Math.min(count - done, MOST_ELEMENTS),
        most = Math.max(1, Math.floor(MOST_ELEMENTS / some));
      for (let cell = 0; cell < cells; cell += most) {
        const own = Math.min(most, cells - cell), source = elements + cell * cellStep + done * ELEMENT;
        const at = cell * ELEMENT, place = BigInt(first + done);
        exports.placesAlong(source, cellStep, own, some, place, e + at, o + at, isFresh);
        countWork(own * (CELL_NS + some * ELEMENT_NS));
      }
      isFresh = 0;
      done += some;
    }
  };
  const columns = (count: number) => {
    for (let done = 0; done < count; done += TABLE_ROWS) {
      const rows = Math.min(TABLE_ROWS, count - done);
      for (let cell = 0; cell < cells; cell += STRIP) {
        const own = Math.min(STRIP, cells - cell), at = cell * ELEMENT;
        for (let k = 0; k < rows; k++) words[table / 4 + k] = elements + (done + k) * positionStep + at;
        exports.placesColumns(table, rows, own, BigInt(first + done), e + at, o + at, isFresh);
        countWork(rows * (CELL_NS + own * ELEMENT_NS));
      }
      isFresh = 0;
    }
  };
  return {
    begin(count, from) {
      cells = count;
      first = from;
      isFresh = 1;
    },
    fold(count) {
      if (contiguous === "cells") columns(count);
      else along(count);
      first += count;
      return count;
    },
    // Nothing waits.
    finish: () => e,
  };
}
