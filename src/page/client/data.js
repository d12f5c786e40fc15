/**
 * What the page draws: the payload of `src/page/page_data.ts` unpacked, and what follows from it.
 *
 * @module
 */

/** @typedef {import("../page_data.ts").PagePayload} PagePayload */
/** @typedef {import("../page_data.ts").PagePhase} PagePhase */
/** @typedef {import("../packed_columns.ts").PackedColumn} PackedColumn */
/** @typedef {import("../../run/timeline.ts").TileSpans} TileSpans */
/** @typedef {{ length: number, ms: Float64Array, rss: Float64Array, heapUsed: Float64Array }} Memory */

/**
 * A pass with its rows unpacked.
 *
 * @typedef {Omit<PagePhase, "spans"> & { spans: TileSpans }} OpenPhase
 */

/**
 * A pass, and what follows from its rows: how many tiles are done, the milliseconds of all calls, when the first one
 * began and the last one ended, the bytes of all its arrays (null where a tile's share of them is not known), and the
 * durations of a tile between which colours lie.
 *
 * @typedef {OpenPhase & {
 *   index: number, label: string, done: number, busyMs: number, firstMs: number, lastMs: number,
 *   bytes: number, tileBytes: number | null, elements: number, quick: number, slow: number,
 * }} Phase
 */

/**
 * @typedef {Omit<PagePayload, "phases" | "memory"> & { phases: OpenPhase[], memory: Memory }} OpenPayload
 * @typedef {Omit<OpenPayload, "phases"> & { phases: Phase[], workers: number[] }} RunData
 */

const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, f32: Float32Array, f64: Float64Array };

/**
 * The numbers of a column.
 *
 * @param {PackedColumn} column
 */
export function unpack(column) {
  if ("value" in column) return new Float64Array(column.length).fill(column.value);
  const { length, kind, from, step, data } = column, text = atob(data);
  const stored = new Uint8Array(text.length), values = new Float64Array(length);
  for (let k = 0; k < stored.length; k++) stored[k] = text.charCodeAt(k);
  const numbers = new ARRAYS[kind](stored.buffer, 0, length);
  for (let k = 0; k < length; k++) values[k] = from + step * numbers[k];
  return values;
}

/**
 * The rows of a pass.
 *
 * @param {PagePhase["spans"]} spans
 * @returns {TileSpans}
 */
export function unpackSpans(spans) {
  const extent = unpack(spans.extent), busyMs = unpack(spans.busyMs);
  const tiles = spans.tiles === null ? extent : unpack(spans.tiles);
  return {
    length: spans.length,
    worker: Int32Array.from(unpack(spans.worker)),
    tile: unpack(spans.tile),
    extent,
    tiles,
    calls: spans.calls === null ? tiles : unpack(spans.calls),
    startMs: unpack(spans.startMs),
    endMs: unpack(spans.endMs),
    busyMs,
    longestMs: spans.longestMs === null ? busyMs : unpack(spans.longestMs),
  };
}

/**
 * A payload with its columns unpacked: what may be added to while a run goes on.
 *
 * @param {PagePayload} payload
 * @returns {OpenPayload}
 */
export function open(payload) {
  const { ms, rss, heapUsed } = payload.memory;
  return {
    ...payload,
    phases: payload.phases.map((phase) => ({ ...phase, spans: unpackSpans(phase.spans) })),
    memory: { length: ms.length, ms: unpack(ms), rss: unpack(rss), heapUsed: unpack(heapUsed) },
  };
}

/** @param {readonly number[]} numbers */
function product(numbers) {
  return numbers.reduce((all, number) => all * number, 1);
}

/**
 * Durations of a tile that 2 and 98 of 100 tiles do not go beyond, of a sample of the rows.
 *
 * @param {TileSpans} spans
 */
function usualDurations({ length, busyMs, tiles }) {
  /** @type {number[]} */
  const sample = [];
  const step = Math.max(1, Math.floor(length / 20_000));
  for (let k = 0; k < length; k += step) sample.push(busyMs[k] / Math.max(1, tiles[k]));
  sample.sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => sample[Math.round(share * (sample.length - 1))] ?? 0;
  return { quick: at(0.02), slow: at(0.98) };
}

/**
 * @param {OpenPhase} phase
 * @param {number} index
 * @param {number} phases
 * @returns {Phase}
 */
function measure(phase, index, phases) {
  const { spans, arrays, tile, shape, name } = phase;
  let done = 0, busyMs = 0, firstMs = Infinity, lastMs = -Infinity;
  for (let k = 0; k < spans.length; k++) {
    done += spans.tiles[k];
    busyMs += spans.busyMs[k];
    firstMs = Math.min(firstMs, spans.startMs[k]);
    lastMs = Math.max(lastMs, spans.endMs[k]);
  }
  if (spans.length === 0) [firstMs, lastMs] = [phase.beganMs, phase.endedMs];
  const elements = product(shape), bytes = arrays.reduce((sum, array) => sum + array.bytes, 0);
  // The tiles of an iteration are pieces of steps: what they cover is not the arrays' shape.
  const isKnown = name !== "iterate" && elements > 0;
  return {
    ...phase,
    index,
    label: phases === 1 ? name : `${name} ${index + 1}`,
    done,
    busyMs,
    firstMs,
    lastMs,
    bytes,
    tileBytes: isKnown ? bytes * product(tile) / elements : null,
    elements,
    ...usualDurations(spans),
  };
}

/**
 * All that the figures need.
 *
 * @param {OpenPayload} payload
 * @returns {RunData}
 */
export function prepare(payload) {
  const phases = payload.phases.map((phase, index) => measure(phase, index, payload.phases.length));
  const workers = new Set(payload.report?.workers.map(({ worker }) => worker));
  if (payload.report?.caller) workers.add(-1);
  for (const { parts, spans } of phases) {
    for (const { worker } of parts) workers.add(worker);
    for (let k = 0; k < spans.length; k++) workers.add(spans.worker[k]);
  }
  return { ...payload, phases, workers: [...workers].sort((a, b) => a - b) };
}

/**
 * Where a tile lies.
 *
 * @param {{ grid: readonly number[], tile: readonly number[], shape: readonly number[] }} phase
 * @param {number} index
 */
export function placeOf({ grid, tile, shape }, index) {
  const coords = grid.map(() => 0);
  for (let axis = grid.length - 1, left = index; axis >= 0; axis--) {
    coords[axis] = left % grid[axis];
    left = Math.floor(left / grid[axis]);
  }
  const origin = coords.map((at, axis) => at * tile[axis]);
  const extents = origin.map((start, axis) => Math.min(tile[axis], shape[axis] - start));
  return { coords, origin, extents };
}

/**
 * Bytes that some tiles read and write; null where nobody knows.
 *
 * @param {Phase} phase
 * @param {readonly number[]} extents What the tile covers.
 * @param {number} tiles How many such tiles there are.
 */
export function bytesOf({ tileBytes, tile }, extents, tiles) {
  if (tileBytes === null) return null;
  return tileBytes * (tiles === 1 ? product(extents) / product(tile) : tiles);
}

/**
 * Bytes that a pass has read and written so far; null where nobody knows.
 *
 * @param {Phase} phase
 */
export function bytesDone({ tileBytes, bytes, done, tiles }) {
  return tileBytes === null || tiles === 0 ? null : bytes * Math.min(1, done / tiles);
}
