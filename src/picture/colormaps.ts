/**
 * Colour maps by name: tables of 256 colours. What computes them is loaded when the first table is asked for.
 *
 * @module
 */

import { ValueError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/** How many colours a table has. */
export const LEVELS = 256;

/** By which functions of d3-scale-chromatic the tables are filled. */
const INTERPOLATORS = {
  viridis: "interpolateViridis",
  magma: "interpolateMagma",
  inferno: "interpolateInferno",
  plasma: "interpolatePlasma",
  cividis: "interpolateCividis",
  turbo: "interpolateTurbo",
  warm: "interpolateWarm",
  cool: "interpolateCool",
  cubehelix: "interpolateCubehelixDefault",
  greys: "interpolateGreys",
  blues: "interpolateBlues",
  greens: "interpolateGreens",
  oranges: "interpolateOranges",
  purples: "interpolatePurples",
  reds: "interpolateReds",
  bugn: "interpolateBuGn",
  bupu: "interpolateBuPu",
  gnbu: "interpolateGnBu",
  orrd: "interpolateOrRd",
  pubu: "interpolatePuBu",
  pubugn: "interpolatePuBuGn",
  purd: "interpolatePuRd",
  rdpu: "interpolateRdPu",
  ylgn: "interpolateYlGn",
  ylgnbu: "interpolateYlGnBu",
  ylorbr: "interpolateYlOrBr",
  ylorrd: "interpolateYlOrRd",
  brbg: "interpolateBrBG",
  prgn: "interpolatePRGn",
  piyg: "interpolatePiYG",
  puor: "interpolatePuOr",
  rdbu: "interpolateRdBu",
  rdgy: "interpolateRdGy",
  rdylbu: "interpolateRdYlBu",
  rdylgn: "interpolateRdYlGn",
  spectral: "interpolateSpectral",
  rainbow: "interpolateRainbow",
  sinebow: "interpolateSinebow",
} as const satisfies Readonly<Record<Exclude<ColormapName, "gray">, string>>;

/**
 * The name of a colour map. Sequential ones: `viridis`, `magma`, `inferno`, `plasma` and `cividis`, whose steps look
 * equal and which remain readable without colour vision and in print; `turbo`, `warm`, `cool`, `cubehelix`, `gray`
 * (black to white), `greys` (white to black), `blues` and so on. Diverging ones, for values around a middle: `rdbu`,
 * `brbg`, `puor`, `prgn`, `piyg`, `rdgy`, `rdylbu`, `rdylgn`, `spectral`. Cyclic ones: `rainbow`, `sinebow`.
 *
 * @example
 * ```ts
 * import { type ColormapName, picture, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const anomaly = SharedNdArray.from([[-2, 0, 2]]);
 * const colormap: ColormapName = "rdbu";
 * const reversed = picture(anomaly, { colormap: `${colormap}_r` });
 * assertEquals([...(await reversed.rgba()).subarray(0, 4)], [5, 48, 97, 255]);
 * ```
 */
export type ColormapName =
  | "viridis"
  | "magma"
  | "inferno"
  | "plasma"
  | "cividis"
  | "turbo"
  | "warm"
  | "cool"
  | "cubehelix"
  | "greys"
  | "blues"
  | "greens"
  | "oranges"
  | "purples"
  | "reds"
  | "bugn"
  | "bupu"
  | "gnbu"
  | "orrd"
  | "pubu"
  | "pubugn"
  | "purd"
  | "rdpu"
  | "ylgn"
  | "ylgnbu"
  | "ylorbr"
  | "ylorrd"
  | "brbg"
  | "prgn"
  | "piyg"
  | "puor"
  | "rdbu"
  | "rdgy"
  | "rdylbu"
  | "rdylgn"
  | "spectral"
  | "rainbow"
  | "sinebow"
  | "gray";

/**
 * A colour map: a name, or a name with `_r` behind it for the same colours from the other end.
 *
 * @example
 * ```ts
 * import { type Colormap, picture, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const maps: Colormap[] = ["gray", "gray_r"];
 * const pictures = maps.map((colormap) => picture(SharedNdArray.from([[0, 1]]), { colormap }));
 * const [one, other] = await Promise.all(pictures.map((each) => each.rgba()));
 * assertEquals([[...one], [...other]], [[0, 0, 0, 255, 255, 255, 255, 255], [255, 255, 255, 255, 0, 0, 0, 255]]);
 * ```
 */
export type Colormap = ColormapName | `${ColormapName}_r`;

/** The names of all colour maps; each exists with `_r` behind it as well. */
export const COLORMAP_NAMES: readonly ColormapName[] = [
  // Object.keys knows of no literal types.
  ...Object.keys(INTERPOLATORS) as (keyof typeof INTERPOLATORS)[],
  "gray",
];

/** Names that people use too. */
const OTHER_NAMES: Readonly<Record<string, ColormapName>> = { grey: "gray", cubehelixdefault: "cubehelix" };

/** A colour map as a table: red, green and blue of one colour after another. */
export type ColourTable = Uint8Array;

/** A colour map that was looked up. */
export interface KnownColormap {
  readonly name: ColormapName;
  /** Whether its colours are taken from the other end. */
  readonly isReversed: boolean;
}

/**
 * Looks a colour map up.
 *
 * @param text Its name, in small or capital letters.
 * @throws {ValueError} If there is none of that name; the nearest is suggested.
 */
export function knownColormap(text: string): KnownColormap {
  const [, plain, suffix] = /^(.*?)(_r)?$/.exec(String(text).toLowerCase()) ?? [];
  const other = Object.hasOwn(OTHER_NAMES, plain) ? OTHER_NAMES[plain] : plain;
  const name = COLORMAP_NAMES.find((each) => each === other);
  if (name !== undefined) return { name, isReversed: suffix !== undefined };
  const meant = nearest(plain, COLORMAP_NAMES);
  const hint = meant === undefined ? `there are ${COLORMAP_NAMES.join(", ")}` : `did you mean ${meant}?`;
  throw new ValueError(`There is no colour map ${JSON.stringify(text)}: ${hint}`);
}

const loaded = new Map<ColormapName, ColourTable>();

/**
 * The colours of a colour map.
 *
 * @param text Its name.
 * @returns 256 colours, three bytes each.
 * @throws {ValueError} If there is none of that name.
 */
export async function colourTable(text: string): Promise<ColourTable> {
  const { name, isReversed } = knownColormap(text);
  const table = loaded.get(name) ?? await computeTable(name);
  loaded.set(name, table);
  return isReversed ? reversed(table) : table;
}

async function computeTable(name: ColormapName): Promise<ColourTable> {
  const table = new Uint8Array(3 * LEVELS);
  if (name === "gray") return table.map((_, k) => Math.floor(k / 3));
  // @ts-types="@types/d3-scale-chromatic"
  const d3 = await import("d3-scale-chromatic");
  const colourAt = d3[INTERPOLATORS[name]];
  for (let level = 0; level < LEVELS; level++) {
    table.set(channelsOf(colourAt(level / (LEVELS - 1))), 3 * level);
  }
  return table;
}

/** Red, green and blue of `#rrggbb` or `rgb(r, g, b)`. */
function channelsOf(text: string): number[] {
  if (text.startsWith("#")) return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  return [...text.matchAll(/\d+/g)].slice(0, 3).map(Number);
}

function reversed(table: ColourTable): ColourTable {
  return table.map((_, k) => table[3 * (LEVELS - 1 - Math.floor(k / 3)) + k % 3]);
}
