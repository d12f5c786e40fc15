import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { planTiles, type TilePlan } from "../../src/plan/tile_plan.ts";
import { ControlBlock } from "../../src/run/control_block.ts";
import { type EndMessage, type Failure, type StartMessage, unpackThrown } from "../../src/run/protocol.ts";
import { postEnd, refuseSilentExits, runTiles } from "../../src/run/run_tiles.ts";
import { inlineKernel } from "../kernels/inline.ts";

Deno.test.sanitizer({ ops: true, resources: true });

interface Part {
  readonly start: StartMessage;
  readonly control: ControlBlock;
  readonly plan: TilePlan;
}

/** A worker's part over one int32 array `a`, to be run on this thread. */
function partOf(kernel: URL, a: SharedNdArray, tile: number[], grain: number = 1): Part {
  const plan = planTiles(a.shape, { tile, grain, workers: 2, itemBytes: 4 });
  const control = ControlBlock.create(2);
  const start: StartMessage = {
    run: 7,
    worker: 1,
    workers: 2,
    slot: 1,
    first: null,
    end: plan.tiles,
    retries: 0,
    debug: false,
    kernel: { kind: "module", url: kernel.href, inputs: [], outputs: ["a"], halo: null, isTileByTile: false },
    plan,
    arrays: { a: a.handle() },
    shared: {},
    control: control.buffer,
  };
  return { start: structuredClone(start), control, plan };
}

function int32(shape: number[]): SharedNdArray<"int32"> {
  return SharedNdArray.zeros(shape, { dtype: "int32" });
}

const marking = inlineKernel("export default ({ a }, { index }) => { a.fill(index + 1) }");

Deno.test("a part alone runs every tile and counts them in its worker's slot", async () => {
  const a = int32([5]);
  const { start, control } = partOf(marking, a, [2]);
  const { run, part, failure } = await runTiles(start);
  assertEquals([run, part.worker, part.tiles, failure], [7, 1, 3, undefined]);
  assertEquals([...a.values()], [1, 1, 2, 2, 3]);
  assertEquals(control.tilesDone(), 3);
  assert(part.busyMs > 0 && part.heapPeak > 0 && part.rssPeak > 0);
});

Deno.test("a part begins with the tiles that it is given, and claims others behind them", async () => {
  const a = int32([40]);
  const { start, control } = partOf(
    inlineKernel(
      "export default async ({ a }, { index }) => { await null; a.set(0, a.get(0) + 1); return index }",
    ),
    a,
    [1],
    3,
  );
  control.claimTiles(10);
  const { part } = await runTiles({ ...start, first: { begin: 0, end: 10 } });
  assertEquals(part.values, Array.from({ length: 40 }, (_, k) => k));
  assertEquals([[...a.values()], control.tilesDone()], [new Array(40).fill(1), 40]);
});

Deno.test("a part that comes when nothing is left loads no kernel, and otherwise does", async () => {
  const broken = inlineKernel("throw new Error('it was loaded')");
  const begun = (done: number) => {
    const part = partOf(broken, int32([4]), [1]);
    part.control.claimTiles(4);
    part.control.openClaim(0, { begin: 0, end: 4 });
    part.control.countDone(0, done);
    return part.start;
  };
  for (const done of [3, 4]) {
    const { part, failure } = await runTiles(begun(done));
    assertEquals([part.tiles, failure], [0, undefined]);
  }
  // Another has tiles to give, there are some that it is to begin with, or nobody has begun.
  assertEquals((await runTiles(begun(2))).failure?.kind, "start");
  const first = await runTiles({ ...begun(4), first: { begin: 0, end: 1 } });
  assertEquals(first.failure?.kind, "start");
  assertEquals((await runTiles(partOf(broken, int32([0]), [1]).start)).failure?.kind, "start");
});

Deno.test("a part that is asked to make room hands back what is left of its claim", async () => {
  const a = int32([40]);
  const { start, control } = partOf(
    inlineKernel("export default async ({ a }) => { await new Promise((r) => setTimeout(r)); a.fill(1) }"),
    a,
    [1],
    30,
  );
  const ending = runTiles(start);
  while (control.tilesDone() < 2) await new Promise((resolve) => setTimeout(resolve, 0));
  control.requestYield(true);
  const { part, rest } = await ending;
  // What it had claimed counts, though it was not done.
  assertEquals(part.grain, 30);
  assertEquals([rest, control.claimOf(1)], [{ begin: part.tiles, end: 30 }, {
    begin: part.tiles,
    end: part.tiles,
  }]);
  control.requestYield(false);
  const { part: second } = await runTiles({ ...start, first: rest ?? null });
  assertEquals([part.tiles + second.tiles, [...a.values()]], [40, new Array(40).fill(1)]);
});

Deno.test("a tile whose kernel fails is tried again as often as the run allows", async () => {
  const flaky = inlineKernel(
    "let calls = 0; export default ({ a }) => { a.fill(++calls); if (calls % 3) throw new Error('no'); return calls }",
  );
  const { start, control } = partOf(flaky, int32([4]), [1], 2);
  const told: EndMessage[] = [];
  const { part, failure } = await runTiles({ ...start, retries: 2 }, (message) => told.push(message));
  assertEquals([failure, part.tiles, control.tilesDone()], [undefined, 0, 4]);
  assertEquals(told.map(({ part, goesOn }) => [part.tiles, part.values, part.retried, goesOn]), [
    [2, [3, 6], 4, true],
    [2, [9, 12], 4, true],
  ]);
  const again = partOf(flaky, int32([4]), [1], 2);
  assertEquals((await runTiles({ ...again.start, retries: 1 })).failure?.tile, 0);
});

Deno.test("a part whose slot was revoked counts no tile any more and stops nobody", async () => {
  const { start, control } = partOf(
    inlineKernel("export default () => new Promise((_, reject) => setTimeout(reject, 5, new Error('late')))"),
    int32([4]),
    [1],
  );
  const ending = runTiles(start);
  while (control.tilesClaimed() === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(control.revoke(1), { begin: 0, at: 0, end: 1 });
  const { part, failure } = await ending;
  assertEquals([part.tiles, failure, control.tilesDone(), control.isStopRequested()], [
    0,
    undefined,
    0,
    false,
  ]);
});

Deno.test("values come back with the tiles that returned them; nothing is kept of the others", async () => {
  const kernel = inlineKernel("export default (_, { index }) => index % 2 ? { index } : undefined");
  const { part } = await runTiles(partOf(kernel, int32([5]), [1]).start);
  assertEquals([part.valueTiles, part.values], [[1, 3], [{ index: 1 }, { index: 3 }]]);
});

Deno.test("a promise is awaited, and so is anything with a then", async () => {
  const kernel = inlineKernel(
    "export default (_, { index }) => index ? { then(resolve) { resolve('later') } } : Promise.resolve('soon')",
  );
  const { part } = await runTiles(partOf(kernel, int32([2]), [1]).start);
  assertEquals(part.values, ["soon", "later"]);
});

Deno.test("a part that starts when a stop was requested does no tile", async () => {
  const a = int32([4]);
  const { start, control } = partOf(marking, a, [1]);
  control.requestStop();
  const { part, failure } = await runTiles(start);
  assertEquals([part.tiles, failure, [...a.values()]], [0, undefined, [0, 0, 0, 0]]);
});

Deno.test("a stop takes effect within a grain", async () => {
  const { start, control } = partOf(
    inlineKernel(
      "export default (_, { index }) => index === 2 ? new Promise((r) => setTimeout(r, 5)) : undefined",
    ),
    int32([100]),
    [1],
    100,
  );
  const ending = runTiles(start);
  while (control.tilesDone() < 2) await new Promise((resolve) => setTimeout(resolve, 0));
  control.requestStop();
  assertEquals((await ending).part.tiles, 3);
});

Deno.test("a kernel that throws ends the part with its tile, and asks the others to stop", async () => {
  const kernel = inlineKernel(
    "export default (_, { index }) => { if (index === 2) throw new RangeError('no') }",
  );
  const { start, control } = partOf(kernel, int32([5]), [1]);
  const { part, failure } = await runTiles(start);
  assertEquals([part.tiles, failure?.kind, failure?.tile], [2, "tile", 2]);
  assertInstanceOf(thrownIn(failure), RangeError);
  assert(control.isStopRequested());
});

Deno.test("a kernel whose promise rejects fails like one that throws", async () => {
  const kernel = inlineKernel("export default () => Promise.reject(new RangeError('no'))");
  const { failure } = await runTiles(partOf(kernel, int32([5]), [1]).start);
  assertEquals([failure?.kind, failure?.tile], ["tile", 0]);
});

Deno.test("a kernel that cannot be loaded is a failure to start", async () => {
  const { start, control } = partOf(inlineKernel("export const kernel = 1"), int32([5]), [1]);
  const { part, failure } = await runTiles(start);
  assertEquals([part.tiles, failure?.kind], [0, "start"]);
  const error = thrownIn(failure);
  assert(error instanceof Error && error.name === "KernelLoadError", String(error));
  assert(control.isStopRequested());
});

Deno.test("a kernel gets a record of its own for each tile", async () => {
  const kernel = inlineKernel(
    "export default (arrays) => { const seen = arrays.b; arrays.b = 1; return seen }",
  );
  const { part } = await runTiles(partOf(kernel, int32([3]), [1]).start);
  assertEquals(part.values, []);
});

Deno.test("an elementwise kernel is called for boxes of neighbouring tiles, which count as tiles", async () => {
  const kernel = inlineKernel(`export const elementwise = true;
    export default ({ a }, { index, shape }) => { a.fill(a.get(0, 0) + 1); return { index, shape, view: a.shape } }`);
  const a = int32([6, 7]);
  const { start, control, plan } = partOf(kernel, a, [1, 2], 24);
  assertEquals(plan.tiles, 24);
  const { part } = await runTiles(start);
  assertEquals([part.tiles, control.tilesDone()], [24, 24]);
  assertEquals(part.values, [{ index: 0, shape: [6, 7], view: [6, 7] }]);
  assertEquals([...a.values()], new Array(42).fill(1));
});

Deno.test("postEnd posts a message as it is when it can be posted", () => {
  const posted: EndMessage[] = [];
  const message = endWith([1, { b: 2 }]);
  postEnd(message, (sent) => posted.push(sent));
  assertEquals(posted, [message]);
});

Deno.test("postEnd makes a value that cannot be posted the failure of its tile", () => {
  const posted: EndMessage[] = [];
  postEnd(endWith([1, () => {}, 3]), (sent) => posted.push(structuredClone(sent)));
  assertEquals(posted.length, 1);
  const { part, failure } = posted[0];
  assertEquals([part.tiles, part.values, failure?.kind, failure?.tile], [3, [], "tile", 11]);
  const error = thrownIn(failure);
  assert(error instanceof Error && error.name === "DataCloneError", String(error));
});

function thrownIn(failure: Failure | undefined): unknown {
  return failure && unpackThrown(failure.thrown);
}

/** An end message whose tiles 10, 11, … returned values. */
function endWith(values: unknown[]): EndMessage {
  const valueTiles = values.map((_, k) => 10 + k);
  const part = {
    worker: 0,
    tiles: 3,
    grain: 1,
    busyMs: 1,
    copied: 0,
    heapPeak: 1,
    rssPeak: 1,
    retried: 0,
    valueTiles,
    values,
  };
  return { run: 1, part };
}

Deno.test("refuseSilentExits makes close and Deno.exit throw", () => {
  const exit = Object.getOwnPropertyDescriptor(Deno, "exit");
  assert(exit !== undefined);
  const scope = { close() {} };
  try {
    refuseSilentExits(scope);
    assertThrows(() => scope.close(), Error, "called self.close()");
    assertThrows(() => Deno.exit(3), Error, "called Deno.exit()");
  } finally {
    Object.defineProperty(Deno, "exit", exit);
  }
});
