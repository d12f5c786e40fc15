/**
 * Running sums and products along an axis, in place.
 *
 * @module
 */

import { walkRows } from "../../array/layout/walk.ts";
import { countWork } from "../../interrupt.ts";
import { layoutOf, type SharedNdArray } from "../../array/shared_ndarray.ts";
import { ELEMENT_NS, type Lines, PIECE, scanWholes } from "./scan_wholes.ts";

/** What a scan does. */
export interface Scan {
  readonly operation: "sum" | "prod";
  /** Whether NaN counts as if it were not there: as 0 in a sum, as 1 in a product. */
  readonly skipNaN: boolean;
}

/** The dtypes that a scan gives. */
export type ScanDType = "float16" | "float32" | "float64" | "int64" | "uint64";

type Floats = Float16Array | Float32Array | Float64Array;

/** Lines that are scanned side by side: their running values stay in the fastest cache. */
const STRIP = 2048;

/**
 * Replaces each element by the sum or product of all up to it along an axis, in their order. Floats are accumulated
 * in float64, and rounded where they are stored; integers wrap.
 *
 * @param array The array.
 * @param axis The axis, from 0.
 * @param scan What is done.
 */
export function scanInPlace(array: SharedNdArray<ScanDType>, axis: number, scan: Scan): void {
  const { shape, strides, offset } = layoutOf(array), { data } = array;
  const length = shape[axis], stride = strides[axis];
  const others = { shape: shape.toSpliced(axis, 1), strides: strides.toSpliced(axis, 1), offset };
  const isWhole = data instanceof BigInt64Array || data instanceof BigUint64Array;
  // Both kinds of integers wrap alike, so they are added and multiplied by their halves.
  const halves = isWhole ? new Int32Array(data.buffer, data.byteOffset, data.length * 2) : undefined;
  walkRows([others], (count, [start], [step]) => {
    const isAcross = count > 1 && Math.abs(step) < Math.abs(stride);
    for (let line = 0; line < count; line += STRIP) {
      const lines: Lines = {
        start: start + line * step,
        count: Math.min(STRIP, count - line),
        step,
        length,
        stride,
      };
      if (isWhole) {
        if (halves !== undefined) scanWholes(halves, lines, scan.operation, isAcross);
      } else if (isAcross) scanAcross(data, lines, scan);
      else scanAlong(data, lines, scan);
    }
  });
}

/** What a running value begins with: it changes nothing, not even the sign of zeros. */
function beginningOf({ operation }: Scan): number {
  return operation === "sum" ? -0 : 1;
}

/** One line after the other. */
function scanAlong(data: Floats, { start, count, step, length, stride }: Lines, scan: Scan): void {
  const isSum = scan.operation === "sum", { skipNaN } = scan, nothing = isSum ? 0 : 1;
  for (let line = 0; line < count; line++) {
    let running = beginningOf(scan);
    for (let i = 0, place = start + line * step; i < length;) {
      const first = i, end = Math.min(length, i + PIECE);
      for (; i < end; i++, place += stride) {
        let element = data[place];
        if (skipNaN && element !== element) element = nothing;
        running = isSum ? running + element : running * element;
        data[place] = running;
      }
      countWork((end - first) * ELEMENT_NS);
    }
  }
}

const strip = new Float64Array(STRIP);

/** All lines at a time, an element of each after the other, as they lie in memory. */
function scanAcross(data: Floats, { start, count, step, length, stride }: Lines, scan: Scan): void {
  const isSum = scan.operation === "sum", { skipNaN } = scan, nothing = isSum ? 0 : 1;
  strip.fill(beginningOf(scan), 0, count);
  for (let i = 0; i < length; i++) {
    for (let line = 0, place = start + i * stride; line < count; line++, place += step) {
      let element = data[place];
      if (skipNaN && element !== element) element = nothing;
      const running = isSum ? strip[line] + element : strip[line] * element;
      strip[line] = running;
      data[place] = running;
    }
    countWork(count * ELEMENT_NS);
  }
}
