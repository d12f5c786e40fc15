import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DTypeError, FormatError } from "../../../src/errors.ts";
import { chunkParts, forEachSeveral } from "../../../src/io/zarr/chunk_parts.ts";
import { chunkCoords, chunkKey } from "../../../src/io/zarr/chunk_names.ts";
import { crc32c } from "../../../src/io/zarr/crc32c.ts";
import { checkedFillValue, parseFillValue } from "../../../src/io/zarr/fill_value.ts";
import { encodeJson, parseJson } from "../../../src/io/zarr/json.ts";
import { storePlace } from "../../../src/io/zarr/store_path.ts";
import { requireWholeFrames } from "../../../src/io/zarr/zstd_frame.ts";
import { indicesOf } from "../../naive.ts";
import { forEachSeed, Seeded } from "../../seeded.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

/** The checksum by its definition: bit by bit. */
function slowCrc(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

Deno.test("CRC-32C is as published, for any length and alignment", () => {
  assertEquals(crc32c(utf8("123456789")), 0xe3069283);
  // RFC 3720, B.4.
  assertEquals(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assertEquals(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assertEquals(crc32c(Uint8Array.from({ length: 32 }, (_, k) => k)), 0x46dd794e);
  const random = new Seeded(9), bytes = Uint8Array.from({ length: 200 }, () => random.word());
  for (let offset = 0; offset < 9; offset++) {
    for (let length = 0; length < 70; length++) {
      const part = bytes.subarray(offset, offset + length);
      assertEquals(crc32c(part), slowCrc(part));
    }
  }
});

Deno.test("a zstd stream is whole, or cut at any byte", () => {
  const random = new Seeded(4);
  const contents = [0, 1, 300, 70_000, 300_000].map((length) =>
    Uint8Array.from({ length }, (_, k) => k < 1000 ? random.word() : k >> 9)
  );
  for (const content of contents) {
    // The types do not have the option, which Node has.
    const options: object = { pledgedSrcSize: content.length };
    const pledged = zstdCompressSync(content, options);
    for (const stream of [zstdCompressSync(content), pledged]) {
      requireWholeFrames(stream);
      requireWholeFrames(new Uint8Array([...stream, 0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7, ...stream]));
      for (let cut = 1; cut < Math.min(stream.length, 400); cut++) {
        assertThrows(() => requireWholeFrames(stream.subarray(0, stream.length - cut)), RangeError);
      }
    }
  }
  assertThrows(() => requireWholeFrames(gzipSync(contents[2])), TypeError, "no zstd stream");
});

Deno.test("JSON of Python is read and written: bare words, large integers, strings that look like them", () => {
  const source =
    '{"a": NaN, "b": [-Infinity, Infinity], "c": 18446744073709551615, "d": "NaN \\"NaN", "e": 1e300}';
  const value = parseJson(utf8(source), "it");
  assertEquals(value, {
    a: NaN,
    b: [-Infinity, Infinity],
    c: 18446744073709551615n,
    d: 'NaN "NaN',
    e: 1e300,
  });
  assertEquals(parseJson(encodeJson(value, true), "it"), value);
  const { a, b } = parseJson(encodeJson(value, false), "it");
  assertEquals([a, b], ["NaN", ["-Infinity", "Infinity"]]);
  for (const wrong of ["", "[1]", "{", '{"a": undefined}', '{"a": NaNs}', '{"a": "\\u{1}"}', "null"]) {
    assertThrows(() => parseJson(utf8(wrong), "it"), FormatError, "it is damaged");
  }
  const deep = `{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  assertThrows(() => parseJson(utf8(deep), "it"), FormatError, "it is damaged");
  assertThrows(() => parseJson(Uint8Array.of(0xff, 0xfe), "it"), FormatError, "it is no JSON");
});

Deno.test("fill values have many forms, and must be of the dtype", () => {
  const read = (value: Parameters<typeof parseFillValue>[0], dtype: Parameters<typeof parseFillValue>[1]) =>
    parseFillValue(value, dtype, "it");
  assertEquals(["NaN", "Infinity", "-Infinity", 2, 5n].map((value) => read(value, "float64")), [
    NaN,
    Infinity,
    -Infinity,
    2,
    5,
  ]);
  assertEquals(read("0x40490fdb", "float32"), Math.fround(Math.PI));
  assertEquals(read("0x3c00", "float16"), 1);
  assertEquals(read(btoa("\x00\x00\x00\x00\x00\x00\xf0\x3f"), "float64"), 1);
  assertEquals([read(null, "int8"), read(true, "bool"), read(0, "bool")], [null, true, false]);
  assertEquals([read(-128, "int8"), read(2n ** 63n, "uint64"), read(7, "int64")], [-128, 2n ** 63n, 7n]);
  const wrong = [[128, "int8"], [-1, "uint8"], [0.5, "int32"], ["x", "float32"], [2, "bool"], [
    2n ** 64n,
    "uint64",
  ]] as const;
  for (const [value, dtype] of wrong) {
    assertThrows(() => read(value, dtype), FormatError, `is none of ${dtype}`);
  }
  assertEquals([checkedFillValue(undefined, "int64"), checkedFillValue(0.1, "float32")], [
    0n,
    Math.fround(0.1),
  ]);
  assertThrows(() => checkedFillValue(1.5, "int16"), DTypeError, "Cannot fill int16 with 1.5");
});

Deno.test("the parts of a box are each of its elements once, in the chunk where it lies", () => {
  forEachSeed(60, (random) => {
    const shape = random.ints(random.int(0, 3), 1, 9), chunks = shape.map(() => random.int(1, 6));
    const origin = shape.map((extent) => random.int(0, extent - 1));
    const box = { origin, shape: shape.map((extent, axis) => random.int(0, extent - origin[axis])) };
    const seen = new Map<string, string>();
    for (const { coords, inChunk, inBox, shape: part } of chunkParts(box, chunks)) {
      for (const index of indicesOf(part)) {
        const place = index.map((i, axis) => i + inBox[axis] + origin[axis]);
        const stored = index.map((i, axis) => i + inChunk[axis] + coords[axis] * chunks[axis]);
        assert(!seen.has(place.join()));
        seen.set(place.join(), stored.join());
        assert(index.every((i, axis) => i + inChunk[axis] < chunks[axis]));
      }
    }
    const places = indicesOf(box.shape).map((index) => index.map((i, axis) => i + origin[axis]).join());
    assertEquals(seen.size, places.length);
    places.forEach((place) => assertEquals(seen.get(place), place));
  });
});

Deno.test("keys of chunks lead back to their places, and other keys to none", () => {
  for (const name of ["default", "v2"] as const) {
    for (const separator of [".", "/"] as const) {
      for (const coords of [[], [0], [3, 0, 12]]) {
        const facts = { keys: { name, separator }, shape: coords.map(() => 99) };
        assertEquals(chunkCoords(facts, chunkKey(facts, coords)), coords);
        for (const key of ["zarr.json", "", "c/00", "c", "01.1", "-1", "1e3", "c/1/2/3/4/5"]) {
          if (key !== chunkKey(facts, coords)) assertEquals(chunkCoords(facts, key), undefined, key);
        }
      }
    }
  }
});

Deno.test("a path is taken apart where the store ends", () => {
  const place = (path: string, variable?: string) => {
    const { objects, key } = storePlace(path, variable);
    return [
      objects.kind === "file" ? objects.root : objects.kind === "http" ? objects.url : objects.prefix,
      key,
    ];
  };
  assertEquals(place("data/a.zarr/daily//tmp/"), ["data/a.zarr", "daily/tmp"]);
  assertEquals(place("../a.ZARR", "tmp"), ["../a.ZARR", "tmp"]);
  assertEquals(place("folder/"), ["folder", ""]);
  assertEquals(place("/"), ["/", ""]);
  assertEquals(place("https://x.org/a.zarr/tmp?key=1"), ["https://x.org/a.zarr?key=1", "tmp"]);
  assertEquals(place("s3://bucket/deep/a.zarr/tmp"), ["deep/a.zarr", "tmp"]);
  assertThrows(() => storePlace("a.zarr/../../b"), FormatError, "leads out of the store a.zarr");
});

Deno.test("several at a time means so many, and nothing begins after a failure", async () => {
  let now = 0, most = 0;
  const begun: number[] = [];
  const work = async (item: number) => {
    begun.push(item);
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    if (item === 5) throw new RangeError("five");
  };
  await assertRejects(() => forEachSeveral([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3, work), RangeError, "five");
  assertEquals([now, most], [0, 3]);
  assert(begun.length < 10, `${begun}`);
});
