/**
 * Single colours, as options name them.
 *
 * @module
 */

import { showValue, ValueError } from "../errors.ts";

/**
 * A colour: `transparent`, `black`, `white`, `grey`, a text like `#d0d0d0` or `#d0d0d080`, or red, green, blue and, if
 * wanted, opacity from 0 to 255.
 *
 * @example
 * ```ts
 * import { type Colour, picture, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const colours: Colour[] = ["transparent", "grey", "#d2b48c", [210, 180, 140, 128]];
 * const land = SharedNdArray.from([[NaN]]);
 * const pixels = await Promise.all(colours.map((nan) => picture(land, { nan }).rgba()));
 * assertEquals(pixels.map((rgba) => rgba[3]), [0, 255, 255, 128]);
 * ```
 */
export type Colour = string | readonly [red: number, green: number, blue: number, opacity?: number];

/** Red, green, blue and opacity, from 0 to 255. */
export type Rgba = readonly [red: number, green: number, blue: number, opacity: number];

const NAMED: Readonly<Record<string, Rgba>> = {
  transparent: [0, 0, 0, 0],
  black: [0, 0, 0, 255],
  white: [255, 255, 255, 255],
  grey: [160, 160, 160, 255],
  gray: [160, 160, 160, 255],
};

/**
 * Reads a colour.
 *
 * @param option The option that it stands for.
 * @param colour The colour.
 * @throws {ValueError} If it is none.
 */
export function readColour(option: string, colour: Colour): Rgba {
  const found = typeof colour === "string" ? ofText(colour.toLowerCase()) : ofNumbers(colour);
  if (found !== undefined) return found;
  throw new ValueError(
    `The option ${option} is ${
      showValue(colour)
    }, expected transparent, black, white, grey, #rrggbb, #rrggbbaa or [red, green, blue, opacity] from 0 to 255`,
  );
}

function ofText(text: string): Rgba | undefined {
  if (Object.hasOwn(NAMED, text)) return NAMED[text];
  if (/^#[0-9a-f]{3}$/.test(text)) return ofText(text.replace(/[0-9a-f]/g, "$&$&"));
  if (!/^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/.test(text)) return undefined;
  const [red, green, blue, opacity] = [1, 3, 5, 7].map((at) => parseInt(text.slice(at, at + 2) || "ff", 16));
  return [red, green, blue, opacity];
}

function ofNumbers(colour: unknown): Rgba | undefined {
  if (!Array.isArray(colour) || colour.length < 3 || colour.length > 4) return undefined;
  const isByte = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 255;
  if (!colour.every(isByte)) return undefined;
  const [red, green, blue, opacity = 255] = colour.map(Number);
  return [red, green, blue, opacity];
}

/**
 * One colour over another.
 *
 * @param top The colour above.
 * @param below The one below.
 */
export function over(top: Rgba, below: Rgba): Rgba {
  if (top[3] === 255 || below[3] === 0) return top;
  const share = top[3] / 255, rest = (1 - share) * below[3] / 255, opacity = share + rest;
  const mix = (k: 0 | 1 | 2) => Math.round((top[k] * share + below[k] * rest) / opacity);
  return [mix(0), mix(1), mix(2), Math.round(255 * opacity)];
}
