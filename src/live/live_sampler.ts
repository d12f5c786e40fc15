/**
 * Looking on at runs: what a recorder's control blocks tell every now and then becomes a timeline that grows.
 *
 * @module
 */

import type { LiveRun, LiveWorker } from "../run/live_run.ts";
import type { RunRecorder } from "../run/run_recorder.ts";
import type { RunTimeline, TimelinePhase } from "../run/timeline.ts";
import { LiveMemory } from "./live_memory.ts";
import { LiveRate } from "./live_rate.ts";
import { columnsOf, type LiveRow, LiveRows } from "./live_rows.ts";
import { PhaseWatch } from "./phase_watch.ts";
import type { Range } from "./tile_set.ts";

/** A pass without its rows, as far as it is known. */
export interface LivePhase extends Omit<TimelinePhase, "spans"> {
  /** Counts passes from the first one on. */
  readonly number: number;
  /** The tiles that are run. */
  readonly range: Range;
  readonly isOver: boolean;
}

/** How things stand at a moment. */
export interface LiveStatus {
  /** Milliseconds from the beginning of the first run; 0 while none has begun. */
  readonly nowMs: number;
  /** The number of the pass that goes on, or was the last one; -1 while none has begun. */
  readonly phase: number;
  /** Tiles of that pass that are done, and how many it has to do. */
  readonly done: number;
  readonly total: number;
  /** Tiles a second in the last seconds, and milliseconds until the pass is done; null while nobody knows. */
  readonly perSecond: number | null;
  readonly leftMs: number | null;
  readonly workers: readonly LiveWorker[];
  /** The tiles of the pass that are not known to be done. */
  readonly open: readonly Range[];
}

/** Passes that are kept at most; older ones are dropped. */
const MOST_PHASES = 64;

/** What is looked at. */
export type Watched = Pick<RunRecorder, "live" | "timeline">;

/** What is seen of a recorder's runs. */
export class LiveSampler {
  /** What workers did. */
  readonly rows: LiveRows;
  /** Memory over time. */
  readonly memory: LiveMemory;
  readonly #recorder: Watched;
  readonly #clock: () => number;
  readonly #usage: () => Pick<Deno.MemoryUsage, "rss" | "heapUsed">;
  #kept: { phase: LivePhase; readonly watch: PhaseWatch | null }[] = [];
  #count = 0;
  #origin: number | null = null;
  #watch: PhaseWatch | null = null;
  #rate = new LiveRate(0);
  #predictedPeak: number | null = null;

  /**
   * @param recorder What is looked at.
   * @param clock Tells the time in milliseconds since 1970.
   * @param usage Tells the memory in use.
   * @param rows Where rows go.
   */
  constructor(
    recorder: Watched,
    clock: () => number = () => performance.timeOrigin + performance.now(),
    usage: () => Pick<Deno.MemoryUsage, "rss" | "heapUsed"> = () => Deno.memoryUsage(),
    rows: LiveRows = new LiveRows(),
  ) {
    this.#recorder = recorder;
    this.#clock = clock;
    this.#usage = usage;
    this.rows = rows;
    this.memory = new LiveMemory();
  }

  /** The passes that are kept, in the order in which they began. */
  get phases(): readonly LivePhase[] {
    return this.#kept.map(({ phase }) => phase);
  }

  /** How many passes were dropped. */
  get dropped(): number {
    return this.#count - this.#kept.length;
  }

  /** The highest peak of memory that a run has predicted; null while none has begun. */
  get predictedPeak(): number | null {
    return this.#predictedPeak;
  }

  /** Looks. */
  sample(): void {
    const run = this.#recorder.live;
    if (run === null) return;
    this.#origin ??= this.#recorder.timeline().began || run.began;
    const now = Math.max(0, this.#clock() - this.#origin);
    if (this.#watch !== null && this.#watch.run !== run) this.#adoptMissed(run, this.#origin);
    if (this.#watch?.run !== run) this.#begin(run, this.#origin);
    this.#lookAtAll(now);
    const { rss, heapUsed } = this.#usage();
    this.memory.add({ ms: now, rss, heapUsed });
  }

  #begin(run: LiveRun, origin: number): void {
    const { name, shape, tile, grid, tiles, range, predictedPeak } = run, beganMs = run.began - origin;
    this.#watch = new PhaseWatch(this.#count, run, origin);
    const facts = { name, beganMs, endedMs: beganMs, shape, tile, grid, tiles, range };
    this.#keep({ ...facts, arrays: [], weight: null, parts: [], isOver: false }, this.#watch);
    this.#rate = new LiveRate(beganMs);
    this.#predictedPeak = Math.max(this.#predictedPeak ?? 0, predictedPeak);
  }

  #keep(phase: Omit<LivePhase, "number">, watch: PhaseWatch | null): void {
    this.#kept.push({ phase: { ...phase, number: this.#count++ }, watch });
    if (this.#kept.length <= MOST_PHASES) return;
    this.#kept.splice(0, this.#kept.length - MOST_PHASES);
    this.rows.dropBefore(this.#kept[0].phase.number);
  }

  #lookAtAll(now: number): void {
    for (const kept of this.#kept) {
      const { phase, watch } = kept;
      if (watch === null || phase.isOver) continue;
      const { isOver } = watch.run, recorded = isOver ? this.#recordedOf(phase) : undefined;
      const endedMs = Math.max(phase.beganMs, recorded?.endedMs ?? now);
      for (const row of watch.look(endedMs)) this.rows.add(row);
      if (watch === this.#watch) this.#rate.note(watch.done, endedMs);
      const { arrays, weight } = recorded ?? phase, noted = recorded?.parts ?? [];
      // A recorder that notes no tiles has no parts either.
      kept.phase = {
        ...phase,
        endedMs,
        arrays,
        weight,
        isOver,
        parts: noted.length > 0 ? noted : watch.parts,
      };
    }
  }

  #recordedOf({ beganMs }: LivePhase): TimelinePhase | undefined {
    return this.#recorder.timeline().phases.findLast((phase) => phase.beganMs === beganMs);
  }

  /** Passes that began and ended between two looks are known from the recorder alone. */
  #adoptMissed(next: LiveRun, origin: number): void {
    const last = this.#kept[this.#kept.length - 1].phase.beganMs, until = next.began - origin;
    for (const recorded of this.#recorder.timeline().phases) {
      if (recorded.beganMs <= last || recorded.beganMs >= until) continue;
      const { spans: _spans, ...phase } = recorded;
      this.#keep({ ...phase, range: { begin: 0, end: phase.tiles }, isOver: true }, null);
    }
  }

  /** How things stand. */
  status(): LiveStatus {
    const watch = this.#watch, phase = this.#kept.at(-1)?.phase;
    if (watch === null || phase === undefined) {
      return { nowMs: 0, phase: -1, done: 0, total: 0, perSecond: null, leftMs: null, workers: [], open: [] };
    }
    const { done, workers, open, run: { range } } = watch, total = range.end - range.begin;
    return {
      nowMs: Math.max(0, this.#clock() - (this.#origin ?? 0)),
      phase: phase.number,
      done,
      total,
      perSecond: this.#rate.perSecond,
      leftMs: phase.isOver ? 0 : this.#rate.timeFor(total - done),
      workers,
      open,
    };
  }

  /** What was seen, as a timeline; where a pass goes on, it ends now. */
  timeline(): RunTimeline {
    const byPhase = new Map<number, LiveRow[]>();
    for (const row of this.rows.since(0)) {
      const rows = byPhase.get(row.phase);
      if (rows === undefined) byPhase.set(row.phase, [row]);
      else rows.push(row);
    }
    const phases = this.phases.map(({ number, range: _range, isOver: _isOver, ...phase }) => ({
      ...phase,
      spans: columnsOf((byPhase.get(number) ?? []).sort((a, b) => a.startMs - b.startMs)),
    }));
    return {
      began: this.#origin ?? 0,
      elapsedMs: phases.reduce((most, { endedMs }) => Math.max(most, endedMs), 0),
      phases,
      memory: this.memory.columns(),
    };
  }
}
