/** Drops arrays on six workers, and prints the most bytes that were resident. */

import { SharedNdArray, tiledMap } from "../../../mod.ts";

const { report } = await tiledMap(new URL("./drop_arrays_kernel.ts", import.meta.url), {
  outputs: { a: SharedNdArray.zeros([12]) },
  tile: [1],
  workers: 6,
  grain: 1,
  exact: true,
});
console.log(report.memory.highWater);
