import { assert, assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { FormatError } from "../../src/errors.ts";
import { inspectNetcdf, listNetcdf, readNetcdf } from "../../src/io/netcdf.ts";
import { readNpy } from "../../src/io/npy.ts";
import { casesOf, fixture, jsonValues, patched, withFolder } from "./helpers.ts";

const COADS = new URL("../../examples/vpd/coads-vpd.nc", import.meta.url);

async function assertRefused(bytes: Uint8Array, message: string, variable?: string): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/bad.nc`;
    Deno.writeFileSync(path, bytes);
    for (const read of [readNetcdf, inspectNetcdf]) {
      const error = await assertRejects(() => read(path, variable), FormatError, message);
      assertEquals(error.format, "netcdf");
      assertStringIncludes(error.message, path);
      assert(!error.message.includes("\n"));
    }
  });
}

/** Fields of a header: numbers are 4 bytes, the highest first; texts have a length and padding. */
function fields(...items: readonly (number | string)[]): number[] {
  return items.flatMap((item) => {
    if (typeof item === "number") return [item >>> 24, item >>> 16 & 255, item >>> 8 & 255, item & 255];
    const text = [...new TextEncoder().encode(item)];
    return [...fields(text.length), ...text, ...new Array<number>(-text.length & 3).fill(0)];
  });
}

/** A file with one variable `v` of type short on the given dimension lengths, 0 standing for the unlimited one. */
function shorts(
  lengths: readonly number[],
  data: readonly number[],
  records: number = 0,
): Uint8Array<ArrayBuffer> {
  const dimensions = lengths.length === 0
    ? fields(0, 0)
    : fields(10, lengths.length, ...lengths.flatMap((length, i) => [`d${i}`, length]));
  const variable = fields(11, 1, "v", lengths.length, ...lengths.keys(), 0, 0, 3, 0);
  const head = [0x43, 0x44, 0x46, 1, ...fields(records), ...dimensions, 0, 0, 0, 0, 0, 0, 0, 0, ...variable];
  return Uint8Array.from([
    ...head,
    ...fields(head.length + 4),
    ...data.flatMap((value) => [value >> 8 & 255, value & 255]),
  ]);
}

Deno.test("readNetcdf reads what the NetCDF library wrote", async () => {
  for (const { file, variable, dtype, shape, expect } of casesOf("netcdf/index.json")) {
    const path = fixture(`netcdf/${file}`);
    const name = `${file}:${variable}`;
    const array = await readNetcdf(path, variable);
    assertEquals([array.dtype, array.shape, jsonValues(array)], [dtype, shape, expect], name);
    const info = await inspectNetcdf(path, variable);
    assertEquals([info.dtype, info.shape], [array.dtype, array.shape], name);
    assert(info.loadBytes > 0 && info.loadBytes < 4e6);
    assert(array.data.buffer instanceof SharedArrayBuffer);
  }
});

Deno.test("readNetcdf reads records of real data, missing values as NaN", async () => {
  const airt = await readNetcdf(COADS, "AIRT");
  assertEquals([airt.dtype, airt.shape], ["float32", [12, 90, 180]]);
  const row = Float32Array.from([26.114231, 26.164062, 26.428572, 26.285]);
  assertEquals([0, 1, 2, 3].map((i) => airt.get(0, 45, 90 + i)), [...row]);
  assert(Number.isNaN(airt.get(11, 60, 10)));
  const finite = airt.values().map(Number).filter(Number.isFinite).toArray();
  assertEquals(finite.length, 107194);
  assertAlmostEquals(finite.reduce((sum, value) => sum + value), 1797373.3181762486, 1e-6);
  assertEquals(Math.min(...finite), -43.5);
});

Deno.test("readNetcdf gives the inputs of a vapour pressure deficit that NumPy computed", async () => {
  const [airt, speh, slp] = await Promise.all(["AIRT", "SPEH", "SLP"].map((name) => readNetcdf(COADS, name)));
  const expected = await readNpy(fixture("coads-vpd.npy"));
  assertEquals(expected.shape, airt.shape);
  let finite = 0, worst = 0;
  for (let i = 0; i < expected.size; i++) {
    const t = Number(airt.data[i]), q = Number(speh.data[i]) / 1000, p = Number(slp.data[i]) / 10;
    const vpd = 0.6108 * Math.exp(17.27 * t / (t + 237.3)) - q * p / (0.622 + 0.378 * q);
    const wanted = Number(expected.data[i]);
    assertEquals(Number.isNaN(vpd), Number.isNaN(wanted));
    if (Number.isNaN(vpd)) continue;
    finite++;
    worst = Math.max(worst, Math.abs(vpd - wanted));
  }
  assertEquals(finite, 100723);
  assert(worst < 1e-5, `off by ${worst}`);
});

Deno.test("listNetcdf tells dtypes, shapes, dimensions and units", async () => {
  const variables = await listNetcdf(COADS);
  assertEquals(variables.map(({ name }) => name), ["COADSX", "COADSY", "TIME", "AIRT", "SPEH", "SLP"]);
  assertEquals(variables[3], {
    name: "AIRT",
    dtype: "float32",
    shape: [12, 90, 180],
    dimensions: ["TIME", "COADSY", "COADSX"],
    units: "DEG C",
  });
  const plain = await listNetcdf(fixture("netcdf/plain.nc"));
  const named = new Map(plain.map((variable) => [variable.name, variable]));
  assertEquals(named.get("température")?.units, "°C");
  assertEquals(named.get("label")?.dtype, null);
});

Deno.test("readNetcdf takes the only variable that is no coordinate, and otherwise wants a name", async () => {
  assertEquals((await readNetcdf(fixture("netcdf/single-record-i2.nc"))).shape, [5, 3]);
  await assertRejects(
    () => readNetcdf(fixture("netcdf/records.nc")),
    FormatError,
    "holds several variables: name one of b (byte [7, 3]), s (short [7, 3]), d (double [7])",
  );
  await assertRejects(
    () => readNetcdf(fixture("netcdf/records.nc"), "x"),
    FormatError,
    'has no variable "x": it has b (byte [7, 3])',
  );
  await assertRejects(
    () => readNetcdf(fixture("netcdf/plain.nc"), "label"),
    FormatError,
    "variable label holds text (char), expected numbers",
  );
});

Deno.test("readNetcdf reads hand-made files: scalars, records without padding, streams", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.nc`;
    const cases: [Uint8Array, number[], number[]][] = [
      [shorts([], [-7]), [], [-7]],
      [shorts([3], [1, 2, 3]), [3], [1, 2, 3]],
      [shorts([0, 3], [1, 2, 3, 4, 5, 6], 2), [2, 3], [1, 2, 3, 4, 5, 6]],
      [shorts([0], [1, 2, 3], 3), [3], [1, 2, 3]],
      [shorts([0, 3], [], 0), [0, 3], []],
      // As many records as the file has, and a part of one.
      [shorts([0, 2], [1, 2, 3, 4, 5], 0xffff_ffff), [2, 2], [1, 2, 3, 4]],
    ];
    for (const [bytes, shape, values] of cases) {
      Deno.writeFileSync(path, bytes);
      const array = await readNetcdf(path);
      assertEquals([array.dtype, array.shape, [...array.values()]], ["int16", shape, values]);
    }
  });
});

Deno.test("readNetcdf reads records that are far apart or larger than its buffer", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/wide.nc`;
    // Records of a double and of as many shorts as are given.
    for (const width of [5, 40_000, 600_001]) {
      const records = 3, stride = 8 + Math.ceil(width / 2) * 4;
      const head = [
        ...[0x43, 0x44, 0x46, 2, ...fields(records, 10, 2, "t", 0, "x", width, 0, 0, 11, 2)],
        ...fields("time", 1, 0, 0, 0, 6, 8, 0, 200, "v", 2, 0, 1, 0, 0, 3, stride - 8, 0, 208),
      ];
      assert(head.length <= 200);
      const bytes = new Uint8Array(200 + records * stride);
      bytes.set(head);
      const view = new DataView(bytes.buffer);
      for (let record = 0; record < records; record++) {
        view.setFloat64(200 + record * stride, record + 0.5);
        for (let i = 0; i < width; i++) view.setInt16(208 + record * stride + 2 * i, record * 7 + i);
      }
      Deno.writeFileSync(path, bytes);
      assertEquals([...(await readNetcdf(path, "time")).values()], [0.5, 1.5, 2.5]);
      const array = await readNetcdf(path, "v");
      assertEquals(array.shape, [records, width]);
      const expected = Int16Array.from(
        { length: records * width },
        (_, i) => Math.floor(i / width) * 7 + i % width,
      );
      assert(array.data.every((value, i) => value === expected[i]));
    }
  });
});

Deno.test("readNetcdf tells files of other kinds", async () => {
  await assertRefused(new Uint8Array(), "is empty, expected a NetCDF-3 file");
  await assertRefused(
    Uint8Array.from([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10]),
    "is a NetCDF-4 (HDF5) file, expected NetCDF-3: convert it with nccopy -k classic",
  );
  await assertRefused(Uint8Array.from([0x43, 0x44, 0x46, 5, 0, 0, 0, 0]), "64-bit data (CDF-5)");
  await assertRefused(new TextEncoder().encode("hello"), "is not a NetCDF-3 file");
  await assertRefused(Uint8Array.from([0x43, 0x44]), "is not a NetCDF-3 file");
  await withFolder(async (folder) => {
    const path = `${folder}/none.nc`;
    await assertRejects(() => readNetcdf(path), Deno.errors.NotFound, `No such file: ${path}`);
  });
});

Deno.test("readNetcdf refuses every truncation", async () => {
  for (const [name, variable] of [["plain.nc", "x"], ["records.nc", "f"], ["single-record-i1.nc", "v"]]) {
    const bytes = Deno.readFileSync(fixture(`netcdf/${name}`));
    const padding = name === "single-record-i1.nc" ? 1 : 0;
    const file = bytes.subarray(0, bytes.length - padding);
    for (let cut = 1; cut <= file.length; cut += file.length - cut < 300 ? 1 : 13) {
      // Truncation is found for whichever variable it hits, even if another is asked for.
      if (name === "plain.nc" && cut <= 3) continue;
      await assertRefused(file.subarray(0, file.length - cut), "", variable);
    }
  }
});

Deno.test("readNetcdf checks claims before it allocates", async () => {
  const good = shorts([3], [1, 2, 3]);
  const lengthAt = 24;
  assertEquals([...good.subarray(lengthAt, lengthAt + 4)], [0, 0, 0, 3]);
  await assertRefused(patched(good, lengthAt, 0x7f, 0xff, 0xff, 0xff), "is truncated");
  await assertRefused(shorts([0, 3], [1, 2, 3], 0xffff_fffe), "is truncated");
  await assertRefused(shorts([2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1], [1]), "is truncated");
  await assertRefused(shorts([3, 0], [1, 2, 3]), "has an unlimited dimension that is not its first");
  // The numbers of dimensions, of a name's characters, of attributes and of variables.
  for (const at of [8, 12, 16, 28, 36]) {
    await assertRefused(patched(good, at, 0xff, 0xff, 0xff, 0xff), "is not a valid NetCDF-3 file");
  }
  await assertRefused(patched(good, good.length - 6 - 12 + 3, 9), "has an unknown type");
  await assertRefused(patched(good, good.length - 7, 4), "begins within the header");
});

Deno.test("readNetcdf refuses text where a number must be", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.nc`;
    const make = (name: string, text: string) => {
      const head = [
        ...[0x43, 0x44, 0x46, 1, ...fields(0, 10, 1, "x", 2, 0, 0, 11, 1, "v", 1, 0)],
        ...fields(12, 1, name, 2, text, 3, 4),
      ];
      return Uint8Array.from([...head, ...fields(head.length + 4), 0, 5, 0, 6]);
    };
    Deno.writeFileSync(path, make("scale_factor", "twice"));
    await assertRejects(() => readNetcdf(path), FormatError, "scale_factor that is not a single number");
    Deno.writeFileSync(path, make("scale_factor", "2"));
    assertEquals([...(await readNetcdf(path)).values()], [10, 12]);
    Deno.writeFileSync(path, make("missing_value", "6"));
    assertEquals([...(await readNetcdf(path)).values()], [5, NaN]);
    Deno.writeFileSync(path, make("missing_value", "none"));
    assertEquals([...(await readNetcdf(path)).values()], [5, 6]);
  });
});

Deno.test("readNetcdf reads into an array that has its own memory", async () => {
  const [one, two] = [await readNetcdf(COADS, "AIRT"), await readNetcdf(COADS, "AIRT")];
  assert(one instanceof SharedNdArray && one.data.buffer !== two.data.buffer);
});
