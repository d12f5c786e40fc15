/** What is required of every function of one number in SIMD: errors, special values, lanes that do not matter to others. */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Seeded } from "../seeded.ts";
import { type Build, compileLanes, type LaneRunner } from "./run_lanes.ts";

/** A function, and what is known of it. */
export interface Checked {
  /** Its name, of which there is a file in tests/fixtures/math. */
  readonly name: string;
  /** What builds it. */
  readonly float64: Build;
  readonly float32: Build;
  /** JavaScript's, which is itself off by up to a unit in the last place. */
  readonly math: (x: number) => number;
  /** The largest error of float64, in units in the last place. */
  readonly bound: number;
  /** Between which numbers random arguments are drawn. */
  readonly range: readonly [low: number, high: number];
  /** Arguments with results that must be exact, in both dtypes. */
  readonly exact: readonly (readonly [x: number, y: number])[];
  /** The same for float64 only. */
  readonly exact64: readonly (readonly [x: number, y: number])[];
  /** The same for float32 only. */
  readonly exact32: readonly (readonly [x: number, y: number])[];
}

type Width = 64 | 32;
type Floats = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** The lanes of a dtype, as an array of them. */
function floats(width: Width, values: Iterable<number> | ArrayBuffer): Floats {
  const source = values instanceof ArrayBuffer ? values : Array.from(values);
  // Each constructor takes both; the compiler sees overloads only one by one.
  return width === 64 ? new Float64Array(source as ArrayBuffer) : new Float32Array(source as ArrayBuffer);
}

/** Registers the tests of a function. */
export function testFunction(checked: Checked): void {
  for (const width of [64, 32] as const) {
    for (const strict of [false, true]) {
      const title = `${checked.name}, float${width}${strict ? ", strict" : ""}`;
      const build = width === 64 ? checked.float64 : checked.float32;
      Deno.test(`${title}: within its bound on golden and random points`, async () => {
        const run = compileLanes(1, build, { strict });
        await checkGolden(checked, run, width);
        checkRandom(checked, run, width);
      });
      Deno.test(`${title}: special values are exact`, () => {
        checkExact(checked, compileLanes(1, build, { strict }), width);
      });
      Deno.test(`${title}: a lane does not depend on others`, () => {
        checkLanes(checked, compileLanes(1, build, { strict }), width);
      });
    }
  }
}

/** Points of the fixture; for float32, its arguments are rounded and JavaScript's results are those required. */
async function checkGolden({ name, math, bound }: Checked, run: LaneRunner, width: Width): Promise<void> {
  const file = new URL(`../fixtures/math/${name}.json`, import.meta.url);
  const { x, y }: { x: (number | string)[]; y: (number | string)[] } = JSON.parse(
    await Deno.readTextFile(file),
  );
  assert(x.length > 100);
  const xs = floats(width, x.map(Number));
  const wanted = width === 64 ? y.map(Number) : Array.from(xs, math);
  // The fixture is rounded, by half a unit at most, and errors between rounded numbers are whole.
  compare(run, xs, wanted, width === 64 ? bound : 1);
}

function checkRandom({ math, bound, range: [low, high] }: Checked, run: LaneRunner, width: Width): void {
  const random = new Seeded(width);
  const xs = floats(
    width,
    Array.from({ length: 20_000 }, (_, k) => {
      const part = random.word() / 2 ** 32;
      if (k % 4 === 0) return (random.oneIn(2) ? 1 : -1) * 2 ** (part * 40 - 36);
      if (k % 4 === 1) return part * 4 - 2;
      // Much of the range of float64 is too large for float32.
      return (low + (high - low) * part) / (k % 4 === 2 ? 1 : 8);
    }),
  );
  compare(run, xs, Array.from(xs, math), width === 64 ? bound + 1 : 1);
}

function compare(run: LaneRunner, xs: Floats, wanted: readonly number[], most: number): void {
  const width = xs.BYTES_PER_ELEMENT === 8 ? 64 : 32;
  const got = floats(width, run(xs)), due = floats(width, wanted);
  const gotSteps = steps(got), dueSteps = steps(due);
  for (let k = 0; k < xs.length; k++) {
    const isRight = due[k] === 0 || Number.isNaN(due[k])
      ? Object.is(got[k], due[k])
      : Math.abs(Number(gotSteps[k] - dueSteps[k])) <= most;
    assert(isRight, `Of ${xs[k]}: ${got[k]} instead of ${due[k]}`);
  }
}

/** How many numbers of the dtype lie between each number and 0. */
function steps(values: Floats): bigint[] {
  const least = values.BYTES_PER_ELEMENT === 8 ? -(2n ** 63n) : -(2n ** 31n);
  const bits = values.BYTES_PER_ELEMENT === 8
    ? new BigInt64Array(values.buffer)
    : Array.from(new Int32Array(values.buffer), BigInt);
  return Array.from(bits, (bit) => bit < 0 ? least - bit : bit);
}

function checkExact({ exact, exact64, exact32 }: Checked, run: LaneRunner, width: Width): void {
  const points = [...exact, ...(width === 64 ? exact64 : exact32)];
  const got = floats(width, run(floats(width, points.map(([x]) => x))));
  points.forEach(([x, y], k) => {
    // Unlike assertEquals, it tells -0 from 0.
    assertStrictEquals(
      got[k],
      width === 64 ? y : Math.fround(y),
      `float${width} of ${Object.is(x, -0) ? "-0" : x}`,
    );
  });
}

/** Every argument gives the same bits in every lane, among any others. */
function checkLanes({ exact, exact64, exact32, range }: Checked, run: LaneRunner, width: Width): void {
  const special = [...exact, ...(width === 64 ? exact64 : exact32)].map(([x]) => x);
  const random = new Seeded(width + 1);
  const ordinary = Array.from(
    { length: 50 },
    () => range[0] + (range[1] - range[0]) * random.word() / 2 ** 32,
  );
  const lanes = 128 / width, xs = [...special, ...ordinary, ...ordinary.map((x) => x / 1000)];
  const bytesOf = (values: readonly number[]) => new Uint8Array(run(floats(width, values)));
  const alone = bytesOf(xs.flatMap((x) => new Array<number>(lanes).fill(x)));
  for (let round = 0; round < 20; round++) {
    const places = random.shuffled(xs.map((_, k) => k)).slice(0, xs.length - xs.length % lanes);
    const among = bytesOf(places.map((place) => xs[place]));
    places.forEach((place, k) => {
      const size = width / 8, from = place * 16 + k % lanes * size;
      assertEquals(
        among.subarray(k * size, (k + 1) * size),
        alone.subarray(from, from + size),
        `${xs[place]}`,
      );
    });
  }
}
