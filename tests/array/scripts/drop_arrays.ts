/** Makes and drops 3,000 arrays of 8 MB in a plain loop, and prints the most bytes that were resident. */

import { SharedNdArray } from "../../../mod.ts";

const PAGE_ELEMENTS = 512;
let peak = 0;
for (let k = 0; k < 3000; k++) {
  const { data } = SharedNdArray.zeros([1_000_000]);
  // A page counts once it was written to.
  for (let i = 0; i < data.length; i += PAGE_ELEMENTS) data[i] = 1;
  peak = Math.max(peak, Deno.memoryUsage().rss);
}
console.log(peak);
