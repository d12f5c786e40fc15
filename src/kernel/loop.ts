/**
 * The function that a compiled kernel exports: rows of elements, vector by vector.
 *
 * Its parameters are, in this order: the number of elements of a row; the number of rows; for each operand its
 * address, the step from element to element if it is `strided`, and the step from row to row; for each scalar its
 * value; for each index its value at the first element and the step from row to row. Steps and addresses of memories
 * with 64-bit addresses are float64, which hold them exactly.
 *
 * @module
 */

import type { ScalarKind } from "../plan/expr/program.ts";
import { emitGraph, type FunctionTable, type WideBody } from "../simd/emit.ts";
import type { Graph, Level, Value } from "../simd/graph.ts";
import { type Code, code, get, i32, i64, OP, set, tee, TYPE } from "../wasm/code.ts";
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
import type { Load } from "./reads.ts";

/** An operand of the function. */
export interface LoopOperand {
  /** Bytes of an element. */
  readonly bytes: number;
  readonly access: Access;
  /** Whether its memory has 64-bit addresses. */
  readonly is64: boolean;
  /** The number of its memory. */
  readonly memory: number;
}

/** What the loop runs over. */
export interface LoopShape {
  /** Elements that a vector stands for: 2, 4, 8 or 16. */
  readonly elements: number;
  /** What is read, then outputs. */
  readonly operands: readonly LoopOperand[];
  /** How many of them are read. */
  readonly inputs: number;
  /** The vectors that are loaded in a turn. */
  readonly loads: readonly Load[];
  /** A number comes as a float64, a bigint as an int64, a boolean as an int32 that is 0 or 1. */
  readonly scalars: readonly ScalarKind[];
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
  readonly loads: readonly OperandCode[];
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
    passed.forEach(({ pointer, step, rowStep, ...operand }) => {
      const address = operand.is64 ? widened : (local: number) => local;
      this.operands.push({
        ...operand,
        row: address(pointer),
        step: step < 0 ? step : address(step),
        rowStep: address(rowStep),
        pointer: this.locals.add(addressType(operand)),
        delta: 0,
      });
    });
    this.loads = shape.loads.map(({ operand, delta }) => {
      const place = this.operands[operand];
      return { ...place, delta: delta * place.bytes };
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

/** Vectors that a turn may stand for at most. */
const MOST_VECTORS = 4;

/** Leaves of the graph, each with the code that pushes it: that of a vector, where a turn stands for several. */
export class LoopLeaves {
  readonly #frame: Frame;
  readonly #shape: LoopShape;
  readonly #graph: Graph;
  readonly #pushes: ((vector: number) => Code)[] = [];
  /** The locals that hold elements, by vector, then by load. */
  readonly loaded: readonly (readonly number[])[];

  constructor(frame: Frame, shape: LoopShape, graph: Graph) {
    this.#frame = frame;
    this.#shape = shape;
    this.#graph = graph;
    const first = frame.loads.map(() => frame.locals.add(TYPE.v128));
    // What is the same for the whole row is so for all vectors.
    const others = () =>
      frame.loads.map(({ access }, k) => access === "splat" ? first[k] : frame.locals.add(TYPE.v128));
    this.loaded = [first, ...Array.from({ length: MOST_VECTORS - 1 }, others)];
    // Pushed in this order, so that the number of a load's leaf is that of the load.
    frame.loads.forEach((_, k) => this.#pushes.push((vector) => get(this.loaded[vector][k])));
  }

  #leaf(push: (vector: number) => Code, level: Level): Value {
    return this.#graph.leaf(this.#pushes.push(push) - 1, level);
  }

  /** Loads a vector, for a leaf that is one that lies side by side with the others. */
  readonly loadInPlace = (leaf: number, vector: number): Code | null => {
    const operand = this.#frame.loads[leaf];
    if (operand?.access !== "contiguous") return null;
    return loadFull(operand, this.#shape.elements, this.#frame.temporaries, vector);
  };

  /** Pushes a leaf of a vector. */
  readonly push = (leaf: number, vector: number): Code => this.#pushes[leaf](vector);

  /** The elements that were loaded, as stored. */
  load(k: number): Value {
    return this.#graph.leaf(k, this.#frame.loads[k].access === "splat" ? 1 : 2);
  }

  /** A scalar in all lanes, made by `splat` of its value. */
  scalar(k: number, splat: Code): Value {
    const push = code(get(this.#frame.scalars[k]), splat);
    return this.#leaf(() => push, 0);
  }

  /** An index of each element, as int64 lanes. */
  index(k: number): Value {
    const { current, isInner } = this.#frame.indices[k];
    if (!isInner) return this.#leaf(() => code(get(current), I64X2_SPLAT), 1);
    const push = (vector: number) =>
      code(get(current), i64(BigInt(vector * this.#shape.elements)), OP.i64Add, I64X2_SPLAT);
    return this.#graph.op("i64x2.add", this.#leaf(push, 2), this.#graph.constant(BigInt64Array.of(0n, 1n)));
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
  const { prologue, rowPrologue, body, roots, wide, locals } = emitGraph(graph, values, {
    leaf: leaves.push,
    leafInPlace: leaves.loadInPlace,
    turns: (bytes) => TURNS.find(([most]) => bytes <= most)?.[1] ?? 1,
    firstLocal: frame.parameters.length + frame.locals.types.length,
    functionIndex: functions.indexOf,
  });
  const { left } = frame;
  const turn = code(
    loadElements(frame, shape, leaves),
    body,
    storeElements(frame, shape, roots),
    ...frame.operands.map((operand) => moveOn(operand, shape.elements)),
    countOn(frame, shape.elements),
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
      beginRow(frame, leaves),
      rowPrologue,
      get(frame.length),
      set(left),
      wide === null ? [] : severalVectors(frame, shape, leaves, wide),
      // What is left: at most a few vectors, the last of them perhaps not whole.
      code(get(left), i32(0), I32_GT_S, OP.if, OP.loop),
      turn,
      code(get(left), i32(shape.elements), OP.i32Sub, tee(left), i32(0), I32_GT_S, OP.brIf),
      OP.end,
      OP.end,
      nextRow(frame),
      code(get(frame.rows), i32(1), OP.i32Sub, tee(frame.rows), OP.brIf),
      OP.end,
    ),
  };
}

/** For computations of at most so many bytes, how many vectors a turn stands for. */
const TURNS: readonly (readonly [bytes: number, vectors: number])[] = [[160, MOST_VECTORS], [2000, 2]];

/**
 * The loop over several whole vectors a turn. The same steps of all vectors stand beside each other, so that
 * constants that the registers cannot hold are loaded once for all, and memory is read and written in longer pieces.
 */
function severalVectors(frame: Frame, shape: LoopShape, leaves: LoopLeaves, wide: WideBody): Code {
  const { body, roots, inPlace } = wide;
  const { left, temporaries } = frame, { elements, inputs } = shape, block = roots.length * elements;
  const loads = frame.loads.map((operand, k) =>
    operand.access === "splat" || inPlace.has(k) ? [] : code(...roots.map((_, vector) =>
      code(
        loadFull(operand, elements, temporaries, vector),
        set(leaves.loaded[vector][k]),
        operand.access === "strided" ? moveOn(operand, elements) : [],
      )
    ))
  );
  const stores = frame.operands.slice(inputs).map((operand, k) =>
    code(...roots.map((own, vector) =>
      code(
        storeFull(operand, elements, own[k], temporaries, vector),
        operand.access === "strided" ? moveOn(operand, elements) : [],
      )
    ))
  );
  const isLeft = code(get(left), i32(block), I32_GE_S);
  return code(
    isLeft,
    OP.if,
    OP.loop,
    ...loads,
    body,
    ...stores,
    ...frame.operands.map((operand) => operand.access === "strided" ? [] : moveOn(operand, block)),
    countOn(frame, block),
    code(get(left), i32(block), OP.i32Sub, set(left)),
    isLeft,
    OP.brIf,
    OP.end,
    OP.end,
  );
}

/** Moves the indices on that count along the innermost axis. */
function countOn(frame: Frame, elements: number): Code {
  const inner = frame.indices.filter(({ isInner }) => isInner);
  return code(
    ...inner.map(({ current }) => code(get(current), i64(BigInt(elements)), OP.i64Add, set(current))),
  );
}

/** Pointers and indices to the row's first element, and what is the same in all of the row. */
function beginRow(frame: Frame, leaves: LoopLeaves): Code {
  return code(
    ...frame.operands.map(({ row, pointer }) => code(get(row), set(pointer))),
    ...frame.indices.map(({ start, current }) => code(get(start), set(current))),
    ...frame.loads.map((operand, k) =>
      operand.access === "splat" ? code(loadSplat(operand), set(leaves.loaded[0][k])) : []
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
  const moving = frame.loads
    .map((operand, k) => ({ operand, local: leaves.loaded[0][k] }))
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
