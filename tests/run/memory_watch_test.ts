import { assert, assertEquals } from "@std/assert";
import { highWaterGauge, MemoryWatch } from "../../src/run/memory_watch.ts";

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test("no field's peak is below its current value", () => {
  using watch = new MemoryWatch();
  watch.sample();
  for (const [field, { current, peak }] of Object.entries(watch.finish(0))) {
    assert(current > 0 || field === "external", `${field}: ${current}`);
    assert(peak >= current, `${field}: ${current} of ${peak}`);
  }
});

Deno.test("what the workers saw counts for the resident peak", () => {
  using watch = new MemoryWatch();
  const { rss } = watch.finish(2 ** 50);
  assertEquals(rss.peak, 2 ** 50);
  assert(rss.current < 2 ** 50);
});

Deno.test("the timer finds a peak between start and end", async () => {
  using watch = new MemoryWatch();
  watch.start();
  const before = Deno.memoryUsage().external;
  let held: ArrayBuffer | undefined = new ArrayBuffer(64_000_000);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals(held.byteLength, 64_000_000);
  held = undefined;
  assert(watch.finish(0).external.peak >= before + 64_000_000);
});

Deno.test("a watch that is over starts no timer", () => {
  const watch = new MemoryWatch();
  watch[Symbol.dispose]();
  watch.start();
  // A timer that is left behind fails the test, by its sanitizers.
});

Deno.test("the high-water mark never falls and is at least what is resident", async () => {
  const gauge = await highWaterGauge();
  const first = gauge();
  assert(first > 10_000_000, `${first} bytes`);
  assert(gauge() >= first);
});
