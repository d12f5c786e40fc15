import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  evaluate,
  ExpressionError,
  iterate,
  type IterateOptions,
  PlanError,
  ShapeError,
  SharedNdArray,
  TileError,
  ValueError,
  WorkerPool,
} from "../../mod.ts";
import { inlineKernel } from "../kernels/inline.ts";

const HEAT = "z + 0.2 * (z(0, 1) + z(0, -1) + z(1, 0) + z(-1, 0) - 4 * z)";

/** Steps one by one, each with a run of its own. */
async function oneByOne(
  z: SharedNdArray,
  steps: number,
  boundary: IterateOptions["boundary"],
): Promise<SharedNdArray> {
  let state: SharedNdArray = z;
  for (let step = 0; step < steps; step++) state = await evaluate(HEAT, { z: state }, { boundary });
  return state;
}

Deno.test("as many steps as are wanted, with the bits of single runs, on any number of workers and tiles", async () => {
  const z = SharedNdArray.random([40, 31], { seed: 3 }), before = z.copy();
  await using pool = new WorkerPool({ workers: 3 });
  for (const steps of [0, 1, 2, 3, 20, 21]) {
    for (const boundary of ["wrap", "nearest"] as const) {
      const expected = await oneByOne(z, steps, boundary);
      const options: Partial<IterateOptions>[] = [
        {},
        { workers: 1, pool },
        { exact: true, pool },
        { exact: true, pool, tile: [7, 5] },
        { exact: true, pool, tile: [1, 31] },
      ];
      for (const more of options) {
        const run = await iterate(HEAT, { z }, { steps, boundary, ...more });
        assert(run.array.equals(expected), `${steps} steps, ${boundary}, ${Object.keys(more)}`);
        assertEquals([run.steps, run.isConverged, run.value], [steps, false, null]);
      }
    }
  }
  assert(z.equals(before));
});

Deno.test("the condition ends it after the same step, wherever it is looked at, with the value that was found", async () => {
  const z = SharedNdArray.random([33, 20], { seed: 4 });
  await using pool = new WorkerPool({ workers: 2 });
  let state: SharedNdArray = z, change = Infinity, steps = 0;
  const changes: number[] = [];
  while (change >= 1e-2) {
    const next = await evaluate(HEAT, { z: state });
    change = [...(await evaluate("abs(next - z)", { next, z: state })).values()].map(Number).reduce((a, b) =>
      Math.max(a, b)
    );
    changes.push(change);
    state = next;
    steps++;
  }
  for (
    const options of [{}, { pool, exact: true }, { pool, workers: 1 }, { pool, exact: true, tile: [5, 20] }]
  ) {
    const run = await iterate(HEAT, { z }, { steps: 1000, until: { below: 1e-2 }, ...options });
    assertEquals([run.steps, run.isConverged, run.value], [steps, true, change]);
    assert(run.array.equals(state));
    const late = await iterate(HEAT, { z }, { steps: 1000, until: { below: 1e-2, every: 7 }, ...options });
    assertEquals([late.steps, late.isConverged], [Math.ceil(steps / 7) * 7, true]);
    const short = await iterate(HEAT, { z }, { steps: 5, until: { below: 1e-2, every: 3 }, ...options });
    assertEquals([short.steps, short.isConverged, short.value], [5, false, changes[4]]);
  }
});

Deno.test("an iteration that ends before its last step asks no worker to look at the steps behind it", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const { postMessage } = Worker.prototype;
  let posted = 0;
  Worker.prototype.postMessage = function (this: Worker, ...words: Parameters<Worker["postMessage"]>): void {
    posted++;
    postMessage.apply(this, words);
  } as Worker["postMessage"];
  try {
    const z = SharedNdArray.random([33, 20], { seed: 4 });
    await iterate(HEAT, { z }, { steps: 1000, until: { below: 1e-2 }, pool, exact: true });
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
  assertEquals(posted, 2);
});

Deno.test("sums, means and least values of an expression as conditions", async () => {
  const z = SharedNdArray.from([[1, 2], [3, 6]]);
  const find = async (until: IterateOptions["until"]) => {
    const { steps, value } = await iterate("z / 2 + k", { z, k: 0 }, { steps: 10, until });
    return [steps, value];
  };
  assertEquals(await find({ below: 4, of: "next", reduce: "sum" }), [2, 3]);
  assertEquals(await find({ below: 1, of: "next + k", reduce: "mean" }), [2, 0.75]);
  assertEquals(await find({ below: 0.3, of: "next", reduce: "min" }), [2, 0.25]);
  assertEquals(await find({ below: 1, of: (next: number, z: number) => z - next }), [3, 0.75]);
});

Deno.test("several states go on together", async () => {
  const u = SharedNdArray.random([12, 9], { seed: 5 }), v = SharedNdArray.random([12, 9], { seed: 6 });
  const kernel = "un = u + 0.1 * (v(0, 1) - u); vn = v - 0.1 * (u(1, 0) - v * u)";
  let [a, b]: SharedNdArray[] = [u, v];
  for (let step = 0; step < 9; step++) {
    const [na, nb] = [
      await evaluate("u + 0.1 * (v(0, 1) - u)", { u: a, v: b }, { boundary: "wrap" }),
      await evaluate("v - 0.1 * (u(1, 0) - v * u)", { u: a, v: b }, { boundary: "wrap" }),
    ];
    [a, b] = [na, nb];
  }
  const { arrays, array } = await iterate(kernel, { u, v }, {
    steps: 9,
    state: { u: "un", v: "vn" },
    boundary: "wrap",
  });
  assert(arrays.u.equals(a) && arrays.v.equals(b) && array === arrays.u);
});

const MODULE = inlineKernel(`export default async ({ z, next, gain }, { shape, halo }) => {
  await null;
  for (let i = 0; i < shape[0]; i++) next.set(i, (z.get(i) + z.get(i + 2)) * gain.get(0));
}`);

Deno.test("a kernel module, with a halo and a shared array", async () => {
  const z = SharedNdArray.from([1, 0, 0, 0, 0, 0, 0, 1]), gain = SharedNdArray.from([0.5]);
  const options = { steps: 3, halo: 1, boundary: "wrap", shared: { gain }, workers: 2, exact: true } as const;
  const { array, report } = await iterate(MODULE, { z }, { ...options, tile: [3] });
  const expected = await iterate("(z(-1) + z(1)) / 2", { z }, { steps: 3, boundary: "wrap" });
  assertEquals(array.toNested(), expected.array.toNested());
  assertEquals([report.tiles, report.workersUsed, report.shape], [9, 2, [8]]);
});

Deno.test("what a kernel throws ends the iteration with the tile, on every worker", async () => {
  const kernel = inlineKernel(
    "export default ({ z, next }, { index }) => { if (index === 2) throw new RangeError('no') }",
  );
  const z = SharedNdArray.zeros([6]);
  const error = await assertRejects(
    () => iterate(kernel, { z }, { steps: 5, tile: [1], workers: 2, exact: true }),
    TileError,
  );
  assertEquals([error.tile, error.origin], [2, [2]]);
});

Deno.test("a signal ends an iteration between tiles", async () => {
  const z = SharedNdArray.zeros([64, 64]);
  const signal = AbortSignal.timeout(100);
  await assertRejects(
    () => iterate(HEAT, { z }, { steps: 10_000_000, workers: 2, exact: true, signal }),
    DOMException,
  );
});

Deno.test("progress is told in pieces of work", async () => {
  const done: number[] = [];
  const z = SharedNdArray.zeros([8]);
  await iterate("z + 1", { z }, { steps: 4, tile: [4], onProgress: (progress) => done.push(progress.done) });
  assertEquals(done.at(-1), 8);
});

Deno.test("iterations that make no sense", async () => {
  const z = SharedNdArray.zeros([4]), k = SharedNdArray.zeros([3, 1]);
  const refuse = async (
    inputs: Parameters<typeof iterate>[1],
    options: unknown,
    text: string,
    kernel: string | URL = "z + 1",
    kind: new (...args: never[]) => Error = PlanError,
  ) => {
    // What a program in JavaScript might pass.
    await assertRejects(() => iterate(kernel, inputs, options as IterateOptions), kind, text);
  };
  await refuse({ z }, {}, "The option steps must be an integer from 0 on, but is undefined");
  await refuse({ z }, { steps: -1 }, "but is -1");
  await refuse({ z }, { steps: 1.5 }, "but is 1.5");
  await refuse({ z }, { steps: 1, boundary: "none" }, "arrays would shrink");
  await refuse({ z }, { steps: 1, boundary: ["none"] }, "arrays would shrink");
  await refuse({ z }, { steps: 1, state: "y" }, 'The state "y" is no array among the inputs: there are z');
  await refuse({ z: 1 }, { steps: 1 }, "needs an array to begin with");
  await refuse({ z }, { steps: 1, until: { below: NaN } }, "until.below must be a number", "z", ValueError);
  await refuse(
    { z },
    { steps: 1, until: { below: 1, every: 0 } },
    "until.every must be an integer from 1 on",
  );
  await refuse({ z }, { steps: 1, until: { below: 1, reduce: "prod" } }, "until.reduce must be");
  await refuse({ z }, { steps: 1, until: 1 }, "the option until must be an object");
  await refuse({ z }, { steps: 1, until: { below: 1, of: "y" } }, "Unknown name", "z", ExpressionError);
  await refuse({ z, k }, { steps: 1 }, "The state z has [4], but a step gives [3, 4]", "z + k", ShapeError);
  await refuse({ z }, { steps: 1, state: { z: "a" } }, "b becomes none", "a = z; b = z");
  await refuse({ z, next: k }, { steps: 1 }, "next is an input and the output of a step");
  await refuse({ z }, { steps: 2 ** 30, tile: [1] }, "pieces of work, more than");
  const whole = SharedNdArray.zeros([4], { dtype: "int32" });
  await refuse({ z: whole }, { steps: 1 }, "cannot hold without loss", "z / 2", ExpressionError);
});

Deno.test("arrays without elements go through as they are", async () => {
  for (const shape of [[0], [0, 4], [4, 0]]) {
    const z = SharedNdArray.zeros(shape), kernel = `z(${shape.map(() => 1)}) + 1`;
    for (const until of [undefined, { below: 1 }]) {
      const { array, steps, isConverged, value } = await iterate(kernel, { z }, { steps: 5, until });
      assertEquals([array.shape, steps, isConverged, value], [shape, 5, false, null]);
    }
    const module = inlineKernel("export default () => { throw new Error('never called') }");
    assertEquals((await iterate(module, { z }, { steps: 5, halo: 1 })).array.shape, shape);
  }
});

Deno.test("how far integers and bools change is measured without wrapping", async () => {
  const falling = SharedNdArray.full([4], 3, { dtype: "uint8" });
  const first = await iterate("z - uint8(z > 0)", { z: falling }, { steps: 10, until: { below: 2 } });
  assertEquals([first.steps, first.value], [1, 1]);
  const jump = SharedNdArray.full([3], 100, { dtype: "int8" });
  const far = await iterate("z * int8(-1)", { z: jump }, { steps: 1, until: { below: 100 } });
  assertEquals([far.isConverged, far.value], [false, 200]);
  const bits = SharedNdArray.from([true, false]);
  assertEquals((await iterate("!z", { z: bits }, { steps: 3, until: { below: 1 } })).value, 1);
});

Deno.test("workers get one message for all steps and looks, and send one", async () => {
  const z = SharedNdArray.random([50, 40], { seed: 7 });
  await using pool = new WorkerPool({ workers: 2 });
  // The workers are open.
  await iterate(HEAT, { z }, { steps: 1, pool, exact: true });
  const { postMessage } = Worker.prototype;
  let posted = 0;
  Worker.prototype.postMessage = new Proxy(postMessage, {
    apply(post, worker, args) {
      posted++;
      return Reflect.apply(post, worker, args);
    },
  });
  try {
    const until = { below: 0, every: 3 };
    const { steps, report } = await iterate(HEAT, { z }, { steps: 300, until, pool, exact: true });
    assertEquals([steps, posted, report.workersUsed], [300, 2, 2]);
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
});
