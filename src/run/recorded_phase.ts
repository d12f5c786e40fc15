/**
 * A run that is recorded, from its beginning to its part of a timeline.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import { type ControlBlock, PART_STATE, type TileRange } from "./control_block.ts";
import type { LiveRun, LiveWorker } from "./live_run.ts";
import { logsWithin, type OwnedLog, spansOf } from "./span_log.ts";
import type { TimelineArray, TimelinePart, TimelinePhase } from "./timeline.ts";

/** What a run tells of itself when it begins. */
export interface PhaseStart {
  readonly name: TimelinePhase["name"];
  readonly plan: TilePlan;
  readonly range: TileRange;
  readonly arrays: readonly TimelineArray[];
  readonly weight: number | null;
  readonly control: ControlBlock;
  readonly predictedPeak: number;
  /** When it began, as `performance.now()` tells time. */
  readonly began: number;
}

const STATE_NAMES = ["starting", "loading", "working", "waiting", "ended"] as const;

/** A part whose worker tells no more of it. */
export interface LostPart {
  readonly worker: number;
  /** When it began, as `performance.now()` tells time. */
  readonly began: number;
  /** Up to when the worker has told of it, in milliseconds of the recording; null where it never did. */
  readonly notedMs: number | null;
  /** Whether it had come to its tiles. */
  readonly hasBegun: boolean;
}

/** What a run that is recorded calls. */
export interface RunRecording {
  /** What workers tell time from, in milliseconds since 1970; null where they note nothing. */
  readonly epoch: number | null;
  /** A slot of the control block is a worker's from now on. */
  seated(slot: number, worker: number): void;
  /** A worker was given up, or is gone: it will not tell of its part. */
  lost(part: LostPart): void;
  /** Memory was looked at. */
  sampled(usage: Deno.MemoryUsage): void;
  /** The run has ended, in whichever way. */
  end(logs: readonly OwnedLog[], isCaller: boolean): void;
}

/** A run that is recorded. */
export class RecordedPhase implements LiveRun {
  readonly name: TimelinePhase["name"];
  readonly shape: Shape;
  readonly tile: Shape;
  readonly grid: Shape;
  readonly tiles: number;
  readonly range: TileRange;
  readonly began: number;
  readonly predictedPeak: number;
  /** The worker of each slot. */
  readonly seats = new Map<number, number>();
  recorded: TimelinePhase | undefined;
  readonly #lost: TimelinePart[] = [];
  endedMs = 0;
  readonly #epoch: number;
  readonly #arrays: readonly TimelineArray[];
  readonly #weight: number | null;
  /** Null when it is over: whoever has recorded many runs shall not hold the memory of each. */
  #control: ControlBlock | null;
  #last: { readonly done: number; readonly workers: LiveWorker[] } = { done: 0, workers: [] };

  constructor(start: PhaseStart, epoch: number) {
    const { name, plan: { shape, tile, grid, tiles }, range, predictedPeak } = start;
    this.name = name;
    this.shape = shape;
    this.tile = tile;
    this.grid = grid;
    this.tiles = tiles;
    this.range = range;
    this.predictedPeak = predictedPeak;
    this.began = performance.timeOrigin + start.began;
    this.#arrays = start.arrays;
    this.#weight = start.weight;
    this.#control = start.control;
    this.#epoch = epoch;
  }

  get isOver(): boolean {
    return this.recorded !== undefined;
  }

  done(): number {
    const control = this.#control;
    if (control === null) return this.#last.done;
    return Math.min(this.range.end - this.range.begin, control.tilesDone());
  }

  workers(): LiveWorker[] {
    const control = this.#control;
    if (control === null) return this.#last.workers;
    const slots = Array.from({ length: control.slots }, (_, slot) => slot);
    return slots.filter((slot) => this.seats.has(slot) || control.stateOf(slot) !== PART_STATE.none)
      .map((slot) => ({
        worker: this.seats.get(slot) ?? -1,
        state: STATE_NAMES[control.stateOf(slot)],
        done: control.doneOf(slot),
        claim: control.claimOf(slot),
      }));
  }

  /** A worker that hung was there, though nobody knows what it did. */
  lost({ worker, began, notedMs, hasBegun }: LostPart, isNoted: boolean): void {
    if (!isNoted) return;
    const endedMs = performance.timeOrigin + performance.now() - this.#epoch;
    const beganMs = notedMs ?? performance.timeOrigin + began - this.#epoch;
    this.#lost.push({ worker, beganMs, readyMs: hasBegun ? beganMs : endedMs, endedMs });
  }

  end(logs: readonly OwnedLog[], isCaller: boolean): void {
    // A run that was done and then could not tell of it ends twice.
    if (this.recorded !== undefined) return;
    const { name, shape, tile, grid, tiles } = this;
    this.#last = { done: this.done(), workers: this.workers() };
    this.#control = null;
    this.endedMs = performance.timeOrigin + performance.now() - this.#epoch;
    const owned = isCaller
      ? logs.map(({ log }) => ({ worker: -1, log }))
      : logsWithin(logs, this.began - this.#epoch, this.endedMs);
    const noted: TimelinePart[] = owned.map(({ worker, log: { beganMs, readyMs, endedMs } }) => ({
      worker,
      beganMs,
      readyMs,
      endedMs,
    }));
    const parts = [...noted, ...this.#lost].sort((a, b) => a.endedMs - b.endedMs);
    this.recorded = {
      name,
      beganMs: this.began - this.#epoch,
      endedMs: this.endedMs,
      shape,
      tile,
      grid,
      tiles,
      arrays: this.#arrays,
      weight: this.#weight,
      parts,
      spans: spansOf(owned),
    };
  }
}
