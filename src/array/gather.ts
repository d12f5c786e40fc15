/**
 * Gathering a box that reaches beyond an array's edges.
 *
 * @module
 */

import { type DType, DTYPES } from "../dtype.ts";
import { copyLoop, type Strided } from "./copy/copy_loop.ts";
import { moveElements } from "./copy/move_elements.ts";
import type { Memory } from "./copy/operand.ts";
import { layoutOf, type SharedNdArray } from "./shared_ndarray.ts";

/**
 * Neighbouring indices of a box along one axis whose elements lie evenly spaced in the source, or not in it at all.
 */
export interface AxisRun {
  /** How many indices; at least 1. */
  readonly length: number;
  /** The source's index of the first element; {@linkcode BEYOND} for elements beyond the edges. */
  readonly source: number;
  /** The distance between the source's indices: 1, -1 where the source is mirrored, 0 where it is repeated. */
  readonly step: number;
}

/** Where the elements are that no index of the source has. */
export const BEYOND = -1;

/** What a gathering is about, and the piece that it has come to. */
interface Gathering {
  readonly dtype: DType;
  readonly tables: readonly (readonly AxisRun[])[];
  readonly target: Memory;
  readonly targetStrides: readonly number[];
  readonly source: Memory;
  readonly sourceStrides: readonly number[];
  /** One element: what stands beyond the edges. */
  readonly fill: Memory;
  /** The extents of the piece, and its source's strides. */
  readonly extents: number[];
  readonly strides: number[];
}

/**
 * Fills a box of which parts lie beyond the source's edges. The box is taken apart into pieces whose elements are
 * evenly spaced in the source, so that each piece is an ordinary copy. Elements keep their bits.
 *
 * @param source Where to read: any layout.
 * @param tables For each axis the runs that make up the box, in order; their lengths add up to the box's extents.
 * @param fill What stands beyond the edges, as the dtype's typed array takes it. Not used where nothing does.
 * @param target Where to write: the box's shape, the source's dtype, other memory than the source's.
 */
export function gatherBox(
  source: SharedNdArray,
  tables: readonly (readonly AxisRun[])[],
  fill: number | bigint,
  target: SharedNdArray,
): void {
  if (target.size === 0) return;
  const from = layoutOf(source), to = layoutOf(target);
  const gathering: Gathering = {
    dtype: source.dtype,
    tables,
    target: memoryOf(target.data),
    targetStrides: to.strides,
    source: memoryOf(source.data),
    sourceStrides: from.strides,
    fill: tables.some(reachesBeyond) ? memoryOf(oneElement(source.dtype, fill)) : memoryOf(target.data),
    extents: to.shape.slice(),
    strides: from.strides.slice(),
  };
  gatherAxis(gathering, 0, to.offset, from.offset);
}

/** Takes the box apart along one axis and those behind it. The axes before have been narrowed to one run each. */
function gatherAxis(gathering: Gathering, axis: number, targetStart: number, sourceStart: number): void {
  const { tables, targetStrides, sourceStrides, extents, strides } = gathering;
  if (axis === tables.length) {
    move(gathering, targetStart, gathering.source, { strides, offset: sourceStart });
    return;
  }
  const whole = extents[axis], stride = sourceStrides[axis];
  let place = targetStart;
  for (const { length, source, step } of tables[axis]) {
    extents[axis] = length;
    if (source === BEYOND) {
      // All that the later axes have here lies beyond the edges, too: it is one piece.
      move(gathering, place, gathering.fill, { strides: extents.map(() => 0), offset: 0 });
    } else {
      strides[axis] = step * stride;
      gatherAxis(gathering, axis + 1, place, sourceStart + source * stride);
    }
    place += length * targetStrides[axis];
  }
  extents[axis] = whole;
}

function move(
  { dtype, extents, target, targetStrides }: Gathering,
  targetStart: number,
  source: Memory,
  from: Strided,
): void {
  const loop = copyLoop(extents, { strides: targetStrides, offset: targetStart }, from);
  moveElements(dtype, loop, target, source);
}

function reachesBeyond(runs: readonly AxisRun[]): boolean {
  return runs.some(({ source }) => source === BEYOND);
}

function oneElement(dtype: DType, value: number | bigint): ArrayBufferView {
  // Written through one typed array's type: whoever gathers has matched the value to the dtype.
  const data = new DTYPES[dtype].array(1) as Float64Array;
  data[0] = value as number;
  return data;
}

function memoryOf({ buffer, byteOffset }: ArrayBufferView): Memory {
  return { buffer, byteOffset };
}
