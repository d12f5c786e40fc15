/**
 * Writing the report page.
 *
 * @module
 */

import { writeAll, writeAtomically } from "../io/atomic_write.ts";
import { refuseUnknown } from "../run/known_options.ts";
import type { PageSource } from "./page_source.ts";

const KNOWN = ["report", "timeline", "machine", "title", "kernel", "command", "versions", "notes", "outputs"];

/**
 * Writes the report page of a run: one HTML file that shows when each worker did which tile, how long tiles took, memory
 * over time, and what was reached of what the machine can do. It needs no network and no other file.
 *
 * @param path The file. Where one stands already it is replaced when the page is written.
 * @param source The run: its report, and what a `RunRecorder` recorded.
 * @throws {PlanError} If the source has something that there is not.
 * @throws {Deno.errors.NotFound} If the folder is missing.
 * @throws {Deno.errors.NotCapable} If Deno was not given the permission to read and write there.
 *
 * @example
 * ```ts
 * import { RunRecorder, saveReport, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const tmp = SharedNdArray.random([64, 64], { seed: 1 });
 * const { report } = await tiledMap("vpd = 2 * tmp", { inputs: { tmp }, tile: [8, 8], recorder });
 * const folder = await Deno.makeTempDir();
 * await saveReport(`${folder}/run.html`, { report, timeline: recorder.timeline(), title: "Vapour pressure" });
 * assert((await Deno.readTextFile(`${folder}/run.html`)).includes("<title>Vapour pressure</title>"));
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function saveReport(path: string | URL, source: PageSource): Promise<void> {
  refuseUnknown(source, KNOWN, "of a report page: ");
  // The page's script and styles are not needed by those who write no page.
  const { reportPage } = await import("./report_page.ts");
  await writeAtomically(path, (file) => writeAll(file, new TextEncoder().encode(reportPage(source))));
}
