/**
 * A slice of an array as text: what it is, what its values are like, and a picture of them.
 *
 * @module
 */

import { type Shape, showShape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { shownLine, shownText } from "../io/shown_text.ts";
import { colourTable } from "../picture/colormaps.ts";
import { halfBlocksOf } from "../picture/half_blocks.ts";
import { colourBar, curve } from "../picture/terminal_bar.ts";
import { shortNumber } from "../picture/ticks.ts";
import { rangeOf, type ValueRange } from "../picture/value_range.ts";
import { readShown, type ShownSlice } from "./shown_slice.ts";
import { defaultSlice, type Pick, showPicks } from "./slice_args.ts";
import { styled, wrapped } from "./styled_text.ts";
import type { Colours } from "./terminal.ts";

/** What a slice is of. */
export interface ShownFacts {
  /** What the array is called. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly dimensionNames: readonly (string | null)[];
  /** What the values are; empty where the file does not say. */
  readonly longName: string;
  readonly unit: string;
  readonly picks: readonly Pick[];
  /** Whether nobody asked for this slice. */
  readonly isDefault: boolean;
  /** Which row is at the top, and why; the reason is empty where it is the first one. */
  readonly origin: "upper" | "lower";
  readonly originReason: string;
}

/** How it is shown. */
export interface ShownLook {
  readonly columns: number;
  readonly colours: Colours;
  /** Whether there are block characters. */
  readonly hasBlocks: boolean;
  readonly colormap: string;
  readonly range?: ValueRange;
}

/** The quantiles that are told. */
export const QUANTILES: readonly number[] = [0.02, 0.25, 0.5, 0.75, 0.98];

/** Narrower terminals have no room for labels beside values. */
const LABELS_BESIDE = 40, LABEL = 9;

/**
 * A slice as text.
 *
 * @param facts What it is of.
 * @param slice The slice.
 * @param look How it is shown.
 * @returns Lines, each with a line break behind it.
 */
export async function shownSliceText(facts: ShownFacts, slice: ShownSlice, look: ShownLook): Promise<string> {
  const facing = factLines(facts, slice, look);
  if (slice.shape.length === 0) return facing;
  const colour = look.hasBlocks ? look.colours : "none";
  const table = colour === "none" || colour === "16" ? undefined : await colourTable(look.colormap);
  const { columns } = look, range = rangeOf(look.range, slice.statistics);
  if (slice.shape.length === 1) {
    const drawn = curve(slice.cells, range, { columns, colour, table }, look.hasBlocks);
    return `${facing}\n${drawn}${curveFoot(slice, range, columns)}`;
  }
  const picture = halfBlocksOf(slice.cells, range, { columns, colour, table, origin: facts.origin });
  return `${facing}\n${picture}\n${
    colourBar({ columns, colour, table, range, unit: shownText(facts.unit) })
  }`;
}

/**
 * What a slice is, and what its values are like, without a picture.
 *
 * @param facts What it is of.
 * @param slice The slice.
 * @param look How it is shown.
 * @returns Lines, each with a line break behind it.
 */
export function factLines(facts: ShownFacts, slice: ShownSlice, look: ShownLook): string {
  const { name, dtype, shape, longName, unit } = facts;
  const lines = wrapped(`${shownLine(name)}: ${dtype} ${showShape(shape)}`, look.columns)
    .map((line) => styled(line, "bold", look.colours));
  const add = (label: string, text: string) => lines.push(...labelled(label, text, look));
  if (longName !== "") add("meaning", shownLine(longName));
  if (unit !== "") add("unit", shownText(unit));
  if (shape.length > 0) add("slice", sliceText(facts));
  if (slice.shape.length === 0) {
    add("value", valueText(dtype, slice));
    return lines.join("\n") + "\n";
  }
  if (facts.originReason !== "" && slice.shape.length === 2) add("top", facts.originReason);
  for (const [label, text] of statisticsTexts(slice)) add(label, text);
  return lines.join("\n") + "\n";
}

function sliceText({ picks, shape, dimensionNames, isDefault }: ShownFacts): string {
  const isWhole = picks.every(({ count, step }, axis) => count === shape[axis] && step === 1);
  const names = dimensionNames.some((name) => name !== null)
    ? ` of ${dimensionNames.map((name) => name === null ? "-" : shownText(name)).join(", ")}`
    : "";
  const hint = isDefault && picks.some(({ isIndex }) => isIndex) ? "; --slice picks another" : "";
  return isWhole && names === "" ? "all of it" : `${showPicks(picks)}${names}${hint}`;
}

function valueText(dtype: DType, { cells }: ShownSlice): string {
  const value = cells.data[cells.offset];
  return dtype === "bool" ? String(Boolean(value)) : String(value);
}

function statisticsTexts({ statistics }: ShownSlice): [label: string, text: string][] {
  const { count, finite, nan, infinite, min, max, mean, std, isSampled } = statistics;
  const others = [nan > 0 ? `${nan} NaN` : "", infinite > 0 ? `${infinite} infinite` : ""]
    .filter((text) => text !== "").join(", ");
  const cells: [string, string] = [
    "cells",
    finite === count ? `${count}, all finite` : `${finite} finite of ${count}, ${others}`,
  ];
  if (min === null || max === null || mean === null || std === null) return [cells];
  const number = (value: number | null) => shortNumber(value ?? NaN, 6);
  const quantiles = QUANTILES.map((q) =>
    `${Math.round(100 * q)}%: ${shortNumber(statistics.quantile(q) ?? NaN)}`
  );
  return [
    cells,
    ["range", `${number(min)} to ${number(max)}`],
    ["mean", `${number(mean)}, standard deviation ${number(std)}`],
    ["quantiles", `${isSampled ? "about " : ""}${quantiles.join("  ")}`],
  ];
}

/** What stands beneath a curve. */
function curveFoot({ shape }: ShownSlice, range: readonly [number, number] | null, columns: number): string {
  const last = String(shape[0] - 1),
    width = Math.min(columns, shape[0] * Math.max(1, Math.floor(columns / shape[0])));
  const axis = width >= last.length + 3 ? `0${last.padStart(width - 1)}\n` : "";
  if (range === null) return `${axis}no finite values\n`;
  const [low, high] = range.map((value) => shortNumber(value));
  const text = range[0] < range[1]
    ? `from ${low} at the bottom to ${high} at the top`
    : `all values are ${shortNumber(range[0], 6)}`;
  return `${axis}${wrapped(text, columns).join("\n")}\n`;
}

function labelled(label: string, text: string, { columns, colours }: ShownLook): string[] {
  if (columns < LABELS_BESIDE) {
    return [...wrapped(`${label}: ${text}`.replaceAll(/ {2,}/g, " "), columns)];
  }
  // Two spaces hold the quantiles apart, and none of them is broken.
  const held = text.replaceAll(": ", ":\u00a0");
  return wrapped(held, columns - LABEL - 1).map((line, k) =>
    styled((k === 0 ? label : "").padEnd(LABEL), "dim", colours) + " " +
    line.replaceAll("\u00a0", " ").trimEnd()
  );
}

/**
 * An array in memory as text: of one with more than two axes, the first index of the leading ones.
 *
 * @param array The array, with an element at least.
 * @param name What it is called.
 * @param look How it is shown.
 * @param origin Which row is at the top. Default: the first one.
 * @returns Lines, each with a line break behind it.
 */
export async function shownArrayText(
  array: SharedNdArray,
  name: string,
  look: ShownLook,
  origin: "upper" | "lower" = "upper",
): Promise<string> {
  const { dtype, shape } = array, picks = defaultSlice(shape);
  const dimensionNames = shape.map(() => null);
  const slice = await readShown({
    name,
    dtype,
    shape,
    dimensionNames,
    attributes: {},
    chunks: shape,
    readsParts: true,
    read: (box) =>
      Promise.resolve(
        array.view(...box.origin.map((start, axis) => ({ start, stop: start + box.shape[axis], step: 1 }))),
      ),
    coordinate: () => Promise.resolve(undefined),
    [Symbol.dispose]: () => {},
  }, picks);
  const facts = {
    name,
    dtype,
    shape,
    dimensionNames,
    longName: "",
    unit: "",
    picks,
    isDefault: false,
    origin,
  };
  return await shownSliceText({ ...facts, originReason: "" }, slice, look);
}
