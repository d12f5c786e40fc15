/**
 * Parts of arrays as they are typed: `0,:,::-1`, as NumPy's basic indexing has them.
 *
 * @module
 */

import { type Shape, showShape } from "../array/layout/shape.ts";
import { resolveSlice, slice } from "../array/layout/slice.ts";
import type { ViewIndex } from "../array/layout/view_layout.ts";
import { UsageError } from "../errors.ts";
import type { StoredBox } from "../store/driver.ts";

/** What is picked from one axis: `count` indices from `first` on, `step` apart. */
export interface Pick {
  readonly first: number;
  readonly count: number;
  readonly step: number;
  /** Whether it is one index, which drops the axis. */
  readonly isIndex: boolean;
  /** How it is written. */
  readonly text: string;
}

/** An index, a slice, or `null` for the axes that are not named. */
type Part = { readonly index: number } | { readonly bounds: readonly (number | null)[] } | null;

const INTEGER = /^[+-]?\d+$/;

/**
 * Reads a part of an array.
 *
 * @param text The text, such as `0,:,:`.
 * @param shape The array's shape.
 * @returns What is picked from each axis.
 * @throws {UsageError} If it is not of that form, has too many places, or an index is out of range.
 */
export function readSlice(text: string, shape: Shape): Pick[] {
  const parts = text.trim() === "" ? [] : text.split(",").map((word) => readPart(text, word.trim()));
  const ellipses = parts.filter((part) => part === null).length;
  if (ellipses > 1) throw new UsageError(`--slice ${text} has more than one ...`);
  const named = parts.length - ellipses;
  if (named > shape.length) {
    throw new UsageError(
      `--slice ${text} names ${named} axes, but the array of shape ${showShape(shape)} has ${shape.length}`,
    );
  }
  const whole: Part[] = Array.from({ length: shape.length - named }, () => ({ bounds: [null, null, null] }));
  // As in NumPy, axes at the end that are not named are whole.
  const all = ellipses === 0 ? [...parts, ...whole] : parts.flatMap((part) => part === null ? whole : [part]);
  return all.map((part, axis) => resolvePart(text, part, shape[axis], axis));
}

/**
 * What is shown of an array where nothing is said: the first index of the leading axes, and the last two whole.
 *
 * @param shape The array's shape.
 */
export function defaultSlice(shape: Shape): Pick[] {
  return readSlice(shape.map((_, axis) => axis < shape.length - 2 ? "0" : ":").join(","), shape);
}

function readPart(text: string, word: string): Part {
  if (word === "..." || word === "…") return null;
  if (INTEGER.test(word)) return { index: whole(text, word) };
  const bounds = word.split(":").map((bound) => bound.trim());
  if (
    bounds.length < 2 || bounds.length > 3 || bounds.some((bound) => bound !== "" && !INTEGER.test(bound))
  ) {
    throw new UsageError(
      `--slice ${text}: ${JSON.stringify(word)} is no index, expected an integer, START:STOP:STEP, or ...`,
    );
  }
  const [start, stop, step = null] = bounds.map((bound) => bound === "" ? null : whole(text, bound));
  if (step === 0) throw new UsageError(`--slice ${text}: the step of ${word} is 0`);
  return { bounds: [start, stop, step] };
}

function whole(text: string, word: string): number {
  const value = Number(word) + 0;
  if (Number.isSafeInteger(value)) return value;
  throw new UsageError(`--slice ${text}: ${word} is too large`);
}

function resolvePart(text: string, part: Part, extent: number, axis: number): Pick {
  if (part !== null && "index" in part) {
    const { index } = part;
    if (index < -extent || index >= extent) {
      throw new UsageError(
        `--slice ${text}: index ${index} is out of range on axis ${axis}, whose extent is ${extent}`,
      );
    }
    const first = index < 0 ? index + extent : index;
    return { first, count: 1, step: 1, isIndex: true, text: String(first) };
  }
  const [start, stop, step] = part?.bounds ?? [null, null, null];
  const picked = resolveSlice(slice(start, stop, step), extent);
  const bounds = `${start ?? ""}:${stop ?? ""}`;
  return { ...picked, isIndex: false, text: step === null || step === 1 ? bounds : `${bounds}:${step}` };
}

/**
 * Picks as they are written.
 *
 * @param picks One an axis.
 */
export function showPicks(picks: readonly Pick[]): string {
  return `[${picks.map(({ text }) => text).join(", ")}]`;
}

/**
 * The smallest box that holds all that is picked.
 *
 * @param picks One an axis.
 */
export function boxOf(picks: readonly Pick[]): StoredBox {
  const ends = picks.map(({ first, count, step }) => first + Math.max(0, count - 1) * step);
  return {
    origin: picks.map(({ first }, axis) => Math.min(first, ends[axis])),
    shape: picks.map(({ first, count }, axis) => count === 0 ? 0 : Math.abs(ends[axis] - first) + 1),
  };
}

/**
 * What is picked, as a view of that box.
 *
 * @param picks One an axis.
 */
export function viewOf(picks: readonly Pick[]): ViewIndex[] {
  return picks.map(({ count, step, isIndex }) => {
    if (isIndex) return 0;
    // Of a single index the step means nothing, and may be larger than the box.
    if (count < 2) return null;
    return slice(step < 0 ? -1 : null, null, step);
  });
}
