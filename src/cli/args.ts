/**
 * The command line of `map`: from words to checked values. Reads no file and starts nothing.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { type DType, DTYPE_NAMES, isDType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** A file that holds an array, with the name that the kernel knows it by. */
export interface NamedFile {
  /** The array's name. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** The variable in the file, for formats that hold several. */
  readonly variable?: string;
}

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
] as const;
const ALIASES = { help: "h", version: "V", quiet: "q" } as const;

/** The subcommands there are. */
const COMMANDS = ["map"];

/**
 * Reads the words of a command line.
 *
 * @param words The words behind the program's name.
 * @throws {UsageError} If a word is unknown or a value is not one that its flag takes.
 */
export function parseMapArgs(words: readonly string[]): MapArgs {
  const unknown: string[] = [];
  const args = parseArgs([...words], {
    string: [...STRINGS, ...LISTS],
    boolean: [...BOOLEANS],
    collect: [...LISTS],
    alias: ALIASES,
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
  if (command !== undefined && !COMMANDS.includes(command)) throw unknownWord("command", command, COMMANDS);
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

function unknownWord(kind: string, word: string, known: readonly string[]): UsageError {
  const meant = nearest(word, known);
  const hint = meant === undefined ? `see --help for those there are` : `did you mean ${meant}?`;
  return new UsageError(`Unknown ${kind} ${word}: ${hint}`);
}

function optional<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

function integer(flag: string, text: string): number {
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new UsageError(`${flag} ${text} is not an integer`);
  }
  return value;
}

function extents(flag: string, text: string): number[] {
  return text.split(",").map((part, k) => {
    const value = Number(part);
    if (part.trim() === "") throw new UsageError(`${flag} ${text}: number ${k + 1} is missing`);
    if (!/^\d+$/.test(part.trim()) || value < 1 || !Number.isSafeInteger(value)) {
      throw new UsageError(`${flag} ${text}: ${part.trim()} is not a positive integer`);
    }
    return value;
  });
}

function dtype(flag: string, text: string): DType {
  if (isDType(text)) return text;
  const meant = nearest(text, DTYPE_NAMES);
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  throw new UsageError(`${flag} ${text} is not a dtype${hint}: expected one of ${DTYPE_NAMES.join(", ")}`);
}

/** A file, and behind a colon a variable in it. Only what follows a known ending is one: paths have colons too. */
const FILE_AND_VARIABLE = /^(.*?\.(?:npy|npz|nc)):([^/\\]+)$/is;

function namedFile(flag: string, text: string): NamedFile {
  const [name, path] = nameAndRest(flag, text, "FILE");
  const [, file, variable] = FILE_AND_VARIABLE.exec(path) ?? [];
  return file === undefined ? { name, path } : { name, path: file, variable };
}

/** What stands before and behind the first `=`. */
function nameAndRest(flag: string, text: string, what: string): [name: string, rest: string] {
  const [, name, rest] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || rest === "") {
    throw new UsageError(`${flag} ${text} is not of the form NAME=${what}`);
  }
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new UsageError(
      `${flag} ${text}: ${JSON.stringify(name)} is not a name (letters, digits and _, no digit first)`,
    );
  }
  return [name, rest];
}

/** Scalars by name, with the meaning that literals have: whole numbers without a point are integers. */
function namedScalars(texts: readonly string[]): Record<string, number | bigint | boolean> {
  const scalars: Record<string, number | bigint | boolean> = {};
  for (const text of texts) {
    const [name, value] = nameAndRest("--scalar", text, "NUMBER");
    if (Object.hasOwn(scalars, name)) throw new UsageError(`--scalar names ${name} twice`);
    scalars[name] = scalarValue(text, value);
  }
  return scalars;
}

const NAMED_NUMBERS: Readonly<Record<string, number | boolean>> = {
  true: true,
  false: false,
  NaN: NaN,
  Infinity: Infinity,
  "-Infinity": -Infinity,
};

function scalarValue(text: string, value: string): number | bigint | boolean {
  if (Object.hasOwn(NAMED_NUMBERS, value)) return NAMED_NUMBERS[value];
  if (/^-?\d+$/.test(value)) {
    const whole = BigInt(value);
    if (whole >= -(2n ** 63n) && whole < 2n ** 64n) return whole;
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) return Number(value);
  throw new UsageError(`--scalar ${text}: ${value} is not a number, true or false`);
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

function byteCount(flag: string, text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = UNITS[unit?.toLowerCase()];
  if (digits === undefined || factor === undefined) {
    throw new UsageError(`${flag} ${text} is not a number of bytes, such as 500MB, 2GB or 1.5GiB`);
  }
  return Number(digits) * factor;
}
