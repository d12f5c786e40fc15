/** Turns a loop as often as the tile's only cell says. */

import type { TileArrays } from "../../mod.ts";

export default function skewed({ turns }: TileArrays<"turns", "float64">): void {
  let x = 1;
  for (let k = turns.data[turns.offset]; k > 0; k--) x = x * 1.0000001 + 1e-9;
  // It never is; but a loop whose result nobody wants may be left out.
  if (x < 0) throw new Error("The loop went backwards");
}
