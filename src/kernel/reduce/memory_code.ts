/**
 * Loads and stores of 64-bit elements in the two memories of a reduction.
 *
 * @module
 */

import { type Code, code, get, i32, OP, set, simd, unsigned } from "../../wasm/code.ts";

/** The numbers of the memories: that of the elements, and that of what is made of them. */
export const DATA = 0, SCRATCH = 1;

/** Bytes of an element. */
export const ELEMENT = 8;

/** Instructions that the table of the writer lacks. */
export const MORE = {
  block: [0x02, 0x40],
  br: [0x0c],
  i32Eqz: [0x45],
  i32GeU: [0x4f],
  i64x2AllTrue: simd(0xc3),
} as const;

const LOAD = 0x00, STORE = 0x0b, LOAD_SPLAT = 0x0a, LOAD_LANE = 0x57, STORE_LANE = 0x5b, LOAD_ZERO = 0x5d;

/** Alignment 1, the memory's number, an offset. */
function place(memory: number, offset: number): Code {
  return memory === 0 ? [0, ...unsigned(offset)] : [0x40, memory, ...unsigned(offset)];
}

/**
 * Replaces the address on the stack by two elements.
 *
 * @param memory The memory.
 * @param offset Bytes behind the address.
 */
export function load(memory: number, offset: number = 0): Code {
  return code(simd(LOAD), place(memory, offset));
}

/**
 * Replaces the address on the stack by one element, in both lanes.
 *
 * @param memory The memory.
 */
export function loadSplat(memory: number): Code {
  return code(simd(LOAD_SPLAT), place(memory, 0));
}

/**
 * Replaces the address on the stack by one element, beside 0.
 *
 * @param memory The memory.
 */
export function loadOne(memory: number): Code {
  return code(simd(LOAD_ZERO), place(memory, 0));
}

/**
 * Replaces an address and a vector by the vector with one element in its first lane.
 *
 * @param memory The memory.
 * @param offset Bytes behind the address.
 */
export function loadFirst(memory: number, offset: number = 0): Code {
  return code(simd(LOAD_LANE), place(memory, offset), [0]);
}

/**
 * Stores the vector on the stack at the address below it.
 *
 * @param memory The memory.
 * @param offset Bytes behind the address.
 */
export function store(memory: number, offset: number = 0): Code {
  return code(simd(STORE), place(memory, offset));
}

/**
 * Stores the first lane of the vector on the stack at the address below it.
 *
 * @param memory The memory.
 */
export function storeFirst(memory: number): Code {
  return code(simd(STORE_LANE), place(memory, 0), [0]);
}

/**
 * Replaces the address on the stack by a 32-bit word.
 *
 * @param memory The memory.
 * @param offset Bytes behind the address.
 */
export function loadWord(memory: number, offset: number): Code {
  return code([0x28], place(memory, offset));
}

/**
 * Replaces the address on the stack by a 64-bit word.
 *
 * @param memory The memory.
 */
export function loadLong(memory: number): Code {
  return code([0x29], place(memory, 0));
}

/**
 * Stores the 64-bit word on the stack at the address below it.
 *
 * @param memory The memory.
 */
export function storeLong(memory: number): Code {
  return code([0x37], place(memory, 0));
}

/**
 * Copies bytes: destination, source and count are on the stack.
 *
 * @param to The memory that is written.
 * @param from The memory that is read.
 */
export function copyBytes(to: number, from: number): Code {
  return [0xfc, 0x0a, to, from];
}

/**
 * Adds to a 32-bit local.
 *
 * @param local The local.
 * @param by The number.
 */
export function add(local: number, by: number): Code {
  return code(get(local), i32(by), OP.i32Add, set(local));
}

/**
 * Adds one 32-bit local to another.
 *
 * @param local The local that is changed.
 * @param by The local that is added.
 */
export function addLocal(local: number, by: number): Code {
  return code(get(local), get(by), OP.i32Add, set(local));
}

/**
 * Does something while a local is at least some number, and subtracts that number each time behind it.
 *
 * @param local A 32-bit local, not negative.
 * @param step The number.
 * @param body What is done.
 */
export function whileAtLeast(local: number, step: number, body: Code): Code {
  const isEnough = code(get(local), i32(step), MORE.i32GeU);
  // deno-fmt-ignore
  return code(
    isEnough, OP.if,
      OP.loop,
        body,
        add(local, -step),
        isEnough, OP.brIf,
      OP.end,
    OP.end,
  );
}
