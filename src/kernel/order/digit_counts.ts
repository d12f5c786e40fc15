/**
 * Selection from more elements than one wants to bring together: their keys' digits are counted, from the first digit
 * to the last. After each pass it is known in which digit the wanted element's key goes on.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";
import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import type { BlockSource } from "../reduce/block_source.ts";
import { type CellReader, cellReader } from "./direct_cells.ts";
import {
  DIGIT_VALUES,
  KEY_DIGITS,
  lowerKey,
  numberOfKey,
  numbersWithPrefix,
  upperKey,
} from "./float_keys.ts";

/** Elements that are computed at a time. */
export const DIGIT_BLOCK = 16_384;

/** Nanoseconds that an element takes about. */
const ELEMENT_NS = 3;

/** One pass over all elements. */
export interface DigitPass {
  /** Which digit is counted, from 0. */
  readonly digit: number;
  /** For each cell the prefixes of the keys that are counted: their digits before this one as one number, ascending. */
  readonly prefixes: readonly (readonly number[])[];
}

/** Where counts go. */
export interface DigitRoom {
  /** Room for DIGIT_BLOCK elements in the memory that the source fills. */
  readonly scratch: Float64Array;
  /**
   * For each worker, cell, prefix and value of the digit, how many elements there are. Prefixes are as many as a cell
   * has at most.
   */
  readonly counts: Float64Array;
  /** For each worker and cell, how many elements are NaN. Counted with the first digit. */
  readonly missing: Float64Array;
}

/**
 * How many prefixes there is room for in each cell.
 *
 * @param pass The pass.
 */
export function slotsOf({ prefixes }: DigitPass): number {
  return Math.max(1, ...prefixes.map((own) => own.length));
}

/**
 * Counts digits. A unit is for one cell: `plan.unitCells` is 1; units are numbered position by position within a
 * cell.
 */
export class DigitCounter {
  readonly #plan: ReducePlan;
  readonly #pass: DigitPass;
  readonly #source: BlockSource;
  readonly #room: DigitRoom;
  readonly #slots: number;
  readonly #read: CellReader;

  /**
   * @param plan The plan, with units of one cell.
   * @param pass What is counted.
   * @param source Gives the elements as float64.
   * @param room Scratch, and where counts go.
   */
  constructor(plan: ReducePlan, pass: DigitPass, source: BlockSource, room: DigitRoom) {
    this.#plan = plan;
    this.#pass = pass;
    this.#source = source;
    this.#room = room;
    this.#slots = slotsOf(pass);
    this.#read = cellReader(plan, source.direct) ?? this.#compute.bind(this);
  }

  /**
   * Counts the elements of a unit.
   *
   * @param unit The unit's number.
   * @param worker The number of the worker, which has counts of its own.
   */
  runUnit(unit: number, worker: number): void {
    const { cells, positions, positionUnits, unitPositions } = this.#plan;
    const cell = Math.floor(unit / positionUnits), begin = unit % positionUnits * unitPositions;
    const end = Math.min(begin + unitPositions, positions);
    const row = (worker * cells + cell) * this.#slots * DIGIT_VALUES;
    const counts = this.#room.counts.subarray(row, row + this.#slots * DIGIT_VALUES);
    for (let first = begin; first < end; first += DIGIT_BLOCK) {
      const count = Math.min(DIGIT_BLOCK, end - first);
      const block = this.#read(cell, first, count);
      if (this.#pass.digit === 0) this.#room.missing[worker * cells + cell] += countFirst(block, counts);
      else countAfter(block, this.#pass.digit, this.#pass.prefixes[cell], counts);
      countWork(count * ELEMENT_NS);
    }
  }

  /** Brings elements together. */
  #compute(cell: number, first: number, count: number): Float64Array {
    const { scratch } = this.#room;
    this.#source.fill({ first: cell, count: 1 }, { first, count }, scratch.byteOffset, count * 8, 8);
    return scratch.subarray(0, count);
  }
}

/** The bits of numbers, two words for each: the low one first. */
function wordsOf(block: Float64Array): Uint32Array {
  return new Uint32Array(block.buffer, block.byteOffset, block.length * 2);
}

/** Counts first digits; gives the count of NaN. */
function countFirst(block: Float64Array, counts: Float64Array): number {
  const words = wordsOf(block);
  let missing = 0;
  for (let i = 0; i < block.length; i++) {
    if (block[i] !== block[i]) missing++;
    else counts[upperKey(words[2 * i + 1]) >>> 16]++;
  }
  return missing;
}

/** Counts a later digit of those keys that go on from one of the prefixes, of which there can be none. */
function countAfter(
  block: Float64Array,
  digit: number,
  prefixes: readonly number[],
  counts: Float64Array,
): void {
  if (prefixes.length === 0) return;
  const words = wordsOf(block);
  const { least } = numbersWithPrefix(prefixes[0], digit);
  const { most } = numbersWithPrefix(prefixes[prefixes.length - 1], digit);
  for (let i = 0; i < block.length; i++) {
    const element = block[i];
    // Two comparisons as one branch, which is mostly the same one.
    if ((Number(element >= least) & Number(element <= most)) === 0) continue;
    const upper = upperKey(words[2 * i + 1]), lower = lowerKey(words[2 * i + 1], words[2 * i]);
    const slot = findPrefix(prefixes, leadingDigits(upper, lower, digit));
    if (slot >= 0) counts[slot * DIGIT_VALUES + digitOf(upper, lower, digit)]++;
  }
}

/** The digits of a key before some digit, as one number. */
function leadingDigits(upper: number, lower: number, digit: number): number {
  return digit === 1 ? upper >>> 16 : digit === 2 ? upper : upper * DIGIT_VALUES + (lower >>> 16);
}

function digitOf(upper: number, lower: number, digit: number): number {
  return digit === 1 ? upper & 0xffff : digit === 2 ? lower >>> 16 : lower & 0xffff;
}

/** The place of a prefix in an ascending list, or -1. */
function findPrefix(prefixes: readonly number[], prefix: number): number {
  let low = 0, high = prefixes.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (prefixes[middle] < prefix) low = middle + 1;
    else high = middle;
  }
  return prefixes[low] === prefix ? low : -1;
}

/** An element of a cell that is looked for. */
interface Sought {
  /** The place among those whose keys begin with the prefix. */
  readonly place: number;
  readonly prefix: number;
}

/** The search in one cell, pass by pass. */
export class DigitSearch {
  #sought: Sought[];
  #found: readonly number[] = [];

  /**
   * @param places Places of a sorted list of the cell's numbers.
   */
  constructor(places: readonly number[]) {
    this.#sought = places.map((place) => ({ place, prefix: 0 }));
  }

  /** The prefixes that the next pass has to look at, ascending. */
  get prefixes(): readonly number[] {
    return [...new Set(this.#sought.map(({ prefix }) => prefix))].sort((a, b) => a - b);
  }

  /** The elements at the places, after the last pass. */
  get found(): readonly number[] {
    return this.#found;
  }

  /**
   * Goes on with what a pass has counted.
   *
   * @param digit Which digit.
   * @param counts For each prefix and value of the digit, how many elements there are.
   */
  take(digit: number, counts: Float64Array): void {
    const { prefixes } = this;
    const next = this.#sought.map(({ place, prefix }) => {
      const slot = prefixes.indexOf(prefix) * DIGIT_VALUES;
      let value = 0, before = 0;
      while (before + counts[slot + value] <= place) before += counts[slot + value++];
      return { place: place - before, prefix, value };
    });
    if (digit === KEY_DIGITS - 1) {
      this.#found = next.map(({ prefix, value }) => numberOfKey(prefix, value));
    } else {this.#sought = next.map(({ place, prefix, value }) => ({
        place,
        prefix: prefix * DIGIT_VALUES + value,
      })
      );}
  }
}
