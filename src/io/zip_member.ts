/**
 * The bytes of one member of a ZIP archive, uncompressed and verified.
 *
 * @module
 */

import { allocate } from "../array/memory/allocation.ts";
import type { Inflate } from "fflate";
import { describeCause, FormatError } from "../errors.ts";
import type { ByteReader, InputFile } from "./input_file.ts";
import { shownText } from "./shown_text.ts";
import type { ZipEntry } from "./zip_directory.ts";

/** Bytes that are inflated at once, about: small pieces are collected before they pile up. */
const INFLATED_BYTES = 1 << 18;

/** Bytes that are read and added to the checksum at once: few enough to still be in the cache for the second. */
const CHECKED_BYTES = 1 << 20;

/**
 * Compressed bytes that may come to nothing. Compressors make no more than some hundred, for the codes of a block; what
 * lies behind the last block would be collected until the member's end.
 */
const MOST_IDLE_BYTES = 1 << 16;

/** A member's bytes, one after another; `finish` tells whether they were the right ones. */
export interface ZipMember extends ByteReader {
  /**
   * Verifies what was read, after all of it was.
   *
   * @throws {FormatError} If the CRC-32 or the size is not the one in the directory.
   */
  finish(): void;
}

/**
 * Opens a member.
 *
 * @param file The archive.
 * @param entry The member.
 */
export async function openZipMember(file: InputFile, entry: ZipEntry): Promise<ZipMember> {
  // Loaded when needed: whoever reads no archive does not wait for them.
  const { crc32 } = await import("node:zlib");
  file.seek(entry.dataOffset);
  const bytes = entry.method === "stored" ? new StoredBytes(file, entry) : await inflate(file, entry);
  return new CheckedMember(memberPath(file, entry), bytes, entry, crc32);
}

/**
 * What a member is called in messages.
 *
 * @param file The archive.
 * @param entry The member.
 */
export function memberPath(file: InputFile, entry: ZipEntry): string {
  return `${file.path}:${shownText(entry.name)}`;
}

/**
 * About how many bytes reading a member takes while it goes on, beyond the array itself.
 *
 * @param entry The member.
 */
export function memberLoadBytes(entry: ZipEntry): number {
  if (entry.method === "stored") return 0;
  // A chunk, what it inflates to, and a buffer that doubles while that grows.
  return chunkBytes(entry) + 4 * INFLATED_BYTES;
}

/**
 * How many compressed bytes are inflated at once. What the directory says of them may be wrong, and they may come to a
 * thousand times as many: to no more than sixteen times the member's size, or two megabytes.
 */
function chunkBytes({ size, compressedSize }: ZipEntry): number {
  const share = INFLATED_BYTES / Math.max(1, size);
  return Math.max(1 << 11, Math.min(1 << 16, Math.ceil(compressedSize * share), Math.ceil(size / 64)));
}

type Crc32 = (data: Uint8Array, value: number) => number;

class CheckedMember implements ZipMember {
  readonly size: number;
  readonly #name: string;
  readonly #bytes: MemberBytes;
  readonly #expected: number;
  readonly #crc32: Crc32;
  #crc: number = 0;

  constructor(name: string, bytes: MemberBytes, entry: ZipEntry, crc32: Crc32) {
    this.size = entry.size;
    this.#name = name;
    this.#bytes = bytes;
    this.#expected = entry.crc;
    this.#crc32 = crc32;
  }

  read(target: Uint8Array): void {
    for (let start = 0; start < target.length; start += CHECKED_BYTES) {
      const piece = target.subarray(start, start + CHECKED_BYTES);
      this.#bytes.read(piece);
      this.#crc = this.#crc32(piece, this.#crc);
    }
  }

  finish(): void {
    if (this.#bytes.hasMore()) {
      throw new FormatError(`${this.#name} is damaged: it inflates to more than ${this.size} bytes`, "npz");
    }
    if (this.#crc !== this.#expected) {
      const hex = (crc: number) => crc.toString(16).padStart(8, "0");
      throw new FormatError(
        `${this.#name} is damaged: its CRC-32 is ${hex(this.#crc)}, expected ${hex(this.#expected)}`,
        "npz",
      );
    }
  }
}

interface MemberBytes {
  read(target: Uint8Array): void;
  hasMore(): boolean;
}

class StoredBytes implements MemberBytes {
  readonly #file: InputFile;
  #left: number;

  constructor(file: InputFile, entry: ZipEntry) {
    this.#file = file;
    this.#left = entry.size;
  }

  read(target: Uint8Array): void {
    if (target.length > this.#left) throw endsEarly(this.#file.path);
    this.#file.read(target);
    this.#left -= target.length;
  }

  hasMore(): boolean {
    return this.#left > 0;
  }
}

function endsEarly(name: string): FormatError {
  return new FormatError(`${name} is damaged: its bytes end too early`, "npz");
}

async function inflate(file: InputFile, entry: ZipEntry): Promise<MemberBytes> {
  const { Inflate } = await import("fflate");
  const pieces: Uint8Array[] = [];
  return new InflatedBytes(file, entry, new Inflate((piece) => pieces.push(piece)), pieces);
}

/** Inflates as much as is asked for, so that a member never stands in memory twice. */
class InflatedBytes implements MemberBytes {
  readonly #file: InputFile;
  readonly #name: string;
  readonly #stream: Inflate;
  /** What the stream has put out and nobody has read yet. */
  readonly #pieces: Uint8Array[];
  readonly #chunk: number;
  #left: number;

  constructor(file: InputFile, entry: ZipEntry, stream: Inflate, pieces: Uint8Array[]) {
    this.#file = file;
    this.#name = memberPath(file, entry);
    this.#stream = stream;
    this.#pieces = pieces;
    this.#chunk = chunkBytes(entry);
    this.#left = entry.compressedSize;
  }

  read(target: Uint8Array): void {
    for (let done = 0; done < target.length;) {
      if (!this.hasMore()) throw endsEarly(this.#name);
      const piece = this.#pieces[0];
      const taken = Math.min(piece.length, target.length - done);
      target.set(piece.subarray(0, taken), done);
      if (taken === piece.length) this.#pieces.shift();
      else this.#pieces[0] = piece.subarray(taken);
      done += taken;
    }
  }

  /** Inflates until there is something to read, or nothing left. */
  hasMore(): boolean {
    for (let idle = 0;;) {
      while (this.#pieces.length > 0 && this.#pieces[0].length === 0) this.#pieces.shift();
      if (this.#pieces.length > 0) return true;
      if (this.#left === 0) return false;
      const size = Math.min(this.#chunk, this.#left);
      const chunk = allocate(size, "for reading", () => new Uint8Array(size));
      this.#file.read(chunk);
      this.#left -= chunk.length;
      idle += chunk.length;
      if (idle > MOST_IDLE_BYTES + this.#chunk) {
        throw new FormatError(
          `${this.#name} is damaged: it has compressed bytes that come to nothing`,
          "npz",
        );
      }
      try {
        this.#stream.push(chunk, this.#left === 0);
      } catch (cause) {
        throw new FormatError(`${this.#name} is damaged: ${describeCause(cause)}`, "npz", { cause });
      }
    }
  }
}
