/**
 * A halo and its boundary modes as the user gives them: read and checked.
 *
 * @module
 */

import { plain } from "../array/layout/shape.ts";
import { PlanError, showValue } from "../errors.ts";
import type { AxisHalo, Boundary, BoundaryMode, Halo } from "./halo.ts";

const MODES: readonly BoundaryMode[] = ["constant", "nearest", "reflect", "mirror", "wrap", "none"];

/** The mode where none is given, as in `scipy.ndimage`. */
const DEFAULT_MODE: BoundaryMode = "reflect";

/**
 * Checks a halo and what lies beyond the edges. Both may come from outside.
 *
 * @param halo How far a kernel reads.
 * @param boundary What lies beyond the edges; `"reflect"` where it is left out.
 * @param rank How many axes there are.
 * @returns One entry an axis.
 * @throws {PlanError} If a depth is no non-negative integer, a mode does not exist, or there are not as many as axes.
 */
export function readHalo(halo: Halo, boundary: Boundary | undefined, rank: number): AxisHalo[] {
  const modes = readBoundary(boundary, rank);
  if (!Array.isArray(halo)) {
    if (typeof halo !== "number") {
      throw new PlanError(
        `Invalid halo ${showValue(halo)}: expected a number of cells, or an array with one entry an axis`,
      );
    }
    const depth = readDepth(halo, halo);
    return modes.map((mode) => ({ before: depth, after: depth, mode }));
  }
  if (halo.length !== rank) {
    throw new PlanError(`Invalid halo ${showHalo(halo)}: ${counts(halo.length, rank)}`);
  }
  return modes.map((mode, axis) => {
    const [before, after] = readSides(halo[axis], axis, halo);
    return { before, after, mode };
  });
}

/** One mode an axis. */
function readBoundary(boundary: unknown, rank: number): BoundaryMode[] {
  if (!Array.isArray(boundary)) {
    return new Array<BoundaryMode>(rank).fill(boundary === undefined ? DEFAULT_MODE : readMode(boundary));
  }
  if (boundary.length !== rank) {
    throw new PlanError(`Invalid boundary ${showValue(boundary)}: ${counts(boundary.length, rank)}`);
  }
  return Array.from(boundary, readMode);
}

function readMode(value: unknown): BoundaryMode {
  const mode = MODES.find((known) => known === value);
  if (mode !== undefined) return mode;
  throw new PlanError(`Unknown boundary mode ${showValue(value)}: expected one of ${MODES.join(", ")}`);
}

function readSides(entry: unknown, axis: number, halo: unknown): readonly [before: number, after: number] {
  if (!Array.isArray(entry)) {
    const depth = readDepth(entry, halo, axis);
    return [depth, depth];
  }
  if (entry.length !== 2) {
    throw new PlanError(
      `Invalid halo ${showHalo(halo)}: axis ${axis} is ${
        showHalo(entry)
      }, expected a number or [before, after]`,
    );
  }
  return [readDepth(entry[0], halo, axis), readDepth(entry[1], halo, axis)];
}

function readDepth(depth: unknown, halo: unknown, axis?: number): number {
  if (typeof depth === "number" && Number.isSafeInteger(depth) && depth >= 0) return plain(depth);
  const place = axis === undefined ? "" : `axis ${axis} has ${showValue(depth)}, `;
  throw new PlanError(`Invalid halo ${showHalo(halo)}: ${place}expected a non-negative integer`);
}

function counts(given: number, rank: number): string {
  return `it has ${given} ${given === 1 ? "entry" : "entries"}, but there ${
    rank === 1 ? "is 1 axis" : `are ${rank} axes`
  }`;
}

/** A halo as it was written: entries, and what is in them. */
function showHalo(halo: unknown, depth = 2): string {
  if (depth === 0 || !Array.isArray(halo) || halo.length > 8) return showValue(halo);
  return `[${Array.from(halo, (entry) => showHalo(entry, depth - 1)).join(", ")}]`;
}
