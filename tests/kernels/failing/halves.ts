/** A step of an iteration, and a value for a reduction. */

import type { TileArrays } from "../../../mod.ts";

/** Takes its time to be loaded. */
const factor = await new Promise<number>((resolve) => setTimeout(resolve, 50, 0.5));

export default function halves({ z, next }: TileArrays<"z" | "next", "float64">): number {
  const values = [...z.values()];
  next?.copyFrom(values.map((value) => factor * value));
  return values.length;
}
