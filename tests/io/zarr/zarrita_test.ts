import { assertEquals } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { createZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import { withFolder } from "../helpers.ts";

/** Zarrita with nothing but its own codecs and its own storage package, in a process of its own. */
const PLAIN_ZARRITA = `
import * as zarr from "zarrita";
const files = {
  async get(key) {
    try { return await Deno.readFile(Deno.args[0] + key); } catch { return undefined; }
  },
};
const found = [];
for (const name of Deno.args.slice(1)) {
  const array = await zarr.open(zarr.root(files).resolve(name), { kind: "array" });
  const { data, shape } = await zarr.get(array);
  found.push({ shape, dtype: array.dtype, names: array.dimensionNames, attributes: array.attrs, data: [...data].map(Number) });
}
console.log(JSON.stringify(found));
`;

Deno.test("zarrita by itself reads what is written, in both versions and with each codec", () =>
  withFolder(async (folder) => {
    const array = SharedNdArray.random([5, 4, 6], { dtype: "float32", seed: 3 });
    const names: string[] = [];
    for (const zarrFormat of [2, 3] as const) {
      for (const codec of ["zstd", "blosc", "gzip", "none"] as const) {
        const name = `g${zarrFormat}.zarr/${codec}`;
        using stored = await createZarr(`${folder}/${name}`, {
          shape: [5, 4, 6],
          chunks: [2, 4, 5],
          dtype: "float32",
          codec,
          zarrFormat,
          dimensionNames: ["time", "lat", "lon"],
          attributes: { units: "K" },
        });
        await stored.write({ origin: [0, 0, 0], shape: [5, 4, 6] }, array);
        names.push(name);
      }
    }
    const script = `${folder}/read.js`;
    await Deno.writeTextFile(script, PLAIN_ZARRITA);
    const config = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-read", "--allow-env", "--config", config, script, folder, ...names],
      signal: AbortSignal.timeout(60_000),
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const found = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals(found.length, 8);
    for (const { shape, dtype, names: axes, attributes, data } of found) {
      assertEquals({ shape, dtype, axes, units: attributes.units }, {
        shape: [5, 4, 6],
        dtype: "float32",
        axes: ["time", "lat", "lon"],
        units: "K",
      });
      assertEquals(data, [...array.values()]);
    }
  }));
