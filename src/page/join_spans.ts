/**
 * Fewer rows of a timeline: neighbours of a worker become one, and nothing that is summed changes.
 *
 * @module
 */

import type { TileSpans } from "../run/timeline.ts";

/** The rows of each worker, in their order. */
function rowsByWorker({ length, worker }: TileSpans): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let k = 0; k < length; k++) {
    const own = rows.get(worker[k]);
    if (own === undefined) rows.set(worker[k], [k]);
    else own.push(k);
  }
  return rows;
}

/**
 * How many neighbours must be joined for all passes together to have no more rows than wanted.
 *
 * @param phases The rows of the passes.
 * @param most How many rows there may be, besides one for each worker in each pass.
 * @returns 1 where nothing must be joined.
 */
export function joinsNeeded(phases: readonly TileSpans[], most: number): number {
  const rows = phases.reduce((sum, { length }) => sum + length, 0);
  if (rows <= most) return 1;
  const counts = phases.flatMap((spans) => [...rowsByWorker(spans).values()].map(({ length }) => length));
  const longest = counts.reduce((most, count) => Math.max(most, count), 0);
  const rowsWith = (joins: number) => counts.reduce((sum, count) => sum + Math.ceil(count / joins), 0);
  let joins = Math.ceil(rows / most);
  while (joins < longest && rowsWith(joins) > most + counts.length) {
    joins = Math.min(longest, Math.ceil(joins * 1.25));
  }
  return joins;
}

/**
 * Joins neighbouring rows of each worker.
 *
 * @param spans The rows, in the order of their beginning.
 * @param joins How many become one.
 * @returns Rows in the order of their beginning, with the same sums of tiles, calls and busy time.
 */
export function joinSpans(spans: TileSpans, joins: number): TileSpans {
  if (joins <= 1) return spans;
  const groups: number[][] = [];
  for (const rows of rowsByWorker(spans).values()) {
    for (let at = 0; at < rows.length; at += joins) groups.push(rows.slice(at, at + joins));
  }
  groups.sort(([a], [b]) => spans.startMs[a] - spans.startMs[b]);
  const sum = (column: Float64Array) =>
    Float64Array.from(groups, (group) => group.reduce((total, k) => total + column[k], 0));
  const most = (of: (k: number) => number) =>
    Float64Array.from(groups, (group) => group.reduce((best, k) => Math.max(best, of(k)), -Infinity));
  const tile = most((k) => -spans.tile[k]).map((value) => 0 - value);
  const end = most((k) => spans.tile[k] + spans.extent[k]);
  return {
    length: groups.length,
    worker: Int32Array.from(groups, ([k]) => spans.worker[k]),
    tile,
    extent: end.map((value, row) => value - tile[row]),
    tiles: sum(spans.tiles),
    calls: sum(spans.calls),
    startMs: Float64Array.from(groups, ([k]) => spans.startMs[k]),
    endMs: most((k) => spans.endMs[k]),
    busyMs: sum(spans.busyMs),
    longestMs: most((k) => spans.longestMs[k]),
  };
}
