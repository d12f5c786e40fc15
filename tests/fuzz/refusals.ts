/**
 * What an error must be like.
 *
 * @module
 */

import {
  AllocationError,
  DTypeError,
  ExpressionError,
  FormatError,
  IndexError,
  KernelLoadError,
  OverlapError,
  PlanError,
  ShapeError,
  TileError,
  UsageError,
  ValueError,
  WorkerError,
} from "../../src/errors.ts";
import type { Outcome } from "./runner.ts";

/** Classes of errors that say what is wrong with what was given, or what happened to it. */
const TYPED = [
  AllocationError,
  DTypeError,
  ExpressionError,
  FormatError,
  IndexError,
  KernelLoadError,
  OverlapError,
  PlanError,
  ShapeError,
  TileError,
  UsageError,
  ValueError,
  WorkerError,
] as const;

/** A class of errors. */
export type Typed = typeof TYPED[number];

/** No sentence needs more. */
const LONGEST = 2000;

/** Characters that end a line, steer a terminal, show other characters in another order, or are none. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * Checks that an error is one that a reader of its message can do something with.
 *
 * @param error What was thrown.
 * @param allowed The classes that it may have.
 * @returns Its class, for the statistics.
 * @throws The error itself if it has another class, or what is wrong with its message.
 */
export function checkRefusal(error: unknown, allowed: readonly Typed[]): Outcome {
  const kind = TYPED.find((one) => error instanceof one);
  if (!(error instanceof Error) || kind === undefined || !allowed.includes(kind)) throw error;
  checkLine(error.message);
  checkOwnWords(error.message);
  return kind.name;
}

/**
 * Checks that a text is one line, not empty, that a terminal shows as it is.
 *
 * @param line The text.
 */
export function checkLine(line: string): void {
  const shown = JSON.stringify(line.slice(0, 300));
  if (line.trim() === "") throw new Error(`the message is ${shown}`);
  if (UNFIT.test(line)) throw new Error(`the message is not one plain line: ${shown}`);
  if (line.length > LONGEST) throw new Error(`the message has ${line.length} characters: ${shown}`);
}

/**
 * Checks that a message is ours: what the runtime says of a mistake of ours tells nobody what to do.
 *
 * @param message The message.
 */
export function checkOwnWords(message: string): void {
  if (/\b(?:Type|Range|Reference)Error\b|Maximum call stack|Cannot read properties/.test(message)) {
    throw new Error(`the message is ${JSON.stringify(message)}`);
  }
}
