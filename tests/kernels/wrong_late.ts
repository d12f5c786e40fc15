import type { TileArrays } from "../../mod.ts";

/** Says that it is done, and writes a cell a moment later. */
export default async function wrongLate({ x, out }: TileArrays<"x" | "out", "float64">): Promise<void> {
  await Promise.resolve();
  out.copyFrom(x);
  setTimeout(() => out.set(0, 0, -1), 3);
}
