import { assertEquals, assertStrictEquals } from "@std/assert";
import { FreeList } from "../../../src/array/memory/free_list.ts";

const PAGE = 65_536;

function memory(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

Deno.test("a free list hands out a memory of exactly the size, the last one first, each once", () => {
  const list = new FreeList(), [a, b, c] = [memory(1), memory(1), memory(2)];
  for (const one of [a, b, c]) assertEquals(list.put(one), 0);
  assertEquals(list.bytes, 4 * PAGE);
  assertEquals(list.take(3 * PAGE), undefined);
  assertStrictEquals(list.take(PAGE), b);
  assertStrictEquals(list.take(PAGE), a);
  assertEquals(list.take(PAGE), undefined);
  assertStrictEquals(list.take(2 * PAGE), c);
  assertEquals(list.bytes, 0);
});

Deno.test("a free list keeps to its bound and lets go of the size that was not given back for longest", () => {
  const list = new FreeList(4 * PAGE), old = memory(1), [a, b] = [memory(2), memory(1)];
  assertEquals(list.put(old), 0);
  assertEquals(list.put(a), 0);
  assertEquals(list.put(memory(3)), 3 * PAGE);
  assertEquals(list.bytes, 3 * PAGE);
  assertEquals(list.take(PAGE), undefined);
  assertEquals(list.take(2 * PAGE), undefined);
  assertEquals(list.put(memory(5)), 5 * PAGE);
  assertEquals(list.bytes, 3 * PAGE);
  assertEquals(list.put(b), 0);
  assertStrictEquals(list.take(PAGE), b);
  list.clear();
  assertEquals([list.bytes, list.take(3 * PAGE)], [0, undefined]);
});

Deno.test("a free list of many memories of one size stays within its bound", () => {
  const list = new FreeList(10 * PAGE);
  let dropped = 0;
  for (let k = 0; k < 100; k++) dropped += list.put(memory(1));
  assertEquals([list.bytes, dropped], [10 * PAGE, 90 * PAGE]);
});

Deno.test("a free list tells each memory that it lets go of, and no other", () => {
  const dropped: WebAssembly.Memory[] = [];
  const list = new FreeList(4 * PAGE, (one) => dropped.push(one));
  const [large, a, b, c] = [memory(5), memory(2), memory(1), memory(3)];
  list.put(large);
  assertEquals(dropped, [large]);
  list.put(a);
  list.put(b);
  assertStrictEquals(list.take(2 * PAGE), a);
  assertEquals(dropped.length, 1);
  list.put(a);
  list.put(c);
  assertEquals(dropped.length, 3);
  assertStrictEquals(dropped[1], b);
  assertStrictEquals(dropped[2], a);
  list.clear();
  assertEquals(dropped.length, 4);
  assertStrictEquals(dropped[3], c);
  list.clear();
  assertEquals(dropped.length, 4);
});
