/**
 * The command as a function: arguments and streams in, exit code out.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import {
  DTypeError,
  FormatError,
  KernelLoadError,
  OverlapError,
  PlanError,
  ShapeError,
  UsageError,
} from "../errors.ts";
import { parseMapArgs } from "./args.ts";
import { runMap } from "./commands/map.ts";
import { HELP } from "./help.ts";

/** What the command has of the world. */
export interface CliIo {
  /** Writes to standard output. */
  stdout(text: string): void;
  /** Writes to standard error. */
  stderr(text: string): void;
  /** The width of the terminal behind standard error, or null when it is none. */
  columns(): number | null;
  /** Fires when the user interrupts. */
  readonly signal: AbortSignal;
}

/** How a command ended. */
export const EXIT = { done: 0, failed: 1, wrong: 2, interrupted: 130 } as const;

/** Errors that say that the command line or an input is wrong. */
const WRONG = [
  UsageError,
  PlanError,
  ShapeError,
  DTypeError,
  OverlapError,
  FormatError,
  KernelLoadError,
  Deno.errors.NotCapable,
  Deno.errors.PermissionDenied,
  Deno.errors.NotFound,
  Deno.errors.IsADirectory,
  Deno.errors.NotADirectory,
];

/**
 * Runs the command.
 *
 * @param words The words behind the program's name.
 * @param io Streams and interruption.
 * @returns The exit code: 0 done, 1 the run failed, 2 the command line or an input is wrong, 130 interrupted.
 */
export async function runCli(words: readonly string[], io: CliIo): Promise<number> {
  let verbose = words.includes("--verbose");
  try {
    const args = parseMapArgs(words);
    verbose = args.verbose;
    if (args.help) io.stdout(HELP);
    else if (args.version) io.stdout(`tilewise ${config.version}\n`);
    else await runMap(args, io);
    return EXIT.done;
  } catch (error) {
    if (io.signal.aborted) {
      io.stderr(`Interrupted: ${io.signal.reason instanceof Error ? io.signal.reason.message : "stopped"}\n`);
      return EXIT.interrupted;
    }
    io.stderr(`error: ${errorText(error, verbose)}\n`);
    return WRONG.some((kind) => error instanceof kind) ? EXIT.wrong : EXIT.failed;
  }
}

function errorText(error: unknown, verbose: boolean): string {
  if (verbose) return Deno.inspect(error);
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0];
}
