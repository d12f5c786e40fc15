/**
 * How a word that starts with `-` reads as flags with values.
 *
 * @module
 */
import type { Rules } from "./_rules.ts";

/** One flag set to one value. */
export interface Setting {
  name: string;
  value: string | boolean;
  /** True for `--no-name`, which replaces what was collected. */
  negated?: boolean;
}

/** The settings that a word makes, and whether they took the word after it. */
export interface Reading {
  settings: Setting[];
  usedNext: boolean;
}

/** Reads one word. Undefined for a positional argument, a lone `-` included. */
export function readWord(word: string, next: string | undefined, rules: Rules): Reading | undefined {
  if (!word.startsWith("-") || word === "-") return undefined;
  return word.startsWith("--") ? readLong(word.slice(2), next, rules) : readShort(word.slice(1), next, rules);
}

/** `name`, `name=value`, `no-name`. */
function readLong(body: string, next: string | undefined, rules: Rules): Reading {
  const hasNo = body.startsWith("no-") && body.length > "no-".length;
  const text = hasNo ? body.slice("no-".length) : body;
  // A name has at least one character, so an equals sign in front belongs to it.
  const equals = text.indexOf("=", 1);
  if (equals > 0) {
    const name = text.slice(0, equals);
    const value = text.slice(equals + 1);
    return only({ name, value: rules.booleans.has(name) ? value !== "false" : value });
  }
  if (hasNo && rules.negatable.has(text)) return only({ name: text, value: false, negated: true });

  const name = hasNo ? `no-${text}` : text;
  return withNext(name, next, rules, (word) => word.startsWith("-"));
}

/** A cluster of one-letter flags. The last may take the next word, any may end the cluster with a value. */
function readShort(cluster: string, next: string | undefined, rules: Rules): Reading {
  const settings: Setting[] = [];
  const last = cluster.length - 1;
  for (let i = 0; i < last; i++) {
    const name = cluster[i];
    const attached = attachedValue(name, cluster.slice(i + 1));
    settings.push({ name, value: attached ?? bareValue(name, rules) });
    if (attached !== undefined) return { settings, usedNext: false };
  }
  const name = cluster[last];
  if (name === "-") return { settings, usedNext: false };

  const final = withNext(name, next, rules, (word) => /^--?[^-]/.test(word));
  return { settings: [...settings, ...final.settings], usedNext: final.usedNext };
}

/** The part of a cluster behind a letter that is that letter's value: `-n5`, `-n=5`, `-a/b`. */
function attachedValue(letter: string, rest: string): string | undefined {
  if (rest === "-") return rest;
  if (rest === "=") return "";
  if (/[A-Za-z]/.test(letter)) {
    const afterEquals = rest.match(/=(.+)/)?.[1];
    if (afterEquals !== undefined) return afterEquals;
    if (/\d(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
  }
  return rest.length > 1 && /^\W/.test(rest) ? rest : undefined;
}

/** Gives a flag the next word where that is its value. */
function withNext(
  name: string,
  next: string | undefined,
  rules: Rules,
  isFlag: (word: string) => boolean,
): Reading {
  if (next) {
    if (!rules.isBoolean(name) && !isFlag(next)) return { settings: [{ name, value: next }], usedNext: true };
    if (next === "true" || next === "false") {
      return { settings: [{ name, value: next === "true" }], usedNext: true };
    }
  }
  return only({ name, value: bareValue(name, rules) });
}

/** What a flag without a value is set to. */
function bareValue(name: string, rules: Rules): string | boolean {
  return rules.strings.has(name) ? "" : true;
}

function only(setting: Setting): Reading {
  return { settings: [setting], usedNext: false };
}
