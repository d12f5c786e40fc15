/**
 * Runs the example notebook and stores what came of each cell in it, as Jupyter does when a notebook is saved.
 *
 * usage: deno run --allow-read --allow-write --allow-run --allow-net tests/notebook/store_outputs.ts
 *
 * @module
 */

import { Kernel } from "./kernel.ts";
import { readNotebook, runNotebook, storedOutput, VAPOUR_PRESSURE } from "./notebook_file.ts";

const notebook = await readNotebook(VAPOUR_PRESSURE);
await using kernel = await Kernel.start(new URL("./", VAPOUR_PRESSURE));
for (const [cell, { status, count, outputs }] of await runNotebook(kernel, notebook)) {
  if (status !== "ok") throw new Error(`Cell ${cell.id} failed: ${JSON.stringify(outputs)}`);
  cell.execution_count = count;
  cell.outputs = outputs.map(storedOutput);
}
await Deno.writeTextFile(VAPOUR_PRESSURE, JSON.stringify(notebook, null, 1) + "\n");
