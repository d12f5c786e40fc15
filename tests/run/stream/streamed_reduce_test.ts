import { assert, assertEquals, assertRejects } from "@std/assert";
import { type DType, reduce, SharedNdArray, WorkerPool } from "../../../mod.ts";
import { streamedReduce } from "../../../src/run/streamed_reduce.ts";
import { StoredArray } from "../../../src/store/stored_array.ts";
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

const DTYPES: readonly DType[] = [
  "float64",
  "float32",
  "int8",
  "uint16",
  "int64",
  "bool",
  "uint64",
  "float16",
];

function chunksOf(random: Seeded, shape: readonly number[]): number[] {
  return shape.map((extent) => random.int(1, extent));
}

/** The same reduction in memory and as a stream; errors count as results. */
async function outcome(run: () => Promise<{ readonly array: SharedNdArray | null }>): Promise<unknown> {
  try {
    return bitsOf((await run()).array);
  } catch (error) {
    return error instanceof Error ? [error.name, error.message] : error;
  }
}

Deno.test("a stored array is reduced to the same bits as in memory, in whatever units", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    for (let seed = 1; seed <= 48; seed++) {
      const random = new Seeded(seed), name = NAMES[seed % NAMES.length], rank = random.int(1, 3);
      const shape = random.ints(rank, 1, rank === 1 ? 1500 : rank === 2 ? 40 : 12);
      if (random.oneIn(3)) shape[random.int(0, rank - 1)] = 400;
      const dtype = random.pick(DTYPES), a = elements(random, dtype, shape, random.oneIn(2));
      const axes = random.shuffled(shape.map((_, axis) => axis)).slice(0, random.int(1, rank));
      const options = {
        axis: random.oneIn(4) ? null : axes,
        keepDims: random.oneIn(2),
        skipNaN: random.oneIn(2),
        ddof: random.int(0, 1),
        pool,
      };
      const stored = await rawFrom(a, { folder: `${folder}/${seed}`, chunks: chunksOf(random, shape) });
      const kept = shape.filter((_, axis) => options.axis !== null && !axes.includes(axis));
      const sizes = {
        cellBox: kept.map((extent) => random.int(1, extent)),
        unitPositions: random.pick([128, 256, 1024]),
      };
      const units = random.oneIn(4) ? {} : { sizes, sliceExtent: random.int(1, 9) };
      const expected = await outcome(() => reduce(name, a, options));
      const found = await outcome(() => reduceInUnits(name, stored, [options], units));
      assertEquals(found, expected, `${seed}: ${name} of ${dtype} [${shape}] over ${options.axis}`);
    }
  }));

Deno.test("expressions of stored arrays are reduced with broadcasting, indices, scalars and neighbours", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    const sources = [
      "a * k + b",
      "(a, b) => a - b * index(0) + index(1)",
      "a > b",
      "(a - b) ** 2",
      "a(-1, 0) + a(0, 1) * b",
    ];
    const modes = ["reflect", "mirror", "nearest", "constant", "wrap", "none"] as const;
    for (let seed = 1; seed <= 45; seed++) {
      const random = new Seeded(seed), shape = [random.int(3, 30), random.int(3, 200)];
      const source = sources[seed % sources.length], name = random.pick(NAMES);
      const a = elements(random, random.pick(["float64", "float32"]), shape, random.oneIn(3));
      const rowShape = random.pick([[shape[1]], [1, shape[1]], [shape[0], 1]]);
      const b = elements(random, "float32", rowShape, false);
      const inputs = {
        a: await rawFrom(a, { folder: `${folder}/${seed}a`, chunks: chunksOf(random, shape) }),
        b: random.oneIn(3)
          ? b
          : await rawFrom(b, { folder: `${folder}/${seed}b`, chunks: chunksOf(random, rowShape) }),
      };
      const isNear = source.includes("(-1");
      const options = {
        axis: random.pick([0, 1, null, [1, 0]]),
        skipNaN: random.oneIn(2),
        ...(isNear ? { boundary: [modes[seed % 6], random.pick(modes)], boundaryValue: 2 } : {}),
        pool,
      };
      const scalars: Record<string, number> = source.includes("k") ? { k: 1.5 } : {};
      const sizes = {
        cellBox: options.axis === 0 ? [random.int(1, 9)] : options.axis === 1 ? [1] : [],
        unitPositions: 128,
      };
      const units = random.oneIn(3) ? {} : { sizes, sliceExtent: random.int(1, 40) };
      const expected = await outcome(() => reduce(name, source, { a, b, ...scalars }, options));
      const found = await outcome(() =>
        reduceInUnits(name, source, [{ ...inputs, ...scalars }, options], units)
      );
      assertEquals(found, expected, `${seed}: ${name} of ${source} [${shape}] over ${options.axis}`);
    }
  }));

Deno.test("a variance without edges compares elements with the mean of their own cell", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    const a = SharedNdArray.random([9, 11, 40], { seed: 4 });
    const stored = await rawFrom(a, { folder: `${folder}/a`, chunks: [4, 3, 40] });
    const source = "a(-2, 0, -1) + a(1, 1, 0) * a(0, 0, 2)";
    for (const boundary of ["none", ["none", "wrap", "none"], ["mirror", "none", "none"]] as const) {
      for (const axis of [2, [0, 2], [1], null] as const) {
        const options = { axis, boundary, pool };
        const expected = await reduce("std", source, { a }, options);
        const units = {
          sizes: { cellBox: [2, 3].slice(0, 3 - [axis ?? [0, 1, 2]].flat().length), unitPositions: 128 },
        };
        const { array } = await reduceInUnits(
          "std",
          source,
          [{ a: stored }, options],
          axis === null ? {} : units,
        );
        assertEquals(bitsOf(array), bitsOf(expected.array), `${boundary} over ${axis}`);
      }
    }
  }));

Deno.test("units that memory and chunks decide give the same bits as in memory, and chunks are read once", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 2 });
    const a = SharedNdArray.random([60, 64, 96], { seed: 3, dtype: "float32" });
    const cases = [[1, 64, 96], [60, 16, 16], [7, 20, 96], [60, 64, 1]];
    for (const [k, chunks] of cases.entries()) {
      const stored = await rawFrom(a, { folder: `${folder}/${k}`, chunks });
      for (const axis of [0, 1, [1, 2], null] as const) {
        const expected = await reduce("mean", a, { axis, pool });
        const { array, report } = await streamedReduce("mean", stored, { axis, pool });
        assertEquals(bitsOf(array), bitsOf(expected.array), `${chunks} over ${axis}`);
        if (axis === 0) {
          assert(
            (report.stored?.readBytes ?? 0) <= 1.05 * a.byteLength,
            `${chunks}: ${report.stored?.readBytes}`,
          );
        }
      }
    }
  }));

Deno.test("arrays that are not read have a say in the shape; one element, and no axis, are reduced too", () =>
  inFolder(async (folder) => {
    await using pool = new WorkerPool({ workers: 1 });
    const a = SharedNdArray.random([5, 300], { seed: 1 }), b = SharedNdArray.random([300], { seed: 2 });
    const one = SharedNdArray.from([2.5]).reshape([]);
    const stored = {
      a: await rawFrom(a, { folder: `${folder}/a`, chunks: [2, 100] }),
      b: await rawFrom(b, { folder: `${folder}/b`, chunks: [70] }),
    };
    for (const source of ["b + 1", "index(0) * 2 + index(1)", "b(1) * 2"]) {
      for (const axis of [0, 1, null, []]) {
        const expected = await outcome(() => reduce("sum", source, { a, b }, { axis, pool }));
        assertEquals(
          await outcome(() => streamedReduce("sum", source, stored, { axis, pool })),
          expected,
          `${source} ${axis}`,
        );
      }
    }
    const scalar = await rawFrom(one, { folder: `${folder}/one`, chunks: [] });
    for (const name of NAMES) {
      const expected = await outcome(() => reduce(name, one, { pool }));
      assertEquals(await outcome(() => streamedReduce(name, scalar, { pool })), expected, name);
      assertEquals(await outcome(() => streamedReduce(name, one, { pool })), expected, name);
    }
  }));

Deno.test("nothing is reduced as in memory", () =>
  inFolder(async (folder) => {
    const empty = SharedNdArray.zeros([0, 3]);
    const stored = rawArray({ folder: `${folder}/a`, dtype: "float64", shape: [0, 3], chunks: [1, 3] });
    for (const name of NAMES) {
      for (const axis of [0, 1, null]) {
        const expected = await outcome(() => reduce(name, empty, { axis }));
        assertEquals(
          await outcome(() => streamedReduce(name, stored, { axis })),
          expected,
          `${name} ${axis}`,
        );
      }
    }
  }));

Deno.test("what cannot be reduced as a stream is refused in one sentence", () =>
  inFolder(async (folder) => {
    const a = await rawFrom(SharedNdArray.arange(6), { folder: `${folder}/a`, chunks: [2] });
    const output = rawArray({ folder: `${folder}/o`, dtype: "float64", shape: [], chunks: [] });
    const refused: [unknown[], string][] = [
      [["median", a], "in memory only"],
      [["total", a], "There is no reduction"],
      [["sum", 3], "must be a StoredArray"],
      [["sum", "a", { a: {} }], "Input a must be"],
      [["sum", "k", { k: 2 }], "no array among the inputs"],
      [["sum", a, { tile: [2] }], "tile"],
      [["sum", a, { axis: 3 }], "out of bounds"],
      [["sum", a, { resume: true }], "needs an output"],
      [["sum", a, { shard: { index: 0, count: 2 } }], "needs an output"],
      [["sum", a, { output, shard: { index: 2, count: 2 } }], "Invalid shard 2 of 2"],
      [["sum", a, { output: 3 }], "must be a StoredArray"],
      [["argmax", a, { output }], "but the argmax is int64"],
      [["sum", a, { keepDims: true, output }], "but the sum is float64 [1]"],
      [["std", a, { output, shard: { index: 0, count: 2 } }], "the mean of (a - m) ** 2, and take the root"],
      [["sum", "a; b", { a }], ""],
      [["sum", a, { maxMemory: 100e6, workers: 2 }], "more than maxMemory"],
    ];
    for (const [[name, ...rest], message] of refused) {
      // Programs in JavaScript pass what they like.
      const call = streamedReduce as (...args: unknown[]) => Promise<unknown>;
      const error = await assertRejects(() => call(name, ...rest), Error);
      assert(error.message.includes(message), error.message);
    }
    assert(a instanceof StoredArray);
  }));

Deno.test("a damaged chunk and a signal end a reduction", () =>
  inFolder(async (folder) => {
    const a = await rawFrom(SharedNdArray.arange(2000), {
      folder: `${folder}/a`,
      chunks: [100],
      broken: 7,
      delayMs: 2,
    });
    const error = await assertRejects(() => streamedReduce("sum", a, { workers: 2 }), Error, "c7 is damaged");
    assertEquals(error.name, "FormatError");
    const signal = AbortSignal.timeout(10);
    const slow = await rawFrom(SharedNdArray.arange(800), {
      folder: `${folder}/b`,
      chunks: [10],
      delayMs: 5,
    });
    await assertRejects(() => streamedReduce("sum", slow, { workers: 2, signal }), DOMException);
  }));
