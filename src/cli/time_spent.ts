/**
 * Where the time of a run went.
 *
 * @module
 */

import type { RunReport } from "../run/report.ts";
import type { RunTimeline } from "../run/timeline.ts";

/** What workers, or the calling thread, did with some of their time. */
export interface TimeShare {
  readonly what: string;
  /** Of all time of all workers that could take part, from 0 to 1. */
  readonly share: number;
}

/** Shares that are smaller are not worth a word. */
const LEAST_SHARE = 0.005;

/**
 * What the time of a run went into, the most first.
 *
 * @param report The run's report.
 * @param timeline What was recorded of it, if anything: then waiting is told apart.
 * @returns Nothing where there is nothing to tell.
 */
export function timeSpent(report: RunReport, timeline: RunTimeline | null = null): TimeShare[] {
  const { elapsedMs, workers, caller, stored } = report;
  if (!(elapsedMs > 0)) return [];
  // A reduction may end on the calling thread what workers have begun: then the time is theirs.
  const isAlone = workers.every(({ tiles }) => tiles === 0);
  if (caller !== null && isAlone) {
    const computing = Math.min(1, caller.busyMs / elapsedMs);
    return worthTelling([["computing", computing], ["preparing", 1 - computing]]);
  }
  if (workers.length === 0) return [];
  const whole = elapsedMs * workers.length, share = (ms: number) => Math.max(0, Math.min(1, ms / whole));
  const busy = share(workers.reduce((sum, { busyMs }) => sum + busyMs, caller?.busyMs ?? 0));
  const work: [string, number][] = stored === null ? [["computing", busy]] : [
    ["reading", share(stored.readMs)],
    ["computing", share(stored.computeMs)],
    ["encoding", share(stored.encodeMs)],
    ["writing", share(stored.writeMs)],
  ];
  const rest = 1 - work.reduce((sum, [, part]) => sum + part, 0);
  return worthTelling([...work, ...idleShares(timeline, Math.max(0, rest), whole)]);
}

/** What workers did besides: as the timeline has it, or in one. */
function idleShares(timeline: RunTimeline | null, rest: number, whole: number): [string, number][] {
  const parts = timeline?.phases.flatMap((phase) => phase.parts.map((part) => ({ ...part, phase }))) ?? [];
  if (parts.length === 0) return [["starting and waiting", rest]];
  const first = new Map<number, number>();
  for (const { worker, beganMs, phase } of parts) {
    const since = beganMs - phase.beganMs;
    if (!first.has(worker)) first.set(worker, since);
  }
  const sum = (values: Iterable<number>) =>
    [...values].reduce((total, value) => total + Math.max(0, value), 0);
  const starting = Math.min(rest, sum(first.values()) / whole);
  const loading = Math.min(rest - starting, sum(parts.map((part) => part.readyMs - part.beganMs)) / whole);
  return [["starting workers", starting], ["loading the kernel", loading], [
    "waiting",
    rest - starting - loading,
  ]];
}

function worthTelling(shares: readonly (readonly [string, number])[]): TimeShare[] {
  return shares.map(([what, share]) => ({ what, share })).filter(({ share }) => share >= LEAST_SHARE)
    .sort((a, b) => b.share - a.share);
}
