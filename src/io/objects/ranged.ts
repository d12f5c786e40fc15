/**
 * Parts of objects over HTTP, and the ways in which servers get them wrong.
 *
 * @module
 */

import type { ByteRange } from "./object_store.ts";
import { type Answer, Retryable } from "./requests.ts";

/**
 * The header that asks for a part.
 *
 * @param range The part.
 */
export function rangeHeader(range: ByteRange | undefined): Record<string, string> {
  if (range === undefined) return {};
  const { first, last } = "suffix" in range
    ? { first: "", last: range.suffix }
    : { first: range.offset, last: range.offset + range.length - 1 };
  return { range: `bytes=${first}-${last}` };
}

/**
 * The bytes that were asked for, out of an answer.
 *
 * @param answer The answer, 200 or 206.
 * @param range What was asked for.
 * @throws {Retryable} If it is something else.
 */
export function bytesOf(
  { status, headers, body }: Answer,
  range: ByteRange | undefined,
): Uint8Array<ArrayBuffer> {
  if (range === undefined) {
    if (status === 206) throw new Retryable("sent a part where all was asked for");
    return body;
  }
  // Whoever does not know ranges sends everything, which has the part in it.
  if (status === 200) return cut(body, range);
  const said = headers.get("content-range") ?? "";
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(said);
  if (match === null) throw new Retryable("sent a part and did not say which");
  const [first, last] = [Number(match[1]), Number(match[2])];
  const total = match[3] === "*" ? undefined : Number(match[3]);
  const wanted = wantedPart(range, total);
  const isRight = "suffix" in range && total === undefined
    ? last - first + 1 <= range.suffix
    : first === wanted.first && last === wanted.last;
  if (!isRight) {
    throw new Retryable(
      `sent bytes ${first} to ${last} where ${wanted.first} to ${wanted.last} were asked for`,
    );
  }
  if (body.length !== last - first + 1) {
    throw new Retryable(`sent ${body.length} bytes and called them ${first} to ${last}`);
  }
  return body;
}

function cut(body: Uint8Array<ArrayBuffer>, range: ByteRange): Uint8Array<ArrayBuffer> {
  if ("suffix" in range) return body.slice(Math.max(0, body.length - range.suffix));
  return body.slice(range.offset, range.offset + range.length);
}

/** The part of an object of a size, first and last byte included. */
function wantedPart(range: ByteRange, total: number | undefined): { first: number; last: number } {
  if ("suffix" in range) {
    const size = total ?? range.suffix;
    return { first: Math.max(0, size - range.suffix), last: size - 1 };
  }
  const end = range.offset + range.length;
  return { first: range.offset, last: Math.min(end, total ?? end) - 1 };
}
