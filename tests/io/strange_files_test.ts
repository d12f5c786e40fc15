import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { deflateSync } from "fflate";
import { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { FormatError } from "../../src/errors.ts";
import { inspectNetcdf, listNetcdf, readNetcdf } from "../../src/io/netcdf.ts";
import { HeaderTooShort, readHeaderFields } from "../../src/io/netcdf_fields.ts";
import { inspectNpy, readNpy } from "../../src/io/npy.ts";
import { inspectNpz, readNpz } from "../../src/io/npz.ts";
import { shownLine, shownList, shownText } from "../../src/io/shown_text.ts";
import { encodeNpyParts, type NpyParts } from "../fuzz/npy_files.ts";
import { zipFile } from "../fuzz/zip_files.ts";
import { withFolder } from "./helpers.ts";

/** Numbers of a NetCDF header, 4 bytes each with the highest first, and texts with their length and padding. */
function fields(...items: readonly (number | string)[]): number[] {
  return items.flatMap((item) => {
    if (typeof item === "number") return [item >>> 24, item >>> 16 & 255, item >>> 8 & 255, item & 255];
    const text = [...new TextEncoder().encode(item)];
    return [...fields(text.length), ...text, ...new Array<number>(-text.length & 3).fill(0)];
  });
}

/** A NetCDF file: the version, and what follows it. */
function netcdf(version: 1 | 2, ...parts: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x43, 0x44, 0x46, version, ...parts.flat()]);
}

/** How a reader refuses a file. */
async function refusalOf(
  bytes: Uint8Array,
  ending: string,
  read: (path: string) => Promise<unknown>,
): Promise<string> {
  let message = "";
  await withFolder(async (folder) => {
    const path = `${folder}/a${ending}`;
    Deno.writeFileSync(path, bytes);
    message = (await assertRejects(() => read(path), FormatError)).message.replace(path, "PATH");
  });
  return message;
}

/** What of a file is read. */
async function readOf<T>(bytes: Uint8Array, ending: string, read: (path: string) => Promise<T>): Promise<T> {
  let result: T[] = [];
  await withFolder(async (folder) => {
    Deno.writeFileSync(`${folder}/a${ending}`, bytes);
    result = [await read(`${folder}/a${ending}`)];
  });
  return result[0];
}

function npyText(header: string): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 3, 0, text.length, 0, 0, 0, ...text]);
}

const PARTS: NpyParts = {
  dtype: "int8",
  shape: [3],
  isFortran: false,
  isBig: false,
  version: 1,
  elements: Uint8Array.of(1, 2, 3),
};

Deno.test("text of others stays within its line, and is cut", () => {
  assertEquals(shownText("größe 日本"), "größe 日本");
  assertEquals(shownText("a\nb\x1b[2J\u2028\u202e\ud800"), "a\\u{a}b\\u{1b}[2J\\u{2028}\\u{202e}\\u{d800}");
  assertEquals(shownText("x".repeat(1000)).length, 61);
  assertEquals(shownText("x".repeat(59) + "😀"), "x".repeat(59) + "\\u{d83d}…");
  assertEquals(shownList([], 0), "none");
  assertEquals(shownList(["a", "b"], 2), "a, b");
  const many = Array.from({ length: 500_000 }, (_, k) => `v${k}`);
  assert(shownList(many, many.length).endsWith("v18, v19 and 499980 more"));
  assertEquals(shownLine("--shape a\nb: no number"), "--shape a\\u{a}b: no number");
  const line = shownLine(`--shape ${"9".repeat(5000)}: no number`);
  assert(line.length < 1010 && line.startsWith("--shape 999") && line.endsWith("9: no number"), line);
});

Deno.test("a .npy file's dtype is shown without what steers a terminal", async () => {
  const bytes = npyText("{'descr': '\u009b2J\u2028\u202e', 'fortran_order': False, 'shape': ()}");
  const message = await refusalOf(bytes, ".npy", readNpy);
  assert(message.includes('the NumPy dtype "\\u{9b}2J\\u{2028}\\u{202e}"'), message);
});

Deno.test("an extent of -0 in a .npy file is 0", async () => {
  const bytes = npyText("{'descr': '<f8', 'fortran_order': False, 'shape': (-0, 3)}");
  assert(Object.is((await readOf(bytes, ".npy", inspectNpy)).shape[0], 0));
  assertEquals((await readOf(bytes, ".npy", readNpy)).shape, [0, 3]);
});

Deno.test("the names of a .npz file's members are shown within a line, and not all of them", async () => {
  const content = encodeNpyParts(PARTS), member = { content, isDeflated: false };
  const names = Array.from({ length: 30 }, (_, k) => new TextEncoder().encode(`a\n${k}.npy`));
  const { bytes } = zipFile(names.map((name) => ({ ...member, name })));
  const message = await refusalOf(bytes, ".npz", readNpz);
  assert(message.startsWith("PATH holds several arrays: name one of a\\u{a}0, a\\u{a}1, "), message);
  assert(message.endsWith("a\\u{a}19 and 10 more"), message);
  const wrong = zipFile([{ ...member, name: names[0], crc: 1 }]).bytes;
  assert((await refusalOf(wrong, ".npz", readNpz)).startsWith("PATH:a\\u{a}0.npy is damaged: its CRC-32"));
});

/** About how many bytes a call takes from the heap and for buffers. */
async function allocatedBy(run: () => Promise<unknown>): Promise<number> {
  const held = () => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  let least = Infinity;
  for (let again = 0; again < 3; again++) {
    const before = held();
    await run();
    least = Math.min(least, Math.max(0, held() - before));
  }
  return least;
}

Deno.test("a member that inflates to far more than it says is found out with little memory", async () => {
  const content = encodeNpyParts(PARTS), name = new TextEncoder().encode("a.npy");
  const stored = Uint8Array.from(deflateSync(Uint8Array.from([...content, ...new Uint8Array(16_000_000)])));
  const { bytes } = zipFile([{ name, content, isDeflated: true, stored }]);
  assert(bytes.length < 20_000);
  assert((await refusalOf(bytes, ".npz", readNpz)).includes("inflates to more than"));
  const taken = await allocatedBy(() => refusalOf(bytes, ".npz", readNpz));
  assert(taken < 12e6, `${taken} bytes`);
});

Deno.test("compressed bytes that come to nothing are given up soon", async () => {
  const content = encodeNpyParts(PARTS), name = new TextEncoder().encode("a.npy");
  const nothing = new Uint8Array(4_000_000), packed = Uint8Array.from(deflateSync(content));
  for (let k = 3; k < nothing.length; k += 5) nothing.set([0xff, 0xff], k);
  for (const parts of [[nothing, packed], [packed, nothing]]) {
    const stored = Uint8Array.from([...parts[0], ...parts[1]]);
    const { bytes } = zipFile([{ name, content, isDeflated: true, stored }]);
    const start = performance.now();
    const message = await refusalOf(bytes, ".npz", readNpz);
    assert(message.endsWith("is damaged: it has compressed bytes that come to nothing"), message);
    assert(performance.now() - start < 5000, "a reader went through all of it");
  }
  // A little behind the last block does no harm: other readers do not look at it.
  const { bytes } = zipFile([{
    name,
    content,
    isDeflated: true,
    stored: Uint8Array.from([...packed, 1, 2, 3]),
  }]);
  assertEquals((await readOf(bytes, ".npz", readNpz)).toNested(), [1, 2, 3]);
  assertEquals((await readOf(bytes, ".npz", inspectNpz)).shape, [3]);
});

Deno.test("a NetCDF header that claims millions of dimensions, variables or values takes no memory for them", async () => {
  for (const count of [2 ** 24, 2 ** 25, 2 ** 32 - 1]) {
    const files = [
      netcdf(1, fields(0, 10, count, "x", 3)),
      netcdf(1, fields(0, 0, 0, 12, 1, "a", 6, count)),
      netcdf(1, fields(0, 0, 0, 0, 0, 11, count, "v", 0)),
      netcdf(1, fields(0, 0, 0, 0, 0, 11, 1, "v", count)),
      netcdf(1, fields(0, 0, 0, 0, 0, 11, 1), fields(count)),
    ];
    for (const bytes of files) {
      const message = await refusalOf(bytes, ".nc", listNetcdf);
      assertEquals(message, "PATH is not a valid NetCDF-3 file: its header is truncated");
      const taken = await allocatedBy(() => refusalOf(bytes, ".nc", listNetcdf));
      assert(taken < 10e6, `${taken} bytes`);
    }
  }
});

Deno.test("a NetCDF header is read to its end and no further, whatever its bytes are", () => {
  const bytes = netcdf(2, fields(0, 10, 1, "x", 3, 12, 1, "title", 2, "day\0", 11, 1), fields("v", 1, 0), [
    ...fields(12, 1, "valid_min", 1, 3, 0xff_05_80_00, 3, 0),
    ...fields(1, 2),
    9,
    9,
  ]);
  const { dimensions, variables: [variable], end } = readHeaderFields(bytes);
  assertEquals([dimensions, end], [[{ name: "x", extent: 3 }], bytes.length - 2]);
  assertEquals([variable.type, variable.offset], ["short", 2 ** 32 + 2]);
  assertEquals(variable.attributes.get("valid_min"), [-1, 5, -128]);
  for (let cut = 4; cut < end; cut++) {
    assertThrows(() => readHeaderFields(bytes.subarray(0, cut)), HeaderTooShort);
  }
});

/** A file of one variable `v` of shorts. */
function shorts(
  version: 1 | 2,
  { records = 0, extents, offset, values = [] }: {
    readonly records?: number;
    readonly extents: readonly number[];
    readonly offset?: readonly number[];
    readonly values?: readonly number[];
  },
): Uint8Array<ArrayBuffer> {
  const dimensions = extents.flatMap((extent, k) => [`d${k}`, extent]);
  const head = fields(
    records,
    10,
    extents.length,
    ...dimensions,
    0,
    0,
    11,
    1,
    "v",
    extents.length,
    ...extents.keys(),
  );
  const start = 4 + head.length + 16 + 4 * version;
  const place = offset ?? (version === 1 ? [start] : [0, start]);
  return netcdf(
    version,
    head,
    fields(0, 0, 3, 0, ...place),
    values.flatMap((value) => [value >> 8 & 255, value & 255]),
  );
}

Deno.test("a variable without records may begin anywhere, and one that begins behind the end has none", async () => {
  const far = shorts(2, { extents: [0, 3], offset: [0xffff_ffff, 0xffff_ffff] });
  assertEquals((await readOf(far, ".nc", readNetcdf)).shape, [0, 3]);
  const stream = shorts(1, { extents: [0, 3], records: 0xffff_ffff, offset: [1_000_000] });
  assertEquals((await readOf(stream, ".nc", readNetcdf)).shape, [0, 3]);
  assertEquals((await readOf(stream, ".nc", inspectNetcdf)).shape, [0, 3]);
});

Deno.test("types and numbers of axes that cannot be are refused", async () => {
  const bytes = shorts(1, { extents: [2], values: [1, 2] }), type = bytes.length - 4 - 12 + 3;
  for (const number of [0, 7, 255]) {
    const wrong = bytes.slice();
    wrong[type] = number;
    assert((await refusalOf(wrong, ".nc", readNetcdf)).endsWith("its variable v has an unknown type"));
  }
  const deep = shorts(1, { extents: new Array<number>(65).fill(1), values: [1] });
  for (const read of [readNetcdf, inspectNetcdf]) {
    assert(
      (await refusalOf(deep, ".nc", read)).endsWith("has 65 dimensions, more than an array can have axes"),
    );
  }
});

Deno.test("a file with very many variables is read, and its message names some of them", async () => {
  const count = 130_000;
  const list = Array.from({ length: count }, () => fields("v", 1, 0, 0, 0, 1, 4, 0)).flat();
  const bytes = netcdf(1, fields(0, 10, 1, "t", 0, 0, 0, 11, count), list);
  const message = await refusalOf(bytes, ".nc", readNetcdf);
  assert(message.endsWith(`v (byte [0]) and ${count - 20} more`) && message.length < 1000, message);
});

Deno.test("a variable's name is shown within a line", async () => {
  const bytes = netcdf(1, fields(0, 0, 0, 0, 0, 11, 1, "a\n\x1b[2J", 0, 0, 0, 9, 0, 0));
  const message = await refusalOf(bytes, ".nc", readNetcdf);
  assert(message.endsWith("its variable a\\u{a}\\u{1b}[2J has an unknown type"), message);
});

Deno.test("a scale and missing values leave the sign of 0", async () => {
  const head = (name: string, value: readonly number[]) => [
    ...fields(0, 10, 1, "x", 2, 0, 0, 11, 1, "v", 1, 0, 12, 1, name, 6, value.length / 8),
    ...value,
    ...fields(6, 16),
  ];
  const doubles = (...values: readonly number[]) =>
    values.flatMap((value) => {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, value);
      return [...new Uint8Array(view.buffer)];
    });
  const file = (name: string, value: readonly number[]) => {
    const start = head(name, value);
    return netcdf(1, start, fields(start.length + 8), doubles(-0, 5));
  };
  const scaled = await readOf(file("scale_factor", doubles(2)), ".nc", readNetcdf);
  assertEquals([...scaled.values()], [-0, 10]);
  assert(Object.is(scaled.get(0), -0));
  const marked = await readOf(file("missing_value", doubles(5, 6)), ".nc", readNetcdf);
  assert(Object.is(marked.get(0), -0) && Number.isNaN(marked.get(1)));
});

Deno.test("a variable that begins behind 4 GiB is read", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/far.nc`, offset = 5 * 2 ** 30;
    Deno.writeFileSync(path, shorts(2, { extents: [3], offset: [1, 2 ** 30] }));
    using file = Deno.openSync(path, { write: true });
    // What lies between takes no space where the file system knows holes.
    file.seekSync(offset, Deno.SeekMode.Start);
    file.writeSync(Uint8Array.of(0, 7, 0xff, 0xff, 1, 0));
    const array = await readNetcdf(path);
    assert(array instanceof SharedNdArray);
    assertEquals(array.toNested(), [7, -1, 256]);
  });
});
