import { assertEquals, assertRejects } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import {
  DTypeError,
  FormatError,
  ShapeError,
  StoreError,
  UnsupportedError,
  ValueError,
} from "../../../src/errors.ts";
import { createZarrGroup } from "../../../src/io/zarr/create_zarr.ts";
import { usualChunks } from "../../../src/io/zarr/new_metadata.ts";
import { describeZarr, type ZarrDescription } from "../../../src/io/zarr/describe.ts";
import { createZarr, openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import { fixture, namesIn, withFolder } from "../helpers.ts";

Deno.test("chunks that nobody chose have about 4 MiB, with trailing axes whole as far as that goes", () => {
  assertEquals(usualChunks([365, 720, 1440], 4), [1, 720, 1440]);
  assertEquals(usualChunks([365, 16, 16], 8), [365, 16, 16]);
  assertEquals(usualChunks([10_000, 10_000], 8), [52, 10_000]);
  assertEquals(usualChunks([10_000_000], 8), [524_288]);
  assertEquals(usualChunks([4, 10_000_000], 8), [1, 524_288]);
  assertEquals(usualChunks([0, 5], 4), [1, 5]);
  assertEquals(usualChunks([], 4), []);
});

Deno.test("an array that is there is replaced only with overwrite, and then nothing of it is left", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.zarr/tmp`, options = { shape: [4], chunks: [2], dtype: "int32" } as const;
    {
      using first = await createZarr(path, options);
      await first.write({ origin: [0], shape: [4] }, SharedNdArray.ones([4]));
    }
    await assertRejects(() => createZarr(path, options), StoreError, `${path} is there already: overwrite`);
    using second = await createZarr(path, { ...options, shape: [6], overwrite: true });
    assertEquals([...(await second.read()).values()], [0, 0, 0, 0, 0, 0]);
    await assertRejects(
      () => createZarr(`${path}/deeper`, options),
      StoreError,
      "is an array: nothing lies in it",
    );
    await assertRejects(
      () => createZarr(`${folder}/a.zarr`, { ...options, overwrite: true }),
      StoreError,
      "is a group",
    );
    await assertRejects(
      () => createZarr(`${folder}/a.zarr/b`, { ...options, zarrFormat: 2 }),
      StoreError,
      "Zarr 3",
    );
  }));

Deno.test("several that create the same array at the same time share it; another one is refused", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.zarr/deep/tmp`, options = { shape: [4], chunks: [2] } as const;
    const made = await Promise.allSettled(Array.from({ length: 8 }, () => createZarr(path, options)));
    const failed = made.flatMap((one) => one.status === "rejected" ? [one.reason] : []);
    // Those who come when it is there already are told so.
    failed.forEach((error) => assertEquals(error instanceof StoreError, true));
    assertEquals(failed.length < 8, true);
    made.forEach((one) => one.status === "fulfilled" && one.value.close());
    assertEquals(namesIn(`${folder}/a.zarr/deep/tmp`), ["zarr.json"]);
  }));

Deno.test("what cannot be created is refused before anything is there", () =>
  withFolder(async (folder) => {
    const at = `${folder}/a.zarr/tmp`, shape = [4, 4];
    await assertRejects(() => createZarr(at, { shape, chunks: [4] }), ShapeError, "Chunks of [4] do not fit");
    await assertRejects(() => createZarr(at, { shape, chunks: [4, 0] }), ShapeError, "do not fit");
    await assertRejects(() => createZarr(at, { shape: [-1] }), ShapeError);
    await assertRejects(
      () => createZarr(at, { shape, dimensionNames: ["x"] }),
      ShapeError,
      "2 axes, but 1 names",
    );
    await assertRejects(() => createZarr(at, { shape, level: 30 }), ValueError, "expected 1 to 22");
    await assertRejects(
      () => createZarr(at, { shape, zarrFormat: 2, checksum: true }),
      ValueError,
      "no checksums",
    );
    await assertRejects(
      () => createZarr(at, { shape, dtype: "uint8", fillValue: -1 }),
      DTypeError,
      "Cannot fill uint8",
    );
    await assertRejects(() => createZarr(at, { shape, chunks: [1e5, 1e5] }), FormatError, "up to 2 GiB");
    await assertRejects(() => createZarr("http://localhost:1/a.zarr/b", { shape }), UnsupportedError);
    assertEquals(namesIn(folder), []);
  }));

Deno.test("a group without a name of an array is refused with a list, unless it has only one", () =>
  withFolder(async (folder) => {
    const options = { shape: [2] } as const;
    (await createZarr(`${folder}/a.zarr/tmp`, options)).close();
    using only = await openZarr(`${folder}/a.zarr`);
    assertEquals(only.name, `${folder}/a.zarr/tmp`);
    (await createZarr(`${folder}/a.zarr/rad`, options)).close();
    (await createZarr(`${folder}/a.zarr/daily/vpd`, options)).close();
    const says = "with the arrays rad, tmp and the groups daily: name an array";
    await assertRejects(() => openZarr(`${folder}/a.zarr`), FormatError, says);
    await assertRejects(() => openZarr(`${folder}/a.zarr/tpm`), FormatError, "has no array tpm");
    await assertRejects(() => openZarr(`${folder}/b.zarr/tmp`), Deno.errors.NotFound, `${folder}/b.zarr/tmp`);
    await assertRejects(
      () => openZarr(`${folder}/a.zarr/../a.zarr/tmp`),
      FormatError,
      "leads out of the store",
    );
    using chosen = await openZarr(`${folder}/a.zarr`, { variable: "daily/vpd" });
    assertEquals(chosen.shape, [2]);
  }));

Deno.test("groups have attributes, in both versions", () =>
  withFolder(async (folder) => {
    for (const zarrFormat of [2, 3] as const) {
      const path = `${folder}/${zarrFormat}.zarr`;
      await createZarrGroup(`${path}/daily`, { attributes: { title: "days" }, zarrFormat });
      await createZarrGroup(path, { attributes: { source: "test" }, zarrFormat });
      (await createZarr(`${path}/daily/tmp`, { shape: [2, 3], zarrFormat, dtype: "int16" })).close();
      const found = await describeZarr(path);
      assertEquals(shortened(found), {
        [path]: { source: "test" },
        daily: { title: "days" },
        tmp: ["int16", [2, 3]],
      });
      await assertRejects(
        () => createZarrGroup(`${path}/daily/tmp`, { zarrFormat }),
        StoreError,
        "is an array",
      );
      const other = zarrFormat === 2 ? 3 : 2;
      await assertRejects(
        () => createZarrGroup(path, { zarrFormat: other }),
        StoreError,
        `Zarr ${zarrFormat}`,
      );
    }
  }));

/** Names with attributes of groups, and dtypes and shapes of arrays. */
function shortened(found: ZarrDescription): Record<string, unknown> {
  if (found.kind === "group") {
    return Object.assign({ [found.name]: found.attributes }, ...(found.children ?? []).map(shortened));
  }
  return { [found.name]: found.kind === "array" ? [found.dtype, found.shape] : found.message };
}

Deno.test("a store is described with all that is in it, also with what cannot be read", async () => {
  const path = decodeURIComponent(fixture("zarr/v2.zarr").pathname);
  const found = await describeZarr(path);
  if (found.kind !== "group" || found.children === null) throw new Error("expected a group");
  assertEquals([found.zarrFormat, found.attributes], [2, { title: "fixtures" }]);
  const byName = new Map(found.children.map((child) => [child.name, child]));
  assertEquals(byName.get("refused_bz2")?.kind, "problem");
  assertEquals(byName.get("daily")?.kind, "group");
  const { stored, ...zstd } = byName.get("codec_zstd") as Extract<ZarrDescription, { kind: "array" }>;
  assertEquals(zstd, {
    kind: "array",
    name: "codec_zstd",
    zarrFormat: 2,
    dtype: "float32",
    shape: [7, 5],
    chunks: [2, 3],
    shards: null,
    chunkCount: 8,
    codecs: ["bytes (little endian)", "zstd (level 5)"],
    fillValue: 0,
    dimensionNames: [null, null],
    attributes: {},
  });
  assertEquals(stored?.objects, 9);
  await assertRejects(() => describeZarr(`${path}/nothing`), Deno.errors.NotFound, "nothing");
});

Deno.test("only what can be encoded again is opened for writing", async () => {
  const folder = decodeURIComponent(fixture("zarr").pathname), writable = true;
  for (
    const [path, says] of [["v3.zarr/sharded", "shards"], ["v2.zarr/codec_lz4", "lz4"], [
      "v2.zarr/codec_delta",
      "delta",
    ]]
  ) {
    await assertRejects(() => openZarr(`${folder}/${path}`, { writable }), UnsupportedError, says);
  }
});
