import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  KernelLoadError,
  PlanError,
  SharedNdArray,
  sum,
  tiledReduce,
  TileError,
  ValueError,
} from "../../mod.ts";

/** A kernel module from its text. */
function kernelFrom(text: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

const KERNEL = "export default ({ a }) => [...a.values()].reduce((x, y) => x + y)";
const add = (x: number, y: number) => x + y;

Deno.test("values of tiles are combined in the same tree by any number of workers", async () => {
  const a = SharedNdArray.random.normal([1000, 37], { seed: 2 });
  const kernel = kernelFrom(`${KERNEL}; export const combine = (x, y) => x + y`);
  const found = new Set<number>();
  for (const workers of [1, 2, 3]) {
    const { value, report } = await tiledReduce<number>(kernel, { inputs: { a }, workers, exact: true });
    assert(report.tiles > 1);
    found.add(value);
  }
  assertEquals(found.size, 1);
  const texts = kernelFrom("export default (arrays, { index }) => `${index}`");
  const { value } = await tiledReduce<string>(texts, {
    inputs: { a },
    tile: [200, 37],
    workers: 2,
    combine: (x, y) => `(${x} ${y})`,
  });
  assertEquals(value, "(((0 1) (2 3)) 4)");
});

Deno.test("an initial value comes first, and is all there is of no tiles", async () => {
  const inputs = { a: SharedNdArray.ones([6]) };
  const options = { inputs, workers: 1, combine: add };
  assertEquals((await tiledReduce(kernelFrom(KERNEL), { ...options, initial: 100 })).value, 106);
  const none = { ...options, inputs: { a: SharedNdArray.zeros([0]) } };
  assertEquals((await tiledReduce(kernelFrom(KERNEL), { ...none, initial: 7 })).value, 7);
  await assertRejects(() => tiledReduce(kernelFrom(KERNEL), none), ValueError, "There are no tiles");
});

Deno.test("shared arrays reach the kernel", async () => {
  const kernel = kernelFrom("export default ({ a, weights }) => a.get(0) * weights.get(1)");
  const inputs = { a: SharedNdArray.from([1, 2, 3]) }, shared = { weights: SharedNdArray.from([5, 10]) };
  const { value } = await tiledReduce(kernel, { inputs, shared, tile: [1], workers: 1, combine: add });
  assertEquals(value, 60);
});

Deno.test("what cannot be combined is refused", async () => {
  const inputs = { a: SharedNdArray.ones([4]) }, base = { inputs, tile: [1], workers: 1 };
  const run = (text: string, options: object = {}) => tiledReduce(kernelFrom(text), { ...base, ...options });
  await assertRejects(() => run(KERNEL), PlanError, "Nothing says how values of tiles are combined");
  await assertRejects(() => run(`${KERNEL}; export const combine = 5`), PlanError, "Nothing says how");
  await assertRejects(
    () => run(KERNEL, { combine: 5 }),
    PlanError,
    "combine must be a function of two values, but is 5",
  );
  await assertRejects(
    () => run("export default (arrays, { index }) => index === 2 ? undefined : 1", { combine: add }),
    PlanError,
    "returned nothing for tile 2",
  );
  await assertRejects(
    () => run("export default () => {}", { combine: add }),
    PlanError,
    "returned nothing for tile 0",
  );
  const failing = () => {
    throw new Error("too odd");
  };
  const failed = await assertRejects(
    () => run(KERNEL, { combine: failing }),
    ValueError,
    "combine failed on the values of tile 0 and tile 1: Error: too odd",
  );
  assertEquals(failed.cause instanceof Error && failed.cause.message, "too odd");
  const late = () => Promise.resolve(1);
  await assertRejects(() => run(KERNEL, { combine: late }), PlanError, "combine returned a promise");
  await assertRejects(
    () => run("export default () => { throw new Error('no') }", { combine: add }),
    TileError,
    "no",
  );
  await assertRejects(() => run("export default 3"), PlanError, "Nothing says how");
  await assertRejects(() => run("this is no module"), KernelLoadError, "to find its combine");
  await assertRejects(
    () => run(KERNEL, { combine: add, outputs: {} }),
    PlanError,
    "outputs is not for tiledReduce",
  );
  await assertRejects(
    () => run(KERNEL, { combine: add, inputs: undefined }),
    PlanError,
    "at least one array",
  );
  await assertRejects(() => tiledReduce("a + 1" as never, base), PlanError, "must be the URL of a module");
});

Deno.test("a kernel sees beyond its tile by a halo, as in a map", async () => {
  const a = SharedNdArray.random([30, 11], { seed: 4 });
  const kernel = kernelFrom(`export default ({ a }, { shape, halo: [[up]] }) => {
    let rises = 0;
    for (let i = 0; i < shape[0]; i++) {
      for (let j = 0; j < 11; j++) rises += Number(a.get(i + up + 1, j) > a.get(i + up, j));
    }
    return rises;
  }`);
  const expected = (await sum("a(1, 0) > a", { a }, { boundary: "wrap" })).item();
  const options = { inputs: { a }, halo: [1, 0], boundary: "wrap", tile: [7, 11], combine: add } as const;
  assertEquals(BigInt((await tiledReduce<number>(kernel, { ...options, workers: 2 })).value), expected);
});

Deno.test("an elementwise kernel is called for each tile too, because each has its value", async () => {
  const kernel = kernelFrom(`export const elementwise = true; ${KERNEL}`);
  const inputs = { a: SharedNdArray.random([40, 30], { seed: 5 }) };
  const total = Number((await sum(inputs.a)).item());
  for (const halo of [undefined, 0, [[0, 0], 0]] as const) {
    const { value } = await tiledReduce<number>(kernel, {
      inputs,
      tile: [1, 10],
      halo,
      combine: add,
      workers: 2,
    });
    assert(Math.abs(value - total) < 1e-10);
  }
});
