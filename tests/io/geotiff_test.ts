import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type DType, readArray, SharedNdArray, writeArrays } from "../../mod.ts";
import { FormatError, UnsupportedError, ValueError } from "../../src/errors.ts";
import { inspectGeotiff, listGeotiff, readGeotiff } from "../../src/io/geotiff.ts";
import { openStoredGeotiff } from "../../src/io/geotiff_driver.ts";
import { refuseGeotiff, writeGeotiff } from "../../src/io/geotiff_write.ts";
import { pathText } from "../../src/io/path.ts";
import { casesOf, fixture, jsonValues, namesIn, patched, withFolder } from "./helpers.ts";
import { randomBox } from "./random_box.ts";
import { findPython, runPython } from "./zarr/stores.ts";

const file = (name: string): string => pathText(fixture(`geotiff/${name}`));

Deno.test("readGeotiff reads what tifffile and GDAL wrote", async () => {
  const cases = casesOf("geotiff/index.json");
  assert(cases.length > 10);
  for (const { file: name, variable, dtype, shape, expect } of cases) {
    const array = await readGeotiff(file(name), variable), label = `${name}:${variable}`;
    assertEquals([array.dtype, array.shape, jsonValues(array)], [dtype, shape, expect], label);
    const info = await inspectGeotiff(fixture(`geotiff/${name}`), variable);
    assertEquals([info.dtype, info.shape], [array.dtype, array.shape], label);
  }
});

Deno.test("boxes of images are what reading the whole gives, into any strides", async () => {
  for (const { file: name, variable } of casesOf("geotiff/index.json")) {
    const whole = await readGeotiff(file(name), variable);
    using stored = await openStoredGeotiff(file(name), { variable });
    for (let seed = 1; seed <= 8; seed++) {
      const box = randomBox(stored.shape, seed);
      const read = await stored.read(box);
      assertEquals(
        jsonValues(read),
        jsonValues(whole.box(box.origin, box.shape)),
        `${name}:${variable} ${seed}`,
      );
    }
    const { module, location } = stored.handle();
    const driver = await (await import(module)).openDriver(structuredClone(location));
    const turned = SharedNdArray.zeros(stored.shape.toReversed(), { dtype: stored.dtype }).transpose();
    await driver.read({ origin: stored.shape.map(() => 0), shape: stored.shape }, turned);
    assertEquals(jsonValues(turned), jsonValues(whole));
    driver.close();
  }
});

Deno.test("a TIFF driver tells tiles, codecs and the place on the earth", async () => {
  using tiled = await openStoredGeotiff(file("tiled.tif"), {});
  assertEquals([tiled.shape, tiled.chunks, tiled.dimensionNames], [[40, 50], [32, 16], ["y", "x"]]);
  assertEquals(tiled.details, { format: "GeoTIFF", codecs: ["deflate"] });
  const { epsg, origin, pixelSize, nodata } = tiled.attributes;
  assertEquals([epsg, origin, pixelSize, nodata], [25832, [400000, 5700000], [20, 10], -9999]);
  using bands = await openStoredGeotiff(file("bands.tif"), {});
  assertEquals([bands.chunks, bands.dimensionNames], [[3, 16, 16], ["band", "y", "x"]]);
  using apart = await openStoredGeotiff(file("bands-apart.tif"), {});
  assertEquals([apart.chunks[0], apart.attributes.epsg], [1, 4326]);
  assertEquals(await listGeotiff(file("pages.tif")), ["0", "1", "2"]);
});

Deno.test("what writeGeotiff wrote is read again, for every dtype, views and bands", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.tif`;
    const dtypes: DType[] = ["int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64"];
    for (const dtype of dtypes) {
      for (const shape of [[1, 1], [37, 21], [3, 11, 5], [700, 300]]) {
        const array = SharedNdArray.arange(shape.reduce((a, b) => a * b)).reshape(shape).astype(dtype);
        await writeArrays(path, array);
        const read = await readArray(path);
        assertEquals([read.dtype, read.shape], [dtype, shape]);
        assert(read.data.every((value, i) => value === array.data[i]));
      }
    }
    const view = SharedNdArray.random([4, 6, 5], { seed: 3 }).transpose();
    await writeGeotiff(path, view);
    assertEquals((await readArray(path)).toNested(), view.toNested());
    assertEquals(namesIn(folder), ["a.tif"]);
  });
});

Deno.test("writeGeotiff keeps the place on the earth, and NaN as the nodata value", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.tif`,
      array = SharedNdArray.from([[1.5, NaN], [3, -9999.5]], { dtype: "float32" });
    await writeGeotiff(path, array, { epsg: 4326, origin: [10.5, 50], pixelSize: [0.1, 0.2], nodata: -9999 });
    using stored = await openStoredGeotiff(path, {});
    assertEquals((await stored.read()).toNested(), [[1.5, NaN], [3, -9999.5]]);
    const { epsg, origin, pixelSize, nodata, geoKeys } = stored.attributes;
    assertEquals([epsg, origin, pixelSize, nodata], [4326, [10.5, 50], [0.1, 0.2], -9999]);
    assertEquals(geoKeys, { GTModelTypeGeoKey: 2, GTRasterTypeGeoKey: 1, GeographicTypeGeoKey: 4326 });
    await writeGeotiff(path, array, { epsg: 4087, origin: [1e6, 5e6] });
    using projected = await openStoredGeotiff(path, {});
    assertEquals([projected.attributes.epsg, projected.attributes.pixelSize], [4087, [1, 1]]);
    assertStringIncludes(JSON.stringify(projected.attributes.geoKeys), "ProjectedCSTypeGeoKey");
    const cells = SharedNdArray.zeros([2, 2], { dtype: "uint8" });
    for (
      const options of [{ nodata: 256 }, { nodata: 0.5 }, { epsg: 0 }, { pixelSize: -1 }, { pixelSize: NaN }]
    ) {
      await assertRejects(() => writeGeotiff(path, cells, options), ValueError);
    }
  });
});

Deno.test("arrays that a TIFF file does not hold are refused before anything is written", async () => {
  await withFolder(async (folder) => {
    for (const dtype of ["bool", "int64", "uint64", "float16"] as const) {
      const array = SharedNdArray.zeros([2, 2], { dtype });
      await assertRejects(
        () => writeArrays(`${folder}/a.tif`, array),
        FormatError,
        `cannot hold ${dtype}, expected`,
      );
    }
    for (const shape of [[4], [1, 2, 3, 4], [0, 3], []]) {
      await assertRejects(
        () => writeGeotiff(`${folder}/a.tif`, SharedNdArray.zeros(shape)),
        FormatError,
        "A TIFF file",
      );
    }
    assertStringIncludes(refuseGeotiff({ dtype: "uint8", shape: [70_000, 2, 2] }) ?? "", "65536 bands");
    assertEquals(namesIn(folder), []);
  });
});

Deno.test("what cannot be read of a TIFF file is refused in one line", async () => {
  await assertRejects(() => readGeotiff(file("i8.tif")), FormatError, "holds integers of 64 bits, expected");
  await assertRejects(() => readGeotiff(file("complex.tif")), FormatError, "holds other elements of 64 bits");
  await assertRejects(
    () => readGeotiff(file("big-predictor.tif")),
    FormatError,
    "stores differences (a predictor) with their highest byte first",
  );
  await assertRejects(() => readGeotiff(file("ycbcr.tif")), FormatError, "differences (YCbCr), expected red");
  await assertRejects(
    () => readGeotiff(file("pages.tif")),
    FormatError,
    "holds 3 images: name one of 0, 1, 2",
  );
  await assertRejects(
    () => readGeotiff(file("pages.tif"), "7"),
    FormatError,
    'has no image "7": it has 0, 1, 2',
  );
  await assertRejects(
    () => openStoredGeotiff(file("u1.tif"), { writable: true }),
    UnsupportedError,
    "can only be read",
  );
  await withFolder(async (folder) => {
    const path = `${folder}/a.tif`, bytes = Deno.readFileSync(fixture("geotiff/tiled.tif"));
    for (let cut = 0; cut < bytes.length; cut += cut < 64 ? 1 : 499) {
      Deno.writeFileSync(path, bytes.subarray(0, cut));
      const error = await assertRejects(() => readGeotiff(path), FormatError);
      assertStringIncludes(error.message, path);
      assert(!error.message.includes("\n"));
    }
    // Behind the only image stands that image again.
    const view = new DataView(bytes.buffer), first = view.getUint32(4, true);
    const last = first + 2 + 12 * view.getUint16(first, true);
    Deno.writeFileSync(path, patched(bytes, last, ...bytes.subarray(4, 8)));
    await assertRejects(() => readGeotiff(path), FormatError, "the image behind image 0 is one before it");
    Deno.writeTextFileSync(path, "hello, this is no image");
    await assertRejects(() => readGeotiff(path), FormatError, "is not a valid TIFF file");
    await assertRejects(() => readGeotiff(`${folder}/none.tif`), Deno.errors.NotFound, "No such file");
  });
});

Deno.test("a TIFF file beyond 4 GB is BigTIFF, and windows of it are read at their place", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/big.tif`;
    const { encodeTiffHeader, LONG, LONG8, SHORT } = await import("../../src/io/tiff_header.ts");
    const rows = 70_000, columns = 65_536, strips = Math.ceil(rows / 1000);
    const sizes = Array.from({ length: strips }, () => 1000 * columns);
    const header = encodeTiffHeader([
      { tag: 256, type: LONG, values: [columns] },
      { tag: 257, type: LONG, values: [rows] },
      { tag: 258, type: SHORT, values: [8] },
      { tag: 259, type: SHORT, values: [1] },
      { tag: 262, type: SHORT, values: [1] },
      { tag: 273, type: LONG8, values: sizes.map((size, k) => size * k) },
      { tag: 277, type: SHORT, values: [1] },
      { tag: 278, type: LONG, values: [1000] },
      { tag: 279, type: LONG8, values: sizes },
    ], true);
    const out = Deno.openSync(path, { write: true, create: true });
    out.writeSync(header);
    out.seekSync(header.length + 69_999 * columns + 17, Deno.SeekMode.Start);
    out.writeSync(Uint8Array.of(42));
    out.truncateSync(header.length + rows * columns);
    out.close();
    using stored = await openStoredGeotiff(path, {});
    assertEquals([stored.shape, stored.chunks], [[rows, columns], [1000, columns]]);
    assertEquals((await stored.read({ origin: [69_998, 16], shape: [2, 3] })).toNested(), [[0, 0, 0], [
      0,
      42,
      0,
    ]]);
  });
});

const withGdal = findPython("numpy", "tifffile", "rasterio");

Deno.test({
  name: "tifffile and GDAL read what writeGeotiff wrote",
  ignore: withGdal === undefined,
  async fn() {
    await withFolder(async (folder) => {
      const dtypes: DType[] = ["int8", "int16", "int32", "uint8", "uint16", "uint32", "float32", "float64"];
      for (const dtype of dtypes) {
        for (const shape of [[300, 421], [3, 7, 5]]) {
          const array = SharedNdArray.arange(shape.reduce((a, b) => a * b)).reshape(shape).astype(dtype);
          const path = `${folder}/${dtype}-${shape.length}`;
          await writeGeotiff(`${path}.tif`, array, {
            epsg: 25832,
            origin: [4e5, 5.7e6],
            pixelSize: [20, 10],
            nodata: 7,
          });
          await writeArrays(`${path}.npy`, array);
        }
      }
      const said = await runPython(
        withGdal,
        `
import sys, glob, numpy as np, tifffile, rasterio, warnings
warnings.filterwarnings("error")
names = sorted(glob.glob(sys.argv[1] + "/*.tif"))
for name in names:
    expected = np.load(name[:-4] + ".npy")
    found = tifffile.imread(name)
    assert found.dtype == expected.dtype and (found == expected).all(), name
    if expected.dtype == np.int8: continue  # GDAL has signed bytes since 3.7
    with rasterio.open(name) as file:
        bands = file.read()
        assert bands.dtype == expected.dtype and (bands.reshape(expected.shape) == expected).all(), name
        assert file.crs.to_epsg() == 25832, file.crs
        assert file.transform[:6] == (20, 0, 4e5, 0, -10, 5.7e6), file.transform
        assert file.nodata == 7, file.nodata
print(len(names))
`,
        folder,
      );
      assertEquals(said, 16);
    });
  },
});
