/**
 * Colours as escape codes of terminals.
 *
 * @module
 */

import type { ColourTable } from "./colormaps.ts";
import { LEVELS } from "./colormaps.ts";

/** How many colours there are. Sixteen cannot show a colour map: they are as good as none. */
export type TerminalColours = "none" | "16" | "256" | "truecolour";

/** Writes a line of cells, with as few codes as will do. */
export class ColouredLine {
  readonly #codes: readonly string[];
  #ink: string | null = null;
  #paper: string | null = null;
  #text = "";

  /**
   * @param codes What {@linkcode colourCodes} gives.
   */
  constructor(codes: readonly string[]) {
    this.#codes = codes;
  }

  /**
   * Adds a character.
   *
   * @param character The character.
   * @param ink The level of its colour; null where it has none of its own.
   * @param paper The level of what is behind it; null for the terminal's own background.
   */
  add(character: string, ink: number | null, paper: number | null = null): void {
    const inkCode = ink === null ? null : this.#codes[ink],
      paperCode = paper === null ? null : this.#codes[paper];
    // A cell of one colour is a space, which shows no ink: what was set before may stay.
    const shown = inkCode === paperCode && inkCode !== null ? " " : character;
    const codes: string[] = [];
    if (inkCode !== this.#ink && shown !== " ") {
      codes.push(inkCode === null ? "39" : `38;${inkCode}`);
      this.#ink = inkCode;
    }
    if (paperCode !== this.#paper) {
      codes.push(paperCode === null ? "49" : `48;${paperCode}`);
      this.#paper = paperCode;
    }
    this.#text += codes.length === 0 ? shown : `\x1b[${codes.join(";")}m${shown}`;
  }

  /** The line, behind which the terminal has its own colours again. */
  end(): string {
    return this.#ink === null && this.#paper === null ? this.#text : `${this.#text}\x1b[0m`;
  }
}

/**
 * What names the colours of a table in escape codes, behind 38 or 48.
 *
 * @param table The table.
 * @param colours How many colours the terminal has.
 */
export function colourCodes(table: ColourTable, colours: "256" | "truecolour"): string[] {
  return Array.from({ length: LEVELS }, (_, level) => {
    const [red, green, blue] = table.subarray(3 * level, 3 * level + 3);
    return colours === "truecolour" ? `2;${red};${green};${blue}` : `5;${nearestOf256(red, green, blue)}`;
  });
}

/** The steps of the colour cube that terminals of 256 colours have. */
const STEPS: readonly number[] = [0, 95, 135, 175, 215, 255];

/** Where the cube begins in the palette, and the greys behind it. */
const CUBE = 16, GREYS = 232, PALETTE = 256;

/** The colours from the cube on. Those before are what the user chose, and known to nobody. */
let palette: readonly Oklab[] | undefined;

/**
 * The colour of a palette of 256 that looks most alike: of a cube of 6 by 6 by 6, or of 24 greys.
 *
 * @param red Red, from 0 to 255.
 * @param green Green.
 * @param blue Blue.
 * @returns Its place in the palette.
 */
export function nearestOf256(red: number, green: number, blue: number): number {
  palette ??= Array.from({ length: PALETTE - CUBE }, (_, k) => oklab(...paletteColour(CUBE + k)));
  const [l, a, b] = oklab(red, green, blue);
  let best = 0, least = Infinity;
  palette.forEach((other, k) => {
    const distance = (l - other[0]) ** 2 + (a - other[1]) ** 2 + (b - other[2]) ** 2;
    if (distance < least) [best, least] = [k, distance];
  });
  return CUBE + best;
}

function paletteColour(place: number): [red: number, green: number, blue: number] {
  const grey = 8 + 10 * (place - GREYS), cell = place - CUBE;
  if (place >= GREYS) return [grey, grey, grey];
  return [STEPS[Math.floor(cell / 36)], STEPS[Math.floor(cell / 6) % 6], STEPS[cell % 6]];
}

/** Lightness, and how green to red and how blue to yellow a colour is: distances are about as they are seen. */
type Oklab = readonly [lightness: number, greenRed: number, blueYellow: number];

/** The Oklab of a colour of sRGB (Ottosson 2020). */
function oklab(red: number, green: number, blue: number): Oklab {
  const [r, g, b] = [red, green, blue].map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** The light of a channel of sRGB, from 0 to 1. */
function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
