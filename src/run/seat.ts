/**
 * A place for a worker in a pool: empty until it is needed, filled again when its worker is gone.
 *
 * @module
 */

import { describeCause } from "../errors.ts";
import { SentModules } from "./known_modules.ts";
import { type EndMessage, moduleOf, type StartMessage, type StrayMessage, unpackThrown } from "./protocol.ts";
import { openWorker, type WorkerKind, type WorkerLink } from "./worker_link.ts";

/** Who hears of a part. */
export interface PartListener {
  /** Something of it, or all of it, is done. */
  heard(message: EndMessage): void;
  /**
   * Its worker is gone, or not to be trusted any more.
   *
   * @param reason What happened, as the rest of a sentence about the worker.
   * @param cause What was thrown, if anything.
   */
  lost(reason: string, cause?: unknown): void;
}

/** A place for a worker. */
export class Seat {
  /** Its number. */
  readonly index: number;
  readonly #kind: WorkerKind;
  #link: WorkerLink | undefined;
  #sent = new SentModules();
  #part: { readonly run: number; readonly listener: PartListener } | undefined;
  /** The module that a sandbox was made for. */
  #kernel: string | null = null;
  #hasAnswered = false;

  /**
   * @param index Its number.
   * @param kind What workers sit here.
   */
  constructor(index: number, kind: WorkerKind) {
    this.index = index;
    this.#kind = kind;
  }

  /** Whether a worker sits here. */
  get isTaken(): boolean {
    return this.#link !== undefined;
  }

  /** Whether it has a part. */
  get isBusy(): boolean {
    return this.#part !== undefined;
  }

  /** Whether the worker is a sandbox that was made for a kernel, and has never answered. */
  get isNewSandbox(): boolean {
    return this.#kind.sandbox && this.#kernel !== null && !this.#hasAnswered;
  }

  /**
   * Opens a worker, unless there is one. This blocks for some milliseconds.
   *
   * @param kernel The URL of the module that it is for, if it is known.
   */
  open(kernel: string | null = null): WorkerLink {
    if (this.#link !== undefined) return this.#link;
    this.#kernel = kernel;
    this.#hasAnswered = false;
    const link = openWorker(this.#kind, this.index, kernel, {
      heard: (message) => this.#link === link && this.#heard(message),
      died: (reason, cause) => this.#link === link && this.vacate(`ended: ${reason}`, cause),
    });
    return this.#link = link;
  }

  /**
   * Starts a part.
   *
   * @param message What the worker is to do.
   * @param listener Who hears of it.
   */
  start(message: StartMessage, listener: PartListener): void {
    const kernel = moduleOf(message.kernel);
    if (this.#kind.sandbox && kernel !== null && kernel !== this.#kernel) this.vacate("is not needed");
    // Before anything that can fail, so that whoever listens hears of it.
    this.#part = { run: message.run, listener };
    const link = this.open(kernel);
    link.post({ ...message, kernel: this.#sent.withoutKnown(message.kernel) });
  }

  #heard(message: unknown): void {
    if (isStray(message)) return this.#heardStray(message);
    this.#hasAnswered = true;
    // A kernel shares the worker's scope and may post messages of its own: they end nothing.
    if (!isEnd(message) || message.run !== this.#part?.run) return;
    const { listener } = this.#part;
    if (message.goesOn !== true) this.#part = undefined;
    listener.heard(message);
  }

  #heardStray({ stray, isOver }: StrayMessage): void {
    const cause = unpackThrown(stray);
    const reason = isOver
      ? `ended: ${describeCause(cause)}`
      : `was given up, because code of a kernel failed outside of its tile: ${describeCause(cause)}`;
    // Nobody else would ever say so.
    if (!this.isBusy) console.warn(`Worker ${this.index} of a pool ${reason}`);
    this.vacate(reason, cause);
  }

  /**
   * Ends the worker, whatever it does. A part that it has is lost.
   *
   * @param reason Why, as the rest of a sentence about the worker.
   * @param cause What was thrown, if anything.
   */
  vacate(reason: string, cause?: unknown): void {
    this.#link?.terminate();
    this.#link = undefined;
    this.#sent = new SentModules();
    const part = this.#part;
    this.#part = undefined;
    part?.listener.lost(reason, cause);
  }
}

function isStray(message: unknown): message is StrayMessage {
  return typeof message === "object" && message !== null && "stray" in message && "isOver" in message;
}

function isEnd(message: unknown): message is EndMessage {
  return typeof message === "object" && message !== null && "run" in message && "part" in message;
}
