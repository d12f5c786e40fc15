import { assert, assertEquals } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { createZarr, openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import { namesIn, withFolder } from "../helpers.ts";

/** A worker that opens a handle and copies a box from one array to another one. */
const WORKER = `
import { SharedNdArray } from "${new URL("../../../mod.ts", import.meta.url).href}";
self.onmessage = async ({ data: { from, to, box, handle } }) => {
  const [reader, writer] = await Promise.all([from, to].map(async ({ module, location }) =>
    (await import(module)).openDriver(location)));
  const target = SharedNdArray.attach(handle);
  const read = await reader.read(box, target);
  const written = await writer.write(box, target);
  self.postMessage({ read, written });
};`;

Deno.test("another thread opens an array by its handle, and decodes into memory that is shared", () =>
  withFolder(async (folder) => {
    const values = SharedNdArray.random([6, 5, 4], { seed: 2 });
    using from = await createZarr(`${folder}/a.zarr/tmp`, { shape: [6, 5, 4], chunks: [2, 5, 4] });
    await from.write({ origin: [0, 0, 0], shape: [6, 5, 4] }, values);
    using to = await createZarr(`${folder}/a.zarr/copy`, {
      shape: [6, 5, 4],
      chunks: [4, 3, 4],
      codec: "blosc",
    });
    const box = { origin: [4, 0, 0], shape: [2, 3, 4] };
    const target = SharedNdArray.zeros(box.shape);
    const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<{ read: number; written: number }>();
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ from: from.handle(), to: to.handle(), box, handle: target.handle() });
    try {
      const { read, written } = await promise;
      assert(read > 100 && written > 100);
    } finally {
      worker.terminate();
      URL.revokeObjectURL(url);
    }
    assertEquals(target.equals(values.box(box.origin, box.shape)), true);
    using copy = await openZarr(`${folder}/a.zarr/copy`);
    assertEquals((await copy.read(box)).equals(target), true);
  }));

Deno.test("a process that is killed while it writes leaves whole chunks, and what is torn is known", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.zarr/tmp`, chunk = 200_000;
    const script = `${folder}/write.js`;
    await Deno.writeTextFile(
      script,
      `import { createArray, SharedNdArray } from "${new URL("../../../mod.ts", import.meta.url).href}";
const array = await createArray(${
        JSON.stringify(path)
      }, { shape: [400, ${chunk}], chunks: [1, ${chunk}], codec: "none" });
const row = SharedNdArray.ones([1, ${chunk}]);
for (let at = 0; at < 400; at++) {
  await array.write({ origin: [at, 0], shape: [1, ${chunk}] }, row);
  if (at === 5) console.log("begun");
}`,
    );
    const config = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);
    const process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-read", "--allow-write", "--allow-env", "--config", config, script],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const output = process.stdout.getReader();
    assertEquals((await output.read()).done, false);
    process.kill("SIGKILL");
    await process.status;
    await output.cancel();
    using array = await openZarr(path, { writable: true });
    const { present } = await array.ledger?.chunksPresent() ?? { present: new Uint8Array() };
    const count = present.reduce((sum, one) => sum + one, 0);
    assert(count >= 6 && count < 400, `${count}`);
    for (let at = 0; at < 400; at++) {
      if (present[at] === 0) continue;
      const row = await array.read({ origin: [at, 0], shape: [1, chunk] });
      assertEquals([row.get(0, 0), row.get(0, chunk - 1)], [1, 1]);
    }
    await array.ledger?.removeTorn();
    assertEquals((await array.ledger?.chunksPresent())?.torn, []);
    assertEquals(namesIn(path).filter((name) => name.endsWith(".tmp")), []);
  }));
