import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { FormatError, UnsupportedError } from "../../src/errors.ts";
import { listNetcdf, readNetcdf } from "../../src/io/netcdf.ts";
import { describeNetcdf, netcdfKind, openDriver, openStoredNetcdf } from "../../src/io/netcdf_driver.ts";
import { fixture, withFolder } from "./helpers.ts";
import { randomBox } from "./random_box.ts";
import { pathText } from "../../src/io/path.ts";

const FILES = [
  ...["plain", "records", "records-64", "single-record-i1", "single-record-i2", "packed"].map((name) =>
    fixture(`netcdf/${name}.nc`)
  ),
  new URL("../../examples/vpd/coads-vpd.nc", import.meta.url),
  new URL("../../examples/relief/etopo20.nc", import.meta.url),
].map(pathText);

Deno.test("boxes of NetCDF-3 variables are what reading the whole gives", async () => {
  let boxes = 0;
  for (const path of FILES) {
    for (const { name, dtype } of await listNetcdf(path)) {
      if (dtype === null) continue;
      const whole = await readNetcdf(path, name);
      using stored = await openStoredNetcdf(path, { variable: name });
      assertEquals([stored.dtype, stored.shape], [whole.dtype, whole.shape], `${path}:${name}`);
      assertEquals((await stored.read()).toNested(), whole.toNested());
      for (let seed = 1; seed <= 12; seed++, boxes++) {
        const box = randomBox(stored.shape, seed);
        const read = await stored.read(box);
        assertEquals(read.toNested(), whole.box(box.origin, box.shape).toNested(), `${path}:${name} ${seed}`);
      }
    }
  }
  assert(boxes > 300);
});

Deno.test("a box of a NetCDF-3 variable goes to any strides, and its bytes are counted", async () => {
  const driver = openDriver({ path: FILES[6], variable: "AIRT" });
  const whole = await readNetcdf(FILES[6], "AIRT");
  const target = SharedNdArray.zeros([5, 7, 3], { dtype: driver.dtype }).transpose();
  const bytes = await driver.read({ origin: [2, 40, 100], shape: [3, 7, 5] }, target);
  assertEquals(target.toNested(), whole.box([2, 40, 100], [3, 7, 5]).toNested());
  assert(bytes >= 3 * 7 * 5 * 4 && bytes < 40_000, `${bytes} bytes were read`);
  driver.close();
});

Deno.test("a NetCDF-3 driver tells names, attributes and slabs", async () => {
  using stored = await openStoredNetcdf(FILES[6], { variable: "AIRT" });
  assertEquals(stored.name, `${FILES[6]}:AIRT`);
  assertEquals(stored.dimensionNames, ["TIME", "COADSY", "COADSX"]);
  assertEquals(stored.attributes.units, "DEG C");
  assertEquals(stored.chunks, [12, 90, 180]);
  assertEquals(stored.details.format, "NetCDF-3");
  const { module, location } = stored.handle();
  const again = (await import(module)).openDriver(structuredClone(location));
  assertEquals(again.shape, stored.shape);
  again.close();
});

Deno.test("all variables are described by one look at the header as each is when it is opened", async () => {
  for (const path of FILES) {
    for (const [variable, facts] of describeNetcdf(path)) {
      if (facts instanceof FormatError) {
        await assertRejects(() => openStoredNetcdf(path, { variable }), FormatError, facts.message);
        continue;
      }
      const { text, ...others } = facts;
      using stored = await openStoredNetcdf(path, { variable });
      const { name, dtype, shape, chunks, dimensionNames, attributes, details } = stored;
      assertEquals(others, { dtype, shape, chunks, dimensionNames, attributes, details });
      assertEquals(text, name);
    }
  }
});

Deno.test("NetCDF-3 records beyond 4 GB are read at their place", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/large.nc`;
    const header = largeHeader(1100);
    const recordBytes = 1024 * 1024 * 4 + 8;
    const file = Deno.openSync(path, { write: true, create: true });
    file.writeSync(header);
    const record = 1050, place = header.length + record * recordBytes;
    assert(place > 2 ** 32);
    file.seekSync(place + (512 * 1024 + 7) * 4, Deno.SeekMode.Start);
    file.writeSync(Uint8Array.of(0x41, 0x20, 0, 0, 0x41, 0xa0, 0, 0));
    file.truncateSync(header.length + 1100 * recordBytes);
    file.close();
    using stored = await openStoredNetcdf(path, { variable: "v" });
    assertEquals([stored.dtype, stored.shape, stored.chunks], ["float32", [1100, 1024, 1024], [
      1,
      1024,
      1024,
    ]]);
    const box = await stored.read({ origin: [1049, 512, 6], shape: [3, 1, 4] });
    assertEquals(box.toNested(), [[[0, 0, 0, 0]], [[0, 10, 20, 0]], [[0, 0, 0, 0]]]);
    const wide = await stored.read({ origin: [1050, 0, 0], shape: [1, 1024, 1024] });
    assertEquals([wide.get(0, 512, 7), wide.get(0, 512, 8), wide.get(0, 1023, 1023)], [10, 20, 0]);
    // A column: pieces that lie far apart.
    const column = await stored.read({ origin: [1048, 510, 7], shape: [4, 4, 1] });
    assertEquals(column.values().filter((value) => value !== 0).toArray(), [10]);
  });
});

/** A header of records: a float [y = 1024, x = 1024] and a double. */
function largeHeader(records: number): Uint8Array<ArrayBuffer> {
  const word = (value: number) => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
  const text = (name: string) => [...word(name.length), ...new TextEncoder().encode(name.padEnd(4, "\0"))];
  const variable = (name: string, ids: number[], type: number, bytes: number, begin: number) => [
    ...text(name),
    ...[ids.length, ...ids, 0, 0, type, bytes, 0, begin].flatMap(word),
  ];
  const make = (size: number) => [
    ...[0x43, 0x44, 0x46, 2],
    ...word(records),
    ...[10, 3].flatMap(word),
    ...[...text("t"), ...word(0), ...text("y"), ...word(1024), ...text("x"), ...word(1024)],
    ...[0, 0, 11, 2].flatMap(word),
    ...variable("v", [0, 1, 2], 5, 2 ** 22, size),
    ...variable("w", [0], 6, 8, size + 2 ** 22),
  ];
  return Uint8Array.from(make(make(0).length));
}

Deno.test("a NetCDF file that has become shorter is an error, not zeros", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.nc`;
    await Deno.copyFile(FILES[6], path);
    using stored = await openStoredNetcdf(path, { variable: "SLP" });
    await Deno.truncate(path, 100_000);
    await assertRejects(() => stored.read(), FormatError, "too early: it is truncated");
  });
});

Deno.test("openStoredNetcdf refuses what it cannot read, and to write", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/a.nc`;
    const refused: [bytes: Uint8Array, message: string][] = [
      [new Uint8Array(), "is empty"],
      [new TextEncoder().encode("hello, this is text"), 'expected one that begins with "CDF" or "\\x89HDF"'],
      [Uint8Array.from([0x43, 0x44, 0x46, 5, 0, 0, 0, 0]), "64-bit data (CDF-5)"],
      [Uint8Array.from([0x43, 0x44, 0x46, 1, 0, 0]), "is truncated"],
    ];
    for (const [bytes, message] of refused) {
      Deno.writeFileSync(path, bytes);
      await assertRejects(() => openStoredNetcdf(path, {}), FormatError, message);
    }
    await assertRejects(
      () => openStoredNetcdf(`${folder}/none.nc`, {}),
      Deno.errors.NotFound,
      "No such file",
    );
  });
  await assertRejects(() => openStoredNetcdf(FILES[6], { variable: "x" }), FormatError, 'no variable "x"');
  await assertRejects(() => openStoredNetcdf(FILES[6], {}), FormatError, "holds several variables");
  await assertRejects(() => openStoredNetcdf(FILES[0], { variable: "label" }), FormatError, "holds text");
  await assertRejects(
    () => openStoredNetcdf(FILES[6], { variable: "SLP", writable: true }),
    UnsupportedError,
    "can only be read",
  );
  assertThrows(() => openDriver({ path: FILES[6], variable: "x" }), FormatError);
  assertEquals(netcdfKind(FILES[6]), "netcdf-3");
});
