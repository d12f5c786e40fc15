/**
 * Philox4x32-10 as a WebAssembly module, eight blocks at a time.
 *
 * One round turns the words c0 to c3 of a block, with the round's key words k0 and k1, into
 *
 *     hi(M1 c2) ^ c1 ^ k0,  lo(M1 c2),  hi(M0 c0) ^ c3 ^ k1,  lo(M0 c0)
 *
 * with hi and lo the halves of 64-bit products. Two blocks are kept in two vectors: the words that are multiplied in
 * x = [c0, c2, c0', c2'], the others in y = [c1, c3, c1', c3']. In this order a round needs two shuffles, and pairing
 * the words of x and y at the end gives them as they lie in the stream.
 *
 * The first two rounds are shorter, because the blocks of one call have all but c0 in common. With S = M1 c2, round 1
 * gives a common c0 = hi(S) ^ c1 ^ k0 and c1 = lo(S), and, with W = M0 c0, different c2 = hi(W) ^ c3 ^ k1 and
 * c3 = lo(W). So the product D = M0 c0 of round 2 is common too, and only R = M1 c2 is computed for each block.
 *
 * @module
 */

import {
  type Code,
  code,
  doubles,
  get,
  i32,
  i64,
  OP,
  set,
  shuffle,
  tee,
  TYPE,
  unsigned,
  words,
} from "../../wasm/code.ts";
import { moduleBytes } from "../../wasm/module.ts";

/** Bytes that are written at a time: eight blocks of four words. */
export const UNIT_BYTES = 128;

/** What is made of the words: themselves, float64 of 53 bits of a pair, float32 of 24 bits of one. */
export const FORM = { words: 0, doubles: 1, floats: 2 } as const;

/** The function that the module exports. */
export interface PhiloxExports {
  /**
   * Writes what successive blocks make.
   *
   * @param block The first one's number, the low half of its counter. The blocks of one call must have the number's
   * high 32 bits in common.
   * @param key The key.
   * @param rest The high half of all counters.
   * @param form One of {@linkcode FORM}.
   * @param address Where to write.
   * @param units How many times {@linkcode UNIT_BYTES} to write, at least 1.
   */
  fill(block: bigint, key: bigint, rest: bigint, form: number, address: number, units: number): void;
}

const M0 = 0xd2511f53, M1 = 0xcd9e8d57;
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85];

/** Rounds with the same code: all but the first two. */
const LIKE_ROUNDS = 8;

/** Parameters and scalar locals; S and D are the products that all blocks have in common. */
const BLOCK = 0, KEY = 1, REST = 2, FORM_OF = 3, ADDRESS = 4, UNITS = 5, ROUND = 6, S = 7, D = 8;

/** Vectors: block numbers; lo(D); what rounds 1, 2 and 3 take as keys; the present round's key; products. */
const NUMBERS = 9, LOW_D = 10, KEY_1 = 11, KEY_2 = 12, KEY_3 = 13, PRESENT = 14, P = 15, Q = 16;

/** Vectors that stay as they are. They are locals because a constant in a loop would be made anew each time. */
const MULTIPLIERS = 17, BOTH_M0 = 18, BOTH_M1 = 19, STEPS = 20, FOUR = 21;
const HIGH_EXPONENT = 22, LOW_EXPONENT = 23, EXCESS = 24, FLOAT_UNIT = 25;

/** Vectors of each pair: x, y, and W or, later, what is made of the words. */
const PAIRS = [26, 29, 32, 35];
const x = (pair: number) => pair;
const y = (pair: number) => pair + 1;
const w = (pair: number) => pair + 2;
const VECTORS = 38 - NUMBERS;

function constants(): Code {
  const same = (word: number) => words([word, word, word, word]);
  const [floatUnit] = new Uint32Array(Float32Array.of(2 ** -24).buffer);
  // deno-fmt-ignore
  return code(
    words([M0, M1, M0, M1]), set(MULTIPLIERS),
    same(M0), set(BOTH_M0),
    same(M1), set(BOTH_M1),
    words([...KEY_STEPS, ...KEY_STEPS]), set(STEPS),
    same(4), set(FOUR),
    same(0x41300000), set(HIGH_EXPONENT),
    same(0x3fe00000), set(LOW_EXPONENT),
    doubles(2 ** 20 + 0.5), set(EXCESS),
    same(floatUnit), set(FLOAT_UNIT),
  );
}

/** Block numbers, and keys with what all blocks have in common. */
function prologue(): Code {
  const low = code(i64(0xffffffffn), OP.i64And);
  const high = code(i64(32n), OP.i64ShrU);
  const nextKey = code(get(PRESENT), get(STEPS), OP.i32x4Add, tee(PRESENT));
  // deno-fmt-ignore
  return code(
    get(BLOCK), OP.i32WrapI64, OP.i32x4Splat, words([0, 1, 2, 3]), OP.i32x4Add, set(NUMBERS),
    get(REST), low, i64(BigInt(M1)), OP.i64Mul, set(S),
    get(S), get(BLOCK), OP.i64Xor, high, get(KEY), OP.i64Xor, low, i64(BigInt(M0)), OP.i64Mul, set(D),
    get(D), i64(32n), OP.i64Shl, OP.i64x2Splat, set(LOW_D),
    // Four times k1 ^ c3.
    get(KEY), OP.i64x2Splat, tee(PRESENT), get(REST), OP.i64x2Splat, OP.v128Xor, tee(P), get(P),
    shuffle([1, 1, 1, 1]), set(KEY_1),
    // Twice k0 ^ lo(S) and k1 ^ hi(D).
    nextKey,
    get(S), low, get(D), i64(-0x100000000n), OP.i64And, OP.i64Or, OP.i64x2Splat, OP.v128Xor, set(KEY_2),
    nextKey, set(KEY_3),
  );
}

/** The 64-bit products of a vector's low (`P`) and high (`Q`) two words with multipliers. */
function products(vector: number, multipliers: number): Code {
  // deno-fmt-ignore
  return code(
    get(vector), get(multipliers), OP.i64x2ExtmulLowU, set(P),
    get(vector), get(multipliers), OP.i64x2ExtmulHighU, set(Q),
  );
}

/** Rounds 1 and 2 of the next four blocks. */
function firstRounds(even: number, odd: number): Code {
  // x is [hi(R) ^ lo(S) ^ k0, hi(D) ^ lo(W) ^ k1], y is [lo(R), lo(D)].
  const second = (pair: number, product: number) =>
    // deno-fmt-ignore
    code(
      get(product), get(w(pair)), shuffle([1, 4, 3, 6]), get(KEY_2), OP.v128Xor, set(x(pair)),
      get(product), get(LOW_D), shuffle([0, 5, 2, 7]), set(y(pair)),
    );
  // deno-fmt-ignore
  return code(
    products(NUMBERS, BOTH_M0), get(P), set(w(even)), get(Q), set(w(odd)),
    get(NUMBERS), get(FOUR), OP.i32x4Add, set(NUMBERS),
    get(P), get(Q), shuffle([1, 3, 5, 7]), get(KEY_1), OP.v128Xor, set(PRESENT),
    products(PRESENT, BOTH_M1),
    second(even, P), second(odd, Q),
  );
}

/** One round of a pair of blocks. */
function round(pair: number): Code {
  // deno-fmt-ignore
  return code(
    products(x(pair), MULTIPLIERS),
    get(P), get(Q), shuffle([3, 1, 7, 5]), get(y(pair)), OP.v128Xor, get(PRESENT), OP.v128Xor, set(x(pair)),
    get(P), get(Q), shuffle([2, 0, 6, 4]), set(y(pair)),
  );
}

/** Writes what `make` makes of the first and of the last two words of x and y of each pair. */
function store(make: (pair: number, half: Code) => Code): Code {
  const halves = [shuffle([0, 4, 1, 5]), shuffle([2, 6, 3, 7])];
  return code(
    ...PAIRS.flatMap((pair, k) =>
      halves.map((half, h) => code(get(ADDRESS), make(pair, half), OP.v128Store, unsigned(32 * k + 16 * h)))
    ),
  );
}

function asWords(pair: number, half: Code): Code {
  return code(get(x(pair)), get(y(pair)), half);
}

function asFloats(pair: number, half: Code): Code {
  const topBits = code(i32(8), OP.i32x4ShrU, OP.f32x4ConvertI32x4);
  return code(asWords(pair, half), topBits, get(FLOAT_UNIT), OP.f32x4Mul);
}

/**
 * 53 bits without an integer conversion: the high word under the exponent of 2^20 is 2^20 + high 2^-32, and 21 bits of
 * the low word under that of 1/2 are 1/2 + low 2^-53. Every sum and difference here is exact.
 */
function asDoubles(pair: number, half: Code): Code {
  // deno-fmt-ignore
  return code(
    get(x(pair)), get(HIGH_EXPONENT), half, get(EXCESS), OP.f64x2Sub,
    get(y(pair)), i32(11), OP.i32x4ShrU, get(LOW_EXPONENT), half, OP.f64x2Add,
  );
}

function body(): Code {
  const isForm = (form: number) => code(get(FORM_OF), i32(form), OP.i32Eq);
  const countDown = (local: number) => code(get(local), i32(1), OP.i32Sub, tee(local), OP.brIf);
  // deno-fmt-ignore
  return code(
    constants(),
    prologue(),
    OP.loop,
      firstRounds(PAIRS[0], PAIRS[1]), firstRounds(PAIRS[2], PAIRS[3]),
      get(KEY_3), set(PRESENT),
      i32(LIKE_ROUNDS), set(ROUND),
      OP.loop,
        ...PAIRS.map(round),
        get(PRESENT), get(STEPS), OP.i32x4Add, set(PRESENT),
        countDown(ROUND),
      OP.end,
      isForm(FORM.doubles), OP.if, store(asDoubles),
      OP.else, isForm(FORM.floats), OP.if, store(asFloats),
      OP.else, store(asWords), OP.end, OP.end,
      get(ADDRESS), i32(UNIT_BYTES), OP.i32Add, set(ADDRESS),
      countDown(UNITS),
    OP.end,
  );
}

/**
 * Makes the module, which imports the memory that it writes to.
 *
 * @returns Its bytes; its exports are {@linkcode PhiloxExports}.
 */
export function philoxModule(): Uint8Array<ArrayBuffer> {
  const { i32, i64, v128 } = TYPE;
  return moduleBytes([{
    name: "fill",
    parameters: [i64, i64, i64, i32, i32, i32],
    results: [],
    locals: [i32, i64, i64, ...new Array<number>(VECTORS).fill(v128)],
    body: body(),
  }]);
}
