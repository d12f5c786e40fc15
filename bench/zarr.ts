/**
 * Writing and reading an array of 32 MiB in chunks of 4 MiB, on one thread, by codec and version:
 * `deno bench --allow-read --allow-write --allow-env bench/zarr.ts`. Each chunk is made to last before the next one.
 */

import { createArray, type CreateArrayOptions, SharedNdArray } from "../mod.ts";

const SHAPE = [64, 256, 512], CHUNKS = [8, 256, 512];

/** A wave with noise: about an eighth of it goes away by compression, as with measured values. */
function wave(): SharedNdArray<"float32"> {
  const array = SharedNdArray.random(SHAPE, { dtype: "float32", seed: 1 }), { data } = array;
  for (let k = 0; k < data.length; k++) data[k] = 10 + 5 * Math.sin(k / 1000) + data[k] / 2;
  return array;
}

const folder = await Deno.makeTempDir(), values = wave(), whole = { origin: [0, 0, 0], shape: SHAPE };
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

const CASES: readonly [name: string, options: Partial<CreateArrayOptions>][] = [
  ["zstd, Zarr 2", { zarrFormat: 2 }],
  ["zstd, Zarr 3 with CRC-32C", {}],
  ["zstd, Zarr 3 without", { checksum: false }],
  ["blosc, Zarr 3", { codec: "blosc" }],
  ["gzip, Zarr 3", { codec: "gzip" }],
  ["none, Zarr 3", { codec: "none" }],
];

for (const [k, [name, options]] of CASES.entries()) {
  const path = `${folder}/a${options.zarrFormat ?? 3}.zarr/n${k}`;
  const array = await createArray(path, { shape: SHAPE, chunks: CHUNKS, dtype: "float32", ...options });
  await array.write(whole, values);
  Deno.bench({
    name: `write ${name}`,
    group: "write",
    n: 6,
    fn: async () => await array.write(whole, values),
  });
  Deno.bench({
    name: `read ${name}`,
    group: "read",
    n: 6,
    fn: async () => (await array.read()).dispose(),
  });
}
