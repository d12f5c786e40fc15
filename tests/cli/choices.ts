/** What flags offer, as the parts of the project say that understand it. */

import type { BoundaryMode } from "../../src/plan/halo.ts";
import type { ChunkCodec } from "../../src/io/stored.ts";
import { REDUCTION_NAMES } from "../../src/run/reduce_call.ts";
import type { Isolation } from "../../src/run/worker_link.ts";

/** Names of a union, all of which have to be there for this to be checked. */
function all<T extends string>(names: Readonly<Record<T, true>>): T[] {
  // These are its keys.
  return Object.keys(names) as T[];
}

export const BOUNDARY_MODES: readonly BoundaryMode[] = all({
  constant: true,
  nearest: true,
  reflect: true,
  mirror: true,
  wrap: true,
  none: true,
});

export const CODECS: readonly ChunkCodec[] = all({ zstd: true, blosc: true, gzip: true, none: true });

export const ISOLATIONS: readonly Isolation[] = all({ web: true, contained: true });

/** As flags write them, with hyphens. */
export const REDUCTIONS: readonly string[] = [...Object.keys(REDUCTION_NAMES), "median", "quantile"].map((
  name,
) => name.replace("countNonzero", "count-nonzero"));
