/**
 * What the options declare about each flag name, aliases resolved.
 *
 * @module
 */

/** One name or several. */
type Names = string | readonly string[] | undefined;

/** The options that declare flags, without their type parameters. */
export interface Declarations {
  alias?: Readonly<Record<string, Names>>;
  boolean?: Names;
  string?: Names;
  collect?: Names;
  negatable?: Names;
}

/** Flag names by what was declared for them. A declaration for a name holds for its aliases too. */
export interface Rules {
  readonly booleans: ReadonlySet<string>;
  readonly strings: ReadonlySet<string>;
  readonly collected: ReadonlySet<string>;
  readonly negatable: ReadonlySet<string>;
  /** The other names of a name that takes part in an alias, undefined for one that does not. */
  aliasesOf(name: string): ReadonlySet<string> | undefined;
  /** Whether a flag must not take the next word as its value. */
  isBoolean(name: string): boolean;
}

/** Resolves the declarations into sets. */
export function readRules(options: Declarations): Rules {
  const aliases = readAliases(options.alias ?? {});
  const resolve = (names: Names): Set<string> => {
    const result = new Set<string>();
    for (const name of toList(names)) {
      if (name === "") continue;
      result.add(name);
      for (const other of aliases.get(name) ?? []) result.add(other);
    }
    return result;
  };
  const booleans = resolve(options.boolean);
  return {
    booleans,
    strings: resolve(options.string),
    collected: resolve(options.collect),
    negatable: resolve(options.negatable),
    aliasesOf: (name) => aliases.get(name),
    isBoolean: (name) => booleans.has(name) || !booleans.isDisjointFrom(aliases.get(name) ?? new Set()),
  };
}

/** Every name of a group maps to the rest of its group; a later group wins over an earlier one. */
function readAliases(alias: Readonly<Record<string, Names>>): Map<string, Set<string>> {
  const result = new Map<string, Set<string>>();
  for (const [name, others] of Object.entries(alias)) {
    if (others === undefined) throw new TypeError("Alias value must be defined");
    const list = toList(others);
    result.set(name, new Set(list));
    for (const other of list) {
      result.set(other, new Set([name, ...list.filter((it) => it !== other)]));
    }
  }
  return result;
}

function toList(names: Names): readonly string[] {
  if (names === undefined) return [];
  return typeof names === "string" ? [names] : names;
}
