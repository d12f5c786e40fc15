import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type ArrayDriver,
  createArray,
  FormatError,
  MemoryBudgetError,
  openArray,
  PlanError,
  type Shape,
  SharedNdArray,
  StoredArray,
  StoreError,
  streamedMap,
  tiledMap,
  TileError,
  WorkerPool,
} from "../../../mod.ts";
import { rawArray, rawFrom } from "./raw_driver.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Numbers as random as a seed makes them. */
function dice(seed: number): (below: number) => number {
  const numbers = SharedNdArray.random([4096], { seed });
  let k = 0;
  return (below) => Math.floor(numbers.get(k++ % 4096) * below);
}

Deno.test("a stream gives what a run in memory gives, for random shapes, chunks and blocks", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    for (let round = 0; round < 40; round++) {
      const roll = dice(round + 1), rank = 1 + roll(3);
      const shape = Array.from({ length: rank }, () => 1 + roll(12));
      const chunksOf = (own: Shape) => own.map((extent) => 1 + roll(extent));
      const shapeB = shape.map((extent) => roll(3) === 0 ? 1 : extent).slice(roll(2) === 0 ? 0 : rank - 1);
      const a = SharedNdArray.random(shape, { seed: round });
      const b = SharedNdArray.random(shapeB, { seed: round + 1000 }).astype("float32");
      const inputs = {
        a: await rawFrom(a, { folder: `${folder}/${round}a`, chunks: chunksOf(shape) }),
        b: roll(4) === 0 ? b : await rawFrom(b, { folder: `${folder}/${round}b`, chunks: chunksOf(shapeB) }),
      };
      const out = rawArray({
        folder: `${folder}/${round}o`,
        dtype: "float64",
        shape,
        chunks: chunksOf(shape),
      });
      const source = "(a, b) => ({ out: a * 2 + b - index(0), mask: a > 0.5 })";
      const whole = await tiledMap(source, { inputs: { a, b }, pool });
      const tile = roll(2) === 0 ? undefined : shape.slice(roll(rank)).map((extent) => 1 + roll(extent));
      const { outputs, report } = await streamedMap(source, {
        inputs,
        outputs: { out, mask: "bool" },
        tile,
        pool,
      });
      assertEquals((await out.read()).toNested(), whole.outputs.out.toNested(), `round ${round}`);
      assertEquals(outputs.mask.toNested(), whole.outputs.mask.toNested(), `round ${round}`);
      assert(report.stored !== null && report.stored.writtenBytes >= out.shape.reduce((x, y) => x * y, 8));
    }
  }));

Deno.test("a stream reads beyond its blocks what a run in memory reads beyond its tiles", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    const modes = ["reflect", "mirror", "nearest", "constant", "wrap", "none"] as const;
    for (let round = 0; round < 36; round++) {
      const roll = dice(round + 500), shape = [5 + roll(6), 5 + roll(8)];
      const boundary = [modes[round % 6], modes[Math.floor(round / 6)]];
      const a = SharedNdArray.random(shape, { seed: round }),
        b = SharedNdArray.random([shape[1]], { seed: 7 });
      const inputs = {
        a: await rawFrom(a, { folder: `${folder}/${round}a`, chunks: [1 + roll(4), 1 + roll(4)] }),
        b: await rawFrom(b, { folder: `${folder}/${round}b`, chunks: [1 + roll(4)] }),
      };
      const source = "a(-1, 0) + a(2, 1) * b(0, -2) - a";
      const whole = await tiledMap(source, { inputs: { a, b }, boundary, boundaryValue: 3, pool });
      const expected = whole.outputs.out;
      const out = rawArray({
        folder: `${folder}/${round}o`,
        dtype: "float64",
        shape: expected.shape,
        chunks: [1 + roll(3), 1 + roll(3)],
      });
      await streamedMap(source, { inputs, outputs: { out }, boundary, boundaryValue: 3, pool });
      assertEquals((await out.read()).toNested(), expected.toNested(), `${boundary} ${shape}`);
    }
  }));

const sumKernel = new URL(
  `data:text/javascript,${
    encodeURIComponent(`export default ({ a, b }, { halo, origin, shape }) => {
      if (halo) { b.copyFrom(a.box([halo[0][0] - 1, 0], b.shape)); return origin; }
      for (let i = 0; i < shape[0]; i++) b.set(i, a.get(i) + 1);
      return origin[0];
    }`)
  }`,
);

Deno.test("a kernel module gets blocks as tiles, with a halo too, and its values come back in order", () =>
  inFolder(async (folder) => {
    const a = SharedNdArray.arange(10), stored = await rawFrom(a, { folder: `${folder}/a`, chunks: [3] });
    const b = rawArray({ folder: `${folder}/b`, dtype: "float64", shape: [10], chunks: [2] });
    const { values, report } = await streamedMap(sumKernel, {
      inputs: { a: stored },
      outputs: { b },
      tile: [4],
      workers: 2,
    });
    assertEquals((await b.read()).toNested(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assertEquals([values, report.tile], [[0, 4, 8], [4]]);
    const grid = SharedNdArray.arange(12).reshape([4, 3]);
    const inputs = { a: await rawFrom(grid, { folder: `${folder}/g`, chunks: [2, 2] }) };
    const shifted = rawArray({ folder: `${folder}/s`, dtype: "float64", shape: [4, 3], chunks: [1, 3] });
    const halo = [[1, 0], 0] as const;
    await streamedMap(sumKernel, { inputs, outputs: { b: shifted }, halo, boundary: "nearest", workers: 1 });
    assertEquals((await shifted.read()).toNested(), [[0, 1, 2], [0, 1, 2], [3, 4, 5], [6, 7, 8]]);
  }));

Deno.test("what is done already is skipped by a run that resumes, and chunks of other runs are refused", () =>
  inFolder(async (folder) => {
    const a = SharedNdArray.arange(20),
      location = { folder: `${folder}/b`, dtype: "float64", chunks: [2] } as const;
    const open = () => rawArray({ ...location, shape: [20] });
    const run = (source: string, more = {}) =>
      streamedMap(source, { inputs: { a }, outputs: { b: open() }, tile: [4], workers: 2, ...more });
    await run("b = a + 1");
    for (const chunk of [3, 4, 9]) await Deno.remove(`${folder}/b/c${chunk}`);
    await Deno.writeTextFile(`${folder}/b/.c3.1.tmp`, "half");
    const { report } = await run("b = a + 1", { resume: true });
    assertEquals([report.stored?.skipped, report.tiles], [2, 5]);
    assertEquals((await open().read()).toNested(), Array.from({ length: 20 }, (_, k) => k + 1));
    assertEquals([...Deno.readDirSync(`${folder}/b`)].filter(({ name }) => name.endsWith(".tmp")), []);
    await assertRejects(
      () => run("b = a + 2", { resume: true }),
      StoreError,
      "another kernel or from other inputs",
    );
    // What a module computes may depend on its tiles: it gets those that it began with.
    const module = new URL(`file://${folder}/k.js`);
    await Deno.writeTextFile(module, "export default ({ b }, { shape }) => { b.fill(shape[0]); }");
    const c = rawArray({ ...location, folder: `${folder}/c`, shape: [20] });
    const options = { inputs: { a }, outputs: { b: c }, workers: 1 };
    await streamedMap(module, { ...options, tile: [4] });
    await Deno.remove(`${folder}/c/c4`);
    const goneOn = await streamedMap(module, { ...options, tile: [10], resume: true });
    assertEquals([goneOn.report.tile, (await c.read()).toNested()], [[4], new Array(20).fill(4)]);
    // A run that writes over chunks cannot be told apart from what was there, should it be interrupted.
    await run("b = a + 3");
    await assertRejects(() => run("b = a + 3", { resume: true }), StoreError, "create it anew");
  }));

Deno.test("shards are disjoint, and all divide the blocks that the first one has chosen", () =>
  inFolder(async (folder) => {
    const a = SharedNdArray.arange(40);
    const open = () => rawArray({ folder: `${folder}/b`, dtype: "float64", shape: [40], chunks: [2] });
    const run = (index: number, tile: Shape) =>
      streamedMap("b = -a", {
        inputs: { a },
        outputs: { b: open() },
        shard: { index, count: 3 },
        tile,
        workers: 1,
      });
    const reports = await Promise.all([run(0, [4]), run(2, [6])]);
    reports.push(await run(1, [10]));
    const [first] = reports;
    for (const { report } of reports) assertEquals(report.tile, first.report.tile);
    const written = reports.map(({ report }) => report.stored?.writtenBytes ?? 0);
    assertEquals(written.reduce((sum, bytes) => sum + bytes), 320);
    assertEquals((await open().read()).toNested(), Array.from({ length: 40 }, (_, k) => -k));
    // The engine runs a task again: there is nothing left to be done.
    const again = await run(1, [2]);
    assertEquals(again.report.stored?.writtenBytes, 0);
  }));

Deno.test("a damaged chunk ends a stream with the store's error, and a kernel's failure is a tile's", () =>
  inFolder(async (folder) => {
    const a = await rawFrom(SharedNdArray.arange(20), { folder: `${folder}/a`, chunks: [2], broken: 7 });
    const b = rawArray({ folder: `${folder}/b`, dtype: "float64", shape: [20], chunks: [2] });
    const error = await assertRejects(
      () => streamedMap("b = a", { inputs: { a }, outputs: { b }, tile: [2], workers: 2 }),
      FormatError,
      "c7 is damaged",
    );
    assertEquals(error.format, "raw");
    const failing = new URL(
      "data:text/javascript,export default (_, { index }) => { if (index === 2) throw new Error('no') }",
    );
    await assertRejects(
      () =>
        streamedMap(failing, {
          inputs: { a: SharedNdArray.arange(20) },
          outputs: { b },
          tile: [2],
          workers: 2,
        }),
      TileError,
      "no",
    );
  }));

Deno.test("memory decides the blocks, and what fits none is refused", () =>
  inFolder(async (folder) => {
    const shape = [64, 512, 1024];
    const a = rawArray({ folder: `${folder}/a`, dtype: "float64", shape, chunks: [64, 512, 16] });
    const b = rawArray({ folder: `${folder}/b`, dtype: "float64", shape, chunks: [1, 512, 1024] });
    const run = (maxMemory: number) =>
      streamedMap("b = a", {
        inputs: { a },
        outputs: { b },
        maxMemory,
        workers: 1,
        signal: AbortSignal.abort(new Error("planned")),
      });
    await assertRejects(() => run(400e6), Error, "planned");
    await assertRejects(
      () => streamedMap("b = a", { inputs: { a }, outputs: { b }, maxMemory: 140e6, workers: 1 }),
      MemoryBudgetError,
      "One chunk of each output",
    );
  }));

Deno.test("what makes no stream is refused in one sentence", async () => {
  const a = SharedNdArray.zeros([4]);
  const refused: [unknown, string][] = [
    [{ inputs: { a }, outputs: {} }, "needs outputs"],
    [{ inputs: { a: 3 }, outputs: { b: "int8" } }, "Input a must be"],
    [{ inputs: { a }, outputs: { a } }, "an input and an output"],
    [{ inputs: { a }, outputs: { b: "int8" }, shard: { index: 3, count: 3 } }, "Invalid shard 3 of 3"],
    [{ inputs: { a }, outputs: { b: "int8" }, debug: true }, "debug"],
    [{ inputs: { a }, outputs: { b: "int8" }, resumed: true }, "resumed"],
  ];
  for (const [options, message] of refused) {
    // Programs in JavaScript pass what they like.
    const error = await assertRejects(() => streamedMap("b = a", options as never), PlanError);
    assert(error.message.includes(message), error.message);
  }
  for (
    const [boundary, offset, message] of [["wrap", 3, "half"], ["mirror", 4, "shorter"], [
      "nearest",
      5,
      "at most",
    ]] as const
  ) {
    const options = { inputs: { a }, outputs: { b: "float64" }, boundary, workers: 1 } as const;
    await assertRejects(() => streamedMap(`b = a(${-offset})`, options), PlanError, message);
    await streamedMap(`b = a(${1 - offset})`, options);
  }
  await assertRejects(
    () => streamedMap("b = a", { inputs: { a }, outputs: { b: "float64" }, resume: true }),
    StoreError,
    "cannot be resumed",
  );
});

Deno.test("an array that is not in memory is told where it belongs", () =>
  inFolder(async (folder) => {
    const a = rawArray({ folder: `${folder}/a`, dtype: "float64", shape: [4], chunks: [2] });
    const kernel = new URL("data:text/javascript,export default () => {}");
    for (const one of ["b = a", kernel]) {
      // Programs in JavaScript pass what they like.
      const options = { inputs: { a }, outputs: { b: "float64" } } as never;
      await assertRejects(() => tiledMap(one, options), PlanError, "pass it to streamedMap");
    }
  }));

Deno.test("a stream writes to arrays of their own, by whatever name they were opened", () =>
  inFolder(async (folder) => {
    const path = `${folder}/s.zarr/a`;
    using a = await createArray(path, { shape: [6], chunks: [2] });
    using again = await openArray(`${folder}/./s.zarr/a`, { writable: true });
    const inputs = { a };
    await assertRejects(
      () => streamedMap("b = a(1)", { inputs, outputs: { b: again }, workers: 1 }),
      PlanError,
      "and so is a",
    );
    const c = SharedNdArray.arange(6);
    await assertRejects(
      () => streamedMap("a = c; b = -c", { inputs: { c }, outputs: { a, b: again }, workers: 1 }),
      PlanError,
      "and so is a",
    );
  }));

Deno.test("an array that was being replaced when its process ended is not gone on with", () =>
  inFolder(async (folder) => {
    const path = `${folder}/s.zarr/b`, options = { shape: [12], chunks: [2] };
    const run = async (a: SharedNdArray, more = {}) => {
      using b = await openArray(path, { writable: true });
      await streamedMap("b = -a", { inputs: { a }, outputs: { b }, workers: 1, ...more });
      return (await b.read()).toNested();
    };
    const zeros = SharedNdArray.zeros([12]), ones = SharedNdArray.ones([12]);
    const { remove } = Deno;
    // As if the process ended at each removal, one after the other.
    for (let last = 1; last <= 9; last++) {
      (await createArray(path, { ...options, overwrite: true })).close();
      await run(zeros);
      let removals = 0;
      Deno.remove = (...args) =>
        ++removals > last ? Promise.reject(new Error("the process ended")) : remove(...args);
      try {
        await createArray(path, { ...options, overwrite: true }).then((b) => b.close(), () => {});
      } finally {
        Deno.remove = remove;
      }
      (await createArray(path, options).catch(() => null))?.close();
      for (const more of [{ resume: true }, { shard: { index: 0, count: 1 } }]) {
        let read: unknown;
        try {
          read = await run(ones, more);
        } catch (error) {
          assert(error instanceof StoreError && error.message.includes("create it anew"), String(error));
          continue;
        }
        assertEquals(read, Array.from({ length: 12 }, () => -1), `${last}`);
      }
      assertEquals(await run(ones), Array.from({ length: 12 }, () => -1));
    }
  }));

Deno.test("blocks at the edges of an axis that wraps read its ends, and not all of it", async () => {
  const source = `export const openDriver = ({ shape, most }) => ({
    text: "places", dtype: "float64", shape, chunks: [2, 2],
    read(box, target) {
      if (box.shape.some((extent, axis) => extent > most[axis])) throw new Error("a box of " + box.shape);
      for (let i = 0; i < box.shape[0]; i++) {
        for (let j = 0; j < box.shape[1]; j++) target.set(i, j, (box.origin[0] + i) * 100 + box.origin[1] + j);
      }
      return 0;
    },
    close() {},
  })`;
  const module = `data:text/javascript,${encodeURIComponent(source)}`;
  const shape = [40, 30], location = { shape, most: [4 + 5, 6 + 3] };
  const driver: ArrayDriver = (await import(module)).openDriver(location);
  using a = new StoredArray(driver, { module, location });
  const whole = SharedNdArray.arange(1200).reshape(shape);
  for (let i = 0; i < 40; i++) for (let j = 0; j < 30; j++) whole.set(i, j, i * 100 + j);
  for (const boundary of ["wrap", "reflect", ["nearest", "wrap"], ["wrap", "constant"]] as const) {
    const kernel = "a(-2, 1) - 3 * a(3, -2)", options = { boundary, workers: 1 };
    const { outputs } = await streamedMap(`out = ${kernel}`, {
      inputs: { a },
      outputs: { out: "float64" },
      tile: [4, 6],
      ...options,
    });
    const expected = await tiledMap(kernel, { inputs: { a: whole }, ...options });
    assertEquals(outputs.out.toNested(), expected.outputs.out.toNested(), `${boundary}`);
  }
});
