/**
 * The stores that jobs of the tests read, and what is in those that they write.
 *
 * @module
 */

import { createArray, evaluate, SharedNdArray } from "../../mod.ts";

/** The shape of the inputs. */
const SHAPE = [64, 192, 256] as const;

/** Their chunks: 64 of them, 8 for each of 8 shards. */
const CHUNKS = [8, 48, 128] as const;

/** The vapour pressure deficit, in kPa, from the temperature in °C and the relative humidity from 0 to 1. */
export const VPD = "0.6108 * exp(17.27 * tmp / (tmp + 237.3)) * (1 - rh)";

/**
 * Makes the inputs: temperatures and relative humidities, float32, the same at every call.
 *
 * @param store The path of a new store.
 */
export async function makeInputs(store: string): Promise<void> {
  for (const [name, formula, seed] of [["tmp", "45 * u - 5", 1], ["rh", "0.2 + 0.75 * u", 2]] as const) {
    const u = SharedNdArray.random(SHAPE, { seed, dtype: "float32" });
    const values = await evaluate(formula, { u });
    const options = { shape: SHAPE, chunks: CHUNKS, dtype: "float32", codec: "zstd" } as const;
    using stored = await createArray(`${store}/${name}`, options);
    await stored.write({ origin: [0, 0, 0], shape: SHAPE }, values);
    await stored.finish();
  }
}

/**
 * The files of a folder, by their paths in it.
 *
 * @param folder The folder.
 */
export async function filesOf(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const walk = async (below: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/${below}`)) {
      if (isDirectory) await walk(`${below}${name}/`);
      else files.set(below + name, `${folder}/${below}${name}`);
    }
  };
  await walk("");
  return files;
}

/**
 * The keys of the chunks of an array of a Zarr 3 store that are there, in the order of their indices.
 *
 * @param array The array's folder.
 */
export async function chunksOf(array: string): Promise<string[]> {
  const indices = (key: string) => key.split("/").slice(1).map(Number);
  const there = await filesOf(array).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return new Map<string, string>();
    throw error;
  });
  const keys = [...there.keys()].filter((key) => /^c(\/\d+)*$/.test(key));
  return keys.sort((a, b) => {
    const left = indices(a), right = indices(b), k = left.findIndex((index, axis) => index !== right[axis]);
    return k < 0 ? 0 : left[k] - right[k];
  });
}

/**
 * A text for each file of an array, the same for the same bytes. Notes of runs, and what a killed task
 * left half-written, lie beside them and do not count.
 *
 * @param folder The folder.
 */
export async function digestsOf(folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const [key, path] of [...await filesOf(folder)].sort()) {
    if (key.startsWith(".tilewise/") || key.endsWith(".tmp")) continue;
    const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
    digests[key] = new Uint8Array(digest).toHex();
  }
  return digests;
}
