/**
 * Objects of a store that speaks S3: Amazon's, MinIO and many others.
 *
 * @module
 */

import { StoreError } from "../../errors.ts";
import type {
  ByteRange,
  ListedFolder,
  ListedObject,
  ObjectsLocation,
  ObjectStore,
  PutOptions,
} from "./object_store.ts";
import { joinKey } from "./object_store.ts";
import { bytesOf, rangeHeader } from "./ranged.ts";
import { type Answer, type Asked, doing, Requests, Retryable, type Send, statusOf } from "./requests.ts";
import { parseS3Page, s3ErrorCode, type S3Page } from "./s3_listing.ts";
import { type S3Settings, s3Settings } from "./s3_settings.ts";

/** Objects of a bucket. Needs `--allow-net` and `--allow-env`. */
export class S3Objects implements ObjectStore {
  readonly text: string;
  readonly inFlight: number = 8;
  readonly #prefix: string;
  readonly #settings: S3Settings;
  readonly #requests: Requests;

  /**
   * Objects below a prefix of a bucket.
   *
   * @param location The bucket and the prefix, and how often and how long the server is asked.
   * @param settings How the bucket is reached. Default: as the environment says.
   */
  constructor(
    { bucket, prefix, requests }: ObjectsLocation & { kind: "s3" },
    settings: S3Settings = s3Settings(bucket),
  ) {
    this.text = `s3://${joinKey(bucket, prefix)}`.replace(/\/$/, "");
    this.#prefix = prefix;
    this.#settings = settings;
    this.#requests = new Requests(requests, sender(settings));
  }

  #asked(method: Asked["method"], key: string, more: Partial<Asked> = {}): Asked {
    const full = joinKey(this.#prefix, key);
    const url = `${this.#settings.bucketUrl}/${full.split("/").map(encodeURIComponent).join("/")}`;
    return { method, url, text: `${this.text}/${key}`, ...more };
  }

  /** Reads an object, or a part of it. */
  get(key: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const asked = this.#asked("GET", key, { headers: rangeHeader(range) });
    return this.#requests.ask(asked, (answer) => {
      if (answer.status === 404 && s3ErrorCode(answer.body) !== "NoSuchBucket") return undefined;
      if (answer.status === 416 && range !== undefined) return new Uint8Array(0);
      if (answer.status === 200 || answer.status === 206) return bytesOf(answer, range);
      throw refusal(asked, answer);
    });
  }

  /** Writes an object. Others see all of it, or what was there before. */
  async put(
    key: string,
    body: Uint8Array<ArrayBuffer>,
    { isNew = false }: PutOptions = {},
  ): Promise<boolean> {
    const headers = {
      "x-amz-content-sha256": await sha256(body),
      ...(isNew ? { "if-none-match": "*" } : {}),
    };
    const asked = this.#asked("PUT", key, { body, headers });
    const placed = await this.#requests.ask(asked, (answer, tries) => {
      if (answer.status === 200 || answer.status === 201 || answer.status === 204) return "written";
      if (isNew && answer.status === 412) return tries === 1 ? "taken" : "perhaps ours";
      if (isNew && answer.status === 501) return "unconditional";
      if (answer.status === 409) throw new Retryable("answered that somebody else is writing it");
      throw refusal(asked, answer);
    });
    if (placed === "unconditional") return await this.#putIfMissing(key, body);
    // An earlier try may have written it, whose answer was lost.
    if (placed === "perhaps ours") return sameBytes(await this.get(key), body);
    return placed === "written";
  }

  /** For servers that do not know the condition: two who write at the same moment are not told apart. */
  async #putIfMissing(key: string, body: Uint8Array<ArrayBuffer>): Promise<boolean> {
    if (await this.get(key) !== undefined) return false;
    return await this.put(key, body);
  }

  /** The objects whose keys begin with a prefix. */
  async list(prefix: string): Promise<ListedObject[]> {
    const listed: ListedObject[] = [];
    for await (const { objects } of this.#pages(prefix, false)) listed.push(...objects);
    return listed;
  }

  /** The keys that begin with a prefix. Nothing is ever half written. */
  async keys(prefix: string): Promise<{ keys: string[]; torn: string[] }> {
    return { keys: (await this.list(prefix)).map(({ key }) => key), torn: [] };
  }

  /** What lies in a folder. */
  async children(folder: string): Promise<ListedFolder> {
    const prefix = folder === "" ? "" : `${folder}/`, objects: string[] = [], folders: string[] = [];
    for await (const page of this.#pages(prefix, true)) {
      objects.push(...page.objects.map(({ key }) => key.slice(prefix.length)));
      folders.push(...page.folders.map((name) => name.slice(prefix.length)));
    }
    return { objects: objects.filter((name) => name !== "").sort(), folders: folders.sort() };
  }

  /** A listing comes in pages of a thousand. Keys in it are relative to the store. */
  async *#pages(prefix: string, onlyDirect: boolean): AsyncGenerator<S3Page, void, undefined> {
    const root = this.#prefix === "" ? "" : `${this.#prefix}/`;
    for (let next: string | undefined = "first"; next !== undefined;) {
      const query = new URLSearchParams({ "list-type": "2", prefix: root + prefix, "encoding-type": "url" });
      if (onlyDirect) query.set("delimiter", "/");
      if (next !== "first") query.set("continuation-token", next);
      // Signatures are of spaces as %20.
      const url = `${this.#settings.bucketUrl}/?${query.toString().replaceAll("+", "%20")}`;
      const asked: Asked = { method: "GET", url, text: `the list of ${this.text}/${prefix}` };
      const page: S3Page = await this.#requests.ask(asked, (answer) => {
        if (answer.status !== 200) throw refusal(asked, answer);
        return parseS3Page(answer.body);
      });
      yield {
        objects: page.objects.map(({ key, bytes }) => ({ key: key.slice(root.length), bytes })),
        folders: page.folders.map((name) => name.slice(root.length)),
        next: page.next,
      };
      next = page.next;
    }
  }

  /** Removes an object, if it is there. */
  async remove(key: string): Promise<void> {
    const asked = this.#asked("DELETE", key);
    await this.#requests.ask(asked, (answer) => {
      if (answer.status !== 200 && answer.status !== 204 && answer.status !== 404) {
        throw refusal(asked, answer);
      }
    });
  }
}

/** What signs requests and sends them. */
function sender({ region, keys }: S3Settings): Send {
  if (keys === undefined) {
    return ({ method, url, headers, body }, signal) => fetch(url, { method, headers, body, signal });
  }
  let client: Promise<{ sign(url: string, init: RequestInit): Promise<Request> }> | undefined;
  return async ({ method, url, headers, body }, signal) => {
    client ??= import("aws4fetch").then(({ AwsClient }) =>
      new AwsClient({
        accessKeyId: keys.id,
        secretAccessKey: keys.secret,
        sessionToken: keys.token,
        region,
        service: "s3",
      })
    );
    const signed = await (await client).sign(url, { method, headers, body });
    return await fetch(signed, { signal });
  };
}

function refusal(asked: Asked, answer: Answer): StoreError {
  const code = s3ErrorCode(answer.body), place = answer.headers.get("x-amz-bucket-region");
  const named = code === undefined ? "" : ` (${code})`;
  const isElsewhere = answer.status === 301 || answer.status === 307 ||
    code === "AuthorizationHeaderMalformed";
  const hint = isElsewhere && place !== null ? `: the bucket lies in ${place}, set AWS_REGION` : "";
  return new StoreError(
    `${doing(asked)}: the server answered ${statusOf(answer)}${named}${hint}`,
    asked.text,
  );
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at]);
}
