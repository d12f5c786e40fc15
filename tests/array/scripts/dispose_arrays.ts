/** Makes and disposes arrays of 1 GB, which no free list keeps, and prints the most bytes that were resident. */

import { SharedNdArray } from "../../../mod.ts";

const PAGE_ELEMENTS = 512;

/** Writes to every page: only then does it count. */
function touch(array: SharedNdArray<"float64">): void {
  const { data } = array;
  for (let i = 0; i < data.length; i += PAGE_ELEMENTS) data[i] = 1;
}

let peak = 0;
for (let k = 0; k < 4; k++) {
  using array = SharedNdArray.zeros([125_000_000]);
  touch(array);
  peak = Math.max(peak, Deno.memoryUsage().rss);
}
console.log(peak, Deno.memoryUsage().rss);
