/**
 * A run that fails, and a good one on the same pool, as {@linkcode FailingRun} says in the first argument. Writes a
 * {@linkcode RunFindings}.
 *
 * @module
 */

import { SharedNdArray, tiledMap, unfinishedRun, WorkerPool } from "../../../mod.ts";
import type { FailingRun, RunFindings, ThrownFindings } from "../failing_runs.ts";

const asked: FailingRun = JSON.parse(Deno.args[0]);
const { isolation, heapLimit, sandbox, abort, inPlace = false, ...wanted } = asked;
const { tileTimeout, loadTimeout, retries } = wanted;
const TILES = 8;

/** A signal that lives longer than its runs, and what listens to it. */
function longLived(): { controller: AbortController; listeners: Set<unknown> } {
  const controller = new AbortController(), { signal } = controller, listeners = new Set<unknown>();
  const add = signal.addEventListener.bind(signal), remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener, options?: AddEventListenerOptions) => {
    listeners.add(listener);
    add(type, listener, options);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  return { controller, listeners };
}

function describe(error: unknown): ThrownFindings {
  if (!(error instanceof Error)) return { name: typeof error, message: String(error) };
  const field = (name: string): unknown => name in error ? Reflect.get(error, name) : undefined;
  const errors = field("errors");
  return {
    name: error.name,
    message: error.message,
    tile: field("tile") as number | null | undefined,
    worker: field("worker") as number | undefined,
    url: field("url") as string | undefined,
    cause: error.cause instanceof Error ? error.cause.name : undefined,
    errors: Array.isArray(errors) ? errors.map(describe) : undefined,
  };
}

/** Whether what is said of tiles is what outputs hold, when a kernel's last act is to write the tile. */
function isTrue(array: SharedNdArray<"int32">): boolean | null {
  const tiles = unfinishedRun(array)?.tiles;
  if (tiles === undefined) return null;
  const written = [...array.values()].map((value, k) => value === k + 1);
  const done = written.map((_, k) => tiles.isDone(k));
  // Each of the two workers may have been cut off between writing a tile and counting it.
  const uncounted = written.filter((isWritten, k) => isWritten && !done[k]).length;
  return done.every((isDone, k) => !isDone || written[k]) && uncounted <= 2 && tiles.total === TILES &&
    tiles.done === done.filter(Boolean).length;
}

const { controller, listeners } = longLived(), { signal } = controller;
const pool = new WorkerPool({ workers: 2, isolation, heapLimit, sandbox });
const when = SharedNdArray.zeros([1]), calls = SharedNdArray.zeros([2], { dtype: "int32" });
const a = SharedNdArray.zeros([TILES], { dtype: "int32" });
if (abort === "before") controller.abort();
let causedAt = Date.now();
const acting = setInterval(() => {
  if (when.get(0) === 0) return;
  clearInterval(acting);
  causedAt = Date.now();
  if (abort === "during") controller.abort();
  if (abort === "close") pool.close();
}, 5);
const outcome = await tiledMap(new URL(asked.kernel), {
  inputs: inPlace ? { a } : {},
  outputs: { a },
  shared: { when, calls },
  tile: [1],
  exact: true,
  pool,
  signal,
  tileTimeout,
  loadTimeout,
  retries,
}).catch((error: unknown) => ({ error }));
const settledAt = Date.now();
clearInterval(acting);
if (abort === undefined && when.get(0) > 0) causedAt = when.get(0);
if (abort === "after") controller.abort();
const { tiles } = unfinishedRun(a) ?? {};
const findings: Omit<RunFindings, "next" | "listeners" | "endedAt"> = {
  thrown: "error" in outcome ? describe(outcome.error) : null,
  settledMs: settledAt - causedAt,
  values: [...a.values()],
  tiles: tiles === undefined ? null : { done: tiles.done, is3Done: tiles.isDone(3) },
  areTilesTrue: isTrue(a),
  isKnownByError: "error" in outcome && unfinishedRun(outcome.error) !== undefined,
  calls: calls.get(0),
  retried: "error" in outcome ? null : outcome.report.retried,
  returned: "error" in outcome ? [] : outcome.values,
  notes: "error" in outcome ? [] : outcome.report.notes,
};
if (asked.pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, asked.pauseMs));

const good = abort === "close" ? new WorkerPool({ workers: 2, isolation, heapLimit }) : pool;
const b = SharedNdArray.zeros([TILES], { dtype: "int32" });
const next = await tiledMap(new URL(asked.good), {
  outputs: { a: b },
  shared: { when, calls },
  tile: [1],
  exact: true,
  pool: good,
  signal: abort === "before" || abort === "during" || abort === "after" ? undefined : signal,
});
const values = [...b.values()].join() === "1,2,3,4,5,6,7,8";
await good.close();
const all: RunFindings = {
  ...findings,
  next: { isRight: values && unfinishedRun(b) === undefined, workers: next.report.workers.length },
  listeners: listeners.size,
  endedAt: Date.now(),
};
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(all)));
// A web Worker in a loop cannot be ended: its thread would keep the process alive.
if (asked.exits === true) Deno.exit(0);
