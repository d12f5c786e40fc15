import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { deflateSync } from "fflate";
import { crc32 } from "node:zlib";
import { SharedNdArray } from "../../mod.ts";
import { type DType, DTYPE_NAMES } from "../../src/dtype.ts";
import { FormatError } from "../../src/errors.ts";
import { inspectNpz, listNpz, readNpz, writeNpz } from "../../src/io/npz.ts";
import { fixture, jsonValues, namesIn, patched, withFolder } from "./helpers.ts";

const PAIRS = ["npy/pair.npz", "npy/pair-deflate.npz"];

async function assertRefused(bytes: Uint8Array, message: string, name?: string): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/bad.npz`;
    Deno.writeFileSync(path, bytes);
    const error = await assertRejects(() => readNpz(path, name), FormatError, message);
    assertStringIncludes(error.message, path);
  });
}

/** An archive with one member, whose directory can claim anything. */
function archive(
  data: Uint8Array,
  claims: { method?: number; size?: number; crc?: number; flags?: number } = {},
) {
  const { method = 0, size = data.length, crc = crc32(data), flags = 0 } = claims;
  const name = new TextEncoder().encode("a.npy");
  const local = new DataView(new ArrayBuffer(30));
  local.setUint32(0, 0x04034b50, true);
  local.setUint16(26, name.length, true);
  const central = new DataView(new ArrayBuffer(46));
  central.setUint32(0, 0x02014b50, true);
  central.setUint16(8, flags, true);
  central.setUint16(10, method, true);
  central.setUint32(16, crc, true);
  central.setUint32(20, data.length, true);
  central.setUint32(24, size, true);
  central.setUint16(28, name.length, true);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(10, 1, true);
  end.setUint32(12, 46 + name.length, true);
  end.setUint32(16, 30 + name.length + data.length, true);
  const parts = [local, name, data, central, name, end];
  return Uint8Array.from(
    parts.flatMap((part) => [...new Uint8Array(part.buffer, part.byteOffset, part.byteLength)]),
  );
}

/** What NumPy finds in both. */
const EXPECTED: { dtype: DType; shape: number[]; values: number[] }[] = [{
  "dtype": "float64",
  "shape": [2, 3],
  "values": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
}, {
  "dtype": "float32",
  "shape": [2, 3],
  "values": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
}];

const SCALAR = Deno.readFileSync(fixture("npy/scalar.npy"));

Deno.test("readNpz reads what NumPy wrote, stored and compressed", async () => {
  const pairs: SharedNdArray[][] = [];
  for (const pair of PAIRS) {
    assertEquals(await listNpz(fixture(pair)), ["tmp", "rad"]);
    const arrays = [await readNpz(fixture(pair), "tmp"), await readNpz(fixture(pair), "rad.npy")];
    for (const [i, name] of ["tmp", "rad"].entries()) {
      const { dtype, shape } = arrays[i];
      const info = await inspectNpz(fixture(pair), name);
      assertEquals([info.dtype, info.shape], [dtype, shape]);
    }
    pairs.push(arrays);
  }
  assertEquals(pairs[0].map(jsonValues), pairs[1].map(jsonValues));
  for (const [i, { dtype, shape, values }] of EXPECTED.entries()) {
    assertEquals(pairs[0][i].dtype, dtype);
    assertEquals(pairs[0][i].shape, shape);
    assertEquals(jsonValues(pairs[0][i]), values);
  }
});

Deno.test("readNpz takes the only array, and otherwise wants a name", async () => {
  await withFolder(async (folder) => {
    await writeNpz(`${folder}/one.npz`, { vpd: SharedNdArray.from([1.5]) });
    assertEquals([...(await readNpz(`${folder}/one.npz`)).values()], [1.5]);
    await writeNpz(`${folder}/none.npz`, {});
    await assertRejects(() => readNpz(`${folder}/none.npz`), FormatError, "holds no arrays");
  });
  const path = fixture(PAIRS[0]);
  await assertRejects(() => readNpz(path), FormatError, "holds several arrays: name one of tmp, rad");
  await assertRejects(() => readNpz(path, "x"), FormatError, 'has no array "x": it has tmp, rad');
});

Deno.test("writeNpz and readNpz round-trip every dtype, order and name", async () => {
  await withFolder(async (folder) => {
    const arrays: Record<string, SharedNdArray> = {
      scalar: SharedNdArray.full([], 2.5),
      empty: SharedNdArray.zeros([0, 3]),
      "température": SharedNdArray.from([[1, 2, 3], [4, 5, 6]]).transpose(),
    };
    for (const dtype of DTYPE_NAMES) arrays[dtype] = SharedNdArray.ones([2, 3], { dtype });
    await writeNpz(`${folder}/all.npz`, arrays);
    assertEquals(namesIn(folder), ["all.npz"]);
    assertEquals(await listNpz(`${folder}/all.npz`), Object.keys(arrays));
    for (const [name, array] of Object.entries(arrays)) {
      const read = await readNpz(`${folder}/all.npz`, name);
      assertEquals([read.dtype, read.shape, read.strides], [array.dtype, array.shape, array.strides]);
      assertEquals([...read.values()], [...array.values()]);
    }
    const first = Deno.readFileSync(`${folder}/all.npz`);
    await writeNpz(`${folder}/all.npz`, arrays);
    assertEquals(Deno.readFileSync(`${folder}/all.npz`), first);
  });
});

Deno.test("writeNpz writes the bytes of a file that NumPy reads", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/written.npz`;
    await writeNpz(path, {
      tmp: SharedNdArray.from([[1.5, NaN, -3], [4, 5, 6]], { dtype: "float32" }),
      count: SharedNdArray.from([[1n, 2n], [3n, 4n], [5n, 6n]]).transpose(),
      "température": SharedNdArray.full([], 0.1),
    });
    assertEquals(Deno.readFileSync(path), Deno.readFileSync(fixture("npz-written.npz")));
  });
});

Deno.test("readNpz reads a member of many chunks that compresses very well", async () => {
  await withFolder(async (folder) => {
    const array = SharedNdArray.arange(300_000, { dtype: "int32" });
    await writeNpz(`${folder}/a.npz`, { a: array });
    const stored = Deno.readFileSync(`${folder}/a.npz`);
    const npy = stored.subarray(35, 35 + 128 + array.byteLength);
    for (const bytes of [npy, Uint8Array.from([...npy.subarray(0, 128), ...new Uint8Array(1_200_000)])]) {
      const packed = archive(deflateSync(bytes), { method: 8, size: bytes.length, crc: crc32(bytes) });
      Deno.writeFileSync(`${folder}/b.npz`, packed);
      const read = await readNpz(`${folder}/b.npz`);
      assertEquals(read.shape, [300_000]);
      assert(read.data.every((value, i) => value === (bytes === npy ? i : 0)));
      assert((await inspectNpz(`${folder}/b.npz`)).loadBytes > 0);
    }
  });
});

Deno.test("readNpz verifies the checksum of each member", async () => {
  for (const pair of PAIRS) {
    const bytes = Deno.readFileSync(fixture(pair));
    const directory = bytes.findLastIndex((byte, i) =>
      byte === 0x50 && bytes[i + 2] === 1 && bytes[i + 3] === 2
    );
    await assertRefused(patched(bytes, directory + 16, bytes[directory + 16] ^ 1), "its CRC-32 is", "rad");
  }
  const flipped = patched(archive(SCALAR), 35 + SCALAR.length - 1, 0x41);
  await assertRefused(flipped, "its CRC-32 is");
});

Deno.test("readNpz refuses sizes that cannot be, before allocating", async () => {
  const packed = deflateSync(SCALAR), crc = crc32(SCALAR), size = SCALAR.length;
  await assertRefused(archive(packed, { method: 8, size: 0xffff_fff0, crc }), "which its");
  await assertRefused(archive(packed, { method: 8, size: size + 8, crc }), "has bytes behind its end");
  await assertRefused(archive(packed, { method: 8, size: size - 8, crc }), "is truncated");
  await assertRefused(archive(SCALAR, { size: size + 1 }), "which its");
  const bomb = Uint8Array.from([...SCALAR, ...new Uint8Array(100_000)]);
  await assertRefused(archive(deflateSync(bomb), { method: 8, size, crc }), "inflates to more than");
  const cut = deflateSync(SCALAR).subarray(0, -4);
  await assertRefused(archive(cut, { method: 8, size, crc }), "is damaged");
});

Deno.test("readNpz refuses encryption, other methods, other files and truncation", async () => {
  await assertRefused(archive(SCALAR, { flags: 1 }), "a.npy is encrypted");
  await assertRefused(archive(SCALAR, { method: 12 }), "compressed by method 12, expected none or deflate");
  await assertRefused(SCALAR, "it has no ZIP directory at its end");
  await assertRefused(archive(new TextEncoder().encode("hello, world")), "is not a .npy file");
  const bytes = Deno.readFileSync(fixture(PAIRS[0]));
  for (let length = 0; length < bytes.length; length += 7) {
    await assertRefused(bytes.subarray(0, length), "npz", "tmp");
  }
  for (const garbled of [patched(bytes, 0, 0), patched(bytes, bytes.length - 6, 0xff, 0xff)]) {
    await assertRefused(garbled, "is not a valid .npz file", "tmp");
  }
});

Deno.test("writeNpz refuses names that no member can have", async () => {
  await withFolder(async (folder) => {
    const array = SharedNdArray.zeros([1]);
    await assertRejects(
      () => writeNpz(`${folder}/a.npz`, { "": array }),
      FormatError,
      'Cannot name an array ""',
    );
    assertEquals(namesIn(folder), []);
  });
});
