import type { TileArrays } from "../../mod.ts";

/** Notes the last tile in a corner of the input that is not its own. */
export default function wrongFarInput({ x, out }: TileArrays<"x" | "out", "float64">): void {
  out.copyFrom(x);
  if (x.offset > 0) x.data[0] = -1;
}
