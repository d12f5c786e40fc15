import { assertEquals } from "@std/assert";
import { SharedNdArray } from "../../../src/array/shared_ndarray.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../../../src/dtype.ts";
import { createZarr, openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import type { ChunkCodec } from "../../../src/io/stored.ts";
import { fixture, withFolder } from "../helpers.ts";
import { findPython, printedValues, runPython } from "./stores.ts";

/** zarr-python up to version 2 knows Zarr 2 alone, and is asked about that. */
const withZarr = findPython("zarr", "numcodecs"), withXarray = findPython("xarray", "zarr");
const withNumcodecs = findPython("numpy", "numcodecs");
const CODECS: readonly ChunkCodec[] = ["zstd", "blosc", "gzip", "none"];

function sample(dtype: DType): SharedNdArray {
  const array = SharedNdArray.arange(7 * 5, { dtype: "int16" }).reshape([7, 5]).astype(dtype);
  if (DTYPES[dtype].kind === "float") {
    array.set(3, 1, NaN);
    array.set(6, 4, -Infinity);
  }
  if (dtype === "uint64") array.set(0, 0, 2n ** 64n - 1n);
  if (dtype === "int64") array.set(0, 0, -(2n ** 63n));
  return array;
}

interface Printed {
  readonly dtype: string;
  readonly shape: number[];
  readonly values: unknown[];
  readonly names?: unknown;
  readonly attributes: unknown;
}

/** Writes each dtype and each codec, and gives what was written by path. */
async function writeAll(folder: string, zarrFormat: 2 | 3): Promise<Map<string, SharedNdArray>> {
  const written = new Map<string, SharedNdArray>();
  const put = async (name: string, dtype: DType, codec: ChunkCodec) => {
    const array = sample(dtype), path = `${folder}/w.zarr/${name}`;
    const fillValue = dtype === "bool" ? true : DTYPES[dtype].kind === "float" ? NaN : 9;
    const options = { dtype, codec, zarrFormat, fillValue, shape: [7, 5], chunks: [3, 4] };
    using stored = await createZarr(path, {
      ...options,
      dimensionNames: ["time", "lat"],
      attributes: { units: "K" },
    });
    await stored.write({ origin: [0, 0], shape: [7, 5] }, array);
    written.set(path, array);
  };
  for (const dtype of DTYPE_NAMES) await put(dtype, dtype, "zstd");
  for (const codec of CODECS) await put(`deep/in/${codec}`, "float32", codec);
  return written;
}

const PLAIN = `
import json, sys, numpy as np
def plain(value):
    if isinstance(value, float) and not np.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**31 else value
`;

Deno.test({
  name: "zarr-python reads every dtype and codec of Zarr 2",
  ignore: withZarr === undefined,
  fn: () =>
    withFolder(async (folder) => {
      const written = await writeAll(folder, 2);
      const printed = await runPython(
        withZarr,
        `${PLAIN}
import zarr
found = []
for path in sys.argv[1:]:
    array = zarr.open(path, mode="r")
    assert array.nchunks_initialized == array.nchunks == 6
    values = array[:]
    found.append({"dtype": values.dtype.name, "shape": values.shape, "attributes": dict(array.attrs),
                  "values": [plain(v) for v in values.ravel().tolist()]})
root = zarr.open_group(sys.argv[1].rsplit("/", 1)[0], mode="r")
assert "deep" in root and "in/zstd" in root["deep"]
print(json.dumps(found))`,
        ...written.keys(),
      ) as Printed[];
      assertEquals(printed.length, written.size);
      [...written.values()].forEach((array, k) => {
        const { dtype, shape, values, attributes } = printed[k];
        assertEquals({ dtype, shape, values }, {
          dtype: array.dtype,
          shape: [7, 5],
          values: printedValues(array),
        });
        assertEquals(attributes, { units: "K", _ARRAY_DIMENSIONS: ["time", "lat"] });
      });
    }),
});

Deno.test({
  name: "a second implementation in Python reads every dtype and codec of Zarr 3, checksums included",
  ignore: withNumcodecs === undefined,
  fn: () =>
    withFolder(async (folder) => {
      const written = await writeAll(folder, 3);
      const script = await Deno.readTextFile(fixture("zarr/read3.py"));
      const printed = await runPython(withNumcodecs, script, ...written.keys()) as Printed[];
      assertEquals(printed.length, written.size);
      [...written.values()].forEach((array, k) => {
        assertEquals(printed[k], {
          dtype: array.dtype,
          shape: [7, 5],
          names: ["time", "lat"],
          attributes: { units: "K" },
          values: printedValues(array),
        });
      });
    }),
});

Deno.test({
  name: "xarray opens a store of Zarr 2 with its dimensions",
  ignore: withXarray === undefined,
  fn: () =>
    withFolder(async (folder) => {
      const store = `${folder}/day.zarr`;
      for (const name of ["tmp", "rad"]) {
        using array = await createZarr(`${store}/${name}`, {
          shape: [4, 6],
          dtype: "float32",
          zarrFormat: 2,
          fillValue: NaN,
          dimensionNames: ["time", "lat"],
          attributes: { units: "K" },
        });
        await array.write(
          { origin: [0, 0], shape: [4, 6] },
          SharedNdArray.full([4, 6], 2.5, { dtype: "float32" }),
        );
      }
      const found = await runPython(
        withXarray,
        `
import json, sys, xarray
data = xarray.open_zarr(sys.argv[1], consolidated=False)
print(json.dumps([sorted(data), list(data.tmp.dims), float(data.tmp.sum()), data.rad.attrs["units"]]))`,
        store,
      );
      assertEquals(found, [["rad", "tmp"], ["time", "lat"], 60, "K"]);
    }),
});

Deno.test({
  name: "what zarr-python writes into a store of ours is read, and ours into one of its own",
  ignore: withZarr === undefined,
  fn: () =>
    withFolder(async (folder) => {
      const path = `${folder}/both.zarr/tmp`;
      (await createZarr(path, { shape: [6, 6], chunks: [2, 3], dtype: "int32", zarrFormat: 2 })).close();
      await runPython(
        withZarr,
        `
import json, sys, zarr
array = zarr.open(sys.argv[1], mode="r+")
array[1:5, 2:4] = 7
zarr.open_group(sys.argv[2], mode="a").create("own", shape=(4,), chunks=(2,), dtype=">f8", order="F")
print("null")`,
        path,
        `${folder}/both.zarr`,
      );
      using tmp = await openZarr(path);
      const expected = SharedNdArray.zeros([6, 6], { dtype: "int32" });
      expected.box([1, 2], [4, 2]).fill(7);
      assertEquals((await tmp.read()).toNested(), expected.toNested());
      using own = await openZarr(`${folder}/both.zarr/own`, { writable: true });
      await own.write({ origin: [2], shape: [2] }, SharedNdArray.from([1.5, -2]));
      assertEquals(
        await runPython(
          withZarr,
          "import json, sys, zarr; print(json.dumps(zarr.open(sys.argv[1], mode='r')[:].tolist()))",
          `${folder}/both.zarr/own`,
        ),
        [0, 0, 1.5, -2],
      );
    }),
});
