/**
 * What stores that speak S3 answer in XML.
 *
 * @module
 */

import type { ListedObject } from "./object_store.ts";
import { Retryable } from "./requests.ts";

/** A page of a listing. */
export interface S3Page {
  /** The objects. */
  readonly objects: readonly ListedObject[];
  /** The prefixes in which further objects lie, without the slash at their end. */
  readonly folders: readonly string[];
  /** From where the next page goes on; undefined behind the last one. */
  readonly next: string | undefined;
}

/**
 * Reads a page of a listing whose keys are encoded as in URLs.
 *
 * @param body The answer.
 * @throws {Retryable} If it is none.
 */
export function parseS3Page(body: Uint8Array): S3Page {
  const xml = new TextDecoder().decode(body);
  if (!/<ListBucketResult[\s>]/.test(xml) || !xml.includes("</ListBucketResult>")) {
    throw new Retryable("sent no list of objects");
  }
  const isEncoded = textOf(xml, "EncodingType") === "url";
  const name = (text: string | undefined) => text === undefined ? "" : isEncoded ? fromUrl(text) : text;
  return {
    objects: elementsOf(xml, "Contents").map((item) => ({
      key: name(textOf(item, "Key")),
      bytes: Number(textOf(item, "Size") ?? 0),
    })),
    folders: elementsOf(xml, "CommonPrefixes").map((item) => name(textOf(item, "Prefix")).replace(/\/$/, "")),
    next: textOf(xml, "IsTruncated") === "true" ? textOf(xml, "NextContinuationToken") : undefined,
  };
}

function fromUrl(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new Retryable("sent a key that is not encoded as it says");
  }
}

/** What stands between the tags of each element of a name. None of these elements holds another one of its name. */
function elementsOf(xml: string, tag: string): string[] {
  return [...xml.matchAll(new RegExp(`<${tag}>([^]*?)</${tag}>`, "g"))].map(([, inner]) => inner);
}

function textOf(xml: string, tag: string): string | undefined {
  const inner = new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1];
  return inner === undefined ? undefined : inner.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, unescaped);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name] ?? whole;
  return String.fromCodePoint(decimal !== undefined ? Number(decimal) : parseInt(hex ?? "0", 16));
}

/**
 * The code of an error, such as `AccessDenied`.
 *
 * @param body The answer.
 */
export function s3ErrorCode(body: Uint8Array): string | undefined {
  if (body.length > 65_536) return undefined;
  return /<Code>(\w{1,60})<\/Code>/.exec(new TextDecoder().decode(body))?.[1];
}
