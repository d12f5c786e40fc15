import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Isolation, SharedNdArray, tiledMap, TileError, unfinishedRun, WorkerPool } from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";
import {
  type Case,
  failingKernel,
  type FailingRun,
  faulty,
  keepFigure,
  type RunFindings,
  runScript,
  type ThrownFindings,
  tryAll,
} from "./failing_runs.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const ISOLATIONS: readonly Isolation[] = ["web", "contained"];

/** Milliseconds of a tile, or of loading, in cases that wait for that. */
const TIMEOUT_MS = 300;

/** Milliseconds within which a promise settles. It takes tens of them, or half a second, on a machine that is idle. */
const SETTLED_MS = 3000;

const HEAP_LIMIT = 64 * 2 ** 20;

/** The least that a worker may have. */
const LEAST_HEAP = 16 * 2 ** 20;

/** Milliseconds that filling such a heap may take: the time counts from its beginning. */
const FILLED_MS = 12_000;

/** What a run should come to. */
interface Row {
  readonly name: string;
  readonly run?: Partial<FailingRun>;
  /** The error's class; null for a run that ends well. */
  readonly error: string | null;
  /** The tile that the error names; "some" where that depends on who was at what. Default 3. */
  readonly tile?: number | null | "some";
  /** The class of its cause; "some" likewise. */
  readonly cause?: string;
  /** Whether tile 3 is done. Default false. */
  readonly is3Done?: boolean;
  /** Part of the message. */
  readonly says?: string;
  /** The classes of further errors. */
  readonly others?: readonly string[];
  /** Milliseconds from the cause until something is done about it. */
  readonly after?: number;
  /** What is expected on stderr. */
  readonly warns?: string;
  /** Milliseconds within which the promise settles after that. */
  readonly within?: number;
  readonly only?: Isolation;
  readonly also?: (found: RunFindings) => void;
  /** Further flags of the process. */
  readonly flags?: readonly string[];
}

/** A case of a row, for one kind of workers. */
function caseOf(row: Row, isolation: Isolation, kernel: string = faulty(row.name)): Case {
  const name = `${row.name}, ${isolation}`;
  return {
    name,
    attempt: async () => {
      const asked: FailingRun = { kernel, good: faulty("none"), isolation, ...row.run };
      const { code, signal, stdout, stderr, at } = await runScript(
        "failing_run.ts",
        [JSON.stringify(asked)],
        row.flags,
      );
      assertEquals([code, signal], [0, null], stderr);
      const found: RunFindings = JSON.parse(stdout);
      const settledMs = found.settledMs - (row.after ?? 0), exitMs = at - found.endedAt;
      const { abort, retries, sandbox, inPlace } = asked;
      await keepFigure({ case: row.name, isolation, abort, retries, sandbox, inPlace, settledMs, exitMs });
      if (row.warns === undefined) assertEquals(stderr, "");
      else assertStringIncludes(stderr, row.warns);
      assertThrown(row, found);
      const { within = SETTLED_MS } = row;
      assert(settledMs < within && settledMs > -50, `settled after ${settledMs} ms`);
      assert(exitMs < SETTLED_MS, `the process ended after ${exitMs} ms`);
      assertEquals(found.next, { isRight: true, workers: 2 });
      assertEquals(found.listeners, 0);
      row.also?.(found);
    },
  };
}

function assertThrown(row: Row, found: RunFindings): void {
  const { error, cause, says = "", is3Done = false, others } = row, { thrown } = found;
  assertEquals(thrown?.name ?? null, error, thrown?.message);
  if (thrown === null) {
    assertEquals([found.tiles, found.values], [null, [1, 2, 3, 4, 5, 6, 7, 8]]);
    assertEquals(found.returned, [0, 1, 2, 3, 4, 5, 6, 7]);
    return;
  }
  assertStringIncludes(thrown.message, says);
  assert(!thrown.message.includes("\n"), thrown.message);
  if (cause !== "some") assertEquals(thrown.cause, cause, thrown.message);
  if (others !== undefined) assertEquals(thrown.errors?.map(({ name }) => name), others);
  if (row.run?.abort === "before") {
    // Nothing was begun, so that there is nothing to tell of.
    assertEquals([found.tiles, found.values], [null, new Array(8).fill(0)]);
    return;
  }
  assertEquals([found.areTilesTrue, found.isKnownByError], [true, true], JSON.stringify(found));
  assertEquals(found.tiles?.is3Done, is3Done);
  if (thrown.name === "KernelLoadError") {
    assertEquals([found.tiles?.done, thrown.url], [0, row.run?.kernel]);
  } else if (thrown.name !== "AbortError") {
    assertPlace(row, thrown);
  }
}

/** Tile and worker are in the error's fields and in its message. */
function assertPlace({ tile = 3, run }: Row, thrown: ThrownFindings): void {
  assert(thrown.worker === 0 || thrown.worker === 1, `worker ${thrown.worker}`);
  if (run?.abort === "close") return;
  assertStringIncludes(thrown.message.toLowerCase(), `worker ${thrown.worker}`);
  if (tile === "some") assert(Number.isInteger(thrown.tile), `tile ${thrown.tile}`);
  else assertEquals(thrown.tile, tile, thrown.message);
  assertStringIncludes(thrown.message, `tile ${thrown.tile}`);
}

/** Cases of all rows, for all kinds of workers that they are for. */
function casesOf(rows: readonly Row[], kernelOf?: (row: Row) => string): Case[] {
  return ISOLATIONS.flatMap((isolation) =>
    rows.filter(({ only = isolation }) => only === isolation)
      .map((row) => caseOf(row, isolation, kernelOf?.(row)))
  );
}

Deno.test("a kernel that throws, rejects, or returns what cannot be cloned fails the run with its tile", () =>
  tryAll(casesOf([
    { name: "throws", error: "TileError", cause: "RangeError", says: "RangeError: no wind" },
    { name: "rejects", error: "TileError", cause: "RangeError", says: "RangeError: no wind" },
    { name: "throwsLater", error: "TileError", cause: "RangeError", says: "RangeError: no wind" },
    { name: "uncloneable", error: "TileError", cause: "DataCloneError" },
    { name: "uncloneableLater", error: "TileError", cause: "DataCloneError" },
  ])));

Deno.test("a kernel cannot end its worker, by whatever name it calls that", () =>
  tryAll(casesOf([
    ...["denoExit", "processExit", "reallyExit"].map((name): Row => ({
      name,
      error: "TileError",
      cause: "Error",
      says: "must not end its worker, but called Deno.exit()",
    })),
    ...["selfClose", "close"].map((name): Row => ({
      name,
      error: "TileError",
      cause: "Error",
      says: "must not end its worker, but called self.close()",
    })),
    { name: "processAbort", error: "TileError", cause: "TypeError", says: "process.abort()" },
  ])));

/** Only its own end can end the thread of a web Worker that loops. */
function exitsIfWeb(row: Row): (isolation: Isolation) => Row {
  return (isolation) => ({ ...row, run: { ...row.run, exits: isolation === "web" } });
}

Deno.test("a kernel that never ends a tile is given up after its time, or when a signal asks for that", () =>
  tryAll([
    ...["loops", "loopsInPromises", "neverSettles"].flatMap((name) => {
      const inTime = exitsIfWeb({
        name,
        run: { tileTimeout: TIMEOUT_MS },
        error: "TileTimeoutError",
        says: `was not done with tile 3 at [3]`,
        after: TIMEOUT_MS,
      });
      const aborted = exitsIfWeb({ name, run: { abort: "during" }, error: "AbortError" });
      const closed = exitsIfWeb({
        name,
        run: { abort: "close" },
        error: "WorkerError",
        says: "The pool was closed while a run was under way",
      });
      return ISOLATIONS.flatMap((isolation) =>
        [inTime, aborted, closed].map((row) => caseOf(row(isolation), isolation))
      );
    }),
  ]));

Deno.test("a signal stops a run before, during and after it", () =>
  tryAll(ISOLATIONS.flatMap((isolation) => [
    caseOf({ name: "none", run: { abort: "before" }, error: "AbortError" }, isolation),
    caseOf({ name: "neverSettlesSlowly", run: { abort: "during" }, error: "AbortError" }, isolation),
    caseOf({ name: "none", run: { abort: "after" }, error: null }, isolation),
  ])));

Deno.test("a contained worker whose heap is exhausted costs itself, and not the process", () =>
  tryAll(casesOf([
    ...["heapObjects", "heapStrings", "heapOneArray", "heapInPromise"].map((name): Row => ({
      name,
      run: { heapLimit: HEAP_LIMIT },
      within: FILLED_MS,
      error: "WorkerError",
      cause: "some",
      says: "emory",
      only: "contained",
    })),
    {
      name: "heapInTimer",
      run: { heapLimit: HEAP_LIMIT },
      within: FILLED_MS,
      error: "WorkerError",
      cause: "Error",
      says: "memory limit",
      only: "contained",
    },
    // Nobody cuts this loop off once it is optimized, so that the pool has to see what the process takes.
    {
      name: "heapBuiltIns",
      run: { heapLimit: HEAP_LIMIT },
      within: FILLED_MS,
      error: "WorkerError",
      cause: "some",
      says: "emory",
      only: "contained",
    },
    // Nor this one, whose memory is not in the heap.
    {
      name: "heapFloats",
      run: { heapLimit: HEAP_LIMIT },
      within: FILLED_MS,
      error: "WorkerError",
      says: "bytes of memory during the run, more than",
      only: "contained",
    },
  ])));

Deno.test("the heap of a web Worker is the process's: if it is exhausted, the process ends", async () => {
  const asked: FailingRun = { kernel: faulty("heapObjects"), good: faulty("none"), isolation: "web" };
  const flags = ["--allow-read", "--v8-flags=--max-old-space-size=100"];
  const { code, signal, stdout, stderr } = await runScript("failing_run.ts", [JSON.stringify(asked)], flags);
  assertEquals([code, signal, stdout], [133, "SIGTRAP", ""]);
  assertStringIncludes(stderr, "Fatal JavaScript out of memory");
});

Deno.test("what fails behind the end of its tile ends the worker, and the run that it is at", () =>
  tryAll(casesOf([
    {
      name: "timerThrows",
      error: "WorkerError",
      cause: "RangeError",
      says: "code of a kernel failed outside of its tile: RangeError: too late",
      tile: "some",
      is3Done: true,
    },
    {
      name: "strayRejection",
      error: "WorkerError",
      cause: "RangeError",
      says: "code of a kernel failed outside of its tile: RangeError: nobody waits",
      tile: "some",
      is3Done: true,
    },
    {
      name: "heapAfterTile",
      run: { heapLimit: HEAP_LIMIT },
      within: FILLED_MS,
      error: "WorkerError",
      cause: "some",
      tile: "some",
      is3Done: true,
      only: "contained",
    },
    {
      name: "timerThrowsAfterRun",
      run: { pauseMs: 500 },
      error: null,
      warns: " of a pool was given up, because code of a kernel failed outside of its tile: RangeError",
    },
    {
      name: "strayAfterRun",
      run: { pauseMs: 500 },
      error: null,
      warns: " of a pool was given up, because code of a kernel failed outside of its tile: RangeError",
    },
    { name: "heapAfterRun", run: { pauseMs: 3000, heapLimit: LEAST_HEAP }, error: null, only: "contained" },
  ])));

Deno.test("of two failures the first one is the run's, and the other is among its errors", () =>
  tryAll(casesOf([{
    name: "twoFail",
    error: "TileError",
    cause: "some",
    tile: "some",
    others: ["TileError"],
    also: ({ thrown }) => {
      const tiles = [thrown?.tile, thrown?.errors?.[0].tile].sort();
      assertEquals(tiles, [3, 4]);
    },
  }])));

/** Modules that cannot be loaded, and what is said of them. */
const UNLOADABLE: readonly [name: string, url: string, says: string, cause?: string][] = [
  ["missing", failingKernel("missing.ts"), "Module not found", "TypeError"],
  [
    "syntaxError",
    "data:text/javascript,export default () => { let let }",
    "Unexpected token `let`",
    "TypeError",
  ],
  ["noDefault", failingKernel("no_default.ts"), "needs a default export that is a function"],
  ["throwsAtLoad", failingKernel("throws_at_load.ts"), "RangeError: no wind at load", "RangeError"],
  [
    "exitsAtLoad",
    failingKernel("exits_at_load.ts"),
    "must not end its worker, but called Deno.exit()",
    "Error",
  ],
];

const NEVER_LOADED = ["never_loads", "loops_at_load"];

function neverLoaded(isolation: Isolation, row: Partial<Row> = {}): Case[] {
  return NEVER_LOADED.map((name) => {
    const kernel = failingKernel(`${name}.ts`);
    const run = {
      ...row.run,
      kernel,
      loadTimeout: TIMEOUT_MS + 200,
      exits: isolation === "web" && name === "loops_at_load",
    };
    const says = `it was not ready within ${TIMEOUT_MS + 200} ms (see loadTimeout)`;
    const after = TIMEOUT_MS + 200;
    return caseOf({ name, error: "KernelLoadError", says, after, ...row, run }, isolation, kernel);
  });
}

Deno.test("a module that cannot be loaded is a KernelLoadError that says why", () => {
  const rows = UNLOADABLE.map(([name, kernel, says, cause]): Row => ({
    name,
    run: { kernel },
    error: "KernelLoadError",
    says,
    cause,
  }));
  const forbidden = new URL("../kernels/add.ts", import.meta.url).href;
  rows.push({
    name: "noPermission",
    run: { kernel: forbidden },
    error: "KernelLoadError",
    says: "Requires read access to",
    cause: "TypeError",
    flags: ["--allow-read=mod.ts,src,workers,tests/kernels/failing"],
  });
  return tryAll([
    ...casesOf(rows, ({ run }) => run?.kernel ?? ""),
    ...ISOLATIONS.flatMap((isolation) => neverLoaded(isolation)),
  ]);
});

const SANDBOX_FLAGS = ["--allow-all", "--unstable-worker-options"];

Deno.test("a module that cannot be loaded in a sandbox is a KernelLoadError, too", () => {
  const row = { run: { sandbox: true }, flags: SANDBOX_FLAGS };
  // The runtime prints why a worker's own modules cannot be loaded, and gives no error for it.
  const isPrinted = (name: string) => name === "missing" || name === "syntaxError";
  return tryAll([
    ...UNLOADABLE.map(([name, kernel, says, cause]) =>
      caseOf(
        {
          ...row,
          name,
          run: { sandbox: true, kernel },
          error: "KernelLoadError",
          says,
          cause: isPrinted(name) ? undefined : cause,
          warns: isPrinted(name) ? `error: Uncaught (in worker "tilewise sandbox 0") ` : undefined,
        },
        "web",
        kernel,
      )
    ),
    ...neverLoaded("web", row),
  ]);
});

Deno.test("a kernel in a sandbox fails as one outside does", () => {
  const row = { run: { sandbox: true }, flags: SANDBOX_FLAGS };
  const timed = { sandbox: true, tileTimeout: TIMEOUT_MS };
  const rows: Row[] = [
    { ...row, name: "throws", error: "TileError", cause: "RangeError", says: "RangeError: no wind" },
    { ...row, name: "denoExit", error: "TileError", cause: "Error", says: "must not end its worker" },
    { ...row, name: "neverSettles", run: timed, error: "TileTimeoutError", after: TIMEOUT_MS },
    { ...row, name: "loops", run: { ...timed, exits: true }, error: "TileTimeoutError", after: TIMEOUT_MS },
    {
      ...row,
      name: "strayRejection",
      error: "WorkerError",
      cause: "RangeError",
      tile: "some",
      is3Done: true,
    },
    { ...row, name: "neverSettlesSlowly", run: { sandbox: true, abort: "during" }, error: "AbortError" },
  ];
  return tryAll(rows.map((row) => caseOf(row, "web")));
});

Deno.test("tiles that failed are tried again where a kernel is idempotent", () =>
  tryAll(
    casesOf([
      ...[["throwsOnce", 1], ["rejectsTwice", 2]].map(([name, retried]): Row => ({
        name: String(name),
        run: { retries: 2 },
        error: null,
        also: (found) => assertEquals(found.retried, retried),
      })),
      {
        name: "neverSettlesOnce",
        run: { retries: 2, tileTimeout: TIMEOUT_MS },
        after: TIMEOUT_MS,
        error: null,
        also: ({ retried }) => assertEquals(retried, 1),
      },
      {
        name: "strayOnce",
        run: { retries: 2 },
        error: null,
        also: ({ retried }) => assertEquals(retried, 1),
      },
      {
        name: "diesOnce",
        run: { retries: 1, heapLimit: HEAP_LIMIT },
        within: FILLED_MS,
        error: null,
        only: "contained",
        also: ({ retried }) => assertEquals(retried, 1),
      },
      // Too few.
      {
        name: "rejectsTwice",
        run: { retries: 1 },
        error: "TileError",
        cause: "RangeError",
        also: ({ calls }) => assertEquals(calls, 2),
      },
      {
        name: "neverSettles",
        run: { retries: 2, tileTimeout: TIMEOUT_MS },
        after: 3 * TIMEOUT_MS,
        error: "TileTimeoutError",
      },
      {
        name: "heapObjects",
        run: { retries: 1, heapLimit: HEAP_LIMIT },
        within: FILLED_MS,
        error: "WorkerError",
        cause: "some",
        only: "contained",
      },
      // What a tile has overwritten cannot be read again.
      {
        name: "throwsOnce",
        run: { retries: 2, inPlace: true },
        error: "TileError",
        cause: "RangeError",
        also: ({ calls }) => assertEquals(calls, 1),
      },
      {
        name: "none",
        run: { retries: 2, inPlace: true },
        error: null,
        also: ({ notes }) => assertEquals(notes, ["retries are off, because an input is also an output"]),
      },
    ]).concat(ISOLATIONS.map((isolation) =>
      caseOf(
        {
          name: "loopsOnce",
          run: { retries: 1, tileTimeout: TIMEOUT_MS, exits: isolation === "web" },
          after: TIMEOUT_MS,
          error: null,
          also: ({ retried }) => assertEquals(retried, 1),
        },
        isolation,
      )
    )),
  ));

Deno.test("a process ends when its main program does, whatever its workers do", () =>
  tryAll(ISOLATIONS.flatMap((isolation) =>
    (["exits", "throws", "returns"] as const).map((how) => ({
      name: `${how}, ${isolation}`,
      attempt: async () => {
        const { code, signal, stdout, stderr, at } = await runScript("ends_during_run.ts", [how, isolation]);
        const codes = { exits: 7, throws: 1, returns: 0 };
        assertEquals([code, signal], [codes[how], null], stderr);
        if (how === "returns") {
          // Not before its run has ended.
          assertEquals([stdout, stderr], ["8\n", ""]);
          return;
        }
        const exitMs = at - Number(stdout);
        await keepFigure({ case: `main ${how}`, isolation, exitMs });
        assert(exitMs < SETTLED_MS, `the process ended after ${exitMs} ms`);
        if (how === "exits") assertEquals(stderr, "");
        else assertStringIncludes(stderr, "RangeError: the main program has enough");
      },
    }))
  )));

/** All permissions but that to import from any host, which a sandbox shares with its process. */
const MOST_FLAGS = ["read", "write", "net", "env", "run", "sys", "ffi"].map((name) => `--allow-${name}`);

/** What `scripts/kinds_of_runs.ts` finds, whatever the workers. */
const KINDS = {
  module: [499.5, 2, 10],
  expression: [1, 1999],
  reductions: [499500, 332833.5, 999, 499.5],
  histogram: [500, 500],
  cumsum: 499500,
  iteration: 100,
  moduleIteration: 100,
  tiledReduce: 1000,
};

Deno.test("all kinds of runs give the same on all kinds of workers", () =>
  tryAll(ISOLATIONS.map((isolation) => ({
    name: isolation,
    attempt: async () => {
      const { code, stdout, stderr } = await runScript("kinds_of_runs.ts", [JSON.stringify({ isolation })]);
      assertEquals([code, stderr], [0, ""]);
      assertEquals(JSON.parse(stdout), { ...KINDS, uncombined: null });
    },
  }))));

Deno.test("a sandbox runs all kinds of runs, and refuses everything else", async () => {
  const flags = [...MOST_FLAGS, "--unstable-worker-options"];
  const { code, stdout, stderr } = await runScript("kinds_of_runs.ts", ['{"sandbox":true}'], flags);
  assertEquals([code, stderr], [0, ""]);
  const { asks, uncombined, ...kinds } = JSON.parse(stdout);
  assertEquals(kinds, KINDS);
  assertStringIncludes(uncombined, "is not loaded outside of it, to find its combine");
  const outcomes = Object.entries<string>(asks);
  assertEquals(outcomes.length, 27);
  for (const [name, outcome] of outcomes) {
    assert(/Requires \w+ access|NotCapable: (denied|Can't escalate)/.test(outcome), `${name}: ${outcome}`);
  }
});

Deno.test("without the flag that a sandbox needs, the runtime ends the process and names the flag", async () => {
  const { code, stdout, stderr } = await runScript("kinds_of_runs.ts", ['{"sandbox":true}'], MOST_FLAGS);
  assertEquals([code, stdout], [70, ""]);
  assertStringIncludes(stderr, "--unstable-worker-options");
});

Deno.test("what is known of tiles is true, whichever worker is the first to tell that it has ended", async () => {
  const kernel = inlineKernel(`export default ({ a }, { index }) => {
    if (index === 20) throw new RangeError("no wind");
    for (const end = performance.now() + 0.02 * (index % 7); performance.now() < end;);
    a.fill(1);
  }`);
  await using pool = new WorkerPool({ workers: 2 });
  for (let run = 0; run < 300; run++) {
    const a = SharedNdArray.zeros([64]);
    const work = tiledMap(kernel, { outputs: { a }, tile: [1], exact: true, pool });
    await assertRejects(() => withDeadline(work, () => `run ${run}`), TileError);
    const done = unfinishedRun(a)?.tiles.done ?? -1;
    const uncounted = [...a.values()].filter((value) => value === 1).length - done;
    assert(
      done >= 0 && uncounted >= 0 && uncounted <= 2,
      `run ${run}: ${done} are done, ${uncounted} more written`,
    );
  }
});
