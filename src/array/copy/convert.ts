/**
 * Converting elements that lie one after another from one dtype to another.
 *
 * What the typed arrays convert themselves is left to them: numbers to integers drop their fraction and wrap around
 * modulo 2^bits, NaN and the infinities become 0; numbers to floats are rounded once, to nearest, ties to even. The
 * functions here extend that to bool and to 64-bit integers. NumPy agrees wherever C says what the result is; of
 * floats that do not fit the integer, C does not say, and NumPy's results differ between machines.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType, type TypedCopy, type TypedData } from "../../dtype.ts";
import { longsFromFloats, longsFromIntegers, longsToFloats } from "./longs.ts";
import { bytesToTruth, halfWordsToTruth, wordPairsToTruth, wordsToTruth } from "./truth.ts";

/** Elements of any dtype, shared or not. */
export type Elements = TypedData<DType> | TypedCopy<DType>;

/**
 * Converts elements.
 *
 * @param target Where to write; as long as the source.
 * @param source What to convert: at most {@linkcode MOST_CONVERTED} elements.
 */
export type Converter = (target: Elements, source: Elements) => void;

/** How many elements are converted at once: what they pass through stays in the first-level cache. */
export const MOST_CONVERTED = 2048;

/** What elements pass through on their way. Nothing stays in them between calls. */
const floats = new Float64Array(MOST_CONVERTED), integers = new Int32Array(MOST_CONVERTED);
const words = new Int32Array(2 * MOST_CONVERTED);

/**
 * The function that converts between two dtypes.
 *
 * @param to The dtype of the target.
 * @param from The dtype of the source: another one, which needs converting.
 */
export function converter(to: DType, from: DType): Converter {
  if (to === "bool") return truthConverter(from);
  if (isBigIntDType(to)) return longConverter(from);
  if (isBigIntDType(from)) return fromLongConverter(to, from);
  return DTYPES[from].kind === "float" && DTYPES[to].kind !== "float" ? setIntegers : setNumbers;
}

/** Both hold numbers, of whatever kind: the typed array converts them. */
function setNumbers(target: Elements, source: Elements): void {
  // One type stands for all typed arrays of numbers, which have the same method.
  (target as Float64Array).set(source as Float64Array);
}

/**
 * Integers of floats. That is slow enough to wait for memory at every page, so that the floats are brought near first.
 */
function setIntegers(target: Elements, source: Elements): void {
  setNumbers(floats, source);
  setNumbers(target, floats.subarray(0, source.length));
}

/** True is what is not 0, NaN too. The sign of a float does not count. */
function truthConverter(from: DType): Converter {
  const { bytes, kind } = DTYPES[from], isFloat = kind === "float";
  switch (bytes) {
    case 1:
      return (target, source) => bytesToTruth(bytesOf(target), bytesOf(source));
    case 2:
      return (target, source) =>
        halfWordsToTruth(bytesOf(target), halfWordsOf(source), isFloat ? 0x7fff : -1);
    case 4:
      return (target, source) => wordsToTruth(bytesOf(target), wordsOf(source), isFloat ? 0x7fffffff : -1);
    default:
      return (target, source) =>
        wordPairsToTruth(bytesOf(target), wordsOf(source), isFloat ? 0x7fffffff : -1);
  }
}

/** 64-bit integers of numbers. */
function longConverter(from: DType): Converter {
  const { kind } = DTYPES[from];
  if (kind === "float") {
    return (target, source) => {
      setNumbers(floats, source);
      longsFromFloats(wordsOf(target), floats, source.length);
    };
  }
  return (target, source) => {
    setNumbers(integers, source);
    longsFromIntegers(wordsOf(target), integers, source.length, kind === "int");
  };
}

/** Floats of 64-bit integers. All but float32 go through float64: what float16 can hold is exact there. */
function fromLongConverter(to: DType, from: DType): Converter {
  const isSigned = from === "int64";
  return (target, source) => {
    words.set(wordsOf(source));
    longsToFloats(floats, words, source.length, isSigned, to === "float32");
    setNumbers(target, floats.subarray(0, source.length));
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: Elements): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function halfWordsOf({ buffer, byteOffset, byteLength }: Elements): Uint16Array {
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

function wordsOf({ buffer, byteOffset, byteLength }: Elements): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength / 4);
}
