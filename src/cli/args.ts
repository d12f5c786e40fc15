/**
 * The command line of `map`: from words to checked values. Reads no file and starts nothing.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { DType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import { byteCount, dtype, extents, integer, optional, unknownWord } from "./arg_values.ts";
import { type Flag, type FlagTable, namesOf, type WordsOf } from "./flags/flag.ts";
import { GUARD_FLAGS } from "./flags/guard_flags.ts";
import { HALO_FLAGS, MAP_FLAGS } from "./flags/map_flags.ts";
import { REDUCE_FLAGS } from "./flags/reduce_flags.ts";
import { STREAM_FLAGS } from "./flags/stream_flags.ts";
import { type NamedFile, namedFile, namedScalars } from "./named_args.ts";

/** What was given of the flags of streams. */
export type StreamWords = WordsOf<typeof STREAM_FLAGS>;

/** What was given of the flags of guards. */
export type GuardWords = WordsOf<typeof GUARD_FLAGS>;

/** What was given of the flags of halos. */
export type HaloWords = WordsOf<typeof HALO_FLAGS>;

/** What was given of the flags of reductions. */
export type ReduceWords = WordsOf<typeof REDUCE_FLAGS>;

/** What `map` was asked to do. */
export interface MapArgs {
  /** Shape of generated inputs. */
  readonly shape?: readonly number[];
  /** Tile extents on the trailing axes. */
  readonly tile?: readonly number[];
  /** Number of workers. */
  readonly workers?: number;
  /** Whether all workers shall take part, even in a run that is over before they are open. */
  readonly exact: boolean;
  /** Dtype of generated inputs. */
  readonly dtype?: DType;
  /** Dtype of the outputs. */
  readonly outputDType?: DType;
  /** An expression. */
  readonly expr?: string;
  /** Scalars that the expression reads, by name. */
  readonly scalars: Readonly<Record<string, number | bigint | boolean>>;
  /** Whether the expression is compiled for the same bits on every machine. */
  readonly strict: boolean;
  /** Explain the expression instead of running it. */
  readonly explain: boolean;
  /** A kernel module. */
  readonly kernel?: string;
  /** The flags of halos, where there is one. */
  readonly halo?: HaloWords;
  /** The flags of reductions, where there is one. */
  readonly reduce?: ReduceWords;
  /** The flags of guards, where there is one. */
  readonly guards?: GuardWords;
  /** The flags of streams. */
  readonly stream: StreamWords;
  /** Whether one of them was given. */
  readonly hasStreamFlags: boolean;
  /** Arrays to read. */
  readonly inputs: readonly NamedFile[];
  /** Arrays to write. */
  readonly outputs: readonly NamedFile[];
  /** Seed of the generated inputs. */
  readonly seed?: number;
  /** Where a page of the run goes, and a trace of it. */
  readonly report?: string;
  readonly trace?: string;
  /** The port of a page of the run while it goes on; true where any will do. */
  readonly dashboard?: number | true;
  /** The address that it listens at. */
  readonly dashboardHost?: string;
  /** Whether a picture of the first output is printed. */
  readonly show: boolean;
  /** Refuse a run that is predicted to need more bytes. */
  readonly maxMemory?: number;
  /** Report as JSON. */
  readonly json: boolean;
  /** Say nothing but errors. */
  readonly quiet: boolean;
  /** Show a progress bar where there is a terminal. */
  readonly progress: boolean;
  /** Show each worker, and stack traces. */
  readonly verbose: boolean;
  /** Print the help. */
  readonly help: boolean;
  /** Whether the command was named, so that the help is its own, not that of all commands. */
  readonly isNamed: boolean;
  /** Print the version. */
  readonly version: boolean;
}

const TEXTS = namesOf(MAP_FLAGS, "text");
const LISTS = namesOf(MAP_FLAGS, "list");
const SWITCHES = namesOf(MAP_FLAGS, "switch");
const OPTIONAL = namesOf(MAP_FLAGS, "optional");

/** The subcommand whose words these are. */
const COMMAND = "map";

/**
 * Reads the words of a command line.
 *
 * @param words The words behind the program's name.
 * @param others The names of other subcommands.
 * @throws {UsageError} If a word is unknown or a value is not one that its flag takes.
 */
export function parseMapArgs(words: readonly string[], others: readonly string[] = []): MapArgs {
  const broken = words.find((word) => word.includes("\0"));
  if (broken !== undefined) throw new UsageError(`The word ${broken} has a character that none can have`);
  const unknown: string[] = [];
  const args = parseArgs(plainWords(words), {
    string: [...TEXTS, ...LISTS, ...OPTIONAL],
    boolean: SWITCHES,
    collect: LISTS,
    unknown: (word, key) => {
      if (key === undefined) return true;
      unknown.push(word.split("=", 1)[0]);
      return false;
    },
  });
  for (const flag of [...TEXTS, ...LISTS]) {
    const values: readonly (string | undefined)[] = [args[flag]].flat();
    if (values.includes("")) {
      throw new UsageError(`--${flag} needs a value (write --${flag}=VALUE for one that begins with "-")`);
    }
  }
  if (unknown.length > 0) {
    throw unknownWord("flag", unknown[0], Object.keys(MAP_FLAGS).map((name) => `--${name}`));
  }
  const [command, ...rest] = args._.map(String);
  if (command !== undefined && others.includes(command)) {
    throw new UsageError(`${command} comes first: tilewise ${command} …`);
  }
  if (command !== undefined && command !== COMMAND) {
    throw unknownWord("command", command, [COMMAND, ...others]);
  }
  if (rest.length > 0) throw new UsageError(`Unexpected word ${JSON.stringify(rest[0])} behind ${command}`);

  const parsed: MapArgs = {
    shape: optional(args.shape, (text) => extents("--shape", text)),
    tile: optional(args.tile, (text) => extents("--tile", text)),
    workers: optional(args.workers, (text) => integer("--workers", text)),
    exact: args.exact,
    dtype: optional(args.dtype, (text) => dtype("--dtype", text)),
    outputDType: optional(args["output-dtype"], (text) => dtype("--output-dtype", text)),
    expr: args.expr,
    scalars: namedScalars(args.scalar ?? []),
    strict: args.strict,
    explain: args.explain,
    kernel: args.kernel,
    halo: isAnyGiven(HALO_FLAGS, args) ? args : undefined,
    reduce: isAnyGiven(REDUCE_FLAGS, args) ? args : undefined,
    guards: isAnyGiven(GUARD_FLAGS, args) ? args : undefined,
    stream: args,
    hasStreamFlags: isAnyGiven(STREAM_FLAGS, args),
    inputs: (args.input ?? []).map((text) => namedFile("--input", text)),
    outputs: (args.output ?? []).map((text) => namedFile("--output", text)),
    seed: optional(args.seed, (text) => integer("--seed", text)),
    report: args.report,
    trace: args.trace,
    dashboard: optional(args.dashboard, port),
    dashboardHost: args["dashboard-host"],
    show: args.show,
    maxMemory: optional(args["max-memory"], (text) => byteCount("--max-memory", text)),
    json: args.json,
    quiet: args.quiet,
    progress: !args["no-progress"],
    verbose: args.verbose,
    help: args.help,
    isNamed: command === COMMAND,
    version: args.version,
  };
  refuseContradictions(parsed);
  return parsed;
}

/** Whether one of some flags was given. */
function isAnyGiven(flags: FlagTable, args: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(flags).some((name) => args[name] !== undefined && args[name] !== false);
}

/** The port behind `--dashboard`; the usual one, or the next that is free, where there is none. */
function port(text: string): number | true {
  if (text === "") return true;
  if (/^\d{1,5}$/.test(text) && Number(text) < 2 ** 16) return Number(text);
  throw new UsageError(
    `--dashboard ${text} is not a port: expected 1 to 65535, 0 for any that is free, or nothing`,
  );
}

function refuseContradictions(args: MapArgs): void {
  if (args.expr !== undefined && args.kernel !== undefined) {
    throw new UsageError("--expr and --kernel both say what to run: give one of them");
  }
  if (args.kernel !== undefined) {
    const flag = Object.keys(args.scalars).length > 0 ? "scalar" : args.strict ? "strict" : "explain";
    if (flag !== "explain" || args.explain) {
      throw new UsageError(`--${flag} is for expressions: leave it out when there is a --kernel`);
    }
  }
  if (args.reduce !== undefined && args.guards !== undefined) {
    const { guards } = args;
    const flag = Object.keys(GUARD_FLAGS).find((name) =>
      isAnyGiven({ [name]: MAP_FLAGS.debug }, { ...guards })
    );
    throw new UsageError(`--${flag} is for kernels over tiles: leave it out when there is a --reduce`);
  }
  if (args.dashboardHost !== undefined && args.dashboard === undefined) {
    throw new UsageError("--dashboard-host is for a dashboard: add --dashboard");
  }
  if (args.show && (args.json || args.quiet)) {
    throw new UsageError(`--show prints a picture, which --${args.json ? "json" : "quiet"} has no place for`);
  }
  if (args.explain) {
    const flag = (["report", "trace", "dashboard", "show"] as const).find((name) =>
      args[name] !== undefined && args[name] !== false
    );
    if (flag !== undefined) throw new UsageError(`--${flag} is of a run, and --explain runs nothing`);
  }
  const both = args.inputs.find(({ name }) => Object.hasOwn(args.scalars, name));
  if (both !== undefined) throw new UsageError(`--input and --scalar both name ${both.name}`);
  if (args.inputs.length > 0) {
    const made = ["shape", "dtype", "seed"] as const;
    const flag = made.find((name) => args[name] !== undefined);
    if (flag !== undefined) {
      throw new UsageError(`--${flag} is for generated inputs: leave it out when there is an --input`);
    }
  }
  for (const [flag, files] of [["--input", args.inputs], ["--output", args.outputs]] as const) {
    const names = files.map((file) => file.name);
    const twice = names.find((name, k) => names.indexOf(name) !== k);
    if (twice !== undefined) throw new UsageError(`${flag} names ${twice} twice`);
  }
}

/** Flags of one letter, which may stand together behind one hyphen. */
const LETTERS = new Map(
  Object.entries<Flag>(MAP_FLAGS).flatMap(([name, { letter }]) =>
    letter === undefined ? [] : [[letter, `--${name}`]]
  ),
);

/** Flags whose values may be negative. */
const SIGNED = Object.entries<Flag>(MAP_FLAGS).filter(([, flag]) => flag.isSigned).map(([name]) =>
  `--${name}`
);

/** Flags that may stand without their value. */
const BARE = OPTIONAL.map((name) => `--${name}`);

/** What begins with a hyphen and is a value, as far as flags go that take numbers. */
const NEGATIVE = /^-(?:\d|\.\d|Infinity$)/;

/**
 * Writes short flags out, because `-q` is not `--q`, and joins flags with their values where these would otherwise count
 * as flags, or others as their values: `--axis -1` is `--axis=-1`, and `--dashboard out.npy` has no port.
 *
 * @param words The words as typed. Those behind `--` stay as they are.
 */
function plainWords(words: readonly string[]): string[] {
  const end = words.indexOf("--"), flags = end < 0 ? words : words.slice(0, end);
  const plain: string[] = [];
  for (let k = 0; k < flags.length; k++) {
    const word = flags[k], next = flags.at(k + 1), letters = /^-([A-Za-z]+)$/.exec(word)?.[1] ?? "";
    const isSigned = SIGNED.includes(word) && next !== undefined && NEGATIVE.test(next);
    const isPort = BARE.includes(word) && next !== undefined && /^\d+$/.test(next);
    if (isSigned || isPort) {
      plain.push(`${word}=${next}`);
      k++;
    } else if (BARE.includes(word)) plain.push(`${word}=`);
    else if (letters !== "" && [...letters].every((letter) => LETTERS.has(letter))) {
      plain.push(...[...letters].map((letter) => LETTERS.get(letter) ?? ""));
    } else plain.push(word);
  }
  return [...plain, ...words.slice(flags.length)];
}
