/**
 * How elements come from memory into the low lanes of a vector, and back: side by side, the same one for a whole row,
 * or a step apart. The last elements of a row, when they do not fill a vector, go lane by lane.
 *
 * @module
 */

import { type Code, code, get, i32, i64, OP, set, simd, TYPE, unsigned } from "../wasm/code.ts";

/** How an operand's elements lie along the innermost axis. */
export type Access = "contiguous" | "splat" | "strided";

/** What the code needs to know of an operand. */
export interface OperandCode {
  /** The number of its memory. */
  readonly memory: number;
  /** Whether its addresses have 64 bits. */
  readonly is64: boolean;
  /** Bytes of an element. */
  readonly bytes: number;
  readonly access: Access;
  /** The local that holds the address of the element at hand. */
  readonly pointer: number;
  /** The local that holds the step from element to element, in bytes, for `strided`. */
  readonly step: number;
  /** How many bytes behind the pointer its elements begin. */
  readonly delta: number;
}

/** Locals that code may change as it likes. */
export interface TemporaryLocals {
  /** A vector. */
  readonly vector: number;
  /** Addresses of 32 and of 64 bits. */
  readonly address32: number;
  readonly address64: number;
}

/** Where an instruction that reads or writes memory finds it: alignment 1, the memory's number, an offset. */
function place({ memory, delta }: OperandCode, behind: number = 0): Code {
  const offset = unsigned(delta + behind);
  return memory === 0 ? [0, ...offset] : [0x40, ...unsigned(memory), ...offset];
}

/** Opcodes for pieces of 1, 2, 4 and 8 bytes: the logarithm is added. */
const LOAD_LANE = 0x54, STORE_LANE = 0x58, LOAD_SPLAT = 0x07;
const LOAD = 0x00, STORE = 0x0b, LOAD32_ZERO = 0x5c, LOAD64_ZERO = 0x5d, CONST = 0x0c;

const BLOCK: Code = [0x02, 0x40], LE_S: Code = [0x4c];

const ZERO: Code = [...simd(CONST), ...new Array<number>(16).fill(0)];

/** Adds to an address. */
function advance(operand: OperandCode, pointer: number, by: Code): Code {
  return code(get(pointer), by, operand.is64 ? OP.i64Add : OP.i32Add, set(pointer));
}

/** A number as wide as the operand's addresses. */
function distance(operand: OperandCode, bytes: number): Code {
  return operand.is64 ? i64(BigInt(bytes)) : i32(bytes);
}

function temporary(operand: OperandCode, temporaries: TemporaryLocals): number {
  return operand.is64 ? temporaries.address64 : temporaries.address32;
}

/**
 * Pushes the element of a row whose elements are all the same, in all lanes.
 *
 * @param operand The operand.
 */
export function loadSplat(operand: OperandCode): Code {
  return code(get(operand.pointer), simd(LOAD_SPLAT + Math.log2(operand.bytes)), place(operand));
}

/**
 * Pushes a vector with as many elements as it stands for.
 *
 * @param operand The operand.
 * @param elements How many.
 * @param temporaries Locals.
 * @param vector How many vectors behind the pointer it lies, for elements that lie side by side.
 */
export function loadFull(
  operand: OperandCode,
  elements: number,
  temporaries: TemporaryLocals,
  vector: number = 0,
): Code {
  if (operand.access === "strided") return loadSteps(operand, elements, temporaries);
  const bytes = operand.bytes * elements;
  const at = place(operand, vector * bytes);
  if (bytes === 16) return code(get(operand.pointer), simd(LOAD), at);
  if (bytes === 8) return code(get(operand.pointer), simd(LOAD64_ZERO), at);
  if (bytes === 4) return code(get(operand.pointer), simd(LOAD32_ZERO), at);
  return code(get(operand.pointer), ZERO, simd(LOAD_LANE + Math.log2(bytes)), at, [0]);
}

/** Lane by lane, each a step further. */
function loadSteps(operand: OperandCode, elements: number, temporaries: TemporaryLocals): Code {
  const address = temporary(operand, temporaries);
  const parts: Code[] = [get(operand.pointer), set(address), ZERO, set(temporaries.vector)];
  for (let lane = 0; lane < elements; lane++) {
    parts.push(loadLane(operand, address, lane, temporaries.vector));
    if (lane + 1 < elements) parts.push(advance(operand, address, get(operand.step)));
  }
  return code(...parts, get(temporaries.vector));
}

function loadLane(operand: OperandCode, address: number, lane: number, vector: number): Code {
  const opcode = simd(LOAD_LANE + Math.log2(operand.bytes));
  return code(get(address), get(vector), opcode, place(operand), [lane], set(vector));
}

/**
 * Pushes a vector with fewer elements, the others 0.
 *
 * @param operand The operand.
 * @param elements How many a whole vector has.
 * @param count The local with the number of elements, less than that.
 * @param temporaries Locals.
 */
export function loadSome(
  operand: OperandCode,
  elements: number,
  count: number,
  temporaries: TemporaryLocals,
): Code {
  const address = temporary(operand, temporaries);
  const step = operand.access === "strided" ? get(operand.step) : distance(operand, operand.bytes);
  const parts: Code[] = [get(operand.pointer), set(address), ZERO, set(temporaries.vector), BLOCK];
  for (let lane = 0; lane + 1 < elements; lane++) {
    // Out of the block when there is no further element.
    if (lane > 0) parts.push(advance(operand, address, step), get(count), i32(lane), LE_S, OP.brIf);
    parts.push(loadLane(operand, address, lane, temporaries.vector));
  }
  return code(...parts, OP.end, get(temporaries.vector));
}

/**
 * Stores a whole vector.
 *
 * @param operand The operand.
 * @param elements How many elements that are.
 * @param value Pushes the vector.
 * @param temporaries Locals.
 * @param vector How many vectors behind the pointer it lies, for elements that lie side by side.
 */
export function storeFull(
  operand: OperandCode,
  elements: number,
  value: Code,
  temporaries: TemporaryLocals,
  vector: number = 0,
): Code {
  if (operand.access === "strided") {
    const address = temporary(operand, temporaries);
    const parts: Code[] = [get(operand.pointer), set(address)];
    for (let lane = 0; lane < elements; lane++) {
      parts.push(storeLane(operand, address, lane, value));
      if (lane + 1 < elements) parts.push(advance(operand, address, get(operand.step)));
    }
    return code(...parts);
  }
  const bytes = operand.bytes * elements;
  const at = place(operand, vector * bytes);
  if (bytes === 16) return code(get(operand.pointer), value, simd(STORE), at);
  return code(get(operand.pointer), value, simd(STORE_LANE + Math.log2(bytes)), at, [0]);
}

function storeLane(operand: OperandCode, address: number, lane: number, value: Code): Code {
  return code(get(address), value, simd(STORE_LANE + Math.log2(operand.bytes)), place(operand), [
    lane,
  ]);
}

/**
 * Stores the first elements of a vector.
 *
 * @param operand The operand.
 * @param elements How many a whole vector has.
 * @param count The local with the number of elements, less than that.
 * @param value Pushes the vector.
 * @param temporaries Locals.
 */
export function storeSome(
  operand: OperandCode,
  elements: number,
  count: number,
  value: Code,
  temporaries: TemporaryLocals,
): Code {
  const address = temporary(operand, temporaries);
  const step = operand.access === "strided" ? get(operand.step) : distance(operand, operand.bytes);
  const parts: Code[] = [get(operand.pointer), set(address), BLOCK];
  for (let lane = 0; lane + 1 < elements; lane++) {
    if (lane > 0) parts.push(advance(operand, address, step), get(count), i32(lane), LE_S, OP.brIf);
    parts.push(storeLane(operand, address, lane, value));
  }
  return code(...parts, OP.end);
}

/**
 * Moves an operand's pointer on by whole elements.
 *
 * @param operand The operand.
 * @param elements How many.
 */
export function moveOn(operand: OperandCode, elements: number): Code {
  if (operand.access === "splat") return [];
  if (operand.access === "contiguous") {
    return advance(operand, operand.pointer, distance(operand, operand.bytes * elements));
  }
  const shift = operand.is64 ? OP.i64Shl : OP.i32Shl;
  const step = code(get(operand.step), distance(operand, Math.log2(elements)), shift);
  return advance(operand, operand.pointer, step);
}

/** The type of an operand's addresses. */
export function addressType({ is64 }: Pick<OperandCode, "is64">): number {
  return is64 ? TYPE.i64 : TYPE.i32;
}
