/**
 * The types that follow from the names in the options.
 *
 * @module
 */

/** Names of flags, `undefined` where an option is left out. */
export type FlagNames = string | undefined;

/** Names to their other names. */
export type Aliases = Readonly<Record<string, string | readonly string[]>>;

/** Default values by name. */
export type Defaults = Record<string, unknown> | undefined;

/** Written out in one level, for readable editor hints. */
type Flat<T> = { [K in keyof T]: T[K] };

/** Names with dots nest at run time. They stay untyped here. */
type Plain<TNames> = TNames extends `${string}.${string}` ? never : Extract<TNames, string>;

/** A flag name together with its aliases. */
type WithAliases<TName, TAliases> = TName extends keyof TAliases
  ? TAliases[TName] extends string ? TName | TAliases[TName]
  : TAliases[TName] extends readonly string[] ? TName | TAliases[TName][number]
  : TName
  : TName;

/** The value of a flag that was given. */
type Given<TName, TBooleans, TStrings, TCollected, TNegatable> = TName extends TStrings
  ? Listed<TName, string, TCollected> | (TName extends TNegatable ? false : never)
  : TName extends TBooleans ? Listed<TName, boolean, TCollected>
  : unknown[] | (TName extends TNegatable ? false : never);

type Listed<TName, TValue, TCollected> = TName extends TCollected ? TValue[] : TValue;

/** Flags that have a value even when they were not given, defaults aside. */
type AlwaysThere<TBooleans, TStrings, TCollected> =
  | Plain<TBooleans>
  | Extract<Plain<TStrings>, TCollected>;

/** The values of all declared flags. Whatever else is given is `unknown`. */
export type Values<
  TBooleans extends FlagNames,
  TStrings extends FlagNames,
  TCollected extends FlagNames,
  TNegatable extends FlagNames,
  TDefaults extends Defaults,
  TAliases extends Aliases | undefined,
> =
  & Record<string, unknown>
  & {
    [
      TName in Exclude<
        Plain<TStrings> | Plain<TCollected>,
        AlwaysThere<TBooleans, TStrings, TCollected> | keyof TDefaults
      > as WithAliases<TName, TAliases>
    ]?: Given<TName, TBooleans, TStrings, TCollected, TNegatable>;
  }
  & {
    [
      TName in
        | AlwaysThere<TBooleans, TStrings, TCollected>
        | Extract<Plain<TStrings> | Plain<TCollected>, keyof TDefaults> as WithAliases<TName, TAliases>
    ]:
      | Given<TName, TBooleans, TStrings, TCollected, TNegatable>
      | (TName extends keyof TDefaults ? TDefaults[TName] : never);
  };

/** What {@linkcode parseArgs} returns: flag values by name, and the arguments that belong to no flag under `_`. */
export type Args<
  TArgs extends Record<string, unknown> = Record<string, unknown>,
  TDoubleDash extends boolean | undefined = undefined,
> = Flat<
  & TArgs
  & {
    /** The positional arguments. Those that look like numbers are numbers. */
    _: Array<string | number>;
  }
  & (boolean extends TDoubleDash ? Partial<AfterDoubleDash>
    : true extends TDoubleDash ? AfterDoubleDash
    : Record<never, never>)
>;

interface AfterDoubleDash {
  /** The arguments after `--`, as they were given. */
  "--": string[];
}

/** Options of {@linkcode parseArgs}. A name in several of them combines what they say. */
export interface ParseOptions<
  TBooleans extends FlagNames = FlagNames,
  TStrings extends FlagNames = FlagNames,
  TCollected extends FlagNames = FlagNames,
  TNegatable extends FlagNames = FlagNames,
  TDefaults extends Defaults = Defaults,
  TAliases extends Aliases | undefined = Aliases | undefined,
  TDoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** Puts the arguments after `--` under `"--"` instead of `_`. */
  "--"?: TDoubleDash;
  /** Other names that set the same values. */
  alias?: TAliases;
  /** Flags without a value: true if given, otherwise false. */
  boolean?: TBooleans | readonly Extract<TBooleans, string>[];
  /** Flags whose value stays a string, even where it looks like a number. */
  string?: TStrings | readonly Extract<TStrings, string>[];
  /** Flags that may be repeated: all their values, in order. Of other flags the last value counts. */
  collect?: TCollected | readonly Extract<TCollected, string>[];
  /** Flags that `--no-name` sets to false. */
  negatable?: TNegatable | readonly Extract<TNegatable, string>[];
  /** Values of flags that were not given. */
  default?: TDefaults;
  /**
   * Called for each argument that no other option names: for a flag with its name and value, for a positional argument
   * without. Returning false drops the argument.
   */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}
