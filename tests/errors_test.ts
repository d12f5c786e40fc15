import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  AllocationError,
  describeCause,
  DTypeError,
  FormatError,
  IndexError,
  KernelLoadError,
  MemoryBudgetError,
  type MemoryPart,
  OverlapError,
  PlanError,
  ShapeError,
  showBytes,
  TileError,
  WorkerError,
} from "../src/errors.ts";

Deno.test("each error has the name of its class, its message and a built-in class to catch it by", () => {
  const cases: [Error, string, new () => Error][] = [
    [new ShapeError("m"), "ShapeError", RangeError],
    [new IndexError("m"), "IndexError", RangeError],
    [new DTypeError("m"), "DTypeError", TypeError],
    [new AllocationError("m", 8), "AllocationError", RangeError],
    [new MemoryBudgetError("m", { limit: 1, parts: [] }), "MemoryBudgetError", RangeError],
    [new PlanError("m"), "PlanError", RangeError],
    [new OverlapError("m", ["a", "b"]), "OverlapError", Error],
    [new KernelLoadError("m", "file:///k.ts"), "KernelLoadError", Error],
    [new WorkerError("m", 3), "WorkerError", Error],
    [new FormatError("m", "npy"), "FormatError", Error],
  ];
  for (const [error, name, base] of cases) {
    assertEquals(error.name, name);
    assertEquals(error.message, "m");
    assertInstanceOf(error, base);
  }
});

Deno.test("bytes are shown with three digits and the largest unit that fits", () => {
  const cases: [bytes: number, text: string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1 kB"],
    [1337, "1.34 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [12_000_000, "12 MB"],
    [24_100_000_000, "24.1 GB"],
    [800_000_000_000, "800 GB"],
    [2 ** 50, "1.13 PB"],
    [Number.MAX_SAFE_INTEGER, "9.01 PB"],
    [1e22, "10000 EB"],
  ];
  for (const [bytes, text] of cases) assertEquals(showBytes(bytes), text);
});

Deno.test("errors carry the facts that their messages name", () => {
  const unknown = new AllocationError("m", 8), known = new AllocationError("m", 8, { available: 3 });
  assertEquals([unknown.byteLength, unknown.available, known.available], [8, null, 3]);
  const parts: MemoryPart[] = [{ kind: "array", name: "a", bytes: 7 }, {
    kind: "other",
    name: "runtime",
    bytes: 4,
  }];
  const budget = new MemoryBudgetError("m", { limit: 10, parts });
  assertEquals([budget.predicted, budget.limit, budget.parts], [11, 10, parts]);
  assertEquals(new OverlapError("m", ["a", "b"]).arrays, ["a", "b"]);
  assertEquals(new KernelLoadError("m", "file:///k.ts").url, "file:///k.ts");
  assertEquals(new WorkerError("m", 3).worker, 3);
  assertEquals(new FormatError("m", "npy").format, "npy");
});

Deno.test("a TileError says which tile, where, on which worker, and why", () => {
  const cause = new RangeError("too hot\nin a second line");
  const error = new TileError({ tile: 5, coords: [1, 2], origin: [4, 8], worker: 3 }, { cause });
  assertEquals(
    error.message,
    "Kernel failed on tile 5 at [1, 2] (origin [4, 8], worker 3): RangeError: too hot",
  );
  assertEquals(error.cause, cause);
  assertEquals([error.tile, error.worker], [5, 3]);
  assertEquals([error.coords, error.origin], [[1, 2], [4, 8]]);
});

Deno.test("describeCause puts whatever was thrown into one line", () => {
  assertEquals(describeCause(new TypeError("first\nsecond")), "TypeError: first");
  assertEquals(describeCause(new TypeError()), "TypeError");
  assertEquals(describeCause("first\nsecond"), "first");
  assertEquals(describeCause(undefined), "undefined");
  assertEquals(describeCause(null), "null");
  assertEquals(describeCause(7n), "7n");
  const wide = describeCause({ a: "x".repeat(90), b: ["y".repeat(90), { c: 1 }] });
  assert(!wide.includes("\n") && wide.includes("yyy"), wide);
});
