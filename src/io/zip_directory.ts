/**
 * The directory of a ZIP archive, with 64-bit sizes.
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 * @module
 */

import { allocate } from "../array/memory/allocation.ts";
import { FormatError } from "../errors.ts";
import type { InputFile } from "./input_file.ts";
import { shownText } from "./shown_text.ts";

/** A member of an archive, as the directory describes it. */
export interface ZipEntry {
  /** Its name. */
  readonly name: string;
  /** How it is compressed. */
  readonly method: "stored" | "deflated";
  /** CRC-32 of its uncompressed bytes. */
  readonly crc: number;
  /** Bytes in the archive. */
  readonly compressedSize: number;
  /** Bytes when uncompressed. */
  readonly size: number;
  /** Where its bytes begin in the archive. */
  readonly dataOffset: number;
}

/** What marks the parts of an archive. */
export const SIGNATURES = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

/** In a 32-bit field: the value stands in the 64-bit extra field. */
export const IN_EXTRA = 0xffff_ffff;

const END_BYTES = 22, LOCATOR64_BYTES = 20, END64_BYTES = 56, CENTRAL_BYTES = 46, LOCAL_BYTES = 30;

/** The largest directory that is read: room for half a million members. */
const LARGEST_DIRECTORY = 1 << 26;

/** The most bytes that deflate makes of one: a match of 258 bytes can take as little as two bits. */
const MOST_INFLATION = 1032;

/**
 * The members of an archive. Every size is checked against the file's before it is believed.
 *
 * @param file The archive.
 * @throws {FormatError} If it is no ZIP archive, is truncated, or has members that are encrypted or compressed with
 * anything but deflate.
 */
export function readZipDirectory(file: InputFile): ZipEntry[] {
  const { offset, size, count } = findDirectory(file);
  if (size > LARGEST_DIRECTORY) fail(file, `it claims a directory of ${size} bytes`);
  const view = viewOf(file, offset, size);
  const entries: ZipEntry[] = [];
  for (let at = 0, i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > size || view.getUint32(at, true) !== SIGNATURES.central) {
      fail(file, `its directory does not have the ${count} members it claims`);
    }
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const commentBytes = view.getUint16(at + 32, true);
    const end = at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
    if (end > size) fail(file, "its directory is truncated");
    entries.push(readEntry(file, view, at, nameBytes, extraBytes));
    at = end;
  }
  return entries;
}

function fail(file: InputFile, what: string): never {
  throw new FormatError(`${file.path} is not a valid .${file.format} file: ${what}`, file.format);
}

function viewOf(file: InputFile, offset: number, size: number): DataView {
  if (offset + size > file.size) fail(file, `it ends before byte ${offset + size} of its directory`);
  const bytes = allocate(size, `for the directory of ${file.path}`, () => new Uint8Array(size));
  file.seek(offset);
  file.read(bytes);
  return new DataView(bytes.buffer);
}

/** The directory is found from the end of the file: a comment of up to 64 KiB may follow it. */
function findDirectory(file: InputFile): { offset: number; size: number; count: number } {
  const tailBytes = Math.min(file.size, END_BYTES + 0xffff + LOCATOR64_BYTES);
  const tailOffset = file.size - tailBytes;
  const tail = viewOf(file, tailOffset, tailBytes);
  let at = tailBytes - END_BYTES;
  while (at >= 0 && !isEnd(tail, at)) at--;
  if (at < 0) fail(file, "it has no ZIP directory at its end");
  const found = {
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  const locator = at - LOCATOR64_BYTES;
  if (locator < 0 || tail.getUint32(locator, true) !== SIGNATURES.locator64) return found;
  const end64 = viewOf(file, toNumber(file, tail.getBigUint64(locator + 8, true)), END64_BYTES);
  if (end64.getUint32(0, true) !== SIGNATURES.end64) fail(file, "its 64-bit directory is damaged");
  return {
    count: toNumber(file, end64.getBigUint64(32, true)),
    size: toNumber(file, end64.getBigUint64(40, true)),
    offset: toNumber(file, end64.getBigUint64(48, true)),
  };
}

/** Whether the end record is here, with a comment that reaches just to the end of the file. */
function isEnd(tail: DataView, at: number): boolean {
  return tail.getUint32(at, true) === SIGNATURES.end &&
    at + END_BYTES + tail.getUint16(at + 20, true) === tail.byteLength;
}

function toNumber(file: InputFile, value: bigint): number {
  const number = Number(value);
  if (number > file.size) fail(file, `it claims ${value} bytes or members, but has ${file.size} bytes`);
  return number;
}

function readEntry(
  file: InputFile,
  view: DataView,
  at: number,
  nameBytes: number,
  extraBytes: number,
): ZipEntry {
  const nameOffset = at + CENTRAL_BYTES;
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, nameOffset, nameBytes));
  const shown = shownText(name), flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if ((flags & 1) !== 0) fail(file, `its member ${shown} is encrypted`);
  if (method !== 0 && method !== 8) {
    fail(file, `its member ${shown} is compressed by method ${method}, expected none or deflate`);
  }
  const sizes = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  const [size, compressedSize, headerOffset] = widen(file, sizes, view, nameOffset + nameBytes, extraBytes);
  const local = viewOf(file, headerOffset, LOCAL_BYTES);
  if (local.getUint32(0, true) !== SIGNATURES.local) {
    fail(file, `its member ${shown} is not where it should be`);
  }
  const dataOffset = headerOffset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (dataOffset + compressedSize > file.size) fail(file, `its member ${shown} is truncated`);
  const possible = method === 0 ? size === compressedSize : size <= compressedSize * MOST_INFLATION;
  if (!possible) {
    fail(file, `its member ${shown} claims ${size} bytes, which its ${compressedSize} cannot hold`);
  }
  return {
    name,
    method: method === 0 ? "stored" : "deflated",
    crc: view.getUint32(at + 16, true),
    compressedSize,
    size,
    dataOffset,
  };
}

/** Replaces the values that did not fit 32 bits by those of the 64-bit extra field, which has only these, in order. */
function widen(
  file: InputFile,
  values: readonly number[],
  view: DataView,
  extraOffset: number,
  extraBytes: number,
): number[] {
  const end = extraOffset + extraBytes;
  let at = extraOffset;
  while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  at += 4;
  return values.map((value) => {
    if (value !== IN_EXTRA) return value;
    if (at + 8 > end) fail(file, "a 64-bit size is missing in its directory");
    at += 8;
    return toNumber64(file, view.getBigUint64(at - 8, true));
  });
}

/** A 64-bit size. An uncompressed one may exceed the file's: it is judged with the compressed one. */
function toNumber64(file: InputFile, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) fail(file, `it claims a size of ${value} bytes`);
  return Number(value);
}
