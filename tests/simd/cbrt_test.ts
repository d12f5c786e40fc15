import { cbrt32, cbrt64 } from "../../src/simd/functions/cbrt.ts";
import { testFunction } from "./check_function.ts";

/** Powers of 8 and their roots, of both signs. */
function powersOf8(low: number, high: number): [number, number][] {
  return Array.from({ length: high - low + 1 }, (_, k) => 2 ** (low + k))
    .flatMap((root) => [[root ** 3, root], [-(root ** 3), -root]]);
}

testFunction({
  name: "cbrt",
  float64: cbrt64,
  float32: cbrt32,
  math: Math.cbrt,
  bound: 2,
  range: [-1e6, 1e6],
  exact: [
    [0, 0],
    [-0, -0],
    [Infinity, Infinity],
    [-Infinity, -Infinity],
    [NaN, NaN],
    [27, 3],
    [-1000, -10],
    [2 ** -149, Math.cbrt(2 ** -149)],
    ...powersOf8(-49, 42),
  ],
  exact64: [[5e-324, Math.cbrt(5e-324)], [Number.MAX_VALUE, 5.643803094122362e102], ...powersOf8(-358, 341)],
  exact32: [],
});
