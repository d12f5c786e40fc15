/**
 * vpd = tmp + rad over 4x4 tiles: what vpd_pool.py does, which is the usual way in Python. docs/from_numpy.md goes
 * through both, line by line.
 *
 * usage: deno run --allow-read [--allow-write=.] examples/multiprocessing/vpd.ts [vpd.npy]
 *
 * @module
 */

import { evaluate, SharedNdArray, tiledMap, writeArrays } from "../../mod.ts";

const shape = [365, 16, 16], tile = [4, 4], workers = 10;

const n = SharedNdArray.arange(365 * 16 * 16).reshape(shape);
const tmp = await evaluate("sqrt(n)", { n });
const rad = await evaluate("n % 7 / 3", { n });

const { outputs, report } = await tiledMap("vpd = tmp + rad", { inputs: { tmp, rad }, tile, workers });

const { current, peak } = report.memory;
console.log(`Current memory usage: ${(current / 1e6).toFixed(1)} MB; Peak: ${(peak / 1e6).toFixed(1)} MB`);
console.log(`Time elapsed: ${(report.elapsedMs / 1000).toFixed(3)} s`);

const [path] = Deno.args;
if (path !== undefined) await writeArrays(path, outputs.vpd);
