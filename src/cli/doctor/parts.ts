/**
 * What is loaded when it is needed: workers, and packages.
 *
 * @module
 */

import { SharedNdArray } from "../../array/shared_ndarray.ts";
import { firstLine } from "../../errors.ts";
import { tiledMap } from "../../run/tiled_map.ts";
import { canLoadWorkers, type Check, check } from "./check.ts";

/** Packages, what loads them, what they are for, and whether runs do without. */
const PACKAGES:
  readonly (readonly [name: string, load: () => Promise<unknown>, use: string, isNeeded: boolean])[] = [
    ["acorn", () => import("acorn"), "expressions", true],
    ["zarrita", () => import("zarrita"), "Zarr stores", false],
    ["netcdfjs", () => import("netcdfjs"), "NetCDF-3", false],
    ["h5wasm", () => import("h5wasm"), "NetCDF-4 and HDF5", false],
    ["geotiff", () => import("geotiff"), "TIFF", false],
    ["fflate", () => import("fflate"), ".npz", false],
    ["aws4fetch", () => import("aws4fetch"), "s3: stores", false],
    ["fast-png", () => import("fast-png"), "PNG pictures", false],
    ["d3-scale-chromatic", () => import("d3-scale-chromatic"), "colour maps", false],
  ];

/** Milliseconds after which a package that is being fetched is given up. */
const PATIENCE_MS = 10_000;

/** Starts a worker. */
export async function checkWorkers(): Promise<Check> {
  if (!canLoadWorkers()) return check("missing", "workers", "not tried, because they may not be read");
  const began = performance.now();
  try {
    using a = SharedNdArray.ones([8]);
    const { outputs } = await tiledMap("b = 2 * a", { inputs: { a }, workers: 1, exact: true });
    using b = outputs.b;
    if (b.get(7) !== 2) return check("missing", "workers", `computed ${b.get(7)} instead of 2`);
    const ms = performance.now() - began;
    return check("ok", "workers", `one is ready after ${ms.toFixed(0)} ms`, { facts: { startMs: ms } });
  } catch (error) {
    return check("missing", "workers", `none starts: ${messageOf(error)}`, {
      advice: "see the lines on permissions and packages",
    });
  }
}

/** Loads packages, from the cache or from where they come from. */
export async function checkPackages(): Promise<Check[]> {
  const found = await Promise.all(PACKAGES.map(async ([name, load, use, isNeeded]) => {
    return { name, use, isNeeded, problem: await problemOf(load) };
  }));
  const facts = Object.fromEntries(found.map(({ name, problem }) => [name, problem === null]));
  const missing = found.filter(({ problem }) => problem !== null);
  const loaded = found.filter(({ problem }) => problem === null).map(({ name }) => name);
  return [
    ...(loaded.length > 0 ? [check("ok", "packages", loaded.join(", "), { facts })] : []),
    ...missing.map(({ name, use, isNeeded, problem }) =>
      check(isNeeded ? "missing" : "note", "packages", `without ${name} (for ${use}): ${problem}`, {
        advice: "connect to the network once, so that it is cached",
        facts: { [name]: false },
      })
    ),
  ];
}

async function problemOf(load: () => Promise<unknown>): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not loaded within ${PATIENCE_MS / 1000} s`), PATIENCE_MS);
  });
  try {
    return await Promise.race([load().then(() => null, messageOf), patience]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return firstLine(error instanceof Error ? error.message : String(error));
}
