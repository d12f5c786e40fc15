/**
 * Terminal styles as ANSI escape codes. With the environment variable `NO_COLOR` set, texts stay as they are.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";

/** A colour by its red, green and blue parts, each from 0 to 255. */
export interface Rgb {
  /** Red part. */
  r: number;
  /** Green part. */
  g: number;
  /** Blue part. */
  b: number;
}

let enabled = !Deno.noColor;

/**
 * Switches styles on or off. Has no effect under `NO_COLOR`.
 *
 * @param value Whether the functions here style their text.
 */
export function setColorEnabled(value: boolean): void {
  if (!Deno.noColor) enabled = value;
}

/**
 * Tells whether styles are on.
 *
 * @returns True if the functions here style their text.
 */
export function getColorEnabled(): boolean {
  return enabled;
}

/** Makes a text bold. */
export function bold(str: string): string {
  return style(str, "1", "22");
}

/** Makes a text faint. */
export function dim(str: string): string {
  return style(str, "2", "22");
}

/** Makes a text italic. */
export function italic(str: string): string {
  return style(str, "3", "23");
}

/** Underlines a text. */
export function underline(str: string): string {
  return style(str, "4", "24");
}

/** Writes a text in red. */
export function red(str: string): string {
  return style(str, "31", FOREGROUND_END);
}

/** Writes a text in green. */
export function green(str: string): string {
  return style(str, "32", FOREGROUND_END);
}

/** Writes a text in yellow. */
export function yellow(str: string): string {
  return style(str, "33", FOREGROUND_END);
}

/** Writes a text in blue. */
export function blue(str: string): string {
  return style(str, "34", FOREGROUND_END);
}

/** Writes a text in magenta. */
export function magenta(str: string): string {
  return style(str, "35", FOREGROUND_END);
}

/** Writes a text in cyan. */
export function cyan(str: string): string {
  return style(str, "36", FOREGROUND_END);
}

/** Writes a text in gray. */
export function gray(str: string): string {
  return style(str, "90", FOREGROUND_END);
}

/**
 * Writes a text in any colour.
 *
 * @param str The text.
 * @param color The colour, as `0xrrggbb` or by its parts.
 * @returns The text between escape codes.
 */
export function rgb24(str: string, color: number | Rgb): string {
  return style(str, `38;2;${rgbCodes(color)}`, FOREGROUND_END);
}

/**
 * Writes a text on a background of any colour.
 *
 * @param str The text.
 * @param color The colour, as `0xrrggbb` or by its parts.
 * @returns The text between escape codes.
 */
export function bgRgb24(str: string, color: number | Rgb): string {
  return style(str, `48;2;${rgbCodes(color)}`, BACKGROUND_END);
}

/**
 * Removes escape codes from a text, whether or not styles are on: all that the functions here write, and cursor
 * movements. Of hyperlinks and other sequences that end with `ESC` and a backslash, the published package may leave
 * other remains.
 *
 * @param string The text.
 * @returns What a terminal would show of it.
 */
export function stripAnsiCode(string: string): string {
  return stripVTControlCharacters(string);
}

const FOREGROUND_END = "39";
const BACKGROUND_END = "49";

/** A style that ends inside the text begins again there, so that styles nest. */
function style(text: string, begin: string, end: string): string {
  if (!enabled) return text;
  const open = `\x1b[${begin}m`;
  const close = `\x1b[${end}m`;
  return open + text.replaceAll(close, open) + close;
}

function rgbCodes(color: number | Rgb): string {
  const parts = typeof color === "number"
    ? [color >> 16, color >> 8, color].map((part) => part & 0xff)
    : [color.r, color.g, color.b].map((part) => Math.trunc(Math.max(0, Math.min(255, part))));
  return parts.join(";");
}
