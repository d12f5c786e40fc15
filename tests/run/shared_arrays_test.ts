import { assertEquals, assertRejects } from "@std/assert";
import { OverlapError, PlanError, SharedNdArray, tiledMap } from "../../mod.ts";
import { mapInTime } from "../deadline.ts";

const moduleOf = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

Deno.test("each call gets shared arrays whole, and its tile's part of the others", async () => {
  const kernel = moduleOf(
    "export default ({ code, table, out }) => { out.set(0, table.get(code.get(0))); return [table.shape, out.shape] }",
  );
  const table = SharedNdArray.from([10, 20, 30]), code = SharedNdArray.from([2, 0, 1, 2]);
  const { outputs, values, report } = await mapInTime(kernel, {
    inputs: { code },
    shared: { table },
    outputs: { out: "float64" },
    tile: [1],
    workers: 2,
  });
  assertEquals(outputs.out.toNested(), [30, 10, 20, 30]);
  assertEquals(values, Array.from({ length: 4 }, () => [[3], [1]]));
  const buffers = [table, code, outputs.out].map(({ data }) => data.buffer.byteLength);
  assertEquals(report.memory.shared, buffers.reduce((sum, bytes) => sum + bytes));
});

Deno.test("a run over inputs alone can write to shared arrays, one row a worker", async () => {
  const kernel = moduleOf(
    "export default ({ a, rows }, { worker }) => { for (const x of a.values()) rows.set(worker, rows.get(worker) + x) }",
  );
  const rows = SharedNdArray.zeros([3]), a = SharedNdArray.ones([30, 10]);
  const { report } = await mapInTime(kernel, {
    inputs: { a },
    shared: { rows },
    tile: [1, 10],
    workers: 3,
    exact: true,
  });
  assertEquals(rows.values().reduce((sum, count) => sum + count), 300);
  assertEquals([...rows.values()], report.workers.map(({ tiles }) => tiles * 10));
});

Deno.test("kernels that join tiles get shared arrays too", async () => {
  const kernel = moduleOf(
    "export const elementwise = true; export default ({ a, factor }) => { a.fill(a.item(0) * factor.item()) }",
  );
  const a = SharedNdArray.full([8, 8], 3), factor = SharedNdArray.from(2);
  await mapInTime(kernel, { outputs: { a }, shared: { factor }, tile: [2, 2], workers: 1 });
  assertEquals(new Set(a.values()), new Set([6]));
});

Deno.test("shared arrays that are something else too are refused", async () => {
  const kernel = moduleOf("export default () => {}");
  const a = SharedNdArray.zeros([4]), b = SharedNdArray.zeros([4]);
  const refused = (
    options: Parameters<typeof tiledMap>[1],
    Class: typeof PlanError | typeof OverlapError,
    message: string,
  ) => assertRejects(() => tiledMap(kernel, options), Class, message);
  await refused(
    { inputs: { a }, shared: { a }, outputs: { b } },
    PlanError,
    "a is shared, so it cannot be the name",
  );
  await refused({ outputs: { b: "int8" }, inputs: { a }, shared: { b } }, PlanError, "b is shared");
  await refused(
    { outputs: { a }, shared: { b: a.view() } },
    OverlapError,
    "Output a overlaps shared array b",
  );
  const wrong = new Float64Array(4) as unknown as SharedNdArray;
  await refused({ outputs: { a }, shared: { wrong } }, PlanError, "wrong must be a SharedNdArray");
  await refused({ shared: { a } }, PlanError, "A run needs at least one array");
});
