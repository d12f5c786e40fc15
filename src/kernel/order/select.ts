/**
 * Selection: the element that would stand at some place if the others were sorted around it.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";

/**
 * Nanoseconds that an element takes about, and elements after which a longer range is counted as work: that on short
 * ones is counted by whoever has them selected from.
 */
const ELEMENT_NS = 2, PIECE = 32_768;

/** Ranges of at most this many elements are sorted by insertion. */
const SMALL = 12;

/** From this many elements on, the pivot is the median of three medians of three. */
const NINTHER = 256;

/** Rounds that may leave most of a range before pivots are chosen so that no input is slow. */
const MOST_POOR_ROUNDS = 4;

/**
 * Moves elements within a range until the one at `place` is what it would be if the range were sorted; none before it
 * is greater, and none behind it less. The expected time is linear in the length of the range, and so is the longest:
 * when pivots that are chosen from a few elements have often been poor, the median of medians of five takes their
 * place (Blum, Floyd, Pratt, Rivest, Tarjan 1973).
 *
 * @param data The elements, without NaN.
 * @param from The first place of the range.
 * @param to The place after its last.
 * @param place A place in it.
 * @param poorRounds How many rounds may be poor before that.
 * @returns The element at the place.
 */
export function select(
  data: Float64Array,
  from: number,
  to: number,
  place: number,
  poorRounds: number = MOST_POOR_ROUNDS,
): number {
  let low = from, high = to - 1, poor = 0;
  while (high - low >= SMALL) {
    if (place === low) return leastFirst(data, low, high);
    const size = high - low;
    const pivot = poor < poorRounds ? sampledPivot(data, low, high) : medianOfMedians(data, low, high);
    const isLong = size >= PIECE;
    const middle = isLong
      ? moveInPieces(lessFirst, data, low, high, pivot)
      : lessFirst(data, low, high, pivot, low);
    if (place < middle) high = middle - 1;
    else if (middle - low >= size / 8) low = middle;
    else {
      // Where few are less, many may be equal: they are done with at once. The pivot itself is, so that something
      // always is.
      low = isLong
        ? moveInPieces(notGreaterFirst, data, middle, high, pivot)
        : notGreaterFirst(data, middle, high, pivot, middle);
      if (place < low) return pivot;
    }
    if (high - low > size * 0.75) poor++;
  }
  sortByInsertion(data, low, high);
  return data[place];
}

/**
 * Selects several places at once.
 *
 * @param data The elements, without NaN.
 * @param from The first place of the range.
 * @param to The place after its last.
 * @param places Places in the range, ascending.
 */
export function selectAll(data: Float64Array, from: number, to: number, places: ArrayLike<number>): void {
  let low = from;
  for (let k = 0; k < places.length; k++) {
    if (places[k] < low) continue;
    select(data, low, to, places[k]);
    low = places[k] + 1;
  }
}

/** Moves some elements of a range from `low` to `high` to places from `from` on; gives the place behind them. */
type Mover = (data: Float64Array, low: number, high: number, pivot: number, from: number) => number;

/** Does so for a range of any length, in pieces. */
function moveInPieces(move: Mover, data: Float64Array, low: number, high: number, pivot: number): number {
  let end = low;
  for (let first = low; first <= high; first += PIECE) {
    end = move(data, first, Math.min(high, first + PIECE - 1), pivot, end);
    countWork(PIECE * ELEMENT_NS);
  }
  return end;
}

/**
 * Moves what is less than the pivot to the front of a range; gives the place behind it. Every element is swapped,
 * whether it has to be or not: a branch that nobody can predict would take several times as long.
 */
function lessFirst(data: Float64Array, low: number, high: number, pivot: number, from: number): number {
  let end = from;
  for (let i = low; i <= high; i++) {
    const element = data[i];
    data[i] = data[end];
    data[end] = element;
    end = (end + Number(element < pivot)) | 0;
  }
  return end;
}

/** The same for what is not greater. */
function notGreaterFirst(data: Float64Array, low: number, high: number, pivot: number, from: number): number {
  let end = from;
  for (let i = low; i <= high; i++) {
    const element = data[i];
    data[i] = data[end];
    data[end] = element;
    end = (end + Number(element <= pivot)) | 0;
  }
  return end;
}

/** Puts the least of a range first. */
function leastFirst(data: Float64Array, low: number, high: number): number {
  let best = low, least = data[low];
  for (let i = low + 1; i <= high;) {
    const last = Math.min(high, i + PIECE - 1);
    for (; i <= last; i++) {
      if (data[i] < least) {
        least = data[i];
        best = i;
      }
    }
    if (i <= high) countWork(PIECE * ELEMENT_NS);
  }
  data[best] = data[low];
  data[low] = least;
  return least;
}

function sortByInsertion(data: Float64Array, low: number, high: number): void {
  for (let i = low + 1; i <= high; i++) {
    const element = data[i];
    let j = i - 1;
    for (; j >= low && data[j] > element; j--) data[j + 1] = data[j];
    data[j + 1] = element;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
}

function sampledPivot(data: Float64Array, low: number, high: number): number {
  const middle = (low + high) >>> 1;
  if (high - low < NINTHER) return medianOfThree(data[low], data[middle], data[high]);
  const step = Math.floor((high - low) / 8);
  return medianOfThree(
    medianOfThree(data[low], data[low + step], data[low + 2 * step]),
    medianOfThree(data[middle - step], data[middle], data[middle + step]),
    medianOfThree(data[high - 2 * step], data[high - step], data[high]),
  );
}

/** A pivot that leaves at most about seven tenths of the range. Moves medians of five to the front of the range. */
function medianOfMedians(data: Float64Array, low: number, high: number): number {
  let medians = low;
  for (let first = low; first + 4 <= high; first += 5) {
    sortByInsertion(data, first, first + 4);
    const median = data[first + 2];
    data[first + 2] = data[medians];
    data[medians++] = median;
    countWork(5 * ELEMENT_NS);
  }
  return select(data, low, medians, low + ((medians - low) >> 1));
}
