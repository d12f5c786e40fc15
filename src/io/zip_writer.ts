/**
 * Writing ZIP archives whose members are stored as they are.
 * Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 *
 * @module
 */

import { writeAll } from "./atomic_write.ts";
import { IN_EXTRA, SIGNATURES } from "./zip_directory.ts";

/** Version 4.5 of the format is the first with 64-bit sizes, 2.0 is what plain members need. */
const VERSION_64 = 45, VERSION = 20;

/** 1 January 1980, the earliest date: the same arrays give the same bytes whenever they are written. */
const DATE = 0x0021;

/** Names are UTF-8. */
const UTF8_NAMES = 0x0800;

/**
 * Bytes that are added to the checksum and written at once: few enough to be in the cache for the second. Deno's
 * `crc32` is also wrong for 4 GiB and more.
 */
const CHECKED_BYTES = 1 << 20;

interface Written {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly size: number;
  readonly offset: number;
}

/** Writes an archive to an open file, one member after another. */
export class ZipWriter {
  readonly #file: Deno.FsFile;
  readonly #crc32: (data: Uint8Array, value: number) => number;
  readonly #members: Written[] = [];
  #position: number = 0;

  /**
   * Starts an archive.
   *
   * @param file An empty file.
   * @param crc32 What continues a CRC-32 with more bytes.
   */
  constructor(file: Deno.FsFile, crc32: (data: Uint8Array, value: number) => number) {
    this.#file = file;
    this.#crc32 = crc32;
  }

  /**
   * Writes a member.
   *
   * @param name Its name.
   * @param bytes Its bytes, and how many there are.
   */
  add(name: string, bytes: { readonly size: number; readonly pieces: Iterable<Uint8Array> }): void {
    const { size, pieces } = bytes;
    const member = { name: new TextEncoder().encode(name), size, offset: this.#position };
    // The checksum stands before the bytes it sums up: it is filled in afterwards, so that they are walked only once.
    this.#write(localHeader({ ...member, crc: 0 }));
    let crc = 0, written = 0;
    for (const whole of pieces) {
      for (let start = 0; start < whole.length; start += CHECKED_BYTES) {
        const piece = whole.subarray(start, start + CHECKED_BYTES);
        crc = this.#crc32(piece, crc);
        this.#write(piece);
        written += piece.length;
      }
    }
    if (written !== size) throw new RangeError(`Member ${name} has ${written} bytes, expected ${size}`);
    const sum = new DataView(new ArrayBuffer(4));
    sum.setUint32(0, crc, true);
    this.#file.seekSync(member.offset + 14, Deno.SeekMode.Start);
    writeAll(this.#file, new Uint8Array(sum.buffer));
    this.#file.seekSync(this.#position, Deno.SeekMode.Start);
    this.#members.push({ ...member, crc });
  }

  /** Writes the directory. Nothing can be added afterwards. */
  finish(): void {
    const offset = this.#position;
    for (const member of this.#members) this.#write(centralHeader(member));
    this.#write(endRecords(this.#members.length, offset, this.#position - offset));
  }

  #write(bytes: Uint8Array): void {
    writeAll(this.#file, bytes);
    this.#position += bytes.length;
  }
}

/** Little-endian fields: each a value and its bytes. */
function record(...fields: readonly (readonly [value: number, bytes: 2 | 4 | 8])[]): number[] {
  return fields.flatMap(([value, bytes]) =>
    Array.from({ length: bytes }, (_, i) => Math.floor(value / 2 ** (8 * i)) % 256)
  );
}

/** The extra field with the values that do not fit 32 bits. */
function extra64(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const fields = values.map((value) => [value, 8] as const);
  return record([1, 2], [8 * values.length, 2], ...fields);
}

function localHeader({ name, crc, size }: Written): Uint8Array {
  // In a local header both sizes are in the extra field, or none.
  const extra = extra64(size >= IN_EXTRA ? [size, size] : []);
  const shown = Math.min(size, IN_EXTRA);
  return Uint8Array.from([
    ...record([SIGNATURES.local, 4], [extra.length > 0 ? VERSION_64 : VERSION, 2], [UTF8_NAMES, 2], [0, 2]),
    ...record([0, 2], [DATE, 2], [crc, 4], [shown, 4], [shown, 4], [name.length, 2], [extra.length, 2]),
    ...name,
    ...extra,
  ]);
}

function centralHeader({ name, crc, size, offset }: Written): Uint8Array {
  const extra = extra64([size, size, offset].filter((value) => value >= IN_EXTRA));
  const version = extra.length > 0 ? VERSION_64 : VERSION;
  const shown = Math.min(size, IN_EXTRA);
  return Uint8Array.from([
    ...record([SIGNATURES.central, 4], [version, 2], [version, 2], [UTF8_NAMES, 2], [0, 2]),
    ...record([0, 2], [DATE, 2], [crc, 4], [shown, 4], [shown, 4], [name.length, 2], [extra.length, 2]),
    ...record([0, 2], [0, 2], [0, 2], [0, 4], [Math.min(offset, IN_EXTRA), 4]),
    ...name,
    ...extra,
  ]);
}

function endRecords(count: number, offset: number, size: number): Uint8Array {
  const needs64 = count >= 0xffff || offset >= IN_EXTRA || size >= IN_EXTRA;
  const end64 = offset + size;
  const wide = !needs64 ? [] : [
    ...record([SIGNATURES.end64, 4], [44, 8], [VERSION_64, 2], [VERSION_64, 2], [0, 4], [0, 4]),
    ...record([count, 8], [count, 8], [size, 8], [offset, 8]),
    ...record([SIGNATURES.locator64, 4], [0, 4], [end64, 8], [1, 4]),
  ];
  const shown = Math.min(count, 0xffff);
  return Uint8Array.from([
    ...wide,
    ...record([SIGNATURES.end, 4], [0, 2], [0, 2], [shown, 2], [shown, 2]),
    ...record([Math.min(size, IN_EXTRA), 4], [Math.min(offset, IN_EXTRA), 4], [0, 2]),
  ]);
}
