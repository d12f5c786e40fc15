/**
 * What a dashboard can be told.
 *
 * @module
 */

import { ValueError } from "../errors.ts";
import type { PageSource } from "../page/page_source.ts";
import { refuseUnknown } from "../run/known_options.ts";

/**
 * Options of {@linkcode openDashboard}.
 *
 * @example
 * ```ts
 * import { type DashboardOptions, openDashboard, RunRecorder } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const stop = new AbortController();
 * const options: DashboardOptions = { port: 0, title: "Vapour pressure", onStop: () => stop.abort() };
 * await using dashboard = await openDashboard(new RunRecorder(), options);
 * assert(dashboard.port > 0);
 * ```
 */
export interface DashboardOptions extends Omit<PageSource, "report" | "timeline" | "outputs"> {
  /** The port; the next free one where it is in use, and any free one for 0. Default 8787. */
  readonly port?: number;
  /**
   * The address or name to listen on. Whoever reaches it and has the token can look on, and stop the run. Default
   * `127.0.0.1`, which only this machine reaches.
   */
  readonly host?: string;
  /** Stops the run, when the page's button is pressed. Without it there is no button. */
  readonly onStop?: () => void;
}

/** Options that are checked, and what the page says. */
export interface DashboardWishes {
  readonly port: number;
  /** As it is listened on, and as a URL has it. */
  readonly hostname: string;
  readonly host: string;
  readonly onStop: (() => void) | null;
  readonly words: Omit<PageSource, "report" | "timeline" | "outputs">;
}

/** The port that is tried first. */
export const DEFAULT_PORT = 8787;

const WORDS = ["machine", "title", "kernel", "command", "versions", "notes"];

/**
 * Checks options.
 *
 * @param options The options.
 * @throws {PlanError} If there is no option of some name.
 * @throws {ValueError} If one cannot be what it is.
 */
export function readDashboardOptions(options: DashboardOptions): DashboardWishes {
  refuseUnknown(options, ["port", "host", "onStop", ...WORDS]);
  const { port = DEFAULT_PORT, host = "127.0.0.1", onStop, ...words } = options;
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new ValueError(`The dashboard's port must be an integer from 0 to 65535, but is ${String(port)}`);
  }
  if (typeof host !== "string" || !/^(?:\[[\da-f:.]+\]|[\da-f]*:[\da-f:.]+|[\w.-]+)$/i.test(host)) {
    throw new ValueError(`The dashboard's host must be a name or an address, but is ${JSON.stringify(host)}`);
  }
  if (onStop !== undefined && typeof onStop !== "function") {
    throw new ValueError(`The dashboard's onStop must be a function, but is ${typeof onStop}`);
  }
  const hostname = host.replace(/^\[(.*)\]$/, "$1");
  return {
    port,
    hostname,
    host: hostname.includes(":") ? `[${hostname}]` : hostname,
    onStop: onStop ?? null,
    words,
  };
}
