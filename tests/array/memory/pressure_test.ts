import { assertEquals } from "@std/assert";
import { MemoryPressure } from "../../../src/array/memory/pressure.ts";

const MIB = 2 ** 20;

Deno.test("pressure collects once enough bytes were counted, and waits for more where the heap is large", () => {
  let collections = 0, heap = 10 * MIB;
  const pressure = new MemoryPressure({ collect: () => collections++, heapBytes: () => heap });
  for (let k = 0; k < 255; k++) pressure.add(MIB);
  assertEquals(collections, 0);
  pressure.add(MIB);
  assertEquals(collections, 1);
  heap = 500 * MIB;
  pressure.add(256 * MIB);
  assertEquals(collections, 2);
  pressure.add(999 * MIB);
  assertEquals(collections, 2);
  pressure.add(MIB);
  assertEquals(collections, 3);
});

Deno.test("the runtime's collector is found without permissions and collects", async () => {
  const pressure = new MemoryPressure();
  let collected = 0;
  const registry = new FinalizationRegistry(() => collected++);
  (() => registry.register({ made: "to be dropped" }, undefined))();
  for (let k = 0; k < 100 && collected === 0; k++) {
    pressure.relieve();
    // What a registry has to say comes in a task of its own.
    await new Promise((done) => setTimeout(done, 10));
  }
  assertEquals(collected, 1);
});
