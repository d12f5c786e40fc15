import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { StoreError, UnsupportedError } from "../../../src/errors.ts";
import { S3Objects } from "../../../src/io/objects/s3_objects.ts";
import { parseS3Page } from "../../../src/io/objects/s3_listing.ts";
import { s3Settings } from "../../../src/io/objects/s3_settings.ts";
import { type S3Server, startS3, TEST_KEYS } from "./s3_server.ts";

const ignore = (await Deno.permissions.query({ name: "net" })).state !== "granted";
const requests = { tries: 3, backOffMs: 1, stallMs: 1000 };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found === undefined ? undefined : new TextDecoder().decode(found);

function variables(server: S3Server, keys: { id: string; secret: string } | undefined = TEST_KEYS) {
  const values: Record<string, string | undefined> = {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: keys?.id,
    AWS_SECRET_ACCESS_KEY: keys?.secret,
  };
  return (name: string) => values[name];
}

function objectsOf(server: S3Server, bucket = "climate", prefix = "deep/out.zarr"): S3Objects {
  return new S3Objects({ kind: "s3", bucket, prefix, requests }, s3Settings(bucket, variables(server)));
}

Deno.test({
  name: "objects are put, read whole and in part, listed over several pages, and removed, all signed",
  ignore,
  fn: async () => {
    await using server = startS3();
    const objects = objectsOf(server);
    assertEquals(objects.text, "s3://climate/deep/out.zarr");
    assertEquals(await objects.get("a"), undefined);
    assertEquals(await objects.put("a", bytes("0123456789")), true);
    assertEquals(text(await objects.get("a")), "0123456789");
    assertEquals(text(await objects.get("a", { offset: 2, length: 3 })), "234");
    assertEquals(text(await objects.get("a", { suffix: 4 })), "6789");
    assertEquals(text(await objects.get("a", { offset: 50, length: 3 })), "");
    const names = ["vpd/c/0/0", "vpd/c/0/1", "vpd/c/1/0", "vpd/c/1/1", "vpd/zarr.json", "odd name+(1)&.txt"];
    for (const name of names) await objects.put(name, bytes(name));
    assertEquals(
      (await objects.list("vpd/c/")).map(({ key, bytes }) => [key, bytes]),
      names.slice(0, 4).map((n) => [n, 9]),
    );
    assertEquals((await objects.keys("")).keys.toSorted(), ["a", ...names].toSorted());
    assertEquals(await objects.children(""), { objects: ["a", "odd name+(1)&.txt"], folders: ["vpd"] });
    assertEquals(await objects.children("vpd"), { objects: ["zarr.json"], folders: ["c"] });
    assertEquals(text(await objects.get("odd name+(1)&.txt")), "odd name+(1)&.txt");
    await objects.remove("a");
    await objects.remove("a");
    assertEquals(await objects.get("a"), undefined);
    assert(server.objects.has("climate/deep/out.zarr/vpd/zarr.json"));
  },
});

Deno.test({
  name: "of many who want an object to be new, one gets it, also when its answer was lost",
  ignore,
  fn: async () => {
    await using server = startS3();
    const objects = objectsOf(server), isNew = true;
    const got = await Promise.all(
      Array.from({ length: 6 }, (_, k) => objects.put("claim", bytes(`${k}`), { isNew })),
    );
    assertEquals(got.filter((isMine) => isMine).length, 1);
    assertEquals(text(await objects.get("claim")), `${got.indexOf(true)}`);
    let lost = 1;
    server.interfere = (request, done) =>
      done && request.method === "PUT" && lost-- > 0 ? new Response("", { status: 500 }) : undefined;
    assertEquals(await objects.put("second", bytes("mine"), { isNew }), true);
    lost = 0;
    assertEquals(await objects.put("second", bytes("mine"), { isNew }), false);
    // Servers that do not know the condition.
    server.interfere = (request, done) =>
      !done && request.headers.has("if-none-match") ? new Response("", { status: 501 }) : undefined;
    assertEquals(await objects.put("third", bytes("mine"), { isNew }), true);
    assertEquals(await objects.put("third", bytes("other"), { isNew }), false);
    assertEquals(text(await objects.get("third")), "mine");
  },
});

Deno.test({
  name: "what a server refuses for a while is asked again, what it refuses for good is said without keys",
  ignore,
  fn: async () => {
    await using server = startS3();
    const objects = objectsOf(server);
    let refusals = 2;
    server.interfere = (_, done) => !done && refusals-- > 0 ? new Response("", { status: 503 }) : undefined;
    assertEquals(await objects.put("a", bytes("x")), true);
    refusals = 2;
    assertEquals(text(await objects.get("a")), "x");
    refusals = 2;
    assertEquals((await objects.list("")).length, 1);
    refusals = 9;
    const busy = await assertRejects(() => objects.get("a"), StoreError);
    assertEquals(busy.message, `Cannot read ${objects.text}/a: the server answered HTTP 503 (tried 3 times)`);
    refusals = 0;
    const wrong = { id: TEST_KEYS.id, secret: "a wrong secret" };
    const location = { kind: "s3", bucket: "climate", prefix: "x", requests } as const;
    const refused = new S3Objects(location, s3Settings("climate", variables(server, wrong)));
    const error = await assertRejects(() => refused.put("a", bytes("x")), StoreError);
    assertEquals(
      error.message,
      "Cannot write s3://climate/x/a: the server answered HTTP 403 (SignatureDoesNotMatch)",
    );
    assertEquals(Deno.inspect(error).includes("wrong secret"), false);
    const headers = { "x-amz-bucket-region": "us-west-2" };
    server.interfere = () => new Response("", { status: 301, headers });
    await assertRejects(() => objects.get("a"), StoreError, "the bucket lies in us-west-2, set AWS_REGION");
  },
});

Deno.test({
  name: "public buckets are read without keys",
  ignore,
  fn: async () => {
    await using server = startS3();
    server.objects.set("public/s.zarr/a", bytes("free"));
    const read = variables(server);
    const settings = s3Settings("public", (name) => name.includes("KEY") ? undefined : read(name));
    const objects = new S3Objects({ kind: "s3", bucket: "public", prefix: "s.zarr", requests }, settings);
    assertEquals(text(await objects.get("a")), "free");
    assertEquals((await objects.keys("")).keys, ["a"]);
    await assertRejects(() => objects.put("b", bytes("x")), StoreError, "HTTP 403");
  },
});

Deno.test("the environment says how a bucket is reached", () => {
  const reading = (values: Record<string, string>) => (name: string) => values[name];
  const plain = s3Settings("climate", reading({}));
  assertEquals(plain, {
    bucketUrl: "https://climate.s3.us-east-1.amazonaws.com",
    region: "us-east-1",
    keys: undefined,
  });
  assertEquals(
    s3Settings("a.b", reading({ AWS_REGION: "eu-west-1" })).bucketUrl,
    "https://s3.eu-west-1.amazonaws.com/a.b",
  );
  const own = s3Settings(
    "x",
    reading({ AWS_ENDPOINT_URL: "http://minio:9000/", AWS_DEFAULT_REGION: "local" }),
  );
  assertEquals([own.bucketUrl, own.region], ["http://minio:9000/x", "local"]);
  const half = reading({ AWS_ACCESS_KEY_ID: "id" });
  assertThrows(
    () => s3Settings("x", half),
    UnsupportedError,
    "AWS_ACCESS_KEY_ID is set, AWS_SECRET_ACCESS_KEY is not",
  );
});

Deno.test("answers that are no list are told from lists", () => {
  for (const answer of ["", "<html></html>", "<ListBucketResult><Contents>"]) {
    assertThrows(() => parseS3Page(bytes(answer)), Error, "sent no list of objects");
  }
  const page =
    "<ListBucketResult><Contents><Key>a&amp;b&#x41;%2F</Key><Size>3</Size></Contents></ListBucketResult>";
  assertEquals(parseS3Page(bytes(page)), {
    objects: [{ key: "a&bA%2F", bytes: 3 }],
    folders: [],
    next: undefined,
  });
});

/** What another process prints that has the keys of a server. */
async function inProcess(server: S3Server, code: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--config",
      decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname),
      code,
    ],
    env: {
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: TEST_KEYS.id,
      AWS_SECRET_ACCESS_KEY: TEST_KEYS.secret,
      AWS_REGION: "eu-central-1",
      NO_COLOR: "1",
    },
    signal: AbortSignal.timeout(60_000),
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test({
  name: "arrays are created, written and read by an address, with a ledger",
  ignore,
  fn: async () => {
    await using server = startS3();
    const mod = new URL("../../../mod.ts", import.meta.url).href;
    const printed = await inProcess(
      server,
      `
import { createArray, openArray, SharedNdArray } from ${JSON.stringify(mod)};
const values = SharedNdArray.arange(60).reshape([10, 6]);
using made = await createArray("s3://climate/out.zarr/daily/vpd", { shape: [10, 6], chunks: [4, 4] });
await made.write({ origin: [0, 0], shape: [10, 6] }, values);
using found = await openArray("s3://climate/out.zarr/daily/vpd", { writable: true });
const { present, torn } = await found.ledger.chunksPresent();
await found.ledger.setAttributes({ units: "hPa" });
using again = await openArray("s3://climate/out.zarr/daily/vpd");
console.log((await found.read()).equals(values), [...present].join(""), torn.length, again.attributes.units, found.name);
console.log(JSON.stringify(found.handle()).includes("real/key"));`,
    );
    assertEquals(printed, "true 111111 0 hPa s3://climate/out.zarr/daily/vpd\nfalse\n");
    const keys = [...server.objects.keys()].toSorted();
    assertEquals(keys.filter((key) => key.endsWith("zarr.json")), [
      "climate/out.zarr/daily/vpd/zarr.json",
      "climate/out.zarr/daily/zarr.json",
      "climate/out.zarr/zarr.json",
    ]);
    assertEquals(keys.length, 9);
  },
});

Deno.test("without the permission to read the environment there is a sentence that names the flag", async () => {
  const mod = new URL("../../../mod.ts", import.meta.url).href;
  const code = `import { openArray } from ${JSON.stringify(mod)};
await openArray("s3://climate/out.zarr/vpd").catch((error) => console.log(error.name, error.message));`;
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/open.js`, code);
  const config = decodeURIComponent(new URL("../../../deno.json", import.meta.url).pathname);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--config", config, `${folder}/open.js`],
    signal: AbortSignal.timeout(60_000),
  }).output();
  await Deno.remove(folder, { recursive: true });
  assertStringIncludes(
    text(stdout) ?? "",
    "UnsupportedError Addresses that begin with s3:// need --allow-env",
  );
});
