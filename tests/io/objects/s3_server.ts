/**
 * A small server that speaks as much S3 as stores need, and checks each signature.
 *
 * @module
 */

import { createHash, createHmac } from "node:crypto";

/** What the server knows, and may be told to do. */
export interface S3Server extends AsyncDisposable {
  /** Where it listens. */
  readonly endpoint: string;
  /** The objects of its buckets by `bucket/key`. */
  readonly objects: Map<string, Uint8Array<ArrayBuffer>>;
  /** What was asked: method and path with query. */
  readonly asked: string[];
  /** Answers a request instead, if it gives something; before or after it was done. */
  interfere: (request: Request, done: boolean) => Response | undefined;
}

/** Keys that the server knows. */
export const TEST_KEYS = { id: "AKIDEXAMPLE", secret: "not/a+real/key" } as const;

const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Uint8Array, data: string) => createHmac("sha256", key).update(data).digest();

/** The signature that a request should have (AWS Signature Version 4). */
function signatureOf(request: Request, body: Uint8Array, authorization: RegExpExecArray): string {
  const [, date, region, signedHeaders] = authorization, url = new URL(request.url);
  const strict = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const query = [...url.searchParams].map(([name, value]) => `${strict(name)}=${strict(value)}`).sort().join(
    "&",
  );
  const path = url.pathname.split("/").map((part) => strict(decodeURIComponent(part))).join("/");
  const names = signedHeaders.split(";");
  const headers = names.map((name) =>
    `${name}:${name === "host" ? url.host : request.headers.get(name)?.trim()}\n`
  );
  const said = request.headers.get("x-amz-content-sha256") ?? "";
  if (said !== "UNSIGNED-PAYLOAD" && said !== hash(body)) return "the body has another hash";
  const canonical = [request.method, path, query, headers.join(""), signedHeaders, said].join("\n");
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", request.headers.get("x-amz-date"), scope, hash(canonical)].join("\n");
  const key = ["s3", "aws4_request"].reduce(hmac, hmac(hmac(`AWS4${TEST_KEYS.secret}`, date), region));
  return hmac(key, text).toString("hex");
}

function isSigned(request: Request, body: Uint8Array): boolean {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/([\w-]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/;
  const authorization = pattern.exec(request.headers.get("authorization") ?? "");
  return authorization !== null && authorization[4] === signatureOf(request, body, authorization);
}

const failure = (status: number, code: string) =>
  new Response(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`, { status });

/** Starts a server. Buckets named `public` may be read by all. */
export function startS3(): S3Server {
  const objects = new Map<string, Uint8Array<ArrayBuffer>>(), asked: string[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const url = new URL(request.url), body = new Uint8Array(await request.arrayBuffer());
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const before = state.interfere(request, false);
    if (before !== undefined) return before;
    const isPublic = url.pathname.startsWith("/public/") && request.method === "GET";
    if (!isPublic && !isSigned(request, body)) return failure(403, "SignatureDoesNotMatch");
    const answer = respond(request, url, body);
    return state.interfere(request, true) ?? answer;
  });

  function respond(request: Request, url: URL, body: Uint8Array<ArrayBuffer>): Response {
    const name = decodeURIComponent(url.pathname.slice(1)), found = objects.get(name);
    if (request.method === "GET" && url.searchParams.has("list-type")) {
      return list(name.replace(/\/$/, ""), url);
    }
    if (request.method === "PUT") {
      if (request.headers.get("if-none-match") === "*" && found !== undefined) {
        return failure(412, "PreconditionFailed");
      }
      objects.set(name, body);
      return new Response(null, { status: 200 });
    }
    if (request.method === "DELETE") {
      objects.delete(name);
      return new Response(null, { status: 204 });
    }
    if (found === undefined) return failure(404, "NoSuchKey");
    const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
    if (range === null) return new Response(found);
    const first = range[1] === "" ? Math.max(0, found.length - Number(range[2])) : Number(range[1]);
    const last = range[1] === "" ? found.length - 1 : Math.min(found.length - 1, Number(range[2]));
    if (first >= found.length) return failure(416, "InvalidRange");
    const headers = { "content-range": `bytes ${first}-${last}/${found.length}` };
    return new Response(found.slice(first, last + 1), { status: 206, headers });
  }

  /** Pages of three, so that there are several. */
  function list(bucket: string, url: URL): Response {
    const prefix = url.searchParams.get("prefix") ?? "", delimiter = url.searchParams.get("delimiter");
    const after = url.searchParams.get("continuation-token") ?? "";
    const keys = [...objects.keys()].filter((name) => name.startsWith(`${bucket}/${prefix}`))
      .map((name) => name.slice(bucket.length + 1)).sort();
    const entries = [
      ...new Set(keys.map((key) => {
        const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
        return end < 0 ? key : key.slice(0, end + 1);
      })),
    ].filter((entry) => entry > after);
    const page = entries.slice(0, 3), isTruncated = entries.length > 3;
    const encoded = (text: string) => encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%20", "+");
    const items = page.map((entry) =>
      delimiter !== null && entry.endsWith(delimiter)
        ? `<CommonPrefixes><Prefix>${encoded(entry)}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${encoded(entry)}</Key><Size>${
          objects.get(`${bucket}/${entry}`)?.length
        }</Size></Contents>`
    );
    const next = isTruncated
      ? `<NextContinuationToken>${page[2].replaceAll("&", "&amp;")}</NextContinuationToken>`
      : "";
    return new Response(
      `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>${bucket}</Name>` +
        `<EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${next}${
          items.join("")
        }</ListBucketResult>`,
    );
  }

  const state: S3Server = {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    objects,
    asked,
    interfere: () => undefined,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return state;
}
