/**
 * What random numbers cost: in memory that is used again, so that only the drawing counts, and as whole arrays.
 * `peers/random_peer.py` does the same in NumPy.
 */

import { SharedNdArray } from "../mod.ts";
import { fillIntegers } from "../src/array/random/integers.ts";
import { fillNormal } from "../src/array/random/normal.ts";
import { fillPermutation } from "../src/array/random/permutation.ts";
import { fillUniform } from "../src/array/random/uniform.ts";
import type { DType, TypedData } from "../src/dtype.ts";

/** Elements of each array: a millisecond is a quarter of a nanosecond for each. */
const COUNT = 4_000_000;
const PLACES = 1_000_000;
const LARGE = 48_000_000;

const pages = Math.ceil(LARGE * 8 / 65_536);
const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });

function elements<D extends DType>(dtype: D, count: number): TypedData<D> {
  return SharedNdArray.wrap(memory, { shape: [count], dtype }).data;
}

for (const dtype of ["float64", "float32", "float16"] as const) {
  const data = elements(dtype, COUNT);
  Deno.bench(`4,000,000 uniform ${dtype}`, { group: "reals" }, () => {
    fillUniform(data, dtype, { seed: 1, memory });
  });
  Deno.bench(`4,000,000 normal ${dtype}`, { group: "reals" }, () => {
    fillNormal(data, dtype, { seed: 1 });
  });
}

for (const dtype of ["uint8", "int32", "int64"] as const) {
  const data = elements(dtype, COUNT);
  Deno.bench(`4,000,000 ${dtype} from 0 to 99`, { group: "integers" }, () => {
    fillIntegers(data, dtype, { seed: 1, high: 100 });
  });
}

const wide = elements("int64", COUNT);
Deno.bench("4,000,000 int64 from 0 to 10^12", { group: "integers" }, () => {
  fillIntegers(wide, "int64", { seed: 1, high: 10n ** 12n });
});
Deno.bench("4,000,000 int64 from 0 to 2^31: half of the draws do not count", { group: "integers" }, () => {
  fillIntegers(wide, "int64", { seed: 1, high: 2n ** 31n, endpoint: true });
});

const places = elements("int32", PLACES);
Deno.bench("a permutation of 1,000,000", { group: "permutation" }, () => fillPermutation(places, 1));

const large = elements("float64", LARGE);
Deno.bench("48,000,000 uniform float64, written directly", { group: "large", n: 8 }, () => {
  fillUniform(large, "float64", { seed: 1, memory });
});
Deno.bench("48,000,000 uniform float64, copied", { group: "large", n: 8 }, () => {
  fillUniform(large, "float64", { seed: 1 });
});
Deno.bench("48,000,000 uniform float64, a new array", { group: "large", n: 8 }, () => {
  SharedNdArray.random([LARGE], { seed: 1 }).dispose();
});
