/**
 * Sets of tiles as few ranges: which of a run's tiles are not known to be done.
 *
 * @module
 */

/** Tiles from one to before another, in tile order. */
export interface Range {
  readonly begin: number;
  readonly end: number;
}

/**
 * How many tiles ranges have.
 *
 * @param ranges Ranges that do not overlap.
 */
export function countOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
}

/**
 * What of some ranges is not in others.
 *
 * @param ranges In order, without overlap.
 * @param others Any.
 */
export function without(ranges: readonly Range[], others: readonly Range[]): Range[] {
  const holes = others.filter(({ begin, end }) => begin < end).sort((a, b) => a.begin - b.begin);
  const left: Range[] = [];
  let next = 0;
  for (const { begin, end } of ranges) {
    let from = begin;
    while (next < holes.length && holes[next].end <= from) next++;
    for (let k = next; k < holes.length && holes[k].begin < end; k++) {
      if (holes[k].begin > from) left.push({ begin: from, end: holes[k].begin });
      from = Math.max(from, holes[k].end);
    }
    if (from < end) left.push({ begin: from, end });
  }
  return left;
}

/** Tiles, of which more and more are taken. */
export class TileSet {
  #ranges: readonly Range[];

  /** @param range All tiles. */
  constructor({ begin, end }: Range) {
    this.#ranges = begin < end ? [{ begin, end }] : [];
  }

  /** What is left, in order. */
  get ranges(): readonly Range[] {
    return this.#ranges;
  }

  /**
   * Takes those of some tiles that are left, the lowest first.
   *
   * @param among Which, in order and without overlap.
   * @param most How many at most.
   * @returns What was taken.
   */
  take(among: readonly Range[], most: number): Range[] {
    if (most <= 0) return [];
    const taken: Range[] = [];
    let wanted = most;
    for (const { begin, end } of without(among, without(among, this.#ranges))) {
      const length = Math.min(wanted, end - begin);
      if (length === 0) break;
      taken.push({ begin, end: begin + length });
      wanted -= length;
    }
    this.#ranges = without(this.#ranges, taken);
    return taken;
  }
}
