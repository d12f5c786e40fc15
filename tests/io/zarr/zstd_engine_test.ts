import { assert, assertEquals, assertThrows } from "@std/assert";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ZstdEngine } from "../../../src/io/zarr/zstd_engine.ts";

function engines(level: number, hasChecksum: boolean): { packer: ZstdEngine; unpacker: ZstdEngine } {
  const packer = ZstdEngine.compressor(level, hasChecksum), unpacker = ZstdEngine.decompressor();
  assert(packer !== null && unpacker !== null, "this runtime has no engine");
  return { packer, unpacker };
}

/** Bytes of some entropy. */
function bytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> (24 + seed % 8);
  });
}

Deno.test("frames are what the documented functions read, and say how many bytes they hold", () => {
  for (const hasChecksum of [false, true]) {
    const { packer, unpacker } = engines(3, hasChecksum);
    for (const length of [1, 2, 255, 256, 65_536, 131_072, 262_144, 200_001]) {
      const from = bytes(length, length + 1), room = new Uint8Array(length + (length >>> 8) + 1024);
      const packed = room.slice(0, packer.compress(from, room));
      assertEquals(packed[4] & 0x84, hasChecksum ? 0x84 : 0x80);
      assertEquals(new DataView(packed.buffer).getUint32(6, true), length);
      assertEquals(new Uint8Array(zstdDecompressSync(packed)), from);
      const shared = new Uint8Array(new SharedArrayBuffer(length + 8), 4, length);
      assertEquals(unpacker.decompress(packed, shared), { length, isWhole: true });
      assertEquals(new Uint8Array(shared), from);
      assertEquals(unpacker.decompress(zstdCompressSync(from), shared), { length, isWhole: true });
    }
  }
});

Deno.test("one frame is not taken for another length, however well it compresses", () => {
  const { packer, unpacker } = engines(3, true), room = new Uint8Array(10_000);
  const packed = room.slice(0, packer.compress(new Uint8Array(1_000_000), room));
  for (const length of [1, 1000, 131_072, 262_144, 999_999]) {
    assertEquals(unpacker.decompress(packed, new Uint8Array(length)).isWhole, false, String(length));
  }
  assertEquals(unpacker.decompress(packed, new Uint8Array(1_000_000)), { length: 1_000_000, isWhole: true });
  assertEquals(unpacker.decompress(packed, new Uint8Array(1_000_001)), { length: 1_000_000, isWhole: true });
});

Deno.test("what does not fit, is cut or is damaged is told, and the next input is done right", () => {
  const { packer, unpacker } = engines(1, true), from = bytes(50_000, 3), room = new Uint8Array(60_000);
  assertEquals(packer.compress(from, room.subarray(0, 1000)), undefined);
  const packed = room.slice(0, packer.compress(from, room)), into = new Uint8Array(50_000);
  assertEquals(unpacker.decompress(packed, into.subarray(0, 100)).isWhole, false);
  assert(unpacker.decompress(packed.subarray(0, 20_000), into).length < 50_000);
  assertThrows(() => unpacker.decompress(new Uint8Array(100).fill(7), into));
  let found = 0;
  for (let at = 10; at < packed.length; at += 997) {
    const damaged = packed.slice();
    damaged[at] ^= 0x55;
    try {
      const { length, isWhole } = unpacker.decompress(damaged, into);
      if (!isWhole || length !== from.length) found++;
    } catch {
      found++;
    }
  }
  assertEquals(found, Math.ceil((packed.length - 10) / 997));
  assertEquals(unpacker.decompress(packed, into), { length: 50_000, isWhole: true });
  assertEquals(into, from);
});

Deno.test("streams that are not as expected make no engine", () => {
  const stream = { _handle: { reset() {}, writeSync() {} }, _writeState: new Uint32Array([5, 0]) };
  // Its frames begin with what is in the memory.
  assertThrows(
    () => ZstdEngine.over(stream).compress(bytes(4, 1), new Uint8Array(32).fill(255)),
    Error,
    "flags 255",
  );
});
