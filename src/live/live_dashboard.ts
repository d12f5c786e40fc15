/**
 * An open dashboard: its server, what it sees, and what it tells.
 *
 * @module
 */

import { encodePage, type LiveSource } from "../page/page_data.ts";
import type { PageSource } from "../page/page_source.ts";
import type { RunReport } from "../run/report.ts";
import type { RunRecorder } from "../run/run_recorder.ts";
import type { Dashboard } from "./dashboard.ts";
import { type DashboardOptions, type DashboardWishes, readDashboardOptions } from "./dashboard_options.ts";
import { EventHub, type Told } from "./event_hub.ts";
import { listen, type Listening } from "./listening.ts";
import {
  eventText,
  type Outcome,
  type PageWords,
  type Place,
  placeOf,
  startEvent,
  tickEvent,
} from "./live_messages.ts";
import { LiveSampler } from "./live_sampler.ts";
import { newToken, RequestGuard } from "./request_guard.ts";
import { pageAnswer, refusal, textAnswer } from "./responses.ts";

/** Milliseconds between two looks at the run, and how many looks go into what pages are told at a time. */
const LOOK_MS = 100, LOOKS_A_TICK = 2;

/** Milliseconds that pages have at the end to take what they are told last. */
const FAREWELL_MS = 1000;

/** What a timeline is that nobody wrote down. */
const SEEN_NOTE =
  "The timeline was seen by looking ten times a second: what a worker did between two looks is one bar, " +
  "and which of several workers did a tile in between is a guess.";

/** A dashboard that is open. */
export class LiveDashboard implements Dashboard {
  readonly url: string;
  readonly port: number;
  readonly notice: string | null;
  readonly #recorder: RunRecorder;
  readonly #wishes: DashboardWishes;
  readonly #guard: RequestGuard;
  readonly #sampler: LiveSampler;
  readonly #hub: EventHub<Place>;
  readonly #listening: Listening;
  readonly #cut = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;
  #looks = 0;
  #stopAsked = false;
  #words: PageWords;
  #report: RunReport | null = null;
  #outcome: Outcome | null = null;
  #last: Promise<{ text: string; html: string | null }> | undefined;
  #closed: Promise<void> | undefined;

  /**
   * @param recorder Whose runs are shown.
   * @param options Where, and what the page says.
   */
  constructor(recorder: RunRecorder, options: DashboardOptions) {
    const wishes = readDashboardOptions(options);
    this.#recorder = recorder;
    this.#wishes = wishes;
    this.#words = wishes.words;
    const token = newToken(), { port, hostname, host } = wishes;
    this.#guard = new RequestGuard(token, host);
    this.#sampler = new LiveSampler(recorder);
    this.#hub = new EventHub({ next: (place) => this.#tell(place) });
    this.#listening = listen(hostname, port, this.#cut.signal, (request) => this.#answer(request));
    this.port = this.#listening.port;
    const isElsewhere = port !== 0 && this.port !== port;
    this.notice = isElsewhere ? `Port ${port} is in use: the dashboard is at ${this.port}` : null;
    // An address that means all of the machine's own is none that one could open.
    const shown = host === "0.0.0.0" ? "127.0.0.1" : host === "[::]" ? "[::1]" : host;
    this.url = `http://${shown}:${this.port}/?token=${token}`;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  get viewers(): number {
    return this.#hub.listeners;
  }

  #look(): void {
    this.#sampler.sample();
    if (++this.#looks % LOOKS_A_TICK === 0) this.#hub.wake();
  }

  finish(report: RunReport, words: Omit<PageSource, "report" | "timeline"> = {}): void {
    this.#words = { ...this.#words, ...words };
    this.#report = report;
    this.#end({ kind: "done", text: "All tiles are done." });
  }

  fail(error: unknown): void {
    const name = error instanceof Error || error instanceof DOMException ? error.name : "";
    const isCancelled = this.#stopAsked || name === "AbortError" || name === "Interruption";
    const reason = error instanceof Error ? error.message : String(error);
    this.#end(
      isCancelled
        ? { kind: "cancelled", text: `The run was cancelled${this.#stopAsked ? " from this page" : ""}.` }
        : { kind: "failed", text: `The run failed: ${reason}` },
    );
  }

  #end(outcome: Outcome): void {
    if (this.#outcome !== null) return;
    this.#sampler.sample();
    this.#outcome = outcome;
    clearInterval(this.#timer);
    this.#hub.wake();
  }

  /** What a page is told next. */
  async #tell(place: Place | null): Promise<Told<Place>> {
    // A page that opens after the end is told the end alone.
    if (this.#outcome !== null) return { text: (await this.#lastWords(this.#outcome)).text, place: null };
    const tick = place === null ? null : tickEvent(this.#sampler, place), now = placeOf(this.#sampler);
    if (tick !== null) return { text: eventText("tick", tick), place: now };
    const start = startEvent(this.#sampler, this.#words, this.#wishes.onStop !== null);
    return { text: eventText("start", start), place: now };
  }

  /** Made when the first page asks: it may be long, and the command waits for it. */
  #lastWords(outcome: Outcome): Promise<{ text: string; html: string | null }> {
    return this.#last ??= this.#writeLast(outcome);
  }

  async #writeLast(outcome: Outcome): Promise<{ text: string; html: string | null }> {
    const report = this.#report, source = this.#source();
    const html = report === null ? null : await writtenPage({ ...source, report });
    return {
      text: eventText("end", { outcome, page: html === null ? encodePage(source) : null, html }),
      html,
    };
  }

  /** What was recorded exactly, if it was; otherwise what was seen. */
  #source(): LiveSource {
    const { predictedPeak } = this.#sampler, peak = predictedPeak === null ? {} : { predictedPeak };
    const words = { ...this.#words, ...peak, report: this.#report };
    if (this.#recorder.tiles) return { ...words, timeline: this.#recorder.timeline() };
    const notes = [...(words.notes ?? []), ...(this.#sampler.rows.length > 0 ? [SEEN_NOTE] : [])];
    return { ...words, timeline: this.#sampler.timeline(), notes };
  }

  async #answer(request: Request): Promise<Response> {
    const objection = this.#guard.objection(request);
    if (objection !== null) return refusal(403, objection);
    const { pathname } = new URL(request.url), { method } = request;
    const wanted = pathname === "/stop" ? "POST" : "GET";
    if (!["/", "/events", "/stop", "/report.html"].includes(pathname)) {
      return refusal(404, `There is no ${pathname}: the dashboard is at /.`);
    }
    if (method !== wanted) return refusal(405, `${pathname} takes ${wanted} only.`, { allow: wanted });
    if (pathname === "/") return pageAnswer(this.#words.title);
    if (pathname === "/events") return textAnswer(this.#hub.listen(), "text/event-stream");
    return pathname === "/stop" ? this.#stop() : await this.#savedPage();
  }

  #stop(): Response {
    const { onStop } = this.#wishes;
    if (onStop === null) return refusal(409, "This run cannot be stopped from here.");
    if (this.#outcome !== null) return refusal(409, "The run is over.");
    this.#stopAsked = true;
    onStop();
    return textAnswer("The run is asked to stop.\n", "text/plain; charset=utf-8");
  }

  async #savedPage(): Promise<Response> {
    if (this.#outcome === null) return refusal(409, "There is no report before the run is over.");
    const { html } = await this.#lastWords(this.#outcome);
    if (html === null) return refusal(409, "There is no report of a run that did not end well.");
    return textAnswer(html, "text/html; charset=utf-8", {
      "content-disposition": "attachment; filename=report.html",
    });
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#end({ kind: "unknown", text: "The process has ended." });
    // What is told last may take a while to be made; a page's time to take it begins then.
    if (this.viewers > 0 && this.#outcome !== null) await this.#lastWords(this.#outcome).catch(() => {});
    let late: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<"late">((resolve) => late = setTimeout(() => resolve("late"), FAREWELL_MS));
    const toldAll = this.#hub.alone.then(() => this.#listening.server.shutdown());
    const isLate = await Promise.race([toldAll, tooLate]) === "late";
    clearTimeout(late);
    if (!isLate) return;
    // A page that does not take what it is told must not keep the process.
    this.#cut.abort();
    this.#hub.drop();
    await this.#listening.server.finished;
    await toldAll;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The report page, whose writer is loaded when it is wanted. */
async function writtenPage(source: PageSource): Promise<string> {
  const { reportPage } = await import("../page/report_page.ts");
  return await reportPage(source);
}
