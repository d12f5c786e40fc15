/**
 * Runs in Deno's Jupyter kernel: what they measured shows as HTML.
 *
 * @module
 */

import type { JupyterBundle } from "../array/print/html.ts";
import type { RunReport } from "./report.ts";

/** What the kernel looks for. */
const DISPLAY = Symbol.for("Jupyter.display");

/**
 * Lets a notebook show a run, and its report alone. For all else they stay the plain data that they are.
 *
 * @param run The run.
 * @returns The same run.
 */
export function displayed<Run extends { readonly report: RunReport }>(run: Run): Run {
  const load = () => import("./run_html.ts");
  // Not enumerable: it is not in what is spread, compared or written as JSON.
  const show = (object: object, value: () => Promise<JupyterBundle>) =>
    Object.defineProperty(object, DISPLAY, { value, configurable: true });
  show(run.report, async () => (await load()).reportBundle(run.report));
  show(run, async () => (await load()).runBundle(run));
  return run;
}
