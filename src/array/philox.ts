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

/** Bytes of one block: four 32-bit words. */
const BLOCK_BYTES = 16;

/** Bytes made by one call of the module: few enough to stay in the first cache. */
const BATCH_BYTES = 32_768;

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
  f64Store: 0x39,
  i64Store32: 0x3e,
  i32Const: 0x41,
  i64Const: 0x42,
  f64Const: 0x44,
  i32LtU: 0x49,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i64Add: 0x7c,
  i64Mul: 0x7e,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  f64Mul: 0xa2,
  f64ConvertI64S: 0xb9,
} as const;
const I32 = 0x7f, I64 = 0x7e, NO_RESULT = 0x40;

/** The bytes of 2^-53 as a float64. */
const UNIT_53 = [0, 0, 0, 0, 0, 0, 0xa0, 0x3c];

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
 * A module that exports `memory` and two functions `(block: i64, key: i64, bytes: i32)`, which write what blocks
 * `block`, `block + 1`, … of the stream `key` make, from address 0 until `bytes` are written: `words` the four 32-bit
 * words of each block, `doubles` two float64 in [0, 1) from the top 53 bits of each pair of words.
 */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const BLOCK = 0, KEY = 1, BYTES = 2, ADDRESS = 3, ROUND = 4, C = [5, 6, 7, 8], K = [9, 10], P = [11, 12];
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
  const asWords = C.flatMap((word, k) => [...get(ADDRESS), ...get(word), OP.i64Store32, 2, 4 * k]);
  // deno-fmt-ignore
  const asDoubles = [0, 2].flatMap((k) => [
    ...get(ADDRESS),
    ...get(C[k]), ...constant(32n), OP.i64Shl, ...get(C[k + 1]), OP.i64Or, ...constant(11n), OP.i64ShrU,
    OP.f64ConvertI64S, OP.f64Const, ...UNIT_53, OP.f64Mul, OP.f64Store, 3, 4 * k,
  ]);
  // deno-fmt-ignore
  const body = (store: number[]) => [
    OP.loop, NO_RESULT,
    ...get(BLOCK), ...low, ...set(C[0]),
    ...get(BLOCK), ...high, ...set(C[1]),
    ...constant(0n), ...set(C[2]),
    ...constant(0n), ...set(C[3]),
    ...get(KEY), ...low, ...set(K[0]),
    ...get(KEY), ...high, ...set(K[1]),
    OP.i32Const, ROUNDS, ...set(ROUND),
    OP.loop, NO_RESULT,
    ...round,
    ...get(ROUND), OP.i32Const, 1, OP.i32Sub, OP.localTee, ROUND, OP.brIf, 0,
    OP.end,
    ...store,
    ...get(BLOCK), ...constant(1n), OP.i64Add, ...set(BLOCK),
    ...get(ADDRESS), OP.i32Const, 16, OP.i32Add, OP.localTee, ADDRESS,
    ...get(BYTES), OP.i32LtU, OP.brIf, 0,
    OP.end,
    OP.end,
  ];
  const locals = [2, 2, I32, P[1] - ROUND, I64];
  const code = (store: number[]) => {
    const bytes = [...locals, ...body(store)];
    return [...unsigned(bytes.length), ...bytes];
  };
  const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [0x60, 3, I64, I64, I32, 0]),
    ...section(3, [0], [0]),
    ...section(5, [0x00, 1]),
    ...section(7, [...text("memory"), 0x02, 0], [...text("words"), 0x00, 0], [...text("doubles"), 0x00, 1]),
    ...section(10, code(asWords), code(asDoubles)),
  ]);
}

/** The module's exports. */
interface PhiloxExports {
  readonly memory: WebAssembly.Memory;
  words(block: bigint, key: bigint, bytes: number): void;
  doubles(block: bigint, key: bigint, bytes: number): void;
}

let exports: PhiloxExports | undefined;

/** The module, compiled when the first random number is wanted. */
function philox(): PhiloxExports {
  // The exports of a WebAssembly instance are untyped; moduleBytes() says what they are.
  exports ??= new WebAssembly.Instance(new WebAssembly.Module(moduleBytes()))
    .exports as unknown as PhiloxExports;
  return exports;
}

/** Runs one of the module's functions batch by batch. */
function visitBatches<T extends Uint32Array | Float64Array>(
  fill: PhiloxExports["words"],
  batch: T,
  seed: bigint,
  count: number,
  visit: (batch: T, start: number) => void,
): void {
  const key = BigInt.asUintN(64, seed);
  const width = batch.BYTES_PER_ELEMENT;
  for (let start = 0; start < count; start += batch.length) {
    const part = Math.min(batch.length, count - start);
    fill(BigInt(start * width / BLOCK_BYTES), key, part * width);
    // A subarray of T is a T, which TypeScript does not know of a type parameter.
    visit(part === batch.length ? batch : batch.subarray(0, part) as T, start);
  }
}

/**
 * Hands out the words of a stream in order.
 *
 * @param seed The stream: the low 64 bits of the number are the generator's key.
 * @param count How many 32-bit words are wanted.
 * @param visit Called with a batch of words, which is only valid during the call, and the first one's place in the
 * stream.
 */
export function visitWords(
  seed: bigint,
  count: number,
  visit: (batch: Uint32Array, start: number) => void,
): void {
  const { memory, words } = philox();
  visitBatches(words, new Uint32Array(memory.buffer, 0, BATCH_BYTES / 4), seed, count, visit);
}

/**
 * Hands out uniform numbers in [0, 1) in order: number i is the top 53 bits of words 2i (high) and 2i + 1 (low).
 *
 * @param seed The stream.
 * @param count How many numbers are wanted.
 * @param visit Called with a batch of numbers, which is only valid during the call, and the first one's place.
 */
export function visitDoubles(
  seed: bigint,
  count: number,
  visit: (batch: Float64Array, start: number) => void,
): void {
  const { memory, doubles } = philox();
  visitBatches(doubles, new Float64Array(memory.buffer, 0, BATCH_BYTES / 8), seed, count, visit);
}
