import { atomics, type KernelTile, type SharedNdArray } from "../../mod.ts";

interface Arrays {
  readonly values: SharedNdArray<"int32">;
  readonly counts: SharedNdArray<"int32">;
  readonly total: SharedNdArray<"int64">;
  readonly most: SharedNdArray<"int16">;
}

/** Adds every element to counters that all workers write, one by one, so that they meet often. */
export default function countAll({ values, counts, total, most }: Arrays, { index }: KernelTile): void {
  for (const value of values.values()) {
    atomics.add(counts, 0, value);
    atomics.add(total, [], BigInt(value));
  }
  atomics.add(counts, 1, 1);
  atomics.max(most, 0, index);
}
