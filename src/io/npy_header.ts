/**
 * The headers of .npy files: bytes to facts and facts to bytes.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @module
 */

import { plain, type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../dtype.ts";
import { describeCause, FormatError } from "../errors.ts";
import { parsePythonLiteral, type PythonValue } from "./python_literal.ts";
import { shownText } from "./shown_text.ts";

/** What a .npy header says. */
export interface NpyHeader {
  /** The dtype. */
  readonly dtype: DType;
  /** The shape. */
  readonly shape: Shape;
  /** Whether the first axis varies fastest. */
  readonly fortranOrder: boolean;
  /** Whether elements are stored with their highest byte first. */
  readonly bigEndian: boolean;
}

/** Bytes that tell how long a header is: magic, version, and up to 4 bytes of length. */
export const NPY_PREFIX_BYTES = 12;

/** The longest header text that is read. Those of plain dtypes have about a hundred bytes. */
const LONGEST_HEADER = 1 << 20;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const BY_NPY_NAME: ReadonlyMap<string, DType> = new Map(
  DTYPE_NAMES.map((dtype) => [DTYPES[dtype].npy, dtype]),
);

/** Where the parts of a header lie. */
export interface NpyLayout {
  /** Where the header's text begins. */
  readonly textOffset: number;
  /** Where the elements begin. */
  readonly dataOffset: number;
  /** How the text is encoded. */
  readonly encoding: "latin1" | "utf-8";
}

/**
 * How long a header is.
 *
 * @param prefix The file's first {@linkcode NPY_PREFIX_BYTES} bytes, or all if there are fewer.
 * @param path The file's path, for messages.
 * @throws {FormatError} If it is no .npy file of version 1, 2 or 3.
 */
export function npyLayout(prefix: Uint8Array, path: string): NpyLayout {
  if (prefix.length < MAGIC.length + 4 || MAGIC.some((byte, i) => prefix[i] !== byte)) {
    throw new FormatError(
      `${path} is not a .npy file: it does not begin with "\\x93NUMPY" and a version`,
      "npy",
    );
  }
  const version = prefix[6];
  if (version < 1 || version > 3) {
    throw new FormatError(
      `${path} has .npy version ${version}.${prefix[7]}, expected 1.0, 2.0 or 3.0`,
      "npy",
    );
  }
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.length);
  if (version > 1 && prefix.length < NPY_PREFIX_BYTES) {
    throw new FormatError(`${path} ends within its .npy header: it is truncated`, "npy");
  }
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const textOffset = version === 1 ? 10 : 12;
  if (length > LONGEST_HEADER) {
    throw new FormatError(
      `${path} claims a .npy header of ${length} bytes, expected at most ${LONGEST_HEADER}`,
      "npy",
    );
  }
  return { textOffset, dataOffset: textOffset + length, encoding: version === 3 ? "utf-8" : "latin1" };
}

/**
 * What a header's text says.
 *
 * @param text The bytes between the header's length and the elements.
 * @param encoding How they are encoded.
 * @param path The file's path, for messages.
 * @throws {FormatError} If it is malformed, or of a dtype that no array here can have.
 */
export function parseNpyHeader(text: Uint8Array, encoding: "latin1" | "utf-8", path: string): NpyHeader {
  let parsed: PythonValue;
  try {
    parsed = parsePythonLiteral(decoded(text, encoding));
  } catch (cause) {
    throw new FormatError(`${path} has a malformed .npy header: ${describeCause(cause)}`, "npy", { cause });
  }
  const expected = ["descr", "fortran_order", "shape"];
  if (!(parsed instanceof Map) || parsed.size !== 3 || !expected.every((key) => parsed.has(key))) {
    throw new FormatError(
      `${path} has a malformed .npy header: expected a dict with the keys ${expected.join(", ")}`,
      "npy",
    );
  }
  const fortranOrder: unknown = parsed.get("fortran_order");
  if (typeof fortranOrder !== "boolean") {
    throw new FormatError(
      `${path} has a malformed .npy header: fortran_order is ${brief(fortranOrder)}, expected True or False`,
      "npy",
    );
  }
  return {
    ...parseDescr(parsed.get("descr"), path),
    shape: parseShape(parsed.get("shape"), path),
    fortranOrder,
  };
}

function decoded(text: Uint8Array, encoding: "latin1" | "utf-8"): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(text);
  } catch (cause) {
    throw new SyntaxError(`it is not text in ${encoding}`, { cause });
  }
}

function parseDescr(descr: unknown, path: string): { dtype: DType; bigEndian: boolean } {
  const [, order, name] = typeof descr === "string" ? /^([<>=|]?)(.+)$/s.exec(descr) ?? [] : [];
  const dtype = name === undefined ? undefined : BY_NPY_NAME.get(name);
  if (dtype === undefined) {
    throw new FormatError(
      `${path} holds elements of the NumPy dtype ${brief(descr)}, expected one of ${DTYPE_NAMES.join(", ")}`,
      "npy",
    );
  }
  return { dtype, bigEndian: order === ">" };
}

function parseShape(value: unknown, path: string): Shape {
  const isExtent = (extent: unknown) => Number.isSafeInteger(extent) && Number(extent) >= 0;
  if (Array.isArray(value) && value.every(isExtent)) {
    try {
      sizeOf(value);
      // -0 is written as if it were another number.
      return value.map(plain);
    } catch {
      // More than 2^53 elements: said below.
    }
  }
  throw new FormatError(
    `${path} has a malformed .npy header: its shape is ${
      brief(value)
    }, expected non-negative integers with a product below 2^53`,
    "npy",
  );
}

/** A value for a message. */
function brief(value: unknown): string {
  return shownText(JSON.stringify(value));
}

/** A tuple as Python writes it. */
function pythonTuple(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/**
 * A header as `numpy.save` writes it, byte for byte: little-endian, of version 1.0 unless it is too long for that.
 *
 * @param header What it shall say; elements are always written with their lowest byte first.
 */
export function encodeNpyHeader(header: Omit<NpyHeader, "bigEndian">): Uint8Array<ArrayBuffer> {
  const { dtype, shape, fortranOrder } = header;
  const row = DTYPES[dtype];
  const descr = `${row.bytes === 1 ? "|" : "<"}${row.npy}`;
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortranOrder ? "True" : "False"}, 'shape': ${
    pythonTuple(shape)
  }, }`;
  // Room to let the axis that varies slowest grow in place, as NumPy leaves it.
  const growing = shape.at(fortranOrder ? -1 : 0);
  const text = dict + (growing === undefined ? "" : " ".repeat(Math.max(0, 21 - String(growing).length)));
  const short = paddedLength(10, text);
  const isShort = short <= 0xffff;
  const length = isShort ? short : paddedLength(12, text);
  const textOffset = isShort ? 10 : 12;
  const bytes = new Uint8Array(textOffset + length).fill(0x20);
  bytes.set(MAGIC);
  bytes[6] = isShort ? 1 : 2;
  bytes[7] = 0;
  const view = new DataView(bytes.buffer);
  if (isShort) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  bytes.set(new TextEncoder().encode(text), textOffset);
  bytes[bytes.length - 1] = 0x0a;
  return bytes;
}

/** The length of the text with its newline, padded so that elements begin at a multiple of 64 bytes; 1 to 64 spaces. */
function paddedLength(textOffset: number, text: string): number {
  const length = text.length + 1;
  return length + 64 - (textOffset + length) % 64;
}

/**
 * How many bytes the elements take.
 *
 * @param header A header.
 */
export function npyDataBytes(header: NpyHeader): number {
  return sizeOf(header.shape) * DTYPES[header.dtype].bytes;
}

/**
 * Checks that a file has the bytes its header claims, before anything is allocated for them.
 *
 * @param header The header.
 * @param available How many bytes follow it.
 * @param path The file's path, for messages.
 * @throws {FormatError} If there are fewer or more.
 */
export function checkNpyLength(header: NpyHeader, available: number, path: string): void {
  const claimed = npyDataBytes(header);
  if (claimed === available) return;
  const { dtype, shape } = header;
  throw new FormatError(
    `${path} has ${available} bytes of elements, but ${dtype} ${showShape(shape)} takes ${claimed}: it ${
      available < claimed ? "is truncated" : "has bytes behind its end"
    }`,
    "npy",
  );
}
