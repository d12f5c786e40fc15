/**
 * Command-line arguments to an object of values.
 *
 * @module
 */
import { readWord } from "./_flags.ts";
import { addValue, hasValue, setValue, type Store } from "./_nested.ts";
import { type Declarations, readRules, type Rules } from "./_rules.ts";
import type { Aliases, Args, Defaults, FlagNames, ParseOptions, Values } from "./_types.ts";

export type { Args, ParseOptions } from "./_types.ts";

/**
 * Parses command-line arguments, usually `Deno.args`.
 *
 * A flag is `--name`, `--name value`, `--name=value` or `-n`; letters after one dash are one flag each. A word that starts
 * with `-` is never the value of the flag before it, unless joined by `=`. Undeclared flags are taken too, with
 * number-like values as numbers; use `unknown` to refuse them.
 *
 * @example Typed by the names in the options
 * ```ts
 * import { parseArgs } from "@std/cli/parse-args";
 * import { assertEquals } from "@std/assert";
 *
 * const args = parseArgs(["--out", "a.bin", "-v", "7"], {
 *   string: ["out"],
 *   boolean: ["verbose"],
 *   alias: { verbose: "v" },
 * });
 * assertEquals(args, { _: [7], out: "a.bin", verbose: true, v: true });
 * ```
 *
 * @param args The arguments, without the program's own name.
 * @param options Which flags there are.
 * @returns The values by flag name.
 * @throws {TypeError} If an alias is undefined.
 */
export function parseArgs<
  TDoubleDash extends boolean | undefined = undefined,
  TBooleans extends FlagNames = undefined,
  TStrings extends FlagNames = undefined,
  TCollected extends FlagNames = undefined,
  TNegatable extends FlagNames = undefined,
  TDefaults extends Defaults = undefined,
  const TAliases extends Aliases | undefined = undefined,
>(
  args: readonly string[],
  options: ParseOptions<
    TBooleans,
    TStrings,
    TCollected,
    TNegatable,
    TDefaults,
    TAliases,
    TDoubleDash
  > = {},
): Args<Values<TBooleans, TStrings, TCollected, TNegatable, TDefaults, TAliases>, TDoubleDash> {
  const end = args.indexOf("--");
  const words = end < 0 ? args : args.slice(0, end);
  const rest = end < 0 ? [] : args.slice(end + 1);

  const rules = readRules(options as Declarations);
  const result: ResultStore = { _: [] };

  readWords(words, rules, options.unknown, result);
  applyDefaults(options.default ?? {}, rules, result);

  if (options["--"]) result["--"] = rest;
  else result._.push(...rest);

  // The type is computed from the same options that the values were read with.
  return result as Args<
    Values<TBooleans, TStrings, TCollected, TNegatable, TDefaults, TAliases>,
    TDoubleDash
  >;
}

/** Flag values by name, with the positional arguments. A flag `--_` breaks that list, as in the published package. */
type ResultStore = Store & { _: (string | number)[] };

function readWords(
  words: readonly string[],
  rules: Rules,
  unknown: ParseOptions["unknown"],
  result: ResultStore,
): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const reading = readWord(word, words[i + 1], rules);
    if (reading === undefined) {
      if (unknown?.(word) === false) continue;
      result._.push(rules.strings.has("_") ? word : toNumberIfLike(word));
      continue;
    }
    if (reading.usedNext) i++;
    for (const { name, value, negated } of reading.settings) {
      if (!isDeclared(name, rules) && unknown?.(word, name, value) === false) continue;
      const stored = typeof value === "string" && !rules.strings.has(name) ? toNumberIfLike(value) : value;
      const store = rules.collected.has(name) && !negated ? addValue : setValue;
      store(result, name, stored);
      for (const other of rules.aliasesOf(name) ?? []) store(result, other, stored);
    }
  }
}

/** To be negatable alone does not declare a flag. */
function isDeclared(name: string, rules: Rules): boolean {
  return rules.booleans.has(name) || rules.strings.has(name) || rules.collected.has(name) ||
    rules.aliasesOf(name) !== undefined;
}

function toNumberIfLike(text: string): string | number {
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

/** First the given defaults, then false for booleans and empty lists for what is collected. */
function applyDefaults(defaults: Record<string, unknown>, rules: Rules, result: Store): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (hasValue(result, name)) continue;
    setValue(result, name, value);
    for (const other of rules.aliasesOf(name) ?? []) setValue(result, other, value);
  }
  for (const name of rules.booleans) {
    if (!hasValue(result, name)) setValue(result, name, rules.collected.has(name) ? [] : false);
  }
  for (const name of rules.strings) {
    if (!hasValue(result, name) && rules.collected.has(name)) setValue(result, name, []);
  }
}
