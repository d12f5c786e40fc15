/**
 * What there is to know of a flag. The parser, the help and the completions of shells all read the same tables.
 *
 * @module
 */

/** A flag of a command. Its name is its key in a table, without hyphens. */
export interface Flag {
  /**
   * What stands behind it: a `text`, a `list` of texts where it is repeated, nothing (`switch`), or an `optional`
   * number, which stands behind the flag or its equals sign.
   */
  readonly kind: "text" | "list" | "switch" | "optional";
  /** The letter that means the same. */
  readonly letter?: string;
  /** What the value looks like: an example, or what it is in capitals. */
  readonly value?: string;
  /** What it does, in a sentence or two, with the unit and the default. */
  readonly help: string;
  /** All values that it takes, or, where others are possible, those to begin with. */
  readonly choices?: readonly string[];
  /** Whether the value is a file, or a name, an equals sign and a file. */
  readonly files?: "file" | "named";
  /** Whether the value may be negative, and so begin with a hyphen. */
  readonly isSigned?: true;
}

/** Flags by name. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** The names in a table of flags of some kinds. */
export type NamesOf<T, K extends Flag["kind"]> = {
  [N in keyof T & string]: T[N] extends { readonly kind: K } ? N : never;
}[keyof T & string];

/**
 * The names of flags of a kind.
 *
 * @param table The flags.
 * @param kind The kind.
 */
export function namesOf<T extends FlagTable, K extends Flag["kind"]>(table: T, kind: K): NamesOf<T, K>[] {
  // Filtering by a field's value is what the type says.
  return Object.keys(table).filter((name) => table[name].kind === kind) as NamesOf<T, K>[];
}

/** What is given of the flags of a table: texts where they were, and whether switches were. */
export type WordsOf<T> =
  & { readonly [N in NamesOf<T, "text">]?: string }
  & { readonly [N in NamesOf<T, "switch">]: boolean };
