/**
 * Bytes that are nearly what they should be.
 *
 * @module
 */

import type { Seeded } from "../seeded.ts";

/** Bytes over memory that nobody shares. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Whole numbers that fields of files are likely not to be checked for. */
export const NUMBERS: readonly bigint[] = [
  ...[0, 1, 2, 3, 4, 7, 8, 10, 11, 12, 22, 30, 46, 255, 256, 1000, 65_535, 65_536, 1 << 20, 1 << 24, 1 << 25]
    .map(BigInt),
  ...[15n, 16n, 31n, 32n, 47n, 53n, 63n, 64n].flatMap((bits) => [
    (1n << bits) - 1n,
    1n << bits,
    (1n << bits) + 1n,
  ]),
  10n ** 15n,
  -1n,
  -2n,
  -(1n << 31n),
];

const BYTES = [0, 1, 2, 3, 8, 0x20, 0x30, 0x7f, 0x80, 0xfe, 0xff];

/**
 * One file after another.
 *
 * @param parts The pieces.
 */
export function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Writes a number into bytes, as far as it and they reach.
 *
 * @param bytes The bytes, which are changed.
 * @param value The number; only its lowest bits count.
 * @param field Where it stands.
 */
export function putNumber(
  bytes: Uint8Array,
  value: bigint,
  { at, width, isLittle }: { readonly at: number; readonly width: number; readonly isLittle: boolean },
): void {
  for (let k = 0; k < width && at + k < bytes.length; k++) {
    const shift = BigInt(8 * (isLittle ? k : width - 1 - k));
    bytes[at + k] = Number(value >> shift & 0xffn);
  }
}

/** Where a change begins: anywhere, but often near the beginning or the end, where headers and directories are. */
function place(random: Seeded, length: number): number {
  const near = Math.min(length, 64);
  return [random.int(0, length), random.int(0, near), length - random.int(0, near)][random.int(0, 2)];
}

function flipBit(bytes: Bytes, random: Seeded): Bytes {
  const copy = bytes.slice(), at = place(random, copy.length);
  if (at < copy.length) copy[at] ^= 1 << random.int(0, 7);
  return copy;
}

function setByte(bytes: Bytes, random: Seeded): Bytes {
  const copy = bytes.slice(), at = place(random, copy.length);
  if (at < copy.length) copy[at] = random.pick([random.pick(BYTES), random.int(0, 255)]);
  return copy;
}

function setNumber(bytes: Bytes, random: Seeded): Bytes {
  const copy = bytes.slice(), width = random.pick([2, 4, 4, 8]);
  const aligned = random.oneIn(2) ? 4 : 1;
  const at = Math.floor(place(random, copy.length) / aligned) * aligned;
  putNumber(copy, random.pick(NUMBERS), { at, width, isLittle: random.oneIn(2) });
  return copy;
}

function truncate(bytes: Bytes, random: Seeded): Bytes {
  return bytes.slice(0, place(random, bytes.length));
}

function extend(bytes: Bytes, random: Seeded): Bytes {
  const more = new Uint8Array(random.pick([1, 2, 3, 4, 8, 64, 1000])).fill(random.pick(BYTES));
  return random.oneIn(5) ? joined(more, bytes) : joined(bytes, more);
}

/** A stretch of bytes, mostly a short one. */
function stretch(random: Seeded, length: number): [from: number, to: number] {
  const from = place(random, length);
  return [from, Math.min(length, from + random.int(1, random.pick([4, 16, 64, 400])))];
}

function remove(bytes: Bytes, random: Seeded): Bytes {
  const [from, to] = stretch(random, bytes.length);
  return joined(bytes.subarray(0, from), bytes.subarray(to));
}

function repeat(bytes: Bytes, random: Seeded): Bytes {
  const [from, to] = stretch(random, bytes.length), piece = bytes.subarray(from, to);
  const times = Array.from({ length: random.pick([1, 1, 2, 20]) }, () => piece);
  return joined(bytes.subarray(0, to), ...times, bytes.subarray(to));
}

function move(bytes: Bytes, random: Seeded): Bytes {
  const [from, to] = stretch(random, bytes.length), at = place(random, bytes.length);
  const copy = bytes.slice();
  copy.set(bytes.subarray(from, Math.min(to, from + copy.length - at)), at);
  return copy;
}

const CHANGES = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  setNumber,
  setNumber,
  truncate,
  extend,
  remove,
  repeat,
  move,
];

/**
 * Bytes with some changes.
 *
 * @param bytes What they are made of.
 * @param random What decides.
 * @param others Other files, pieces of which may take the place of some bytes.
 */
export function mutated(bytes: Bytes, random: Seeded, others: readonly Bytes[] = []): Bytes {
  let changed = bytes;
  for (let left = random.pick([1, 1, 1, 2, 3, 6]); left > 0; left--) {
    if (others.length > 0 && random.oneIn(8)) changed = spliced(changed, random.pick(others), random);
    else changed = random.pick(CHANGES)(changed, random);
  }
  return changed;
}

/** The beginning of one file and the end of another. */
function spliced(first: Bytes, second: Bytes, random: Seeded): Bytes {
  const cut = place(random, first.length);
  const from = random.oneIn(2) ? Math.min(cut, second.length) : place(random, second.length);
  return joined(first.subarray(0, cut), second.subarray(from));
}
