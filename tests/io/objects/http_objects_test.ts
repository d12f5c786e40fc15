import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { FormatError, StoreError, UnsupportedError } from "../../../src/errors.ts";
import { HttpObjects } from "../../../src/io/objects/http_objects.ts";
import type { RequestOptions } from "../../../src/io/objects/object_store.ts";
import { createZarr, openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import { describeZarr } from "../../../src/io/zarr/describe.ts";
import { fixture, withFolder } from "../helpers.ts";
import { type Handler, withServer } from "./http_server.ts";

/** Ports may not be opened without the permission. */
const ignore = (await Deno.permissions.query({ name: "net" })).state !== "granted";

/** Little patience, so that tests end soon. */
const QUICK: RequestOptions = { tries: 3, backOffMs: 1, stallMs: 100 };

const fixtures = decodeURIComponent(fixture("zarr").pathname);

Deno.test({
  name: "arrays, shards and missing chunks are read from a server",
  ignore,
  fn: () =>
    withServer(fixtures, () => undefined, async (address) => {
      for (
        const name of ["v3.zarr/sharded", "v3.zarr/index_first", "v2.zarr/fill_nan", "v3.zarr/blosc_summed"]
      ) {
        using here = await openZarr(`${fixtures}/${name}`);
        using there = await openZarr(`${address}/${name}`, { requests: QUICK });
        assertEquals((await there.read()).equals(await here.read(), { equalNaN: true }), true);
        assertEquals([there.name, there.ledger, there.isWritable], [`${address}/${name}`, undefined, false]);
      }
      await assertRejects(() => openZarr(`${address}/v3.zarr/no`, { requests: QUICK }), Deno.errors.NotFound);
      await assertRejects(
        () => openZarr(`${address}/v3.zarr`, { requests: QUICK }),
        FormatError,
        "name one of its arrays",
      );
      const writable = true;
      await assertRejects(
        () => openZarr(`${address}/v3.zarr/zstd`, { writable }),
        UnsupportedError,
        "over HTTP",
      );
    }),
});

Deno.test({
  name: "a server that answers 500, 503 or 429 for a while is asked again, and given up in one sentence",
  ignore,
  fn: async () => {
    let refusals = 0, status = 500;
    const handler: Handler = (_, path) =>
      path.includes("/c/") && refusals-- > 0 ? new Response("later", { status }) : undefined;
    await withServer(fixtures, handler, async (address, asked) => {
      using array = await openZarr(`${address}/v3.zarr/zstd`, { requests: QUICK });
      const box = { origin: [0, 0], shape: [2, 2] };
      for (status of [500, 502, 503, 429]) {
        refusals = 2;
        asked.length = 0;
        assertEquals((await array.read(box)).get(1, 1), 0.75);
        assertEquals(asked.length, 3);
      }
      refusals = 9;
      asked.length = 0;
      const error = await assertRejects(() => array.read(box), StoreError);
      const key = `${address}/v3.zarr/zstd/c/0/0`;
      assertEquals(error.message, `Cannot read ${key}: the server answered HTTP 429 (tried 3 times)`);
      assertEquals([error.key, asked.length], [key, 3]);
    });
  },
});

Deno.test({
  name: "a server that asks to wait is left alone as long",
  ignore,
  fn: async () => {
    let refused = 0;
    const handler: Handler = () =>
      refused++ === 0
        ? new Response("", { status: 503, headers: { "retry-after": "1" } })
        : new Response("here");
    await withServer(fixtures, handler, async (address) => {
      const began = performance.now();
      const bytes = await new HttpObjects({ kind: "http", url: address, requests: QUICK }).get("a");
      assertEquals(new TextDecoder().decode(bytes), "here");
      assert(performance.now() - began > 900);
    });
  },
});

Deno.test({
  name: "a server that sends nothing, or stops amidst, is given up after a while and asked again",
  ignore,
  fn: async () => {
    let stalls = 1, whole = false;
    const open: ReadableStreamDefaultController<Uint8Array>[] = [];
    const handler: Handler = () => {
      if (stalls-- <= 0) return new Response("here");
      return new Response(
        new ReadableStream<Uint8Array>({
          start(controller) {
            open.push(controller);
            if (!whole) controller.enqueue(new TextEncoder().encode("he"));
          },
        }),
      );
    };
    await withServer(fixtures, handler, async (address) => {
      const objects = new HttpObjects({ kind: "http", url: address, requests: QUICK });
      for (whole of [false, true]) {
        stalls = 2;
        assertEquals(new TextDecoder().decode(await objects.get("a")), "here");
      }
      stalls = 9;
      const message = `Cannot read ${address}/a: the server sent nothing for 100 ms (tried 3 times)`;
      assertEquals((await assertRejects(() => objects.get("a"), StoreError)).message, message);
      open.forEach((controller) => {
        try {
          controller.close();
        } catch {
          // The client has gone.
        }
      });
    });
  },
});

const body = new TextEncoder().encode("0123456789");
const ranged = (from: number, to: number, said: string) =>
  new Response(body.slice(from, to), { status: 206, headers: { "content-range": said } });

const LIES: readonly [name: string, answer: () => Response, says: string][] = [
  ["another part", () => ranged(3, 6, "bytes 3-5/10"), "sent bytes 3 to 5 where 2 to 4 were asked for"],
  ["the part before", () => ranged(0, 3, "bytes 0-2/10"), "sent bytes 0 to 2 where 2 to 4"],
  ["less than it says", () => ranged(2, 4, "bytes 2-4/10"), "sent 2 bytes and called them 2 to 4"],
  ["more than it says", () => ranged(2, 9, "bytes 2-4/10"), "sent 7 bytes and called them 2 to 4"],
  ["a part without saying which", () => ranged(2, 5, ""), "sent a part and did not say which"],
];

for (const [name, answer, says] of LIES) {
  Deno.test({
    name: `a server that sends ${name} is asked again, then given up`,
    ignore,
    fn: async () => {
      let lies = 2;
      const handler: Handler = () => lies-- > 0 ? answer() : ranged(2, 5, "bytes 2-4/10");
      await withServer(fixtures, handler, async (address) => {
        const objects = new HttpObjects({ kind: "http", url: address, requests: QUICK });
        const range = { offset: 2, length: 3 };
        assertEquals(new TextDecoder().decode(await objects.get("a", range)), "234");
        lies = 9;
        const { message } = await assertRejects(() => objects.get("a", range), StoreError);
        assertEquals(message.startsWith(`Cannot read ${address}/a: the server ${says}`), true, message);
      });
    },
  });
}

Deno.test({
  name: "a server that does not know ranges sends everything, of which the part is taken",
  ignore,
  fn: () =>
    withServer(fixtures, () => new Response(body), async (address) => {
      const objects = new HttpObjects({ kind: "http", url: address, requests: QUICK });
      const text = async (range: Parameters<HttpObjects["get"]>[1]) =>
        new TextDecoder().decode(await objects.get("a", range));
      assertEquals([await text({ offset: 2, length: 3 }), await text({ suffix: 4 })], ["234", "6789"]);
      assertEquals(await text({ offset: 8, length: 30 }), "89");
    }),
});

Deno.test({
  name: "a connection that breaks off amidst is tried again",
  ignore,
  fn: async () => {
    // Announces more than it sends, and hangs up.
    using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    let connections = 0;
    const serving = (async () => {
      for await (const connection of listener) {
        connections++;
        await connection.read(new Uint8Array(4096));
        const whole = connections > 1;
        const head = `HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n${
          whole ? "0123456789" : "0123"
        }`;
        await connection.write(new TextEncoder().encode(head));
        connection.close();
        if (whole) break;
      }
    })();
    const objects = new HttpObjects({
      kind: "http",
      url: `http://127.0.0.1:${listener.addr.port}`,
      requests: QUICK,
    });
    assertEquals(await objects.get("a"), body);
    await serving;
    assertEquals(connections, 2);
  },
});

Deno.test({
  name: "a server that is not there, and one that refuses, are named without what is secret in the address",
  ignore,
  fn: async () => {
    const requests = { ...QUICK, tries: 2 };
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" }), { port } = listener.addr;
    listener.close();
    const url = `http://127.0.0.1:${port}/s.zarr?signature=hush`;
    const gone = await assertRejects(
      () => new HttpObjects({ kind: "http", url, requests }).get("a"),
      StoreError,
    );
    assertStringIncludes(gone.message, `Cannot read http://127.0.0.1:${port}/s.zarr/a: the server broke off`);
    assertEquals(Deno.inspect(gone).includes("hush"), false);
    await withServer(fixtures, () => new Response("no", { status: 403 }), async (address, asked) => {
      const location = { kind: "http", url: `${address}/s.zarr?token=hush`, requests } as const;
      const { message } = await assertRejects(() => new HttpObjects(location).get("a"), StoreError);
      assertEquals(message, `Cannot read ${address}/s.zarr/a: the server answered HTTP 403`);
      assertEquals(asked.length, 1);
    });
  },
});

Deno.test({
  name: "a name and a password in an address are sent, and not shown",
  ignore,
  fn: async () => {
    let sent: string | null = null;
    const handler: Handler = (request) => {
      sent = request.headers.get("authorization");
      return new Response("no", { status: 401 });
    };
    await withServer(fixtures, handler, async (address) => {
      const url = address.replace("//", "//me:hush%20hush@");
      const { message } = await assertRejects(
        () => new HttpObjects({ kind: "http", url, requests: QUICK }).get("a"),
        StoreError,
      );
      assertEquals(message, `Cannot read ${address}/a: the server answered HTTP 401`);
      assertEquals(sent, `Basic ${btoa("me:hush hush")}`);
    });
  },
});

Deno.test({
  name: "chunks are read several at a time, and a store with a summary is described",
  ignore,
  fn: () =>
    withFolder(async (folder) => {
      {
        using array = await createZarr(`${folder}/s.zarr/tmp`, { shape: [64], chunks: [2], zarrFormat: 2 });
        await array.write({ origin: [0], shape: [64] }, SharedNdArray.arange(64));
      }
      await Deno.writeTextFile(
        `${folder}/s.zarr/.zmetadata`,
        '{"metadata": {".zgroup": {}, "tmp/.zarray": {}}}',
      );
      let now = 0, most = 0;
      const slow: Handler = async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return undefined;
      };
      await withServer(folder, slow, async (address) => {
        using array = await openZarr(`${address}/s.zarr/tmp`, { requests: QUICK });
        assertEquals((await array.read()).equals(SharedNdArray.arange(64)), true);
        assertEquals(most, 8);
        const found = await describeZarr(`${address}/s.zarr`);
        assert(found.kind === "group" && found.children !== null);
        assertEquals(found.children.map(({ name, kind }) => [name, kind]), [["tmp", "array"]]);
      });
    }),
});
