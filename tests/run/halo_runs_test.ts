import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type Boundary,
  type DType,
  evaluate,
  explain,
  type Halo,
  OverlapError,
  PlanError,
  ShapeError,
  SharedNdArray,
  slice,
  sum,
  tiledMap,
  type TiledMapOptions,
  ValueError,
  WorkerPool,
} from "../../mod.ts";
import { interpret } from "../../src/plan/expr/interpret.ts";
import { sourceIndex } from "../../src/plan/edges.ts";
import type { BoundaryMode } from "../../src/plan/halo.ts";
import { prepareExpression } from "../../src/run/expression.ts";
import { inlineKernel } from "../kernels/inline.ts";
import { indicesOf } from "../naive.ts";
import { Seeded } from "../seeded.ts";

interface PaddingCase {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly mode: BoundaryMode;
  readonly constant: number;
  readonly width: readonly [number, number][];
  readonly expectShape: readonly number[];
  readonly expect: readonly number[];
}

const read = async (name: string) =>
  JSON.parse(await Deno.readTextFile(new URL(`../fixtures/${name}`, import.meta.url)));

/**
 * SciPy's values for the three deep cases in mode "wrap" that NumPy 1.24 gets wrong (mended in 1.25), and deeper
 * cases.
 */
const { instead, deep }: {
  readonly instead: Readonly<Record<string, readonly number[]>>;
  readonly deep: readonly PaddingCase[];
} = await read("padding-scipy.json");
const padding = [
  ...(await read("padding.json") as readonly PaddingCase[]).map((own, k) =>
    Object.hasOwn(instead, k) ? { ...own, expect: instead[k] } : own
  ),
  ...deep,
];

/** Returns what it sees of `a`, as numbers. */
const SHOW = inlineKernel("export default ({ a }, { halo }) => ({ seen: a.toNested(), halo })");

const MODES: readonly BoundaryMode[] = ["constant", "nearest", "reflect", "mirror", "wrap", "none"];

Deno.test("a kernel that sees the whole array with its halo sees what NumPy pads", async () => {
  await using pool = new WorkerPool({ workers: 1 });
  for (const { shape, data, mode, constant, width, expectShape, expect } of padding) {
    const a = SharedNdArray.from([...data]).reshape(shape);
    const { values } = await tiledMap(SHOW, {
      inputs: { a },
      halo: width,
      boundary: mode,
      boundaryValue: constant,
      tile: shape,
      pool,
    });
    const seen = SharedNdArray.from([...expect]).reshape(expectShape).toNested();
    assertEquals(values, [{ seen, halo: width.map(([before, after]) => [before, after]) }]);
  }
});

Deno.test("an expression reads beyond the edges what NumPy pads", async () => {
  for (const { shape, data, mode, constant, width, expectShape, expect } of padding) {
    const a = SharedNdArray.from([...data]).reshape(shape);
    const padded = SharedNdArray.from([...expect]).reshape(expectShape);
    const corners = indicesOf(width.map(() => 2)).map((corner) =>
      corner.map((side, axis) => side === 0 ? -width[axis][0] : width[axis][1])
    );
    for (const offset of corners) {
      const found = await evaluate(`a(${offset})`, { a }, { boundary: mode, boundaryValue: constant });
      const from = offset.map((distance, axis) => width[axis][0] + distance);
      assertEquals(found.toNested(), padded.box(from, shape).toNested(), `${mode} ${shape} ${offset}`);
    }
  }
});

/** What an expression gives at each index, by the interpreter and one look at a time. */
async function slowly(
  source: string,
  inputs: Readonly<Record<string, SharedNdArray>>,
  modes: readonly BoundaryMode[],
  boundaryValue: number,
): Promise<unknown[]> {
  const prepared = await prepareExpression(source, {
    inputs,
    scalars: {},
    outputs: undefined,
    boundary: modes,
    boundaryValue,
  });
  const run = interpret(prepared.program), axes = prepared.halo?.axes ?? [];
  return indicesOf(prepared.shape).map((index) => {
    const at = (name: string, offset: readonly number[]) => {
      const array = prepared.inputs[name];
      const place = index.map((start, axis) => {
        const shift = modes[axis] === "none" ? axes[axis].before : 0;
        const there = start + shift + (offset[axis] ?? 0);
        return modes[axis] === "none" ? there : sourceIndex(modes[axis], there, array.shape[axis]);
      });
      if (!place.includes(-1)) return array.get(...place);
      const outside = SharedNdArray.zeros([1], { dtype: array.dtype });
      outside.set(0, array.dtype === "bool" ? boundaryValue !== 0 : boundaryValue);
      return outside.get(0);
    };
    const elements = Object.keys(prepared.inputs).map((name) => [name, at(name, [])]);
    return run({ inputs: Object.fromEntries(elements), readAt: at, scalars: {}, index })[0];
  });
}

const DTYPES: readonly DType[] = ["float64", "float32", "float16", "int32", "uint8", "int16", "bool"];

/** An array of small numbers in some layout, of some memory. */
function randomArray(random: Seeded, shape: readonly number[], dtype: DType): SharedNdArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const fill = (array: SharedNdArray) => {
    for (const index of indicesOf(array.shape)) {
      array.set(...index, dtype === "bool" ? random.oneIn(2) : random.int(0, 100));
    }
    return array;
  };
  switch (random.int(0, 4)) {
    case 0:
      return fill(SharedNdArray.zeros(shape.toReversed(), { dtype })).transpose();
    case 1:
      return fill(SharedNdArray.zeros(shape.map((extent) => 2 * extent), { dtype }))
        .view(...shape.map(() => slice(null, null, 2)));
    case 2:
      return fill(SharedNdArray.zeros([...shape], { dtype })).flip();
    case 3:
      return fill(
        SharedNdArray.wrap(new SharedArrayBuffer(8 * Math.max(1, size)), { shape: [...shape], dtype }),
      );
    default:
      return fill(SharedNdArray.zeros([...shape], { dtype }));
  }
}

Deno.test("random stencils: every mode, depth, layout, dtype, memory and tiling, as one look at a time", async () => {
  const random = new Seeded(5);
  await using pool = new WorkerPool({ workers: 2 });
  for (let attempt = 0; attempt < 400; attempt++) {
    const rank = random.int(1, 3), shape = random.ints(rank, 1, rank === 3 ? 5 : 9);
    const modes = shape.map(() => random.pick(MODES)), dtype = random.pick(DTYPES);
    const a = randomArray(random, shape, dtype), deepest = random.pick([1, 2, 12, 1_000_000]);
    // The second input broadcasts along an axis, or has one axis less.
    const b = randomArray(
      random,
      shape.map((extent) => random.oneIn(3) ? 1 : extent).slice(random.int(0, 1)),
      "float32",
    );
    const read = (name: string) =>
      random.oneIn(4) ? name : `${name}(${random.ints(rank, -deepest, deepest).join(", ")})`;
    const source = `${read("a")} * 2 + ${read("b")} - ${read("a")} + ${read("a")} * ${read("b")}`;
    const constant = dtype === "bool" ? 1 : random.int(0, 50);
    const about = `${source} on ${shape} of ${dtype}, ${modes}, attempt ${attempt}`;
    const expected = await slowly(source, { a, b }, modes, constant);
    const options = {
      boundary: modes,
      boundaryValue: constant,
      strict: true,
      tile: random.oneIn(2) ? undefined : random.ints(rank, 1, 6),
      ...(random.oneIn(3) ? { pool, exact: true } : {}),
    };
    const found = await evaluate(source, { a, b }, options);
    assertEquals([...found.values()], expected, about);
  }
});

/** Sums the neighbours that a halo of any depth shows, for the first two arrays. */
const SUM = inlineKernel(`export default ({ a, out }, { shape, halo }) => {
  const [[up, down], [left, right]] = halo;
  for (let i = 0; i < shape[0]; i++) {
    for (let j = 0; j < shape[1]; j++) {
      let sum = 0;
      for (let k = -up; k <= down; k++) {
        for (let l = -left; l <= right; l++) sum += a.get(i + up + k, j + left + l) * (k + 2 * l + 3);
      }
      out.set(i, j, sum);
    }
  }
}`);

Deno.test("a module sees the same cells whatever the tiles: deeper than tiles and arrays, uneven, every mode", async () => {
  const random = new Seeded(6);
  await using pool = new WorkerPool({ workers: 2 });
  for (let attempt = 0; attempt < 40; attempt++) {
    const shape = random.ints(2, 1, 9), boundary = random.pick<Boundary>([...MODES, ["wrap", "nearest"]]);
    const halo = [0, 1].map(() => [random.int(0, 5), random.pick([0, 1, 11])] as const);
    const a = randomArray(random, shape, "float64");
    const options = { inputs: { a }, halo, boundary, pool } as const;
    const run = (tile: readonly number[]) =>
      tiledMap(SUM, { ...options, outputs: { out: "float64" }, tile }).then(({ outputs }) => outputs.out);
    const whole = await run(shape.map((extent) => Math.max(1, extent)));
    const terms: string[] = [];
    for (let k = -halo[0][0]; k <= halo[0][1]; k++) {
      for (let l = -halo[1][0]; l <= halo[1][1]; l++) terms.push(`a(${k}, ${l}) * (${k + 2 * l + 3})`);
    }
    const compiled = await evaluate(terms.join(" + "), { a }, { boundary, strict: true });
    assertEquals(whole.toNested(), compiled.toNested());
    for (const tile of [[1, 1], [2, 3], [3], [1, 7]]) {
      assertEquals((await run(tile)).toNested(), whole.toNested());
    }
  }
});

Deno.test("tiles within the array are views, and only those at the edges are copied", async () => {
  const a = SharedNdArray.arange(81 * 8).reshape([81, 8]);
  const kernel = inlineKernel("export default ({ a }) => a.data.length");
  const run = async (options: Partial<TiledMapOptions<Record<never, never>>>) => {
    const { values, report } = await tiledMap(kernel, {
      inputs: { a },
      workers: 1,
      tile: [9, 8],
      ...options,
    });
    return [values, report.memory.copied];
  };
  const whole = 81 * 8;
  // Of nine tiles the first and the last reach beyond an edge; a view has all of the array's data behind it.
  const [values, copied] = await run({ halo: [1, 0], boundary: "nearest" });
  assertEquals(values, [88, ...new Array<number>(7).fill(whole), 88]);
  assertEquals(copied, 2 * 11 * 8 * 8);
  const inside = await run({ halo: [1, 0], boundary: "none", tile: [1, 8] });
  assertEquals(inside, [new Array<number>(79).fill(whole), 0]);
});

Deno.test("where only whole neighbourhoods count, outputs are smaller, and may be empty", async () => {
  const a = SharedNdArray.arange(20).reshape([4, 5]);
  const boundary: Boundary = ["none", "wrap"];
  const kernel = "a(-1, 0) + a(1, 0) + a(0, 1) + 100 * index(0)";
  assertEquals((await evaluate(kernel, { a }, { boundary })).toNested(), [
    [16, 19, 22, 25, 23],
    [131, 134, 137, 140, 138],
  ]);
  const none = await evaluate("a(-2, 0) + a(2, 0)", { a }, { boundary: "none" });
  assertEquals(none.shape, [0, 5]);
  const out = SharedNdArray.zeros([4, 5]);
  await assertRejects(
    () => evaluate(kernel, { a }, { boundary, out }),
    ShapeError,
    "Output out has [4, 5], but without the edges of [4, 5] the result has [2, 5]",
  );
  await assertRejects(
    () => tiledMap(SHOW, { inputs: { a }, outputs: { out }, halo: 1, boundary: "none" }),
    ShapeError,
    "With this halo the outputs have [2, 3], because the inputs have [4, 5], but [4, 5] is given",
  );
});

Deno.test("one cell that is left without edges is read from elements in any layout", async () => {
  const spaced = SharedNdArray.arange(6).view(slice(null, null, 2));
  const kernel = "a(-1) + 10 * a + 100 * a(1)", options = { boundary: "none" } as const;
  const inputs: readonly (readonly [SharedNdArray, number])[] = [
    [spaced, 420],
    [spaced.flip(), 24],
    [SharedNdArray.from([7]).broadcastTo([3]), 777],
    [SharedNdArray.from([1, 2, 3]), 321],
  ];
  for (const [a, expected] of inputs) {
    assertEquals((await evaluate(kernel, { a }, options)).toNested(), [expected]);
    assertEquals((await sum(kernel, { a }, options)).item(), expected);
  }
  const turned = SharedNdArray.arange(9).reshape([3, 3]).transpose();
  const cross = await evaluate("m(0, -1) + 10 * m(0, 1) + 100 * m(1, 0) - m(-1, 0)", { m: turned }, options);
  assertEquals(cross.toNested(), [[1 + 70 + 500 - 3]]);
});

Deno.test("what is read beyond the tile cannot be written in place", async () => {
  const z = SharedNdArray.zeros([6, 6]), other = SharedNdArray.zeros([6, 6]);
  const reason = "Output z shares memory with input z, which is read beyond the tile";
  await assertRejects(() => tiledMap(SHOW, { inputs: { z }, outputs: { z }, halo: 1 }), OverlapError, reason);
  await assertRejects(() => tiledMap("z(0, 1)", { inputs: { z }, outputs: { z } }), OverlapError, reason);
  const part = z.view(slice(1, 6));
  await assertRejects(
    () => evaluate("z(0, 1)", { z: part }, { out: z.view(slice(0, 5)) }),
    OverlapError,
    "shares memory with input z, which is read beyond the tile",
  );
  // What is read at the element alone may be.
  other.fill(2);
  await tiledMap("z(0, 1) + other", { inputs: { z, other }, outputs: { other } });
  assertEquals(other.get(5, 5), 2);
  // On an axis whose cells count only with all neighbours, the element at hand is another one of the output.
  await assertRejects(
    () =>
      evaluate("z(1) + y", { z: SharedNdArray.zeros([4]), y: part.view(0, slice(0, 4)) }, {
        out: part.view(0, slice(0, 3)),
        boundary: "none",
      }),
    OverlapError,
  );
});

Deno.test("halos and boundaries that make no sense", async () => {
  const a = SharedNdArray.zeros([4, 5]), inputs = { a };
  const refuse = async (
    options: unknown,
    text: string,
    kind: new (...args: never[]) => Error = PlanError,
  ) => {
    const error = await assertRejects(
      // What a program in JavaScript might pass.
      () => tiledMap(SHOW, { inputs, ...options as TiledMapOptions<Record<never, never>> }),
      kind,
    );
    assertStringIncludes(error.message, text);
  };
  await refuse({ halo: -1 }, "-1");
  await refuse({ halo: 0.5 }, "0.5");
  await refuse({ halo: [1] }, "2");
  await refuse({ halo: [1, [1, 2, 3]] }, "");
  await refuse({ halo: [1, NaN] }, "NaN");
  await refuse({ halo: "1" }, "");
  await refuse({ halo: 1, boundary: "edge" }, "edge");
  await refuse({ halo: 1, boundary: ["wrap"] }, "2");
  await refuse({ boundary: "wrap" }, "there is no halo");
  await refuse({ inputs: {}, outputs: { a }, halo: 1 }, "A halo is read from inputs");
  await refuse({ halo: 1, boundary: "constant", boundaryValue: "7" }, "boundaryValue");
  const whole = SharedNdArray.zeros([4], { dtype: "uint8" });
  await refuse(
    { inputs: { whole }, halo: 1, boundary: "constant", boundaryValue: -1 },
    "boundaryValue -1 is none that input whole of uint8 can hold",
    ValueError,
  );
  await assertRejects(
    () => tiledMap("a(0, 1)", { inputs, halo: 1 }),
    PlanError,
    "The halo of an expression follows from what it reads",
  );
  await assertRejects(() => evaluate("a", { a }, { boundary: "edge" as Boundary }), PlanError, "edge");
});

Deno.test("arrays without elements, and of one element, have edges too", async () => {
  const empty = SharedNdArray.zeros([0, 3]);
  for (const boundary of MODES) {
    const found = await evaluate("a(0, 1) + a(1, 0)", { a: empty }, { boundary });
    assertEquals(found.shape, boundary === "none" ? [0, 2] : [0, 3]);
    assertEquals(found.size, 0);
  }
  const one = SharedNdArray.from([5]);
  for (const boundary of ["nearest", "reflect", "mirror", "wrap"] as const) {
    assertEquals((await evaluate("a(-3) + a(4)", { a: one }, { boundary })).toNested(), [10]);
  }
  assertEquals((await evaluate("a(-3) + a", { a: one }, { boundary: "constant" })).toNested(), [5]);
});

Deno.test("64-bit integers and their constant keep every bit", async () => {
  const a = SharedNdArray.from([2n ** 62n, 3n]), boundaryValue = 2n ** 63n - 1n;
  const found = await evaluate("a(1)", { a }, { boundary: "constant", boundaryValue });
  assertEquals(found.toNested(), [3n, boundaryValue]);
});

Deno.test("an explanation says how far is read, and what lies beyond", async () => {
  const z = SharedNdArray.zeros([6, 7], { dtype: "float32" });
  const text = await explain("z(0, 1) + z(0, -1) - 2 * z", { z }, { boundary: ["none", "wrap"] });
  assertStringIncludes(text, "z float32 contiguous at 3 places");
  assertStringIncludes(text, "halo     axis 0: none; axis 1: 1 before and 1 after, wrap");
});

Deno.test("memory beyond 4 GiB is read with its neighbours", async () => {
  const length = 2 ** 29 + 40, a = SharedNdArray.zeros([length]);
  const places = [0, 1, length - 2, length - 1];
  places.forEach((place, k) => a.set(place, k + 1));
  const out = SharedNdArray.zeros([length], { dtype: "uint8" });
  await evaluate("uint8(a(1) + 10 * a(-1))", { a }, { boundary: "wrap", out });
  assertEquals([0, 1, 2, length - 2, length - 1].map((place) => out.get(place)), [42, 10, 20, 4, 31]);
  assert(a.data.buffer.byteLength > 2 ** 32);
});

Deno.test("of an expression only strips along the edges are copied", async () => {
  const a = SharedNdArray.random([400, 300], { seed: 2 });
  const copied = async (boundary: Boundary) => {
    const outputs = { out: SharedNdArray.zeros(boundary === "none" ? [398, 298] : [400, 300]) };
    const { report } = await tiledMap("a(1, 1) - a(-1, -1)", {
      inputs: { a },
      outputs,
      boundary,
      tile: [400, 300],
    });
    return report.memory.copied / 8;
  };
  assertEquals(await copied("none"), 0);
  // Two rows and what is left of two columns, for each of two places.
  assertEquals(await copied("wrap"), 2 * (2 * 300 + 2 * 398));
});

Deno.test("an elementwise module gets strips along the edges apart, each with its place", async () => {
  const source = (maybe: string) =>
    inlineKernel(`export const elementwise = true;
    export default ${maybe} ({ a, out, calls }, { origin, shape, halo }) => {
      calls.set(origin[0] * 7 + origin[1], calls.get(origin[0] * 7 + origin[1]) + 1);
      const [[up], [left]] = halo;
      for (let i = 0; i < shape[0]; i++) {
        for (let j = 0; j < shape[1]; j++) out.set(i, j, a.get(i + up - 1, j + left) + 2 * a.get(i + up, j + left + 1));
      }
    }`);
  const a = SharedNdArray.random([9, 7], { seed: 3 });
  for (const maybe of ["", "async"]) {
    const calls = SharedNdArray.zeros([63], { dtype: "int32" });
    const { outputs, report } = await tiledMap(source(maybe), {
      inputs: { a },
      outputs: { out: "float64" },
      shared: { calls },
      halo: [[1, 0], 1],
      boundary: "mirror",
      tile: [9, 7],
      workers: 1,
    });
    const expected = await evaluate("a(-1, 0) + 2 * a(0, 1)", { a }, { boundary: "mirror" });
    assertEquals(outputs.out.toNested(), expected.toNested());
    // The interior, the row above, the columns at its left and right; below it nothing is read.
    assertEquals([...calls.values()].flatMap((count, place) => count === 0 ? [] : [[place, count]]), [
      [0, 1],
      [7, 1],
      [8, 1],
      [13, 1],
    ]);
    // A row of 9 with the one above it, and two columns of 8 with the one above them.
    assertEquals(report.memory.copied, 8 * (2 * 9 + 2 * 9 * 3));
  }
});

Deno.test("a halo that is given is told to the kernel, also when it is none, and views have it", async () => {
  const kernel = inlineKernel("export default ({ a }, { halo }) => [a.shape, halo]");
  const run = async (a: SharedNdArray, halo: Halo) =>
    (await tiledMap(kernel, { inputs: { a }, halo, workers: 1 })).values[0];
  const a = SharedNdArray.zeros([4]);
  assertEquals(await run(a, 0), [[4], [[0, 0]]]);
  assertEquals(await run(a, [[0, 0]]), [[4], [[0, 0]]]);
  assertEquals(await run(a, [[0, 2]]), [[6], [[0, 2]]]);
  assertEquals(await run(SharedNdArray.full([], 1), 1), [[], []]);
  const doubled = inlineKernel("export default ({ a, b }) => { b.set(0, 2 * a.get(0)) }");
  const one = SharedNdArray.from([3]);
  await tiledMap(doubled, { inputs: { a: one }, outputs: { b: one }, halo: 0, workers: 1 });
  assertEquals(one.get(0), 6);
});

Deno.test("offsets far beyond the array cost no more than near ones, and views that nobody can hold are refused", async () => {
  const a = SharedNdArray.arange(5), far = 2 ** 30;
  const read = async (boundary: Boundary, offset: number) =>
    (await evaluate(`a(${offset})`, { a }, { boundary })).toNested();
  assertEquals(await read("wrap", far), [4, 0, 1, 2, 3]);
  assertEquals(await read("nearest", -far), [0, 0, 0, 0, 0]);
  assertEquals(await read("reflect", far - 1), [3, 4, 4, 3, 2]);
  assertEquals(await read("mirror", 1_000_000_007), [1, 0, 1, 2, 3]);
  assertEquals(await read("constant", far), [0, 0, 0, 0, 0]);
  assertEquals(await read("none", far), []);
  // Once or more around the array, and back at the element at hand.
  assertEquals((await evaluate("a(5) + a(-10) - a", { a }, { boundary: "wrap" })).toNested(), [
    0,
    1,
    2,
    3,
    4,
  ]);
  assertEquals((await evaluate("a(5) + a(1)", { a }, { boundary: "wrap" })).toNested(), [1, 3, 5, 7, 4]);
  const error = await assertRejects(() => tiledMap(SHOW, { inputs: { a }, halo: 2 ** 40 }), PlanError);
  assertStringIncludes(error.message, "take a smaller halo or tile");
});
