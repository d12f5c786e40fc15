/**
 * The command `show`: an array as numbers and as a picture.
 *
 * @module
 */

import { showShape } from "../../array/layout/shape.ts";
import { UsageError } from "../../errors.ts";
import type { PendingFile } from "../../io/atomic_write.ts";
import { shownText } from "../../io/shown_text.ts";
import type { CheckedOptions } from "../../picture/picture_options.ts";
import { finiteNumber, integer, listed } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import type { WordsOf } from "../flags/flag.ts";
import { readWords } from "../flags/read_words.ts";
import { SHOW_FLAGS } from "../flags/show_flags.ts";
import { versioned } from "../report_json.ts";
import { QUANTILES, type ShownFacts, type ShownLook, shownSliceText } from "../show_text.ts";
import { openShown, type ShownArray } from "../shown_array.ts";
import { ascendingLatitude, checkPicks, readShown, type ShownSlice } from "../shown_slice.ts";
import { defaultSlice, readSlice, showPicks } from "../slice_args.ts";

type ShowWords = WordsOf<typeof SHOW_FLAGS>;

/**
 * Runs `show`.
 *
 * @param words The words behind `show`.
 * @param io Streams and interruption.
 * @throws {UsageError} If a word is unknown or missing, or what is picked is no picture.
 * @throws {FormatError} If what is named cannot be read.
 */
export async function runShow(words: readonly string[], io: CliIo): Promise<void> {
  const args = readWords("show", SHOW_FLAGS, words);
  const place = placeOf(args.places);
  if (args.flip && args["no-flip"]) throw new UsageError("--flip and --no-flip: give one of them");
  const look = await lookOf(args, io);
  using png = args.png === undefined ? null : await reserve(args.png);
  using array = await openShown(place);
  const facts = await factsOf(args, array);
  if (png !== null && facts.picks.filter(({ isIndex }) => !isIndex).length !== 2) {
    throw new UsageError(
      `--png draws two axes, but ${showPicks(facts.picks)} of ${showShape(array.shape)} has another number`,
    );
  }
  const options = png === null ? null : await pngOptions(args, facts);
  const slice = await readShown(array, facts.picks, io.signal);
  await hear(io.signal);
  const drawn = png === null || options === null
    ? null
    : await writePng(png, options, facts, slice, look, io.signal);
  if (args.json) {
    io.stdout(shownJson(facts, slice, drawn));
    return;
  }
  io.stdout(await shownSliceText(facts, slice, look));
  if (drawn !== null) io.stdout(`Wrote ${drawn.path} (${drawn.width} x ${drawn.height} pixels)\n`);
}

function placeOf(places: readonly string[]): string {
  const [place, ...rest] = places;
  if (place === undefined || place === "") {
    throw new UsageError("show needs an array, as in show vpd.npy, show day.nc:tmp or show store.zarr/tmp");
  }
  if (rest.length > 0) {
    throw new UsageError(`Unexpected word ${JSON.stringify(rest[0])} behind show ${place}`);
  }
  return place;
}

/** The least wide picture, and where there is no terminal. */
const LEAST_COLUMNS = 4, PIPE_COLUMNS = 80;

async function lookOf(args: ShowWords, io: CliIo): Promise<ShownLook> {
  const { knownColormap } = await import("../../picture/colormaps.ts");
  const colormap = args.colormap ?? "viridis";
  try {
    knownColormap(colormap);
  } catch (error) {
    throw new UsageError(`--colormap: ${error instanceof Error ? error.message : error}`);
  }
  const width = args.width === undefined ? undefined : integer("--width", args.width);
  if (width !== undefined && (width < LEAST_COLUMNS || width > 1000)) {
    throw new UsageError(`--width ${width}: expected ${LEAST_COLUMNS} to 1000 columns`);
  }
  return {
    columns: width ?? Math.max(LEAST_COLUMNS, io.stdoutColumns() ?? PIPE_COLUMNS),
    colours: io.colours("stdout"),
    hasBlocks: io.blocks(),
    colormap,
    range: rangeOf(args.range),
  };
}

function rangeOf(text: string | undefined): ShownLook["range"] {
  if (text === undefined || text === "robust") return text;
  const [low, high, ...rest] = listed("--range", text, (part) => finiteNumber("--range", part));
  if (high !== undefined && rest.length === 0 && low < high) return [low, high];
  throw new UsageError(`--range ${text}: expected LOW,HIGH in that order, as in --range 0,30, or robust`);
}

async function reserve(path: string): Promise<PendingFile> {
  if (!/\.png$/i.test(path)) throw new UsageError(`--png ${path}: expected a file name that ends in .png`);
  const { PendingFile: Pending } = await import("../../io/atomic_write.ts");
  return Pending.reserve(path);
}

async function factsOf(args: ShowWords, array: ShownArray): Promise<ShownFacts> {
  const { name, dtype, shape, dimensionNames, attributes } = array;
  const picks = args.slice === undefined ? defaultSlice(shape) : readSlice(args.slice, shape);
  checkPicks(picks, shape);
  const text = (key: string) => typeof attributes[key] === "string" ? attributes[key].trim() : "";
  const ascending = args.flip || args["no-flip"] ? undefined : await ascendingLatitude(array, picks);
  return {
    name,
    dtype,
    shape,
    dimensionNames,
    longName: text("long_name") || text("standard_name"),
    unit: args.unit ?? text("units"),
    picks,
    isDefault: args.slice === undefined,
    origin: args.flip || ascending !== undefined ? "lower" : "upper",
    originReason: args.flip
      ? "the last row, as --flip says"
      : ascending === undefined
      ? ""
      : `the last row, which is the north: ${shownText(ascending)} ascends (--no-flip leaves it)`,
  };
}

/** Lets signals be heard that came while this thread was busy. */
async function hear(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
}

/** A PNG file that was written. */
interface WrittenPng {
  readonly path: string;
  readonly width: number;
  readonly height: number;
}

async function pngOptions(args: ShowWords, facts: ShownFacts): Promise<CheckedOptions> {
  const { checkPictureOptions } = await import("../../picture/picture_options.ts");
  const index = facts.picks.some(({ isIndex }) => isIndex) ? ` ${showPicks(facts.picks)}` : "";
  return checkPictureOptions({
    nan: args.nan,
    scale: args.scale === undefined ? undefined : integer("--scale", args.scale),
    legend: true,
    title: args.title ?? `${facts.longName === "" ? facts.name : facts.longName}${index}`,
    unit: facts.unit,
    origin: facts.origin,
  });
}

async function writePng(
  pending: PendingFile,
  options: CheckedOptions,
  facts: ShownFacts,
  slice: ShownSlice,
  look: ShownLook,
  signal: AbortSignal,
): Promise<WrittenPng> {
  const { fittingGrid, resampled } = await import("../../picture/cells.ts");
  const { newPicture } = await import("../../picture/picture.ts");
  const { rangeOf: shownRange } = await import("../../picture/value_range.ts");
  const { writeAll } = await import("../../io/atomic_write.ts");
  const { rows, columns } = fittingGrid(slice.cells, options.maxSize);
  const picture = newPicture({
    text: facts.name,
    cells: resampled(slice.cells, rows, columns),
    range: shownRange(look.range, slice.statistics),
    options: { ...options, colormap: look.colormap },
  });
  const bytes = await picture.png();
  await hear(signal);
  await pending.commit((file) => writeAll(file, bytes));
  return { path: pending.path, width: picture.width, height: picture.height };
}

function shownJson(
  facts: ShownFacts,
  { shape, cells, statistics }: ShownSlice,
  png: WrittenPng | null,
): string {
  const { count, finite, nan, infinite, min, max, mean, std, isSampled } = statistics;
  const quantiles = QUANTILES.map((q) => [String(q), statistics.quantile(q)]);
  const shown = {
    name: facts.name,
    dtype: facts.dtype,
    shape: facts.shape,
    dimensions: facts.dimensionNames,
    longName: facts.longName === "" ? null : facts.longName,
    unit: facts.unit === "" ? null : facts.unit,
    slice: showPicks(facts.picks),
    sliceShape: shape,
    value: shape.length === 0 ? plainValue(cells.data[cells.offset]) : undefined,
    isUpsideDown: facts.origin === "lower",
    statistics: {
      count,
      finite,
      nan,
      infinite,
      min,
      max,
      mean,
      std,
      quantiles: Object.fromEntries(quantiles),
      isSampled,
    },
    png,
  };
  return JSON.stringify(versioned(shown, "show")) + "\n";
}

/** What JSON has no number for is text. */
function plainValue(value: number | bigint): number | string {
  return typeof value === "number" && Number.isFinite(value) ? value : String(value);
}
