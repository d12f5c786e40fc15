/** Looks for functions in src/simd/functions by the names of their exports. */

import type { Build } from "../../tests/simd/run_lanes.ts";
import { f32x4, f64x2 } from "../../src/simd/lanes.ts";
import type { Width } from "./ulp.ts";

/** What a module says about a function in its table of sources. */
export interface Source {
  /** How it is computed, in a sentence. */
  readonly source: string;
  /** The worst error in float64, in units in the last place. */
  readonly ulp64: number;
  /** The worst error in float32. */
  readonly ulp32: number;
}

/** Functions by name. */
export interface Found {
  /** What builds a function, undefined when no module has it. */
  readonly build: (name: string, width: Width) => Build | undefined;
  /** What modules say about functions, by name; some of these are not measured. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Files that could not be loaded, each with the reason. */
  readonly broken: readonly string[];
}

/** Loads all modules that are there. */
export async function findFunctions(): Promise<Found> {
  const folder = new URL("../../src/simd/functions/", import.meta.url);
  const builds = new Map<string, Build>([
    ["sqrt64", (graph, x) => f64x2(graph).sqrt(x)],
    ["sqrt32", (graph, x) => f32x4(graph).sqrt(x)],
  ]);
  const sources = new Map<string, Source>([
    ["sqrt", { source: "The machine's own instruction, which rounds correctly.", ulp64: 0.5, ulp32: 0.5 }],
  ]);
  const broken: string[] = [];
  for (const file of await typescriptFiles(folder)) {
    try {
      const exported: Record<string, unknown> = await import(new URL(file, folder).href);
      for (const [name, value] of Object.entries(exported)) {
        // All exports named so take a graph and vectors; what has more arguments is not asked for.
        if (typeof value === "function") builds.set(name, value as Build);
      }
      // The table that these modules have, see there.
      const table = (exported.SOURCES ?? {}) as Record<string, Source>;
      for (const [name, source] of Object.entries(table)) sources.set(name, source);
    } catch (error) {
      broken.push(`${file}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return {
    build: (name, width) => builds.get(name + width.slice(-2)),
    sources,
    broken,
  };
}

/**
 * The sources of functions that were written since a time: figures measured meanwhile may be those of different versions.
 *
 * @param time In milliseconds, as `Date.now()` tells.
 */
export async function changedSince(time: number): Promise<string[]> {
  const changed: string[] = [];
  for (const folder of ["../../src/simd/", "../../src/simd/functions/"]) {
    const url = new URL(folder, import.meta.url);
    for (const file of await typescriptFiles(url)) {
      const { mtime } = await Deno.stat(new URL(file, url));
      if (mtime !== null && mtime.getTime() >= time) changed.push(file);
    }
  }
  return changed;
}

async function typescriptFiles(folder: URL): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (name.endsWith(".ts")) files.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return files.sort();
}
