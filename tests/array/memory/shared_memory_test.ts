import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { allocateShared, fromSource, PAGE_BYTES } from "../../../src/array/memory/shared_memory.ts";
import { AllocationError } from "../../../src/errors.ts";

Deno.test("allocateShared gives shared zeros, at least as many as asked for, in whole pages", () => {
  for (const bytes of [0, 1, PAGE_BYTES, PAGE_BYTES + 1, 10 * PAGE_BYTES - 3]) {
    const { buffer, source } = allocateShared(bytes);
    assertInstanceOf(buffer, SharedArrayBuffer);
    assertInstanceOf(source, WebAssembly.Memory);
    assertStrictEquals(source.buffer, buffer);
    assert(buffer.byteLength >= Math.max(1, bytes) && buffer.byteLength < bytes + 2 * PAGE_BYTES);
    assertEquals(buffer.byteLength % PAGE_BYTES, 0);
    assert(new Uint8Array(buffer).every((byte) => byte === 0));
  }
});

Deno.test("shared memory has a fixed size", () => {
  const { buffer, source } = allocateShared(8);
  assert(!buffer.growable);
  assert(source instanceof WebAssembly.Memory);
  assertThrows(() => source.grow(1), RangeError);
});

Deno.test("memory that cannot be had is refused with its size", () => {
  const bytes = 2 ** 50;
  const error = assertThrows(
    () => allocateShared(bytes),
    AllocationError,
    `(${bytes} bytes) of shared memory: `,
  );
  assertEquals(error.byteLength, bytes);
  assertInstanceOf(error.cause, Error);
});

Deno.test("fromSource takes a SharedArrayBuffer as it is", () => {
  const source = new SharedArrayBuffer(24);
  assertEquals(fromSource(source), { buffer: source, source });
});

Deno.test("fromSource refuses memory that is not shared", () => {
  assertThrows(
    () => fromSource(new WebAssembly.Memory({ initial: 1 })),
    TypeError,
    "Expected a SharedArrayBuffer",
  );
  // What a program in JavaScript might pass.
  const plain = new ArrayBuffer(8) as unknown as SharedArrayBuffer;
  assertThrows(() => fromSource(plain), TypeError, "SharedNdArray.from copies other data");
});
