/**
 * What a recorded run tells of itself.
 *
 * @module
 */

import { sizeOf } from "../array/layout/shape.ts";
import { layoutOf, type SharedNdArray } from "../array/shared_ndarray.ts";
import { dtypeRow } from "../dtype.ts";
import type { RunTask } from "./execute.ts";
import type { KernelMessage, StreamEnd } from "./protocol.ts";
import type { TimelineArray, TimelinePhase } from "./timeline.ts";

/**
 * The name of what a run does.
 *
 * @param kernel Its kernel.
 */
export function phaseName({ kind }: KernelMessage): TimelinePhase["name"] {
  return kind === "module" || kind === "compiled" ? "map" : kind;
}

/**
 * About how many vector instructions an element takes.
 *
 * @param kernel The kernel.
 * @returns Null where nobody knows.
 */
export function weightOf(kernel: KernelMessage): number | null {
  switch (kernel.kind) {
    case "compiled":
      return kernel.compiled.weight;
    case "stream":
      return weightOf(kernel.kernel);
    default:
      return null;
  }
}

/**
 * What a run reads and writes.
 *
 * @param task The run.
 */
export function arrayFacts({ arrays, outputs, message }: RunTask): TimelineArray[] {
  if (message.kind === "stream") {
    return [
      ...message.inputs.map((end) => endFacts(end, false)),
      ...message.outputs.map((end) => endFacts(end, true)),
    ];
  }
  if (message.kind === "stream reduce") return message.inputs.map((end) => endFacts(end, false));
  const isWritten = message.kind === "compiled"
    ? (name: string) => message.compiled.operands.some((operand) => operand.isOutput && operand.name === name)
    : (name: string) => outputs !== undefined && Object.hasOwn(outputs, name);
  return Object.entries(arrays).map(([name, array]) => ({
    name,
    dtype: array.dtype,
    shape: array.shape,
    bytes: ownBytes(array),
    isOutput: isWritten(name),
  }));
}

/** Bytes of an array's elements, each counted once where a stride of 0 repeats it. */
function ownBytes(array: SharedNdArray): number {
  const { shape, strides } = layoutOf(array);
  return sizeOf(shape.map((extent, axis) => strides[axis] === 0 ? Math.min(1, extent) : extent)) *
    dtypeRow(array.dtype).bytes;
}

function endFacts({ name, dtype, shape }: StreamEnd, isOutput: boolean): TimelineArray {
  return { name, dtype, shape, bytes: sizeOf(shape) * dtypeRow(dtype).bytes, isOutput };
}
