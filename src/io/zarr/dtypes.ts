/**
 * The names that Zarr has for element types.
 *
 * @module
 */

import { type DType, DTYPE_NAMES, DTYPES, isDType } from "../../dtype.ts";
import { FormatError, showValue } from "../../errors.ts";
import { shownText } from "../shown_text.ts";
import type { Json } from "./json.ts";

/** An element type, and the order of its bytes. */
export interface StoredType {
  /** The dtype. */
  readonly dtype: DType;
  /** Whether the highest byte comes first. */
  readonly bigEndian: boolean;
}

/**
 * Reads an element type of Zarr 2, such as `<f4`.
 *
 * @param value What the metadata has.
 * @param text What the array is called in messages.
 * @throws {FormatError} If no dtype here holds such elements.
 */
export function parseType2(value: Json | undefined, text: string): StoredType {
  const match = typeof value === "string" ? /^([<>|=])([biuf]\d+)$/.exec(value) : null;
  const dtype = DTYPE_NAMES.find((name) => DTYPES[name].npy === match?.[2]);
  if (match === null || dtype === undefined) throw unheld(value, text);
  return { dtype, bigEndian: match[1] === ">" && DTYPES[dtype].bytes > 1 };
}

/**
 * The element type of Zarr 2 for a dtype.
 *
 * @param dtype The dtype.
 */
export function typeName2(dtype: DType): string {
  const { bytes, npy } = DTYPES[dtype];
  return `${bytes === 1 ? "|" : "<"}${npy}`;
}

/**
 * Reads an element type of Zarr 3, which is named as here.
 *
 * @param value What the metadata has.
 * @param text What the array is called in messages.
 * @throws {FormatError} If no dtype here holds such elements.
 */
export function parseType3(value: Json | undefined, text: string): DType {
  if (!isDType(value)) throw unheld(value, text);
  return value;
}

function unheld(value: Json | undefined, text: string): FormatError {
  const shown = typeof value === "string" ? shownText(value) : showValue(value);
  return new FormatError(
    `${text} holds elements of type ${shown}, which no dtype here has: expected one of ${
      DTYPE_NAMES.join(", ")
    }`,
    "zarr",
  );
}
