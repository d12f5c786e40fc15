import type { TileArrays } from "../../mod.ts";

const seen = new Set<number>();

/** Works once for each tile. */
export default function wrongSecondCall(
  { x, out }: TileArrays<"x" | "out", "float64">,
  { index }: { readonly index: number },
): void {
  if (seen.has(index)) throw new RangeError("This tile was done before");
  seen.add(index);
  out.copyFrom(x);
}
