import { assert, assertEquals } from "@std/assert";
import { ControlBlock } from "../../src/run/control_block.ts";
import { withDeadline } from "../deadline.ts";

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test("claimed tiles are handed out once, in grains", () => {
  const control = ControlBlock.create(2);
  assertEquals([control.claimTiles(3), control.claimTiles(3), control.claimTiles(1)], [0, 3, 6]);
  assertEquals(control.tilesClaimed(), 7);
});

Deno.test("a stop stays requested", () => {
  const control = ControlBlock.create(1);
  assert(!control.isStopRequested());
  control.requestStop();
  control.requestStop();
  assert(control.isStopRequested());
});

Deno.test("tiles done are those of all workers, each as last reported", () => {
  const control = ControlBlock.create(3);
  control.countDone(0, 4);
  control.countDone(2, 1);
  control.countDone(0, 5);
  assertEquals(control.tilesDone(), 6);
});

Deno.test("claims, stop and done tiles do not touch each other", () => {
  const control = ControlBlock.create(40);
  for (let worker = 0; worker < 40; worker++) control.countDone(worker, 1000 + worker);
  assertEquals([control.claimTiles(1), control.isStopRequested()], [0, false]);
  control.requestStop();
  assertEquals([control.claimTiles(1), control.tilesDone()], [1, 40 * 1000 + 39 * 20]);
});

Deno.test("an attached block is the same block", () => {
  const control = ControlBlock.create(2);
  const other = ControlBlock.attach(structuredClone(control.buffer));
  assertEquals([control.claimTiles(2), other.claimTiles(2)], [0, 2]);
  other.requestStop();
  other.countDone(1, 9);
  assertEquals([control.isStopRequested(), control.tilesDone()], [true, 9]);
});

Deno.test("the slots of workers lie on cache lines of their own", () => {
  const bytesPerWorker = ControlBlock.create(5).buffer.byteLength - ControlBlock.create(4).buffer.byteLength;
  assert(bytesPerWorker >= 128, `${bytesPerWorker} bytes`);
});

Deno.test("threads that claim at the same time never claim a tile twice", async () => {
  const control = ControlBlock.create(1);
  // So many that the threads meet even on a busy machine.
  const total = 10_000_000, threads = 2;
  const claims = new Uint8Array(new SharedArrayBuffer(total));
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const module = new URL("claiming_worker.ts", import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(module, { type: "module" }));
  try {
    const ended = workers.map((worker) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      worker.onmessage = () => resolve();
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ buffer: control.buffer, claims, ready, threads });
      return promise;
    });
    await withDeadline(Promise.all(ended), () => `${control.tilesClaimed()} of ${total} tiles claimed`);
    assert(claims.every((times) => times === 1), "each tile was claimed once");
  } finally {
    for (const worker of workers) worker.terminate();
  }
});
