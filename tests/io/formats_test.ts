import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { FormatError } from "../../src/errors.ts";
import { PendingFile } from "../../src/io/atomic_write.ts";
import { FILE_ENDINGS, formatOf } from "../../src/io/formats.ts";
import { fixture, namesIn, withFolder } from "./helpers.ts";

Deno.test("formatOf goes by the ending", () => {
  assertEquals(FILE_ENDINGS, [".npy", ".npz", ".nc", ".nc4", ".h5", ".hdf5", ".tif", ".tiff"]);
  const paths = ["a.npy", "b/c.NPZ", "/d.e/f.nc", "a.nc4", "a.h5", "a.HDF5", "a.tif", "a.tiff"];
  assertEquals(paths.map((path) => formatOf(path).name), [
    ...["npy", "npz", "netcdf", "hdf5", "hdf5", "hdf5", "geotiff", "geotiff"],
  ]);
  assertEquals(formatOf(new URL("file:///a%20b/c.nc")).name, "netcdf");
  for (const path of ["a.txt", "npy", "a.npy/b", "a.", ""]) {
    assertThrows(() => formatOf(path), FormatError, "expected one of .npy, .npz, .nc");
  }
  assertThrows(() => formatOf("data.grib"), FormatError, "data.grib ends in .grib, expected");
});

Deno.test("each format inspects and reads what it wrote to a reserved file", async () => {
  await withFolder(async (folder) => {
    const vpd = SharedNdArray.random([3, 4], { seed: 1, dtype: "float32" });
    const written = FILE_ENDINGS.filter((ending) => formatOf(`a${ending}`).name !== "hdf5");
    for (const ending of written) {
      const path = `${folder}/a${ending}`;
      const format = formatOf(path);
      const arrays = new Map([["vpd", vpd]]);
      assertEquals(await format.refuses(arrays), null);
      using pending = PendingFile.reserve(path);
      await format.write(pending, arrays);
      assertEquals(namesIn(folder).includes(`a${ending}`), false, "a file appears when it is published");
      pending.publish();
      const name = format.holdsSeveral ? "vpd" : undefined;
      const info = await format.inspect(path, name);
      assertEquals([info.dtype, info.shape], ["float32", [3, 4]]);
      assertEquals(info, await format.inspect(path));
      assertEquals([...(await format.read(path, name)).values()], [...vpd.values()]);
      assertEquals([...(await format.read(path)).values()], [...vpd.values()]);
    }
    assertEquals(namesIn(folder), written.map((ending) => `a${ending}`).sort());
  });
});

Deno.test("formats refuse before anything is written what they cannot hold", async () => {
  await withFolder(async (folder) => {
    const one = { dtype: "int64", shape: [2] } as const;
    assertEquals(await formatOf("a.npy").refuses(new Map([["a", one]])), null);
    assertEquals(await formatOf("a.npz").refuses(new Map([["a", one], ["b", one]])), null);
    assertEquals(
      await formatOf("a.npy").refuses(new Map([["a", one], ["b", one]])),
      "A .npy file holds one array, not 2: expected one output a file",
    );
    assertEquals(
      await formatOf("a.nc").refuses(new Map([["a", one]])),
      "NetCDF-3 cannot hold a of dtype int64, expected one of int8, int16, int32, float32, float64",
    );
    assertStringIncludes(
      await formatOf("a.nc4").refuses(new Map([["a", one]])) ?? "",
      "HDF5 and NetCDF-4 files are only read: expected .nc",
    );
    assertEquals(
      await formatOf("a.tif").refuses(new Map([["a", one], ["b", one]])),
      "A .tif file holds one array, not 2: expected one output a file",
    );
    assertStringIncludes(await formatOf("a.tif").refuses(new Map([["a", one]])) ?? "", "not [2]");
    const path = `${folder}/a.nc`;
    const ints = SharedNdArray.zeros([2], { dtype: "int64" });
    {
      using pending = PendingFile.reserve(path);
      await assertRejects(
        () => formatOf(path).write(pending, new Map([["a", ints]])),
        FormatError,
        `Cannot write ${path}: NetCDF-3 cannot hold a of dtype int64`,
      );
    }
    assertEquals(namesIn(folder), []);
  });
});

Deno.test("a .npy file has no variables", async () => {
  for (const read of [formatOf("a.npy").read, formatOf("a.npy").inspect]) {
    await assertRejects(
      () => read("a.npy", "tmp"),
      FormatError,
      "a .npy file holds one array without a name",
    );
  }
});

Deno.test("a .nc file is read as what it begins with, NetCDF-3 or HDF5", async () => {
  const format = formatOf("a.nc");
  const nested = await format.read(fixture("hdf5/netcdf4.nc"), "deep/er/wide");
  assertEquals([nested.dtype, nested.shape], ["float64", [4]]);
  assertEquals((await format.inspect(fixture("hdf5/netcdf4.nc"), "packed")).shape, [7, 5]);
  assertEquals((await format.inspect(fixture("netcdf/plain.nc"), "b")).shape, [3, 5]);
  await withFolder(async (folder) => {
    using pending = PendingFile.reserve(`${folder}/a.h5`);
    const arrays = new Map([["a", SharedNdArray.zeros([2])]]);
    await assertRejects(() => formatOf("a.h5").write(pending, arrays), FormatError, "are only read");
  });
});
