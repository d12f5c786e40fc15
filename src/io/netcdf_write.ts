/**
 * Writing NetCDF-3 files.
 * Format: https://docs.unidata.ucar.edu/nug/current/file_format_specifications.html
 *
 * @module
 */

import { type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import { type FileWriter, writeAll, writeAtomically } from "./atomic_write.ts";
import { swapBytes } from "./byte_order.ts";
import { bytesInCOrder } from "./c_order.ts";

/** Tags and type numbers of the format. */
const DIMENSIONS = 10, VARIABLES = 11, ATTRIBUTES = 12;
const TYPES = { byte: 1, short: 3, int: 4, float: 5, double: 6 } as const;

/** Where variables can begin in a file with 32-bit offsets. */
const LAST_OFFSET_32 = 2 ** 31 - 1;

/** Bytes that a variable can have when another follows it. */
const LARGEST_FOLLOWED = 2 ** 32 - 4;

/** Stands for a size that its field cannot hold. */
const TOO_LARGE = 2 ** 32 - 1;

/** What must be known of an array to say whether it can be written. */
export interface ArraySpec {
  /** The dtype. */
  readonly dtype: DType;
  /** The shape. */
  readonly shape: Shape;
}

/**
 * Writes arrays to a NetCDF-3 file: classic, or with 64-bit offsets where it is too large for that. The file appears
 * under its name when it is complete.
 *
 * Dimensions are named `dim_0`, `dim_1`, … by the axis; arrays whose axes have the same extent share them, another
 * extent makes `dim_0_365`. Floats get the `_FillValue` NaN.
 *
 * @param path The file; an existing one is replaced.
 * @param arrays Arrays by name, of the dtypes int8, int16, int32, float32 and float64, without empty axes.
 * @throws {FormatError} If the format cannot hold an array.
 * @throws {Deno.errors.NotFound} If the folder is missing.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { readNetcdf } from "./netcdf.ts";
 * import { writeNetcdf } from "./netcdf_write.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const tmp = SharedNdArray.random([4, 2, 2], { dtype: "float32", seed: 1 });
 * await writeNetcdf(`${folder}/day.nc`, { tmp, area: SharedNdArray.ones([2, 2]) });
 * assertEquals([...(await readNetcdf(`${folder}/day.nc`, "tmp")).values()], [...tmp.values()]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function writeNetcdf(
  path: string | URL,
  arrays: Readonly<Record<string, SharedNdArray>>,
): Promise<void> {
  return writeAtomically(path, netcdfWriter(new Map(Object.entries(arrays))));
}

/**
 * What writes arrays as NetCDF-3 to an open, empty file.
 *
 * @param arrays Arrays by name.
 */
export function netcdfWriter(arrays: ReadonlyMap<string, SharedNdArray>): FileWriter {
  return (file) => {
    const refusal = refuseNetcdf(arrays);
    if (refusal !== null) throw new FormatError(refusal, "netcdf");
    writeAll(file, encodeNetcdfHeader(arrays));
    for (const array of arrays.values()) {
      const width = DTYPES[array.dtype].bytes;
      for (const bytes of bytesInCOrder(array, { copy: true })) {
        swapBytes(bytes, width);
        writeAll(file, bytes);
      }
      writeAll(file, new Uint8Array(padded(array.byteLength) - array.byteLength));
    }
  };
}

/**
 * Why arrays cannot be written as NetCDF-3.
 *
 * @param arrays Dtypes and shapes by name, in the order of the file.
 * @returns A sentence, or null when they can.
 */
export function refuseNetcdf(arrays: ReadonlyMap<string, ArraySpec>): string | null {
  let following = arrays.size;
  for (const [name, { dtype, shape }] of arrays) {
    following--;
    if (!/^[\p{L}_][^\p{Cc}/]*$/u.test(name) || name.endsWith(" ") || name.length > 250) {
      return `Cannot name a NetCDF variable ${
        JSON.stringify(name)
      }: expected a letter or _ first, no /, and 250 characters at most`;
    }
    if (DTYPES[dtype].netcdf === null) {
      const known = DTYPE_NAMES.filter((other) => DTYPES[other].netcdf !== null);
      return `NetCDF-3 cannot hold ${name} of dtype ${dtype}, expected one of ${known.join(", ")}`;
    }
    if (shape.includes(0)) {
      return `NetCDF-3 cannot hold ${name} of shape ${showShape(shape)}: expected no axis without elements`;
    }
    if (shape.some((extent) => extent > LAST_OFFSET_32)) {
      return `NetCDF-3 cannot hold ${name} of shape ${showShape(shape)}: expected extents below 2^31`;
    }
    if (following > 0 && dataBytes({ dtype, shape }) > LARGEST_FOLLOWED) {
      return `NetCDF-3 cannot hold ${name} of more than 4 GiB before other variables: expected it to be the last one`;
    }
  }
  return null;
}

function dataBytes({ dtype, shape }: ArraySpec): number {
  return sizeOf(shape) * DTYPES[dtype].bytes;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/**
 * The header of a NetCDF-3 file without records. Variables follow it in order, each padded to 4 bytes.
 *
 * @param arrays Dtypes and shapes by name, none of which is refused.
 */
export function encodeNetcdfHeader(arrays: ReadonlyMap<string, ArraySpec>): Uint8Array<ArrayBuffer> {
  const dimensions = new Dimensions();
  const ids = new Map([...arrays].map(([name, { shape }]) => [name, dimensions.idsOf(shape)]));
  const encode = (offsetBytes: 4 | 8, begins: ReadonlyMap<string, number>) => {
    const fields = new Fields();
    fields.raw(0x43, 0x44, 0x46, offsetBytes === 4 ? 1 : 2);
    fields.uint32(0);
    fields.list(DIMENSIONS, [...dimensions.lengths], ([name, length]) => {
      fields.text(name);
      fields.uint32(length);
    });
    fields.list(ATTRIBUTES, [], () => {});
    fields.list(VARIABLES, [...arrays], ([name, spec]) => {
      const axes = ids.get(name) ?? [];
      const type = DTYPES[spec.dtype].netcdf ?? "byte";
      fields.text(name);
      fields.uint32(axes.length);
      for (const id of axes) fields.uint32(id);
      fields.list(ATTRIBUTES, DTYPES[spec.dtype].kind === "float" ? ["_FillValue"] : [], (attribute) => {
        fields.text(attribute);
        fields.uint32(TYPES[type]);
        fields.uint32(1);
        // The quiet NaN without a payload.
        fields.raw(...(type === "float" ? [0x7f, 0xc0, 0, 0] : [0x7f, 0xf8, 0, 0, 0, 0, 0, 0]));
      });
      fields.uint32(TYPES[type]);
      const bytes = padded(dataBytes(spec));
      fields.uint32(bytes > LARGEST_FOLLOWED ? TOO_LARGE : bytes);
      const begin = begins.get(name) ?? 0;
      if (offsetBytes === 8) fields.uint32(Math.floor(begin / 2 ** 32));
      fields.uint32(begin % 2 ** 32);
    });
    return fields.bytes();
  };
  // The first pass tells how long the header is, and so where the variables begin.
  for (const offsetBytes of [4, 8] as const) {
    const begins = new Map<string, number>();
    let end = encode(offsetBytes, begins).length;
    for (const [name, spec] of arrays) {
      begins.set(name, end);
      end += padded(dataBytes(spec));
    }
    if (offsetBytes === 8 || end <= LAST_OFFSET_32) return encode(offsetBytes, begins);
  }
  throw new RangeError("unreachable: 64-bit offsets reach everywhere");
}

/** The dimensions of a file: one for each axis number and extent. */
class Dimensions {
  /** Extents by name, in the order of their numbers. */
  readonly lengths: Map<string, number> = new Map();

  /** The numbers of a shape's dimensions; new ones are added. */
  idsOf(shape: Shape): number[] {
    return shape.map((extent, axis) => {
      const plain = `dim_${axis}`;
      const name = (this.lengths.get(plain) ?? extent) === extent ? plain : `${plain}_${extent}`;
      this.lengths.set(name, extent);
      return [...this.lengths.keys()].indexOf(name);
    });
  }
}

/** The fields of a header, all multiples of 4 bytes, the highest byte first. */
class Fields {
  readonly #bytes: number[] = [];

  raw(...bytes: readonly number[]): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  uint32(value: number): void {
    this.raw(value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255);
  }

  text(text: string): void {
    const encoded = new TextEncoder().encode(text.normalize("NFC"));
    this.uint32(encoded.length);
    this.raw(...encoded);
    this.raw(...new Uint8Array(padded(encoded.length) - encoded.length));
  }

  list<T>(tag: number, items: readonly T[], write: (item: T) => void): void {
    this.uint32(items.length === 0 ? 0 : tag);
    this.uint32(items.length);
    items.forEach(write);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}
