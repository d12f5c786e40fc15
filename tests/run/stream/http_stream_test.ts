/** Streams whose inputs are on a server that does not always answer. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createArray, openArray, SharedNdArray, StoreError, streamedMap, tiledMap } from "../../../mod.ts";

/** A server of a folder's files. */
function serve(
  folder: string,
  answer: (path: string, count: number) => Response | null,
): Deno.HttpServer<Deno.NetAddr> {
  const counts = new Map<string, number>();
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const path = new URL(request.url).pathname, count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const other = answer(path, count);
    if (other !== null) return other;
    try {
      return new Response(await Deno.readFile(folder + path));
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}

async function withStore(
  answer: (path: string, count: number) => Response | null,
  test: (url: string, tmp: SharedNdArray, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir(), shape = [12, 8, 8];
  const tmp = SharedNdArray.random(shape, { seed: 1, dtype: "float32" });
  {
    using stored = await createArray(`${folder}/in.zarr/tmp`, { shape, chunks: [2, 8, 8], dtype: "float32" });
    await stored.write({ origin: [0, 0, 0], shape }, tmp);
  }
  const server = serve(folder, answer);
  try {
    await test(`http://127.0.0.1:${server.addr.port}/in.zarr/tmp`, tmp, folder);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a server that fails now and then is asked again, on every worker", () =>
  withStore(
    // Every object fails the first time that it is asked for.
    (path, count) => path.includes("/c/") && count === 1 ? new Response("not now", { status: 503 }) : null,
    async (url, tmp, folder) => {
      using stored = await openArray(url);
      using out = await createArray(`${folder}/out.zarr/twice`, { shape: tmp.shape, chunks: [2, 8, 8] });
      const { report } = await streamedMap("twice = 2 * float64(tmp)", {
        inputs: { tmp: stored },
        outputs: { twice: out },
        workers: 2,
      });
      assert(report.stored !== null && report.stored.readBytes > 0);
      const expected = await tiledMap("2 * float64(tmp)", { inputs: { tmp } });
      assertEquals((await out.read()).toNested(), expected.outputs.out.toNested());
    },
  ));

Deno.test("one that fails for ever ends the run with the object's address, and what was written stays", () =>
  withStore(
    (path) => path.endsWith("/c/3/0/0") ? new Response("never", { status: 500 }) : null,
    async (url, tmp, folder) => {
      using stored = await openArray(url);
      using out = await createArray(`${folder}/out.zarr/twice`, { shape: tmp.shape, chunks: [2, 8, 8] });
      const options = { inputs: { tmp: stored }, outputs: { twice: out }, tile: [2, 8, 8], workers: 1 };
      const error = await assertRejects(
        () => streamedMap("twice = 2 * float64(tmp)", options),
        StoreError,
        "/c/3/0/0",
      );
      assert(error.message.includes("500"), error.message);
      const { present } = await out.ledger?.chunksPresent() ?? {};
      assertEquals(present?.slice(0, 3), new Uint8Array([1, 1, 1]));
      assertEquals(present?.[3], 0);
    },
  ));
