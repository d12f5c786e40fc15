import type { TileArrays } from "../../mod.ts";
import add from "./add.ts";

/** `sum = a + b`, a moment later. */
export default async function addLater(
  arrays: TileArrays<"a" | "b" | "sum", "float64">,
  tile: { readonly index: number },
): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, tile.index % 3));
  add(arrays);
  return tile.index;
}
