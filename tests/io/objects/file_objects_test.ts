import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { StoreError } from "../../../src/errors.ts";
import { FileObjects } from "../../../src/io/objects/file_objects.ts";
import { createZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import { namesIn, withFolder } from "../helpers.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found === undefined ? undefined : new TextDecoder().decode(found);

Deno.test("objects are files: written, read whole or in part, listed and removed", () =>
  withFolder(async (folder) => {
    const objects = new FileObjects(`${folder}/store`);
    assertEquals(await objects.get("a/b"), undefined);
    assertEquals((await objects.keys("")).keys, []);
    await objects.put("a/b", bytes("0123456789"));
    assertEquals(text(await objects.get("a/b")), "0123456789");
    assertEquals(text(await objects.get("a/b", { offset: 3, length: 4 })), "3456");
    assertEquals(text(await objects.get("a/b", { offset: 8, length: 4 })), "89");
    assertEquals(text(await objects.get("a/b", { offset: 20, length: 4 })), "");
    assertEquals(text(await objects.get("a/b", { suffix: 3 })), "789");
    assertEquals(text(await objects.get("a/b", { suffix: 30 })), "0123456789");
    // A folder is no object, and there is nothing below a file.
    assertEquals([await objects.get("a"), await objects.get("a/b/c")], [undefined, undefined]);
    await objects.put("a/bc", bytes("x"));
    await objects.put("top", bytes("yy"));
    assertEquals((await objects.keys("a/b")).keys.toSorted(), ["a/b", "a/bc"]);
    assertEquals((await objects.keys("a/bc")).keys, ["a/bc"]);
    assertEquals((await objects.list("")).toSorted((a, b) => a.key < b.key ? -1 : 1), [
      { key: "a/b", bytes: 10 },
      { key: "a/bc", bytes: 1 },
      { key: "top", bytes: 2 },
    ]);
    assertEquals(await objects.children(""), { objects: ["top"], folders: ["a"] });
    await objects.remove("a/b");
    await objects.remove("a/b");
    assertEquals(namesIn(`${folder}/store/a`), ["bc"]);
  }));

Deno.test("readers see the old object or the new one, never a part, and nothing is left beside it", () =>
  withFolder(async (folder) => {
    const objects = new FileObjects(folder);
    const versions = [0, 1, 2, 3].map((digit) => new Uint8Array(200_000).fill(digit));
    await objects.put("a", versions[0]);
    let isDone = false, seen = 0;
    const reading = (async () => {
      while (!isDone) {
        const found = await objects.get("a");
        assert(found !== undefined && found.length === 200_000);
        assert(found.every((byte) => byte === found[0]));
        seen++;
      }
    })();
    for (let round = 0; round < 8; round++) {
      await Promise.all(versions.map((version) => objects.put("a", version)));
    }
    isDone = true;
    await reading;
    assert(seen > 0);
    assertEquals(namesIn(folder), ["a"]);
  }));

Deno.test("empty folders are in no object's way, and others are", () =>
  withFolder(async (folder) => {
    const objects = new FileObjects(`${folder}/store`);
    await objects.put("c/0/1/2", bytes("x"));
    await objects.remove("c/0/1/2");
    assertEquals(await objects.put("c/0", bytes("y")), true);
    assertEquals(text(await objects.get("c/0")), "y");
    await objects.put("d/0/1/2", bytes("x"));
    await assertRejects(() => objects.put("d/0", bytes("y")), StoreError, "Cannot write");
    assertEquals(text(await objects.get("d/0/1/2")), "x");
    assertEquals(await namesIn(`${folder}/store/d`), ["0"]);
  }));

Deno.test("an object whose temporary file somebody removes is written again", () =>
  withFolder(async (folder) => {
    const objects = new FileObjects(folder);
    let isDone = false;
    const removing = (async () => {
      while (!isDone) {
        const { torn } = await objects.keys("");
        await Promise.all(torn.map((key) => objects.remove(key)));
      }
    })();
    // Somebody who removes all the time may win; then it is an error, and never a lost write.
    const written = await Promise.allSettled(
      Array.from({ length: 20 }, (_, k) => objects.put(`n${k}`, new Uint8Array(100_000).fill(k))),
    );
    isDone = true;
    await removing;
    for (const [k, { status }] of written.entries()) {
      const found = await objects.get(`n${k}`);
      assertEquals(found?.every((byte) => byte === k), status === "fulfilled" ? true : undefined);
    }
  }));

Deno.test("what a system refuses is said with the name of the object", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    const objects = new FileObjects(`${folder}/file`);
    const error = await assertRejects(() => objects.put("a", bytes("x")), StoreError);
    assertStringIncludes(error.message, `Cannot write ${folder}/file/a: `);
    assertEquals(error.key, `${folder}/file/a`);
  }));

/** A file system of 1 MB, which only the superuser can have. */
async function mountSmall(folder: string): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  const args = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder];
  return (await new Deno.Command("mount", { args, stdout: "null", stderr: "null" }).output()).success;
}

async function canMount(): Promise<boolean> {
  try {
    const folder = await Deno.makeTempDir();
    const can = await mountSmall(folder);
    if (can) await new Deno.Command("umount", { args: [folder] }).output();
    await Deno.remove(folder);
    return can;
  } catch {
    return false;
  }
}

Deno.test({
  name: "a full disk is named, the temporary file is removed, and chunks that were written stay",
  ignore: !await canMount(),
  fn: () =>
    withFolder(async (folder) => {
      assert(await mountSmall(folder));
      try {
        const path = `${folder}/a.zarr/tmp`;
        const options = { shape: [8, 40_000], chunks: [1, 40_000], codec: "none", dtype: "float64" } as const;
        using array = await createZarr(path, options);
        const values = SharedNdArray.ones([8, 40_000]);
        const whole = { origin: [0, 0], shape: [8, 40_000] };
        const error = await assertRejects(() => array.write(whole, values), StoreError);
        assertEquals(error.message, `Cannot write ${error.key}: the disk is full`);
        assertStringIncludes(error.key ?? "", `${path}/c/`);
        const { present, torn } = await array.ledger?.chunksPresent() ?? { present: [], torn: ["no ledger"] };
        assertEquals(torn, []);
        for (const [chunk, isPresent] of present.entries()) {
          const row = await array.read({ origin: [chunk, 0], shape: [1, 40_000] });
          assertEquals(row.get(0, 39_999), isPresent);
        }
      } finally {
        await new Deno.Command("umount", { args: [folder] }).output();
      }
    }),
});
