import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { SharedNdArray, WorkerPool } from "../../mod.ts";
import { KernelLoadError, TileError } from "../../src/errors.ts";
import { mapInTime } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";
import { WorkerCount } from "./worker_count.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const mark = inlineKernel("export default ({ a }) => { a.fill(1) }");

/** The error of a run of an inline kernel over 8 tiles of one element. */
function tileErrorOf(source: string, pool?: WorkerPool): Promise<TileError> {
  const a = SharedNdArray.zeros([8]);
  const options = { outputs: { a }, tile: [1], ...(pool === undefined ? { workers: 1 } : { pool }) };
  return assertRejects(() => mapInTime(inlineKernel(source), options), TileError);
}

Deno.test("a kernel that throws is a TileError with the tile, its place, the worker, and the cause itself", async () => {
  const kernel = new URL("../kernels/fail_on_tile_3.ts", import.meta.url);
  const a = SharedNdArray.zeros([4, 9]);
  const error = await assertRejects(
    () => mapInTime(kernel, { inputs: { a }, tile: [2, 4], workers: 1 }),
    TileError,
    "Kernel failed on tile 3 at [1, 0] (origin [2, 0], worker 0): GridError: the grid is gone",
  );
  assertEquals([error.tile, error.worker], [3, 0]);
  assertEquals([error.coords, error.origin], [[1, 0], [2, 0]]);
  const { cause } = error;
  assertInstanceOf(cause, RangeError);
  assertEquals([cause.name, cause.message], ["GridError", "the grid is gone"]);
  assert(cause.stack?.includes("fail_on_tile_3.ts"), cause.stack);
  assert("code" in cause && "cells" in cause);
  assertEquals<unknown>([cause.code, cause.cells], [42, [1, 2]]);
  assertInstanceOf(cause.cause, TypeError);
  assertEquals(cause.cause.message, "no wind");
});

Deno.test("whatever a kernel throws, the run fails with it, in one line", async () => {
  await using pool = new WorkerPool({ workers: 1 });
  const cases: [thrown: string, cause: unknown, ending: string][] = [
    ["'a word'", "a word", ": a word"],
    ["'two\\nlines'", "two\nlines", ": two"],
    ["undefined", undefined, ": undefined"],
    ["null", null, ": null"],
    ["0", 0, ": 0"],
    ["{ code: 3 }", { code: 3 }, ": { code: 3 }"],
    ["() => 1", "[Function (anonymous)]", ": [Function (anonymous)]"],
    ["Symbol('s')", "Symbol(s)", ": Symbol(s)"],
  ];
  for (const [thrown, cause, ending] of cases) {
    const error = await tileErrorOf(`export default () => { throw ${thrown} }`, pool);
    assertEquals(error.cause, cause, thrown);
    assert(error.message.endsWith(ending) && !error.message.includes("\n"), error.message);
  }
});

Deno.test("a kernel whose promise rejects is a TileError, too", async () => {
  const error = await tileErrorOf("export default async () => { await null; throw new RangeError('later') }");
  assertInstanceOf(error.cause, RangeError);
});

Deno.test("a value that cannot be posted is an error of the tile that returned it", async () => {
  const error = await tileErrorOf("export default (_, { index }) => index === 5 ? () => {} : index");
  assertEquals(error.tile, 5);
  assertInstanceOf(error.cause, Error);
  assertEquals(error.cause.name, "DataCloneError");
});

Deno.test("a kernel that would end its worker without a word is told not to", async () => {
  await using pool = new WorkerPool({ workers: 1 });
  const cases: [call: string, named: string][] = [
    ["self.close()", "self.close()"],
    ["close()", "self.close()"],
    ["Deno.exit(3)", "Deno.exit()"],
    ["(await import('node:process')).default.exit(3)", "Deno.exit()"],
  ];
  for (const [call, named] of cases) {
    const error = await tileErrorOf(`export default async () => { ${call} }`, pool);
    assert(error.message.includes(`A kernel must not end its worker, but called ${named}`), error.message);
  }
});

Deno.test("a kernel that posts messages or takes onmessage for itself disturbs no run", async () => {
  await using pool = new WorkerPool({ workers: 1 });
  const chatty = inlineKernel(`self.onmessage = () => {};
    export default async ({ a }) => {
      for (const message of ["done", null, undefined, { run: -1 }, { part: 1 }]) self.postMessage(message);
      await new Promise((resolve) => setTimeout(resolve, 20));
      a.fill(1);
    }`);
  for (let run = 0; run < 2; run++) {
    const a = SharedNdArray.zeros([2]);
    const { report } = await mapInTime(chatty, { outputs: { a }, tile: [1], pool });
    assertEquals([[...a.values()], report.workers[0].tiles], [[1, 1], 2]);
  }
});

Deno.test("one failed tile stops the other workers before they have done all tiles", async () => {
  const a = SharedNdArray.zeros([2000]);
  const kernel = inlineKernel(`export default async ({ a }, { index }) => {
    a.fill(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (index === 4) throw new Error("no");
  }`);
  const options = { outputs: { a }, tile: [1], workers: 2, exact: true, grain: 1 } as const;
  const error = await assertRejects(() => mapInTime(kernel, options), TileError);
  assertEquals(error.tile, 4);
  const done = a.data.filter((value) => value === 1).length;
  assert(done >= 1 && done < 1000, `${done} tiles were done`);
});

Deno.test("a kernel that cannot be loaded is a KernelLoadError in one line, on every worker at once", async () => {
  const a = SharedNdArray.zeros([4]);
  await using pool = new WorkerPool({ workers: 3 });
  const kernels: [kernel: URL, message: string][] = [
    [new URL("../kernels/no_such_kernel.ts", import.meta.url), "Module not found"],
    [inlineKernel("export default ("), "Expression expected"],
    [inlineKernel("throw new RangeError('at once')"), "RangeError: at once"],
    [inlineKernel("export const f = () => {}"), "found none"],
    [inlineKernel("export default { a: 1 }"), "found one of type object"],
  ];
  for (const [kernel, message] of kernels) {
    const run = () => mapInTime(kernel, { outputs: { a }, tile: [1], pool, exact: true });
    const error = await assertRejects(run, KernelLoadError, message);
    assertEquals(error.url, kernel.href);
    assert(error.message.includes(kernel.href) && !error.message.includes("\n"), error.message);
  }
});

Deno.test("a run without a pool ends every worker that it opened, whatever comes of it", async () => {
  const waiting = inlineKernel("export default () => new Promise(() => {})");
  const kernels = [
    mark,
    inlineKernel("export default () => { throw new Error('no') }"),
    inlineKernel("throw new Error('no')"),
    inlineKernel("export default () => () => {}"),
    waiting,
  ];
  const statuses: string[] = [];
  for (const kernel of kernels) {
    using count = new WorkerCount();
    const options = { outputs: { a: SharedNdArray.zeros([8]) }, tile: [1], workers: 3, exact: true } as const;
    const signal = kernel === waiting ? AbortSignal.timeout(50) : undefined;
    const [{ status }] = await Promise.allSettled([mapInTime(kernel, { ...options, signal })]);
    statuses.push(status);
    assertEquals(count.ended, count.opened, "every worker that was opened has ended");
    if (status === "fulfilled") assertEquals(count.opened, 3);
  }
  assertEquals(statuses, ["fulfilled", "rejected", "rejected", "rejected", "rejected"]);
});

Deno.test("a pool works on after failed runs", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  for (let round = 0; round < 5; round++) {
    await tileErrorOf("export default () => { throw new Error('no') }", pool);
    const a = SharedNdArray.zeros([8]);
    await mapInTime(mark, { outputs: { a }, tile: [1], pool });
    assertEquals([...a.values()], new Array(8).fill(1));
  }
});

Deno.test("an abort during a run rejects with the signal's reason, and the worker lives on", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  await using pool = new WorkerPool({ workers: 1 });
  const a = SharedNdArray.zeros([10_000]);
  const counting = inlineKernel(`let calls = 0;
    export default async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return ++calls;
    }`);
  const run = () =>
    mapInTime(counting, {
      inputs: { a },
      tile: [1],
      pool,
      signal: controller.signal,
      onProgress({ done }) {
        if (done > 0) controller.abort(reason);
      },
    });
  assertStrictEquals(await assertRejects(run), reason);
  const { values: [calls] } = await mapInTime(counting, { inputs: { a }, tile: [10_000], pool });
  assert(typeof calls === "number" && calls > 1 && calls < 10_000, `${calls} calls`);
});

Deno.test("an abort ends a kernel that waits for ever, which writes no more once the run has rejected", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.zeros([2]);
  const endless = inlineKernel(`export default async ({ a }) => {
    for (;;) {
      a.fill(a.get(0) + 1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }`);
  const controller = new AbortController(), reason = new Error("enough");
  const begun = setInterval(() => {
    if (a.get(0) > 0 && a.get(1) > 0) controller.abort(reason);
  }, 1);
  const options = { outputs: { a }, tile: [1], pool, exact: true, signal: controller.signal } as const;
  try {
    assertStrictEquals(await assertRejects(() => mapInTime(endless, options)), reason);
  } finally {
    clearInterval(begun);
  }
  // A worker that was ended finishes the turn it is in.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const left = [...a.values()];
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertEquals([...a.values()], left);
  await mapInTime(mark, { outputs: { a }, tile: [1], pool });
  assertEquals([...a.values()], [1, 1]);
});

Deno.test("an abort after the end changes nothing", async () => {
  const controller = new AbortController();
  const a = SharedNdArray.zeros([4]);
  const run = await mapInTime(mark, { outputs: { a }, workers: 1, signal: controller.signal });
  controller.abort();
  assertEquals([...run.outputs.a.values()], [1, 1, 1, 1]);
});

Deno.test("an error of onProgress ends the run with that error", async () => {
  const failure = new Error("no more screen");
  const kernel = inlineKernel("export default () => new Promise((resolve) => setTimeout(resolve, 20))");
  const a = SharedNdArray.zeros([500]);
  const began = performance.now();
  const run = () =>
    mapInTime(kernel, {
      inputs: { a },
      tile: [1],
      workers: 1,
      onProgress() {
        throw failure;
      },
    });
  assertStrictEquals(await assertRejects(run), failure);
  assert(performance.now() - began < 5000, "ended before all tiles were done");
});

Deno.test("an error of the last onProgress ends the run, too", async () => {
  const failure = new Error("no more screen");
  const a = SharedNdArray.zeros([4]);
  const onProgress = ({ done, total }: { done: number; total: number }) => {
    if (done === total) throw failure;
  };
  assertStrictEquals(
    await assertRejects(() => mapInTime(mark, { outputs: { a }, workers: 1, onProgress })),
    failure,
  );
});

Deno.test("messages that a kernel posts do not end a run", async () => {
  const forger = inlineKernel(`export default ({ a }) => {
    for (const run of [0, 1, 2]) self.postMessage({ run, part: { worker: 0, tiles: 99, values: [], valueTiles: [] } });
    a.fill(7);
  }`);
  const a = SharedNdArray.zeros([50]);
  const { report } = await mapInTime(forger, { outputs: { a }, tile: [1], workers: 1 });
  assertEquals([report.tiles, report.workers[0].tiles], [50, 50]);
  assertEquals([...a.values()], new Array(50).fill(7));
});

Deno.test("an elementwise kernel's failure names all tiles of its call", async () => {
  const failing = inlineKernel(
    "export const elementwise = true; export default () => { throw new Error('no') }",
  );
  const a = SharedNdArray.zeros([100]);
  const error = await assertRejects(
    () => mapInTime(failing, { outputs: { a }, tile: [1], workers: 1, grain: 40 }),
    TileError,
  );
  assertEquals([error.tile, error.count], [0, 40]);
  assert(error.message.startsWith("Kernel failed on tiles 0 to 39 at [0] (origin [0], worker 0): Error: no"));
});
