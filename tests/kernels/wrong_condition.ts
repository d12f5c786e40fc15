import type { TileArrays } from "../../mod.ts";

/** Writes cells only where the input is large. */
export default function wrongCondition({ x, out }: TileArrays<"x" | "out", "float64">): void {
  for (let i = 0; i < x.shape[0]; i++) {
    for (let j = 0; j < x.shape[1]; j++) if (x.get(i, j) > 0.25) out.set(i, j, x.get(i, j));
  }
}
