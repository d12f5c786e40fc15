/**
 * A run that goes on as a test says: with the control block of real runs, and workers that a test moves.
 *
 * @module
 */

import { ControlBlock, PART_STATE, type TileRange } from "../../src/run/control_block.ts";
import type { LiveRun, LiveWorker } from "../../src/run/live_run.ts";
import type { RunTimeline, TimelinePhase } from "../../src/run/timeline.ts";
import { columnsOf } from "../../src/live/live_rows.ts";
import type { Seeded } from "../seeded.ts";

const STATES = ["starting", "loading", "working", "waiting", "ended"] as const;

/** A run whose workers do what a test tells them. */
export class ScriptedRun implements LiveRun {
  readonly name = "map" as const;
  readonly shape: readonly number[];
  readonly tile = [1];
  readonly grid: readonly number[];
  readonly tiles: number;
  readonly range: TileRange;
  readonly began: number;
  readonly predictedPeak = 123_000_000;
  isOver = false;
  /** Who did each tile: the truth. */
  readonly truth = new Map<number, number>();
  readonly #control: ControlBlock;
  readonly #claims: (TileRange | null)[];

  constructor(tiles: number, workers: number, began = 1000, range: TileRange = { begin: 0, end: tiles }) {
    this.shape = this.grid = [tiles];
    this.tiles = tiles;
    this.range = range;
    this.began = began;
    this.#control = ControlBlock.create(workers, range.begin);
    this.#claims = Array.from({ length: workers }, () => null);
  }

  done(): number {
    return this.#control.tilesDone();
  }

  workers(): LiveWorker[] {
    return this.#claims.map((_, slot) => ({
      worker: slot,
      state: STATES[this.#control.stateOf(slot)],
      done: this.#control.doneOf(slot),
      claim: this.#control.claimOf(slot),
    }));
  }

  /** Whether every tile is done. */
  get isDone(): boolean {
    return this.truth.size === this.range.end - this.range.begin;
  }

  /** A worker claims tiles, if it has none: so many, or what another one offers. */
  claim(slot: number, grain: number): void {
    if (this.#claims[slot] !== null) return;
    const begin = this.#control.tilesClaimed() < this.range.end ? this.#control.claimTiles(grain) : Infinity;
    const range = begin < this.range.end
      ? { begin, end: Math.min(begin + grain, this.range.end) }
      : this.#control.takeOffer();
    this.#control.setState(slot, range === null ? PART_STATE.waiting : PART_STATE.working);
    if (range === null) return;
    this.#control.openClaim(slot, range);
    this.#claims[slot] = range;
  }

  /** A worker finishes so many tiles of its claim. */
  finish(slot: number, most: number): void {
    const claim = this.#claims[slot];
    if (claim === null) return;
    const count = Math.min(most, claim.end - claim.begin);
    for (let tile = claim.begin; tile < claim.begin + count; tile++) this.truth.set(tile, slot);
    this.#control.countDone(slot, this.#control.doneOf(slot) + count);
    const begin = claim.begin + count;
    this.#claims[slot] = begin < claim.end ? { begin, end: claim.end } : null;
  }

  /** A worker offers half of what it has. */
  share(slot: number): void {
    const claim = this.#claims[slot];
    if (claim !== null) {
      this.#claims[slot] = { ...claim, end: this.#control.share(slot, claim.begin, claim.end) };
    }
  }

  /** Something random happens. */
  step(random: Seeded): void {
    const slot = random.int(0, this.#claims.length - 1);
    if (random.oneIn(8)) this.share(slot);
    else if (random.oneIn(2)) this.claim(slot, random.int(1, 9));
    else this.finish(slot, random.int(1, 5));
  }

  /** All that is left is done. */
  complete(): void {
    while (!this.isDone) {
      for (let slot = 0; slot < this.#claims.length; slot++) {
        this.claim(slot, 3);
        this.finish(slot, 2);
      }
    }
    for (let slot = 0; slot < this.#claims.length; slot++) this.#control.setState(slot, PART_STATE.ended);
    this.isOver = true;
  }
}

/** A recorder of scripted runs, which ended at once when they were over. */
export class ScriptedRecorder {
  readonly runs: ScriptedRun[] = [];
  /** What it tells of runs that are over. */
  endedMs = new Map<ScriptedRun, number>();

  get live(): LiveRun | null {
    return this.runs.at(-1) ?? null;
  }

  timeline(): RunTimeline {
    const began = this.runs[0]?.began ?? 0;
    const phases: TimelinePhase[] = this.runs.filter(({ isOver }) => isOver).map((run) => ({
      name: run.name,
      beganMs: run.began - began,
      endedMs: this.endedMs.get(run) ?? run.began - began + 1,
      shape: run.shape,
      tile: run.tile,
      grid: run.grid,
      tiles: run.tiles,
      arrays: [{ name: "a", dtype: "float64", shape: run.shape, bytes: 8 * run.tiles, isOutput: false }],
      weight: 2,
      parts: [],
      spans: columnsOf([]),
    }));
    const none = new Float64Array();
    return { began, elapsedMs: 0, phases, memory: { ms: none, rss: none, heapUsed: none } };
  }
}
