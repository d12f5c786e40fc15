import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createArray, readArray, SharedNdArray, writeArrays } from "../../mod.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

/** A fixture, as a path. */
function fixture(name: string): string {
  return decodeURIComponent(new URL(`../fixtures/${name}`, import.meta.url).pathname);
}

Deno.test("info describes each kind of file as text of 80 columns", async () => {
  const cases: [file: string, ...lines: string[]][] = [
    ["coads-vpd.npy", "coads-vpd.npy: NumPy array, 1.56 MB", "float64 [12, 90, 180]"],
    ["npz-written.npz", "NumPy archive, 778 B", "tmp: float32 [2, 3]", "count: int64 [2, 3]"],
    ["netcdf/packed.nc", "NetCDF-3", "short_packed: float64 [6]", "  scale_factor   0.01", "6 B stored"],
    [
      "hdf5/netcdf4.nc",
      "netcdf4.nc: HDF5, ",
      "packed: float64 [7, 5]",
      "  dimensions     time, lat",
      "  chunks         [2, 3]",
      "  codecs         shuffle, deflate",
      "  size           280 B in memory",
      "  units          K",
      "deep/er/wide: float64 [4]",
      "text",
      "holds text, expected numbers",
    ],
    [
      "geotiff/tiled.tif",
      "GeoTIFF, ",
      "float32 [40, 50]",
      "  epsg           25832",
      "  nodata         -9999",
    ],
    ["geotiff/pages.tif", "0: uint16 [4, 5]", "2: uint16 [4, 5]"],
  ];
  for (const [file, ...lines] of cases) {
    const { code, stdout, stderr } = await capture(["info", fixture(file)]);
    assertEquals([code, stderr], [0, ""], file);
    // Sentences with a path in them are broken where its length says.
    const unbroken = stdout + stdout.replaceAll(/\s+/g, " ");
    for (const line of lines) assertStringIncludes(unbroken, line);
    const [, ...rest] = stdout.split("\n");
    const long = rest.filter((line) => line.length > 80 && !line.includes("/"));
    assertEquals(long, [], file);
    assert(!/[ \t]$/m.test(stdout), `${file}: spaces at the end of a line`);
  }
});

Deno.test("info describes a Zarr store, its groups' arrays by their paths", async () => {
  await inFolder(async (path) => {
    const options = { shape: [8, 6], chunks: [4, 6], dtype: "float32", fillValue: 7 } as const;
    const names = { dimensionNames: ["y", "x"], attributes: { units: "hPa" } };
    using tmp = await createArray(path("day.zarr/tmp"), { ...options, ...names });
    await tmp.write({ origin: [0, 0], shape: [4, 6] }, SharedNdArray.ones([4, 6], { dtype: "float32" }));
    (await createArray(path("day.zarr/deep/rad"), { ...options, fillValue: NaN })).close();
    const { code, stdout, stderr } = await capture(["info", path("day.zarr")]);
    assertEquals([code, stderr], [0, ""]);
    for (
      const line of [
        "day.zarr: Zarr 3",
        "tmp: float32 [8, 6]",
        "deep/rad: float32 [8, 6]",
        "  dimensions     y, x",
        "  chunks         [4, 6]",
        "  fill value     7",
        "  units          hPa",
        "zstd",
      ]
    ) assertStringIncludes(stdout, line);
    const json = JSON.parse((await capture(["info", "--json", path("day.zarr/deep/rad")])).stdout);
    assertEquals([json.format, json.arrays.length, json.arrays[0].fillValue], ["Zarr 3", 1, "NaN"]);
    const named = JSON.parse((await capture(["info", "--json", path("day.zarr")])).stdout);
    const [first] = named.arrays.filter(({ name }: { name: string }) => name === "tmp");
    assertEquals([first.shape, first.bytes, first.dimensionNames], [[8, 6], 192, ["y", "x"]]);
    assert(first.storedBytes > 0);
  });
});

Deno.test("info --json is one object on one line", async () => {
  const { code, stdout } = await capture(["info", fixture("hdf5/netcdf4.nc"), "--json"]);
  assertEquals([code, stdout.trimEnd().includes("\n")], [0, false]);
  const { format, bytes, arrays } = JSON.parse(stdout);
  assertEquals([format, bytes, arrays.length], ["HDF5", Deno.statSync(fixture("hdf5/netcdf4.nc")).size, 5]);
  const packed = arrays.find(({ name }: { name: string }) => name === "packed");
  assertEquals([packed.dtype, packed.shape, packed.chunks], ["float64", [7, 5], [2, 3]]);
  assertEquals([packed.codecs, packed.bytes, packed.attributes.units], [["shuffle", "deflate"], 280, "K"]);
  const text = arrays.find(({ name }: { name: string }) => name === "text");
  assertStringIncludes(text.problem, "holds text");
});

Deno.test("info of one variable of a file", async () => {
  const { code, stdout } = await capture(["info", `${fixture("hdf5/netcdf4.nc")}:deep/er/wide`, "--json"]);
  assertEquals([code, JSON.parse(stdout).arrays.length], [0, 1]);
  const wrong = await capture(["info", `${fixture("netcdf/plain.nc")}:none`]);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertStringIncludes(wrong.stderr, 'has no variable "none"');
});

Deno.test("info refuses in one sentence", async () => {
  await inFolder(async (path) => {
    await Deno.writeTextFile(path("text.nc"), "hello");
    await Deno.writeTextFile(path("text.h5"), "hello");
    await Deno.writeTextFile(path("text.tif"), "hello");
    await Deno.writeTextFile(path("a.txt"), "hello");
    await writeArrays(path("a.npy"), SharedNdArray.ones([3]));
    await Deno.truncate(path("a.npy"), 140);
    const cases: [words: string[], message: string][] = [
      [[], "info needs a file or a store"],
      [["a.nc", "b.nc"], 'Unexpected word "b.nc" behind info a.nc'],
      [["--jsn", "a.nc"], "--jsn"],
      [[path("none.nc")], "No such file"],
      [[path("none.zarr")], "none.zarr"],
      [[path("")], "There is no Zarr array or group"],
      [[path("a.txt")], "ends in .txt, expected one of .npy"],
      [[path("text.nc")], "is no NetCDF or HDF5 file"],
      [[path("text.h5")], "HDF5 file"],
      [[path("text.tif")], "is not a valid TIFF file"],
      [[path("a.npy")], "a.npy"],
    ];
    for (const [words, message] of cases) {
      const { code, stdout, stderr } = await capture(["info", ...words]);
      assertEquals([code, stdout], [2, ""], words.join(" "));
      assertStringIncludes(stderr, message);
      assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });
});

Deno.test("HDF5 and TIFF files are inputs, TIFF files outputs of the command", async () => {
  await inFolder(async (path) => {
    const field = `a=${fixture("hdf5/netcdf4.nc")}:deep/er/wide`;
    const sum = await capture(["--input", field, "--expr", "a", "--reduce", "count-nonzero", "--json", "-q"]);
    assertEquals(sum.code, 0, sum.stderr);
    const dem = `dem=${fixture("geotiff/tiled.tif")}`, out = path("out.tif");
    const { code, stderr } = await capture(["--input", dem, "--expr", "dem * 2", "--output", `twice=${out}`]);
    assertEquals(code, 0, stderr);
    const [once, twice] = [await readArray(fixture("geotiff/tiled.tif")), await readArray(out)];
    assertEquals([twice.dtype, twice.shape], [once.dtype, once.shape]);
    assertEquals([...twice.values()], once.values().map((value) => Number(value) * 2).toArray());
    const refused = await capture(["--input", dem, "--expr", "dem", "--output", `a=${path("a.h5")}`]);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "HDF5 and NetCDF-4 files are only read");
  });
});

Deno.test("info --help says what it reads", async () => {
  for (const flag of ["--help", "-h"]) {
    const { code, stdout } = await capture(["info", flag]);
    assertEquals(code, 0);
    assertStringIncludes(stdout, "tilewise info");
  }
});
