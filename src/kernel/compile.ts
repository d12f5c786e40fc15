/**
 * From a checked program and the layout of its arrays to a WebAssembly module.
 *
 * @module
 */

import { DTYPES } from "../dtype.ts";
import { PlanError } from "../errors.ts";
import { grouped } from "../plan/expr/limits.ts";
import type { Program } from "../plan/expr/program.ts";
import { nodesInOrder, readsOf } from "../plan/expr/reachable.ts";
import { FunctionTable } from "../simd/emit.ts";
import { Graph } from "../simd/graph.ts";
import { encodeModule, type MemoryImport } from "../wasm/module.ts";
import type { Access } from "./element_access.ts";
import type { Load } from "./reads.ts";
import { loopFunction, type LoopLeaves, type LoopShape } from "./loop.ts";
import { passedKind } from "./scalars.ts";
import { lowerProgram, widestBytes } from "./lower.ts";

/** How an operand of a program lies in memory. */
export interface OperandLayout {
  readonly access: Access;
  /** Whether the memory has 64-bit addresses. */
  readonly is64: boolean;
  /** The number of the memory: the places of one array have one. */
  readonly memory: number;
}

/** What a program is compiled for. */
export interface CompileOptions {
  /** For each operand that is read, then for each output. */
  readonly layouts: readonly OperandLayout[];
  /** What is loaded for each place that is read, as `readsOf` gives them. */
  readonly loads: readonly Load[];
  /** The innermost axis, which an index may count along. */
  readonly innerAxis: number;
  /** Whether instructions are left out whose result differs between machines. */
  readonly strict: boolean;
}

/** A program as WebAssembly. */
export interface CompiledProgram {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Elements that a vector stands for. */
  readonly elements: number;
  /** Vector instructions in a turn of the innermost loop. */
  readonly instructions: number;
}

/**
 * The axes whose index a program uses, in ascending order.
 *
 * @param program The program.
 */
export function indexAxesOf(program: Program): number[] {
  const axes = nodesInOrder(program.outputs).flatMap((node) => node.kind === "index" ? [node.axis] : []);
  return [...new Set(axes)].sort((a, b) => a - b);
}

/** Parameters that a function of WebAssembly may have, an implementation-defined limit that runtimes agree on. */
const MOST_PARAMETERS = 1000;

/** Vector instructions that are compiled at a time. More would take the runtime seconds, and gigabytes. */
const MOST_INSTRUCTIONS = 100_000;

/**
 * Compiles a program.
 *
 * @param program The program.
 * @param options The layout of its operands.
 * @throws {PlanError} If it has more arrays and scalars, or computes more, than a function of WebAssembly can.
 */
export function compileProgram(program: Program, options: CompileOptions): CompiledProgram {
  const { layouts, loads, innerAxis, strict } = options;
  const elements = 16 / widestBytes(program);
  const axes = indexAxesOf(program);
  const inputs = layouts.length - program.outputs.length;
  requireFewOperands(program, inputs, axes.length);
  const reads = readsOf(program);
  const dtypes = [
    ...Array.from({ length: inputs }, (_, k) => reads[loads.findIndex(({ operand }) => operand === k)].dtype),
    ...program.outputs.map(({ dtype }) => dtype),
  ];
  const shape: LoopShape = {
    elements,
    operands: layouts.map((layout, k) => ({ bytes: DTYPES[dtypes[k]].bytes, ...layout })),
    inputs,
    loads,
    scalars: program.scalars.map(passedKind),
    indices: axes.map((axis) => ({ isInner: axis === innerAxis })),
  };
  const graph = new Graph({ strict, elements });
  const functions = new FunctionTable(1, strict);
  const build = (leaves: LoopLeaves) => {
    const values = lowerProgram(program, graph, leaves, axes);
    requireFewInstructions(graph);
    return values;
  };
  const main = loopFunction(shape, graph, build, functions);
  const bytes = encodeModule({
    memories: memoriesOf(layouts),
    functions: [main, ...functions.build()],
  });
  return { bytes, elements, instructions: instructionsOf(graph) };
}

/** Each memory once, in the order of their numbers. */
function memoriesOf(layouts: readonly OperandLayout[]): MemoryImport[] {
  const memories: MemoryImport[] = [];
  for (const { memory, is64 } of layouts) memories[memory] = { name: `m${memory}`, is64 };
  return memories;
}

function instructionsOf({ nodes }: Graph): number {
  return nodes.filter(({ kind }) => kind !== "constant" && kind !== "leaf").length;
}

/** Each array may take three parameters, each index two; whether it does depends on how arrays lie. */
function requireFewOperands({ inputs, outputs, scalars }: Program, reads: number, indices: number): void {
  const arrays = reads + outputs.length,
    most = (MOST_PARAMETERS - 2 - scalars.length - 2 * indices) / 3;
  if (arrays <= most) return;
  throw new PlanError(
    `The expression has ${arrays} ${
      reads > inputs.length ? "rows of arrays" : "arrays"
    } and ${scalars.length} ` +
      `scalars, more than a kernel can have: with so many scalars at most ${
        Math.max(0, Math.floor(most))
      } arrays; ` +
      "compute it in parts",
  );
}

function requireFewInstructions(graph: Graph): void {
  const instructions = instructionsOf(graph);
  if (instructions <= MOST_INSTRUCTIONS) return;
  const [count, most] = [instructions, MOST_INSTRUCTIONS].map(grouped);
  throw new PlanError(
    `The expression takes ${count} vector instructions, more than the ${most} that are compiled at a time: compute it ` +
      "in parts",
  );
}
