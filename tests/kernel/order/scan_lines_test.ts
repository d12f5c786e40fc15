import { assertEquals } from "@std/assert";
import { SharedNdArray, slice } from "../../../mod.ts";
import { type Scan, type ScanDType, scanInPlace } from "../../../src/kernel/order/scan_lines.ts";
import { indicesOf } from "../../naive.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";

const DTYPES: readonly ScanDType[] = ["float16", "float32", "float64", "int64", "uint64"];

function randomElement(random: Seeded, dtype: ScanDType): number | bigint {
  if (dtype === "int64" || dtype === "uint64") {
    const wide = BigInt(random.word()) << 32n | BigInt(random.word());
    return random.oneIn(2) ? (dtype === "int64" ? BigInt.asIntN(64, wide) : wide) : BigInt(random.int(0, 5));
  }
  return random.oneIn(12) ? random.pick([NaN, -0, Infinity]) : random.int(-40, 40) / 16;
}

/** The definition, an element after the other. */
function slowScan(
  line: readonly (number | bigint)[],
  dtype: ScanDType,
  { operation, skipNaN }: Scan,
): unknown[] {
  const isSum = operation === "sum";
  if (dtype === "int64" || dtype === "uint64") {
    let running = isSum ? 0n : 1n;
    return line.map((element) => {
      running = isSum ? running + BigInt(element) : running * BigInt(element);
      return dtype === "int64" ? BigInt.asIntN(64, running) : BigInt.asUintN(64, running);
    });
  }
  const round = { float16: Math.f16round, float32: Math.fround, float64: Number }[dtype];
  let running: number | undefined;
  return line.map((element) => {
    const value = skipNaN && Number.isNaN(element) ? (isSum ? 0 : 1) : Number(element);
    running = running === undefined ? value : isSum ? running + value : running * value;
    return round(running);
  });
}

/** An array of that shape in some layout: rows, turned round, part of a larger one. */
function randomLayout(random: Seeded, shape: readonly number[], dtype: ScanDType): SharedNdArray<ScanDType> {
  const order = random.shuffled(shape.map((_, axis) => axis));
  const gaps = order.map(() => random.pick([1, 1, 2]));
  const large = SharedNdArray.zeros(order.map((axis, k) => shape[axis] * gaps[k]), { dtype });
  const part = large.view(...gaps.map((gap, k) => slice(0, shape[order[k]] * gap, gap)));
  const back = shape.map((_, axis) => order.indexOf(axis));
  const turned = part.transpose(back);
  return random.oneIn(3) ? turned.flip(random.int(0, shape.length - 1)) : turned;
}

Deno.test("a scan is that of each line for itself, in every layout and dtype", () => {
  forEachSeed(300, (random) => {
    const dtype = random.pick(DTYPES), shape = random.ints(random.int(1, 3), 1, random.oneIn(5) ? 40 : 6);
    const array = randomLayout(random, shape, dtype), axis = random.int(0, shape.length - 1);
    const scan: Scan = { operation: random.pick(["sum", "prod"]), skipNaN: random.oneIn(2) };
    const indices = indicesOf(shape);
    for (const index of indices) array.set(...index, randomElement(random, dtype));
    const expected = new Map<string, unknown>();
    for (const first of indices.filter((index) => index[axis] === 0)) {
      const line = Array.from({ length: shape[axis] }, (_, i) => first.with(axis, i));
      // Elements of these dtypes are numbers or bigints.
      const values = slowScan(line.map((index) => array.get(...index) as number | bigint), dtype, scan);
      line.forEach((index, i) => expected.set(`${index}`, values[i]));
    }
    scanInPlace(array, axis, scan);
    for (const index of indices) {
      const found: unknown = array.get(...index), wanted = expected.get(`${index}`);
      assertEquals(Object.is(found, wanted), true, `${dtype} ${index}: ${found}, not ${wanted}`);
    }
  });
});
