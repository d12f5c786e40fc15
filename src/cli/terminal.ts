/**
 * What a terminal can show, as far as anybody knows.
 *
 * The command runs without the permission to read the environment. `Deno.noColor` tells of `NO_COLOR` even so; what
 * `TERM`, `COLORTERM`, `FORCE_COLOR` and the locale say counts where reading them was granted, and nobody is asked for
 * it. Otherwise a terminal is taken for what nearly all are: 256 colours, and UTF-8.
 *
 * @module
 */

/** How many colours there are: none also where nobody wants any. */
export type Colours = "none" | "16" | "256" | "truecolour";

/** A stream that text is written to. */
export type OutputStream = "stdout" | "stderr";

/** Variables of the environment; undefined where they are not set, or not known. */
export type Variables = (name: string) => string | undefined;

/** What is known of a stream. */
export interface StreamFacts {
  readonly isTerminal: boolean;
  /** Whether `NO_COLOR` is set and not empty. */
  readonly noColour: boolean;
  /** The environment; null where it may not be read. */
  readonly variables: Variables | null;
}

/** What `FORCE_COLOR` asks for. */
const FORCED: Readonly<Record<string, Colours>> = {
  "0": "none",
  "false": "none",
  "2": "256",
  "3": "truecolour",
};

/**
 * How many colours a stream shows.
 *
 * @param facts What is known of it.
 */
export function coloursOf({ isTerminal, noColour, variables }: StreamFacts): Colours {
  if (noColour) return "none";
  const forced = variables?.("FORCE_COLOR");
  if (forced !== undefined && forced !== "") {
    const known = variables === null ? "16" : coloursOfTerm(variables);
    return FORCED[forced] ?? (known === "none" ? "16" : known);
  }
  if (!isTerminal) return "none";
  return variables === null ? "256" : coloursOfTerm(variables);
}

function coloursOfTerm(variables: Variables): Colours {
  const term = variables("TERM") ?? "", colorTerm = variables("COLORTERM") ?? "";
  if (term === "dumb") return "none";
  if (/^(?:truecolor|24bit)$/i.test(colorTerm) || /-(?:direct|truecolor)$/.test(term)) return "truecolour";
  // Those that only say that they are like xterm, as most containers do, have had more than 16 for decades. A terminal of
  // Windows says nothing of itself.
  const isPlain = /^(?:xterm|screen|tmux)$/.test(term) || (term === "" && Deno.build.os === "windows");
  return isPlain || /256/.test(term) ? "256" : "16";
}

/**
 * Whether a terminal shows block characters: not where it is dumb, or its locale names another encoding than UTF-8.
 * Locales such as `C` name none, and are common where the terminal is far away and knows better.
 *
 * @param variables The environment; null where it may not be read.
 */
export function hasBlocks(variables: Variables | null): boolean {
  if (variables === null) return true;
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(variables).find((value) =>
    value !== undefined && value !== ""
  );
  const charset = /\.([^@]+)/.exec(locale ?? "")?.[1];
  return variables("TERM") !== "dumb" && (charset === undefined || /^utf-?8$/i.test(charset));
}

/** Those variables. */
const READ = ["TERM", "COLORTERM", "FORCE_COLOR", "LC_ALL", "LC_CTYPE", "LANG"];

/** The environment as far as it may be read without asking anybody; null where none of it may. */
export function permittedVariables(): Variables | null {
  const permitted = new Set(
    READ.filter((variable) => Deno.permissions.querySync({ name: "env", variable }).state === "granted"),
  );
  if (!permitted.has("TERM")) return null;
  return (name) => permitted.has(name) ? Deno.env.get(name) : undefined;
}

/** Columns and rows of the terminal behind a stream of this process, or null where it is none. */
export function terminalSize(
  stream: OutputStream,
): { readonly columns: number; readonly rows: number } | null {
  if (!Deno[stream].isTerminal()) return null;
  try {
    const { columns, rows } = Deno.consoleSize();
    // A terminal that was never told its size says 0.
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/**
 * Whether a bar can be drawn over: not where a terminal knows no codes.
 *
 * @param variables The environment; null where it may not be read.
 */
export function canErase(variables: Variables | null): boolean {
  return variables?.("TERM") !== "dumb";
}

let hasCodes: boolean | undefined;

/** The same of this process: found out once, because it is asked at every drawing. */
function canEraseHere(): boolean {
  hasCodes ??= canErase(permittedVariables());
  return hasCodes;
}

/** What the terminal of this process shows, for the command. */
export const terminalOfProcess = {
  columns: (): number | null => canEraseHere() ? terminalSize("stderr")?.columns ?? null : null,
  stdoutColumns: (): number | null => terminalSize("stdout")?.columns ?? null,
  rows: (): number | null => terminalSize("stderr")?.rows ?? null,
  colours: (stream: OutputStream = "stdout"): Colours =>
    coloursOf({
      isTerminal: Deno[stream].isTerminal(),
      noColour: Deno.noColor,
      variables: permittedVariables(),
    }),
  blocks: (): boolean => hasBlocks(permittedVariables()),
};
