/**
 * A histogram into counters that all workers write: each addition is atomic.
 *
 * @module
 */

import { atomics, forEachRow, type SharedNdArray } from "../../mod.ts";
import { binOf } from "./bins.ts";

/** What the run hands to the kernel. */
interface Arrays {
  /** A tile of temperatures, in °C. */
  readonly airt: SharedNdArray;
  /** One counter a bin. */
  readonly counts: SharedNdArray<"int32">;
}

/** Counts a tile's temperatures. */
export default function countInto({ airt, counts }: Arrays): void {
  const temperature = airt.data;
  forEachRow([airt], (length, [i], [di]) => {
    for (let n = 0; n < length; n++, i += di) {
      const bin = binOf(Number(temperature[i]));
      if (bin >= 0) atomics.add(counts, bin, 1);
    }
  });
}
