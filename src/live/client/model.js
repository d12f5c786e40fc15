/**
 * What is known of the run: what was told first, and what came since.
 *
 * @module
 */

import { GrowingColumn } from "./growing.js";

/** @typedef {import("../live_messages.ts").StartEvent} StartEvent */
/** @typedef {import("../live_messages.ts").TickEvent} TickEvent */
/** @typedef {import("../live_sampler.ts").LiveStatus} LiveStatus */
/** @typedef {import("../live_sampler.ts").LivePhase} LivePhase */
/** @typedef {import("../../page/client/data.js").OpenPayload} OpenPayload */
/** @typedef {import("../../page/client/data.js").OpenPhase} OpenPhase */

/** Columns of rows, in the order in which a tick has them behind the pass. */
const COLUMNS = /** @type {const} */ (["worker", "tile", "extent", "tiles", "startMs", "endMs", "busyMs"]);

/** @typedef {Omit<OpenPhase, "spans"> & { number: number, range: { begin: number, end: number }, isOver: boolean }} Facts */
/** @typedef {Record<(typeof COLUMNS)[number], GrowingColumn>} Rows */

/** A run that is looked at. */
export class LiveModel {
  #page;
  /** @type {Map<number, { facts: Facts, rows: Rows }>} */
  #phases = new Map();
  #memory;
  /** @type {LiveStatus} */
  status;

  /**
   * @param {OpenPayload} page What was told first, its columns unpacked.
   * @param {StartEvent} start
   */
  constructor(page, { phases, status }) {
    this.#page = page;
    this.status = status;
    const { ms, rss, heapUsed } = page.memory;
    this.#memory = {
      ms: new GrowingColumn(ms),
      rss: new GrowingColumn(rss),
      heapUsed: new GrowingColumn(heapUsed),
    };
    page.phases.forEach(({ spans, ...facts }, k) => {
      const { number, range, isOver } = phases[k];
      this.#phases.set(number, { facts: { ...facts, number, range, isOver }, rows: rowsOf(spans) });
    });
  }

  /** @param {TickEvent} tick */
  add({ status, phases, rows, memory }) {
    this.status = status;
    for (const facts of phases) {
      const known = this.#phases.get(facts.number);
      if (known === undefined) this.#phases.set(facts.number, { facts, rows: rowsOf(null) });
      else known.facts = facts;
    }
    for (let at = 0; at < rows.length; at += COLUMNS.length + 1) {
      const phase = this.#phases.get(rows[at]);
      COLUMNS.forEach((name, k) => phase?.rows[name].push(rows[at + 1 + k]));
    }
    for (let at = 0; at < memory.length; at += 3) {
      this.#memory.ms.push(memory[at]);
      this.#memory.rss.push(memory[at + 1]);
      this.#memory.heapUsed.push(memory[at + 2]);
    }
  }

  /** The pass that goes on, or was the last one; undefined before the first. */
  get phase() {
    return this.#phases.get(this.status.phase)?.facts;
  }

  /** How many passes there are. */
  get passes() {
    return this.#phases.size;
  }

  /** Resident bytes now, and the most there were. */
  get resident() {
    const { values } = this.#memory.rss;
    return { now: values.at(-1) ?? 0, peak: values.reduce((most, bytes) => Math.max(most, bytes), 0) };
  }

  /** The peak of memory that was predicted. */
  get predictedPeak() {
    return this.#page.predictedPeak;
  }

  /**
   * What the figures are drawn from.
   *
   * @returns {OpenPayload}
   */
  payload() {
    const phases = [...this.#phases.values()].map(({ facts, rows }) => {
      const { number: _number, range: _range, isOver: _isOver, ...phase } = facts;
      return { ...phase, spans: spansOf(rows) };
    });
    const { ms, rss, heapUsed } = this.#memory;
    return {
      ...this.#page,
      elapsedMs: phases.reduce((most, { endedMs }) => Math.max(most, endedMs), 0),
      rows: phases.reduce((sum, { spans }) => sum + spans.length, 0),
      phases,
      memory: { length: ms.length, ms: ms.values, rss: rss.values, heapUsed: heapUsed.values },
    };
  }
}

/**
 * @param {OpenPhase["spans"] | null} spans
 * @returns {Rows}
 */
function rowsOf(spans) {
  const column = (/** @type {(typeof COLUMNS)[number]} */ name) =>
    new GrowingColumn(spans === null ? new Float64Array() : Float64Array.from(spans[name]));
  return {
    worker: column("worker"),
    tile: column("tile"),
    extent: column("extent"),
    tiles: column("tiles"),
    startMs: column("startMs"),
    endMs: column("endMs"),
    busyMs: column("busyMs"),
  };
}

/**
 * @param {Rows} rows
 * @returns {OpenPhase["spans"]}
 */
function spansOf({ worker, tile, extent, tiles, startMs, endMs, busyMs }) {
  const { values: counts } = tiles;
  return {
    length: worker.length,
    worker: Int32Array.from(worker.values),
    tile: tile.values,
    extent: extent.values,
    tiles: counts,
    calls: counts,
    startMs: startMs.values,
    endMs: endMs.values,
    busyMs: busyMs.values,
    longestMs: busyMs.values.map((ms, k) => ms / Math.max(1, counts[k])),
  };
}
