/**
 * The forms in which metadata has the value of chunks that were never written.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType } from "../../dtype.ts";
import { DTypeError, FormatError, showValue } from "../../errors.ts";
import type { Json } from "./json.ts";

/** An element that chunks which are not there have; null where the store does not say, which reads as 0. */
export type FillValue = number | bigint | boolean | null;

const SPECIAL: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

/**
 * Reads a fill value.
 *
 * @param value What the metadata has: a number, a boolean, the name of a special number, or bits in hexadecimal.
 * @param dtype The dtype of the elements.
 * @param text What the metadata is called in messages.
 * @throws {FormatError} If it is no value of the dtype.
 */
export function parseFillValue(value: Json | undefined, dtype: DType, text: string): FillValue {
  if (value === null || value === undefined) return null;
  const { kind } = DTYPES[dtype];
  const parsed = kind === "bool"
    ? asBool(value)
    : kind === "float"
    ? asFloat(value, dtype)
    : asInteger(value, dtype);
  if (parsed === undefined) {
    throw new FormatError(
      `${text} is damaged: its fill value ${showValue(value)} is none of ${dtype}`,
      "zarr",
    );
  }
  return parsed;
}

function asBool(value: Json): boolean | undefined {
  if (typeof value === "boolean") return value;
  return value === 0 ? false : value === 1 ? true : undefined;
}

function asFloat(value: Json, dtype: DType): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "string") return undefined;
  if (Object.hasOwn(SPECIAL, value)) return SPECIAL[value];
  const { bytes } = DTYPES[dtype];
  if (/^0x[0-9a-f]+$/i.test(value) && value.length === 2 + 2 * bytes) {
    return fromBits(Uint8Array.fromHex(value.slice(2)).reverse(), dtype);
  }
  // Zarr 2 has the bytes in base64 where JSON has no form for them.
  return bytesOfBase64(value, bytes, (found) => fromBits(found, dtype));
}

function bytesOfBase64<T>(text: string, width: number, use: (bytes: Uint8Array) => T): T | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text);
    return bytes.length === width ? use(bytes) : undefined;
  } catch {
    return undefined;
  }
}

function fromBits(bytes: Uint8Array, dtype: DType): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (dtype === "float16") return view.getFloat16(0, true);
  return dtype === "float32" ? view.getFloat32(0, true) : view.getFloat64(0, true);
}

function asInteger(value: Json, dtype: DType): number | bigint | undefined {
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  const { bytes, kind } = DTYPES[dtype], whole = BigInt(value), bits = bytes * 8;
  const isHeld = (kind === "int" ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) === whole;
  if (!isHeld) return undefined;
  return isBigIntDType(dtype) ? whole : Number(whole);
}

/**
 * The fill value of an array that is created, as its dtype holds it.
 *
 * @param value What was asked for. Default 0.
 * @param dtype The dtype.
 * @throws {DTypeError} If the dtype does not hold it.
 */
export function checkedFillValue(
  value: number | bigint | boolean | undefined,
  dtype: DType,
): number | bigint | boolean {
  const { kind, array } = DTYPES[dtype];
  if (value === undefined) return kind === "bool" ? false : isBigIntDType(dtype) ? 0n : 0;
  const parsed = kind === "bool"
    ? asBool(value as Json)
    : kind === "float"
    ? Number(value)
    : asInteger(value as Json, dtype);
  if (parsed === undefined || (kind === "float" && typeof value === "boolean")) {
    throw new DTypeError(`Cannot fill ${dtype} with ${showValue(value)}`);
  }
  if (kind !== "float" || typeof parsed !== "number") return parsed;
  // What is said is what elements hold: 0.1 is another number as float32.
  const held = new array(1);
  held[0] = parsed;
  return Number(held[0]);
}
