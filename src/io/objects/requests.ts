/**
 * Requests to servers that may fail: tried again a few times, a little later each time, and given up with a clear word.
 *
 * @module
 */

import { describeCause, StoreError, UnsupportedError } from "../../errors.ts";
import type { RequestOptions } from "./object_store.ts";

/** What is asked of a server. */
export interface Asked {
  readonly method: "GET" | "PUT" | "DELETE" | "HEAD";
  /** The address, which may hold what nobody else should see. */
  readonly url: string;
  /** The address as messages show it. */
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** An answer, or the lack of one, that another try may better. */
export class Retryable extends Error {
  /** How long the server asked to be left alone, in milliseconds. */
  readonly waitMs: number;

  /**
   * Says what went wrong.
   *
   * @param message In words that follow "the server".
   * @param waitMs How long to wait at least.
   * @param options The cause.
   */
  constructor(message: string, waitMs: number = 0, options?: ErrorOptions) {
    super(message, options);
    this.waitMs = waitMs;
  }
}

/** What sends a request: `fetch`, or one that signs first. */
export type Send = (asked: Asked, signal: AbortSignal) => Promise<Response>;

/** No server is waited for longer than this between two tries. */
const LONGEST_WAIT_MS = 30_000;

/** What servers answer that may answer otherwise soon. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Sends requests, and repeats them. */
export class Requests {
  readonly #tries: number;
  readonly #backOffMs: number;
  readonly #stallMs: number;
  readonly #send: Send;

  /**
   * Requests.
   *
   * @param options How often and how long a server is asked.
   * @param send What sends one.
   */
  constructor(options: RequestOptions = {}, send: Send = plainSend) {
    this.#tries = Math.max(1, options.tries ?? 5);
    this.#backOffMs = options.backOffMs ?? 100;
    this.#stallMs = options.stallMs ?? 30_000;
    this.#send = send;
  }

  /**
   * Asks a server.
   *
   * @param asked What for.
   * @param use What makes something of the answer to which try; it may throw {@linkcode Retryable}.
   * @returns What `use` makes.
   * @throws {StoreError} If no try came to an end that `use` takes.
   */
  async ask<T>(asked: Asked, use: (answer: Answer, tries: number) => T): Promise<T> {
    let last = new Retryable("was not asked"), tried = 0;
    while (tried < this.#tries) {
      if (tried > 0) await sleep(Math.min(LONGEST_WAIT_MS, Math.max(last.waitMs, this.#pause(tried))));
      tried++;
      try {
        return use(await this.#once(asked), tried);
      } catch (cause) {
        if (!(cause instanceof Retryable)) throw cause;
        last = cause;
      }
    }
    const times = tried === 1 ? "" : ` (tried ${tried} times)`;
    throw new StoreError(`${doing(asked)}: the server ${last.message}${times}`, asked.text, { cause: last });
  }

  /** Twice as long each time, and never the same for all who wait. */
  #pause(tried: number): number {
    return this.#backOffMs * 2 ** (tried - 1) * (0.5 + Math.random());
  }

  /** One try, which ends when nothing comes for a while. */
  async #once(asked: Asked): Promise<Answer> {
    const watch = new StallWatch(this.#stallMs);
    try {
      const response = await this.#send(asked, watch.signal);
      watch.moved();
      const body = await readAll(response, watch);
      if (PASSING.has(response.status)) {
        throw new Retryable(`answered ${statusOf(response)}`, retryAfter(response.headers));
      }
      return { status: response.status, headers: response.headers, body };
    } catch (cause) {
      const isFinal = cause instanceof Retryable || cause instanceof StoreError ||
        cause instanceof UnsupportedError;
      if (isFinal || cause instanceof Deno.errors.NotCapable) throw cause;
      if (watch.isStalled) throw new Retryable(`sent nothing for ${this.#stallMs} ms`);
      // The cause itself is left out: it may name the address with what is secret in it.
      throw new Retryable(`broke off (${shownCause(cause, asked)})`);
    } finally {
      watch.end();
    }
  }
}

function plainSend({ method, url, headers, body }: Asked, signal: AbortSignal): Promise<Response> {
  return fetch(url, { method, headers, body, signal });
}

/** Notices when nothing happens. */
class StallWatch {
  readonly #ms: number;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number) {
    this.#ms = ms;
    this.#timer = this.#start();
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), this.#ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get isStalled(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Begins to wait anew. */
  moved(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** All bytes of an answer. One that says how long it is and ends sooner was cut. */
async function readAll(response: Response, watch: StallWatch): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body ?? []) {
    watch.moved();
    pieces.push(piece);
    length += piece.length;
  }
  const said = response.headers.get("content-length");
  const isPlain = !response.headers.has("content-encoding");
  if (said !== null && isPlain && response.body !== null && Number(said) !== length) {
    throw new Retryable(`sent ${length} of ${said} bytes`);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** How long a server asks to be left alone. */
function retryAfter(headers: Headers): number {
  const said = headers.get("retry-after");
  if (said === null) return 0;
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** The status of an answer in words. */
export function statusOf({ status }: { readonly status: number }): string {
  return `HTTP ${status}`;
}

/** What could not be done. */
export function doing({ method, text }: Asked): string {
  const verb = method === "PUT" ? "write" : method === "DELETE" ? "remove" : "read";
  return `Cannot ${verb} ${text}`;
}

/** A cause without what is secret in addresses: what follows a question mark. */
function shownCause(cause: unknown, { url, text }: Asked): string {
  return describeCause(cause).replaceAll(url, text).replace(/(https?:[^\s?)]*)\?[^\s)]*/g, "$1");
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
