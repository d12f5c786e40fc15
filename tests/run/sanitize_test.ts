import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { type DType, OverlapError, SanitizerError, SharedNdArray, slice } from "../../mod.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { rebuildSanitizerError } from "../../src/errors.ts";
import { setInterrupt } from "../../src/interrupt.ts";
import { packThrown, unpackThrown } from "../../src/run/protocol.ts";
import { inlineKernel } from "../kernels/inline.ts";
import { Memories } from "../kernel/random_arrays.ts";
import { indicesOf } from "../naive.ts";
import { type RandomProgram, randomPrograms } from "../plan/expr/random_programs.ts";
import { Seeded } from "../seeded.ts";
import { findingOf, type WatchedRun, watchedRun } from "./sanitize_runs.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const SHAPE = [7, 10];
const TILINGS = [[3, 4], [7, 10], [1, 10], [4, 3], [1, 1]];

function kernelAt(name: string): URL {
  return new URL(`../kernels/${name}.ts`, import.meta.url);
}

/** The error of a run in which something was found. */
function errorOf(run: WatchedRun): SanitizerError {
  assertInstanceOf(run.thrown, SanitizerError, findingOf(run));
  return run.thrown;
}

/** The bits of an array's cells, in C order. */
function bitsOf(array: SharedNdArray): Uint8Array {
  return new Uint8Array(array.toTyped().buffer);
}

/** A wrong kernel: what is found, and in which tilings it does nothing wrong. */
interface WrongKernel {
  readonly kind: SanitizerError["kind"];
  readonly array: string;
  readonly isRight?: (tile: readonly number[]) => boolean;
  readonly kindOfWhole?: SanitizerError["kind"];
  readonly makeOutput?: () => SharedNdArray;
  readonly halo?: number;
}

const isWhole = ([rows, columns]: readonly number[]) => rows === SHAPE[0] && columns === SHAPE[1];
const everySecond = () => SharedNdArray.zeros([7, 20]).view(null, slice(0, null, 2));

const WRONG: Readonly<Record<string, WrongKernel>> = {
  // Beyond the whole array's end there is nothing that could be written.
  past_end: { kind: "outside", array: "out", isRight: isWhole },
  absolute_index: { kind: "outside", array: "out", isRight: isWhole },
  neighbours: { kind: "outside", array: "out", isRight: ([rows]) => rows === SHAPE[0] },
  same_value: { kind: "outside", array: "out", isRight: isWhole },
  axis_order: {
    kind: "outside",
    array: "out",
    isRight: ([rows, columns]) => rows === 1 && columns === 1,
    // Beyond the array's end nothing is written.
    kindOfWhole: "unwritten",
  },
  gap: { kind: "outside", array: "out", makeOutput: everySecond },
  late: { kind: "outside", array: "out" },
  input_data: { kind: "input", array: "x" },
  input_set: { kind: "input", array: "x" },
  far_input: { kind: "input", array: "x", isRight: isWhole },
  halo_copy: { kind: "input", array: "x", halo: 1 },
  last_row: { kind: "unwritten", array: "out", isRight: ([rows]) => rows === 1 },
  condition: { kind: "unwritten", array: "out" },
  random: { kind: "unstable", array: "out" },
  counter: { kind: "unstable", array: "out" },
  leftover: { kind: "unstable", array: "out" },
  value: { kind: "unstable", array: "" },
  second_call: { kind: "unstable", array: "" },
};

for (const [name, { array, isRight, makeOutput, halo, ...wrong }] of Object.entries(WRONG)) {
  Deno.test(`wrong_${name} is found in every tiling in which it is wrong`, async () => {
    for (const tile of TILINGS) {
      const x = SharedNdArray.random(SHAPE, { seed: 3 }), before = x.copy();
      const out = makeOutput?.() ?? SharedNdArray.zeros(SHAPE);
      // A module of its own for each tiling, because some keep what they have seen.
      const run = await watchedRun(new URL(`?${tile}`, kernelAt(`wrong_${name}`)), {
        inputs: { x },
        outputs: { out },
        tile,
        halo,
      });
      assert(x.equals(before), `inputs are given back for tiles of ${tile}`);
      if (isRight?.(tile) ?? false) {
        assertEquals(findingOf(run), "nothing", `tiles of ${tile}`);
        continue;
      }
      const error = errorOf(run), kind = isWhole(tile) ? wrong.kindOfWhole ?? wrong.kind : wrong.kind;
      assertEquals([error.kind, error.array], [kind, array], `${error.message} for tiles of ${tile}`);
      assert(error.tile >= 0, `it is known which tile it was, for tiles of ${tile}: ${error.message}`);
      assertEquals(run.failure?.kind, "tile");
      assertEquals(run.failure?.tile, error.tile);
    }
  });
}

Deno.test("messages name the array, the tile, the cell, and what it held and became", async () => {
  const found = async (name: string, tile: number[] = [3, 4]) => {
    const x = SharedNdArray.zeros(SHAPE);
    for (const [i, j] of indicesOf(SHAPE)) x.set(i, j, (i + j) / 8);
    const out = name === "gap" ? everySecond() : SharedNdArray.zeros(SHAPE);
    const halo = name === "halo_copy" ? 1 : undefined;
    return errorOf(
      await watchedRun(kernelAt(`wrong_${name}`), { inputs: { x }, outputs: { out }, tile, halo }),
    );
  };
  const messages: [name: string, message: string, cell: number[]][] = [
    [
      "same_value",
      "Kernel wrote outside of its tile: tile 1 at [0, 1] changed out[0, 3], which belongs to tile 0, to 0.375",
      [0, 3],
    ],
    [
      "gap",
      "Kernel wrote outside of its tile: tile 0 at [0, 0] changed element 1 of out.data, which is no cell of it, " +
      "from 0 to -7",
      [],
    ],
    ["input_set", "Kernel wrote to an input: tile 0 at [0, 0] changed x[2, 3] from 0.625 to 0.5", [2, 3]],
    ["far_input", "Kernel wrote to an input: tile 1 at [0, 1] changed x[0, 0] from 0 to -1", [0, 0]],
    [
      "last_row",
      "Kernel left cells of its tile unwritten: tile 0 at [0, 0] did not write out[2, 0] and 3 more of its cells",
      [2, 0],
    ],
    [
      "counter",
      "Kernel gives different results when a tile is run twice: tile 0 at [0, 0] wrote",
      [0, 0],
    ],
    [
      "leftover",
      "Kernel's result depends on what its output held before: tile 0 at [0, 0] wrote -547.266846 to out[0, 1] " +
      "where it held -547.391846, and 1371.951294 where it held 1371.826294",
      [0, 1],
    ],
  ];
  for (const [name, message, cell] of messages) {
    const error = await found(name);
    assertStringIncludes(error.message, message);
    assertEquals(error.cell, cell);
    assertEquals(error.worker, 0);
    assertEquals(error.coords, [Math.floor(error.tile / 3), error.tile % 3]);
  }
});

/** Kernels that do one wrong thing to elements of any dtype. */
const ANY_DTYPE = {
  outside: "out.copyFrom(x); if (index === 4) out.data[out.offset - out.strides[1]] = one(x.data);",
  input: "out.copyFrom(x); if (index === 4) x.data[x.offset] = other(x.data[x.offset]);",
  unwritten: "const { shape } = out, t = index === 4 ? shape[1] - 1 : shape[1]; " +
    "out.box([0, 0], [shape[0], t]).copyFrom(x.box([0, 0], [shape[0], t]));",
  unstable:
    "out.copyFrom(x); if (index === 4 && calls++ % 2) out.data[out.offset] = other(out.data[out.offset]);",
} as const;

Deno.test("everything is found in arrays of every dtype and of many layouts", async () => {
  for (const [turn, dtype] of DTYPE_NAMES.entries()) {
    for (const [k, [kind, body]] of Object.entries(ANY_DTYPE).entries()) {
      // Each dtype and each kind of mistake meets every layout.
      const [layout, make] = Object.entries(LAYOUTS)[(turn + k) % 4];
      // Calls are counted from 0 again in a module with another text.
      const kernel = inlineKernel(
        `/* ${dtype} ${layout} */ let calls = 0; ` +
          'const one = ([v]) => typeof v === "bigint" ? 1n : 1; ' +
          'const other = (v) => typeof v === "bigint" ? v + 1n : v === 1 ? 0 : 1; ' +
          `export default ({ x, out }, { index }) => { ${body} }`,
      );
      const x = pattern(make(dtype)), out = make(dtype);
      const run = await watchedRun(kernel, { inputs: { x }, outputs: { out }, tile: [3, 4] });
      const what = `${kind} of ${dtype} in a ${layout} array: ${findingOf(run)}`;
      const error = errorOf(run);
      // Of a bool cell that is false once and then true one cannot tell it from one that nobody writes.
      const isHidden = dtype === "bool" && kind === "unstable";
      assertEquals(error.kind, isHidden ? "unwritten" : kind, what);
      assertEquals(error.tile, 4, what);
      assertEquals(error.array, kind === "input" ? "x" : "out", what);
      assert(x.equals(pattern(make(dtype))), what);
    }
  }
});

const LAYOUTS: Readonly<Record<string, (dtype: DType) => SharedNdArray>> = {
  plain: (dtype) => SharedNdArray.zeros(SHAPE, { dtype }),
  transposed: (dtype) => SharedNdArray.zeros(SHAPE.toReversed(), { dtype }).transpose(),
  flipped: (dtype) => SharedNdArray.zeros(SHAPE, { dtype }).flip(),
  strided: (dtype) => SharedNdArray.zeros([16, 31], { dtype }).view(slice(1, 15, 2), slice(1, null, 3)),
};

/** Fills an array so that neighbours differ. */
function pattern(array: SharedNdArray): SharedNdArray {
  const values = indicesOf(array.shape).map(([i, j]) => (2 * i + j) % 3 === 0 ? 1 : 0);
  return array.copyFrom(SharedNdArray.from(values).reshape(array.shape));
}

/** A kernel that copies, and in one tile writes 3 to some place of an array's memory. */
const STRAY = `
  const [tile, name, place] = new URL(import.meta.url).hash.slice(1).split(",");
  export default (arrays, { index }) => {
    arrays.out.copyFrom(arrays.x);
    const { data } = arrays[name];
    if (index === Number(tile)) data[place] = typeof data[place] === "bigint" ? 3n : 3;
  }`;

Deno.test("a write to any place of any memory is found with its tile and cell, unless the tile may write there", async () => {
  let found = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const random = new Seeded(seed), shape = random.ints(random.int(1, 3), 1, 4);
    const dtype = random.pick(DTYPE_NAMES), memory = SharedNdArray.zeros([500], { dtype });
    const x = randomView(random, memory.view(slice(0, 250)), shape);
    const out = random.oneIn(2)
      ? randomView(random, SharedNdArray.zeros([250], { dtype }), shape)
      : randomView(random, memory.view(slice(250, 500)), shape);
    const tile = shape.map((extent) => random.int(1, extent));
    const grid = shape.map((extent, axis) => Math.ceil(extent / tile[axis]));
    const tiles = grid.reduce((product, count) => product * count, 1);
    const culprit = random.int(0, tiles - 1), name = random.pick(["x", "out"]);
    const { data } = name === "x" ? x : out, place = random.int(0, data.length - 1);
    const kernel = new URL(`#${[culprit, name, place]}`, inlineKernel(STRAY));
    const run = await watchedRun(kernel, { inputs: { x }, outputs: { out }, tile });
    const isHere = ({ data: { buffer } }: SharedNdArray) => buffer === data.buffer;
    const at = (array: SharedNdArray) =>
      indicesOf(shape).find((index) =>
        isHere(array) && array.offset + index.reduce((sum, i, k) => sum + i * array.strides[k], 0) === place
      );
    const cell = at(out), what = `seed ${seed}: ${findingOf(run)}`;
    const owner = cell?.reduce((index, i, k) => index * grid[k] + Math.floor(i / tile[k]), 0);
    if (owner === culprit) {
      assertEquals(findingOf(run), "nothing", what);
      continue;
    }
    found++;
    const error = errorOf(run), read = at(x);
    assertEquals(error.tile, culprit, what);
    assertEquals(error.cell, cell ?? read ?? [], what);
    // A gap between arrays of one memory is the output's.
    assertEquals(error.kind, read === undefined && isHere(out) ? "outside" : "input", what);
    assertEquals(bitsOf(out), bitsOf(x), what);
  }
  assert(found > 20, `${found} were found`);
});

/** A view in a row of 250 elements: mostly with gaps, and with its axes in some order and direction. */
function randomView(random: Seeded, memory: SharedNdArray, shape: readonly number[]): SharedNdArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const order = random.shuffled([...shape.keys()]);
  const view = memory.view(slice(random.int(0, 9), null, random.int(1, 3))).view(slice(0, size))
    .reshape(order.map((axis) => shape[axis]))
    .transpose(shape.map((_, axis) => order.indexOf(axis)));
  return random.oneIn(2) ? view.flip([0]) : view;
}

const COPY = inlineKernel(`
  export default ({ x, out }) => {
    for (let i = 0; i < x.shape[0]; i++) for (let j = 0; j < x.shape[1]; j++) out.set(i, j, x.get(i, j));
  }`);

Deno.test("a right kernel is right in every dtype and layout", async () => {
  for (const dtype of DTYPE_NAMES) {
    for (const [layout, make] of Object.entries(LAYOUTS)) {
      const x = pattern(make(dtype)), out = make(dtype);
      const run = await watchedRun(COPY, { inputs: { x }, outputs: { out }, tile: [3, 4] });
      assertEquals(findingOf(run), "nothing", `${dtype} ${layout}`);
      assert(out.equals(x), `${dtype} ${layout}`);
      assertEquals(run.tally.tiles, run.tiles);
    }
  }
});

/** Right kernels that do what might look wrong. */
const RIGHT: Readonly<Record<string, string>> = {
  "is async": "export default async ({ x, out }) => { await null; out.copyFrom(x); " +
    "await new Promise((r) => setTimeout(r, 1)); out.set(0, 0, 7) }",
  "writes cells more than once": "export default ({ x, out }) => { out.fill(0); out.copyFrom(x) }",
  "reads what it has written": "export default ({ x, out }) => { out.copyFrom(x); " +
    "for (let i = 1; i < out.shape[0]; i++) for (let j = 0; j < out.shape[1]; j++) " +
    "out.set(i, j, out.get(i, j) + out.get(i - 1, j)) }",
  "has NaN with several bit patterns":
    "let calls = 0; const bits = new BigUint64Array(1), nan = new Float64Array(bits.buffer); " +
    "export default ({ out }) => { bits[0] = 0x7ff8000000000000n + BigInt(calls++); " +
    "const words = new BigUint64Array(out.data.buffer, out.data.byteOffset, out.data.length); " +
    "for (let i = 0; i < out.shape[0]; i++) for (let j = 0; j < out.shape[1]; j++) " +
    "words[out.offset + i * out.strides[0] + j * out.strides[1]] = bits[0] }",
  "draws numbers from the tile's number": "export default ({ out }, { index }) => { let s = index + 1; " +
    "for (let i = 0; i < out.shape[0]; i++) for (let j = 0; j < out.shape[1]; j++) " +
    "out.set(i, j, (s = s * 16807 % 2147483647)) }",
  "reads cells of the input beyond its tile": "export default ({ x, out }) => { out.fill(x.data[0]) }",
  "returns what it has seen": "export default ({ x, out }, { index }) => { out.copyFrom(x); " +
    "return { index, sum: x.get(0, 0), parts: [x.toTyped()], nan: NaN, when: new Map([[1, new Date(5)]]) } }",
  "keeps a table that depends on nothing":
    "const table = new Map(); export default ({ x, out }, { index }) => { " +
    "if (!table.has(index)) table.set(index, Math.sin(index)); out.fill(table.get(index)) }",
  "writes zeros of both signs": "export default ({ out }, { index }) => { out.fill(index % 2 ? -0 : 0) }",
  "is elementwise": "export const elementwise = true; export default ({ x, out }) => { out.copyFrom(x) }",
};

for (const [what, source] of Object.entries(RIGHT)) {
  Deno.test(`a kernel that ${what} is right`, async () => {
    for (const tile of TILINGS) {
      const x = SharedNdArray.random(SHAPE, { seed: 4 }), out = SharedNdArray.ones(SHAPE);
      const run = await watchedRun(inlineKernel(source), { inputs: { x }, outputs: { out }, tile });
      assertEquals(findingOf(run), "nothing", `tiles of ${tile}`);
    }
  });
}

Deno.test("kernels of a halo are right, with every mode, and see the same", async () => {
  const source = `
    export default ({ z, out }, { shape, halo: [[up], [left]] }) => {
      for (let i = 0; i < shape[0]; i++) {
        for (let j = 0; j < shape[1]; j++) out.set(i, j, z.get(i, j) + z.get(i + up, j + left));
      }
    }`;
  for (const boundary of ["reflect", "mirror", "nearest", "wrap", "constant", "none"] as const) {
    for (const elementwise of [false, true]) {
      for (const tile of [[3, 4], [7, 10], [1, 1]]) {
        const z = SharedNdArray.random(SHAPE, { seed: 5 });
        const kernel = inlineKernel(`export const elementwise = ${elementwise}; ${source}`);
        const run = await watchedRun(kernel, {
          inputs: { z },
          outputs: { out: "float64" },
          halo: [[1, 2], 1],
          boundary,
          tile,
        });
        assertEquals(findingOf(run), "nothing", `${boundary} ${tile}`);
        const { out } = run.outputs, shift = boundary === "none" ? 0 : 1;
        assertEquals(out.get(shift, shift), z.get(0, 0) + z.get(1, 1));
      }
    }
  }
});

Deno.test("a write to an input beside the tile, within its halo, is found with its tile", async () => {
  const kernel = inlineKernel(
    "export default ({ z, out }, { index }) => { out.fill(1); if (index === 4) z.set(0, 0, -1) }",
  );
  const z = SharedNdArray.random([9, 9], { seed: 6 });
  const run = await watchedRun(kernel, { inputs: { z }, outputs: { out: "float64" }, halo: 1, tile: [3, 3] });
  const error = errorOf(run);
  assertEquals([error.kind, error.tile, error.cell], ["input", 4, [2, 2]]);
});

Deno.test("a write to an input of a later tile, at once or late, is not held against that tile", async () => {
  const writes = ["x.data[5] = -1", "await null; setTimeout(() => x.data[5] = -1, 2)"];
  for (const write of writes) {
    const kernel = inlineKernel(`
      export default async ({ x, out }, { index }) => {
        out.copyFrom(x);
        if (index === 0) { ${write} }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }`);
    const x = SharedNdArray.random([9], { seed: 12 });
    const error = errorOf(
      await watchedRun(kernel, { inputs: { x }, outputs: { out: "float64" }, tile: [2] }),
    );
    assertEquals([error.kind, error.cell], ["input", [5]]);
    assert(error.tile <= 0, error.message);
  }
  const kernel = inlineKernel(
    "export default ({ x, out }, { index }) => { out.copyFrom(x); if (index === 0) x.data[5] = -1 }",
  );
  const x = SharedNdArray.random([9], { seed: 12 });
  const error = errorOf(await watchedRun(kernel, { inputs: { x }, outputs: { out: "float64" }, tile: [2] }));
  assertEquals([error.kind, error.tile, error.cell], ["input", 0, [5]]);
});

Deno.test("shared arrays may be written, and count once", async () => {
  const kernel = inlineKernel(`
    export default ({ x, out, count, table }, { index }) => {
      out.copyFrom(x);
      count.set(0, count.get(0) + x.size);
      table.set(index, table.get(index) + 1);
      return count.get(0);
    }`);
  const x = SharedNdArray.random(SHAPE, { seed: 7 }),
    memory = SharedNdArray.zeros([2, 16], { dtype: "int32" });
  const count = memory.view(0, slice(3, 5)), table = memory.view(1);
  const run = await watchedRun(kernel, {
    inputs: { x },
    outputs: { out: "float64" },
    shared: { count, table },
    tile: [3, 4],
  });
  assertEquals(findingOf(run), "nothing");
  assertEquals(count.toNested(), [70, 0]);
  assertEquals(table.toNested(), [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(run.tally.values, [12, 24, 30, 42, 54, 60, 64, 68, 70]);
});

Deno.test("shared arrays in the memory of inputs may be written, and still hold what was written when another thing is found", async () => {
  const memory = SharedNdArray.ones([8, 8]);
  const x = memory.view(null, slice(0, 4)), count = memory.view(null, 6);
  const source = (isWrong: boolean) => `
    export default ({ x, out, count }, { index }) => {
      out.copyFrom(x);
      count.set(index, count.get(index) + 1);
      if (${isWrong} && index === 1) x.data[7] = 5;
    }`;
  for (const isWrong of [false, true]) {
    memory.fill(1);
    const outputs = { out: "float32" } as const, options = { shared: { count }, tile: [2, 4] };
    const run = await watchedRun(inlineKernel(source(isWrong)), { inputs: { x }, outputs, ...options });
    if (isWrong) {
      assertStringIncludes(
        findingOf(run),
        "wrote to the memory of an input: tile 1 at [1, 0] changed element 7 of x.data",
      );
    } else assertEquals(findingOf(run), "nothing");
    assertEquals(count.toNested(), [2, 2, 2, 2, 1, 1, 1, 1]);
    assertEquals(memory.get(0, 7), 1);
  }
});

Deno.test("an output that is an input too is right when written in place, and must be the same twice", async () => {
  const source = (more: string) => `
    export default ({ x }) => {
      for (let i = 0; i < x.shape[0]; i++) for (let j = 0; j < x.shape[1]; j++) x.set(i, j, 2 * x.get(i, j));
      ${more}
    }`;
  const x = SharedNdArray.ones(SHAPE), wishes = { inputs: { x }, outputs: { x }, tile: [3, 4] };
  assertEquals(findingOf(await watchedRun(inlineKernel(source("")), wishes)), "nothing");
  assert(x.equals(SharedNdArray.full(SHAPE, 2)));
  const outside = errorOf(await watchedRun(inlineKernel(source("x.data[0] += 1")), wishes));
  assertEquals([outside.kind, outside.tile, outside.cell], ["outside", 1, [0, 0]]);
  const random = errorOf(await watchedRun(inlineKernel(source("x.set(0, 0, Math.random())")), wishes));
  assertEquals([random.kind, random.tile], ["unstable", 0]);
});

Deno.test("several views of one memory are told apart", async () => {
  const memory = SharedNdArray.random([7, 40], { seed: 8 });
  const view = (from: number) => memory.view(null, slice(from, null, 4));
  const inputs = { a: view(0), b: view(2) }, outputs = { sum: view(1), difference: view(3) };
  const before = memory.copy();
  const source = (more: string) => `
    export default ({ a, b, sum, difference }, { index }) => {
      for (let i = 0; i < a.shape[0]; i++) {
        for (let j = 0; j < a.shape[1]; j++) {
          sum.set(i, j, a.get(i, j) + b.get(i, j));
          difference.set(i, j, a.get(i, j) - b.get(i, j));
        }
      }
      ${more}
    }`;
  const wishes = { inputs, outputs, tile: [3, 4] };
  const wrong = async (more: string) => errorOf(await watchedRun(inlineKernel(source(more)), wishes));
  const first = await wrong("if (index === 3) a.data[sum.offset + 1] = 9");
  assertEquals([first.kind, first.array, first.tile, first.cell], ["input", "b", 3, [3, 0]]);
  const second = await wrong("if (index === 3) sum.data[difference.offset - 4] = 9");
  assertEquals([second.kind, second.array, second.tile], ["outside", "difference", 3]);
  memory.copyFrom(before);
  assertEquals(findingOf(await watchedRun(inlineKernel(source("")), wishes)), "nothing");
  assertEquals(inputs.a.toNested(), before.view(null, slice(0, null, 4)).toNested());
  assertEquals(outputs.sum.get(6, 9), inputs.a.get(6, 9) + inputs.b.get(6, 9));
});

Deno.test("after a finding, outputs hold what tiles wrote to their own cells and what was there before", async () => {
  const kernel = inlineKernel(`
    export default ({ out }, { index }) => {
      for (let i = 0; i < out.shape[0]; i++) if (index !== 2 || i > 0) out.set(i, index);
    }`);
  const out = SharedNdArray.full([11], 50);
  const run = await watchedRun(kernel, { inputs: {}, outputs: { out }, tile: [3] });
  assertEquals(errorOf(run).kind, "unwritten");
  assertEquals(out.toNested(), [0, 0, 0, 1, 1, 1, 50, 2, 2, 50, 50]);
  assertEquals(run.tally.tiles, 2);
  const flags = SharedNdArray.full([11], true);
  const setting = inlineKernel(
    "export default ({ out }, { index }) => { out.set(0, false); if (index < 2) out.fill(false) }",
  );
  assertEquals(errorOf(await watchedRun(setting, { outputs: { out: flags }, tile: [3] })).kind, "unwritten");
  assertEquals(
    flags.toNested(),
    [0, 1, 2, 3, 4, 5, 6].map(() => false).concat([true, true, true, true]),
  );
});

Deno.test("a kernel that throws fails as it does without the sanitizer", async () => {
  const kernel = inlineKernel(
    "export default ({ out }, { index }) => { out.set(0, 7); if (index === 2) throw new RangeError('no'); out.fill(index) }",
  );
  const out = SharedNdArray.full([11], 50);
  const run = await watchedRun(kernel, { outputs: { out }, tile: [3] });
  assertEquals([run.failure?.kind, run.failure?.tile, run.failure?.count, run.tally.tiles], [
    "tile",
    2,
    1,
    2,
  ]);
  assertInstanceOf(run.thrown, RangeError);
  assertEquals(out.toNested(), [0, 0, 0, 1, 1, 1, 7, 50, 50, 50, 50]);
  const nothing = inlineKernel("export default () => { throw undefined }");
  assertStringIncludes(
    findingOf(await watchedRun(nothing, { outputs: { out }, tile: [3] })),
    "threw undefined",
  );
  const rejecting = inlineKernel("export default () => Promise.reject(new RangeError('no'))");
  assertInstanceOf((await watchedRun(rejecting, { outputs: { out }, tile: [3] })).thrown, RangeError);
  const returning = inlineKernel("export default ({ out }) => { out.fill(0); return out }");
  assertStringIncludes(
    findingOf(await watchedRun(returning, { outputs: { out }, tile: [3] })),
    "cannot return an array",
  );
});

Deno.test("some tiles can be run alone, and a stop ends the run between two tiles", async () => {
  const kernel = inlineKernel("export default ({ out }, { index }) => { out.fill(index); return index }");
  const out = SharedNdArray.full([11], 50), wishes = { outputs: { out }, tile: [3] };
  const alone = await watchedRun(kernel, wishes, { range: { begin: 2, end: 3 } });
  assertEquals([findingOf(alone), alone.tally.tiles, alone.tally.values], ["nothing", 1, [2]]);
  assertEquals(out.toNested(), [50, 50, 50, 50, 50, 50, 2, 2, 2, 50, 50]);
  let looks = 0;
  const stopped = await watchedRun(kernel, wishes, { isStopped: () => ++looks > 1 });
  assertEquals([stopped.failure, stopped.tally.tiles], [undefined, 1]);
  assertEquals(out.toNested(), [0, 0, 0, 50, 50, 50, 2, 2, 2, 50, 50]);
});

Deno.test("a stop within a tile leaves that tile as it was", async () => {
  let isStopped = false;
  const input = SharedNdArray.random([4, 1000], { seed: 11 }), out = SharedNdArray.full([4, 1000], 50);
  const kernel = inlineKernel(`
    let calls = 0;
    export default ({ input, out }) => {
      if (++calls === 4) out.fill(globalThis.stopSanitizedRun());
      for (let k = 0; k < 10000; k++) out.copyFrom(input);
    }`);
  Object.assign(globalThis, { stopSanitizedRun: () => Number(isStopped = true) });
  setInterrupt(() => isStopped);
  try {
    const wishes = { inputs: { input }, outputs: { out }, tile: [1, 1000] };
    const run = await watchedRun(kernel, wishes, { isStopped: () => isStopped });
    assertEquals([run.failure, run.tally.tiles], [undefined, 1]);
    assert(out.view(0).equals(input.view(0)));
    assert(out.view(slice(1, 4)).equals(SharedNdArray.full([3, 1000], 50)));
  } finally {
    setInterrupt(undefined);
    Reflect.deleteProperty(globalThis, "stopSanitizedRun");
  }
});

Deno.test("a write that no tile does again is reported of some tile", async () => {
  const kernel = inlineKernel(
    "let calls = 0; export default ({ out }) => { out.fill(1); if (++calls === 3) out.data[0] = 9 }",
  );
  const run = await watchedRun(kernel, { outputs: { out: SharedNdArray.zeros([9]) }, tile: [3] });
  const error = errorOf(run);
  assertEquals(
    error.message,
    "Kernel wrote outside of its tile: some tile changed out[0], which belongs to tile 0, to 9",
  );
  assertEquals([error.tile, error.coords, run.failure?.tile], [-1, [], 2]);
});

Deno.test("an error of the sanitizer is rebuilt from a message", async () => {
  const run = await watchedRun(kernelAt("wrong_last_row"), {
    inputs: { x: SharedNdArray.ones(SHAPE) },
    outputs: { out: "float64" },
    tile: [3, 4],
  });
  const error = errorOf(run);
  const posted = unpackThrown(structuredClone(packThrown(error)));
  assert(!(posted instanceof SanitizerError));
  const rebuilt = rebuildSanitizerError(posted);
  assertInstanceOf(rebuilt, SanitizerError);
  assertEquals({ ...rebuilt }, { ...error });
  assertEquals([rebuilt.message, rebuilt.stack], [error.message, error.stack]);
  assertEquals(rebuildSanitizerError(error), error);
  const failed = new SanitizerError("It failed", { ...error }, { cause: new RangeError("why") });
  const cause = rebuildSanitizerError(unpackThrown(structuredClone(packThrown(failed))))?.cause;
  assertInstanceOf(cause, RangeError);
  assertEquals([new Error("no"), "no", undefined].map(rebuildSanitizerError), [
    undefined,
    undefined,
    undefined,
  ]);
});

/** Runs a random program in random places, once watched and once not, and compares. */
async function watchProgram(program: RandomProgram, memories: Memories, seed: number): Promise<boolean> {
  const random = new Seeded(seed);
  const shape = random.ints(program.rank, 1, [0, 60, 9, 6, 4][program.rank]);
  const take = (dtype: DType, isSource: boolean) => memories.take(random, dtype, shape, isSource);
  const inputs = Object.fromEntries(
    Object.entries(program.inputs).map(([name, dtype]) => [name, take(dtype, random.oneIn(3))]),
  );
  const free = new Set(
    Object.values(inputs).filter((array) => array.strides.every((stride) => stride !== 0)),
  );
  const outputs = Object.fromEntries(program.outputs.map(({ name, dtype }) => {
    const same = random.oneIn(4) ? [...free].find((array) => array.dtype === dtype) : undefined;
    if (same !== undefined) free.delete(same);
    return [name ?? "out", same ?? take(dtype, false)];
  }));
  const { source, scalars } = program;
  const boundary = shape.map(() =>
    random.pick(["reflect", "mirror", "nearest", "wrap", "constant"] as const)
  );
  const tile = shape.map((extent) => random.int(1, extent));
  try {
    const wishes = { inputs, scalars, outputs, boundary, tile };
    const run = await watchedRun(source, wishes);
    assertEquals(findingOf(run), "nothing", `${source} of ${shape} in tiles of ${tile}, seed ${seed}`);
    assertEquals(run.tally.tiles, run.tiles);
    return true;
  } catch (error) {
    // A neighbour that is read cannot be written.
    if (error instanceof OverlapError) return false;
    throw error;
  } finally {
    assertEquals(memories.strayBytes(Object.values(outputs)), 0, source);
  }
}

Deno.test("random expressions are never reported", async () => {
  const memories = new Memories(16);
  let watched = 0;
  for (const reach of [0, 2]) {
    const programs = fc.integer({ min: 1, max: 3 }).chain((rank) => randomPrograms({ rank, reach }));
    const property = fc.asyncProperty(programs, fc.nat(), async (program, seed) => {
      if (await watchProgram(program, memories, seed)) watched++;
    });
    await fc.assert(property, { numRuns: 150, seed: 9 });
  }
  assert(watched > 200, `${watched} were watched`);
});

Deno.test("an expression that is watched gives the same bits as one that is not", async () => {
  const z = SharedNdArray.random([20, 30], { seed: 10, dtype: "float32" });
  const source = "east = z(0, 1) - z; mean = (z(1, 0) + z(-1, 0)) / 2; far = abs(z(0, 3)) > 0.5";
  const wishes = {
    inputs: { z },
    outputs: { east: "float32", mean: "float32", far: "bool" },
    tile: [6, 7],
  } as const;
  const watched = await watchedRun(source, wishes),
    whole = await watchedRun(source, { ...wishes, tile: [20, 30] });
  for (const name of ["east", "mean", "far"]) {
    assertEquals(bitsOf(watched.outputs[name]), bitsOf(whole.outputs[name]));
  }
});
