import { assert, assertEquals, assertRejects } from "@std/assert";
import { stopWaiting } from "../../src/cli/stop_waiting.ts";

Deno.test("what was interrupted may end by itself, and is not waited for for ever", async () => {
  const controller = new AbortController(), { signal } = controller;
  assertEquals(await stopWaiting(Promise.resolve(3), signal), 3);
  await assertRejects(() => stopWaiting(Promise.reject(new Error("own")), signal), Error, "own");
  const began = performance.now(), never = stopWaiting(new Promise<void>(() => {}), signal);
  const soon = stopWaiting(new Promise<string>((resolve) => setTimeout(() => resolve("ended"), 50)), signal);
  controller.abort(new Error("Ctrl-C"));
  assertEquals(await soon, "ended");
  await assertRejects(() => never, Error, "Ctrl-C");
  assert(performance.now() - began < 10_000);
});
