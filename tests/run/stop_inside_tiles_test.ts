/**
 * Loops of the library's own stop inside a tile: all of them look often enough, stop at any look, can be run again
 * afterwards, and give the same bits whether they look or not.
 *
 * @module
 */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { type DType, forEachRow, SharedNdArray, slice } from "../../mod.ts";
import { gatherBox } from "../../src/array/gather.ts";
import { layoutOf, storageOf, uninitialised } from "../../src/array/shared_ndarray.ts";
import { Interrupted, setInterrupt, wasInterrupted } from "../../src/interrupt.ts";
import { BoundKernel } from "../../src/kernel/bound_kernel.ts";
import { orderRunner, orderScratch, type OrderSpec } from "../../src/kernel/order/order_work.ts";
import { scanInPlace } from "../../src/kernel/order/scan_lines.ts";
import { transpose } from "../../src/kernel/order/transpose.ts";
import { blockStrides } from "../../src/kernel/reduce/block_order.ts";
import type { DirectElements } from "../../src/kernel/reduce/block_source.ts";
import { BoundReduction } from "../../src/kernel/reduce/bound_reduction.ts";
import { kernelSource } from "../../src/kernel/reduce/kernel_source.ts";
import { SCRATCH_ELEMENTS } from "../../src/kernel/reduce/scratch.ts";
import type { FoldName, LaneDType, ReducePlan } from "../../src/plan/reduce/reduce_plan.ts";
import type { Boundary } from "../../src/plan/halo.ts";
import { gatherTables } from "../../src/plan/edges.ts";
import { compileExpression, placeOf, prepareExpression } from "../../src/run/expression.ts";
import { planOf } from "../kernel/reduce/naive_reduction.ts";
import { forEachSeed, Seeded } from "../seeded.ts";

/** A loop, and where its result is. */
interface Loop {
  readonly run: () => void;
  readonly result: readonly SharedNdArray[];
  /** What has to be done before it is run again. */
  readonly reset?: () => void;
}

/** Runs something that is stopped at some look, counted from 1. Returns how often it looked. */
function runWithLooks(run: () => void, stopAt: number = Infinity): number {
  let looks = 0;
  setInterrupt(() => ++looks >= stopAt);
  try {
    if (stopAt === Infinity) run();
    else {
      assertThrows(run, Interrupted);
      assert(wasInterrupted());
      assertEquals(looks, stopAt, "it goes on after it was stopped");
    }
  } finally {
    setInterrupt(undefined);
  }
  return looks;
}

/** The bits of arrays. */
function bitsOf(arrays: readonly SharedNdArray[]): Uint8Array[] {
  return arrays.map((array) => {
    const { buffer, byteOffset, byteLength } = array.toTyped();
    return new Uint8Array(buffer, byteOffset, byteLength).slice();
  });
}

function assertSameBits(found: readonly Uint8Array[], expected: readonly Uint8Array[], what: string): void {
  expected.forEach((bytes, k) => {
    assertEquals(found[k].length, bytes.length, what);
    const own = found[k];
    let place = 0;
    while (place < bytes.length && bytes[place] === own[place]) place++;
    assertEquals(place, bytes.length, `${what}: byte ${place} of result ${k} differs`);
  });
}

/** Writes what no result is. */
function spoil(arrays: readonly SharedNdArray[]): void {
  for (const array of arrays) {
    const { data } = array;
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength).fill(0xa5);
  }
}

/** The same bits without looks, with looks, and after stops at some of them. Returns how many looks there were. */
function assertStops(
  { run, result, reset = () => spoil(result) }: Loop,
  what: string,
  random: Seeded,
): number {
  reset();
  run();
  const expected = bitsOf(result);
  reset();
  const looks = runWithLooks(run);
  assertSameBits(bitsOf(result), expected, `${what}, with looks`);
  if (looks === 0) return 0;
  for (const stopAt of new Set([1, random.int(1, looks), looks])) {
    reset();
    runWithLooks(run, stopAt);
    reset();
    run();
    assertSameBits(bitsOf(result), expected, `${what}, after a stop at look ${stopAt} of ${looks}`);
  }
  return looks;
}

/** An array of numbers between -1 and 1, or of integers. */
function filled(shape: readonly number[], dtype: DType = "float64", seed: number = 1): SharedNdArray {
  const array = SharedNdArray.zeros([...shape], { dtype }), { data } = array, random = new Seeded(seed);
  for (let k = 0; k < data.length; k++) {
    const word = random.word() | 0;
    // Written through the one type that its dtype has.
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) data[k] = BigInt(word);
    else data[k] = dtype.startsWith("float") ? word / 2 ** 31 : word;
  }
  return array;
}

async function boundKernel(
  source: string,
  inputs: Readonly<Record<string, SharedNdArray>>,
  out: SharedNdArray,
  options: { readonly boundary?: Boundary; readonly isRepeated?: boolean } = {},
): Promise<BoundKernel> {
  const { boundary, isRepeated = false } = options, outputs = { out };
  const prepared = await prepareExpression(source, { inputs, scalars: {}, outputs, boundary });
  const arrays: Record<string, SharedNdArray> = { ...prepared.inputs, ...outputs };
  const places = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, placeOf(array)]));
  const { kernel, module } = compileExpression(prepared, places, false);
  return new BoundKernel(kernel, module, arrays, prepared.scalars, isRepeated);
}

function memory64(bytes: number): WebAssembly.Memory {
  const pages = BigInt(Math.ceil(bytes / 65_536));
  // The bigint form of the descriptor is standard, but TypeScript's types have only numbers.
  const descriptor = { address: "i64", initial: pages, maximum: pages, shared: true };
  return new WebAssembly.Memory(descriptor as unknown as WebAssembly.MemoryDescriptor);
}

type Arrange = (shape: readonly number[], dtype: DType) => SharedNdArray;

const LAYOUTS: Readonly<Record<string, Arrange>> = {
  contiguous: (shape, dtype) => SharedNdArray.zeros([...shape], { dtype }),
  transposed: (shape, dtype) => SharedNdArray.zeros(shape.toReversed(), { dtype }).transpose(),
  "every second": (shape, dtype) => {
    const whole = SharedNdArray.zeros(shape.map((extent) => 2 * extent), { dtype });
    return whole.view(...shape.map((_, axis) => slice(axis % 2, null, 2)));
  },
  backwards: (shape, dtype) => SharedNdArray.zeros([...shape], { dtype }).flip(),
  "of no WebAssembly memory": (shape, dtype) =>
    SharedNdArray.wrap(new SharedArrayBuffer(8 * product(shape)), { shape: [...shape], dtype }),
  "of 64-bit addresses": (shape, dtype) =>
    SharedNdArray.wrap(memory64(8 * product(shape)), { shape: [...shape], dtype }),
};

function product(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}

function arranged(layout: string, shape: readonly number[], dtype: DType, seed: number): SharedNdArray {
  return LAYOUTS[layout](shape, dtype).copyFrom(filled(shape, dtype, seed));
}

const SOURCES = [
  "a + b * 2",
  "pow(abs(a), b) + sin(a * 1e9)",
  "atan2(a, b) - index(0) * 3 + index(1)",
  "a(-1, 0) + a(1, 0) + b(0, -2) - 4 * a(0, 1)",
];

Deno.test("compiled kernels stop inside a box, and give the same bits in pieces, in every layout", async () => {
  let looks = 0;
  for (let seed = 1; seed <= 36; seed++) {
    const random = new Seeded(seed), source = SOURCES[seed % SOURCES.length];
    const shape = random.shuffled([random.int(1, 4), random.int(20_000, 90_000)]);
    if (random.oneIn(3)) shape.splice(0, 2, random.int(100, 300), random.int(100, 400));
    const dtype = random.pick<DType>(["float64", "float32"]), names = Object.keys(LAYOUTS);
    const [first, second, third] = [0, 0, 0].map(() => random.pick(names));
    const inputs = { a: arranged(first, shape, dtype, seed), b: arranged(second, shape, dtype, -seed) };
    const boundary = source.includes("(-1")
      ? random.pick<Boundary>(["wrap", "mirror", "nearest"])
      : undefined;
    const out = LAYOUTS[third](shape, "float64");
    const isRepeated = random.oneIn(2),
      kernel = await boundKernel(source, inputs, out, { boundary, isRepeated });
    const origin = shape.map((extent) => random.int(0, Math.floor(extent / 4)));
    const extents = shape.map((extent, axis) => extent - origin[axis]);
    const what = `seed ${seed}: ${source} of [${shape}] ${dtype} ${first} ${second} ${third}`;
    const loop = { run: () => kernel.runBox(origin, extents), result: [out] };
    looks += assertStops(loop, what, random);
  }
  assert(looks > 150, `only ${looks} looks`);
});

Deno.test("a stop falls between what the kernel has written and what it has not", async () => {
  const shape = [3, 1_000_000], a = filled(shape), out = SharedNdArray.full(shape, 7);
  const kernel = await boundKernel("a * 2 + 100", { a }, out);
  runWithLooks(() => kernel.runBox([0, 0], shape), 2);
  const written = [...out.reshape([3_000_000]).values()].findIndex((value) => value === 7);
  assert(written > 100_000 && written < 2_500_000, `${written} elements were written`);
  assert(!out.reshape([3_000_000]).view(slice(written, null)).toTyped().some((value) => value !== 7));
  kernel.runBox([0, 0], shape);
  assertEquals(out.get(2, 999_999), Number(a.get(2, 999_999)) * 2 + 100);
});

/** Elements, where they lie or as a kernel computes them into the scratch memory. */
async function elementsOf(array: SharedNdArray, plan: ReducePlan, scratch: SharedNdArray, isDirect: boolean) {
  const memory = storageOf(array).webAssemblyMemory, { strides, offset } = layoutOf(array);
  assert(memory !== undefined);
  const bytes = array.data.BYTES_PER_ELEMENT, address = array.data.byteOffset + bytes * offset;
  const direct: DirectElements = { memory, address, strides: strides.map((stride) => stride * bytes) };
  const job = { inputs: { a: array }, scalars: {}, outputs: { out: scratch.dtype } };
  const prepared = await prepareExpression("a", job);
  const places = { a: placeOf(array), out: { ...placeOf(scratch), strides: blockStrides(plan) } };
  const { kernel, module } = compileExpression(prepared, places, false);
  const bound = new BoundKernel(kernel, module, { ...prepared.inputs, out: scratch }, prepared.scalars);
  return kernelSource(bound, plan, isDirect ? direct : null);
}

async function reduction(
  array: SharedNdArray,
  plan: ReducePlan,
  fold: FoldName,
  isDirect: boolean,
): Promise<Loop> {
  // Those that are reduced here have a dtype of lanes.
  const lanes = array.dtype as LaneDType, scratch = uninitialised([SCRATCH_ELEMENTS], lanes);
  const values = SharedNdArray.zeros([plan.positionUnits, plan.cells], { dtype: lanes });
  const found = SharedNdArray.zeros([plan.positionUnits, plan.cells], { dtype: "int64" });
  const places = fold.startsWith("arg") ? found : null;
  const source = await elementsOf(array, plan, scratch, isDirect);
  const bound = new BoundReduction({ plan, fold, lanes, source, scratch, values, places });
  const units = plan.cellUnits * plan.positionUnits;
  return {
    run: () => {
      for (let unit = 0; unit < units; unit++) bound.runUnit(unit);
    },
    result: [values, found],
    reset: () => spoil([values, found, scratch]),
  };
}

Deno.test("reductions stop inside a unit, and give the same bits all the same", async () => {
  let looks = 0, least = Infinity;
  for (let seed = 1; seed <= 36; seed++) {
    const random = new Seeded(seed), dtype = random.pick<DType>(["float64", "int64"]);
    const shape = random.pick([[900_000], [3, 300_000], [300_000, 3], [900, 1000], [9000, 100], [
      20,
      450,
      100,
    ]]);
    const array = arranged(random.pick(["contiguous", "contiguous", "transposed"]), shape, dtype, seed);
    const axes = [...shape.keys()], reduced = axes.filter(() => random.oneIn(2));
    if (reduced.length === 0) reduced.push(random.pick(axes));
    const plan = { ...planOf(shape, reduced), contiguous: random.pick(["cells", "positions"] as const) };
    const fold = random.pick<FoldName>(["sum", "prod", "min", "maxNumber", "argmin", "argmax"]);
    const isDirect = random.oneIn(2);
    const what =
      `seed ${seed}: ${fold} of [${shape}] ${dtype} over [${reduced}], ${plan.contiguous} ${isDirect}`;
    const own = assertStops(await reduction(array, plan, fold, isDirect), what, random);
    looks += own;
    least = Math.min(least, own);
  }
  assert(least >= 2 && looks > 200, `${least} looks at least, ${looks} together`);
});

async function ordering(
  array: SharedNdArray,
  plan: ReducePlan,
  spec: OrderSpec,
  isDirect: boolean,
): Promise<Loop> {
  const scratch = uninitialised([orderScratch(plan, spec)], "float64");
  const source = await elementsOf(array, plan, scratch, isDirect);
  const shared = new Map<string, SharedNdArray<"float64">>([
    ["values", SharedNdArray.zeros([2, plan.cells])],
    ["counts", SharedNdArray.zeros([plan.cells * (spec.kind === "digits" ? 65_536 : 64)])],
    ["missing", SharedNdArray.zeros([plan.cells])],
  ]);
  const dataOf = (name: string): Float64Array => {
    const own = shared.get(name);
    assert(own !== undefined);
    return own.data;
  };
  const run = orderRunner(plan, spec, source, scratch.data, dataOf);
  return {
    run: () => {
      for (let unit = 0; unit < plan.cellUnits * plan.positionUnits; unit++) run(unit, 0);
    },
    result: [...shared.values()],
    reset: () => shared.forEach((own) => own.data.fill(0)),
  };
}

Deno.test("quantiles, digits and histograms stop inside a unit, and give the same bits all the same", async () => {
  const wish = { q: [0.25, 0.9], method: "linear", skipNaN: true, dtype: "float64" } as const;
  const edges = Array.from({ length: 41 }, (_, k) => -1 + k / 20);
  const specs: readonly OrderSpec[] = [
    { kind: "quantile", wish },
    { kind: "digits", pass: { digit: 0, prefixes: [[0]] } },
    { kind: "histogram", bins: { edges, isUniform: true } },
    { kind: "histogram", bins: { edges: [-1, -0.25, 0.5, 1], isUniform: false } },
  ];
  const random = new Seeded(5);
  for (const spec of specs) {
    for (
      const [shape, reduced] of [[[600_000], [0]], [[2, 300_000], [1]], [[150_000, 4], [0]], [[3000, 200], [
        1,
      ]]]
    ) {
      const cells = product(shape) / product(reduced.map((axis) => shape[axis]));
      if (spec.kind === "digits" && cells > 1) continue;
      for (const isDirect of [true, false]) {
        const array = filled(shape, "float64", shape[0]);
        for (let k = 0; k < 40; k++) array.data[random.int(0, array.size - 1)] = NaN;
        const what = `${spec.kind} of [${shape}] over [${reduced}], ${isDirect ? "direct" : "computed"}`;
        const looks = assertStops(
          await ordering(array, planOf(shape, reduced), spec, isDirect),
          what,
          random,
        );
        assert(looks >= 5, `${what}: ${looks} looks`);
      }
    }
  }
});

Deno.test("elements that no pivot divides well are selected in pieces, too", async () => {
  const array = filled([400_000]), { data } = array, wish = { q: [0.5, 0.5], method: "lower" } as const;
  // The pivots' places hold the greatest elements, and half of all are equal.
  for (let k = 0; k < data.length; k++) data[k] = k % 2 === 0 ? 0.5 : (k % 50_000 < 9 ? 2 + k : data[k]);
  const spec: OrderSpec = { kind: "quantile", wish: { ...wish, skipNaN: false, dtype: "float64" } };
  const looks = assertStops(
    await ordering(array, planOf([400_000], [0]), spec, true),
    "median",
    new Seeded(3),
  );
  assert(looks >= 8, `${looks} looks`);
});

Deno.test("a block that is transposed is turned in pieces", () => {
  const from = filled([1000, 700]), to = SharedNdArray.zeros([700, 1000]);
  const loop = { run: () => transpose(from.data as Float64Array, 1000, 700, to.data), result: [to] };
  assert(assertStops(loop, "transpose", new Seeded(1)) >= 10);
  assertEquals(to.get(699, 3), from.get(3, 699));
});

Deno.test("scans stop inside a line, and give the same bits all the same", () => {
  const random = new Seeded(8);
  for (const dtype of ["float64", "float32", "int64", "uint64"] as const) {
    for (
      const [shape, axis] of [[[500_000], 0], [[3, 200_000], 1], [[200, 3000], 0], [[200_000, 3], 0]] as const
    ) {
      for (const operation of ["sum", "prod"] as const) {
        // The same dtype as the one that was asked for.
        const array = filled(shape, dtype) as SharedNdArray<typeof dtype>, begun = array.copy();
        const loop = {
          run: () => scanInPlace(array, axis, { operation, skipNaN: operation === "prod" }),
          result: [array],
          reset: () => array.copyFrom(begun),
        };
        const looks = assertStops(loop, `${operation} of [${shape}] ${dtype}`, random);
        assert(looks >= 10, `${operation} of [${shape}] ${dtype}: ${looks} looks`);
      }
    }
  }
});

/** Every place of all arrays in the order in which rows show them. */
function placesSeen(arrays: readonly SharedNdArray[]): Float64Array[] {
  const seen = arrays.map(() => new Float64Array(arrays[0].size));
  let count = 0;
  forEachRow(arrays, (length, offsets, steps) => {
    for (let i = 0; i < length; i++, count++) {
      for (let k = 0; k < seen.length; k++) seen[k][count] = offsets[k] + i * steps[k];
    }
  });
  assertEquals(count, arrays[0].size);
  return seen;
}

Deno.test("forEachRow visits the same elements in the same order in pieces, and stops between them", () => {
  const rows = [
    ["contiguous", "contiguous", [900_001]],
    ["contiguous", "backwards", [2, 400_000]],
    ["every second", "contiguous", [2, 300_000]],
    ["contiguous", "transposed", [300, 900]],
    ["every second", "every second", [30_000, 9]],
    ["every second", "contiguous", [140, 50, 40]],
  ] as const;
  const random = new Seeded(2);
  for (const [first, second, shape] of rows) {
    const arrays = [LAYOUTS[first](shape, "float32"), LAYOUTS[second](shape, "float64")];
    const expected = placesSeen(arrays), what = `[${shape}] ${first} ${second}`;
    let found: Float64Array[] = [];
    const looks = runWithLooks(() => found = placesSeen(arrays));
    expected.forEach((places, k) => assert(places.every((place, i) => place === found[k][i]), what));
    assert(looks >= 2, `${what}: ${looks} looks`);
    runWithLooks(() => placesSeen(arrays), random.int(1, looks));
    // A stop leaves nothing behind.
    assertEquals(placesSeen(arrays)[0][1], expected[0][1]);
  }
});

Deno.test("a row of a million elements comes in pieces only where a run may have to stop", () => {
  const array = SharedNdArray.zeros([1_000_000]), lengths: number[] = [], starts: number[] = [];
  const note = () =>
    forEachRow([array], (length, [start]) => {
      lengths.push(length);
      starts.push(start);
    });
  note();
  assertEquals([lengths.splice(0), starts.splice(0)], [[1_000_000], [0]]);
  runWithLooks(note);
  assertEquals(lengths, [262_144, 262_144, 262_144, 213_568]);
  assertEquals(starts, [0, 262_144, 524_288, 786_432]);
});

Deno.test("a kernel's rows stop although the kernel itself knows nothing of it", () => {
  const array = SharedNdArray.zeros([3000, 1000]).view(null, slice(500)), { data } = array;
  const loop = {
    run: () =>
      forEachRow([array], (length, [place]) => {
        for (let i = 0; i < length; i++) data[place + i]++;
      }),
    result: [array],
    reset: () => array.fill(3),
  };
  assert(assertStops(loop, "rows", new Seeded(4)) >= 10);
});

Deno.test("copies of all sorts stop, and give the same bits all the same", () => {
  const random = new Seeded(6), looks: Record<string, number> = {};
  const shape = [3, 200_000], source = filled(shape);
  const copies: Readonly<Record<string, readonly [target: SharedNdArray, source: SharedNdArray]>> = {
    "long rows": [SharedNdArray.zeros(shape), source],
    backwards: [SharedNdArray.zeros(shape), source.flip()],
    "one element": [SharedNdArray.zeros(shape), source.view(slice(1), slice(1)).broadcastTo(shape)],
    transposed: [SharedNdArray.zeros(shape.toReversed()), source.transpose()],
    "every second": [LAYOUTS["every second"](shape, "float64"), source],
    converted: [SharedNdArray.zeros(shape, { dtype: "float32" }), source],
    "converted and transposed": [SharedNdArray.zeros(shape, { dtype: "int16" }).flip(1), source],
    bytes: [SharedNdArray.zeros(shape, { dtype: "uint8" }), filled(shape, "uint8")],
  };
  for (const [name, [target, from]] of Object.entries(copies)) {
    const loop = { run: () => void target.copyFrom(from, { casting: "unsafe" }), result: [target] };
    looks[name] = assertStops(loop, name, random);
  }
  const target = SharedNdArray.zeros(shape);
  looks.fill = assertStops({ run: () => void target.fill(3), result: [target] }, "fill", random);
  const box = { origin: [-2, -3], shape: [5, 200_005] }, around = SharedNdArray.zeros(box.shape);
  const axes = [0, 1].map(() => ({ before: 3, after: 3, mode: "wrap" as const }));
  const tables = gatherTables(box, shape, axes);
  const gathered = { run: () => gatherBox(source, tables, 0, around), result: [around] };
  looks.gathered = assertStops(gathered, "gathered", random);
  for (const [name, count] of Object.entries(looks)) assert(count >= 2, `${name}: ${count} looks`);
});

Deno.test("a long row that is copied onto itself, shifted, arrives whole in either direction", () => {
  forEachSeed(8, (random) => {
    const size = random.int(300_000, 600_000), shift = random.int(1, 200_000), length = size - shift;
    for (const [to, from] of [[shift, 0], [0, shift]]) {
      const array = filled([size], "float64", random.seed);
      const expected = array.copy().view(slice(from, from + length)).toTyped();
      runWithLooks(() => array.view(slice(to, to + length)).copyFrom(array.view(slice(from, from + length))));
      const found = array.view(slice(to, to + length)).toTyped();
      assert(expected.every((value, k) => value === found[k]), `${size} by ${to - from}`);
    }
  });
});

Deno.test("a look costs next to nothing: small boxes and rows are not cut", async () => {
  const a = filled([100, 100]), out = SharedNdArray.zeros([100, 100]);
  const kernel = await boundKernel("a + 1", { a }, out);
  const looks = runWithLooks(() => {
    for (let k = 0; k < 100; k++) kernel.runBox([k, 0], [1, 100]);
    forEachRow([a], () => {});
    out.copyFrom(a);
  });
  assertEquals(looks, 0);
});
