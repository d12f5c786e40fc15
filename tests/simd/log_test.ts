import { assertEquals } from "@std/assert";
import { log1032, log1064, log232, log264, log32, log64 } from "../../src/simd/functions/log.ts";
import { log1p32, log1p64 } from "../../src/simd/functions/log1p.ts";
import { testFunction } from "./check_function.ts";
import { compileLanes } from "./run_lanes.ts";

/** What all logarithms have in common. */
const LOGARITHM: readonly (readonly [number, number])[] = [
  [1, 0],
  [0, -Infinity],
  [-0, -Infinity],
  [Infinity, Infinity],
  [-Infinity, NaN],
  [-1, NaN],
  [-(2 ** -149), NaN],
  [NaN, NaN],
];

testFunction({
  name: "log",
  float64: log64,
  float32: log32,
  math: Math.log,
  bound: 1,
  range: [0, 1e6],
  exact: [...LOGARITHM, [2 ** -149, Math.log(2 ** -149)], [2 ** -126, Math.log(2 ** -126)]],
  exact64: [[5e-324, -744.4400719213812], [Number.MAX_VALUE, 709.782712893384], [-Number.MAX_VALUE, NaN]],
  exact32: [[3.4028234663852886e38, 88.72283905206835]],
});

testFunction({
  name: "log2",
  float64: log264,
  float32: log232,
  math: Math.log2,
  bound: 2,
  range: [0, 1e6],
  exact: [
    ...LOGARITHM,
    ...Array.from({ length: 277 }, (_, k): [number, number] => [2 ** (k - 149), k - 149]),
  ],
  exact64: Array.from({ length: 2098 }, (_, k): [number, number] => [2 ** (k - 1074), k - 1074]),
  exact32: [],
});

testFunction({
  name: "log10",
  float64: log1064,
  float32: log1032,
  math: Math.log10,
  bound: 2,
  range: [0, 1e6],
  // These powers of 10 are floats.
  exact: [...LOGARITHM, ...Array.from({ length: 11 }, (_, k): [number, number] => [10 ** k, k])],
  exact64: Array.from({ length: 23 }, (_, k) => [Number(`1e${k}`), k]),
  exact32: [],
});

testFunction({
  name: "log1p",
  float64: log1p64,
  float32: log1p32,
  math: Math.log1p,
  bound: 2,
  range: [-1, 1e6],
  exact: [
    [0, 0],
    [-0, -0],
    [-1, -Infinity],
    [-1.5, NaN],
    [-Infinity, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
    [2 ** -149, 2 ** -149],
    [-(2 ** -149), -(2 ** -149)],
    [2 ** -126, 2 ** -126],
  ],
  exact64: [
    [5e-324, 5e-324],
    [-5e-324, -5e-324],
    [2 ** -1022, 2 ** -1022],
    [1e-300, 1e-300],
    [2 ** 1023, Math.log(2 ** 1023)],
    [Number.MAX_VALUE, 709.782712893384],
  ],
  exact32: [[2 ** 127, Math.log(2 ** 127)], [3.4028234663852886e38, 88.72283905206835]],
});

Deno.test("Logarithms grow where the reduction of arguments changes", () => {
  // The numbers around sqrt(2) and its quotient by 2, in steps of one.
  for (const root of [Math.SQRT1_2, Math.SQRT2]) {
    const middle = new BigInt64Array(Float64Array.of(root).buffer)[0];
    const xs = new Float64Array(
      BigInt64Array.from({ length: 64 }, (_, k) => middle + BigInt(k - 32) * 4n).buffer,
    );
    for (const strict of [false, true]) {
      for (const build of [log64, log264, log1064]) {
        const got = new Float64Array(compileLanes(1, build, { strict })(xs));
        assertEquals(got, got.toSorted());
      }
    }
  }
});
