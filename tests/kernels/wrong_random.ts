import type { TileArrays } from "../../mod.ts";

/** Adds noise that no seed decides. */
export default function wrongRandom({ x, out }: TileArrays<"x" | "out", "float64">): void {
  for (let i = 0; i < x.shape[0]; i++) {
    for (let j = 0; j < x.shape[1]; j++) out.set(i, j, x.get(i, j) + Math.random());
  }
}
