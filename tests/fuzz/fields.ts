/**
 * Files written field by field, with a note of where each number stands, so that it can be changed afterwards.
 *
 * @module
 */

import type { Seeded } from "../seeded.ts";
import { type Bytes, NUMBERS, putNumber } from "./mutate.ts";

/** A number in a file. */
export interface Field {
  readonly name: string;
  readonly at: number;
  readonly width: number;
  readonly isLittle: boolean;
}

/** Writes fields one after another. */
export class FieldWriter {
  readonly fields: Field[] = [];
  readonly #isLittle: boolean;
  readonly #bytes: number[] = [];

  /** @param isLittle Whether numbers have their lowest byte first. */
  constructor(isLittle: boolean) {
    this.#isLittle = isLittle;
  }

  /** How many bytes there are. */
  get length(): number {
    return this.#bytes.length;
  }

  /**
   * Adds a number.
   *
   * @param name What it is called.
   * @param value The number.
   * @param width Its bytes.
   */
  number(name: string, value: number | bigint, width: number): void {
    const at = this.#bytes.length, isLittle = this.#isLittle;
    const bytes = new Uint8Array(width);
    putNumber(bytes, BigInt(value), { at: 0, width, isLittle });
    this.#bytes.push(...bytes);
    this.fields.push({ name, at, width, isLittle });
  }

  /** Adds bytes as they are. */
  raw(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }

  /** All bytes. */
  finish(): Bytes {
    return Uint8Array.from(this.#bytes);
  }
}

/**
 * Changes a field to a number that it is likely not to be checked for.
 *
 * @param bytes The file, which is changed.
 * @param fields Its fields.
 * @param random What decides.
 * @returns What was done, in a few words.
 */
export function editField(bytes: Uint8Array, fields: readonly Field[], random: Seeded): string {
  const field = random.pick(fields);
  let old = 0n;
  for (let k = 0; k < field.width; k++) {
    const byte = bytes[field.at + (field.isLittle ? field.width - 1 - k : k)];
    old = old << 8n | BigInt(byte);
  }
  const near = BigInt(random.pick([1, 1, 1, random.int(2, 9)]));
  const value = random.pick([random.pick(NUMBERS), random.pick(NUMBERS), old + near, old - near, old * 2n]);
  putNumber(bytes, value, field);
  return `${field.name} ${old} is ${BigInt.asUintN(8 * field.width, value)}`;
}
