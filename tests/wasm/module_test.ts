import { assertEquals, assertThrows } from "@std/assert";
import { code, get, i32, OP, set, TYPE } from "../../src/wasm/code.ts";
import { encodeModule, moduleBytes } from "../../src/wasm/module.ts";
import { memory32, memory64 } from "../kernel/random_arrays.ts";

const seven = { name: "seven", parameters: [], results: [TYPE.i32], locals: [], body: i32(7) };

Deno.test("functions with a name are exported, the others are called by their number", () => {
  const add = { name: null, parameters: [TYPE.i32, TYPE.i32], results: [TYPE.i32], locals: [] };
  const module = new WebAssembly.Module(moduleBytes([
    { ...seven, name: "twelve", body: code(i32(7), i32(5), [0x10, 1]) },
    { ...add, body: code(get(0), get(1), OP.i32Add) },
    seven,
  ]));
  assertEquals(WebAssembly.Module.exports(module), [
    { name: "twelve", kind: "function" },
    { name: "seven", kind: "function" },
  ]);
  assertEquals(WebAssembly.Module.imports(module), [{ module: "env", name: "memory", kind: "memory" }]);
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memory32(1) } });
  // They are the functions above.
  const { twelve } = exports as { twelve: () => number };
  assertEquals(twelve(), 12);
});

Deno.test("locals of several types are numbered in their order", () => {
  const types = [TYPE.i32, TYPE.i32, TYPE.i64, TYPE.i32, TYPE.v128, TYPE.v128, TYPE.f64, TYPE.i32];
  const last = types.length;
  const body = code(i32(40), set(1), i32(2), set(last), get(1), get(last), OP.i32Add, get(0), OP.i32Add);
  const run = { name: "run", parameters: [TYPE.i32], results: [TYPE.i32], locals: types, body };
  const module = new WebAssembly.Module(moduleBytes([run]));
  const { exports } = new WebAssembly.Instance(module, { env: { memory: memory32(1) } });
  // It is the function above.
  assertEquals((exports.run as (start: number) => number)(100), 142);
});

Deno.test("memories of 32-bit and of 64-bit addresses are imported beside each other, each only as what it is", () => {
  const load = (memory: number) => [0xfd, 0, 0x40, memory, 0];
  const address = (is64: boolean) => is64 ? [0x42, 16] : [0x41, 16];
  const memories = [{ name: "a" }, { name: "b", is64: true }, { name: "c", is64: false }];
  // Copies 16 bytes of b to a and to c.
  const body = code(
    ...[0, 2].map((to) => code(address(false), address(true), load(1), [0xfd, 0x0b, 0x40, to, 0])),
  );
  const run = { name: "run", parameters: [], results: [], locals: [], body };
  const module = new WebAssembly.Module(encodeModule({ memories, functions: [run] }));
  const a = memory32(1), b = memory64(2), c = memory32(65_536);
  new Uint8Array(b.buffer).set([1, 2, 3], 16);
  const { exports } = new WebAssembly.Instance(module, { env: { a, b, c } });
  // It is the function above.
  (exports.run as () => void)();
  for (const memory of [a, c]) assertEquals([...new Uint8Array(memory.buffer, 16, 3)], [1, 2, 3]);
  const link = (env: Record<string, WebAssembly.Memory>) => () => new WebAssembly.Instance(module, { env });
  assertThrows(link({ a, b: a, c }), WebAssembly.LinkError);
  assertThrows(link({ a: b, b, c }), WebAssembly.LinkError);
});

Deno.test("memories with any maximum are imported, up to what the runtime has", () => {
  const modules = [false, true].map((is64) =>
    new WebAssembly.Module(encodeModule({ memories: [{ name: "m", is64 }], functions: [seven] }))
  );
  for (const m of [memory32(1), memory32(65_536)]) new WebAssembly.Instance(modules[0], { env: { m } });
  const growing = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
  new WebAssembly.Instance(modules[0], { env: { m: growing } });
  // 16 GiB, of which nothing is touched.
  for (const pages of [1, 65_537, 262_144]) {
    new WebAssembly.Instance(modules[1], { env: { m: memory64(pages) } });
  }
});
