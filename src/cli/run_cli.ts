/**
 * The command as a function: arguments and streams in, exit code out.
 *
 * @module
 */

import {
  AllocationError,
  DTypeError,
  ExpressionError,
  firstLine,
  FormatError,
  IndexError,
  KernelLoadError,
  MemoryBudgetError,
  OverlapError,
  PlanError,
  ShapeError,
  StoreError,
  UnsupportedError,
  UsageError,
  ValueError,
} from "../errors.ts";
import { type CliIo, Interruption, newHeadway } from "./cli_io.ts";
import { parseMapArgs } from "./args.ts";
import type { CommandName } from "./flags/commands.ts";

/** A command besides `map`: reads its own words, and gives an exit code where it is not 0. */
export type Command = (words: readonly string[], io: CliIo) => Promise<number | void>;

/** Those commands, each loaded when it is asked for. */
const COMMANDS: Readonly<Record<Exclude<CommandName, "map">, () => Promise<Command>>> = {
  completions: async () => (await import("./commands/completions.ts")).runCompletions,
  doctor: async () => (await import("./commands/doctor.ts")).runDoctor,
  help: async () => (await import("./commands/help.ts")).runHelp,
  combine: async () => (await import("./commands/combine.ts")).runCombine,
  info: async () => (await import("./commands/info.ts")).runInfo,
  schema: async () => (await import("./commands/schema.ts")).runSchema,
  show: async () => (await import("./commands/show.ts")).runShow,
  shm: async () => (await import("./commands/shm.ts")).runShm,
  status: async () => (await import("./commands/status.ts")).runStatus,
};

/** How a command ended. */
export const EXIT = { done: 0, failed: 1, wrong: 2, interrupted: 130 } as const;

/** Errors that say that the command line or an input is wrong. */
const WRONG = [
  UsageError,
  AllocationError,
  MemoryBudgetError,
  PlanError,
  ShapeError,
  DTypeError,
  IndexError,
  ValueError,
  ExpressionError,
  OverlapError,
  FormatError,
  StoreError,
  UnsupportedError,
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
 * @param world Streams and interruption.
 * @returns The exit code: 0 done, 1 the run failed, 2 the command line or an input is wrong, 130 interrupted (143 by
 * SIGTERM, 129 by SIGHUP).
 */
export async function runCli(words: readonly string[], world: CliIo): Promise<number> {
  let verbose = words.includes("--verbose");
  const headway = newHeadway(words);
  const io = { ...world, signal: AbortSignal.any([world.signal, headway.interrupt.signal]) };
  const stop = () => headway.stopped = performance.now();
  io.signal.addEventListener("abort", stop, { once: true });
  try {
    const [first, ...rest] = words;
    if (first !== undefined && isCommand(first)) {
      if (rest.some((word) => word === "--help" || word === "-h")) return await help(first, io);
      const command = await COMMANDS[first]();
      return await command(rest, io) ?? EXIT.done;
    }
    const args = parseMapArgs(words, Object.keys(COMMANDS));
    verbose = args.verbose;
    if (args.help) return await help(args.isNamed ? "map" : undefined, io);
    if (args.version) io.stdout(await versionText(verbose));
    else await (await import("./commands/map.ts")).runMap(args, io, headway);
    return EXIT.done;
  } catch (error) {
    if (io.signal.aborted) {
      const reason: unknown = io.signal.reason;
      const { interruptedText } = await import("./interrupted_text.ts");
      io.stderr(interruptedText(headway, reason) + "\n");
      return reason instanceof Interruption ? reason.exitCode : EXIT.interrupted;
    }
    io.stderr(`error: ${await errorText(error, verbose)}\n`);
    return isWrong(error) && !mayPass(error) ? EXIT.wrong : EXIT.failed;
  } finally {
    io.signal.removeEventListener("abort", stop);
  }
}

function isWrong(error: unknown): boolean {
  return WRONG.some((kind) => error instanceof kind);
}

/**
 * Whether the same command may do better: a store that failed has a cause, one that was asked for what cannot be has
 * none. Engines do not run a task again that was wrong.
 */
function mayPass(error: unknown): boolean {
  return error instanceof StoreError && error.cause !== undefined;
}

function isCommand(word: string): word is keyof typeof COMMANDS {
  return Object.hasOwn(COMMANDS, word);
}

async function help(name: CommandName | undefined, io: CliIo): Promise<number> {
  const { printHelp } = await import("./commands/help.ts");
  await printHelp(name, io);
  return EXIT.done;
}

async function versionText(isLong: boolean): Promise<string> {
  const { default: config } = await import("../../deno.json", { with: { type: "json" } });
  const line = `tilewise ${config.version}\n`;
  if (!isLong) return line;
  const { deno, v8, typescript } = Deno.version;
  return line +
    "kernels over the tiles of n-dimensional arrays in shared memory, on all cores\n" +
    `deno ${deno} (v8 ${v8}, typescript ${typescript}), ${Deno.build.os} ${Deno.build.arch}, ` +
    `${navigator.hardwareConcurrency} cores\n`;
}

async function errorText(error: unknown, verbose: boolean): Promise<string> {
  if (verbose) return Deno.inspect(error);
  // Its message shows the place in the expression on further lines.
  if (error instanceof ExpressionError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  const { shownLine } = await import("../io/shown_text.ts");
  // A line break in what is wrong is one of the words that were typed, or of a file's name.
  return shownLine(isWrong(error) ? message : firstLine(message));
}
