/** The schemas of what `--json` prints, against what it prints. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from "ajv/dist/2020.js";
import { REDUCTIONS } from "../../src/plan/reduce/reduction_table.ts";
import { loadSchema, SCHEMA_VERSIONS, type SchemaName, versioned } from "../../src/cli/report_json.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import {
  createArray,
  iterate,
  reduce,
  SharedNdArray,
  streamedMap,
  tiledMap,
  writeArrays,
} from "../../mod.ts";
import { CAN_LIST, uniqueName } from "../array/shared_names.ts";
import { capture } from "../cli/capture.ts";
import { inFolder } from "../cli/in_folder.ts";

const NAMES: readonly SchemaName[] = ["report", "show", "info", "status", "shm", "doctor"];

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const schemas = new Map<string, AnySchemaObject>();
for (const name of NAMES) {
  const schema: AnySchemaObject = await loadSchema(name);
  schemas.set(name, schema);
  ajv.addSchema(schema);
}

/** What checks against a schema, or a part of one. */
function checkerOf(id: string): ValidateFunction {
  const check = ajv.getSchema(id);
  assert(check !== undefined, `there is no ${id}`);
  return check;
}

const isReport = checkerOf("urn:tilewise:report:1"),
  isRun = checkerOf("urn:tilewise:report:1#/$defs/bareRun");

function assertValid(check: ValidateFunction, value: unknown): void {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  assert(check(plain), ajv.errorsText(check.errors, { separator: "\n" }) + "\n" + JSON.stringify(plain));
}

/** Runs the command, and gives what it prints. */
async function printed(...words: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await capture([...words, "--json"]);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("the schemas name themselves, and describe every member of an object", () => {
  const undescribed: string[] = [];
  const look = (at: string, node: unknown, isMember: boolean): void => {
    if (typeof node !== "object" || node === null) return;
    if (isMember && !("description" in node) && !("$ref" in node)) undescribed.push(at);
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties") {
        for (const [name, own] of Object.entries(value)) look(`${at}.${name}`, own, true);
      } else look(at, value, false);
    }
  };
  for (const name of NAMES) {
    const schema = schemas.get(name);
    const { $schema, version } = versioned({}, name);
    assertEquals([schema?.$id, schema?.properties.version.const], [$schema, version]);
    assertEquals(schema?.properties.$schema.const, $schema);
    look(name, schema, false);
  }
  assertEquals(undescribed, []);
  assertEquals(Object.keys(SCHEMA_VERSIONS).sort(), [...NAMES].sort());
});

Deno.test("dtypes and reductions in the schema are those there are", () => {
  const { dtype, result } = schemas.get("report")?.$defs ?? {};
  assertEquals([...dtype.enum].sort(), [...DTYPE_NAMES].sort());
  assertEquals(
    [...result.properties.reduction.enum].sort(),
    [...Object.keys(REDUCTIONS), "median", "quantile"].sort(),
  );
});

Deno.test("reports of runs of each kind are as the schema has them", async () => {
  const a = SharedNdArray.random([64, 32], { seed: 1 }), inputs = { a };
  const kernel = new URL("data:text/javascript,export default () => {}");
  const map = await tiledMap(kernel, { inputs, tile: [8, 32], workers: 2, exact: true });
  const here = await tiledMap("b = 2 * a", { inputs });
  assertEquals([map.report.caller, here.report.workersUsed], [null, 0]);
  const reduced = await reduce("sum", "a * a", inputs, { workers: 1, exact: true });
  const stepped = await iterate("0.5 * (z(0, 1) + z(0, -1))", { z: a }, { steps: 2, workers: 1 });
  for (const { report } of [map, here, reduced, stepped]) assertValid(isRun, report);
  await inFolder(async (path) => {
    using b = await createArray(path("b.zarr/b"), { shape: [64, 32], chunks: [16, 32] });
    const { report } = await streamedMap("b = -a", { inputs, outputs: { b }, workers: 1 });
    assert(report.stored !== null);
    assertValid(isRun, report);
  });
});

Deno.test("what map prints is as the schema has it", () =>
  inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.random([64, 32], { seed: 1 }));
    const input = ["--input", `a=${path("a.npy")}`];
    const map = await printed(...input, "--expr", "b = 2 * a", "--output", `b=${path("b.npy")}`, "--quiet");
    assertEquals(Object.keys(map).slice(0, 3), ["$schema", "version", "elapsedMs"]);
    assertEquals([map.$schema, map.version], ["urn:tilewise:report:1", 1]);
    const reduced = await printed(...input, "--reduce", "mean");
    const several = await printed(
      ...input,
      "--reduce",
      "max",
      "--axis",
      "0",
      "--output",
      `m=${path("m.npy")}`,
    );
    const stream = await printed(
      ...input,
      "--expr",
      "b = -a",
      "--output",
      `b=${path("s.zarr/b")}`,
      "--chunks",
      "16,32",
    );
    const shard = await printed(
      ...input,
      ...[
        "--stream",
        "--expr",
        "b = a + 1",
        "--output",
        `b=${path("t.zarr/b")}`,
        "--chunks",
        "16,32",
        "--shard",
        "0/2",
      ],
    );
    assertEquals(shard.shard, { index: 0, count: 2 });
    const parts = ["--stream", "--reduce", "sum", "--axis", "0", "--output", `r=${path("r.zarr/r")}`];
    const one = await printed(...input, ...parts, "--shard", "0/1");
    const combined = await printed("combine", path("r.zarr/r"));
    const whole = await printed(...input, "--stream", "--reduce", "max");
    for (const report of [map, reduced, several, stream, shard, one, combined, whole]) {
      assertValid(isReport, report);
    }
  }));

Deno.test("elements that JSON has no number for are as the schema has them", () =>
  inFolder(async (path) => {
    const of = async (array: SharedNdArray, ...words: string[]) => {
      await writeArrays(path("a.npy"), array);
      const report = await printed("--input", `a=${path("a.npy")}`, "--reduce", ...words);
      assertValid(isReport, report);
      return report.result;
    };
    const nan = await of(SharedNdArray.from([NaN, 1]), "sum");
    assertEquals(Object(nan).value, "NaN");
    const big = await of(SharedNdArray.from([[2n ** 60n, 5n], [1n, 7n]]), "max", "--axis", "0");
    assertEquals(Object(big).values, ["1152921504606846976", 7]);
    const truth = await of(SharedNdArray.from([[true, false], [false, false]]), "any", "--axis", "0");
    assertEquals(Object(truth).values, [true, false]);
  }));

Deno.test("what info and status print is as their schemas have it", () =>
  inFolder(async (path) => {
    const a = SharedNdArray.arange(12).reshape([3, 4]);
    await writeArrays(path("a.npy"), a);
    using store = await createArray(path("s.zarr/a"), { shape: [3, 4], chunks: [2, 4], fillValue: NaN });
    await store.write({ origin: [0, 0], shape: [2, 4] }, a.box([0, 0], [2, 4]));
    const isInfo = checkerOf("urn:tilewise:info:1"), isStatus = checkerOf("urn:tilewise:status:1");
    for (const place of [path("a.npy"), path("s.zarr"), path("s.zarr/a")]) {
      assertValid(isInfo, await printed("info", place));
    }
    const netcdf = new URL("../../examples/vpd/coads-vpd.nc", import.meta.url);
    assertValid(isInfo, await printed("info", decodeURIComponent(netcdf.pathname)));
    for (const flags of [[], ["--verify"]]) {
      const { code, stdout } = await capture(["status", path("s.zarr/a"), "--json", ...flags]);
      assertEquals(code, 1);
      assertValid(isStatus, JSON.parse(stdout));
    }
  }));

Deno.test("what show, doctor and shm print is as their schemas have it", async (t) => {
  const isShow = checkerOf("urn:tilewise:show:1"), isDoctor = checkerOf("urn:tilewise:doctor:1");
  await inFolder(async (path) => {
    const arrays = [
      SharedNdArray.arange(24).reshape([4, 6]),
      SharedNdArray.full([2, 3, 4], NaN),
      SharedNdArray.from([Infinity, 1, -2]),
      SharedNdArray.from(true),
      SharedNdArray.from(NaN),
      SharedNdArray.from([[2n ** 60n, 1n]]),
    ];
    for (const array of arrays) {
      await writeArrays(path("a.npy"), array);
      assertValid(isShow, await printed("show", path("a.npy")));
    }
    assertValid(isShow, await printed("show", path("a.npy"), "--png", path("a.png")));
  });
  const { stdout } = await capture(["doctor", "--quick", "--json"]);
  assertValid(isDoctor, JSON.parse(stdout));
  await t.step({
    name: "shm",
    ignore: !CAN_LIST,
    fn: async () => {
      const isShm = checkerOf("urn:tilewise:shm:1");
      using _ = SharedNdArray.create({ name: uniqueName(), shape: [3], dtype: "int16" });
      const list = JSON.parse((await capture(["shm", "list", "--json"])).stdout);
      assert(Array.isArray(list.segments) && list.segments.length > 0);
      assertValid(isShm, list);
      assertValid(isShm, versioned({ removed: ["a"] }, "shm"));
      assert(!isShm(versioned({}, "shm")) && !isShm(versioned({ removed: [], segments: [] }, "shm")));
    },
  });
});

/** The paths to all members of plain data. */
function* membersOf(value: unknown, at: readonly string[] = []): Generator<readonly string[], void> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) yield [...at, key];
    yield* membersOf(inner, [...at, key]);
  }
}

function parentOf(value: unknown, at: readonly string[]): Record<string, unknown> {
  return at.slice(0, -1).reduce((node, key) => Object(node)[key], value) as Record<string, unknown>;
}

Deno.test("a member that is missing, renamed, added or of another kind is found", async () => {
  const words = ["--expr", "tmp + rad", "--shape", "8,4", "--workers", "1", "--exact"];
  const report = await printed(...words);
  let changed = 0;
  for (const at of membersOf(report)) {
    const key = at[at.length - 1];
    const attempts: ((parent: Record<string, unknown>) => void)[] = [
      (parent) => delete parent[key],
      (parent) => parent[`${key}s`] = parent[key],
      (parent) => parent[key] = { unexpected: true },
    ];
    for (const attempt of attempts) {
      const copy = structuredClone(report);
      attempt(parentOf(copy, at));
      assert(!isReport(copy), `${at.join(".")} was changed, and nothing found`);
      changed++;
    }
  }
  assert(changed > 90, `only ${changed} changes`);
  assert(isReport(report));
});

Deno.test("tilewise schema prints them, and knows what there is not", async () => {
  for (const name of NAMES) {
    const { code, stdout } = await capture(["schema", name]);
    assertEquals([code, JSON.parse(stdout)], [0, schemas.get(name)]);
  }
  assertEquals(JSON.parse((await capture(["schema"])).stdout), schemas.get("report"));
  assertStringIncludes((await capture(["schema", "--help"])).stdout, "usage: tilewise schema");
  const refused = async (...words: string[]) => {
    const { code, stderr } = await capture(["schema", ...words]);
    assertEquals(code, 2);
    return stderr;
  };
  assertEquals(await refused("reprot"), "error: Unknown schema reprot: did you mean report?\n");
  assertStringIncludes(await refused("kitchen"), "there are report, show, info, status, shm, doctor");
  assertStringIncludes(await refused("info", "b"), 'Unexpected word "b" behind schema info');
  assertStringIncludes(await refused("--jsn"), "Unknown flag --jsn");
});
