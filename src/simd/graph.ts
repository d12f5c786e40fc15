/**
 * Computations on 128-bit vectors as a graph: what is the same is one node, so that it is computed once.
 *
 * @module
 */

import type { Code } from "../wasm/code.ts";
import {
  LANE_ACCESS,
  type LaneAccess,
  SCALAR_OPCODES,
  type ScalarName,
  SHIFT_OPCODES,
  type ShiftName,
  SIMD_OPCODES,
} from "./opcodes.ts";

/** A vector that a graph computes: the number of its node. */
export type Value = number & { readonly __value: unique symbol };

/** How often a value changes: never in a call of the kernel, with each row, or with each turn of the innermost loop. */
export type Level = 0 | 1 | 2;

/** A function that computes vectors, for what is too rare to stand in the way of what is not. */
export interface SimdFunction {
  /** Its name: functions of one name are one. */
  readonly name: string;
  /** How many vectors it takes. */
  readonly parameters: number;
  /** What it computes of them. */
  readonly build: (graph: Graph, ...parameters: Value[]) => Value;
}

/** A node. All arguments have smaller numbers than the node itself. */
export type GraphNode =
  | { readonly kind: "constant"; readonly bytes: Code; readonly args: readonly [] }
  | {
    readonly kind: "leaf";
    readonly leaf: number;
    readonly level: Level;
    readonly args: readonly [];
  }
  | { readonly kind: "op"; readonly opcode: number; readonly args: readonly Value[] }
  | {
    readonly kind: "shift";
    readonly opcode: number;
    readonly count: number;
    readonly args: readonly Value[];
  }
  | { readonly kind: "shuffle"; readonly lanes: readonly number[]; readonly args: readonly Value[] }
  | {
    readonly kind: "lanes";
    readonly opcode: number;
    readonly from: LaneAccess;
    readonly to: LaneAccess;
    readonly count: number;
    readonly args: readonly Value[];
  }
  | { readonly kind: "rare"; readonly fn: SimdFunction; readonly args: readonly Value[] };

/** Options of a graph. */
export interface GraphOptions {
  /** Whether instructions are left out whose result differs between machines. Default false. */
  readonly strict?: boolean;
  /** How many elements a vector stands for; lanes beyond them hold anything. Default: as many as there are lanes. */
  readonly elements?: number;
}

/** A computation on vectors. */
export class Graph {
  /** Whether there is no instruction in it whose result differs between machines. */
  readonly strict: boolean;
  /** How many elements a vector stands for, at most: lanes beyond them hold anything. */
  readonly elements: number;
  readonly #nodes: GraphNode[] = [];
  readonly #known = new Map<string, Value>();

  constructor(options: GraphOptions = {}) {
    this.strict = options.strict ?? false;
    this.elements = options.elements ?? 16;
  }

  /** The nodes, each behind those that it needs. */
  get nodes(): readonly GraphNode[] {
    return this.#nodes;
  }

  #add(key: string, make: () => GraphNode): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // The only place where values are made.
    const value = this.#nodes.length as Value;
    this.#nodes.push(make());
    this.#known.set(key, value);
    return value;
  }

  /**
   * What comes from outside: a parameter of a function, or an element that was loaded.
   *
   * @param leaf Its number.
   * @param level How often it changes.
   */
  leaf(leaf: number, level: Level = 2): Value {
    return this.#add(`leaf ${leaf}`, () => ({ kind: "leaf", leaf, level, args: [] }));
  }

  /**
   * A constant.
   *
   * @param data Its 16 bytes, or fewer, which are repeated.
   */
  constant(data: ArrayBufferView): Value {
    const piece = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const bytes = Array.from({ length: 16 }, (_, k) => piece[k % piece.length]);
    return this.#add(`constant ${bytes}`, () => ({ kind: "constant", bytes, args: [] }));
  }

  /** The constant with two equal float64. */
  f64(value: number): Value {
    return this.constant(Float64Array.of(value));
  }

  /** The constant with four equal float32. */
  f32(value: number): Value {
    return this.constant(Float32Array.of(value));
  }

  /** The constant with two equal 64-bit integers; unsigned ones may be given as such. */
  i64(value: bigint): Value {
    return this.constant(BigInt64Array.of(value));
  }

  /** The constant with four equal 32-bit integers. */
  i32(value: number): Value {
    return this.constant(Int32Array.of(value));
  }

  /** The constant with eight equal 16-bit integers. */
  i16(value: number): Value {
    return this.constant(Int16Array.of(value));
  }

  /** The constant with sixteen equal bytes. */
  i8(value: number): Value {
    return this.constant(Int8Array.of(value));
  }

  /**
   * An instruction that takes vectors and gives a vector.
   *
   * @param name Its name, such as `f64x2.add`.
   * @param args Its operands.
   */
  op(name: string, ...args: Value[]): Value {
    const opcode = SIMD_OPCODES.get(name);
    if (opcode === undefined) throw new Error(`There is no vector instruction ${name}`);
    if (this.strict && /relaxed_n?madd/.test(name)) throw new Error(`${name} is not strict`);
    return this.#add(`${name} ${args}`, () => ({ kind: "op", opcode, args }));
  }

  /**
   * Shifts each lane.
   *
   * @param name The instruction, such as `i64x2.shl`.
   * @param value What is shifted.
   * @param count By how many bits, for all lanes.
   */
  shift(name: ShiftName, value: Value, count: number): Value {
    return this.#add(
      `${name} ${value} ${count}`,
      () => ({ kind: "shift", opcode: SHIFT_OPCODES[name], count, args: [value] }),
    );
  }

  /**
   * Bytes picked from two vectors.
   *
   * @param a The first, whose bytes are numbered from 0.
   * @param b The second, whose bytes are numbered from 16.
   * @param lanes The numbers of the 16 bytes, or of 8, 4 or 2 lanes of more bytes, numbered as lanes.
   */
  shuffle(a: Value, b: Value, lanes: readonly number[]): Value {
    const width = 16 / lanes.length;
    const bytes = lanes.flatMap((lane) => Array.from({ length: width }, (_, k) => lane * width + k));
    return this.#add(`shuffle ${a} ${b} ${bytes}`, () => ({ kind: "shuffle", lanes: bytes, args: [a, b] }));
  }

  /**
   * Applies a scalar instruction to lanes one by one: slow, for what vectors cannot do. A division by zero traps, and so
   * does the smallest integer by -1: replace such divisors before.
   *
   * @param name The instruction.
   * @param from How lanes are taken out of the operands.
   * @param to How they are put into the result; lanes that get nothing are 0.
   * @param args One or two operands.
   */
  lanes(name: ScalarName, from: LaneAccess, to: LaneAccess, ...args: Value[]): Value {
    const count = Math.min(LANE_ACCESS[from].lanes, LANE_ACCESS[to].lanes);
    return this.#add(
      `${name} ${from} ${to} ${args}`,
      () => ({ kind: "lanes", opcode: SCALAR_OPCODES[name], from, to, count, args }),
    );
  }

  /**
   * A value that a function computes for the lanes that need it. The function is called only when there is one; which way a
   * lane goes depends on that lane alone.
   *
   * @param mask All bits set in lanes that need the function, none in others.
   * @param common What the other lanes get.
   * @param fn The function.
   * @param args Its arguments.
   */
  rare(mask: Value, common: Value, fn: SimdFunction, ...args: Value[]): Value {
    if (args.length !== fn.parameters) throw new Error(`${fn.name} takes ${fn.parameters} vectors`);
    const all = [mask, common, ...args];
    return this.#add(`rare ${fn.name} ${all}`, () => ({ kind: "rare", fn, args: all }));
  }
}
