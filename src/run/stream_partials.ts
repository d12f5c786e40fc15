/**
 * What comes of the units of a reduction, as small objects beside the array that takes the result: written by the worker
 * that did the unit, read by whoever goes on or combines them.
 *
 * @module
 */

import { showValue } from "../errors.ts";

/** Where a store keeps what comes of units. */
export const PARTIALS_FOLDER = ".tilewise/";

/** What is done with a unit, and what came of it. */
export interface Partial {
  /** Identifies the computation. */
  readonly fingerprint: string;
  /** Which of several passes over the elements it is of. */
  readonly pass: number;
  readonly unit: number;
  /** For each thing that is combined a value for each cell, bit by bit; and places where there are any. */
  readonly rows: readonly BigInt64Array[];
}

/** How an object begins. */
const MAGIC = "tilewise partial 1\n", CHECK_BYTES = 8, WORD = 8;

/**
 * The key of what comes of a unit.
 *
 * @param pass Which of several passes.
 * @param unit The unit.
 */
export function partialKey(pass: number, unit: number): string {
  return `${partialPrefix(pass)}${String(unit).padStart(8, "0")}`;
}

/** What the keys of a pass begin with; of all passes, where none is named. */
export function partialPrefix(pass?: number): string {
  return `${PARTIALS_FOLDER}partial-${pass === undefined ? "" : `${pass}-`}`;
}

/**
 * The pass and the unit that a key is of.
 *
 * @param key The key; some stores list keys with other separators between folders.
 */
export function parsePartialKey(key: string): { readonly pass: number; readonly unit: number } | null {
  const match = /partial-(\d+)-(\d+)$/.exec(key);
  return match === null ? null : { pass: Number(match[1]), unit: Number(match[2]) };
}

/**
 * Writes down what came of a unit.
 *
 * @param partial What.
 */
export async function encodePartial({ fingerprint, pass, unit, rows }: Partial): Promise<Uint8Array> {
  const facts = JSON.stringify({ fingerprint, pass, unit, rows: rows.map(({ length }) => length) });
  const head = new TextEncoder().encode(`${MAGIC}${facts}\n`);
  const words = rows.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(head.length + words * WORD + CHECK_BYTES), view = new DataView(bytes.buffer);
  bytes.set(head);
  let at = head.length;
  for (const row of rows) {
    for (let k = 0; k < row.length; k++, at += WORD) view.setBigInt64(at, row[k], true);
  }
  bytes.set(await checkOf(bytes.subarray(0, at)), at);
  return bytes;
}

/**
 * Reads what came of a unit.
 *
 * @param bytes The object.
 * @returns Null where it is damaged or cut off.
 */
export async function decodePartial(bytes: Uint8Array): Promise<Partial | null> {
  const end = bytes.length - CHECK_BYTES;
  if (end < MAGIC.length) return null;
  const check = await checkOf(bytes.subarray(0, end));
  if (check.some((byte, k) => byte !== bytes[end + k])) return null;
  const text = new TextDecoder();
  if (text.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) return null;
  const line = bytes.indexOf(10, MAGIC.length);
  const facts = JSON.parse(text.decode(bytes.subarray(MAGIC.length, line)));
  const { fingerprint, pass, unit, rows } = facts as Omit<Partial, "rows"> & { rows: readonly number[] };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = line + 1;
  const read = rows.map((length) => {
    const row = new BigInt64Array(length);
    for (let k = 0; k < length; k++, at += WORD) row[k] = view.getBigInt64(at, true);
    return row;
  });
  if (at !== end) throw new Error(`A partial of ${end} bytes has rows of ${showValue(rows)}`);
  return { fingerprint, pass, unit, rows: read };
}

/** The first bytes of a hash: what is damaged or cut off has another. */
async function checkOf(bytes: Uint8Array): Promise<Uint8Array> {
  const copy = Uint8Array.from(bytes);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", copy)).slice(0, CHECK_BYTES);
}
