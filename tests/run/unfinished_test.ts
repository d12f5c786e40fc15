import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { SharedNdArray, tiledMap, unfinishedRun, WorkerPool } from "../../mod.ts";
import { IndexError, PlanError, TileError } from "../../src/errors.ts";
import { TileStates } from "../../src/run/tile_states.ts";
import { mapInTime } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";
import { forEachSeed } from "../seeded.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const failing = inlineKernel(
  "export default ({ a }, { index }) => { if (index === 5) throw new Error('no'); a.fill(index + 1) }",
);

Deno.test("states of tiles are those of a set of tiles, on random ranges", () => {
  forEachSeed(300, (random) => {
    const begin = random.int(0, 4), end = begin + random.int(0, 29);
    const place = () => random.int(begin, end);
    const left = Array.from({ length: random.int(0, 4) }, () => {
      const [from, to] = [place(), place()].sort((a, b) => a - b);
      return { begin: from, end: to };
    });
    const open = new Set(
      left.flatMap((range) => Array.from({ length: range.end - range.begin }, (_, k) => range.begin + k)),
    );
    const states = new TileStates({ begin, end }, left);
    assertEquals([states.total, states.done], [end - begin, end - begin - open.size]);
    for (let tile = begin; tile < end; tile++) assertEquals(states.isDone(tile), !open.has(tile));
    assertEquals([...states.unfinished()], [...open].sort((a, b) => a - b));
  });
});

Deno.test("a tile that the run does not have is refused", () => {
  const states = new TileStates({ begin: 2, end: 5 }, []);
  for (const tile of [1, 5, 2.5, NaN]) assertThrows(() => states.isDone(tile), IndexError, "from 2 to 4");
});

Deno.test("after a failure the error and the outputs know which tiles are done", async () => {
  const a = SharedNdArray.zeros([20]), other = SharedNdArray.zeros([20]);
  const error = await assertRejects(
    () => mapInTime(failing, { inputs: { other }, outputs: { a }, tile: [2], workers: 1 }),
    TileError,
  );
  const run = unfinishedRun(a);
  assert(run !== undefined);
  assertStrictEquals(unfinishedRun(error), run);
  assertStrictEquals(run.outputs.a, a);
  assertStrictEquals(run.error, error);
  assertEquals([...run.tiles.unfinished()], [5, 6, 7, 8, 9]);
  assertEquals([...a.values()].map((value) => value > 0), Array.from({ length: 20 }, (_, i) => i < 10));
  assertEquals([unfinishedRun(other), unfinishedRun(null), unfinishedRun("a")], [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("outputs that a run would have made can be had after its failure", async () => {
  const error = await assertRejects(
    () =>
      mapInTime(failing, {
        inputs: { b: SharedNdArray.zeros([20]) },
        outputs: { a: "int8" },
        tile: [2],
        workers: 1,
      }),
  );
  assertEquals(unfinishedRun(error)?.outputs.a.get(9), 5);
});

Deno.test("a run that ends well takes the mark off", async () => {
  const a = SharedNdArray.zeros([20]);
  await assertRejects(() => mapInTime(failing, { outputs: { a }, tile: [2], workers: 1 }));
  const { tiles } = await tiledMap("a = 0 * a + 3", { inputs: { a }, outputs: { a } });
  assertEquals([unfinishedRun(a), tiles.done === tiles.total], [undefined, true]);
});

Deno.test("an abort's reason knows the run, and tiles that are done are those that were written", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.zeros([400]), controller = new AbortController();
  const slow = inlineKernel(
    "export default async ({ a }) => { await new Promise((r) => setTimeout(r, 1)); a.fill(1) }",
  );
  const options = { outputs: { a }, tile: [1], pool, exact: true, signal: controller.signal } as const;
  const onProgress = ({ done }: { done: number }) => {
    if (done > 20) controller.abort(new Error("enough"));
  };
  const error = await assertRejects(() => mapInTime(slow, { ...options, onProgress }), Error, "enough");
  const { tiles } = unfinishedRun(error) ?? {};
  assert(tiles !== undefined && tiles.done > 20 && tiles.done < 400);
  assertEquals(Array.from({ length: 400 }, (_, tile) => tiles.isDone(tile) ? 1 : 0), [...a.values()]);
});

Deno.test("guards that cannot be are refused before anything is opened", async () => {
  const a = SharedNdArray.zeros([4]);
  await using pool = new WorkerPool({ workers: 1 });
  const cases: [options: object, message: string][] = [
    [{ tileTimeout: 0 }, "tileTimeout must be a positive number of milliseconds, but is 0"],
    [{ loadTimeout: NaN }, "loadTimeout must be a positive number of milliseconds, but is NaN"],
    [{ retries: 1.5 }, "retries must be an integer from 0 to 100, but is 1.5"],
    [{ debug: 1 }, "debug must be true or false, but is 1"],
    [{ onlyTile: 4 }, "onlyTile must be an integer from 0 to 3, but is 4"],
    [{ isolation: "strong" }, 'isolation must be "web" or "contained", but is "strong"'],
    [
      { isolation: "contained", heapLimit: 5 },
      "heapLimit must be an integer from 16777216 bytes on, but is 5",
    ],
    [{ pool, sandbox: true }, "sandbox is one of the pool, which is given"],
    [{ tileTimout: 5 }, "There is no option tileTimout: did you mean tileTimeout?"],
  ];
  for (const [options, message] of cases) {
    await assertRejects(
      () => tiledMap(failing, { outputs: { a }, tile: [1], ...options }),
      PlanError,
      message,
    );
  }
  assertEquals([...a.values()], [0, 0, 0, 0]);
});

Deno.test("one tile is run alone, and only it has a value", async () => {
  const a = SharedNdArray.zeros([6]);
  const kernel = inlineKernel("export default ({ a }, { index }) => { a.fill(7); return index }");
  const run = await mapInTime(kernel, { outputs: { a }, tile: [2], onlyTile: 1, workers: 2 });
  assertEquals([run.values, run.report.tiles, [...a.values()]], [[1], 1, [0, 0, 7, 7, 0, 0]]);
  assertEquals([run.tiles.total, run.tiles.isDone(1)], [1, true]);
  assertThrows(() => run.tiles.isDone(0), IndexError);
  const { outputs } = await tiledMap("b = index(0) + 1", { inputs: { a }, tile: [2], onlyTile: 2 });
  assertEquals([...outputs.b.values()].map(Number), [0, 0, 0, 0, 5, 6]);
});
