/**
 * Functions in SIMD of any number of arguments, tried on given points: errors, and lanes that do not matter
 * to others.
 */

import { assert, assertEquals } from "@std/assert";
import { Seeded } from "../seeded.ts";
import { type Build, compileLanes, type LaneRunner } from "./run_lanes.ts";

/** The width of a lane. */
export type Width = 64 | 32;

/** A function, and where it is tried. */
export interface OnPoints {
  /** What the tests are called. */
  readonly title: string;
  /** What builds it. */
  readonly float64: Build;
  readonly float32: Build;
  /** How many numbers of the dtype lie between a result and what is wanted, at most. */
  readonly most: Record<Width, number>;
  /** Makes the points: arguments, which are rounded to the dtype. */
  readonly points: (width: Width) => readonly (readonly number[])[] | Promise<readonly (readonly number[])[]>;
  /** What is wanted there, before it is rounded to the dtype. */
  readonly wanted: (width: Width, args: readonly number[], point: number) => number;
}

type Floats = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Registers the tests, in default and strict mode. */
export function testOnPoints(tried: OnPoints): void {
  for (const width of [64, 32] as const) {
    for (const strict of [false, true]) {
      Deno.test(`${tried.title}, float${width}${strict ? ", strict" : ""}`, async () => {
        const points = await tried.points(width);
        const columns = points[0].map((_, k) => floats(width, points.map((point) => point[k])));
        const run = compileLanes(columns.length, width === 64 ? tried.float64 : tried.float32, { strict });
        checkResults(tried, run, columns);
        checkLanes(run, columns);
      });
    }
  }
}

function floats(width: Width, values: readonly number[]): Floats {
  return width === 64 ? new Float64Array(values) : new Float32Array(values);
}

function widthOf(values: Floats): Width {
  return values.BYTES_PER_ELEMENT === 8 ? 64 : 32;
}

function checkResults({ most, wanted }: OnPoints, run: LaneRunner, columns: readonly Floats[]): void {
  const width = widthOf(columns[0]);
  const bytes = run(...columns), got = width === 64 ? new Float64Array(bytes) : new Float32Array(bytes);
  const rows = Array.from(columns[0], (_, k) => columns.map((column) => column[k]));
  const due = floats(width, rows.map((row, k) => wanted(width, row, k)));
  const gotSteps = steps(got), dueSteps = steps(due);
  rows.forEach((row, k) => {
    // A zero has to have its sign, and an infinity to be one.
    const isSpecial = due[k] === 0 || !Number.isFinite(due[k]) || most[width] === 0;
    const isRight = isSpecial
      ? Object.is(got[k], due[k])
      : Math.abs(Number(gotSteps[k] - dueSteps[k])) <= most[width];
    assert(isRight, `Of ${row.join(", ")}: ${got[k]} instead of ${due[k]}`);
  });
}

/** How many numbers of the dtype lie between each number and 0. */
function steps(values: Floats): bigint[] {
  if (widthOf(values) === 64) {
    return Array.from(new BigInt64Array(values.buffer), (bits) => bits < 0 ? -(2n ** 63n) - bits : bits);
  }
  return Array.from(new Int32Array(values.buffer), (bits) => BigInt(bits < 0 ? -(2 ** 31) - bits : bits));
}

/** The same points in another order give the same bits: no lane depends on what is beside it. */
function checkLanes(run: LaneRunner, columns: readonly Floats[]): void {
  const width = widthOf(columns[0]), count = columns[0].length;
  const bitsOf = (bytes: ArrayBuffer) => width === 64 ? new BigInt64Array(bytes) : new Int32Array(bytes);
  const before = bitsOf(run(...columns));
  const order = new Seeded(count).shuffled(Array.from({ length: count }, (_, k) => k));
  const after = bitsOf(run(...columns.map((column) => floats(width, order.map((place) => column[place])))));
  const isNumber = order.map((place) => columns.every((column) => !Number.isNaN(column[place])));
  // Which NaN comes of several is left to the machine.
  assertEquals(
    order.flatMap((_, k) => isNumber[k] ? [after[k]] : []),
    order.flatMap((place, k) => isNumber[k] ? [before[place]] : []),
  );
}

/** Reads the rows of a fixture. */
export async function readRows(name: string, width: Width): Promise<number[][]> {
  const text = await Deno.readTextFile(new URL(`../fixtures/${name}.json`, import.meta.url));
  const rows: Record<string, (number | string)[][]> = JSON.parse(text);
  return rows[`float${width}`].map((row) => row.map(Number));
}

const bytes = new DataView(new ArrayBuffer(8));

/** Numbers of all kinds: with any bits, ordinary ones, integers, and those at which something ends. */
export function anyNumber(random: Seeded, width: Width): number {
  switch (random.int(0, 4)) {
    case 0:
      bytes.setUint32(0, random.word());
      bytes.setUint32(4, random.word());
      return width === 64 ? bytes.getFloat64(0) : bytes.getFloat32(0);
    case 1:
      return random.pick(EXTREME) * (random.oneIn(2) ? 1 : -1);
    case 2:
      return random.int(-1000, 1000) / random.pick([1, 2]);
    default:
      return (random.word() / 2 ** 31 - 1) * 2 ** random.int(-60, 60);
  }
}

/** Where floats begin and end, and numbers about 1 and a half. */
const EXTREME = [0, 5e-324, 2 ** -1022, 2 ** -149, 2 ** -126, 0.49999999999999994, 0.5, 1, 1.5, 2.5, 3]
  .concat([
    2 ** 23 + 1,
    2 ** 24,
    2 ** 51 + 0.5,
    2 ** 52 + 1,
    2 ** 53,
    2 ** 127,
    2 ** 1023,
    Number.MAX_VALUE,
    Infinity,
    NaN,
  ]);
