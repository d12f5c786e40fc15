// What this project relies on in its @std packages. Holds for the stand-ins here and for the published packages.
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import * as assertions from "@std/assert";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { type Args, parseArgs, type ParseOptions } from "@std/cli/parse-args";
import { format as formatBytes } from "@std/fmt/bytes";
import { assertSnapshot, serialize } from "@std/testing/snapshot";
import { assertType, type Has, type IsAny, type IsExact, type IsNever } from "@std/testing/types";

Deno.test("parseArgs: how words become values", () => {
  const cases: [args: string[], options: ParseOptions, expected: Record<string, unknown>][] = [
    [["--a=1", "--b", "2", "c", "3"], {}, { _: ["c", 3], a: 1, b: 2 }],
    [["--a=", "--b", "", "x"], {}, { _: ["", "x"], a: "", b: true }],
    [["--a", "-1", "-2"], {}, { _: [], a: true, 1: true, 2: true }],
    [["--a=-1", "-n5", "-m=x", "-p/q"], {}, { _: [], a: -1, n: 5, m: "x", p: "/q" }],
    [["-abc", "v"], {}, { _: [], a: true, b: true, c: "v" }],
    [["-abc", "v"], { boolean: "c" }, { _: ["v"], a: true, b: true, c: true }],
    [["-", "--a", "-"], {}, { _: ["-", "-"], a: true }],
    [["-a", "-"], {}, { _: [], a: "-" }],
    [["0x10", "1e3", " ", "Infinity", "-5"], {}, { _: [16, 1000, " ", "Infinity"], 5: true }],
    [["--s", "007", "--s2", "--s3=07"], { string: ["s", "s2", "s3"] }, { _: [], s: "007", s2: "", s3: "07" }],
    [["5"], { string: "_" }, { _: ["5"] }],
    [["--b", "true", "--c=false", "--d=x", "--e", "no"], { boolean: ["b", "c", "d", "e", "f"] }, {
      _: ["no"],
      b: true,
      c: false,
      d: true,
      e: true,
      f: false,
    }],
    [["--no-a", "--no-b", "--no-c=1"], { negatable: ["a"] }, { _: [], a: false, "no-b": true, c: 1 }],
    [["--a", "1", "--a", "2"], {}, { _: [], a: 2 }],
    [["--a", "1", "--a=2"], { collect: "a", string: "a" }, { _: [], a: ["1", "2"] }],
    [["--x=1"], { collect: ["a", "b", "x"], string: "a", boolean: "b" }, { _: [], a: [], b: [], x: [1] }],
    [["-o", "f", "--v"], { string: "out", boolean: "verbose", alias: { out: "o", verbose: ["v", "w"] } }, {
      _: [],
      o: "f",
      out: "f",
      v: true,
      w: true,
      verbose: true,
    }],
    [["--a=1"], { default: { a: 5, b: "d", "c.d": null } }, { _: [], a: 1, b: "d", c: { d: null } }],
    [["--a.b=1", "--a.c", "x"], {}, { _: [], a: { b: 1, c: "x" } }],
    [["x", "--", "--a", "5"], {}, { _: ["x", "--a", "5"] }],
    [["x", "--", "--a", "5"], { "--": true }, { _: ["x"], "--": ["--a", "5"] }],
  ];
  for (const [args, options, expected] of cases) {
    assertEquals<unknown>(parseArgs(args, options), expected, JSON.stringify(args));
  }
});

Deno.test("parseArgs: unknown sees what no option names, and may refuse it", () => {
  const seen: unknown[][] = [];
  const args = parseArgs(["--known", "1", "--odd", "2", "-z", "--neg", "word"], {
    string: ["known"],
    negatable: ["neg"],
    unknown: (...call) => {
      seen.push(call);
      return false;
    },
  });
  assertEquals(seen, [["--odd", "odd", "2"], ["-z", "z", true], ["--neg", "neg", "word"]]);
  assertEquals<unknown>(args, { _: [], known: "1" });
});

Deno.test("parseArgs: the types follow the names", () => {
  const args = parseArgs([], {
    string: ["out", "tile", "shape", "cut"],
    boolean: ["json", "color"],
    collect: ["shape"],
    negatable: ["color", "cut"],
    default: { tile: "4,4" },
    alias: { out: "o" },
    "--": true,
  });
  assertType<IsExact<typeof args.out, string | undefined>>(true);
  assertType<IsExact<typeof args.o, string | undefined>>(true);
  assertType<IsExact<typeof args.tile, string>>(true);
  assertType<IsExact<typeof args.shape, string[]>>(true);
  assertType<IsExact<typeof args.cut, string | false | undefined>>(true);
  assertType<IsExact<typeof args.json, boolean>>(true);
  assertType<IsExact<typeof args.color, boolean>>(true);
  assertType<IsExact<typeof args._, (string | number)[]>>(true);
  assertType<IsExact<(typeof args)["--"], string[]>>(true);
  assertType<IsExact<typeof args.other, unknown>>(true);
  const widened: Args = args;
  assertEquals(widened._, []);
});

Deno.test("bytes", () => {
  const cases: [string, ...Parameters<typeof formatBytes>][] = [
    ["0 B", 0],
    [" 0 B", 0, { signed: true }],
    ["+1 B", 1, { signed: true }],
    ["-1.34 kB", -1337],
    ["0.4 B", 0.4],
    ["999 B", 999],
    ["1000 kB", 999_999],
    ["48 MB", 48_000_000],
    ["1 kiB", 1024, { binary: true }],
    ["45.8 MiB", 48_000_000, { binary: true }],
    ["1000 YB", 1e27],
  ];
  for (const [expected, ...args] of cases) assertEquals(formatBytes(...args), expected);
  // The separator is the locale's.
  const point = (1.5).toLocaleString().charAt(1);
  assertEquals(formatBytes(1234, { minimumFractionDigits: 1, maximumFractionDigits: 1 }), `1${point}2 kB`);
  assertThrows(() => formatBytes(NaN), TypeError, "Expected a finite number, got number: NaN");
});

Deno.test("equal", () => {
  class Point {
    constructor(readonly x: number) {}
  }
  const cycle = (): unknown[] => {
    const list: unknown[] = [1];
    list.push(list);
    return list;
  };
  const f64 = (...values: number[]) => new Float64Array(values);
  const cases: [boolean, unknown, unknown][] = [
    [true, NaN, NaN],
    [true, 0, -0],
    [false, 1, "1"],
    [false, 1, 1n],
    [false, null, undefined],
    [true, f64(1, NaN), f64(1, NaN)],
    [true, f64(0), f64(-0)],
    [false, f64(1), f64(1, 2)],
    [false, f64(1), new Float32Array([1])],
    [false, f64(1), [1]],
    [true, new Float64Array(new SharedArrayBuffer(8)), f64(0)],
    [true, new Uint8Array([1]).buffer, new Uint8Array([1]).buffer],
    [false, new ArrayBuffer(1), new SharedArrayBuffer(1)],
    [false, { a: 1, b: undefined }, { a: 1 }],
    [false, { a: undefined }, { b: undefined }],
    [true, Object.create(null), {}],
    [true, { a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }],
    [true, { a: 1, b: 2 }, { b: 2, a: 1 }],
    [false, new Array(1), [undefined]],
    [true, new Point(1), new Point(1)],
    [false, new Point(1), new Point(2)],
    [false, new Point(1), { x: 1 }],
    [true, new Map([["a", { b: 1 }]]), new Map([["a", { b: 1 }]])],
    [false, new Map([["a", 1]]), new Map([["b", 1]])],
    [true, new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
    [true, new Set([1, { a: 1 }]), new Set([{ a: 1 }, 1])],
    [false, new Set([1]), new Set([2])],
    [true, new Date(5), new Date(5)],
    [true, new Date(NaN), new Date(NaN)],
    [true, /a/g, /a/g],
    [false, /a/g, /a/i],
    [true, new URL("https://a/"), new URL("https://a/")],
    [true, cycle(), cycle()],
    [false, () => 1, () => 1],
    [false, Symbol("a"), Symbol("a")],
  ];
  for (const [expected, a, b] of cases) {
    assertEquals(assertions.equal(a, b), expected, `equal(${Deno.inspect(a)}, ${Deno.inspect(b)})`);
    assertEquals(assertions.equal(b, a), expected, `equal(${Deno.inspect(b)}, ${Deno.inspect(a)})`);
  }
  assertThrows(() => assertions.equal(new WeakMap(), new WeakMap()), TypeError, "Cannot compare WeakMap");
});

Deno.test("assertions pass and fail", () => {
  const a: typeof assertions = assertions;
  a.assert(1);
  a.assertFalse(0);
  a.assertNotEquals([1], [2]);
  a.assertStrictEquals(NaN, NaN);
  a.assertAlmostEquals(1, 1 + 1e-8);
  a.assertAlmostEquals(1, 1.4, 0.5);
  a.assertAlmostEquals(NaN, NaN);
  a.assertLess(1, 2);
  a.assertLessOrEqual(1n, 1n);
  a.assertInstanceOf(new Date(), Date);
  a.assertMatch("abc", /b/);
  a.assertStringIncludes("abc", "bc");
  a.assertIsError(new RangeError("too far"), RangeError, /^too/);

  const failures: [fn: () => unknown, message: string][] = [
    [() => a.assert(0, "why"), "why"],
    [() => a.assertFalse("x", "why"), "why"],
    [() => a.assertEquals([1, 2], [1, 3], "why"), "Values are not equal: why"],
    [() => a.assertNotEquals([1], [1]), "Expected actual: [\n  1,\n] not to be: [\n  1,\n]."],
    [
      () => a.assertStrictEquals<unknown>({}, {}),
      "Values have the same structure but are not reference-equal.",
    ],
    [() => a.assertStrictEquals<number>(0, -0), "Values are not strictly equal."],
    [
      () => a.assertAlmostEquals(1, 1.5, 0.25),
      'Expected actual: "1" to be close to "1.5e+0": delta "5e-1" is greater than "2.5e-1".',
    ],
    [() => a.assertAlmostEquals(1, NaN), 'to be close to "NaN"'],
    [() => a.assertLess(NaN, 1), "Expect NaN < 1"],
    [() => a.assertLessOrEqual(2, 1, "why"), "why"],
    [
      () => a.assertInstanceOf([], Date),
      'Expected object to be an instance of "Date" but was "Array".',
    ],
    [() => a.assertMatch("abc", /d/), 'Expected actual: "abc" to match: "/d/".'],
    [() => a.assertStringIncludes("abc", "d"), 'Expected actual: "abc" to contain: "d".'],
    [() => a.assertThrows(() => {}), "Expected function to throw."],
    [
      () => a.assertThrows(() => a.assert(0), TypeError, "", "why"),
      'Expected error to be instance of "TypeError", but was "AssertionError": why',
    ],
    [
      () => a.assertIsError(new Error("abc"), Error, "d"),
      'Expected error message to include "d", but got "abc".',
    ],
    [() => a.assertIsError("abc"), 'Expected "error" to be an Error object.'],
  ];
  for (const [fn, message] of failures) {
    const error = assertThrows(fn, a.AssertionError);
    assertEquals(error.name, "AssertionError");
    assertStringIncludes(stripVTControlCharacters(error.message), message);
  }
});

Deno.test("assertEquals shows what was found and what was expected", () => {
  const error = assertThrows(() => assertEquals({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }));
  assertions.assertInstanceOf(error, assertions.AssertionError);
  const message = stripVTControlCharacters(error.message);
  assertStringIncludes(message, "-       2,");
  assertStringIncludes(message, "+       3,");
});

Deno.test("assertThrows and assertRejects return the error", async () => {
  const error = new RangeError("too far");
  const caught = assertThrows(
    () => {
      throw error;
    },
    RangeError,
    "far",
  );
  assertType<IsExact<typeof caught, RangeError>>(true);
  assertions.assertStrictEquals(caught, error);
  const rejected = await assertRejects(() => Promise.reject(error), Error, "too");
  assertions.assertStrictEquals(rejected, error);
  assertEquals(await assertRejects(() => Promise.reject(5)), 5);

  const failures: [fn: () => Promise<unknown>, message: string][] = [
    [() => assertRejects(() => Promise.resolve()), "Expected function to reject."],
    [() => assertRejects(() => Promise.reject(5), Error), "A non-Error object was rejected."],
    [
      () =>
        assertRejects(() => {
          throw error;
        }, "why"),
      "Function throws when expected to reject: why",
    ],
  ];
  for (const [fn, message] of failures) await assertRejects(fn, assertions.AssertionError, message);
});

Deno.test("types", () => {
  assertType<IsExact<{ a?: string }, { a: string }>>(false);
  assertType<IsExact<{ a: { b: string } }, { a: { b: unknown } }>>(false);
  assertType<IsExact<string | number, number | string>>(true);
  assertType<IsExact<{ a: 1 } & { b: 2 }, { a: 1; b: 2 }>>(true);
  assertType<Has<string | number, string>>(true);
  assertType<Has<string, number>>(false);
  assertType<IsNever<string & number>>(true);
  assertType<IsNever<undefined>>(false);
  assertType<IsAny<unknown>>(false);
});

Deno.test("serialize", () => {
  assertEquals(serialize({ b: [1, "x"], a: {} }), '{\n  a: {},\n  b: [\n    1,\n    "x",\n  ],\n}');
  assertEquals(serialize(new Float64Array([1, NaN])), "Float64Array(2) [\n  1,\n  NaN,\n]");
  assertEquals(serialize("a\nb\r"), '"a\nb\\r"');
});

Deno.test("assertSnapshot reads the file beside the test, or the one it is told", async (t) => {
  const path = await Deno.makeTempFile({ suffix: ".snap" });
  const text =
    'export const snapshot = {};\n\nsnapshot[`lines \\$ 1`] = `\n[\n  1,\n]\n`;\n\nsnapshot[`word 1`] = `"a\\`b"`;\n';
  await Deno.writeTextFile(path, text);
  try {
    const mode = "assert";
    await assertSnapshot(t, [1], { path, mode, name: "lines $" });
    await assertSnapshot(t, "a`b", { path, mode, name: "word" });
    const { AssertionError } = assertions;
    const missing = `Missing snapshot: ${t.name} 1`;
    await assertRejects(() => assertSnapshot(t, 1, { path, mode }), AssertionError, missing);
    await assertRejects(
      () => assertSnapshot(t, 1, { path: `${path}.other`, mode }),
      AssertionError,
      "Missing snapshot file.",
    );
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("assertSnapshot writes in update mode", async () => {
  const dir = await Deno.makeTempDir();
  const test = `${dir}/a_test.ts`;
  const snap = `${dir}/__snapshots__/a_test.ts.snap`;
  const source = (value: string) =>
    `import { assertSnapshot } from "@std/testing/snapshot";
    Deno.test("outer", async (t) => {
      await assertSnapshot(t, "$\`\\\\");
      await t.step("inner", async (t) => await assertSnapshot(t, ${value}, "why"));
    });`;
  const run = async (...args: string[]) => {
    const config = fileURLToPath(new URL("../deno.json", import.meta.url));
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-lock", "--no-check", "-A", "--config", config, test, "--", ...args],
      env: { NO_COLOR: "1" },
    }).output();
    return { passed: code === 0, output: new TextDecoder().decode(stdout) };
  };
  try {
    await Deno.writeTextFile(test, source("{ b: 1, a: 2 }"));
    assertEquals((await run()).passed, false);
    assertStringIncludes((await run("--update")).output, "> 2 snapshots updated.");
    assertEquals(
      await Deno.readTextFile(snap),
      "export const snapshot = {};\n\n" +
        'snapshot[`outer 1`] = `"\\$\\`\\\\\\\\"`;\n\n' +
        "snapshot[`outer > inner 1`] = `\n{\n  a: 2,\n  b: 1,\n}\n`;\n",
    );
    assertEquals((await run()).passed, true);

    await Deno.writeTextFile(test, source("{ b: 1, a: 3 }"));
    const changed = await run();
    assertEquals(changed.passed, false);
    assertStringIncludes(changed.output, "why");
    assertStringIncludes((await run("-u")).output, "> 1 snapshot updated.");
    assertEquals((await run()).passed, true);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
