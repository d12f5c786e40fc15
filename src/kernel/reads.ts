/**
 * The places at which a program reads arrays, as operands of a loop: those that lie in one row have one pointer.
 *
 * @module
 */

import type { InputNode } from "../plan/expr/program.ts";
import type { Access } from "./element_access.ts";

/** A place of an array that a loop walks. */
export interface ReadOperand {
  /** The array's name. */
  readonly name: string;
  readonly access: Access;
  /** How far from the element at hand it lies, by axis; null for that element itself. */
  readonly offset: readonly number[] | null;
  /** How many elements behind it along the innermost axis are read from there too. */
  readonly span: number;
}

/** A vector that a turn of the loop loads. */
export interface Load {
  /** The number of the operand. */
  readonly operand: number;
  /** How many elements behind the operand's place it begins. */
  readonly delta: number;
}

/** Operands, and for each read what it loads. */
export interface GroupedReads {
  readonly operands: readonly ReadOperand[];
  readonly loads: readonly Load[];
}

/** Places that lie further apart have pointers of their own. */
const MOST_DELTA = 256;

/**
 * Groups places.
 *
 * @param reads The places.
 * @param innerAxis The innermost axis, -1 where there is none.
 * @param accessOf How the elements of an array lie along that axis.
 */
export function groupReads(
  reads: readonly InputNode[],
  innerAxis: number,
  accessOf: (name: string) => Access,
): GroupedReads {
  if (reads.every(({ offset }) => offset === undefined)) return readsAtHand(reads, accessOf);
  const operands: ReadOperand[] = [], loads: Load[] = [];
  const rows = new Map<string, InputNode[]>();
  for (const read of reads) {
    const key = JSON.stringify([read.name, outerOf(read, innerAxis)]);
    rows.set(key, [...rows.get(key) ?? [], read]);
  }
  const loadOf = new Map<InputNode, Load>();
  for (const row of rows.values()) {
    for (const run of runsOf(row, innerAxis, accessOf(row[0].name))) {
      const [{ name, offset }] = run;
      const access = accessOf(name), first = innerOf(run[0], innerAxis);
      const span = innerOf(run[run.length - 1], innerAxis) - first;
      for (const read of run) {
        loadOf.set(read, { operand: operands.length, delta: innerOf(read, innerAxis) - first });
      }
      // Elements that are all the same within an array are not beyond its edge.
      operands.push({
        name,
        offset: offset ?? null,
        span,
        access: access === "splat" && first !== 0 ? "strided" : access,
      });
    }
  }
  for (const read of reads) loads.push(loadOf.get(read) ?? { operand: 0, delta: 0 });
  return { operands, loads };
}

/** What most expressions have: each input at the element at hand alone. */
function readsAtHand(reads: readonly InputNode[], accessOf: (name: string) => Access): GroupedReads {
  return {
    operands: reads.map(({ name }) => ({ name, offset: null, span: 0, access: accessOf(name) })),
    loads: reads.map((_, operand) => ({ operand, delta: 0 })),
  };
}

/** Reads of one row that have one pointer, which stands at the first of them. */
function runsOf(row: readonly InputNode[], innerAxis: number, access: Access): InputNode[][] {
  const ordered = row.toSorted((a, b) => innerOf(a, innerAxis) - innerOf(b, innerAxis));
  const runs: InputNode[][] = [];
  for (const read of ordered) {
    const run = runs.at(-1);
    const isNear = access === "contiguous" && run !== undefined &&
      innerOf(read, innerAxis) - innerOf(run[0], innerAxis) <= MOST_DELTA;
    if (isNear) run.push(read);
    else runs.push([read]);
  }
  return runs;
}

function innerOf({ offset }: InputNode, innerAxis: number): number {
  return offset === undefined || innerAxis < 0 ? 0 : offset[innerAxis];
}

function outerOf({ offset }: InputNode, innerAxis: number): readonly number[] {
  const outer = (offset ?? []).map((distance, axis) => axis === innerAxis ? 0 : distance);
  // The element at hand is in the row of those that differ from it along the innermost axis alone.
  return outer.every((distance) => distance === 0) ? [] : outer;
}
