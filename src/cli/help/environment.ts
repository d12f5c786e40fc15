/**
 * Variables that say what a terminal shows.
 *
 * @module
 */

/** What they say, for manuals. */
export const TERMINAL_VARIABLES: readonly (readonly [word: string, meaning: string])[] = [
  ["NO_COLOR", "No colours where it is set and not empty; this needs no permission."],
  ["FORCE_COLOR", "Colours even in a pipe: 1 for 16 of them, 2 for 256, 3 for all; 0 for none."],
  [
    "TERM, COLORTERM, LANG, LC_ALL",
    "Which colours a terminal has, and whether block characters. Where they may not be read, it is taken for one " +
    "with 256 colours and UTF-8.",
  ],
];
