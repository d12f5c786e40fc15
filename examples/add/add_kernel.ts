/**
 * `vpd = tmp + rad` for one tile: a plain loop over typed arrays.
 *
 * @module
 */

import { forEachRow, type TileArrays } from "../../mod.ts";

/** Adds the tile's part of two arrays. */
export default function addKernel({ tmp, rad, vpd }: TileArrays<"tmp" | "rad" | "vpd", "float64">): void {
  const a = tmp.data, b = rad.data, out = vpd.data;
  forEachRow([tmp, rad, vpd], (length, [i, j, k], [di, dj, dk]) => {
    for (let n = 0; n < length; n++, i += di, j += dj, k += dk) out[k] = a[i] + b[j];
  });
}
