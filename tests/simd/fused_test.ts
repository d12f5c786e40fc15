import { assertEquals } from "@std/assert";
import { exactFma } from "../../src/plan/expr/exact_fma.ts";
import { fmaExact32, fmaExact64 } from "../../src/simd/functions/fused.ts";
import { f32x4, f64x2 } from "../../src/simd/lanes.ts";
import { Seeded } from "../seeded.ts";
import { anyNumber, readRows, type Width } from "./check_points.ts";
import { compileLanes } from "./run_lanes.ts";

/** In strict mode it is exact on every machine; in default mode it is the machine's. */
const BUILDS = { 64: fmaExact64, 32: fmaExact32 };

function checkStrict(width: Width, rows: readonly (readonly number[])[]): void {
  const columns = [0, 1, 2].map((k) => {
    const column = rows.map((row) => row[k]);
    return width === 64 ? new Float64Array(column) : new Float32Array(column);
  });
  const bytes = compileLanes(3, BUILDS[width], { strict: true })(...columns);
  const got = width === 64 ? new Float64Array(bytes) : new Float32Array(bytes);
  const cases = rows.map((row, k) => [...row, got[k]]);
  assertEquals(cases.filter((row) => !Object.is(row[4], row[3])), []);
}

for (const width of [64, 32] as const) {
  Deno.test(`fmaExact${width}: golden points in strict mode`, async () => {
    checkStrict(width, await readRows("fma", width));
  });

  Deno.test(`fmaExact${width}: random numbers against integer arithmetic in strict mode`, () => {
    const random = new Seeded(width), round = width === 64 ? (x: number) => x : Math.fround;
    const rows = Array.from({ length: 8000 }, (_, k) => {
      // Products below 2**-960 lose bits of their exact value.
      const scale = random.pick([1, 1, width === 64 ? 2 ** -980 : 2 ** -120]);
      const a = round(anyNumber(random, width) * scale), b = round(anyNumber(random, width));
      // Half of them cancel almost all of the product, or are of its size.
      const factor = random.pick([
        -1,
        -1 - 2 ** -23,
        -1 + 2 ** -52,
        2 ** -24,
        2 ** 24,
        2 ** 53,
        2 ** -53,
        2 ** -54,
      ]);
      const c = round(k % 2 === 0 ? anyNumber(random, width) : a * b * factor);
      return [a, b, c, exactFma(a, b, c, width === 64 ? "float64" : "float32")];
    });
    checkStrict(width, rows);
  });

  Deno.test(`fmaExact${width}: the machine's instruction in default mode`, () => {
    const random = new Seeded(width);
    const columns = [0, 1, 2].map(() => {
      const column = Array.from({ length: 1000 }, () => random.word() / 2 ** 30 - 2);
      return width === 64 ? new Float64Array(column) : new Float32Array(column);
    });
    const lanes = width === 64 ? f64x2 : f32x4;
    const plain = compileLanes(3, (graph, a, b, c) => lanes(graph).fma(a, b, c));
    assertEquals(compileLanes(3, BUILDS[width])(...columns), plain(...columns));
  });
}
