import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  SharedNdArray,
  tiledMap,
  TileError,
  type UnfinishedRun,
  unfinishedRun,
  WorkerPool,
} from "../../mod.ts";
import { mapInTime, withDeadline } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";
import { Seeded } from "../seeded.ts";

Deno.test.sanitizer({ ops: true, resources: true });

/** What a kernel does at a tile. */
const DOES = {
  good: 0,
  throws: 1,
  throwsOnce: 2,
  neverSettles: 3,
  straysAndHangs: 4,
  closes: 5,
  slow: 6,
  later: 7,
  losesOnce: 8,
} as const;

const FAILING: readonly number[] = [DOES.throws, DOES.neverSettles, DOES.straysAndHangs, DOES.closes];
const ONCE: readonly number[] = [DOES.throwsOnce, DOES.losesOnce];
const LOSING: readonly number[] = [DOES.neverSettles, DOES.straysAndHangs, DOES.losesOnce];

const kernel = inlineKernel(`
  const hang = () => new Promise(() => {});
  const stray = () => void Promise.reject(new Error("stray"));
  const later = () => new Promise((resolve) => setTimeout(resolve, 2));
  export default ({ a, does, calls, ends, others }, { index, debug }) => {
    const call = Atomics.add(calls.data, index, 1);
    const end = () => {
      a.set(0, index + 1);
      a.set(1, index + 1);
      Atomics.sub(others.data, 0, 1);
      Atomics.add(ends.data, index, 1);
    };
    const me = does.get(does.size - 1);
    // Tiles of another run over the same array must not be under way.
    if (Atomics.add(others.data, 0, 1) > 0 && Atomics.load(others.data, 1) !== me) Atomics.add(others.data, 2, 1);
    Atomics.store(others.data, 1, me);
    const leave = (value) => (Atomics.sub(others.data, 0, 1), value);
    switch (does.get(index)) {
      case ${DOES.throws}: leave(); throw new Error("throws");
      case ${DOES.throwsOnce}: if (call === 0) { leave(); throw new Error("throws once"); } break;
      case ${DOES.neverSettles}: return leave(hang());
      case ${DOES.straysAndHangs}: stray(); return leave(hang());
      case ${DOES.losesOnce}: if (call === 0) { stray(); return leave(hang()); } break;
      case ${DOES.closes}: leave(); self.close(); break;
      case ${DOES.slow}: { const t = performance.now(); while (performance.now() < t + 1); break; }
      case ${DOES.later}: return later().then(end);
    }
    end();
  };
`);

/** A run that was started, and what may end it. */
interface Started {
  readonly name: string;
  readonly does: readonly number[];
  readonly range: { readonly begin: number; readonly end: number };
  readonly retries: number;
  readonly debug: boolean;
  readonly arrays: Readonly<Record<"a" | "calls" | "ends" | "others", SharedNdArray>>;
  /** What it is aborted with, if it is. */
  readonly reason: Error | null;
  /** What its callback throws, if it does. */
  readonly untold: Error | null;
  /** How many listeners its signal has. */
  readonly listeners: () => number;
  /** What was thrown; null if nothing was. */
  readonly outcome: Promise<{ readonly thrown: unknown } | null>;
}

/** A run with anything. */
function startRandom(random: Seeded, pool: WorkerPool, number: number, before: readonly Started[]): Started {
  // Some write to an array that others write to.
  const neighbour = before.length > 0 && random.oneIn(4) ? random.pick(before) : undefined;
  const tiles = neighbour?.does.length ?? (random.oneIn(8) ? 0 : random.int(1, 24));
  const isCalm = random.oneIn(2);
  const does = Array.from({ length: tiles }, () => {
    if (random.oneIn(4)) return random.pick([DOES.slow, DOES.later]);
    return !isCalm && random.oneIn(10) ? random.int(1, 8) : DOES.good;
  });
  const ints = (length: number) => SharedNdArray.zeros([length], { dtype: "int32" });
  const a = neighbour?.arrays.a ?? SharedNdArray.zeros([2 * tiles]);
  const others = neighbour?.arrays.others ?? ints(3), calls = ints(tiles), ends = ints(tiles);
  const onlyTile = tiles > 0 && random.oneIn(8) ? random.int(0, tiles - 1) : undefined;
  const retries = random.pick([0, 0, 1, 2]), debug = random.oneIn(12);
  const abortAt = random.oneIn(4) ? random.int(-1, 15) : undefined;
  const reason = abortAt === undefined ? null : new Error("aborted");
  const untold = random.oneIn(10) ? new Error("not told") : null;
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller, add = signal.addEventListener, remove = signal.removeEventListener;
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add.apply(signal, args));
  signal.removeEventListener = (
    ...args: Parameters<typeof remove>
  ) => (listeners--, remove.apply(signal, args));
  if (abortAt === -1) controller.abort(reason);
  else if (abortAt !== undefined) setTimeout(() => controller.abort(reason), abortAt);
  const run = tiledMap(kernel, {
    outputs: { a },
    shared: { does: SharedNdArray.from([...does, number], { dtype: "int32" }), calls, ends, others },
    tile: [2],
    grain: random.pick([undefined, 1, 2, 8]),
    pool,
    workers: random.int(1, pool.size),
    exact: random.oneIn(4),
    retries,
    debug,
    onlyTile,
    // Longer than anything that ends takes on a busy machine.
    tileTimeout: does.some((what) => LOSING.includes(what)) ? 300 : undefined,
    signal: random.oneIn(3) || abortAt !== undefined ? signal : undefined,
    onProgress: untold === null ? undefined : () => {
      throw untold;
    },
  });
  return {
    name: `run ${number} of ${tiles} tiles [${does}], retries ${retries}, debug ${debug}, only ${onlyTile}`,
    does,
    range: onlyTile === undefined ? { begin: 0, end: tiles } : { begin: onlyTile, end: onlyTile + 1 },
    retries,
    debug,
    arrays: { a, calls, ends, others },
    reason,
    untold,
    listeners: () => listeners,
    outcome: run.then((result) => {
      requireWhole(result.tiles.done, result.report.workers.reduce((sum, { tiles }) => sum + tiles, 0));
      return null;
    }, (thrown) => ({ thrown })),
  };

  function requireWhole(done: number, reported: number): void {
    const { begin, end } = onlyTile === undefined
      ? { begin: 0, end: tiles }
      : { begin: onlyTile, end: onlyTile + 1 };
    assertEquals([done, reported], [end - begin, end - begin]);
    for (let tile = begin; tile < end; tile++) {
      assert(Number(ends.get(tile)) > 0, `tile ${tile} was not done`);
      if (retries === 0 && !debug) assertEquals(calls.get(tile), 1, `calls of tile ${tile}`);
      assert(!FAILING.includes(does[tile]), `tile ${tile} cannot be done`);
      assert(retries > 0 || !ONCE.includes(does[tile]), `tile ${tile} cannot be done the first time`);
    }
    for (let tile = 0; tile < tiles; tile++) {
      if (tile < begin || tile >= end) assertEquals(calls.get(tile), 0, `tile ${tile} was not asked for`);
    }
  }
}

/** What has to hold of a run that failed. */
function requireHonest(run: Started, thrown: unknown, isClosed: boolean): void {
  const { does, range, arrays: { a, calls, ends } } = run;
  const mine = does.slice(range.begin, range.end);
  const isBad = mine.some((what) => FAILING.includes(what) || ONCE.includes(what));
  assert(
    isBad || isClosed || (thrown !== null && (thrown === run.reason || thrown === run.untold)),
    `failed without a cause: ${thrown}`,
  );
  if (thrown instanceof TileError) {
    assert([...FAILING, ...ONCE].includes(does[thrown.tile]), `${thrown}`);
  }
  const known: UnfinishedRun | undefined = unfinishedRun(thrown);
  // What was aborted before, or comes to a closed pool, is refused before it is a run.
  if (known === undefined) {
    const isRefused = thrown === run.reason || `${thrown}`.includes("The pool is closed");
    return assert(
      isRefused && calls.data.every((count) => Number(count) === 0),
      `nothing is known of ${thrown}`,
    );
  }
  assertStrictEquals(known.outputs.a, a);
  if (run.debug) return;
  const { tiles } = known;
  const isLost = isClosed || does.some((what) => LOSING.includes(what));
  for (let tile = range.begin; tile < range.end; tile++) {
    if (tiles.isDone(tile)) {
      assert(Number(ends.get(tile)) > 0 && a.get(2 * tile + 1) === tile + 1, `tile ${tile} is not done`);
    } else if (!isLost && run.retries === 0) {
      assert(ends.get(tile) === 0, `tile ${tile} is done after ${calls.get(tile)} calls`);
    }
  }
}

/** Milliseconds within which all must have come to an end. */
const BOUND_MS = 15_000;

async function tryRandom(random: Seeded): Promise<void> {
  const isolation = random.oneIn(8) ? "contained" : "web", workers = random.int(1, 4);
  const pool = new WorkerPool({ workers, isolation });
  const runs: Started[] = [];
  const closing = random.oneIn(5) ? random.int(0, 40) : undefined;
  let closed: Promise<void> | undefined;
  const timer = closing === undefined ? undefined : setTimeout(() => closed = pool.close(), closing);
  const pause = () => new Promise((resolve) => setTimeout(resolve, random.int(0, 6)));
  try {
    for (let count = random.int(1, 6); count > 0; count--) {
      runs.push(startRandom(random, pool, runs.length, runs));
      if (random.oneIn(2)) await pause();
    }
    for (const run of runs) {
      const outcome = await withDeadline(run.outcome, () => run.name, BOUND_MS);
      if (outcome !== null) named(run, () => requireHonest(run, outcome.thrown, closed !== undefined));
      assertEquals(run.listeners(), 0, `listeners of ${run.name}`);
      // A tile that was cut off when its worker was ended has not left.
      const { others } = run.arrays;
      if (closed === undefined) assertEquals(others.get(2), 0, `runs over one array were mixed: ${run.name}`);
    }
    if (closed === undefined) {
      const a = SharedNdArray.zeros([8]), good = inlineKernel("export default ({ a }) => { a.fill(7) }");
      await withDeadline(
        tiledMap(good, { outputs: { a }, tile: [1], pool }),
        () => "the run after them",
        BOUND_MS,
      )
        .catch((error) => assert(pool.isClosed, `the run after them: ${error}`));
      assert(pool.isClosed || a.data.every((value) => value === 7));
    }
  } finally {
    clearTimeout(timer);
    await withDeadline(closed ?? pool.close(), () => "closing", BOUND_MS);
  }
}

function named(run: Started, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${run.name}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** A number that the environment may set: more seconds for a longer search, or the seed to begin with. */
function fromEnvironment(variable: string, usual: number): number {
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return Number(state === "granted" ? Deno.env.get(variable) ?? usual : usual);
}

Deno.test("runs that fail, are aborted or closed at any moment end, and say truly what was done", async () => {
  // The runtime may check the types of the worker's modules first, which takes seconds.
  const good = inlineKernel("export default () => {}");
  for (const isolation of ["web", "contained"] as const) {
    await mapInTime(good, { outputs: { a: SharedNdArray.zeros([1]) }, workers: 1, isolation });
  }
  const until = performance.now() + 1000 * fromEnvironment("RANDOM_RUNS_SECONDS", 5);
  const first = fromEnvironment("RANDOM_RUNS_SEED", 1);
  for (let seed = first; performance.now() < until || seed < first + 5; seed++) {
    try {
      await tryRandom(new Seeded(seed));
    } catch (error) {
      throw new Error(`With seed ${seed}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
});
