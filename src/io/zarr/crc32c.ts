/**
 * The checksum CRC-32C (Castagnoli), as RFC 3720 has it.
 *
 * @module
 */

/** The polynomial, with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** Eight tables of 256: table k has the remainders of a byte that k zero bytes follow. */
let tables: Int32Array | undefined;

function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
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
  // Eight bytes at a time: each is looked up in the table of as many zero bytes as follow it.
  const pairs = ((bytes.length - head) >> 3) * 2;
  const words = new Int32Array(bytes.buffer, pairs === 0 ? 0 : bytes.byteOffset + head, pairs);
  for (let i = 0; i < pairs; i += 2) {
    const low = crc ^ words[i], high = words[i + 1];
    crc = t[1792 + (low & 0xff)] ^ t[1536 + (low >>> 8 & 0xff)] ^ t[1280 + (low >>> 16 & 0xff)] ^
      t[1024 + (low >>> 24)] ^
      t[768 + (high & 0xff)] ^ t[512 + (high >>> 8 & 0xff)] ^ t[256 + (high >>> 16 & 0xff)] ^ t[high >>> 24];
  }
  for (at += 4 * pairs; at < bytes.length; at++) crc = (crc >>> 8) ^ t[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
}
