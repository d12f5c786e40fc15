/**
 * TIFF files, read by ranges: which images there are, where they lie on the earth, and windows of them.
 *
 * @module
 */

import type { GeoTIFF, GeoTIFFImage } from "geotiff";
import { copyElements } from "../array/copy/copy_elements.ts";
import { type Shape, showShape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, dtypeOfTypedArray, DTYPES } from "../dtype.ts";
import { firstLine, FormatError } from "../errors.ts";
import type { StoredBox } from "../store/driver.ts";
import { FileSource } from "./geotiff_source.ts";
import {
  areBandsApart,
  codecsOf,
  hasWrongPredictor,
  isYcbcr,
  placeOf,
  unknownCodec,
} from "./geotiff_tags.ts";
import { InputFile } from "./input_file.ts";
import { shownText } from "./shown_text.ts";

/** Bytes of a window that is decoded at once, unless a row of tiles has more. */
const WINDOW_BYTES = 1 << 22;

/** Bits of an element where a file does not say. */
const UNSAID_BITS = 1;

/** What is known of an image. */
export interface GeotiffFacts {
  /** Its place in the file, as a name. */
  readonly name: string;
  readonly dtype: DType;
  /** Rows and columns, with the bands before them where there are several. */
  readonly shape: Shape;
  /** The shape of a tile, or of a strip; with several bands, of all of them where they are stored together. */
  readonly chunks: Shape;
  /** The value of cells without data, where the file names one. */
  readonly nodata: number | null;
  /** How tiles are compressed. */
  readonly codecs: readonly string[];
  /** Where the image lies on the earth, as far as the file says. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A TIFF file that is open. */
export class GeotiffFile implements Disposable {
  /** The path it was opened by. */
  readonly path: string;
  readonly #source: FileSource;
  readonly #tiff: GeoTIFF;

  private constructor(path: string, source: FileSource, tiff: GeoTIFF) {
    this.path = path;
    this.#source = source;
    this.#tiff = tiff;
  }

  /**
   * Opens a file.
   *
   * @param path The file.
   * @throws {FormatError} If it is no TIFF file.
   * @throws {Deno.errors.NotFound} If there is no such file.
   */
  static async open(path: string): Promise<GeotiffFile> {
    const source = new FileSource(InputFile.open(path, "geotiff"));
    try {
      const { GeoTIFF: Tiff } = await import("geotiff");
      await (await import("./tiff_lzw.ts")).useOwnLzw();
      await (await import("./tiff_jpeg.ts")).useCheckedJpeg();
      const tiff = await attempt(path, "is not a valid TIFF file", () => Tiff.fromSource(source));
      return new GeotiffFile(path, source, tiff);
    } catch (cause) {
      await source.close();
      throw cause;
    }
  }

  /** How many bytes were read of the file so far. */
  get bytesRead(): number {
    return this.#source.bytesRead;
  }

  /** The images that are not smaller copies or masks of others, by their places as names. */
  async images(): Promise<Map<string, GeoTIFFImage>> {
    return await attempt(this.path, "is not a valid TIFF file", async () => {
      const found = new Map<string, GeoTIFFImage>(), places = new Set<number>();
      // The package follows the chain of images for ever where one leads back to another before it.
      for (let k = 0, place = this.#tiff.firstIFDOffset; k === 0 || place !== 0; k++) {
        if (places.has(place)) throw new RangeError(`the image behind image ${k - 1} is one before it`);
        places.add(place);
        place = (await this.#tiff.requestIFD(k)).nextIFDByteOffset;
        const image = await this.#tiff.getImage(k);
        const kind = image.fileDirectory.hasTag("NewSubfileType")
          ? image.fileDirectory.getValue("NewSubfileType")
          : 0;
        // Bit 0: a smaller copy; bit 2: a mask.
        if ((Number(kind) & 5) === 0) found.set(String(k), image);
      }
      return found;
    });
  }

  /**
   * The image of a name, or the only one.
   *
   * @param name Its place in the file.
   * @throws {FormatError} If there is none of that name, or a choice without a name.
   */
  async image(
    name: string | undefined,
  ): Promise<{ readonly image: GeoTIFFImage; readonly facts: GeotiffFacts }> {
    const images = await this.images(), names = [...images.keys()];
    const chosen = name ?? (names.length === 1 ? names[0] : undefined);
    const image = chosen === undefined ? undefined : images.get(chosen);
    if (chosen !== undefined && image !== undefined) {
      return { image, facts: await this.describe(chosen, image) };
    }
    const list = names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : "");
    throw new FormatError(
      name === undefined
        ? `${this.path} holds ${names.length} images: name one of ${list}`
        : `${this.path} has no image ${JSON.stringify(shownText(name))}: it has ${list}`,
      "geotiff",
    );
  }

  /**
   * What is known of an image.
   *
   * @param name Its name.
   * @param image The image.
   * @throws {FormatError} If its elements have no dtype.
   */
  async describe(name: string, image: GeoTIFFImage): Promise<GeotiffFacts> {
    return await attempt(
      this.path,
      "is not a valid TIFF file",
      async () => {
        const facts = this.#facts(name, image);
        if (!await hasWrongPredictor(image)) return facts;
        throw new FormatError(
          `${this.path} stores differences (a predictor) with their highest byte first, expected the lowest byte ` +
            "first: convert it with gdal_translate -co ENDIANNESS=LITTLE",
          "geotiff",
        );
      },
    );
  }

  #facts(name: string, image: GeoTIFFImage): GeotiffFacts {
    const unknown = unknownCodec(image);
    if (unknown !== null) {
      throw new FormatError(
        `${this.path} is compressed with ${unknown}, expected deflate, lzw, packbits, lerc, zstd or jpeg`,
        "geotiff",
      );
    }
    if (isYcbcr(image)) {
      throw new FormatError(
        `${this.path} holds colours as brightness and differences (YCbCr), expected red, green and blue: ` +
          "convert it with gdal_translate -co COMPRESS=DEFLATE",
        "geotiff",
      );
    }
    const height = image.getHeight(), width = image.getWidth(), bands = image.getSamplesPerPixel();
    for (const extent of [height, width, bands, image.getTileHeight(), image.getTileWidth()]) {
      if (Number.isSafeInteger(extent) && extent > 0) continue;
      throw new FormatError(
        `${this.path} is not a valid TIFF file: it has an image or tiles without a size`,
        "geotiff",
      );
    }
    const dtypes = new Set(Array.from({ length: bands }, (_, band) => this.#dtypeOf(image, band)));
    const [dtype] = dtypes;
    if (dtypes.size !== 1) {
      throw new FormatError(
        `${this.path} has bands of ${[...dtypes].join(" and ")}, expected one dtype`,
        "geotiff",
      );
    }
    const rows = Math.min(image.getTileHeight(), height);
    const columns = Math.min(image.getTileWidth(), width);
    const nodata = image.getGDALNoData(), isFloat = DTYPES[dtype].kind === "float";
    return {
      name,
      dtype,
      shape: bands === 1 ? [height, width] : [bands, height, width],
      chunks: bands === 1 ? [rows, columns] : [areBandsApart(image) ? 1 : bands, rows, columns],
      // NaN says nothing: these cells are NaN already.
      nodata: nodata === null || (Number.isNaN(nodata) && !isFloat) ? null : nodata,
      codecs: codecsOf(image),
      attributes: placeOf(image),
    };
  }

  #dtypeOf(image: GeoTIFFImage, band: number): DType {
    const bits = image.getBitsPerSample(band) || UNSAID_BITS, format = image.getSampleFormat(band);
    try {
      if (bits % 8 === 0) return dtypeOfTypedArray(image.getArrayForSample(band, 0));
    } catch {
      // The package has no typed array for them.
    }
    const kind = ["", "unsigned integers", "integers", "floats"][format] ?? "other elements";
    throw new FormatError(
      `${this.path} holds ${kind} of ${bits} bits, expected integers of 8, 16 or 32 bits or floats`,
      "geotiff",
    );
  }

  /**
   * Fills an array with a box of an image. Floats without data become NaN.
   *
   * @param image The image.
   * @param facts What is known of it.
   * @param box The box.
   * @param target An array of its shape and of the image's dtype.
   * @returns How many bytes of the file were read.
   * @throws {FormatError} If tiles are damaged; the message says where.
   */
  async read(
    image: GeoTIFFImage,
    facts: GeotiffFacts,
    box: StoredBox,
    target: SharedNdArray,
  ): Promise<number> {
    const before = this.bytesRead;
    const isFlat = facts.shape.length === 2;
    const [firstBand, top, left] = isFlat ? [0, ...box.origin] : box.origin;
    const [bands, rows, columns] = isFlat ? [1, ...box.shape] : box.shape;
    if (box.shape.includes(0)) return 0;
    const tile = image.getTileHeight(), rowBytes = DTYPES[facts.dtype].bytes * columns * bands;
    const step = Math.max(1, Math.floor(WINDOW_BYTES / (rowBytes * tile))) * tile;
    for (let row = top; row < top + rows;) {
      const end = Math.min(top + rows, row - row % tile + step), window = [left, row, left + columns, end];
      const samples = Array.from({ length: bands }, (_, band) => firstBand + band);
      const pieces = await attempt(
        this.path,
        `is damaged: it cannot be read in the tiles of the window ${
          showShape([end - row, columns])
        } at [${row}, ${left}]`,
        () => image.readRasters({ window, samples, interleave: false }),
      );
      samples.forEach((_, band) => {
        // Without interleaving there is a typed array for each sample.
        const data = (pieces as unknown as Float64Array[])[band], shape = [end - row, columns];
        replaceNodata(data, facts);
        const source = { dtype: facts.dtype, data, shape, strides: [columns, 1], offset: 0 };
        const part = isFlat
          ? target.box([row - top, 0], shape)
          : target.box([band, row - top, 0], [1, ...shape]).reshape(shape);
        copyElements(part, source);
      });
      row = end;
    }
    return this.bytesRead - before;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#source.dispose();
  }
}

function replaceNodata(data: Float64Array, { dtype, nodata }: GeotiffFacts): void {
  if (nodata === null || Number.isNaN(nodata) || DTYPES[dtype].kind !== "float") return;
  const mark = dtype === "float32" ? Math.fround(nodata) : nodata;
  for (let i = 0; i < data.length; i++) if (data[i] === mark) data[i] = NaN;
}

async function attempt<T>(path: string, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const reason = firstLine(cause instanceof Error ? cause.message : String(cause));
    throw new FormatError(`${path} ${what}: ${shownText(reason)}`, "geotiff", { cause });
  }
}
