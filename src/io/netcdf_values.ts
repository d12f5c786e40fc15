/**
 * The elements of a NetCDF-3 variable: from the file's bytes to the values they stand for.
 *
 * @module
 */

import { allocate } from "../array/memory/allocation.ts";
import { type DType, DTYPES, isBigIntDType, type TypedData } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import { swapBytes } from "./byte_order.ts";
import type { InputFile } from "./input_file.ts";
import type { NetcdfVariable } from "./netcdf_header.ts";
import { shownText } from "./shown_text.ts";

/** Bytes that are read and converted at once. They fit the second-level cache, where both are cheap. */
export const STAGING_BYTES = 1 << 20;

/** Records whose pieces lie closer than this are read together; otherwise each piece alone. */
const LARGEST_GAP = 1 << 16;

/** How stored elements become values. */
export interface Decoding {
  /** The dtype of the elements in the file. */
  readonly stored: DType;
  /** The dtype of the values. */
  readonly dtype: DType;
  /** Stored elements that stand for a missing value. */
  readonly missing: readonly number[];
  /** The values are `stored * factor + offset`; null where they are the stored ones. */
  readonly scale: { readonly factor: number; readonly offset: number } | null;
}

/**
 * How the attributes of a variable want its elements to be read: `missing_value` and `_FillValue` (compared as
 * elements of the variable's own type) become NaN, `scale_factor` and `add_offset` apply.
 *
 * @param variable The variable.
 * @param path The file's path, for messages.
 * @throws {FormatError} If the variable is text, or scaled by something that is no number.
 */
export function decodingOf(
  variable: Pick<NetcdfVariable, "stored" | "attributes" | "name">,
  path: string,
): Decoding {
  const { stored, attributes, name } = variable;
  if (stored === null) {
    throw new FormatError(
      `${path}: variable ${shownText(name)} holds text (char), expected numbers`,
      "netcdf",
    );
  }
  const marks = ["missing_value", "_FillValue"].filter((key) => attributes.has(key));
  const missing = new Set(marks.flatMap((key) => asElements(numbersOf(attributes.get(key)), stored)));
  const factor = numberIn(variable, "scale_factor", path), offset = numberIn(variable, "add_offset", path);
  const scale = factor === null && offset === null ? null : {
    factor: factor ?? UNSCALED.factor,
    offset: offset ?? UNSCALED.offset,
  };
  const dtype = scale !== null ? scaledDType(stored) : marks.length > 0 ? dtypeWithNaN(stored) : stored;
  return { stored, dtype, missing: [...missing], scale };
}

/** What leaves every value as it is: 0 would take the sign of -0. */
const UNSCALED = { factor: 1, offset: -0 };

function scaledDType(stored: DType): DType {
  return stored === "float32" ? "float32" : "float64";
}

/** The smallest float, of 4 bytes at least, that holds every element. */
function dtypeWithNaN(stored: DType): DType {
  const { kind, bytes } = DTYPES[stored];
  return kind === "float" ? stored : bytes <= 2 ? "float32" : "float64";
}

function numberIn(
  { attributes, name }: Pick<NetcdfVariable, "attributes" | "name">,
  key: string,
  path: string,
): number | null {
  if (!attributes.has(key)) return null;
  const [value, ...more] = numbersOf(attributes.get(key));
  if (value === undefined || more.length > 0) {
    throw new FormatError(
      `${path}: variable ${shownText(name)} has a ${key} that is not a single number`,
      "netcdf",
    );
  }
  return value;
}

/** An attribute's numbers; text counts when it is one, as some programs write it. */
function numbersOf(value: string | readonly number[] | undefined): readonly number[] {
  if (typeof value !== "string") return value ?? [];
  const number = value.trim() === "" ? NaN : Number(value);
  return Number.isNaN(number) ? [] : [number];
}

/** Numbers as elements of a dtype. Those that no element can equal are left out, NaN among them. */
function asElements(numbers: readonly number[], dtype: DType): number[] {
  const { kind, bytes } = DTYPES[dtype];
  if (kind === "float") {
    const round = bytes === 2 ? Math.f16round : bytes === 4 ? Math.fround : (number: number) => number;
    return numbers.map(round)
      .filter((number) => !Number.isNaN(number));
  }
  const span = 2 ** (8 * bytes);
  return numbers
    // A negative number marks the same bits of an unsigned element.
    .map((number) => kind === "uint" && number < 0 ? number + span : number)
    .filter((number) => {
      const lowest = kind === "uint" ? 0 : -span / 2;
      return Number.isInteger(number) && number >= lowest && number < lowest + span;
    });
}

/** A typed array of numbers, whichever it is. */
interface Numbers {
  readonly length: number;
  [index: number]: number;
}

/**
 * Reads a variable's elements.
 *
 * @param file The file.
 * @param variable The variable; its place was checked against the file's size.
 * @param decoding How its elements become values.
 * @param values Where the values go: as many as the variable has, of the decoding's dtype.
 */
export function readValues(
  file: InputFile,
  variable: NetcdfVariable,
  decoding: Decoding,
  values: TypedData<DType>,
): void {
  const { bytes: width, array: Stored } = DTYPES[decoding.stored];
  // NetCDF-3 has no 64-bit integers, so neither array holds bigints.
  if (isBigIntDType(decoding.stored) || isBigIntDType(decoding.dtype)) {
    throw new TypeError("No 64-bit integers");
  }
  const target = values as Float64Array;
  let done = 0;
  for (const bytes of storedBytes(file, variable)) {
    swapBytes(bytes, width);
    const elements = new Stored(bytes.buffer, 0, bytes.length / width) as Float64Array;
    decode(elements, target, done, decoding);
    done += elements.length;
  }
}

/** The elements' bytes without the gaps, in pieces of whole elements from the beginning of one staging buffer. */
function* storedBytes(
  file: InputFile,
  variable: NetcdfVariable,
): Generator<Uint8Array<SharedArrayBuffer>, void, undefined> {
  const { offset, pieces, pieceBytes, step } = variable;
  if (pieceBytes === 0 || pieces === 0) return;
  const staging = new Uint8Array(
    allocate(STAGING_BYTES, "for reading", () => new SharedArrayBuffer(STAGING_BYTES)),
  );
  if (step === pieceBytes || step - pieceBytes > LARGEST_GAP || step > STAGING_BYTES) {
    const isDense = step === pieceBytes;
    const runs = isDense ? 1 : pieces, runBytes = isDense ? pieces * pieceBytes : pieceBytes;
    for (let run = 0; run < runs; run++) {
      file.seek(offset + run * step);
      for (let left = runBytes; left > 0;) {
        const part = staging.subarray(0, Math.min(left, STAGING_BYTES));
        file.read(part);
        yield part;
        left -= part.length;
      }
    }
    return;
  }
  const most = Math.floor(STAGING_BYTES / step);
  for (let first = 0; first < pieces; first += most) {
    const count = Math.min(most, pieces - first);
    file.seek(offset + first * step);
    // Behind the last piece the file may end.
    file.read(staging.subarray(0, (count - 1) * step + pieceBytes));
    for (let i = 1; i < count; i++) staging.copyWithin(i * pieceBytes, i * step, i * step + pieceBytes);
    yield staging.subarray(0, count * pieceBytes);
  }
}

/**
 * Writes the values of stored elements.
 *
 * @param stored The elements, in the byte order of this machine.
 * @param values Where the values go: of the decoding's dtype, which like the stored one is not of bigints.
 * @param at Where the first of them goes.
 * @param decoding How elements become values.
 */
export function decode(
  stored: Numbers & Float64Array,
  values: Float64Array,
  at: number,
  decoding: Decoding,
): void {
  const { missing, scale } = decoding;
  const [mark] = missing;
  const length = stored.length;
  if (scale === null && missing.length === 0) {
    values.set(stored, at);
  } else if (scale === null && missing.length === 1) {
    for (let i = 0; i < length; i++) {
      const value = stored[i];
      values[at + i] = value === mark ? NaN : value;
    }
  } else {
    const { factor, offset } = scale ?? UNSCALED;
    for (let i = 0; i < length; i++) {
      const value = stored[i];
      values[at + i] = missing.includes(value) ? NaN : value * factor + offset;
    }
  }
}
