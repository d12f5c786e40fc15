import type { TileArrays } from "../../mod.ts";

/** Writes the cell before its tile too, with the value that the tile of that cell gives it. */
export default function wrongSameValue({ x, out }: TileArrays<"x" | "out", "float64">): void {
  out.copyFrom(x);
  out.data[out.offset - 1] = x.data[x.offset - 1];
}
