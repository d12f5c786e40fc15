/**
 * Moving the bits of a plane of elements from one memory to another.
 *
 * @module
 */

import { type DType, DTYPES } from "../../dtype.ts";
import {
  moveBytes,
  moveDoubles,
  moveHalfWords,
  moveWordPairs,
  moveWords,
  type PlaneSteps,
} from "./move_bits.ts";
import type { Region } from "./operand.ts";

/**
 * Moves a plane of elements. Places and steps count elements.
 *
 * @param target The first element in the target.
 * @param source The first element in the source.
 * @param rows How many rows.
 * @param columns How many elements a row has; better the larger of the two.
 * @param steps The distances between rows and between columns.
 */
export type MovePlane = (
  target: number,
  source: number,
  rows: number,
  columns: number,
  steps: PlaneSteps,
) => void;

/** Elements that can be counted in words of 4 bytes by a 32-bit integer, if an element has two of them. */
const MOST_SPAN = 2 ** 30;

/**
 * The function that moves planes between two regions of memory.
 *
 * @param dtype The dtype of both, or one whose elements have the same bits.
 * @param target Where to write.
 * @param source Where to read.
 * @returns A function that takes places within the regions. A plane may reach over at most 2^30 elements.
 */
export function planeMover(dtype: DType, target: Region, source: Region): MovePlane {
  if (target.span > MOST_SPAN || source.span > MOST_SPAN) return farPlaneMover(dtype, target, source);
  const { lowest: toLowest } = target, { lowest: fromLowest } = source;
  switch (DTYPES[dtype].bytes) {
    case 1: {
      const to = bytesOf(target), from = bytesOf(source);
      return (t, s, rows, columns, steps) =>
        moveBytes(to, from, t - toLowest, s - fromLowest, rows, columns, steps);
    }
    case 2: {
      const to = halfWordsOf(target), from = halfWordsOf(source);
      return (t, s, rows, columns, steps) =>
        moveHalfWords(to, from, t - toLowest, s - fromLowest, rows, columns, steps);
    }
    case 4: {
      const to = wordsOf(target, 1), from = wordsOf(source, 1);
      return (t, s, rows, columns, steps) =>
        moveWords(to, from, t - toLowest, s - fromLowest, rows, columns, steps);
    }
    default: {
      if (dtype === "float64") {
        const to = doublesOf(target), from = doublesOf(source);
        return (t, s, rows, columns, steps) =>
          moveDoubles(to, from, t - toLowest, s - fromLowest, rows, columns, steps);
      }
      const to = wordsOf(target, 2), from = wordsOf(source, 2);
      return (t, s, rows, columns, steps) =>
        moveWordPairs(to, from, t - toLowest, s - fromLowest, rows, columns, steps);
    }
  }
}

/** For regions that 32-bit integers do not reach over: each plane gets typed arrays of its own. */
function farPlaneMover(dtype: DType, target: Region, source: Region): MovePlane {
  return (t, s, rows, columns, steps) => {
    const to = planeRegion(target, t, (rows - 1) * steps.targetRow, (columns - 1) * steps.targetColumn);
    const from = planeRegion(source, s, (rows - 1) * steps.sourceRow, (columns - 1) * steps.sourceColumn);
    planeMover(dtype, to, from)(t, s, rows, columns, steps);
  };
}

/** The part of a region that a plane touches; `down` and `along` are the ways to its last row and column. */
function planeRegion(region: Region, first: number, down: number, along: number): Region {
  return {
    ...region,
    lowest: first + Math.min(0, down) + Math.min(0, along),
    span: Math.abs(down) + Math.abs(along) + 1,
  };
}

function bytesOf({ buffer, byteOffset, lowest, span }: Region): Uint8Array {
  return new Uint8Array(buffer, byteOffset + lowest, span);
}

function halfWordsOf({ buffer, byteOffset, lowest, span }: Region): Uint16Array {
  return new Uint16Array(buffer, byteOffset + 2 * lowest, span);
}

function wordsOf({ buffer, byteOffset, lowest, span }: Region, perElement: 1 | 2): Int32Array {
  return new Int32Array(buffer, byteOffset + 4 * perElement * lowest, perElement * span);
}

function doublesOf({ buffer, byteOffset, lowest, span }: Region): Float64Array {
  return new Float64Array(buffer, byteOffset + 8 * lowest, span);
}
