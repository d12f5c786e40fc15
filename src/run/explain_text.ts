/**
 * What an expression was understood as, and what was made of it: the text. It is loaded when somebody asks.
 *
 * @module
 */

import { type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { broadcastLayout } from "../array/layout/broadcast.ts";
import { cStrides } from "../array/layout/strides.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { joinLoops } from "../kernel/loop_order.ts";
import { explainProgram } from "../plan/expr/explain.ts";
import type { KernelSource } from "../plan/expr/parse.ts";
import { readsOf } from "../plan/expr/reachable.ts";
import {
  compileExpression,
  type ExpressionToCompile,
  type OperandPlace,
  placeOf,
  prepareExpression,
} from "./expression.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import type { SplitInputs } from "./run_arrays.ts";
import type { ExplainOptions } from "./explain.ts";

/**
 * Explains an expression of arrays.
 *
 * @param kernel The expression.
 * @param inputs Arrays and scalars.
 * @param wishes Outputs, strictness.
 */
export async function explainArrays(
  kernel: KernelSource,
  { arrays, scalars }: SplitInputs,
  { strict = false, ...wishes }: ExplainOptions,
): Promise<string> {
  const prepared = await prepareExpression(kernel, {
    inputs: arrays,
    scalars,
    outputs: undefined,
    ...wishes,
  });
  const places: Record<string, OperandPlace> = {};
  for (const [name, array] of Object.entries(prepared.inputs)) places[name] = placeOf(array);
  for (const [name, spec] of Object.entries(prepared.outputs)) {
    places[name] = typeof spec === "string" ? newPlace(prepared.shape, spec) : placeOf(spec);
  }
  return explainPrepared(prepared, places, strict);
}

/**
 * Where the elements of a new array will lie.
 *
 * @param shape The shape of the run.
 * @param dtype The array's dtype.
 * @param own The array's own shape, which is broadcast.
 */
export function newPlace(shape: Shape, dtype: DType, own: Shape = shape): OperandPlace {
  // A new array has room to begin anywhere within a page of 4096 bytes.
  const isLarge = sizeOf(own) * DTYPES[dtype].bytes + 4096 > 2 ** 32;
  const { strides } = broadcastLayout({ shape: own, strides: cStrides(own), offset: 0 }, shape);
  return { strides, memory: isLarge ? "wasm64" : "wasm32" };
}

/**
 * Explains an expression that was checked.
 *
 * @param prepared The expression.
 * @param places Where its arrays lie, by name.
 * @param strict Whether it is compiled for the same bits on every machine.
 */
export function explainPrepared(
  prepared: ExpressionToCompile,
  places: Readonly<Record<string, OperandPlace>>,
  strict: boolean,
): string {
  const { program, shape } = prepared;
  const { kernel, byteLength, instructions } = compileExpression(prepared, places, strict);
  const steps = kernel.operands.map(({ name }) => kernel.axes.map((axis) => places[name].strides[axis]));
  const indexSteps = kernel.indexAxes.map((own) => kernel.axes.map((axis) => Number(axis === own)));
  const { extents } = joinLoops(kernel.axes.map((axis) => shape[axis]), [...steps, ...indexSteps]);
  const rows = extents.slice(0, -1).reduce((product, extent) => product * extent, 1);
  const reads = readsOf(program);
  const operands = [...program.inputs, ...program.outputs].map(({ dtype }, memory) => {
    // One of those of the array: its places lie in the same way.
    const operand = kernel.operands.find((own) => own.memory === memory) ?? kernel.operands[0];
    const place = places[operand.name], isStaged = place.memory === "other";
    // Blocks are copied whole.
    const share = isStaged ? 1 : distinctShare(shape, place);
    const count = operand.isOutput ? 1 : reads.filter(({ name }) => name === operand.name).length;
    return { ...operand, dtype, bytes: DTYPES[dtype].bytes * share, isStaged, places: count };
  });
  const bytes = (which: typeof operands) =>
    shortNumber(which.reduce((sum, operand) => sum + operand.bytes, 0));
  const read = operands.filter(({ isOutput }) => !isOutput),
    written = operands.filter(({ isOutput }) => isOutput);
  const show = (which: typeof operands) =>
    which.map(({ name, dtype, access, isStaged, places }) =>
      `${name} ${dtype} ${isStaged ? "in blocks" : access === "splat" ? "broadcast" : access}` +
      (places > 1 ? ` at ${places} places` : "")
    ).join(", ") || "nothing";
  const fused = strict ? "no fused multiply-add" : "fused multiply-add where the machine has it";
  return [
    "program",
    ...explainProgram(program).split("\n").map((line) => `  ${line}`),
    `loop     ${showShape(shape)} as ${count(rows, "row")} of ${count(extents.at(-1) ?? 1, "element")}, ` +
    `${kernel.elements} to a vector; axes ${showShape(kernel.axes)} from the outermost in`,
    `reads    ${show(read)}`,
    ...(kernel.halo === null ? [] : [`halo     ${haloText(kernel.halo)}`]),
    `writes   ${show(written)}`,
    `moves    ${bytes(operands)} bytes an element: ${bytes(read)} read, ${bytes(written)} written, ` +
    `${bytes(operands.filter(({ isStaged }) => isStaged))} copied`,
    `code     ${count(instructions, "vector instruction")} for ${kernel.elements} elements, ` +
    `${byteLength} bytes of WebAssembly, ${fused}`,
  ].join("\n");
}

/** How much of an array's bytes an element of the run moves: broadcast elements are moved once for many. */
function distinctShare(shape: Shape, { strides }: OperandPlace): number {
  return shape.reduce((share, extent, axis) => strides[axis] === 0 && extent > 1 ? share / extent : share, 1);
}

/** How far is read along each axis, and what lies beyond the edges. */
function haloText({ axes }: KernelHalo): string {
  return axes.map(({ before, after, mode }, axis) => {
    const far = before === 0 && after === 0 ? "none" : `${before} before and ${after} after, ${mode}`;
    return `axis ${axis}: ${far}`;
  }).join("; ");
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
