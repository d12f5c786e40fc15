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
  // Further steps of an iteration read and write the same arrays in turn.
  const [turn] = message.kind === "iterate" ? message.turns : [null];
  const entries = turn === null
    ? Object.entries(arrays)
    : Object.entries(turn.arrays).map(([name, array]) => [name, arrays[array]] as const);
  const isWritten = writtenBy(turn?.kernel ?? message, outputs);
  return entries.map(([name, array]) => ({
    name,
    dtype: array.dtype,
    shape: array.shape,
    bytes: ownBytes(array),
    isOutput: isWritten(name),
  }));
}

/** Tells of names whether a kernel writes them. */
function writtenBy(kernel: KernelMessage, outputs: RunTask["outputs"]): (name: string) => boolean {
  if (kernel.kind === "compiled") {
    const written = new Set(
      kernel.compiled.operands.filter(({ isOutput }) => isOutput).map(({ name }) => name),
    );
    return (name) => written.has(name);
  }
  if (kernel.kind === "module") return (name) => !kernel.inputs.includes(name);
  return (name) => outputs !== undefined && Object.hasOwn(outputs, name);
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
