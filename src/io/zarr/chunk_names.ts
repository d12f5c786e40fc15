/**
 * What chunks are called, and how what is done with them is described.
 *
 * @module
 */

import { DTYPES } from "../../dtype.ts";
import type { ArrayFacts, CodecStep } from "./array_facts.ts";

/**
 * The key of a chunk, relative to its array.
 *
 * @param facts How chunks are named.
 * @param coords The chunk's place in the grid of chunks.
 */
export function chunkKey({ keys }: Pick<ArrayFacts, "keys">, coords: readonly number[]): string {
  if (keys.name === "default") return ["c", ...coords].join(keys.separator);
  return coords.length === 0 ? "0" : coords.join(keys.separator);
}

/**
 * The place of a chunk by its key.
 *
 * @param facts How chunks are named, and how many axes there are.
 * @param key The key, relative to the array.
 * @returns Undefined if it is none of a chunk.
 */
export function chunkCoords(facts: Pick<ArrayFacts, "keys" | "shape">, key: string): number[] | undefined {
  const { length } = facts.shape;
  const parts = key.split(facts.keys.separator);
  const numbers = facts.keys.name === "default" ? parts.slice(1) : parts;
  const coords = length === 0 ? [] : numbers.map(Number);
  const isOne = coords.length === length &&
    coords.every((place) => Number.isSafeInteger(place) && place >= 0) &&
    chunkKey(facts, coords) === key;
  return isOne ? coords : undefined;
}

/**
 * From elements to bytes, step by step, in words such as `zstd (level 3)`.
 *
 * @param facts What is known of the array.
 */
export function describeCodecs(facts: ArrayFacts): string[] {
  const order = facts.order === null ? [] : [`transpose (${facts.order.join(", ")})`];
  const bytes = DTYPES[facts.dtype].bytes === 1
    ? "bytes"
    : `bytes (${facts.bigEndian ? "big" : "little"} endian)`;
  return [...order, bytes, ...facts.steps.map(describeStep)];
}

function describeStep({ name, configuration }: CodecStep): string {
  const { level, clevel, cname } = configuration;
  const notes = [
    ...(typeof cname === "string" ? [cname] : []),
    ...(typeof (level ?? clevel) === "number" ? [`level ${level ?? clevel}`] : []),
  ];
  return notes.length === 0 ? name : `${name} (${notes.join(", ")})`;
}
