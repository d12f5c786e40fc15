import { assert, assertEquals, assertRejects } from "@std/assert";
import { PlanError, reduce, SharedNdArray, StoreError, WorkerPool } from "../../../mod.ts";
import type { ReductionName } from "../../../src/plan/reduce/reduction_table.ts";
import { combineReduction, streamedReduce } from "../../../src/run/streamed_reduce.ts";
import { decodePartial, encodePartial } from "../../../src/run/stream_partials.ts";
import { Seeded } from "../../seeded.ts";
import { rawArray, rawFrom } from "./raw_driver.ts";
import { bitsOf, elements, NAMES, reduceInUnits } from "./reduce_cases.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function filesLike(folder: string, pattern: RegExp): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => pattern.test(name)).sort();
}

/** An output for the result of a reduction in memory. */
function outputLike(folder: string, { dtype, shape }: SharedNdArray, delayMs = 0) {
  return () =>
    rawArray({ folder, dtype, shape, chunks: shape.map((extent) => Math.max(1, extent >> 1)), delayMs });
}

Deno.test("shards in any order, and what combines them, give the bits of one run", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    const names = NAMES.filter((name) => name !== "var" && name !== "std");
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Seeded(seed), name = names[seed % names.length];
      const shape = random.shuffled([random.int(2, 9), random.int(200, 700)]);
      const a = elements(
        random,
        random.pick(["float64", "float32", "int8", "uint64"]),
        shape,
        random.oneIn(2),
      );
      const options = {
        axis: random.pick([0, 1, null]),
        skipNaN: random.oneIn(2),
        keepDims: random.oneIn(2),
        pool,
      };
      const expected = await reduce(name, a, options).catch((error: Error) => error.message);
      const stored = await rawFrom(a, {
        folder: `${folder}/${seed}a`,
        chunks: shape.map((extent) => random.int(1, extent)),
      });
      const empty = typeof expected === "string" ? null : expected.array;
      if (empty === null) continue;
      const open = outputLike(`${folder}/${seed}o`, empty), count = random.int(1, 6);
      const kept = options.axis === null ? [] : [random.int(1, 5)];
      for (const index of random.shuffled(Array.from({ length: count }, (_, k) => k))) {
        // Tasks agree on the units of the first one.
        const sizes = random.oneIn(2) ? { cellBox: kept, unitPositions: 128 } : undefined;
        const run = await reduceInUnits(name, stored, [{
          ...options,
          output: open(),
          shard: { index, count },
        }], { sizes });
        assertEquals(run.array, null);
      }
      const { array } = await combineReduction(open(), { pool });
      assertEquals(bitsOf(array), bitsOf(empty), `${seed}: ${name} of [${shape}] over ${options.axis}`);
      assertEquals(bitsOf(await open().read()), bitsOf(empty));
      assertEquals(filesLike(`${folder}/${seed}o`, /partial|reduction|shard/), []);
      // The last task may run again, and so may others.
      assertEquals(bitsOf((await combineReduction(open(), { pool })).array), bitsOf(empty));
      const late = { ...options, output: open(), shard: { index: 0, count } };
      assertEquals((await streamedReduce(name, stored, late)).array, null);
      assertEquals(filesLike(`${folder}/${seed}o`, /partial|reduction|shard/), []);
    }
  }));

Deno.test("a run that was interrupted goes on with what it has kept, in every pass", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    const a = SharedNdArray.random([6, 3000], { seed: 5 });
    for (const [k, name] of (["sum", "std", "argmax"] as ReductionName[]).entries()) {
      const expected = (await reduce(name, a, { axis: 1 })).array;
      const stored = await rawFrom(a, { folder: `${folder}/${k}a`, chunks: [6, 100], delayMs: 1 });
      const open = outputLike(`${folder}/${k}o`, expected), sizes = { cellBox: [2], unitPositions: 256 };
      const run = (resume: boolean, signal?: AbortSignal, onProgress?: () => void) =>
        reduceInUnits(name, stored, [{ axis: 1, output: open(), resume, pool, signal, onProgress }], {
          sizes,
        });
      let kept = 0, skipped = 0;
      for (let turn = 0; turn < 6; turn++) {
        const stop = new AbortController(), wanted = kept + 5;
        const timer = setInterval(() => {
          if (filesLike(`${folder}/${k}o`, /partial/).length >= wanted) stop.abort(new Error("killed"));
        }, 1);
        try {
          const { report } = await run(turn > 0, stop.signal);
          skipped = report.stored?.skipped ?? 0;
          break;
        } catch (error) {
          assertEquals(error instanceof Error && error.message, "killed");
          kept = filesLike(`${folder}/${k}o`, /partial/).length;
          assert(kept >= wanted, `${kept} of ${wanted}`);
        } finally {
          clearInterval(timer);
        }
      }
      const { array, report } = await run(true);
      assert(skipped > 0 || (report.stored?.skipped ?? 0) > 0);
      assertEquals(bitsOf(array), bitsOf(expected), name);
      assertEquals(bitsOf(await open().read()), bitsOf(expected), name);
      assertEquals(filesLike(`${folder}/${k}o`, /partial|reduction/), []);
    }
  }));

Deno.test("what is missing, cut off or damaged is not combined but named, and is computed again", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 1 });
    const a = SharedNdArray.random([2000], { seed: 8 }), expected = (await reduce("sum", a)).array;
    const stored = await rawFrom(a, { folder: `${folder}/a`, chunks: [100] });
    const path = `${folder}/o`, open = outputLike(path, expected);
    const shard = (index: number) =>
      reduceInUnits("sum", stored, [{ output: open(), shard: { index, count: 4 }, pool }], {
        sizes: { cellBox: [], unitPositions: 128 },
      });
    await assertRejects(() => combineReduction(open(), { pool }), StoreError, "has no partial results");
    for (const index of [0, 1, 3]) await shard(index);
    await assertRejects(
      () => combineReduction(open(), { pool }),
      StoreError,
      "4 of 16 partial results are missing or damaged (of shard 2 of 4): run that shard again",
    );
    await shard(2);
    const partials = filesLike(path, /partial/);
    assertEquals(partials.length, 16);
    const bytes = await Deno.readFile(`${path}/${partials[5]}`);
    await Deno.writeFile(`${path}/${partials[5]}`, bytes.subarray(0, bytes.length - 3));
    await Deno.writeFile(`${path}/${partials[14]}`, bytes);
    await assertRejects(
      () => combineReduction(open(), { pool }),
      StoreError,
      "2 of 16 partial results are missing or damaged (of shards 1, 3 of 4): run those shards again",
    );
    const again = await shard(1);
    assertEquals(again.report.stored?.skipped, 3);
    await shard(3);
    assertEquals(bitsOf((await combineReduction(open(), { pool })).array), bitsOf(expected));
  }));

Deno.test("an output of another computation is refused, and partial results of another one do not count", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 1 });
    const a = SharedNdArray.random([700], { seed: 2 }),
      stored = await rawFrom(a, { folder: `${folder}/a`, chunks: [50] });
    const open = outputLike(`${folder}/o`, (await reduce("sum", a)).array);
    const shard = { index: 0, count: 2 };
    await streamedReduce("sum", stored, { output: open(), shard, pool });
    await assertRejects(
      () => streamedReduce("mean", stored, { output: open(), shard, pool }),
      StoreError,
      "another kernel",
    );
    await assertRejects(
      () => streamedReduce("sum", "2 * a", { a: stored }, { output: open(), resume: true, pool }),
      StoreError,
      "another kernel",
    );
    // One that begins anew removes them, whatever comes of it.
    const broken = await rawFrom(a, { folder: `${folder}/b/a`, chunks: [50], broken: 0 });
    await Deno.writeFile(`${folder}/o/.tilewise_partial-1-00000007`, new Uint8Array(3));
    await assertRejects(
      () => streamedReduce("mean", broken, { output: open(), pool }),
      Error,
      "c0 is damaged",
    );
    assertEquals(filesLike(`${folder}/o`, /partial/), []);
    await Deno.writeFile(`${folder}/o/.tilewise_partial-1-00000007`, new Uint8Array(3));
    const { array } = await streamedReduce("mean", stored, { output: open(), pool });
    assertEquals(bitsOf(array), bitsOf((await reduce("mean", a)).array));
    assertEquals(filesLike(`${folder}/o`, /partial|reduction/), []);
    const memory = SharedNdArray.arange(4);
    // Programs in JavaScript pass what they like.
    await assertRejects(() => combineReduction(memory as never, { pool }), PlanError, "Zarr store");
  }));

Deno.test("partial results that got to the wrong place are not combined", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 1 });
    const a = SharedNdArray.random([700], { seed: 2 });
    const stored = await rawFrom(a, { folder: `${folder}/a`, chunks: [50] });
    const { array } = await reduce("sum", a);
    for (const name of ["sum", "mean"] as const) {
      const output = outputLike(`${folder}/${name}`, array)();
      const units = { sizes: { cellBox: [], unitPositions: 128 } };
      await reduceInUnits(name, stored, [{ output, shard: { index: 0, count: 1 }, pool }], units);
    }
    const [, second, third] = filesLike(`${folder}/sum`, /partial/);
    await Deno.copyFile(`${folder}/sum/${second}`, `${folder}/mean/${second}`);
    const output = outputLike(`${folder}/mean`, array)();
    await assertRejects(() => combineReduction(output, { pool }), StoreError, "1 of 6 partial results");
    await Deno.copyFile(`${folder}/mean/${third}`, `${folder}/mean/${second}`);
    await assertRejects(() => combineReduction(output, { pool }), StoreError, "1 of 6 partial results");
  }));

Deno.test("a shard that somebody is at is not computed twice", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 1 });
    const a = SharedNdArray.random([3000], { seed: 2 });
    const stored = await rawFrom(a, { folder: `${folder}/a`, chunks: [10], delayMs: 1 });
    const open = outputLike(`${folder}/o`, (await reduce("sum", a)).array), stop = new AbortController();
    const one = streamedReduce("sum", stored, {
      output: open(),
      shard: { index: 0, count: 1 },
      pool,
      signal: stop.signal,
    });
    const isOver = one.catch(() => {});
    while (filesLike(`${folder}/o`, /shard-0/).length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const signal = AbortSignal.timeout(50);
    // It waits for a sign of life, and here not for long.
    await assertRejects(() =>
      streamedReduce("sum", stored, { output: open(), shard: { index: 0, count: 1 }, pool, signal })
    );
    stop.abort();
    await isOver;
    assertEquals(filesLike(`${folder}/o`, /shard-0/), []);
  }));

Deno.test("an object with what came of a unit is read as it was written, or not at all", async () => {
  const rows = [BigInt64Array.of(1n, -5n, 2n ** 62n), new BigInt64Array(3)];
  const partial = { fingerprint: "abc", pass: 1, unit: 12, rows };
  const bytes = await encodePartial(partial);
  assertEquals(await decodePartial(bytes), partial);
  for (let cut = 0; cut < bytes.length; cut++) {
    assertEquals(await decodePartial(bytes.subarray(0, cut)), null);
  }
  for (let at = 0; at < bytes.length; at++) {
    const damaged = bytes.slice();
    damaged[at] ^= 16;
    assertEquals(await decodePartial(damaged), null);
  }
});
