import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type DType, ellipsis, SharedNdArray, slice, tiledMap, WorkerPool } from "../../mod.ts";
import { randomElement } from "../plan/expr/random_elements.ts";
import { type RandomProgram, randomPrograms } from "../plan/expr/random_programs.ts";
import { forEachSeed, Seeded } from "../seeded.ts";
import { readyCase, runTiled } from "./compare_kernels.ts";

/** Expressions of `a`, `b` (floats of one dtype) and `n` (int16), with functions of every sort, rare ways included. */
const SOURCES = [
  "0.6108 * exp(17.27 * a / (a + 237.3)) * (1 - b / 100)",
  "sin(a * 1e5) + cos(b) * tan(a * 1e9) - atan2(a, b)",
  "pow(abs(a), b / 9) + log(abs(b)) + hypot(a, b) + a ** 3",
  "a % b + mod(n, 7) * cbrt(a) - round(b * 10) + sign(a)",
  "sinh(b / 50) + asinh(a) - atanh(a / 1e6) + tanh(b) + expm1(a) + log1p(abs(b))",
  "x = fma(a, b, n); y = isnan(x) || x > 0 ? exp2(a / 9) : acos(b / 300); z = index(0) * index(2) + n",
  "int16(a * 1e4) + n ** 3 + (n >> index(1))",
];

const SHAPE = [6, 5, 23];

type Arrays = Readonly<Record<string, SharedNdArray>>;

/** The same elements in memory of another layout. */
type Arrange = (shape: readonly number[], dtype: DType) => SharedNdArray;

const LAYOUTS: Readonly<Record<string, Arrange>> = {
  contiguous: (shape, dtype) => SharedNdArray.zeros([...shape], { dtype }),
  transposed: (shape, dtype) => SharedNdArray.zeros(shape.toReversed(), { dtype }).transpose(),
  "every second": (shape, dtype) => {
    const whole = SharedNdArray.zeros(shape.map((extent) => 2 * extent), { dtype });
    return whole.view(...shape.map((_, axis) => slice(axis % 2, null, 2)));
  },
  backwards: (shape, dtype) => SharedNdArray.zeros([...shape], { dtype }).flip(),
  wrapped: (shape, dtype) => {
    const bytes = 8 * shape.reduce((product, extent) => product * extent, 1);
    return SharedNdArray.wrap(new SharedArrayBuffer(bytes), { shape: [...shape], dtype });
  },
  "offset rows": (shape, dtype) => {
    const [last, ...rest] = shape.toReversed();
    const whole = SharedNdArray.zeros([...rest.reverse(), last + 3], { dtype });
    return whole.view(ellipsis, slice(2, last + 2));
  },
};

/** Values that take the common ways and the rare ones. */
function operands(dtype: DType): Record<string, SharedNdArray> {
  const random = new Seeded(21), inputs: Record<string, SharedNdArray> = {};
  for (const [name, own] of [["a", dtype], ["b", dtype], ["n", "int16"]] as const) {
    inputs[name] = SharedNdArray.zeros(SHAPE, { dtype: own });
    for (let k = 0; k < inputs[name].size; k++) {
      const [i, rest] = [Math.floor(k / 115), k % 115];
      inputs[name].set(i, Math.floor(rest / 23), rest % 23, randomElement(random, own));
    }
  }
  return inputs;
}

function zerosLike({ shape, dtype }: SharedNdArray): SharedNdArray {
  return SharedNdArray.zeros(shape, { dtype });
}

function arranged(inputs: Arrays, arrange: Arrange): Record<string, SharedNdArray> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, array]) => [name, arrange(SHAPE, array.dtype).copyFrom(array)]),
  );
}

/** All elements, told apart by their bits; one NaN is like another. */
function elementsOf(outputs: Arrays): unknown[][] {
  return Object.values(outputs).map((array) => [...array.values()]);
}

function assertSameBits(found: unknown[][], expected: unknown[][], where: string): void {
  const different = expected.flatMap((values, output) =>
    values.flatMap((value, k) =>
      Object.is(value, found[output][k]) ? [] : [`${output} ${k}: ${found[output][k]}, ${value}`]
    )
  );
  assertEquals(different.slice(0, 3), [], where);
}

for (const dtype of ["float64", "float32"] as const) {
  for (const strict of [false, true]) {
    const name = `the same bits in every tile, layout and memory: ${dtype}${strict ? ", strict" : ""}`;
    Deno.test(name, async () => {
      const inputs = operands(dtype);
      for (const source of SOURCES) {
        const run = await tiledMap(source, { inputs, strict, workers: 1 }),
          expected = elementsOf(run.outputs);
        for (const [layout, arrange] of Object.entries(LAYOUTS)) {
          const outputs = Object.fromEntries(
            Object.entries(run.outputs).map(([name, { dtype }]) => [name, arrange(SHAPE, dtype)]),
          );
          const given = { source, inputs: arranged(inputs, arrange), scalars: {}, outputs, strict };
          const { kernel } = await readyCase(given);
          for (let seed = 1; seed <= 8; seed++) {
            for (const output of Object.values(outputs)) output.copyFrom(zerosLike(output));
            runTiled(kernel, SHAPE, new Seeded(seed));
            assertSameBits(elementsOf(outputs), expected, `${source}, ${layout}, seed ${seed}`);
          }
        }
      }
    });
  }
}

Deno.test("the same bits on one worker and on two, whatever tile and grain", async () => {
  await using one = new WorkerPool({ workers: 1 });
  await using two = new WorkerPool({ workers: 2 });
  const inputs = operands("float64"), layouts = Object.values(LAYOUTS);
  for (const [k, source] of SOURCES.entries()) {
    const expected = elementsOf((await tiledMap(source, { inputs, workers: 1 })).outputs);
    const runs: Promise<void>[] = [];
    forEachSeed(6, (random) => {
      const tile = SHAPE.map((extent) => random.int(1, extent)).slice(random.int(0, 3));
      const grain = random.oneIn(2) ? random.int(1, 9) : undefined, pool = random.pick([one, two]);
      const options = { inputs: arranged(inputs, layouts[(k + random.seed) % layouts.length]), tile, grain };
      runs.push(
        tiledMap(source, { ...options, pool, exact: true }).then(({ outputs }) => {
          assertSameBits(elementsOf(outputs), expected, `${source}, tile [${tile}], grain ${grain}`);
        }),
      );
    });
    await Promise.all(runs);
  }
});

Deno.test("random programs through tiledMap: two workers write what one thread writes", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  let compared = 0;
  const property = fc.asyncProperty(
    randomPrograms({ rank: 2, depth: 3 }),
    fc.nat(),
    async (program, seed) => {
      const random = new Seeded(seed), inputs = randomInputs(program, random), { source, scalars } = program;
      const outputs = program.wanted, options = { inputs, scalars, outputs };
      const alone = await tiledMap(source, { ...options, tile: [13, 7], workers: 1 });
      assert(alone.report.caller !== null);
      const tile = [random.int(1, 13), random.int(1, 7)];
      const shared = await tiledMap(source, { ...options, tile, grain: random.int(1, 4), pool, exact: true });
      assertSameBits(elementsOf(shared.outputs), elementsOf(alone.outputs), source);
      compared++;
    },
  );
  await fc.assert(property, { numRuns: 150, seed: 8 });
  assertEquals(compared, 150);
});

function randomInputs(program: RandomProgram, random: Seeded): Record<string, SharedNdArray> {
  const layouts = Object.values(LAYOUTS);
  return Object.fromEntries(
    Object.entries(program.inputs).map(([name, dtype]) => {
      const array = random.pick(layouts)([13, 7], dtype);
      for (let i = 0; i < 13; i++) for (let j = 0; j < 7; j++) array.set(i, j, randomElement(random, dtype));
      return [name, array];
    }),
  );
}
