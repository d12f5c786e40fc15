/**
 * What a run of the command is watched with: a page, a trace, a page while it goes on.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { PendingFile } from "../io/atomic_write.ts";
import type { Dashboard } from "../live/dashboard.ts";
import type { PageKernel, PageOutput, PageSource } from "../page/page_source.ts";
import type { MachineSpeed } from "../run/machine_speed.ts";
import type { RunReport } from "../run/report.ts";
import { RunRecorder } from "../run/run_recorder.ts";
import type { RunTimeline } from "../run/timeline.ts";
import type { MapArgs } from "./args.ts";
import { type CliIo, type Headway, Interruption } from "./cli_io.ts";

/** A run with more tiles than this is recorded only where that is asked for: a map of them would not fit a terminal. */
const FEW_TILES = 4096;

/** What a run did, for its page. */
export interface RunFacts {
  readonly report: RunReport;
  /** What was run. Read when a page is made. */
  readonly kernel: () => Promise<PageKernel>;
  /** What came out. Looked at when a page is made. */
  readonly outputs: () => Promise<readonly PageOutput[]>;
}

/** The things that a run is watched with. */
export class Sights implements AsyncDisposable {
  readonly #args: MapArgs;
  readonly #headway: Headway;
  readonly #files = new DisposableStack();
  #signal: AbortSignal | undefined;
  #report: PendingFile | undefined;
  #trace: PendingFile | undefined;
  #recorder: RunRecorder | undefined;
  #dashboard: Dashboard | undefined;

  private constructor(args: MapArgs, headway: Headway) {
    this.#args = args;
    this.#headway = headway;
  }

  /**
   * Finds out whether files can be written, and opens the dashboard, before anything is computed.
   *
   * @param args The command line.
   * @param headway Knows the words of the command line.
   * @param io Streams.
   * @throws {UsageError} If two of them, or one and what is read or written besides, would be the same file.
   */
  static async open(args: MapArgs, headway: Headway, io: CliIo): Promise<Sights> {
    const sights = new Sights(args, headway);
    try {
      if (args.report !== undefined || args.trace !== undefined) await sights.#reserve();
      if (args.dashboard !== undefined) {
        sights.#recorder = new RunRecorder({ tiles: sights.#isAsked });
        await sights.#openDashboard(sights.#recorder, args.dashboard, io);
      }
      return sights;
    } catch (error) {
      sights.#files.dispose();
      throw error;
    }
  }

  /** Whether tiles have to be recorded. */
  get #isAsked(): boolean {
    return this.#report !== undefined || this.#trace !== undefined;
  }

  async #reserve(): Promise<void> {
    const { PendingFile: Pending } = await import("../io/atomic_write.ts");
    const reserve = (flag: string, path: string | undefined) => {
      if (path === undefined) return undefined;
      try {
        return this.#files.use(Pending.reserve(path));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new UsageError(`--${flag}: ${why}`, { cause });
      }
    };
    this.#report = reserve("report", this.#args.report);
    this.#trace = reserve("trace", this.#args.trace);
    const { refuseSameFiles } = await import("./same_files.ts");
    refuseSameFiles(this.#args, this.#report, this.#trace);
  }

  /**
   * Begins to watch.
   *
   * @param io Streams.
   * @param tiles How many tiles the run has, where that is known.
   * @returns What records the run, where something does.
   */
  begin(io: CliIo, tiles: number = Infinity): RunRecorder | undefined {
    const { quiet, json, verbose } = this.#args;
    this.#signal = io.signal;
    if (this.#recorder !== undefined) return this.#recorder;
    const isShown = !quiet && !json && tiles > 1 && tiles <= FEW_TILES;
    if (this.#isAsked || isShown) this.#recorder = new RunRecorder();
    else if (verbose) this.#recorder = new RunRecorder({ tiles: false });
    return this.#recorder;
  }

  async #openDashboard(recorder: RunRecorder, port: number | true, io: CliIo): Promise<void> {
    const { openDashboard } = await import("../live/dashboard.ts");
    const dashboard = await openDashboard(recorder, {
      ...(port === true ? {} : { port }),
      host: this.#args.dashboardHost,
      command: await this.#command(),
      title: titleOf(this.#args),
      onStop: () => this.#headway.interrupt.abort(new Interruption("by the dashboard", 130)),
    });
    this.#dashboard = dashboard;
    // Asked for, so that --quiet does not hide where it is.
    if (dashboard.notice !== null) io.stderr(`${dashboard.notice}\n`);
    io.stderr(`Dashboard: ${dashboard.url}\n`);
  }

  /**
   * Tells the page of a run that goes on when it fails.
   *
   * @param run The run.
   */
  async watch<T>(run: Promise<T>): Promise<T> {
    try {
      return await run;
    } catch (error) {
      this.#dashboard?.fail(error);
      throw error;
    }
  }

  /** A command that does the same again. */
  async #command(): Promise<string> {
    const { shellWords } = await import("./shell_words.ts");
    return shellWords(["tilewise", ...this.#headway.words]);
  }

  /** What was recorded of tiles; null where nothing was. */
  get timeline(): RunTimeline | null {
    return this.#recorder?.tiles === true ? this.#recorder.timeline() : null;
  }

  /**
   * Writes what was asked for.
   *
   * @param facts What the run did.
   * @param say Says what was written.
   */
  async finish(facts: RunFacts, say: (text: string) => void): Promise<void> {
    const recorder = this.#recorder, dashboard = this.#dashboard;
    const trace = this.#trace, report = this.#report, headway = this.#headway;
    if (recorder === undefined || (!this.#isAsked && dashboard === undefined)) return;
    const timeline = recorder.timeline();
    headway.wanted = [...headway.wanted, ...[trace, report].flatMap((file) => file?.path ?? [])];
    if (trace !== undefined) {
      const { writeTrace } = await import("../page/trace_events.ts");
      const about = { report: facts.report, command: await this.#command() };
      await trace.write((file) => writeTrace(file, timeline, about));
      await this.#publish(trace);
      say(`Wrote the trace to ${trace.path}: open it at ui.perfetto.dev\n`);
    }
    if (report === undefined && dashboard === undefined) return;
    const isSeen = report !== undefined || (dashboard?.viewers ?? 0) > 0;
    const source = await this.#pageSource(isSeen ? facts : { ...facts, outputs: nothing }, timeline);
    if (report !== undefined) {
      const { reportPage } = await import("../page/report_page.ts");
      const text = await reportPage(source);
      await report.write(async (file) => {
        const bytes = new TextEncoder().encode(text);
        for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      });
      await this.#publish(report);
      say(`Wrote the report to ${report.path}\n`);
    }
    const { report: _report, timeline: _timeline, ...words } = source;
    dashboard?.finish(source.report, words);
  }

  /** Gives a file that was written its name, unless the command was interrupted meanwhile. */
  async #publish(file: PendingFile): Promise<void> {
    // Writing keeps this thread busy: signals that came meanwhile are heard in a task of their own.
    await new Promise((resolve) => setTimeout(resolve));
    this.#signal?.throwIfAborted();
    file.publish();
    this.#headway.written.push(file.path);
  }

  async #pageSource({ report, kernel, outputs }: RunFacts, timeline: RunTimeline): Promise<PageSource> {
    const { default: config } = await import("../../deno.json", { with: { type: "json" } });
    const { deno, v8, typescript } = Deno.version;
    const cores = navigator.hardwareConcurrency;
    return {
      report,
      timeline,
      title: titleOf(this.#args),
      machine: this.#report === undefined ? null : await this.#measure(report.workersAsked),
      kernel: await kernel(),
      command: await this.#command(),
      versions: {
        tilewise: config.version,
        deno,
        v8,
        typescript,
        os: `${Deno.build.os} ${Deno.build.arch}`,
        cpu: `${cores} core${cores === 1 ? "" : "s"}`,
      },
      outputs: await outputs(),
    };
  }

  async #measure(workers: number): Promise<MachineSpeed> {
    const { measureMachine } = await import("../run/machine_speed.ts");
    return await measureMachine({ workers, signal: this.#signal });
  }

  /** Closes the dashboard, and gives up files that were not written. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#files.dispose();
    await this.#dashboard?.[Symbol.asyncDispose]();
  }
}

/** Pictures take time, and nobody looks. */
function nothing(): Promise<readonly PageOutput[]> {
  return Promise.resolve([]);
}

function titleOf({ outputs, reduce, kernel, expr }: MapArgs): string {
  const what = outputs.map(({ name }) => name).join(", ");
  const how = reduce?.reduce ?? (kernel === undefined ? expr ?? "tmp + rad" : kernel.split(/[/\\]/).at(-1));
  return what === "" ? `${how}` : `${what}: ${how}`;
}
