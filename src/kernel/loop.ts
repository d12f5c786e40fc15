/**
 * The function that a compiled kernel exports: rows of elements, vector by vector.
 *
 * Its parameters are, in this order: the number of elements of a row; the number of rows; for each operand its
 * address, the step from element to element if it is `strided`, and the step from row to row; for each scalar its value;
 * for each index its value at the first element and the step from row to row. Steps and addresses of memories with
 * 64-bit addresses are float64, which hold them exactly.
 *
 * @module
 */

import { emitGraph, type FunctionTable } from "../simd/emit.ts";
import type { Graph, Level, Value } from "../simd/graph.ts";
import { type Code, code, get, i32, i64, OP, set, TYPE, unsigned } from "../wasm/code.ts";
import type { WasmFunction } from "../wasm/module.ts";
import {
  type Access,
  addressType,
  loadFull,
  loadSome,
  loadSplat,
  moveOn,
  type OperandCode,
  storeFull,
  storeSome,
  type TemporaryLocals,
} from "./element_access.ts";

/** An operand of the function. */
export interface LoopOperand {
  /** Bytes of an element. */
  readonly bytes: number;
  readonly access: Access;
  /** Whether its memory has 64-bit addresses. */
  readonly is64: boolean;
}

/** A scalar of the function: a float64, an int64, or an int32 that is 0 or 1. */
export type LoopScalar = "number" | "bigint" | "boolean";

/** What the loop runs over. */
export interface LoopShape {
  /** Elements that a vector stands for: 2, 4, 8 or 16. */
  readonly elements: number;
  /** Inputs, then outputs. Each has a memory of its own number. */
  readonly operands: readonly LoopOperand[];
  /** How many of them are inputs. */
  readonly inputs: number;
  readonly scalars: readonly LoopScalar[];
  /** For each index whether it counts along the innermost axis. */
  readonly indices: readonly { readonly isInner: boolean }[];
}

const I64_TRUNC_F64_S: Code = [0xb0], I32_GE_S: Code = [0x4e], I32_GT_S: Code = [0x4a];
const I64X2_SPLAT = OP.i64x2Splat;

/** Hands out locals behind the parameters. */
class Locals {
  readonly types: number[] = [];
  readonly #first: number;

  constructor(first: number) {
    this.#first = first;
  }

  add(type: number): number {
    return this.#first + this.types.push(type) - 1;
  }
}

/** An index variable: its value at the row's first element, and at the element at hand. */
interface IndexLocals {
  readonly start: number;
  readonly rowStep: number;
  readonly current: number;
  readonly isInner: boolean;
}

/** The parameters and locals of the function. */
class Frame {
  readonly parameters: number[] = [TYPE.i32, TYPE.i32];
  readonly length = 0;
  readonly rows = 1;
  readonly operands: (OperandCode & { readonly row: number; readonly rowStep: number })[] = [];
  readonly scalars: number[];
  readonly indices: IndexLocals[];
  readonly locals: Locals;
  readonly temporaries: TemporaryLocals;
  /** How many elements of the row are left. */
  readonly left: number;
  /** Converts addresses and steps that came as float64. */
  readonly prologue: Code;

  constructor(shape: LoopShape) {
    const parameter = (type: number) => this.parameters.push(type) - 1;
    const passed = shape.operands.map((operand) => {
      const type = operand.is64 ? TYPE.f64 : TYPE.i32;
      return {
        ...operand,
        pointer: parameter(type),
        step: operand.access === "strided" ? parameter(type) : -1,
        rowStep: parameter(type),
      };
    });
    const types = { number: TYPE.f64, bigint: TYPE.i64, boolean: TYPE.i32 };
    this.scalars = shape.scalars.map((kind) => parameter(types[kind]));
    const starts = shape.indices.map(() => [parameter(TYPE.f64), parameter(TYPE.f64)]);
    this.locals = new Locals(this.parameters.length);
    const prologue: Code[] = [];
    const widened = (local: number) => {
      const wide = this.locals.add(TYPE.i64);
      prologue.push(get(local), I64_TRUNC_F64_S, set(wide));
      return wide;
    };
    passed.forEach(({ pointer, step, rowStep, ...operand }, memory) => {
      const address = operand.is64 ? widened : (local: number) => local;
      this.operands.push({
        ...operand,
        memory,
        row: address(pointer),
        step: step < 0 ? step : address(step),
        rowStep: address(rowStep),
        pointer: this.locals.add(addressType(operand)),
      });
    });
    this.indices = starts.map(([start, rowStep], k) => ({
      start: widened(start),
      rowStep: widened(rowStep),
      current: this.locals.add(TYPE.i64),
      isInner: shape.indices[k].isInner,
    }));
    this.left = this.locals.add(TYPE.i32);
    this.temporaries = {
      address32: this.locals.add(TYPE.i32),
      address64: this.locals.add(TYPE.i64),
      vector: this.locals.add(TYPE.v128),
    };
    this.prologue = code(...prologue);
  }
}

/** Leaves of the graph, each with the code that pushes it. */
export class LoopLeaves {
  readonly #frame: Frame;
  readonly #shape: LoopShape;
  readonly #graph: Graph;
  readonly #pushes: Code[] = [];
  /** The locals that hold elements, by operand. */
  readonly loaded: number[] = [];

  constructor(frame: Frame, shape: LoopShape, graph: Graph) {
    this.#frame = frame;
    this.#shape = shape;
    this.#graph = graph;
    // Pushed in this order, so that the number of an input's leaf is that of the input.
    for (let k = 0; k < shape.inputs; k++) {
      const local = frame.locals.add(TYPE.v128);
      this.loaded.push(local);
      this.#pushes.push(get(local));
    }
  }

  #leaf(push: Code, level: Level): Value {
    return this.#graph.leaf(this.#pushes.push(push) - 1, level);
  }

  /** Pushes a leaf. */
  readonly push = (leaf: number): Code => this.#pushes[leaf];

  /** The elements of an input, as stored. */
  input(k: number): Value {
    return this.#graph.leaf(k, this.#shape.operands[k].access === "splat" ? 1 : 2);
  }

  /** A scalar in all lanes, made by `splat` of its value. */
  scalar(k: number, splat: Code): Value {
    return this.#leaf(code(get(this.#frame.scalars[k]), splat), 0);
  }

  /** An index of each element, as int64 lanes. */
  index(k: number): Value {
    const { current, isInner } = this.#frame.indices[k];
    const start = this.#leaf(code(get(current), I64X2_SPLAT), isInner ? 2 : 1);
    if (!isInner) return start;
    return this.#graph.op("i64x2.add", start, this.#graph.constant(BigInt64Array.of(0n, 1n)));
  }
}

/**
 * The function.
 *
 * @param shape What it runs over.
 * @param graph The graph that `build` adds to.
 * @param build Makes the value that each output stores, in its own lanes.
 * @param functions The module's other functions.
 */
export function loopFunction(
  shape: LoopShape,
  graph: Graph,
  build: (leaves: LoopLeaves) => readonly Value[],
  functions: FunctionTable,
): WasmFunction {
  const frame = new Frame(shape);
  const leaves = new LoopLeaves(frame, shape, graph);
  const values = build(leaves);
  const { prologue, rowPrologue, body, roots, locals } = emitGraph(graph, values, {
    leaf: leaves.push,
    firstLocal: frame.parameters.length + frame.locals.types.length,
    functionIndex: functions.indexOf,
  });
  const { left } = frame;
  const turn = code(
    loadElements(frame, shape, leaves),
    body,
    storeElements(frame, shape, roots),
    ...frame.operands.map((operand) => moveOn(operand, shape.elements)),
    countOn(frame, shape),
  );
  return {
    name: "run",
    parameters: frame.parameters,
    results: [],
    locals: [...frame.locals.types, ...new Array<number>(locals).fill(TYPE.v128)],
    body: code(
      frame.prologue,
      prologue,
      OP.loop,
      beginRow(frame, shape, leaves),
      rowPrologue,
      get(frame.length),
      set(left),
      wholeVectors(frame, shape, leaves, body, roots),
      // What is left: at most a few vectors, the last of them perhaps not whole.
      code(get(left), i32(0), I32_GT_S, OP.if, OP.loop),
      turn,
      code(get(left), i32(shape.elements), OP.i32Sub, [0x22], unsigned(left), i32(0), I32_GT_S, OP.brIf),
      OP.end,
      OP.end,
      nextRow(frame),
      code(get(frame.rows), i32(1), OP.i32Sub, [0x22], unsigned(frame.rows), OP.brIf),
      OP.end,
    ),
  };
}

/** Computations of so many bytes or fewer are written down for several vectors in a turn. */
const TURNS: readonly (readonly [bytes: number, vectors: number])[] = [[160, 4], [700, 2]];

/** The loop over several whole vectors a turn, for computations so short that counting would cost as much. */
function wholeVectors(
  frame: Frame,
  shape: LoopShape,
  leaves: LoopLeaves,
  body: Code,
  roots: readonly Code[],
): Code {
  const vectors = TURNS.find(([bytes]) => body.length <= bytes)?.[1];
  if (vectors === undefined) return [];
  const { left, temporaries } = frame, { elements, inputs } = shape, block = vectors * elements;
  const isMoving = ({ access }: OperandCode) => access === "strided";
  const parts: Code[] = [];
  for (let vector = 0; vector < vectors; vector++) {
    frame.operands.slice(0, inputs).forEach((operand, k) => {
      if (operand.access === "splat") return;
      parts.push(loadFull(operand, elements, temporaries, vector), set(leaves.loaded[k]));
    });
    parts.push(body);
    frame.operands.slice(inputs).forEach((operand, k) =>
      parts.push(storeFull(operand, elements, roots[k], temporaries, vector))
    );
    parts.push(...frame.operands.filter(isMoving).map((operand) => moveOn(operand, elements)));
    parts.push(countOn(frame, shape));
  }
  const contiguous = frame.operands.filter((operand) => !isMoving(operand));
  const isLeft = code(get(left), i32(block), I32_GE_S);
  return code(
    isLeft,
    OP.if,
    OP.loop,
    ...parts,
    ...contiguous.map((operand) => moveOn(operand, block)),
    code(get(left), i32(block), OP.i32Sub, set(left)),
    isLeft,
    OP.brIf,
    OP.end,
    OP.end,
  );
}

/** Moves the indices on that count along the innermost axis. */
function countOn(frame: Frame, shape: LoopShape): Code {
  const inner = frame.indices.filter(({ isInner }) => isInner);
  return code(
    ...inner.map(({ current }) => code(get(current), i64(BigInt(shape.elements)), OP.i64Add, set(current))),
  );
}

/** Pointers and indices to the row's first element, and what is the same in all of the row. */
function beginRow(frame: Frame, shape: LoopShape, leaves: LoopLeaves): Code {
  return code(
    ...frame.operands.map(({ row, pointer }) => code(get(row), set(pointer))),
    ...frame.indices.map(({ start, current }) => code(get(start), set(current))),
    ...frame.operands.slice(0, shape.inputs).map((operand, k) =>
      operand.access === "splat" ? code(loadSplat(operand), set(leaves.loaded[k])) : []
    ),
  );
}

function nextRow(frame: Frame): Code {
  return code(
    ...frame.operands.map(({ row, rowStep, is64 }) =>
      code(get(row), get(rowStep), is64 ? OP.i64Add : OP.i32Add, set(row))
    ),
    ...frame.indices.map(({ start, rowStep }) => code(get(start), get(rowStep), OP.i64Add, set(start))),
  );
}

/** Whether the row has elements for a whole vector. */
function isWhole(frame: Frame, shape: LoopShape): Code {
  return code(get(frame.left), i32(shape.elements), I32_GE_S);
}

function loadElements(frame: Frame, shape: LoopShape, leaves: LoopLeaves): Code {
  const moving = frame.operands.slice(0, shape.inputs)
    .map((operand, k) => ({ operand, local: leaves.loaded[k] }))
    .filter(({ operand }) => operand.access !== "splat");
  if (moving.length === 0) return [];
  const { temporaries, left } = frame, { elements } = shape;
  const load = (push: (operand: OperandCode) => Code) =>
    code(...moving.map(({ operand, local }) => code(push(operand), set(local))));
  return code(
    isWhole(frame, shape),
    OP.if,
    load((operand) => loadFull(operand, elements, temporaries)),
    OP.else,
    load((operand) => loadSome(operand, elements, left, temporaries)),
    OP.end,
  );
}

function storeElements(frame: Frame, shape: LoopShape, roots: readonly Code[]): Code {
  const { temporaries, left } = frame, { elements } = shape;
  const outputs = frame.operands.slice(shape.inputs);
  return code(
    isWhole(frame, shape),
    OP.if,
    ...outputs.map((operand, k) => storeFull(operand, elements, roots[k], temporaries)),
    OP.else,
    ...outputs.map((operand, k) => storeSome(operand, elements, left, roots[k], temporaries)),
    OP.end,
  );
}
