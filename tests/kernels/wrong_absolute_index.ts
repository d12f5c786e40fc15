import type { TileArrays } from "../../mod.ts";

/** Counts its cells from the beginning of the array's data, not from that of its tile. */
export default function wrongAbsoluteIndex({ x, out }: TileArrays<"x" | "out", "float64">): void {
  let place = 0;
  for (const value of x.values()) out.data[place++] = 2 * value + 1;
}
