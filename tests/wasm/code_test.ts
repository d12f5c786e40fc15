import { assert, assertEquals } from "@std/assert";
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
} from "../../src/wasm/code.ts";
import { moduleBytes } from "../../src/wasm/module.ts";
import { forEachSeed } from "../seeded.ts";

type Result = number | bigint;

/** What instructions leave on the stack. */
function resultOf(body: Code, type: number, locals: readonly number[] = []): Result {
  const bytes = moduleBytes([{ name: "run", parameters: [], results: [type], locals, body }]);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  // It is the function above.
  return (instance.exports.run as () => Result)();
}

/** The bytes of a vector. */
function vectorOf(body: Code): Uint8Array {
  const store = {
    name: "run",
    parameters: [],
    results: [],
    locals: [],
    body: code(i32(0), body, OP.v128Store, [0]),
  };
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes([store])), {
    env: { memory },
  });
  // It is the function above.
  (instance.exports.run as () => void)();
  return new Uint8Array(memory.buffer).slice(0, 16);
}

Deno.test("unsigned LEB128: the examples of the DWARF standard, and every length", () => {
  const cases: [number, number[]][] = [
    [2, [2]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [129, [0x81, 1]],
    [12857, [0xb9, 0x64]],
    [0, [0]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 0x08]],
  ];
  for (const [value, bytes] of cases) assertEquals(unsigned(value), bytes, `${value}`);
  forEachSeed(300, (random) => {
    const value = random.word() >>> random.int(0, 31);
    const decoded = unsigned(value).reduce((sum, byte, k) => sum + (byte & 0x7f) * 2 ** (7 * k), 0);
    assertEquals(decoded, value);
    assert(unsigned(value).every((byte, k, all) => byte >= 128 === k < all.length - 1));
  });
});

Deno.test("integers are pushed as they are, whatever their length and sign", () => {
  const edges = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, 2 ** 31 - 1, -(2 ** 31)];
  for (const value of edges) assertEquals(resultOf(i32(value), TYPE.i32), value);
  const long = [
    0n,
    -1n,
    63n,
    64n,
    -64n,
    -65n,
    2n ** 62n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 35n,
    -(2n ** 34n),
  ];
  for (const value of long) assertEquals(resultOf(i64(value), TYPE.i64), value);
  forEachSeed(40, (random) => {
    const value = BigInt.asIntN(random.int(1, 64), BigInt(random.word()) << 32n | BigInt(random.word()));
    assertEquals(resultOf(i64(value), TYPE.i64), value);
    assertEquals(resultOf(i32(Number(BigInt.asIntN(32, value))), TYPE.i32), Number(BigInt.asIntN(32, value)));
  });
});

Deno.test("locals of any number are set, kept and read", () => {
  const locals = new Array<number>(300).fill(TYPE.i32);
  for (const local of [0, 1, 127, 128, 299]) {
    assertEquals(resultOf(code(i32(7), set(local), get(local)), TYPE.i32, locals), 7);
    assertEquals(resultOf(code(i32(5), tee(local), get(local), OP.i32Add), TYPE.i32, locals), 10);
  }
});

Deno.test("vectors of words and of doubles, and shuffles of words", () => {
  const values = [1, 0xffffffff, 0x80000000, 0x12345678];
  assertEquals(vectorOf(words(values)), new Uint8Array(Uint32Array.from(values).buffer));
  assertEquals(vectorOf(doubles(-0.1)), new Uint8Array(Float64Array.of(-0.1, -0.1).buffer));
  const shuffled = vectorOf(code(words([10, 11, 12, 13]), words([20, 21, 22, 23]), shuffle([7, 0, 4, 3])));
  assertEquals(shuffled, new Uint8Array(Uint32Array.from([23, 10, 20, 13]).buffer));
});

Deno.test("forty thousand instructions are joined", () => {
  const parts = Array.from({ length: 20_000 }, () => code(i32(1), OP.i32Add));
  assertEquals(resultOf(code(i32(0), ...parts), TYPE.i32), 20_000);
  assertEquals(code(), []);
});
