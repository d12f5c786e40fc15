/**
 * The command line of `map`: from words to checked values. Reads no file and starts nothing.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import type { DType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import { byteCount, dtype, extents, integer, optional, unknownWord } from "./arg_values.ts";
import { type NamedFile, namedFile, namedScalars } from "./named_args.ts";

/** Flags of halos, and of reductions with and without values. What they say is read where it is needed. */
const HALO_STRINGS = ["halo", "boundary", "boundary-value"] as const;
const REDUCE_STRINGS = ["reduce", "axis", "ddof", "q"] as const;
const REDUCE_BOOLEANS = ["keep-dims", "skip-nan"] as const;

/** Flags of what a run may take and how it is watched, with and without values. */
const GUARD_STRINGS = [
  "tile-timeout",
  "load-timeout",
  "retries",
  "only-tile",
  "isolation",
  "heap-limit",
] as const;
const GUARD_BOOLEANS = ["sandbox", "debug"] as const;

/** Flags of stores and streams, with and without values. */
const STREAM_STRINGS = ["shard", "missing", "chunks", "codec", "level", "zarr-format"] as const;
const STREAM_BOOLEANS = ["stream", "resume", "overwrite"] as const;

/** What was given of the flags of streams. */
export type StreamWords =
  & { readonly [flag in typeof STREAM_STRINGS[number]]?: string }
  & { readonly [flag in typeof STREAM_BOOLEANS[number]]: boolean };

/** What was given of the flags of guards. */
export type GuardWords =
  & { readonly [flag in typeof GUARD_STRINGS[number]]?: string }
  & { readonly [flag in typeof GUARD_BOOLEANS[number]]: boolean };

/** What was given of the flags of halos. */
export type HaloWords = { readonly [flag in typeof HALO_STRINGS[number]]?: string };

/** What was given of the flags of reductions. */
export type ReduceWords =
  & { readonly [flag in typeof REDUCE_STRINGS[number]]?: string }
  & { readonly [flag in typeof REDUCE_BOOLEANS[number]]: boolean };

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
  /** Refuse a run that is predicted to need more bytes. */
  readonly maxMemory?: number;
  /** Report as JSON. */
  readonly json: boolean;
  /** Say nothing but errors. */
  readonly quiet: boolean;
  /** Show a progress bar where there is a terminal. */
  readonly progress: boolean;
  /** Show stack traces. */
  readonly verbose: boolean;
  /** Print the help. */
  readonly help: boolean;
  /** Print the version. */
  readonly version: boolean;
}

const STRINGS = [
  "shape",
  "tile",
  "workers",
  "dtype",
  "output-dtype",
  "expr",
  "kernel",
  "seed",
  "max-memory",
  ...HALO_STRINGS,
  ...REDUCE_STRINGS,
  ...GUARD_STRINGS,
  ...STREAM_STRINGS,
] as const;
const LISTS = ["input", "output", "scalar"] as const;
const BOOLEANS = [
  "exact",
  "strict",
  "explain",
  "json",
  "quiet",
  "no-progress",
  "verbose",
  "help",
  "version",
  ...REDUCE_BOOLEANS,
  ...GUARD_BOOLEANS,
  ...STREAM_BOOLEANS,
] as const;

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
    string: [...STRINGS, ...LISTS],
    boolean: [...BOOLEANS],
    collect: [...LISTS],
    unknown: (word, key) => {
      if (key === undefined) return true;
      unknown.push(word.split("=", 1)[0]);
      return false;
    },
  });
  for (const flag of [...STRINGS, ...LISTS]) {
    const values: readonly (string | undefined)[] = [args[flag]].flat();
    if (values.includes("")) {
      throw new UsageError(`--${flag} needs a value (write --${flag}=VALUE for one that begins with "-")`);
    }
  }
  if (unknown.length > 0) {
    throw unknownWord(
      "flag",
      unknown[0],
      [...STRINGS, ...LISTS, ...BOOLEANS].map((f) => `--${f}`),
    );
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
    halo: HALO_STRINGS.some((flag) => args[flag] !== undefined) ? args : undefined,
    reduce: REDUCE_STRINGS.some((flag) => args[flag] !== undefined) ||
        REDUCE_BOOLEANS.some((flag) => args[flag])
      ? args
      : undefined,
    guards:
      GUARD_STRINGS.some((flag) => args[flag] !== undefined) || GUARD_BOOLEANS.some((flag) => args[flag])
        ? args
        : undefined,
    stream: args,
    hasStreamFlags: STREAM_STRINGS.some((flag) => args[flag] !== undefined) ||
      STREAM_BOOLEANS.some((flag) => args[flag]),
    inputs: (args.input ?? []).map((text) => namedFile("--input", text)),
    outputs: (args.output ?? []).map((text) => namedFile("--output", text)),
    seed: optional(args.seed, (text) => integer("--seed", text)),
    maxMemory: optional(args["max-memory"], (text) => byteCount("--max-memory", text)),
    json: args.json,
    quiet: args.quiet,
    progress: !args["no-progress"],
    verbose: args.verbose,
    help: args.help,
    version: args.version,
  };
  refuseContradictions(parsed);
  return parsed;
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
    const flag = [...GUARD_STRINGS, ...GUARD_BOOLEANS].find((name) => guards[name]);
    throw new UsageError(`--${flag} is for kernels over tiles: leave it out when there is a --reduce`);
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
const LETTERS: Readonly<Record<string, string>> = { h: "--help", q: "--quiet", V: "--version" };

/** Flags whose values may be negative. */
const SIGNED = ["--axis", "--boundary-value", "--ddof", "--halo", "--q"];

/** What begins with a hyphen and is a value, as far as flags go that take numbers. */
const NEGATIVE = /^-(?:\d|\.\d|Infinity$)/;

/**
 * Writes short flags out, because `-q` is not `--q`, and joins flags with their negative values, which would
 * otherwise count as flags: `--axis -1` is `--axis=-1`.
 *
 * @param words The words as typed. Those behind `--` stay as they are.
 */
function plainWords(words: readonly string[]): string[] {
  const end = words.indexOf("--"), flags = end < 0 ? words : words.slice(0, end);
  const plain: string[] = [];
  for (let k = 0; k < flags.length; k++) {
    const word = flags[k], next = flags.at(k + 1);
    if (SIGNED.includes(word) && next !== undefined && NEGATIVE.test(next)) {
      plain.push(`${word}=${next}`);
      k++;
    } else if (/^-[hqV]+$/.test(word)) plain.push(...[...word.slice(1)].map((letter) => LETTERS[letter]));
    else plain.push(word);
  }
  return [...plain, ...words.slice(flags.length)];
}
