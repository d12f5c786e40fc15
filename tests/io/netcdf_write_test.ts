import { assertEquals, assertRejects } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { slice } from "../../src/array/layout/slice.ts";
import { FormatError } from "../../src/errors.ts";
import { listNetcdf, readNetcdf } from "../../src/io/netcdf.ts";
import { type ArraySpec, encodeNetcdfHeader, refuseNetcdf, writeNetcdf } from "../../src/io/netcdf_write.ts";
import { fixture, namesIn, withFolder } from "./helpers.ts";

const DTYPES_3 = ["int8", "int16", "int32", "float32", "float64"] as const;

Deno.test("writeNetcdf writes what readNetcdf reads, padding included", async () => {
  await withFolder(async (folder) => {
    const arrays: Record<string, SharedNdArray> = { scalar: SharedNdArray.full([], 2.5) };
    for (const dtype of DTYPES_3) {
      const data = SharedNdArray.arange(-7, 8, { dtype });
      arrays[dtype] = SharedNdArray.wrap(data.data.buffer, { shape: [3, 5], dtype });
      arrays[`${dtype}_view`] = arrays[dtype].transpose().view(slice(null, null, -2));
    }
    arrays["température"] = SharedNdArray.from([NaN, -0, Infinity]);
    await writeNetcdf(`${folder}/a.nc`, arrays);
    assertEquals(namesIn(folder), ["a.nc"]);
    for (const [name, array] of Object.entries(arrays)) {
      const read = await readNetcdf(`${folder}/a.nc`, name);
      assertEquals([read.dtype, read.shape], [array.dtype, array.shape], name);
      assertEquals([...read.values()], [...array.values()], name);
    }
    assertEquals(Deno.readFileSync(`${folder}/a.nc`).length % 4, 0);
  });
});

Deno.test("writeNetcdf writes the bytes of a file that SciPy and the NetCDF library read", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/written.nc`;
    await writeNetcdf(path, {
      tmp: SharedNdArray.from([[1.5, NaN, -3], [4, 5, 6]], { dtype: "float32" }),
      count: SharedNdArray.from([[1, 2], [3, 4], [5, 6]], { dtype: "int16" }),
      flag: SharedNdArray.from([1, -1, 0], { dtype: "int8" }),
      total: SharedNdArray.full([], 0.1),
    });
    assertEquals(Deno.readFileSync(path), Deno.readFileSync(fixture("netcdf-written.nc")));
  });
});

Deno.test("writeNetcdf shares dimensions by axis and extent", async () => {
  await withFolder(async (folder) => {
    await writeNetcdf(`${folder}/a.nc`, {
      a: SharedNdArray.zeros([4, 3]),
      b: SharedNdArray.zeros([4, 4]),
      c: SharedNdArray.zeros([2, 3, 5]),
    });
    const dimensions = (await listNetcdf(`${folder}/a.nc`)).map(({ dimensions }) => dimensions);
    assertEquals(dimensions, [["dim_0", "dim_1"], ["dim_0", "dim_1_4"], ["dim_0_2", "dim_1", "dim_2"]]);
  });
});

Deno.test("writeNetcdf refuses what the format cannot hold", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.nc`;
    const refused: [Record<string, SharedNdArray>, string][] = [
      [
        { a: SharedNdArray.zeros([2], { dtype: "int64" }) },
        "NetCDF-3 cannot hold a of dtype int64, expected one of int8, int16, int32, float32, float64",
      ],
      [{ a: SharedNdArray.zeros([2, 0]) }, "cannot hold a of shape [2, 0]"],
      [{ "a/b": SharedNdArray.zeros([2]) }, 'Cannot name a NetCDF variable "a/b"'],
      [{ "": SharedNdArray.zeros([2]) }, 'Cannot name a NetCDF variable ""'],
    ];
    for (const [arrays, message] of refused) {
      await assertRejects(() => writeNetcdf(path, arrays), FormatError, message);
    }
    assertEquals(namesIn(folder), []);
  });
});

Deno.test("headers of large files have 64-bit offsets, and sizes that do not fit say so", () => {
  const giga: ArraySpec = { dtype: "float64", shape: [2 ** 17, 2 ** 10] };
  const small: ArraySpec = { dtype: "int8", shape: [3] };
  const head = (arrays: [string, ArraySpec][]) => encodeNetcdfHeader(new Map(arrays));
  assertEquals(head([["a", giga], ["b", small]])[3], 1);
  const large = head([["a", giga], ["b", giga], ["c", giga], ["d", giga], ["e", small]]);
  assertEquals(large[3], 2);
  const view = new DataView(large.buffer);
  assertEquals(view.getBigUint64(large.length - 8), 4n * 2n ** 30n + BigInt(large.length));
  assertEquals(view.getUint32(large.length - 12), 4);
  const huge: ArraySpec = { dtype: "float64", shape: [2 ** 30] };
  const wide = head([["a", huge]]);
  assertEquals(wide[3], 2);
  assertEquals(new DataView(wide.buffer).getUint32(wide.length - 12), 2 ** 32 - 1);
  assertEquals(refuseNetcdf(new Map([["a", huge]])), null);
  assertEquals(refuseNetcdf(new Map([["a", small], ["b", huge]])), null);
  assertEquals(
    refuseNetcdf(new Map([["b", huge], ["a", small]])),
    "NetCDF-3 cannot hold b of more than 4 GiB before other variables: expected it to be the last one",
  );
});
