import type { TileArrays } from "../../mod.ts";

/** Clamps its input in place. */
export default function wrongInputSet({ x, out }: TileArrays<"x" | "out", "float64">): void {
  for (let i = 0; i < x.shape[0]; i++) {
    for (let j = 0; j < x.shape[1]; j++) {
      if (x.get(i, j) > 0.5) x.set(i, j, 0.5);
      out.set(i, j, x.get(i, j));
    }
  }
}
