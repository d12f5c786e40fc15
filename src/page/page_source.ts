/**
 * What a report page is made from.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { DType } from "../dtype.ts";
import type { MachineSpeed } from "../run/machine_speed.ts";
import type { RunReport } from "../run/report.ts";
import type { RunTimeline } from "../run/timeline.ts";

/**
 * The kernel of a run, as a page shows it.
 *
 * @example
 * ```ts
 * import type { PageKernel } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel: PageKernel = { kind: "expression", source: "vpd = 2 * tmp" };
 * assertEquals(kernel.explanation, undefined);
 * ```
 */
export interface PageKernel {
  /** What it is, such as `expression`, `module` or `reduction`. */
  readonly kind: string;
  /** Its text. */
  readonly source: string;
  /** What became of it: what `explain` says of an expression. */
  readonly explanation?: string;
}

/**
 * An array that came out of a run, as a page shows it.
 *
 * @example
 * ```ts
 * import type { PageOutput } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const output: PageOutput = { name: "vpd", dtype: "float64", shape: [12, 90, 180], path: "vpd.npy" };
 * assertEquals(output.picture, undefined);
 * ```
 */
export interface PageOutput {
  /** Its name. */
  readonly name: string;
  /** The dtype of its elements. */
  readonly dtype: DType;
  /** Its extents, one number an axis. */
  readonly shape: Shape;
  /** Where it was written. */
  readonly path?: string;
  /** A PNG file's bytes: a picture of it, or of a slice. */
  readonly picture?: Uint8Array;
  /** What the picture shows, in words. */
  readonly caption?: string;
}

/**
 * What ran a computation: names and versions.
 *
 * @example
 * ```ts
 * import type { PageVersions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const versions: PageVersions = { deno: Deno.version.deno, v8: Deno.version.v8 };
 * assertEquals(versions.deno, Deno.version.deno);
 * ```
 */
export interface PageVersions {
  /** The version of this package. */
  readonly tilewise?: string;
  /** The version of Deno. */
  readonly deno?: string;
  /** The version of its JavaScript engine. */
  readonly v8?: string;
  /** The version of TypeScript that it has. */
  readonly typescript?: string;
  /** The operating system and its release. */
  readonly os?: string;
  /** The processor, and how many cores it has. */
  readonly cpu?: string;
}

/**
 * What a report page is made from: what was recorded of a run, and what it reported.
 *
 * @example
 * ```ts
 * import { type PageSource, RunRecorder, saveReport, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 *
 * const recorder = new RunRecorder();
 * const tmp = SharedNdArray.random([64, 64], { seed: 1 });
 * const { report } = await tiledMap("vpd = 2 * tmp", { inputs: { tmp }, tile: [8, 8], recorder });
 * const source: PageSource = { report, timeline: recorder.timeline(), title: "Vapour pressure" };
 * const folder = await Deno.makeTempDir();
 * await saveReport(`${folder}/run.html`, source);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface PageSource {
  /** What the run measured. Of several runs, that of the last one. */
  readonly report: RunReport;
  /** What was recorded of it. */
  readonly timeline: RunTimeline;
  /** What the machine's memory and cores can do, to compare with. */
  readonly machine?: MachineSpeed | null;
  /** The heading. Default: `Tilewise run`. */
  readonly title?: string;
  /** The kernel. */
  readonly kernel?: PageKernel;
  /** A command that does the same again, its words quoted for a shell. */
  readonly command?: string;
  /** What ran it. */
  readonly versions?: PageVersions;
  /** What else one should know, a sentence each, besides the report's own notes. */
  readonly notes?: readonly string[];
  /** What came out. */
  readonly outputs?: readonly PageOutput[];
}
