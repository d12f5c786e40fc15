/**
 * What the tests of file formats share.
 *
 * @module
 */

import type { SharedNdArray } from "../../src/array/shared_ndarray.ts";

/** A case of an index of fixtures. */
export interface FixtureCase {
  readonly file: string;
  readonly variable?: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly expect: readonly (number | string | boolean)[];
}

/** The URL of a fixture. */
export function fixture(name: string): URL {
  return new URL(`../fixtures/${name}`, import.meta.url);
}

/** The cases of an index. */
export function casesOf(index: string): FixtureCase[] {
  return JSON.parse(Deno.readTextFileSync(fixture(index)));
}

/** Elements in C order as JSON files have them: 64-bit integers and NaN as text. */
export function jsonValues(array: SharedNdArray): (number | string | boolean)[] {
  return array.values().map((value) =>
    typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))
      ? String(value)
      : value === 0
      ? 0
      : value
  ).toArray();
}

/** Runs with a folder that is removed afterwards. */
export async function withFolder(run: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The names in a folder, sorted. */
export function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

/** A copy of bytes with some of them replaced. */
export function patched(bytes: Uint8Array, at: number, ...replacement: number[]): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy.set(replacement, at);
  return copy;
}
