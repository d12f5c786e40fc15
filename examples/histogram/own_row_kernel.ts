/**
 * A histogram in which each worker has a row of counters of its own, so that nothing needs to be atomic. The rows are
 * summed when the run is done.
 *
 * @module
 */

import { forEachRow, type KernelTile, type SharedNdArray } from "../../mod.ts";
import { binOf } from "./bins.ts";

/** What the run hands to the kernel. */
interface Arrays {
  /** A tile of temperatures, in °C. */
  readonly airt: SharedNdArray;
  /** One row of counters a worker. */
  readonly rows: SharedNdArray<"int32">;
}

/** Counts a tile's temperatures in its worker's row. */
export default function countInRow({ airt, rows }: Arrays, { worker }: KernelTile): void {
  const temperature = airt.data, counts = rows.view(worker);
  forEachRow([airt], (length, [i], [di]) => {
    for (let n = 0; n < length; n++, i += di) {
      const bin = binOf(Number(temperature[i]));
      if (bin >= 0) counts.set(bin, counts.get(bin) + 1);
    }
  });
}
