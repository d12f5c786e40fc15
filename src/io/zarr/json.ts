/**
 * JSON as Zarr stores have it: Python writes NaN and the infinities as bare words, and integers of any size.
 *
 * @module
 */

import { FormatError } from "../../errors.ts";

/** What JSON holds; integers beyond 2^53 are bigints. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };

/** An object of JSON. */
export type JsonObject = { readonly [name: string]: Json };

/** Strings, which are left alone, and the words that JSON does not have. */
const WORDS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?Infinity|NaN/g;

/** The same strings, and what opens and closes lists and objects. */
const BRACKETS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[{]|[\]}]/g;

/** Deeper nesting than anybody means would exhaust the stack of whoever walks it. */
const DEEPEST = 200;

/** Marks a word that became a string; JSON has no such character outside of escapes. */
const MARK = "\u0001";

/**
 * Reads an object.
 *
 * @param bytes JSON in UTF-8.
 * @param text What it is called in messages.
 * @throws {FormatError} If it is no JSON, or no object.
 */
export function parseJson(bytes: Uint8Array, text: string): JsonObject {
  let value: Json;
  try {
    const source = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    requireShallow(source);
    const marked = source.replace(WORDS, (word) => word.startsWith('"') ? word : `"\\u0001${word}"`);
    value = JSON.parse(marked, revive);
  } catch (cause) {
    throw new FormatError(`${text} is damaged: it is no JSON`, "zarr", { cause });
  }
  if (!isObject(value)) throw new FormatError(`${text} is damaged: it is no object of JSON`, "zarr");
  return value;
}

function requireShallow(source: string): void {
  let depth = 0;
  for (const [token] of source.matchAll(BRACKETS)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > DEEPEST) throw new RangeError(`nested deeper than ${DEEPEST} levels`);
  }
}

function revive(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === "string" && value.startsWith(MARK)) return Number(value.slice(1));
  const isCut = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  if (isCut && /^-?\d+$/.test(context?.source ?? "")) return BigInt(context?.source ?? value);
  return value;
}

/**
 * Whether a value is an object of JSON.
 *
 * @param value The value.
 */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The same value without bigints, for those who do not expect them.
 *
 * @param value The value.
 */
export function withoutBigInts(value: Json): Json {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(withoutBigInts);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutBigInts(item)]));
}

/**
 * Writes an object.
 *
 * @param value Plain values by name.
 * @param bareWords Whether NaN and the infinities are bare words, as in Zarr 2, or strings, as in Zarr 3.
 * @throws {TypeError} If something in it is nothing that JSON holds.
 */
export function encodeJson(
  value: Readonly<Record<string, unknown>>,
  bareWords: boolean,
): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${jsonText(value, bareWords, "")}\n`);
}

function jsonText(value: unknown, bareWords: boolean, indent: string): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return bareWords ? String(value) : `"${value}"`;
  if (value === null || ["number", "boolean", "string"].includes(typeof value)) return JSON.stringify(value);
  if (typeof value !== "object") throw new TypeError(`JSON holds no ${typeof value}`);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((item) => jsonText(item ?? null, bareWords, deeper));
    const isPlain = value.every((item) => typeof item !== "object" || item === null);
    if (isPlain || items.length === 0) return `[${items.join(", ")}]`;
    return `[\n${deeper}${items.join(`,\n${deeper}`)}\n${indent}]`;
  }
  const members = Object.entries(value).filter(([, item]) => item !== undefined)
    .map(([name, item]) => `${JSON.stringify(name)}: ${jsonText(item, bareWords, deeper)}`);
  return members.length === 0 ? "{}" : `{\n${deeper}${members.join(`,\n${deeper}`)}\n${indent}}`;
}
