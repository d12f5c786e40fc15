/**
 * NetCDF-3 files by another reader: where it finds a variable's elements, and what they are.
 *
 * @module
 */

import { NetCDFReader } from "netcdfjs";
import type { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../../src/dtype.ts";
import { checkArray, elementAt } from "./elements.ts";
import type { Bytes } from "./mutate.ts";

/** Attributes that change what elements mean, which have an oracle of their own. */
const MEANINGS = ["missing_value", "_FillValue", "scale_factor", "add_offset", "_Unsigned"];

/**
 * Checks an array that was read of a file that may have been changed anywhere.
 *
 * @param array The array.
 * @param bytes The file.
 * @param wanted The variable's name; undefined for the only one.
 */
export function checkTwin(array: SharedNdArray, bytes: Bytes, wanted: string | undefined): void {
  if (array.size === 0) return;
  const reader = readerOf(bytes);
  if (reader === undefined) return;
  const { recordDimension: { id: unlimited }, variables } = reader;
  const found = variables.filter(({ name }) => wanted === undefined || decoded(name) === wanted);
  const all = found.map(({ name, type, dimensions, attributes, offset }) => {
    const stored = DTYPE_NAMES.find((dtype) => DTYPES[dtype].netcdf === type);
    const isRecord = unlimited !== undefined && dimensions[0] === unlimited;
    const extents = dimensions.map((id) => reader.dimensions[id].size).slice(isRecord ? 1 : 0);
    const isPlain = !MEANINGS.some((one) => attributes.some(({ name }: { name: string }) => name === one));
    return { name, stored, isRecord, extents, isPlain, offset };
  });
  // Without a name it may be one of several: those that are not alike are looked at by name in other cases.
  const [only] = all;
  if (only !== undefined && only.offset < reader.buffer.offset) throw new Error("elements within the header");
  if (only === undefined) throw new Error(`another reader finds no variable ${wanted}`);
  if ((wanted === undefined && all.length > 1) || !only.isPlain) return;
  if (only.stored === undefined) throw new Error("another reader finds text");
  const { stored, isRecord, extents, offset } = only;
  const shape = isRecord ? [array.shape[0], ...extents] : extents;
  const step = isRecord ? recordBytes(reader) : 0, width = DTYPES[stored].bytes;
  const count = extents.reduce((product, extent) => product * extent, 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = Array.from(
    { length: isRecord ? count * array.shape[0] : count },
    (_, k) => elementAt(view, offset + Math.floor(k / count) * step + k % count * width, stored, false),
  );
  checkArray(array, { dtype: stored, shape, values });
}

/** The other reader, unless a variable begins where it never looks. */
function readerOf(bytes: Bytes): NetCDFReader | undefined {
  try {
    return new NetCDFReader(bytes);
  } catch (error) {
    if (error instanceof TypeError && error.message.endsWith("offsets larger than 4GB not supported")) return;
    throw error;
  }
}

/** Bytes from one record to the next. */
function recordBytes({ recordDimension: { id }, variables, dimensions }: NetCDFReader): number {
  const sizes = variables.filter((variable) => variable.dimensions[0] === id).map(
    ({ type, dimensions: ids }) => {
      const width = type === "char" ? 1 : DTYPES[storedAs(type)].bytes;
      return ids.slice(1).reduce((product, one) => product * dimensions[one].size, width);
    },
  );
  return sizes.length === 1 ? sizes[0] : sizes.reduce((sum, size) => sum + Math.ceil(size / 4) * 4, 0);
}

function storedAs(type: string): DType {
  const dtype = DTYPE_NAMES.find((one) => DTYPES[one].netcdf === type);
  if (dtype === undefined) throw new Error(`another reader finds the type ${type}`);
  return dtype;
}

/** Text in UTF-8, of which the other reader makes a character of each byte. */
function decoded(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
}
