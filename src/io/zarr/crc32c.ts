/**
 * The checksum CRC-32C (Castagnoli), as RFC 3720 has it.
 *
 * @module
 */

/** The polynomial, with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Sixteen tables of 256: table k has the remainders of a byte that k zero bytes follow. */
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const made = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
    made[byte] = rest;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256];
    made[at] = (before >>> 8) ^ made[before & 0xff];
  }
  return made;
}

/**
 * The checksum of some bytes.
 *
 * @param bytes The bytes.
 * @returns An unsigned 32-bit integer.
 */
export function crc32c(bytes: Uint8Array): number {
  const t = tables ??= makeTables();
  const head = Math.min((4 - bytes.byteOffset % 4) % 4, bytes.length);
  let crc = ~0, at = 0;
  for (; at < head; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]) & 0xff];
  // Sixteen bytes at a time: each is looked up in the table of as many zero bytes as follow it.
  const length = ((bytes.length - head) >>> 4) * 4;
  const words = new Int32Array(bytes.buffer, length === 0 ? 0 : bytes.byteOffset + head, length);
  for (let i = 0; i < length; i += 4) {
    const a = crc ^ words[i], b = words[i + 1], c = words[i + 2], d = words[i + 3];
    crc = t[0xf00 + (a & 0xff)] ^ t[0xe00 + (a >>> 8 & 0xff)] ^ t[0xd00 + (a >>> 16 & 0xff)] ^
      t[0xc00 + (a >>> 24)] ^
      t[0xb00 + (b & 0xff)] ^ t[0xa00 + (b >>> 8 & 0xff)] ^ t[0x900 + (b >>> 16 & 0xff)] ^
      t[0x800 + (b >>> 24)] ^
      t[0x700 + (c & 0xff)] ^ t[0x600 + (c >>> 8 & 0xff)] ^ t[0x500 + (c >>> 16 & 0xff)] ^
      t[0x400 + (c >>> 24)] ^
      t[0x300 + (d & 0xff)] ^ t[0x200 + (d >>> 8 & 0xff)] ^ t[0x100 + (d >>> 16 & 0xff)] ^ t[d >>> 24];
  }
  for (at += 4 * length; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
}
