/**
 * The arrays of a run as the sanitizer sees them: what they held, what tiles made of them, and what they should hold
 * between two tiles.
 *
 * Between two tiles every byte is known. Inputs and gaps hold what they held before the run. The cells of outputs hold
 * a filling, and what tiles have written to them is kept apart until the run ends; so that a write to a wrong place shows
 * even if it is the value that the right tile writes there. Outputs that are read too hold what they held before.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { STOP } from "../array/layout/walk.ts";
import { mayShareMemory, repeatsElements } from "../array/sharing.ts";
import { layoutOf, SharedNdArray, tileOf } from "../array/shared_ndarray.ts";
import { DTYPES } from "../dtype.ts";
import {
  areNaN,
  areSame,
  bytesOf,
  cellAt,
  fillingOf,
  forEachDifference,
  refill,
  sameElement,
  showElement,
} from "./sanitize_cells.ts";
import { cellsIn, forEachDifferingByte, type Region, Regions, SharedContents } from "./sanitize_regions.ts";
import type { StartMessage } from "./protocol.ts";

/** Which arrays a kernel reads, and which it writes. */
export interface ArrayRoles {
  /** The names of inputs. */
  readonly inputs: readonly string[];
  /** The names of outputs. One that is an input too is written in place. */
  readonly outputs: readonly string[];
}

/** A box of cells. */
export interface CellBox {
  readonly origin: readonly number[];
  readonly shape: Shape;
}

/** An array that is watched. */
export interface WatchedArray {
  readonly name: string;
  readonly isOutput: boolean;
  readonly array: SharedNdArray;
  readonly region: Region;
  /** What its cells held before the run. */
  readonly before: SharedNdArray;
}

/** An output that is watched. */
export interface WatchedOutput extends WatchedArray {
  /** Whether its cells are filled before a tile is run. They cannot be where they are read, too. */
  readonly isFilled: boolean;
  /** What cells hold between tiles and before the first run, and before the second. */
  readonly first: SharedNdArray;
  readonly second: SharedNdArray;
  /** What tiles made of its cells. */
  readonly results: SharedNdArray;
}

/** Where memory holds what it should not. */
export interface Spot {
  readonly watched: WatchedArray;
  /** The place in the array's data, and the index there: undefined where none is. */
  readonly place: number;
  readonly cell: readonly number[] | undefined;
  /** What it should hold, byte by byte, and what it held when it was found, as text. */
  readonly expected: Uint8Array;
  readonly found: string;
}

/** A cell in which the two runs of a tile differ. */
export interface Difference {
  readonly output: WatchedOutput;
  /** Its place in the output's data, and in that of its results. */
  readonly place: number;
  readonly resultPlace: number;
  readonly cell: readonly number[];
  /** Which runs wrote it. */
  readonly written: readonly [first: boolean, second: boolean];
}

/** Spots that are looked at: whatever is wrong shows in a few. */
const MOST_SPOTS = 16;

/** All memory behind the inputs and outputs of a run. */
export class WatchedMemory implements Disposable {
  readonly outputs: readonly WatchedOutput[];
  /** Inputs, apart from those that are an output's memory. */
  readonly inputs: readonly WatchedArray[];
  readonly shared: SharedContents;
  readonly #regions: Regions;
  readonly #sharedArrays: readonly SharedNdArray[];

  /**
   * Remembers what all memory holds.
   *
   * @param start The run's arrays.
   * @param roles Which of them are read, and which are written.
   * @throws {AllocationError} If there is no memory to remember it in.
   */
  constructor({ arrays, shared }: Pick<StartMessage, "arrays" | "shared">, roles: ArrayRoles) {
    const attach = (names: readonly string[]) =>
      names.map((name) => ({ name, array: SharedNdArray.attach(arrays[name]) }));
    const outputs = attach(roles.outputs), inputs = attach(roles.inputs);
    const arraysOf = (named: readonly { readonly array: SharedNdArray }[]) => named.map(({ array }) => array);
    this.#sharedArrays = Object.values(shared).map((handle) => SharedNdArray.attach(handle));
    const regions = new Regions(arraysOf(inputs), arraysOf(outputs), this.#sharedArrays);
    const watch = (name: string, array: SharedNdArray, isOutput: boolean): WatchedArray => {
      const region = regions.of(array);
      if (region === undefined) throw new Error(`The memory of ${name} is not watched`);
      return { name, isOutput, array, region, before: cellsIn(array, region, region.before) };
    };
    this.#regions = regions;
    this.shared = new SharedContents(this.#sharedArrays);
    this.inputs = inputs
      .filter(({ array }) => !outputs.some((output) => mayShareMemory(array, output.array)))
      .map(({ name, array }) => watch(name, array, false));
    this.outputs = outputs.map(({ name, array }) => {
      const watched = watch(name, array, true), { region, before } = watched;
      const isFilled = !inputs.some((input) => mayShareMemory(input.array, array));
      const filling = (which: "first" | "second") =>
        isFilled ? fillingOf(array.dtype, array.shape, which) : before;
      const results = cellsIn(array, region, region.after);
      return { ...watched, isFilled, first: filling("first"), second: filling("second"), results };
    });
  }

  /** Readies the outputs for the first tile. */
  begin(): void {
    for (const { array, first } of this.outputs) array.copyFrom(first);
  }

  /** Does something to the cells of a box in the arrays of each output. */
  #inBox(
    { origin, shape }: CellBox,
    pick: (output: WatchedOutput) => readonly SharedNdArray[],
    act: (...boxes: SharedNdArray[]) => void,
  ): void {
    for (const output of this.outputs) act(...pick(output).map((array) => tileOf(array, origin, shape)));
  }

  /** Whether the cells of a tile hold what they should before it is run. */
  isReady(box: CellBox): boolean {
    let ready = true;
    this.#inBox(box, ({ array, first }) => [array, first], (cells, first) => ready &&= areSame(cells, first));
    return ready;
  }

  /** Keeps what the first run of a tile made of its cells. */
  keepResults(box: CellBox): void {
    this.#inBox(box, ({ results, array }) => [results, array], (kept, cells) => kept.copyFrom(cells));
  }

  /** Gives cells that a run which failed left as they were what they held before. */
  revertUnwritten(box: CellBox): void {
    this.#inBox(box, ({ results, first, before }) => [results, first, before], refill);
  }

  /** Forgets what was kept of a tile. */
  dropResults(box: CellBox): void {
    this.#inBox(box, ({ results, before }) => [results, before], (kept, before) => kept.copyFrom(before));
  }

  /** Readies the cells of a tile for its first run, and for the runs of others. */
  clear(box: CellBox): void {
    this.#inBox(box, ({ array, first }) => [array, first], (cells, first) => cells.copyFrom(first));
  }

  /** Readies the cells of a tile for its second run. */
  clearForSecond(box: CellBox): void {
    this.#inBox(box, ({ array, second }) => [array, second], (cells, second) => cells.copyFrom(second));
  }

  /**
   * A cell of a tile whose second run differs from its first, and how many were written by neither. Those get back what
   * they held before.
   */
  differenceIn({ origin, shape }: CellBox): { difference: Difference; unwritten: number } | undefined {
    let difference: Difference | undefined, unwritten = 0;
    for (const output of this.outputs) {
      const { array, first, second, results, before, isFilled } = output;
      const holds = (filling: SharedNdArray, cells: SharedNdArray, place: number) =>
        isFilled && sameElement(filling, 0, cells, place);
      forEachDifference(
        tileOf(array, origin, shape),
        tileOf(results, origin, shape),
        (place, resultPlace) => {
          if (areNaN(array, place, results, resultPlace)) return;
          const written = [!holds(first, results, resultPlace), !holds(second, array, place)] as const;
          if (isUnwritten(written)) {
            unwritten++;
            // A run that is not watched leaves what was there.
            bytesOf(results, resultPlace).set(bytesOf(before, resultPlace));
          }
          // To add 0 to a filling looks as if nothing was written: what says more comes first.
          const isBetter = difference === undefined ||
            (isUnwritten(difference.written) && !isUnwritten(written));
          const cell = isBetter ? cellAt(layoutOf(array), place) : undefined;
          if (cell !== undefined) difference = { output, place, resultPlace, cell, written };
        },
      );
    }
    return difference && { difference, unwritten };
  }

  /** The first cell of a box in which an input does not hold any more what it did. */
  changedInput(boxOf: (name: string) => CellBox): Spot | undefined {
    let spot: Spot | undefined;
    for (const input of this.inputs) {
      const { origin, shape } = boxOf(input.name);
      forEachDifference(tileOf(input.array, origin, shape), tileOf(input.before, origin, shape), (place) => {
        spot = spotAt(input, place, cellAt(layoutOf(input.array), place), input.region.before);
        return STOP;
      });
      if (spot !== undefined) return spot;
    }
    return undefined;
  }

  /**
   * Puts the results where they belong. To be called between two tiles.
   *
   * @returns Where memory does not hold what it should have held before.
   */
  putResults(): Spot[] {
    const spots: Spot[] = [];
    for (const output of this.outputs) {
      const { array, first, results, isFilled, region } = output;
      forEachDifference(array, first, (place) => {
        const cell = cellAt(layoutOf(array), place);
        const expected = isFilled ? bytesOf(first, 0) : undefined;
        spots.push(spotAt(output, place, cell, region.before, expected));
        return spots.length >= MOST_SPOTS ? STOP : undefined;
      });
      array.copyFrom(results);
    }
    // Whoever is given shared arrays may change them, even where they lie between cells of others.
    this.#allowShared();
    for (const region of this.#regions.all) {
      forEachDifferingByte(region.live, region.after, (at) => {
        if (spots.length >= 2 * MOST_SPOTS) return region.live.length;
        const spot = this.#spotOf(region, at);
        // Between the cells of shared arrays.
        if (spot === undefined) return at + 1;
        spots.push(spot);
        const { watched: { array }, place } = spot, { bytes } = DTYPES[array.dtype];
        return array.data.byteOffset - region.low + (place + 1) * bytes;
      });
    }
    return spots;
  }

  #allowShared(): void {
    for (const array of this.#sharedArrays) {
      const region = this.#regions.of(array);
      if (region === undefined || repeatsElements(array)) continue;
      for (const copy of new Set([region.after, region.before])) cellsIn(array, region, copy).copyFrom(array);
    }
  }

  /** What lies at a byte of a region: a cell of some array, or a gap in an output's memory, or in an input's. */
  #spotOf(region: Region, at: number): Spot | undefined {
    const there = [...this.outputs, ...this.inputs].filter((watched) => watched.region === region)
      .map((watched) => ({ watched, place: placeOf(watched, at) }))
      .filter(({ watched, place }) => place >= 0 && place < watched.array.data.length);
    for (const { watched, place } of there) {
      const cell = cellAt(layoutOf(watched.array), place);
      if (cell !== undefined) return spotAt(watched, place, cell, region.before);
    }
    const [gap] = there;
    return gap && spotAt(gap.watched, gap.place, undefined, region.before);
  }

  /** Makes all memory what it was before the first tile. */
  reset(): void {
    for (const { live, before } of this.#regions.all) live.set(before);
    this.shared.undo();
    this.begin();
  }

  /** Makes all memory what it should be after the run. */
  restore(): void {
    for (const { live, after } of this.#regions.all) live.set(after);
    this.shared.undo();
  }

  /** Gives up the copies. */
  [Symbol.dispose](): void {
    this.#regions[Symbol.dispose]();
    this.shared[Symbol.dispose]();
  }
}

function isUnwritten([first, second]: Difference["written"]): boolean {
  return !first && !second;
}

function placeOf({ array, region }: WatchedArray, at: number): number {
  return Math.floor((at + region.low - array.data.byteOffset) / DTYPES[array.dtype].bytes);
}

function spotAt(
  watched: WatchedArray,
  place: number,
  cell: readonly number[] | undefined,
  before: Uint8Array,
  expected?: Uint8Array,
): Spot {
  const { array, region } = watched, { bytes } = DTYPES[array.dtype];
  const at = array.data.byteOffset - region.low + place * bytes;
  const held = expected ?? before.subarray(at, at + bytes);
  return { watched, place, cell, expected: held.slice(), found: showElement(array, place) };
}

/**
 * Whether a spot holds something else than it should.
 *
 * @param spot The spot.
 */
export function isChanged({ watched, place, expected }: Spot): boolean {
  return bytesOf(watched.array, place).some((byte, k) => byte !== expected[k]);
}
