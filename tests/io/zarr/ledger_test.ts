import { assert, assertEquals } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { createZarr, openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import type { StoredArray } from "../../../src/store/stored_array.ts";
import { namesIn, withFolder } from "../helpers.ts";

const text = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);
const bytes = (words: string) => new TextEncoder().encode(words);

function ledgerOf({ ledger }: StoredArray): NonNullable<StoredArray["ledger"]> {
  assert(ledger !== undefined);
  return ledger;
}

for (const zarrFormat of [2, 3] as const) {
  Deno.test(`the ledger of Zarr ${zarrFormat} knows which chunks are there, and what is torn`, () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.zarr/tmp`;
      using stored = await createZarr(path, { shape: [5, 6], chunks: [2, 3], zarrFormat });
      const ledger = ledgerOf(stored);
      assertEquals(await ledger.chunksPresent(), { present: new Uint8Array(6), torn: [] });
      await stored.write({ origin: [2, 3], shape: [3, 3] }, SharedNdArray.zeros([3, 3]));
      const prefix = zarrFormat === 2 ? "" : "c/", separator = zarrFormat === 2 ? "." : "/";
      const keys = Array.from({ length: 6 }, (_, chunk) => ledger.chunkKey(chunk));
      const expected = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]];
      assertEquals(keys, expected.map((coords) => prefix + coords.join(separator)));
      // What a process leaves that is killed while it writes.
      await Deno.mkdir(`${path}/c/0`, { recursive: true });
      const torn = zarrFormat === 2 ? ".0.1.4711-0a1b2c3d.tmp" : "c/0/.1.4711-0a1b2c3d.tmp";
      await Deno.writeTextFile(`${path}/${torn}`, "half");
      await ledger.put("runs/a.json", bytes("{}"));
      using other = await openZarr(path);
      assertEquals(await ledgerOf(other).chunksPresent(), {
        present: Uint8Array.of(0, 0, 0, 1, 0, 1),
        torn: [torn],
      });
      assertEquals(await ledger.removeTorn(), 1);
      assertEquals((await ledger.chunksPresent()).torn, []);
      await ledger.remove(ledger.chunkKey(3));
      assertEquals((await ledger.chunksPresent()).present, Uint8Array.of(0, 0, 0, 0, 0, 1));
    }));

  Deno.test(`attributes of Zarr ${zarrFormat} are replaced one by one, and nothing else changes`, () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.zarr/tmp`, attributes = { units: "K", bound: 2 ** 40 };
      using stored = await createZarr(path, {
        shape: [2],
        zarrFormat,
        attributes,
        dtype: "uint64",
        fillValue: 2n ** 64n - 1n,
        dimensionNames: ["time"],
      });
      await ledgerOf(stored).setAttributes({ units: "°C", run: { id: 3, parts: [1, 2] } });
      using again = await openZarr(path);
      const { _ARRAY_DIMENSIONS: _, ...rest } = again.attributes;
      assertEquals(rest, { units: "°C", bound: 2 ** 40, run: { id: 3, parts: [1, 2] } });
      assertEquals(again.dimensionNames, ["time"]);
      assertEquals((await again.read()).toNested(), [2n ** 64n - 1n, 2n ** 64n - 1n]);
    }));
}

Deno.test("objects beside the chunks are written whole, listed by prefix, and new only once", () =>
  withFolder(async (folder) => {
    using stored = await createZarr(`${folder}/a.zarr/tmp`, { shape: [2] });
    const ledger = ledgerOf(stored);
    assertEquals(await ledger.get("runs/0"), undefined);
    assertEquals(await ledger.put("runs/0", bytes("first"), true), true);
    assertEquals(await ledger.put("runs/0", bytes("second"), true), false);
    assertEquals(text(await ledger.get("runs/0")), "first");
    assertEquals(await ledger.put("runs/0", bytes("third")), true);
    assertEquals(await ledger.put("runs/10", new Uint8Array(new SharedArrayBuffer(7))), true);
    await ledger.put("rubbish", bytes("x"));
    const listed = (await ledger.list("runs/")).toSorted((a, b) => a.key.localeCompare(b.key));
    assertEquals(listed, [{ key: "runs/0", bytes: 5 }, { key: "runs/10", bytes: 7 }]);
    assertEquals((await ledger.list("runs/1")).map(({ key }) => key), ["runs/10"]);
    await ledger.remove("runs/0");
    await ledger.remove("runs/0");
    assertEquals(await ledger.get("runs/0"), undefined);
    assertEquals(namesIn(`${folder}/a.zarr/tmp/runs`), ["10"]);
  }));

Deno.test("of many who want an object to be new, one gets it", () =>
  withFolder(async (folder) => {
    using stored = await createZarr(`${folder}/a.zarr/tmp`, { shape: [2] });
    const ledger = ledgerOf(stored);
    const got = await Promise.all(
      Array.from({ length: 12 }, (_, k) => ledger.put("claim", bytes(`task ${k}`), true)),
    );
    assertEquals(got.filter((isMine) => isMine).length, 1);
    assertEquals(text(await ledger.get("claim")), `task ${got.indexOf(true)}`);
  }));
