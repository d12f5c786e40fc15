/**
 * The options of pictures.
 *
 * @module
 */

import { showValue, ValueError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { Reduction } from "./cells.ts";
import { type Colour, readColour, type Rgba } from "./colours.ts";
import { type Colormap, knownColormap } from "./colormaps.ts";
import { checkRange, type ValueRange } from "./value_range.ts";

/**
 * Options of {@linkcode picture} and {@linkcode savePng}.
 *
 * @example
 * ```ts
 * import { picture, type PictureOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: PictureOptions = { colormap: "magma", range: [0, 30], nan: "#d0d0d0", origin: "lower", scale: 4 };
 * const { width, height } = picture(SharedNdArray.random([90, 180], { seed: 1 }), options);
 * assertEquals([width, height], [720, 360]);
 * ```
 */
export interface PictureOptions {
  /** The colour map, such as `viridis` or `rdbu_r`. Default viridis. */
  readonly colormap?: Colormap;
  /** Which values have the colours at its ends. Default: the smallest finite element and the largest. */
  readonly range?: ValueRange;
  /** The colour of NaN. Default transparent. */
  readonly nan?: Colour;
  /** Which row is at the top: the first one (`upper`, the default) or the last one (`lower`, for latitudes that ascend). */
  readonly origin?: "upper" | "lower";
  /** Pixels of a cell along each axis. Default 1; with a legend as many as make the picture readable. */
  readonly scale?: number;
  /**
   * Whether there is a bar of the colours with numbers, and on which side. Default false; true is below a picture that
   * is wider than high, and otherwise on the right.
   */
  readonly legend?: boolean | "bottom" | "right";
  /** A line above the cells, with a legend only. */
  readonly title?: string;
  /** The unit of the numbers, with a legend only. */
  readonly unit?: string;
  /** What lies behind everything. Default white with a legend, otherwise transparent. */
  readonly background?: Colour;
  /**
   * The largest number of cells along an axis. Of larger arrays, as many cells as need be become one. Default 4096.
   */
  readonly maxSize?: number;
  /** How several cells become one: their mean without NaN (the default), or the one in the middle. */
  readonly reduction?: "mean" | "nearest";
}

/** Options that were checked. */
export interface CheckedOptions {
  readonly colormap: string;
  readonly range: ValueRange | undefined;
  readonly nan: Rgba;
  readonly isLowerFirst: boolean;
  /** Null where it is chosen by the size. */
  readonly scale: number | null;
  readonly legend: boolean | "bottom" | "right";
  readonly title: string;
  readonly unit: string;
  readonly background: Rgba;
  readonly maxSize: number;
  readonly reduction: Reduction;
}

const NAMES: readonly string[] = [
  "colormap",
  "range",
  "nan",
  "origin",
  "scale",
  "legend",
  "title",
  "unit",
  "background",
  "maxSize",
  "reduction",
];

/**
 * Checks options.
 *
 * @param options The options, as a program in JavaScript might give them.
 * @throws {ValueError} If there is no such option, or one is not what it can be.
 */
export function checkPictureOptions(options: PictureOptions): CheckedOptions {
  refuseOthers(options);
  const legend = oneOf("legend", options.legend ?? false, [true, false, "bottom", "right"] as const);
  checkRange(options.range);
  return {
    colormap: checkedColormap(options.colormap),
    range: options.range,
    nan: readColour("nan", options.nan ?? "transparent"),
    isLowerFirst: oneOf("origin", options.origin ?? "upper", ["upper", "lower"] as const) === "lower",
    scale: options.scale === undefined ? legend === false ? 1 : null : atLeastOne("scale", options.scale),
    legend,
    title: textOf("title", options.title),
    unit: textOf("unit", options.unit),
    background: readColour("background", options.background ?? (legend === false ? "transparent" : "white")),
    maxSize: atLeastOne("maxSize", options.maxSize ?? 4096),
    reduction: oneOf("reduction", options.reduction ?? "mean", ["mean", "nearest"] as const),
  };
}

function refuseOthers(options: object): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || NAMES.includes(name)) continue;
    const near = nearest(name, NAMES);
    const advice = near === undefined ? `there are ${NAMES.join(", ")}` : `did you mean ${near}?`;
    throw new ValueError(`There is no option ${name} of pictures: ${advice}`);
  }
}

function checkedColormap(colormap: unknown = "viridis"): string {
  const text = typeof colormap === "string" ? colormap : showValue(colormap);
  knownColormap(text);
  return text;
}

function oneOf<T>(option: string, value: T, known: readonly T[]): T {
  if (known.includes(value)) return value;
  throw new ValueError(
    `The option ${option} is ${showValue(value)}, expected ${known.map(String).join(", ")}`,
  );
}

function atLeastOne(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ValueError(`The option ${option} is ${showValue(value)}, expected a positive integer`);
}

function textOf(option: string, value: unknown): string {
  if (value === undefined || typeof value === "string") return value ?? "";
  throw new ValueError(`The option ${option} is ${showValue(value)}, expected text`);
}
