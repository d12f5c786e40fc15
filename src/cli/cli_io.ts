/**
 * What the command has of the world, so that tests can give it another one.
 *
 * @module
 */

import type { Progress } from "../run/map_options.ts";
import type { Colours, OutputStream } from "./terminal.ts";

/** What the command has of the world. */
export interface CliIo {
  /** Writes to standard output. */
  stdout(text: string): void;
  /** Writes to standard error. */
  stderr(text: string): void;
  /** The width of the terminal behind standard error, or null when it is none. */
  columns(): number | null;
  /** The width of the terminal behind standard output, or null when it is none. */
  stdoutColumns(): number | null;
  /** The height of the terminal behind standard error, or null when it is none. */
  rows(): number | null;
  /** How many colours a stream shows. Default: standard output. */
  colours(stream?: OutputStream): Colours;
  /** Whether terminals show block characters. */
  blocks(): boolean;
  /** Fires when the user interrupts. */
  readonly signal: AbortSignal;
}

/** How far a command has come: what it says when it is interrupted. */
export interface Headway {
  /** The words behind the program's name. */
  readonly words: readonly string[];
  /** Ends the command from within, as the user's interruption does. */
  readonly interrupt: AbortController;
  stage: "planning" | "reading inputs" | "generating inputs" | "running" | "writing outputs";
  /** What a run is counted in. */
  unit: "tiles" | "units";
  /** What the run last told. */
  progress?: Progress;
  /** When the run began and when the command was interrupted, as `performance.now()` tells time. */
  runBegan: number;
  stopped: number;
  /** Whether what is done stays, because outputs are stores that a run can go on with. */
  stays: boolean;
  /** The paths of all outputs, and of those that stand under their names. */
  wanted: readonly string[];
  readonly written: string[];
}

/**
 * A command that has just begun.
 *
 * @param words The words behind the program's name.
 */
export function newHeadway(words: readonly string[] = []): Headway {
  return {
    words,
    interrupt: new AbortController(),
    stage: "planning",
    unit: "tiles",
    runBegan: 0,
    stopped: 0,
    stays: false,
    wanted: [],
    written: [],
  };
}

/** Why a command is to stop: the reason that {@linkcode CliIo.signal} is aborted with. */
export class Interruption extends Error {
  override readonly name: string = "Interruption";
  /** The exit code that says so: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
