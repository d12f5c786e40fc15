/**
 * Two-dimensional arrays as pictures.
 *
 * @module
 */

import { showShape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { ValueError } from "../errors.ts";
import { Canvas } from "./canvas.ts";
import { type Cells, cellsOf, fittingGrid, resampled, upsideDown } from "./cells.ts";
import { over, type Rgba } from "./colours.ts";
import { colourTable, LEVELS } from "./colormaps.ts";
import { type Beyond, drawLegend, layOut, type PictureLayout } from "./legend.ts";
import { type CheckedOptions, checkPictureOptions, type PictureOptions } from "./picture_options.ts";
import { levelsIn, NAN_LEVEL, type Range, resolveRange } from "./value_range.ts";

/** What a picture is made of. */
export interface PictureParts {
  /** What it is of, in words. */
  readonly text: string;
  /** The cells, no more than shall be shown. */
  readonly cells: Cells;
  readonly range: Range;
  readonly options: CheckedOptions;
}

/** Makes a picture of cells whose range is known. */
export let newPicture: (parts: PictureParts) => Picture;

/**
 * What a picture shows in a notebook, by media type.
 *
 * @example
 * ```ts
 * import { picture, type PictureBundle, SharedNdArray } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const a = picture(SharedNdArray.from([[1, 2], [3, 4]]));
 * const display: () => Promise<PictureBundle> = Reflect.get(a, Symbol.for("Jupyter.display"));
 * const bundle = await display.call(a);
 * assert(bundle["image/png"].startsWith("iVBORw0KGgo"));
 * ```
 */
export interface PictureBundle {
  /** For a browser: the PNG file in base64. */
  readonly "image/png": string;
  /** For a terminal. */
  readonly "text/plain": string;
}

/**
 * A picture of a two-dimensional array, as it was when the picture was made. {@linkcode picture} makes one.
 *
 * The last expression of a notebook's cell, it is displayed.
 *
 * @example
 * ```ts
 * import { type Picture, picture, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const small: Picture = picture(SharedNdArray.from([[0, 1], [NaN, 2]]), { scale: 2 });
 * assertEquals([small.width, small.height, small.range], [4, 4, [0, 2]]);
 * const rgba = await small.rgba();
 * assertEquals([...rgba.subarray(0, 4)], [68, 1, 84, 255]);
 * assertEquals(rgba.at(8 * 4 + 3), 0);
 * ```
 */
export class Picture {
  static {
    newPicture = (parts) => new Picture(parts);
  }

  /** The width in pixels. */
  readonly width: number;
  /** The height in pixels. */
  readonly height: number;
  /** The values that have the colours at the ends of the colour map; null where no element is finite. */
  readonly range: readonly [low: number, high: number] | null;
  readonly #text: string;
  readonly #columns: number;
  readonly #scale: number;
  /** A colour for each cell: its place in the colour map, or behind it for NaN. */
  readonly #levels: Uint16Array;
  readonly #beyond: Beyond;
  readonly #layout: PictureLayout;
  readonly #options: CheckedOptions;

  private constructor({ text, cells, range, options }: PictureParts) {
    const scale = options.scale ?? readableScale(cells);
    const width = cells.columns * scale, height = cells.rows * scale;
    const { legend, title, unit } = options;
    const side = legend === true ? width >= height ? "bottom" : "right" : legend;
    this.#layout = layOut(width, height, side === false ? null : { side, title, unit, range });
    this.width = this.#layout.width;
    this.height = this.#layout.height;
    if (this.width * this.height > MOST_PIXELS) {
      throw new ValueError(
        `A picture of ${this.width} x ${this.height} pixels is too large: expected a smaller scale or maxSize`,
      );
    }
    this.range = range;
    this.#text = text;
    this.#columns = cells.columns;
    this.#scale = scale;
    this.#options = options;
    const { levels, beyond } = levelsOf(options.isLowerFirst ? upsideDown(cells) : cells, range);
    this.#levels = levels;
    this.#beyond = beyond;
  }

  /**
   * The pixels: red, green, blue and opacity of one after another, row by row from the top, as `ImageData` has them.
   *
   * @example
   * ```ts
   * import { picture, SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const mask = SharedNdArray.from([[true, false]]);
   * const rgba = await picture(mask, { colormap: "gray" }).rgba();
   * assertEquals([...rgba], [255, 255, 255, 255, 0, 0, 0, 255]);
   * ```
   */
  async rgba(): Promise<Uint8ClampedArray<ArrayBuffer>> {
    const { nan, background } = this.#options;
    const table = await colourTable(this.#options.colormap);
    const colours: Rgba[] = Array.from(
      { length: LEVELS },
      (_, level) => [table[3 * level], table[3 * level + 1], table[3 * level + 2], 255],
    );
    colours[NAN_LEVEL] = over(nan, background);
    const canvas = new Canvas(this.width, this.height);
    if (background[3] > 0) {
      canvas.fill({ x: 0, y: 0, width: canvas.width, height: canvas.height }, background);
    }
    canvas.cells(this.#levels, this.#columns, colours, { ...this.#layout, scale: this.#scale });
    drawLegend(canvas, this.#layout, colours, inkOn(background), this.#beyond);
    return canvas.rgba;
  }

  /**
   * The picture as a PNG file.
   *
   * @example
   * ```ts
   * import { picture, SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const png = await picture(SharedNdArray.random([4, 4], { seed: 1 })).png();
   * assertEquals(new TextDecoder().decode(png.subarray(1, 4)), "PNG");
   * ```
   */
  async png(): Promise<Uint8Array<ArrayBuffer>> {
    const { encodePng } = await import("./png.ts");
    return await encodePng(await this.rgba(), this.width, this.height);
  }

  /**
   * Writes the picture as a PNG file, which appears whole or not at all. Needs `--allow-read` and `--allow-write`.
   *
   * @param path The file; one that exists is replaced.
   *
   * @example
   * ```ts
   * import { picture, SharedNdArray } from "@tilewise/ndarray";
   * import { assert } from "@std/assert";
   *
   * const file = await Deno.makeTempFile({ suffix: ".png" });
   * await picture(SharedNdArray.random([4, 4], { seed: 1 })).save(file);
   * assert((await Deno.stat(file)).size > 0);
   * await Deno.remove(file);
   * ```
   */
  async save(path: string | URL): Promise<void> {
    const { PendingFile, writeAll } = await import("../io/atomic_write.ts");
    // A path that cannot be written is told of before anything is drawn.
    using pending = PendingFile.reserve(path);
    const bytes = await this.png();
    await pending.commit((file) => writeAll(file, bytes));
  }

  /** What a notebook shows. */
  async [Symbol.for("Jupyter.display")](): Promise<PictureBundle> {
    const png = await this.png();
    return { "image/png": png.toBase64(), "text/plain": this.#text };
  }
}

/** The pixels of a picture take at most 1 GiB. */
const MOST_PIXELS = 2 ** 28;

/** With a legend, small arrays are enlarged to about so many pixels. */
const READABLE = 720;

function readableScale({ rows, columns }: Cells): number {
  return Math.max(1, Math.floor(READABLE / Math.max(rows, columns)));
}

/** The level of each cell, row by row, and whether there are values that the range leaves out. */
function levelsOf(
  { rows, columns, data, offset, rowStride, columnStride }: Cells,
  range: Range,
): { levels: Uint16Array; beyond: Beyond } {
  const levels = new Uint16Array(rows * columns), levelOf = levelsIn(range);
  const [low, high] = range ?? [-Infinity, Infinity];
  let below = false, above = false;
  for (let i = 0, k = 0; i < rows; i++) {
    for (let j = 0, place = offset + i * rowStride; j < columns; j++, place += columnStride) {
      const value = Number(data[place]);
      levels[k++] = levelOf(value);
      if (value < low) below = true;
      else if (value > high) above = true;
    }
  }
  return { levels, beyond: { below, above } };
}

/** A colour for letters that is seen on another one; on none, one that is seen on black and on white. */
function inkOn([red, green, blue, opacity]: Rgba): Rgba {
  if (opacity < 128) return [128, 128, 128, 255];
  return 0.3 * red + 0.59 * green + 0.11 * blue > 128 ? [40, 40, 40, 255] : [225, 225, 225, 255];
}

/**
 * Makes a picture of a two-dimensional array, as `imshow` does: each element is a cell, whose colour says how large it
 * is. The first row is at the top unless `origin` says otherwise.
 *
 * Booleans count as 0 and 1, and 64-bit integers as the nearest floats. Infinities have the colours at the ends. The
 * picture is of what the elements are now. Of an array with more than `maxSize` rows or columns, each cell is the mean
 * of a square of elements, so that however large the array is, the picture takes at most 0.3 GB by default, and
 * 0.8 GB while it is encoded.
 *
 * @param array The array, of any dtype and strides.
 * @param options How it shall look.
 * @throws {ShapeError} If the array has not two axes, or no element.
 * @throws {ValueError} If there is no such option, or one is not what it can be.
 *
 * @example
 * ```ts
 * import { picture, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const days = SharedNdArray.random([365, 90, 180], { seed: 1 });
 * const { width, height } = picture(days.view(0), { legend: true, title: "Day 0", unit: "°C" });
 * assertEquals([width, height], [744, 458]);
 * ```
 */
export function picture(array: SharedNdArray, options: PictureOptions = {}): Picture {
  const checked = checkPictureOptions(options);
  const all = cellsOf(array);
  const { rows, columns } = fittingGrid(all, checked.maxSize);
  return newPicture({
    text: `Picture of ${array.dtype} ${showShape(array.shape)}`,
    cells: resampled(all, rows, columns, checked.reduction),
    range: resolveRange(checked.range, all),
    options: checked,
  });
}

/**
 * Writes a two-dimensional array as a PNG file, as `imsave` does. Needs `--allow-read` and `--allow-write`.
 *
 * The file appears whole or not at all.
 *
 * @param array The array, of any dtype and strides.
 * @param path The file; one that exists is replaced.
 * @param options How it shall look, as for {@linkcode picture}.
 * @throws {ShapeError} If the array has not two axes, or no element.
 * @throws {ValueError} If there is no such option, or one is not what it can be.
 *
 * @example
 * ```ts
 * import { savePng, SharedNdArray } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".png" });
 * const deficit = SharedNdArray.random([90, 180], { seed: 1 });
 * await savePng(deficit, file, { colormap: "viridis", range: [0, 1], nan: "#d0d0d0", legend: true, unit: "kPa" });
 * assert((await Deno.stat(file)).size > 0);
 * await Deno.remove(file);
 * ```
 */
export async function savePng(
  array: SharedNdArray,
  path: string | URL,
  options: PictureOptions = {},
): Promise<void> {
  await picture(array, options).save(path);
}
