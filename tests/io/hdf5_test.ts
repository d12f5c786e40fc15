import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { readArray, SharedNdArray } from "../../mod.ts";
import { AllocationError, FormatError, UnsupportedError } from "../../src/errors.ts";
import { inspectHdf5, listHdf5, readHdf5 } from "../../src/io/hdf5.ts";
import { openDriver } from "../../src/io/hdf5_driver.ts";
import { openStoredNetcdf } from "../../src/io/netcdf_driver.ts";
import { pathText } from "../../src/io/path.ts";
import { Seeded } from "../seeded.ts";
import { casesOf, fixture, jsonValues, withFolder } from "./helpers.ts";
import { randomBox } from "./random_box.ts";
import { findPython, runPython } from "./zarr/stores.ts";

const file = (name: string): string => pathText(fixture(`hdf5/${name}`));

Deno.test("readHdf5 reads what netCDF4 and h5py wrote", async () => {
  const cases = casesOf("hdf5/index.json");
  assert(cases.length > 20);
  for (const { file: name, variable, dtype, shape, expect } of cases) {
    const array = await readHdf5(file(name), variable), label = `${name}:${variable}`;
    assertEquals([array.dtype, array.shape, jsonValues(array)], [dtype, shape, expect], label);
    const info = await inspectHdf5(fixture(`hdf5/${name}`), variable);
    assertEquals([info.dtype, info.shape], [array.dtype, array.shape], label);
  }
});

Deno.test("boxes of HDF5 variables are what reading the whole gives", async () => {
  for (const { file: name, variable } of casesOf("hdf5/index.json")) {
    const whole = await readHdf5(file(name), variable);
    using stored = await openStoredNetcdf(file(name), { variable });
    for (let seed = 1; seed <= 6; seed++) {
      const box = randomBox(stored.shape, seed);
      const read = await stored.read(box);
      assertEquals(
        jsonValues(read),
        jsonValues(whole.box(box.origin, box.shape)),
        `${name}:${variable} ${seed}`,
      );
    }
  }
});

Deno.test("an HDF5 driver tells chunks, codecs, names of axes and attributes", async () => {
  using packed = await openStoredNetcdf(file("netcdf4.nc"), { variable: "/packed" });
  assertEquals([packed.dtype, packed.shape, packed.chunks], ["float64", [7, 5], [2, 3]]);
  assertEquals(packed.dimensionNames, ["time", "lat"]);
  assertEquals(packed.attributes, {
    _FillValue: -999,
    scale_factor: 0.5,
    add_offset: 10,
    units: "K",
    valid: [1, 2, 3],
  });
  assertEquals(packed.details, { format: "HDF5", stored: "int16", codecs: ["shuffle", "deflate"] });
  using labelled = await openStoredNetcdf(file("types.h5"), { variable: "labelled" });
  assertEquals(labelled.dimensionNames, ["row", null]);
  using time = await openStoredNetcdf(file("netcdf4.nc"), { variable: "time" });
  assertEquals(time.dimensionNames, ["time"]);
  const { module, location } = packed.handle();
  assert(module.endsWith("hdf5_driver.ts"));
  const again = await (await import(module)).openDriver(structuredClone(location));
  assertEquals(again.chunks, [2, 3]);
  again.close();
});

Deno.test("listHdf5 lists variables of all groups, those that cannot be read too", async () => {
  const variables = await listHdf5(file("netcdf4.nc"));
  assertEquals(variables.map(({ name }) => name).sort(), [
    "deep/er/wide",
    "packed",
    "signed",
    "text",
    "time",
  ]);
  assertEquals(variables.find(({ name }) => name === "text")?.unreadable, "text");
  assertEquals(variables.find(({ name }) => name === "packed")?.shape, [7, 5]);
});

Deno.test("what cannot be read of an HDF5 file is refused in one line", async () => {
  const refused: [name: string, variable: string | undefined, message: string][] = [
    ["types.h5", "text", "variable text holds text, expected numbers"],
    ["types.h5", "compound", "holds compound elements, expected numbers"],
    ["types.h5", "null", "holds nothing, expected numbers"],
    ["types.h5", "broken", 'has no variable "broken": it has '],
    ["types.h5", "other", 'has no variable "other"'],
    ["types.h5", "none", 'has no variable "none"'],
    ["types.h5", undefined, "holds several variables: name one of"],
    ["netcdf4.nc", "deep", 'has no variable "deep"'],
    ["chunked.h5", "lzf", "is compressed with lzf (HDF5 filter 32000), expected deflate"],
    ["chunked.h5", "zstd", "is compressed with zstd (HDF5 filter 32015), expected deflate"],
    ["chunked.h5", "virtual", "is a virtual dataset, whose elements lie in other files"],
  ];
  for (const [name, variable, message] of refused) {
    for (const read of [readHdf5, inspectHdf5]) {
      const error = await assertRejects(() => read(file(name), variable), FormatError, message);
      assertStringIncludes(error.message, file(name));
      assert(!error.message.includes("\n"));
    }
  }
  await assertRejects(
    () => openStoredNetcdf(file("types.h5"), { variable: "i2", writable: true }),
    UnsupportedError,
    "can only be read",
  );
});

Deno.test("damaged HDF5 files are refused in one line", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.h5`, bytes = Deno.readFileSync(fixture("hdf5/chunked.h5"));
    Deno.writeFileSync(path, bytes.subarray(0, bytes.length - 100));
    const error = await assertRejects(() => readHdf5(path, "field"), FormatError, "is not a valid HDF5 file");
    assert(!error.message.includes("\n"));
    Deno.writeFileSync(path, bytes.subarray(0, 40));
    await assertRejects(() => readHdf5(path, "field"), FormatError, "is not a valid HDF5 file");
    await assertRejects(() => readHdf5(`${folder}/none.h5`), Deno.errors.NotFound, "No such file");
    // Two bytes that begin compressed chunks, and of one the library says so.
    const at = bytes.findIndex((byte, i) => byte === 0x78 && bytes[i + 1] === 0x5e);
    assert(at > 0);
    const damaged = bytes.slice();
    damaged.fill(0xff, at, at + 8);
    Deno.writeFileSync(path, damaged);
    const chunk = await assertRejects(
      () => readHdf5(path, "field"),
      FormatError,
      "cannot be read in the chunk at [",
    );
    assert(!chunk.message.includes("\n"));
    // The others are as they were.
    using stored = await openStoredNetcdf(path, { variable: "scaled" });
    assertEquals((await stored.read()).get(3, 3), 15);
  });
});

Deno.test("HDF5 and TIFF files with wrong bytes are refused, and others are read as before", async () => {
  const random = new Seeded(7);
  await withFolder(async (folder) => {
    let refused = 0;
    const cases = [["hdf5/chunked.h5", "field"], ["hdf5/netcdf4.nc", "packed"], ["geotiff/tiled.tif", "0"]];
    for (const [name, variable] of cases) {
      const good = Deno.readFileSync(fixture(name)), path = `${folder}/${name.slice(name.indexOf("/") + 1)}`;
      for (let k = 0; k < 60; k++) {
        const bytes = good.slice();
        for (let left = random.int(1, 4); left > 0; left--) {
          bytes[random.int(0, Math.min(bytes.length, 1500) - 1)] = random.int(0, 255);
        }
        Deno.writeFileSync(path, bytes);
        try {
          await readArray(path, { variable });
        } catch (error) {
          refused++;
          const isExpected = error instanceof FormatError || error instanceof AllocationError;
          assert(isExpected, `${name} ${k}: ${error}`);
          assert(!error.message.includes("\n"), error.message);
        }
      }
      await readArray(fixture(name), { variable });
    }
    assert(refused > 20, `only ${refused} were refused`);
  });
});

const MANY_FAILURES = `
import { openArray, UnsupportedError } from "${new URL("../../mod.ts", import.meta.url)}";
const [damaged, good] = Deno.args, kinds = new Set();
using stored = await openArray(damaged, { variable: "field" });
for (let k = 0; k < 5000 && !kinds.has("UnsupportedError"); k++) {
  await stored.read().catch((error) => kinds.add(error.name));
}
await openArray(good, { variable: "field" }).catch((error) => kinds.add(error.message.slice(good.length)));
console.log([...kinds].join("|"));
`;

Deno.test("a library that has failed too often is not trusted any more, and no file is blamed", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.h5`, good = fixture("hdf5/chunked.h5"), bytes = Deno.readFileSync(good);
    const at = bytes.findIndex((byte, i) => byte === 0x78 && bytes[i + 1] === 0x5e);
    Deno.writeFileSync(path, bytes.fill(0xff, at, at + 8));
    Deno.writeTextFileSync(`${folder}/many.ts`, MANY_FAILURES);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--allow-read", "--config", "deno.json"],
        ...[`${folder}/many.ts`, path, pathText(good)],
      ],
      cwd: new URL("../../", import.meta.url),
    }).output();
    const printed = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
    assertStringIncludes(
      printed,
      "FormatError|UnsupportedError| cannot be read here: the HDF5 library has failed",
    );
  });
});

const withNetcdf4 = findPython("numpy", "netCDF4", "h5py");

Deno.test({
  name: "random chunks, filters and dtypes that Python writes now are read by boxes",
  ignore: withNetcdf4 === undefined,
  async fn() {
    await withFolder(async (folder) => {
      const path = `${folder}/live.h5`;
      const checks = await runPython(
        withNetcdf4,
        `
import sys, json, numpy as np, h5py
random, checks = np.random.default_rng(5), []
with h5py.File(sys.argv[1], "w") as file:
    for k in range(40):
        shape = tuple(random.integers(1, 30, random.integers(1, 4)))
        dtype = random.choice(["i1", "u2", ">i4", "f4", ">f8"])
        values = (random.normal(size=shape) * 50).astype(dtype)
        options = {}
        if k % 3: options["chunks"] = tuple(int(random.integers(1, n + 1)) for n in shape)
        if k % 3 == 2: options.update(compression="gzip", shuffle=bool(k % 2), fletcher32=bool(k % 4))
        file.create_dataset(f"g{k % 4}/v{k}", data=values, **options)
        origin = [int(random.integers(0, n)) for n in shape]
        extent = [int(random.integers(1, n - o + 1)) for n, o in zip(shape, origin)]
        box = values[tuple(slice(o, o + e) for o, e in zip(origin, extent))]
        checks.append([f"g{k % 4}/v{k}", origin, extent, box.astype("f8").ravel().tolist()])
print(json.dumps(checks))
`,
        path,
      ) as [name: string, origin: number[], shape: number[], values: number[]][];
      assertEquals(checks.length, 40);
      for (const [variable, origin, shape, values] of checks) {
        using stored = await openStoredNetcdf(path, { variable });
        assertEquals([...(await stored.read({ origin, shape })).values()], values, variable);
      }
    });
  },
});

Deno.test({
  name: "a box of a large HDF5 file takes its own bytes, not those of the file",
  ignore: withNetcdf4 === undefined,
  async fn() {
    await withFolder(async (folder) => {
      const path = `${folder}/large.h5`;
      // Sparse on disk: only what is written takes room.
      const size = await runPython(
        withNetcdf4,
        `
import sys, os, h5py
with h5py.File(sys.argv[1], "w") as file:
    field = file.create_dataset("field", (1200, 1024, 1024), "f4")
    field[7, 3, 5] = 1.5
    field[1199, 1023, 1023] = 2.5
print(os.path.getsize(sys.argv[1]))
`,
        path,
      );
      assert(Number(size) > 2 ** 32, `the file has ${size} bytes`);
      const driver = await openDriver({ path });
      const box = { origin: [1198, 1020, 1020], shape: [2, 4, 4] };
      const target = SharedNdArray.zeros(box.shape, { dtype: "float32" });
      const bytes = await driver.read(box, target);
      assertEquals([target.get(1, 3, 3), target.get(1, 3, 2)], [2.5, 0]);
      assert(bytes < 2 ** 21, `${bytes} bytes were read`);
      assertEquals(driver.chunks, [1, 1024, 1024]);
      const slab = SharedNdArray.zeros([1, 1024, 1024], { dtype: "float32" });
      await driver.read({ origin: [7, 0, 0], shape: slab.shape }, slab);
      assertEquals([slab.get(0, 3, 5), slab.get(0, 3, 6)], [1.5, 0]);
      driver.close();
    });
  },
});
