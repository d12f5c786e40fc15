/**
 * Writing TIFF files with a place on the earth: uncompressed strips, each band by itself, in the byte order of this
 * machine; BigTIFF from 4 GB on.
 * Formats: TIFF 6.0, BigTIFF, OGC GeoTIFF 1.1 (http://docs.opengeospatial.org/is/19-008r4/19-008r4.html)
 *
 * @module
 */

import { type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../dtype.ts";
import { FormatError, ValueError } from "../errors.ts";
import { type FileWriter, writeAll, writeAtomically } from "./atomic_write.ts";
import { bytesInCOrder } from "./c_order.ts";
import type { GeotiffOptions } from "./geotiff_files.ts";
import {
  ASCII,
  DOUBLE,
  encodeTiffHeader,
  LONG,
  LONG8,
  SHORT,
  STRIP_OFFSETS,
  type TiffField,
} from "./tiff_header.ts";

/** Bytes of a strip, about. */
const STRIP_BYTES = 1 << 18;

/** A strip table stays short: from so many rows on, strips are longer. */
const MOST_STRIPS = 4096;

/** Where offsets of 4 bytes end, with a reserve for what precedes the elements. */
const CLASSIC_END = 2 ** 32 - 2 ** 24;

const SAMPLE_FORMATS = { uint: 1, int: 2, float: 3, bool: 1 } as const;

/** The dtypes that programs which read TIFF files know. */
const WRITABLE: readonly DType[] = DTYPE_NAMES.filter((dtype) =>
  DTYPES[dtype].kind !== "bool" &&
  (DTYPES[dtype].kind === "float" ? DTYPES[dtype].bytes > 2 : DTYPES[dtype].bytes < 8)
);

/**
 * Writes an array as a GeoTIFF file. The file appears under its name when it is complete.
 *
 * @param path The file; one that exists is replaced.
 * @param array `[rows, columns]` or `[bands, rows, columns]`.
 * @param options Where it lies on the earth, and which cells have no data.
 * @throws {FormatError} If a TIFF file does not hold such an array.
 * @throws {ValueError} If an option cannot be what it is.
 */
export async function writeGeotiff(
  path: string | URL,
  array: SharedNdArray,
  options: GeotiffOptions = {},
): Promise<void> {
  const refusal = refuseGeotiff(array);
  if (refusal !== null) throw new FormatError(`Cannot write ${path}: ${refusal}`, "geotiff");
  const fields = fieldsOf(array, options);
  await writeAtomically(path, geotiffWriter(array, options, fields));
}

/**
 * Why an array cannot be written as a TIFF file.
 *
 * @param array Its dtype and shape.
 * @returns A sentence, or null when it can.
 */
export function refuseGeotiff(
  { dtype, shape }: { readonly dtype: DType; readonly shape: Shape },
): string | null {
  if (shape.length !== 2 && shape.length !== 3) {
    return `A TIFF file holds [rows, columns] or [bands, rows, columns], not ${showShape(shape)}`;
  }
  if (shape.includes(0)) {
    return `A TIFF file cannot hold ${showShape(shape)}: expected no axis without elements`;
  }
  if (shape.some((extent) => extent >= 2 ** 32) || (shape.length === 3 && shape[0] >= 2 ** 16)) {
    return `A TIFF file cannot hold ${
      showShape(shape)
    }: expected less than 65536 bands and 2^32 rows and columns`;
  }
  if (WRITABLE.includes(dtype)) return null;
  return `A TIFF file cannot hold ${dtype}, expected one of ${WRITABLE.join(", ")}`;
}

/**
 * What writes an array as a TIFF file to an open, empty file.
 *
 * @param array The array.
 * @param options Where it lies on the earth.
 * @param fields The file's fields, where they were made before.
 */
export function geotiffWriter(
  array: SharedNdArray,
  options: GeotiffOptions = {},
  fields: readonly TiffField[] = fieldsOf(array, options),
): FileWriter {
  return (file) => {
    writeAll(file, encodeTiffHeader(fields, stripsOf(array).isBig));
    const mark = options.nodata;
    const isMarked = DTYPES[array.dtype].kind === "float" && mark !== undefined && !Number.isNaN(mark);
    for (const bytes of bytesInCOrder(array, { copy: isMarked })) {
      if (isMarked) replaceNaN(bytes, array.dtype, mark);
      writeAll(file, bytes);
    }
  };
}

function replaceNaN(bytes: Uint8Array, dtype: DType, mark: number): void {
  const { buffer, byteOffset, byteLength } = bytes, length = byteLength / DTYPES[dtype].bytes;
  const floats = dtype === "float32"
    ? new Float32Array(buffer, byteOffset, length)
    : new Float64Array(buffer, byteOffset, length);
  for (let i = 0; i < floats.length; i++) if (Number.isNaN(floats[i])) floats[i] = mark;
}

/** How a file's elements are cut into strips. */
interface Strips {
  readonly rows: number;
  readonly isBig: boolean;
  /** Bytes of each, from the beginning. */
  readonly bytes: readonly number[];
}

function stripsOf({ dtype, shape }: SharedNdArray): Strips {
  const [bands, height, width] = shape.length === 3 ? shape : [1, ...shape];
  const rowBytes = width * DTYPES[dtype].bytes;
  const rows = Math.min(
    height,
    Math.max(1, Math.floor(STRIP_BYTES / rowBytes), Math.ceil(height * bands / MOST_STRIPS)),
  );
  const band = Array.from(
    { length: Math.ceil(height / rows) },
    (_, k) => Math.min(rows, height - k * rows) * rowBytes,
  );
  return {
    rows,
    isBig: sizeOf(shape) * DTYPES[dtype].bytes > CLASSIC_END,
    bytes: Array.from({ length: bands }, () => band).flat(),
  };
}

/** The fields in the order of their tags; where strips begin is counted from the first. */
function fieldsOf(array: SharedNdArray, options: GeotiffOptions): TiffField[] {
  const { dtype, shape } = array, { bytes: width, kind } = DTYPES[dtype];
  const bands = shape.length === 3 ? shape[0] : 1,
    each = (value: number) => new Array<number>(bands).fill(value);
  const { rows, isBig, bytes } = stripsOf(array), place = isBig ? LONG8 : LONG;
  let end = 0;
  const offsets = bytes.map((length) => (end += length) - length);
  const nodata = nodataText(dtype, options.nodata);
  const fields: (TiffField | null)[] = [
    { tag: 256, type: LONG, values: shape.slice(-1) },
    { tag: 257, type: LONG, values: shape.slice(-2, -1) },
    { tag: 258, type: SHORT, values: each(width * 8) },
    // Not compressed; black is 0.
    { tag: 259, type: SHORT, values: [1] },
    { tag: 262, type: SHORT, values: [1] },
    { tag: STRIP_OFFSETS, type: place, values: offsets },
    { tag: 277, type: SHORT, values: [bands] },
    { tag: 278, type: LONG, values: [rows] },
    { tag: 279, type: place, values: bytes },
    // Bands one after another; beyond the first they are no colours.
    { tag: 284, type: SHORT, values: [bands > 1 ? 2 : 1] },
    bands > 1 ? { tag: 338, type: SHORT, values: new Array<number>(bands - 1).fill(0) } : null,
    { tag: 339, type: SHORT, values: each(SAMPLE_FORMATS[kind]) },
    ...placeFields(options),
    nodata === null ? null : { tag: 42113, type: ASCII, values: [...new TextEncoder().encode(nodata), 0] },
  ];
  return fields.filter((field) => field !== null);
}

function placeFields(options: GeotiffOptions): TiffField[] {
  const { epsg, origin, pixelSize } = options;
  const fields: TiffField[] = [];
  if (origin !== undefined || pixelSize !== undefined) {
    const [x, y] = origin ?? [0, 0],
      [dx, dy] = typeof pixelSize === "number" ? [pixelSize, pixelSize] : pixelSize ?? [1, 1];
    if (![x, y, dx, dy].every(Number.isFinite) || dx <= 0 || dy <= 0) {
      throw new ValueError(
        `A GeoTIFF file cannot lie at [${x}, ${y}] with cells of [${dx}, ${dy}]: expected finite numbers, and sizes above 0`,
      );
    }
    fields.push({ tag: 33550, type: DOUBLE, values: [dx, dy, 0] });
    fields.push({ tag: 33922, type: DOUBLE, values: [0, 0, 0, x, y, 0] });
  }
  if (epsg !== undefined) {
    if (!Number.isInteger(epsg) || epsg < 1 || epsg > 32766) {
      throw new ValueError(`No coordinate system has the EPSG number ${epsg}: expected 1 to 32766`);
    }
    const isGeographic = options.isGeographic ?? looksGeographic(epsg, origin);
    // Version 1.1.0 and three keys: the kind of system, cells are areas, and the system's number.
    const keys = [[1024, 0, 1, isGeographic ? 2 : 1], [1025, 0, 1, 1], [
      isGeographic ? 2048 : 3072,
      0,
      1,
      epsg,
    ]];
    fields.push({ tag: 34735, type: SHORT, values: [1, 1, 1, keys.length, ...keys.flat()] });
  }
  return fields;
}

/** Whether a system is one of degrees: those have numbers from 4001 to 4999, among which some are not. */
function looksGeographic(epsg: number, [x, y]: readonly [number, number] = [0, 0]): boolean {
  return epsg > 4000 && epsg < 5000 && Math.abs(x) <= 360 && Math.abs(y) <= 90;
}

function nodataText(dtype: DType, nodata: number | undefined): string | null {
  const { kind, bytes } = DTYPES[dtype];
  if (kind === "float") {
    const value = nodata ?? NaN;
    return Number.isNaN(value)
      ? "nan"
      : value === Infinity
      ? "inf"
      : value === -Infinity
      ? "-inf"
      : String(value);
  }
  if (nodata === undefined) return null;
  const lowest = kind === "int" ? -(2 ** (8 * bytes - 1)) : 0;
  if (Number.isInteger(nodata) && nodata >= lowest && nodata < lowest + 2 ** (8 * bytes)) {
    return String(nodata);
  }
  throw new ValueError(`Cells of dtype ${dtype} cannot be ${nodata}, which nodata says`);
}
