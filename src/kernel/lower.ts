/**
 * From a checked program to a graph of vector instructions.
 *
 * @module
 */

import { type DType, DTYPES } from "../dtype.ts";
import type { CallNode, InputNode, Program, ProgramNode, SelectNode } from "../plan/expr/program.ts";
import { nodesInOrder, readsOf } from "../plan/expr/reachable.ts";
import { convert, literal } from "../simd/convert.ts";
import type { Graph, Value } from "../simd/graph.ts";
import { integerCall, integerCompare } from "../simd/integers.ts";
import { f32x4, f64x2 } from "../simd/lanes.ts";
import { fromMask, maskTo, toMask } from "../simd/masks.ts";
import { isInteger, type LaneWidth, selectLanes, widthOf } from "../simd/widths.ts";
import type { LoopLeaves } from "./loop.ts";
import { floatCall } from "./float_calls.ts";
import { passedKind, scalarSplat } from "./scalars.ts";

/**
 * A vector, and for bools how wide the lanes of the mask are; 0 when all bits are equal, so that any width is right.
 */
interface Lowered {
  readonly value: Value;
  readonly width: LaneWidth | 0;
}

/**
 * Bytes of the widest lane that a program computes with.
 *
 * @param program The program.
 */
export function widestBytes(program: Program): number {
  let widest = 1;
  for (const node of nodesInOrder(program.outputs)) {
    const dtype: DType = node.dtype;
    widest = Math.max(widest, isThroughFloat32(node) ? 4 : 0, DTYPES[dtype].bytes);
  }
  return widest;
}

/** Whether a node converts float16, which passes through float32 even where neither side is as wide. */
function isThroughFloat32(node: ProgramNode): boolean {
  return node.kind === "cast" && node.of.dtype !== "bool" &&
    (node.dtype === "float16" || node.of.dtype === "float16");
}

/**
 * Builds what a program's outputs store.
 *
 * @param program The program.
 * @param graph The graph that is built.
 * @param leaves Inputs, scalars and indices.
 * @param axes The axes whose index is a leaf, in order.
 * @returns For each output a vector whose low lanes hold the elements as they are stored.
 */
export function lowerProgram(
  program: Program,
  graph: Graph,
  leaves: LoopLeaves,
  axes: readonly number[],
): Value[] {
  const lowering = new Lowering(program, graph, leaves, axes);
  return program.outputs.map(({ value, dtype }) => lowering.stored(value, dtype));
}

class Lowering {
  readonly #program: Program;
  readonly #graph: Graph;
  readonly #leaves: LoopLeaves;
  readonly #axes: readonly number[];
  readonly #reads: readonly InputNode[];
  readonly #known = new Map<ProgramNode, Lowered>();

  constructor(program: Program, graph: Graph, leaves: LoopLeaves, axes: readonly number[]) {
    this.#program = program;
    this.#graph = graph;
    this.#leaves = leaves;
    this.#axes = axes;
    this.#reads = readsOf(program);
    // Each finds its arguments here, however deep the program is.
    for (const node of nodesInOrder(program.outputs)) this.#known.set(node, this.#lower(node));
  }

  /** An output as it is stored: bools as 1 and 0. */
  stored(node: ProgramNode, dtype: DType): Value {
    const { value, width } = this.#get(node);
    return dtype === "bool" ? fromMask(this.#graph, value, width === 0 ? 1 : width, "bool") : value;
  }

  #get(node: ProgramNode): Lowered {
    const known = this.#known.get(node);
    if (known === undefined) throw new Error(`A ${node.kind} was used before it was lowered`);
    return known;
  }

  #value(node: ProgramNode): Value {
    return this.#get(node).value;
  }

  /** A bool as a mask with lanes of some width. */
  #mask(node: ProgramNode, width: LaneWidth | 0): Value {
    const mask = this.#get(node);
    return mask.width === 0 || width === 0 || mask.width === width
      ? mask.value
      : maskTo(this.#graph, mask.value, mask.width, width);
  }

  #lower(node: ProgramNode): Lowered {
    switch (node.kind) {
      case "literal":
        return node.dtype === "bool"
          ? { value: this.#graph.i64(node.value ? -1n : 0n), width: 0 }
          : plain(literal(this.#graph, node.dtype, node.value));
      case "input":
        return this.#input(node);
      case "scalar": {
        const k = this.#program.scalars.findIndex(({ name }) => name === node.name);
        const value = this.#leaves.scalar(k, scalarSplat(passedKind(this.#program.scalars[k]), node.dtype));
        return { value, width: 0 };
      }
      case "index":
        return plain(this.#leaves.index(this.#axes.indexOf(node.axis)));
      case "cast":
        return this.#cast(node.of, node.dtype);
      case "call":
        return this.#call(node);
      case "select":
        return this.#select(node);
    }
  }

  #input(node: InputNode): Lowered {
    const value = this.#leaves.load(this.#reads.indexOf(node));
    // A stored bool is true when its byte is not 0.
    return node.dtype === "bool" ? { value: toMask(this.#graph, value, "uint8"), width: 1 } : plain(value);
  }

  #cast(of: ProgramNode, to: DType): Lowered {
    const graph = this.#graph, from = of.dtype, { value, width } = this.#get(of);
    if (from === to) return { value, width };
    if (from === "bool") return plain(fromMask(graph, value, width === 0 ? widthOf(to) : width, to));
    if (to !== "bool") return plain(convert(graph, value, from, to));
    if (from !== "float16") return { value: toMask(graph, value, from), width: widthOf(from) };
    return { value: toMask(graph, convert(graph, value, from, "float32"), "float32"), width: 4 };
  }

  #call(node: CallNode): Lowered {
    const graph = this.#graph, [{ dtype }] = node.args;
    if (dtype === "bool") return this.#boolCall(node);
    const args = node.args.map((arg) => this.#value(arg));
    if (isInteger(dtype)) {
      if (node.dtype !== "bool") return plain(integerCall(graph, node.name, dtype, args));
      return { value: integerCompare(graph, node.name, dtype, args[0], args[1]), width: widthOf(dtype) };
    }
    if (node.dtype === "bool") {
      return { value: this.#compareFloats(node.name, dtype, args), width: widthOf(dtype) };
    }
    return plain(floatCall(graph, node, dtype === "float32" ? "float32" : "float64", args));
  }

  #compareFloats(name: string, dtype: DType, [a, b]: readonly Value[]): Value {
    const f = dtype === "float32" ? f32x4(this.#graph) : f64x2(this.#graph);
    switch (name) {
      case "eq":
      case "ne":
      case "lt":
      case "le":
      case "gt":
      case "ge":
        return f[name](a, b);
      case "isnan":
        return f.ne(a, a);
      case "isfinite":
        return f.lt(f.abs(a), f.c(Infinity));
      default:
        throw new Error(`${name} is no comparison`);
    }
  }

  /** The widest of some masks; 0 when any width is right for all. */
  #widest(nodes: readonly ProgramNode[]): LaneWidth | 0 {
    return nodes.map((node) => this.#get(node).width).reduce((a, b) => a > b ? a : b);
  }

  #boolCall({ name, args }: CallNode): Lowered {
    const width = this.#widest(args);
    const [a, b] = args.map((arg) => this.#mask(arg, width));
    const bits = (op: string, ...operands: Value[]) => ({
      value: this.#graph.op(`v128.${op}`, ...operands),
      width,
    });
    switch (name) {
      case "bitAnd":
      case "mul":
      case "min":
        return bits("and", a, b);
      case "bitOr":
      case "add":
      case "max":
        return bits("or", a, b);
      case "bitXor":
      case "ne":
        return bits("xor", a, b);
      case "eq":
        return bits("not", this.#graph.op("v128.xor", a, b));
      case "bitNot":
        return bits("not", a);
      case "lt":
        return bits("andnot", b, a);
      case "gt":
        return bits("andnot", a, b);
      case "le":
        return bits("or", this.#graph.op("v128.not", a), b);
      case "ge":
        return bits("or", a, this.#graph.op("v128.not", b));
      default:
        throw new Error(`${name} is not defined for bools`);
    }
  }

  #select({ condition, yes, no, dtype }: SelectNode): Lowered {
    if (dtype === "bool") {
      const width = this.#widest([condition, yes, no]);
      const [mask, a, b] = [condition, yes, no].map((part) => this.#mask(part, width));
      return { value: this.#graph.op("v128.bitselect", a, b, mask), width };
    }
    const width = widthOf(dtype), mask = this.#mask(condition, width);
    return plain(selectLanes(this.#graph, width, mask, this.#value(yes), this.#value(no)));
  }
}

function plain(value: Value): Lowered {
  return { value, width: 0 };
}
