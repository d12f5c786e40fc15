/**
 * The kernel module of running sums and products: tiles are whole along the axis.
 *
 * @module
 */

import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import { type Scan, type ScanDType, scanInPlace } from "./scan_lines.ts";

/** What the kernel works on. */
export interface ScanArrays {
  /** What is scanned; without it, what is in the result already. For a flat scan it can have any shape. */
  readonly source?: SharedNdArray;
  /** Where it goes. */
  readonly result: SharedNdArray;
  /** From `packScan`. */
  readonly settings: SharedNdArray;
  // What every kernel gets is a record of arrays.
  readonly [name: string]: SharedNdArray | undefined;
}

/**
 * What the kernel has to know, as an array, which is what reaches a worker.
 *
 * @param axis The axis.
 * @param scan What is done.
 */
export function packScan(axis: number, { operation, skipNaN }: Scan): number[] {
  return [axis, Number(operation === "prod"), Number(skipNaN)];
}

/**
 * Scans a tile.
 *
 * @param arrays The arrays.
 */
export default function scanTile({ source, result, settings }: ScanArrays): void {
  if (source !== undefined) {
    // A flat scan is of all elements in C order.
    const like = source.ndim === result.ndim ? result : result.reshape(source.shape);
    like.copyFrom(source, { casting: "unsafe" });
  }
  const [axis, isProduct, skipNaN] = [...settings.values()].map(Number);
  const scan: Scan = { operation: isProduct ? "prod" : "sum", skipNaN: skipNaN === 1 };
  // Callers make results of these dtypes only.
  scanInPlace(result as SharedNdArray<ScanDType>, axis, scan);
}
