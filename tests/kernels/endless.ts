import type { TileArrays } from "../../mod.ts";

/** Says that it has begun, and never ends. */
export default function endless({ begun }: TileArrays<"begun", "int32">): void {
  begun.fill(1);
  for (;;);
}
