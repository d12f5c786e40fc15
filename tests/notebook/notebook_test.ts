/** The example notebook in Deno's kernel, cell by cell as a user runs it. */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { withDeadline } from "../deadline.ts";
import { type Execution, Kernel } from "./kernel.ts";
import {
  type Cell,
  codeCells,
  readNotebook,
  runNotebook,
  sourceOf,
  type StoredOutput,
  storedOutput,
  VAPOUR_PRESSURE,
} from "./notebook_file.ts";

const notebook = await readNotebook(VAPOUR_PRESSURE);
const FOLDER = new URL("./", VAPOUR_PRESSURE);

/** What each cell shows: its kind of output, and the media types. */
function kindsOf(outputs: readonly StoredOutput[]): (readonly string[])[] {
  return outputs.map(({ output_type, data = {} }) => [output_type, ...Object.keys(data).sort()]);
}

/** What the cell of an id gave as a media type. */
function shown(executions: ReadonlyMap<Cell, Execution>, id: string, type: string): string {
  const [, execution] = [...executions].find(([cell]) => cell.id === id) ?? [];
  const values = execution?.outputs.flatMap((output) => "data" in output ? [output.data[type]] : []) ?? [];
  assertEquals(values.length, 1, `${id} shows no ${type}`);
  return String(values[0]);
}

Deno.test("every cell runs, and shows what is stored", () =>
  withDeadline(
    (async () => {
      await using kernel = await Kernel.start(FOLDER);
      const executions = await runNotebook(kernel, notebook);
      for (const [cell, { status, outputs }] of executions) {
        assertEquals(status, "ok", `${cell.id}: ${JSON.stringify(outputs)}`);
        assertEquals(kindsOf(outputs.map(storedOutput)), kindsOf(cell.outputs ?? []), cell.id);
      }
      assertEquals(
        [...executions.values()].map(({ count }) => count),
        codeCells(notebook).map((_, k) => k + 1),
      );
      assertStringIncludes(shown(executions, "read", "text/html"), `<img src="data:image/png;base64,`);
      assertStringIncludes(shown(executions, "read", "text/plain"), "SharedNdArray float32 [90, 180]");
      assertMatch(shown(executions, "run", "text/html"), /36 tiles of .*>calling thread<.*>memory</);
      for (const id of ["picture", "swing"]) {
        assertEquals(Uint8Array.fromBase64(shown(executions, id, "image/png"))[1], "P".charCodeAt(0));
      }
      const { status, outputs } = await kernel.execute(`
        const wanted = await readArray("../../tests/fixtures/coads-vpd.npy");
        let worst = 0, finite = 0, differently = 0;
        for (let k = 0; k < wanted.size; k++) {
          const difference = Math.abs(vpd.data[k] - wanted.data[k]);
          if (Number.isNaN(vpd.data[k]) !== Number.isNaN(wanted.data[k])) differently++;
          if (Number.isNaN(difference)) continue;
          worst = Math.max(worst, difference);
          finite++;
        }
        const sums = [0, 0], row = 50, column = 90;
        for (let month = 0; month < 12; month++) {
          const value = wanted.get(month, row, column);
          if (!Number.isNaN(value)) { sums[0] += value; sums[1]++; }
        }
        const off = Math.abs(annual.array.get(row, column) - sums[0] / sums[1]);
        console.log(JSON.stringify([worst, off, differently, finite, vpd.shape]));
      `);
      assertEquals(status, "ok", JSON.stringify(outputs));
      const [output] = outputs;
      assert(output.output_type === "stream");
      const [worst, off, differently, finite, shape] = JSON.parse(output.text);
      assertLess(worst, 1e-12);
      assertLess(off, 1e-12);
      assertEquals([differently, shape], [0, [12, 90, 180]]);
      assert(finite > 50_000, `only ${finite} finite cells`);
    })(),
    () => "the notebook",
  ));

Deno.test("a cell that throws is told with its error", () =>
  withDeadline(
    (async () => {
      await using kernel = await Kernel.start(FOLDER);
      const { status, outputs } = await kernel.execute(
        `console.log("so far"); throw new RangeError("too far");`,
      );
      assertEquals(status, "error");
      assertEquals(outputs.map(({ output_type }) => output_type), ["stream", "error"]);
      assertMatch(JSON.stringify(outputs[1]), /"ename":"RangeError","evalue":"too far"/);
      assertEquals((await kernel.execute("6 * 7")).outputs.map((output) => "data" in output && output.data), [
        { "text/plain": "42" },
      ]);
    })(),
    () => "the kernel",
  ));

Deno.test("the notebook is stored with its outputs, small, and with nothing of the machine it was run on", async () => {
  const text = await Deno.readTextFile(VAPOUR_PRESSURE);
  assertLess(text.length, 300_000);
  assertEquals(text.match(/file:\/\/|\/home\/|\/root\/|\/tmp\/|\/work\/|[A-Z]:\\\\/g), null);
  assertEquals([notebook.nbformat, notebook.nbformat_minor, notebook.metadata.kernelspec.name], [
    4,
    5,
    "deno",
  ]);
  assertEquals(new Set(notebook.cells.map(({ id }) => id)).size, notebook.cells.length);
  for (const [k, cell] of codeCells(notebook).entries()) {
    assertEquals(cell.execution_count, k + 1, cell.id);
    assert(
      cell.outputs !== undefined && cell.outputs.every(({ output_type }) => output_type !== "error"),
      cell.id,
    );
    assert(sourceOf(cell).trim() !== "");
  }
});
