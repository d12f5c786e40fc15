/**
 * The random numbers of {@linkcode SharedNdArray.random}: Philox4x32-10, a counter-based generator.
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Block
 * number n of a stream is a keyed bijection of n, so any part of a stream can be made without the part before it.
 *
 * The bijection runs as a small WebAssembly module, because JavaScript has no 32 x 32 -> 64 bit multiplication.
 *
 * @module
 */

/** 32-bit words of one block. */
export const BLOCK_WORDS = 4;

/** Blocks made by one call of the module; 32 KiB, so that they stay in the first cache. */
const BATCH_BLOCKS = 2048;

const ROUNDS = 10;
const MULTIPLIERS = [0xd2511f53n, 0xcd9e8d57n] as const;
const KEY_STEPS = [0x9e3779b9n, 0xbb67ae85n] as const;
const LOW_WORD = 0xffffffffn;

/** The opcodes that the module is made of. */
const OP = {
  loop: 0x03,
  end: 0x0b,
  brIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  i64Store32: 0x3e,
  i32Const: 0x41,
  i64Const: 0x42,
  i32LtU: 0x49,
  i32Add: 0x6a,
  i64Add: 0x7c,
  i64Mul: 0x7e,
  i64And: 0x83,
  i64Xor: 0x85,
  i64ShrU: 0x88,
} as const;
const I32 = 0x7f, I64 = 0x7e, NO_RESULT = 0x40;

/** A signed LEB128 number. */
function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    if ((value === 0n && !(low & 0x40)) || (value === -1n && (low & 0x40))) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** An unsigned LEB128 number. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function section(id: number, ...entries: number[][]): number[] {
  const body = [...unsigned(entries.length), ...entries.flat()];
  return [id, ...unsigned(body.length), ...body];
}

/**
 * A module that exports `memory` and `fill(block: i64, key: i64, bytes: i32)`: blocks `block`, `block + 1`, … of the
 * stream `key`, from address 0 until `bytes` are written.
 */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const BLOCK = 0, KEY = 1, BYTES = 2, ADDRESS = 3, C = [4, 5, 6, 7], K = [8, 9], P = [10, 11];
  const get = (local: number) => [OP.localGet, local];
  const set = (local: number) => [OP.localSet, local];
  const constant = (value: bigint) => [OP.i64Const, ...signed(value)];
  const low = [...constant(LOW_WORD), OP.i64And];
  const high = [...constant(32n), OP.i64ShrU];

  // deno-fmt-ignore
  const round = [
    ...get(C[0]), ...constant(MULTIPLIERS[0]), OP.i64Mul, ...set(P[0]),
    ...get(C[2]), ...constant(MULTIPLIERS[1]), OP.i64Mul, ...set(P[1]),
    ...get(P[1]), ...high, ...get(C[1]), OP.i64Xor, ...get(K[0]), OP.i64Xor, ...set(C[0]),
    ...get(P[1]), ...low, ...set(C[1]),
    ...get(P[0]), ...high, ...get(C[3]), OP.i64Xor, ...get(K[1]), OP.i64Xor, ...set(C[2]),
    ...get(P[0]), ...low, ...set(C[3]),
    ...get(K[0]), ...constant(KEY_STEPS[0]), OP.i64Add, ...low, ...set(K[0]),
    ...get(K[1]), ...constant(KEY_STEPS[1]), OP.i64Add, ...low, ...set(K[1]),
  ];
  // deno-fmt-ignore
  const body = [
    OP.loop, NO_RESULT,
    ...get(BLOCK), ...low, ...set(C[0]),
    ...get(BLOCK), ...high, ...set(C[1]),
    ...constant(0n), ...set(C[2]),
    ...constant(0n), ...set(C[3]),
    ...get(KEY), ...low, ...set(K[0]),
    ...get(KEY), ...high, ...set(K[1]),
    ...Array.from({ length: ROUNDS }, () => round).flat(),
    ...C.flatMap((word, k) => [...get(ADDRESS), ...get(word), OP.i64Store32, 2, 4 * k]),
    ...get(BLOCK), ...constant(1n), OP.i64Add, ...set(BLOCK),
    ...get(ADDRESS), OP.i32Const, 16, OP.i32Add, OP.localTee, ADDRESS,
    ...get(BYTES), OP.i32LtU, OP.brIf, 0,
    OP.end,
    OP.end,
  ];
  const locals = [2, 1, I32, P[1] - ADDRESS, I64];
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [0x60, 3, I64, I64, I32, 0]),
    ...section(3, [0]),
    ...section(5, [0x00, 1]),
    ...section(7, [...text("memory"), 0x02, 0], [...text("fill"), 0x00, 0]),
    ...section(10, [...unsigned(locals.length + body.length), ...locals, ...body]),
  ]);
}

/** The module's exports. */
interface PhiloxExports {
  readonly memory: WebAssembly.Memory;
  fill(block: bigint, key: bigint, bytes: number): void;
}

let exports: PhiloxExports | undefined;

/** The module, compiled when the first random number is wanted. */
function philox(): PhiloxExports {
  // The exports of a WebAssembly instance are untyped; moduleBytes() says what they are.
  exports ??= new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()))
    .exports as unknown as PhiloxExports;
  return exports;
}

/**
 * Hands out the words of a stream in order.
 *
 * @param seed The stream: the low 64 bits of the number are the generator's key.
 * @param words How many 32-bit words are wanted.
 * @param visit Called with a batch of words, which is only valid during the call, and the first one's place in the
 * stream.
 */
export function visitWords(
  seed: bigint,
  words: number,
  visit: (batch: Uint32Array, start: number) => void,
): void {
  const { memory, fill } = philox();
  const batch = new Uint32Array(memory.buffer, 0, BATCH_BLOCKS * BLOCK_WORDS);
  for (let start = 0; start < words; start += batch.length) {
    const count = Math.min(batch.length, words - start);
    fill(BigInt(start / BLOCK_WORDS), BigInt.asUintN(64, seed), count * 4);
    visit(count === batch.length ? batch : batch.subarray(0, count), start);
  }
}
