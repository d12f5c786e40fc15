/**
 * Random ZIP archives, written here field by field.
 *
 * @module
 */

import { deflateSync } from "fflate";
import { crc32 } from "node:zlib";
import type { Seeded } from "../seeded.ts";
import { type Field, FieldWriter } from "./fields.ts";
import { type Bytes, joined } from "./mutate.ts";

/** A member that is to be written. */
export interface ZipMember {
  readonly name: Uint8Array;
  /** What it holds when it is uncompressed. */
  readonly content: Bytes;
  readonly isDeflated: boolean;
  /** What stands in the archive instead of what `content` is compressed to. */
  readonly stored?: Bytes;
  /** What the directory claims instead of the length and the checksum of `content`. */
  readonly size?: number;
  readonly crc?: number;
  /** Whether sizes stand in the 64-bit extra field. */
  readonly isWide?: boolean;
}

/** An archive, and where its numbers stand. */
export interface ZipFile {
  readonly bytes: Bytes;
  readonly fields: readonly Field[];
}

interface Placed {
  readonly stored: Bytes;
  readonly size: number;
  readonly crc: number;
  readonly offset: number;
}

const IN_EXTRA = 0xffff_ffff;

/**
 * Writes an archive.
 *
 * @param members Its members.
 * @param options Whether its directory is found by way of the 64-bit records, and the comment behind it.
 */
export function zipFile(
  members: readonly ZipMember[],
  { isWide = false, comment = "" }: { readonly isWide?: boolean; readonly comment?: string } = {},
): ZipFile {
  const writer = new FieldWriter(true);
  const placed = members.map((member) => writeLocal(writer, member));
  const start = writer.length;
  members.forEach((member, k) => writeCentral(writer, member, placed[k]));
  const size = writer.length - start;
  if (isWide) writeWideEnd(writer, { count: members.length, start, size });
  writer.number("end signature", 0x0605_4b50, 4);
  writer.number("disk", 0, 2);
  writer.number("directory's disk", 0, 2);
  writer.number("members on disk", isWide ? 0xffff : members.length, 2);
  writer.number("members", isWide ? 0xffff : members.length, 2);
  writer.number("directory size", isWide ? IN_EXTRA : size, 4);
  writer.number("directory offset", isWide ? IN_EXTRA : start, 4);
  writer.number("comment length", comment.length, 2);
  writer.raw(new TextEncoder().encode(comment));
  return { bytes: writer.finish(), fields: writer.fields };
}

function writeLocal(writer: FieldWriter, member: ZipMember): Placed {
  const { name, content, isDeflated } = member, offset = writer.length;
  const stored = member.stored ?? (isDeflated ? deflated(content) : content);
  const size = member.size ?? content.length, crc = member.crc ?? crc32(content);
  writer.number("local signature", 0x0403_4b50, 4);
  writer.number("local version", 20, 2);
  writer.number("local flags", 0, 2);
  writer.number("local method", isDeflated ? 8 : 0, 2);
  writer.number("local time", 0, 4);
  writer.number("local crc", crc, 4);
  writer.number("local compressed size", stored.length, 4);
  writer.number("local size", size, 4);
  writer.number("local name length", name.length, 2);
  writer.number("local extra length", 0, 2);
  writer.raw(name);
  writer.raw(stored);
  return { stored, size, crc, offset };
}

function writeCentral(writer: FieldWriter, member: ZipMember, placed: Placed): void {
  const { name, isDeflated, isWide = false } = member, { stored, size, crc, offset } = placed;
  writer.number("signature", 0x0201_4b50, 4);
  writer.number("version made by", 20, 2);
  writer.number("version", 20, 2);
  writer.number("flags", 0, 2);
  writer.number("method", isDeflated ? 8 : 0, 2);
  writer.number("time", 0, 4);
  writer.number("crc", crc, 4);
  writer.number("compressed size", isWide ? IN_EXTRA : stored.length, 4);
  writer.number("size", isWide ? IN_EXTRA : size, 4);
  writer.number("name length", name.length, 2);
  writer.number("extra length", isWide ? 28 : 0, 2);
  writer.number("member comment length", 0, 2);
  writer.number("member disk", 0, 2);
  writer.number("internal attributes", 0, 2);
  writer.number("external attributes", 0, 4);
  writer.number("offset", isWide ? IN_EXTRA : offset, 4);
  writer.raw(name);
  if (!isWide) return;
  writer.number("extra id", 1, 2);
  writer.number("extra size", 24, 2);
  writer.number("wide size", size, 8);
  writer.number("wide compressed size", stored.length, 8);
  writer.number("wide offset", offset, 8);
}

function writeWideEnd(
  writer: FieldWriter,
  { count, start, size }: { readonly count: number; readonly start: number; readonly size: number },
): void {
  const at = writer.length;
  writer.number("wide end signature", 0x0606_4b50, 4);
  writer.number("wide end size", 44, 8);
  writer.number("wide versions", 0x002d_002d, 4);
  writer.number("wide disks", 0, 8);
  writer.number("wide members on disk", count, 8);
  writer.number("wide members", count, 8);
  writer.number("wide directory size", size, 8);
  writer.number("wide directory offset", start, 8);
  writer.number("locator signature", 0x0706_4b50, 4);
  writer.number("locator disk", 0, 4);
  writer.number("locator offset", at, 8);
  writer.number("locator disks", 1, 4);
}

function deflated(bytes: Uint8Array): Bytes {
  return Uint8Array.from(deflateSync(bytes));
}

/**
 * Deflated bytes that come to more, or to less, than they should.
 *
 * @param content What they should come to.
 * @param random What decides.
 */
export function bomb(content: Bytes, random: Seeded): Bytes {
  const packed = deflated(content), many = random.pick([100, 100, 100, 5000, 100_000]);
  switch (random.int(0, 5)) {
    case 0:
      return deflated(
        joined(content, new Uint8Array(random.pick([1, 1, 5000, 100_000, 100_000, 5_000_000]))),
      );
    case 1:
      // Blocks that come to nothing.
      return joined(...Array.from({ length: many }, () => Uint8Array.of(0, 0, 0, 0xff, 0xff)), packed);
    case 2:
      return joined(packed, new Uint8Array(many).fill(random.pick([0, 1, 0xff])));
    case 3:
      return packed.slice(0, random.int(0, packed.length));
    case 4:
      // Zeros without an end: each byte is a block's code for 258 of them, over and over.
      return joined(deflated(new Uint8Array(100_000)).slice(0, -8), new Uint8Array(many));
    default: {
      const copy = packed.slice();
      for (let left = random.int(1, 3); left > 0; left--) {
        copy[random.int(0, copy.length - 1)] ^= 1 << random.int(0, 7);
      }
      return copy;
    }
  }
}
