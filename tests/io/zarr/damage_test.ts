import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { FormatError } from "../../../src/errors.ts";
import type { CreateArrayOptions } from "../../../src/io/stored.ts";
import { createZarr, openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import { fixture, patched, withFolder } from "../helpers.ts";
import { Seeded } from "../../seeded.ts";
import { changeFile } from "./stores.ts";

const array = SharedNdArray.random([8, 6], { seed: 5 });

/** Writes an array of four chunks, changes the file of one, and reads both it and another one. */
async function readChanged(
  options: Partial<CreateArrayOptions>,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<FormatError> {
  let error: FormatError | undefined;
  await withFolder(async (folder) => {
    const path = `${folder}/a.zarr/tmp`;
    using stored = await createZarr(path, { shape: [8, 6], chunks: [4, 3], ...options });
    await stored.write({ origin: [0, 0], shape: [8, 6] }, array);
    const key = options.zarrFormat === 2 ? "1.0" : "c/1/0";
    await changeFile(`${path}/${key}`, change);
    using reader = await openZarr(path);
    error = await assertRejects(() => reader.read({ origin: [3, 2], shape: [2, 2] }), FormatError);
    assertStringIncludes(error.message, `${path}/${key} is damaged: `);
    // The others are as they were.
    const right = { origin: [0, 3], shape: [8, 3] };
    assertEquals((await reader.read(right)).equals(array.box(right.origin, right.shape)), true);
  });
  if (error === undefined) throw new Error("nothing was read");
  return error;
}

const flipped = (bytes: Uint8Array<ArrayBuffer>) =>
  patched(bytes, bytes.length >> 1, bytes[bytes.length >> 1] ^ 4);
const codecs = ["zstd", "blosc", "gzip", "none"] as const;

for (const codec of codecs) {
  Deno.test(`a flipped bit in a chunk with ${codec} and a checksum is found`, async () => {
    const { message } = await readChanged({ codec }, flipped);
    assertStringIncludes(message, "its CRC-32C is 0x");
  });
}

for (const codec of ["zstd", "gzip"] as const) {
  Deno.test(`a flipped bit in a chunk with ${codec} and no checksum of Zarr is found by the codec's own`, async () => {
    for (const zarrFormat of [2, 3] as const) {
      await readChanged({ codec, zarrFormat, ...(zarrFormat === 3 ? { checksum: false } : {}) }, flipped);
    }
  });
}

for (const codec of codecs) {
  Deno.test(`a chunk with ${codec} that is cut anywhere is found`, async () => {
    for (const keep of [0, 1, 3, 5, 11, 20, -9, -4, -1]) {
      await readChanged({ codec, zarrFormat: 2 }, (bytes) => bytes.slice(0, keep));
    }
    await readChanged({ codec }, (bytes) => bytes.slice(0, -1));
  });
}

Deno.test("a chunk with more in it than it should have is found, and does not take memory first", async () => {
  const { zstdCompressSync, gzipSync } = await import("node:zlib");
  const bomb = new Uint8Array(50_000_000);
  await readChanged({ codec: "zstd", zarrFormat: 2 }, () => new Uint8Array(zstdCompressSync(bomb)));
  await readChanged({ codec: "gzip", zarrFormat: 2 }, () => new Uint8Array(gzipSync(bomb)));
  await readChanged({ codec: "none", zarrFormat: 2 }, (bytes) => new Uint8Array([...bytes, 0]));
  await readChanged(
    { codec: "zstd", zarrFormat: 2 },
    () => new Uint8Array(zstdCompressSync(new Uint8Array(8))),
  );
  await readChanged({ codec: "blosc", zarrFormat: 2 }, (bytes) => patched(bytes, 4, 255, 255, 255, 1));
});

Deno.test("a chunk that is not there has the fill value", () =>
  withFolder(async (folder) => {
    for (const zarrFormat of [2, 3] as const) {
      const path = `${folder}/${zarrFormat}.zarr/tmp`;
      using stored = await createZarr(path, { shape: [8, 6], chunks: [4, 3], fillValue: -7, zarrFormat });
      await stored.write({ origin: [0, 0], shape: [8, 6] }, array);
      await Deno.remove(`${path}/${zarrFormat === 2 ? "1.0" : "c/1/0"}`);
      const expected = array.copy();
      expected.box([4, 0], [4, 3]).fill(-7);
      assertEquals((await stored.read()).equals(expected), true);
    }
  }));

Deno.test("damaged shards are found: in the index, in a chunk, at the end", () =>
  withFolder(async (folder) => {
    const source = decodeURIComponent(fixture("zarr/v3.zarr/sharded").pathname), path = `${folder}/sharded`;
    const changes: [(bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>, string][] = [
      [(bytes) => patched(bytes, bytes.length - 20, bytes[bytes.length - 20] ^ 1), "CRC-32C"],
      [(bytes) => patched(bytes, 12, bytes[12] ^ 1), "CRC-32C"],
      [(bytes) => bytes.slice(0, 30), "of 68 bytes at its end it has 30"],
      [(bytes) => bytes.slice(0, 0), "of 68 bytes at its end it has 0"],
    ];
    for (const [change, says] of changes) {
      await Deno.mkdir(`${path}/c/0`, { recursive: true });
      await Deno.copyFile(`${source}/zarr.json`, `${path}/zarr.json`);
      await Deno.copyFile(`${source}/c/0/0`, `${path}/c/0/0`);
      await changeFile(`${path}/c/0/0`, change);
      using stored = await openZarr(path);
      const error = await assertRejects(
        () => stored.read({ origin: [0, 0], shape: [2, 2] }),
        FormatError,
        says,
      );
      assertStringIncludes(error.message, `${path}/c/0/0 is damaged`);
    }
  }));

const METADATA: readonly [name: string, text: string, says: string][] = [
  ["zarr.json", "{", "it is no JSON"],
  ["zarr.json", "[]", "it is no object of JSON"],
  ["zarr.json", "{}", "it describes neither an array nor a group"],
  ["zarr.json", '{"node_type": "array", "zarr_format": 4}', "says format 4"],
  [".zarray", '{"zarr_format": 2}', "no dtype here has"],
  [".zarray", '{"zarr_format": 2, "dtype": "<f4", "shape": [-1], "chunks": [1]}', "the shape of"],
  [".zarray", '{"zarr_format": 2, "dtype": "<f4", "shape": [4], "chunks": [0]}', "the chunk shape of"],
  [
    ".zarray",
    '{"zarr_format": 2, "dtype": "<f4", "shape": [4], "chunks": [1, 1]}',
    "has 1 axes, but chunks of 2",
  ],
  [".zarray", '{"zarr_format": 2, "dtype": "<f4", "shape": [4], "chunks": [1000000000000]}', "4 TB"],
  [
    ".zarray",
    '{"zarr_format": 2, "dtype": "|u1", "shape": [4], "chunks": [2], "fill_value": 300}',
    "fill value 300",
  ],
  [
    ".zarray",
    '{"zarr_format": 2, "dtype": "<f4", "shape": [4], "chunks": [2], "order": "Q"}',
    'the order "Q"',
  ],
  [
    ".zarray",
    '{"zarr_format": 2, "dtype": "<f4", "shape": [4], "chunks": [2], "filters": [3]}',
    "no objects",
  ],
];

Deno.test("damaged metadata is refused in a sentence that says what is wrong with it", () =>
  withFolder(async (folder) => {
    for (const [k, [name, text, says]] of METADATA.entries()) {
      const path = `${folder}/${k}.zarr`;
      await Deno.mkdir(path);
      await Deno.writeTextFile(`${path}/${name}`, text);
      const error = await assertRejects(() => openZarr(path), FormatError, says);
      assertStringIncludes(error.message, path);
    }
  }));

/** A text in which values, numbers or characters are others. */
function mutated(text: string, random: Seeded): string {
  const at = random.int(0, text.length - 1);
  if (random.oneIn(3)) {
    return text.slice(0, at) + String.fromCharCode(random.int(32, 126)) + text.slice(at + 1);
  }
  if (random.oneIn(3)) return text.slice(0, at) + text.slice(at + random.int(1, 30));
  const values = [...text.matchAll(/: ("[^"]*"|\d+|\[[^\]]*\]|null)|\d+/g)],
    { index, 0: whole } = random.pick(values);
  const others = [
    "null",
    "-1",
    "0",
    "0.5",
    "1e99",
    '"x"',
    "[]",
    "{}",
    "true",
    "9007199254740993",
    "[1, 1]",
    "NaN",
  ];
  const prefix = whole.startsWith(":") ? ": " : "";
  return text.slice(0, index) + prefix + random.pick(others) + text.slice(index + whole.length);
}

Deno.test("metadata that is changed at random is read or refused with a FormatError, and never anything else", () =>
  withFolder(async (folder) => {
    for (const zarrFormat of [2, 3] as const) {
      const path = `${folder}/${zarrFormat}.zarr/tmp`,
        options = { shape: [8, 6], chunks: [4, 3], zarrFormat };
      (await createZarr(path, options)).close();
      const file = `${path}/${zarrFormat === 2 ? ".zarray" : "zarr.json"}`,
        text = await Deno.readTextFile(file);
      let refused = 0;
      for (let seed = 1; seed <= 150; seed++) {
        await Deno.writeTextFile(file, mutated(text, new Seeded(seed)));
        try {
          using array = await openZarr(path);
          if (array.shape.reduce((product, extent) => product * extent, 1) < 1e5) await array.read();
        } catch (error) {
          refused++;
          assert(error instanceof FormatError, `seed ${seed}: ${Deno.inspect(error)}`);
        }
      }
      assert(refused > 50 && refused < 150, `${refused}`);
    }
  }));
