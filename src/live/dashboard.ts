/**
 * A page that shows a run while it goes on.
 *
 * @module
 */

import type { PageSource } from "../page/page_source.ts";
import type { RunReport } from "../run/report.ts";
import type { RunRecorder } from "../run/run_recorder.ts";
import type { DashboardOptions } from "./dashboard_options.ts";

/**
 * A page that shows runs while they go on. Dispose it: its server keeps the process alive.
 *
 * @example
 * ```ts
 * import { type Dashboard, openDashboard, RunRecorder, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder({ tiles: false });
 * await using dashboard: Dashboard = await openDashboard(recorder, { port: 0 });
 * const { report } = await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.ones([64]) }, recorder });
 * dashboard.finish(report);
 * const page = await fetch(dashboard.url.replace("/?", "/report.html?"));
 * assertEquals(page.status, 200);
 * await page.body?.cancel();
 * ```
 */
export interface Dashboard extends AsyncDisposable {
  /** The page's address, with the token without which nothing is answered. */
  readonly url: string;
  /** The port. */
  readonly port: number;
  /** That the port was in use, in a sentence; null where it was not. */
  readonly notice: string | null;
  /** How many pages look on. */
  readonly viewers: number;
  /**
   * Shows the report from now on.
   *
   * @param report What the run measured.
   * @param words What else the report page shall say.
   */
  finish(report: RunReport, words?: Omit<PageSource, "report" | "timeline">): void;
  /**
   * Says that the run has failed, or was cancelled.
   *
   * @param error Why.
   */
  fail(error: unknown): void;
  /** Tells pages how it ended, if they can be told within a second, and ends. */
  close(): Promise<void>;
}

/**
 * Opens a page that shows a recorder's runs while they go on: which worker does which tiles, how long they take, memory,
 * and how long it still takes. It looks at the memory that workers share anyway ten times a second; they do nothing for
 * it. Needs the permission to listen (`--allow-net`).
 *
 * @param recorder What the runs are given as their option `recorder`; `new RunRecorder({ tiles: false })` is enough.
 * @param options Where it listens, and what the page says.
 * @returns The dashboard, which must be disposed.
 * @throws {PlanError} If there is no option of some name.
 * @throws {ValueError} If an option cannot be what it is.
 * @throws {Deno.errors.NotCapable} If Deno was not given the permission to listen.
 * @throws {Deno.errors.AddrInUse} If none of a hundred ports is free.
 *
 * @example
 * ```ts
 * import { openDashboard, RunRecorder, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const recorder = new RunRecorder({ tiles: false }), stop = new AbortController();
 * await using dashboard = await openDashboard(recorder, { port: 0, onStop: () => stop.abort() });
 * assert(dashboard.url.startsWith("http://127.0.0.1:"));
 * const inputs = { a: SharedNdArray.ones([64, 64]) };
 * const { report } = await tiledMap("b = 2 * a", { inputs, recorder, signal: stop.signal });
 * dashboard.finish(report);
 * ```
 */
export async function openDashboard(
  recorder: RunRecorder,
  options: DashboardOptions = {},
): Promise<Dashboard> {
  // Those who never open one shall not load a server.
  const { LiveDashboard } = await import("./live_dashboard.ts");
  return new LiveDashboard(recorder, options);
}
