/**
 * What another implementation found that random arrays hold.
 *
 * @module
 */

/** The content of `random.json`, whose integers are decimal strings. */
export interface RandomFixture {
  readonly uniform: readonly { readonly seed: string; readonly values: readonly number[] }[];
  readonly normal: readonly { readonly seed: string; readonly values: readonly number[] }[];
  readonly quantiles: readonly { readonly k: string; readonly value: number }[];
  readonly integers: readonly {
    readonly dtype: string;
    readonly low: string;
    readonly high: string;
    readonly seed: string;
    readonly values: readonly string[];
  }[];
  readonly permutations: readonly { readonly seed: string; readonly values: readonly number[] }[];
}

/** Reads it. */
export async function readFixture(): Promise<RandomFixture> {
  return JSON.parse(await Deno.readTextFile(new URL("../../fixtures/random.json", import.meta.url)));
}
