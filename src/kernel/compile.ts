/**
 * From a checked program and the layout of its arrays to a WebAssembly module.
 *
 * @module
 */

import { DTYPES } from "../dtype.ts";
import type { Program } from "../plan/expr/program.ts";
import { FunctionTable } from "../simd/emit.ts";
import { Graph } from "../simd/graph.ts";
import { encodeModule } from "../wasm/module.ts";
import type { Access } from "./element_access.ts";
import { loopFunction, type LoopShape } from "./loop.ts";
import { lowerProgram, nodesOf, widestBytes } from "./lower.ts";

/** How the operands of a program lie in memory: its inputs, then its outputs. */
export interface OperandLayout {
  readonly access: Access;
  /** Whether the memory has 64-bit addresses. */
  readonly is64: boolean;
}

/** What a program is compiled for. */
export interface CompileOptions {
  /** For each input, then for each output. */
  readonly layouts: readonly OperandLayout[];
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
  const axes = nodesOf(program).flatMap((node) => node.kind === "index" ? [node.axis] : []);
  return [...new Set(axes)].sort((a, b) => a - b);
}

/**
 * Compiles a program.
 *
 * @param program The program.
 * @param options The layout of its operands.
 */
export function compileProgram(program: Program, options: CompileOptions): CompiledProgram {
  const { layouts, innerAxis, strict } = options;
  const elements = 16 / widestBytes(program);
  const axes = indexAxesOf(program);
  const shape: LoopShape = {
    elements,
    operands: [...program.inputs, ...program.outputs].map(({ dtype }, k) => ({
      bytes: DTYPES[dtype].bytes,
      ...layouts[k],
    })),
    inputs: program.inputs.length,
    scalars: program.scalars.map(({ kind }) => kind),
    indices: axes.map((axis) => ({ isInner: axis === innerAxis })),
  };
  const graph = new Graph({ strict, elements });
  const functions = new FunctionTable(1, strict);
  const main = loopFunction(shape, graph, (leaves) => lowerProgram(program, graph, leaves, axes), functions);
  const bytes = encodeModule({
    memories: shape.operands.map(({ is64 }, k) => ({ name: `m${k}`, is64 })),
    functions: [main, ...functions.build()],
  });
  const instructions = graph.nodes.filter(({ kind }) => kind !== "constant" && kind !== "leaf").length;
  return { bytes, elements, instructions };
}
