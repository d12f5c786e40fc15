/**
 * A compiled kernel at work: boxes of elements in the arrays' own memory, or, for arrays in memory that WebAssembly cannot
 * address, in blocks that are copied there and back.
 *
 * @module
 */

import { layoutOf, type SharedNdArray, storageOf, tileOf, uninitialised } from "../array/shared_ndarray.ts";
import { slice } from "../array/layout/slice.ts";
import { BoundedMap } from "../bounded_map.ts";
import { DTYPES } from "../dtype.ts";
import type { Access } from "./element_access.ts";
import { joinLoops } from "./loop_order.ts";

/** An operand of a compiled kernel. */
export interface CompiledOperand {
  /** The name of its array. */
  readonly name: string;
  readonly access: Access;
  readonly isOutput: boolean;
}

/** A compiled kernel. Plain data: its module goes beside it. */
export interface CompiledKernel {
  /** What its module is known by: equal keys are equal modules. */
  readonly key: string;
  /** Inputs, then outputs. */
  readonly operands: readonly CompiledOperand[];
  /** The axes from the outermost loop to the innermost. */
  readonly axes: readonly number[];
  /** The axes whose index it uses. */
  readonly indexAxes: readonly number[];
  /** Elements that a vector stands for. */
  readonly elements: number;
  /** About how many vector instructions an element takes. */
  readonly weight: number;
}

/** A value of a scalar as it is passed: bools as 0 or 1. */
export type PassedScalar = number | bigint;

/** Elements of a block that is copied: it fits a cache, and is long enough for what each block costs. */
const BLOCK_ELEMENTS = 8192;

/** Rows are cut to this many elements, which the kernel counts in 32 bits. */
const LONGEST_ROW = 2 ** 30;

/** The function that a module exports. */
type Run = (...args: PassedScalar[]) => void;

/** An operand that is bound to its memory. */
interface BoundOperand {
  readonly array: SharedNdArray;
  readonly bytes: number;
  readonly access: Access;
  readonly isOutput: boolean;
  /** The address of the element at index 0 of every axis. */
  readonly base: number;
  /** Steps in bytes, by axis. */
  readonly strides: readonly number[];
  /** A block in WebAssembly memory, for an array that is not. */
  readonly block: SharedNdArray | undefined;
}

/** A compiled kernel on some arrays. */
export class BoundKernel {
  readonly #kernel: CompiledKernel;
  readonly #operands: readonly BoundOperand[];
  readonly #scalars: readonly PassedScalar[];
  readonly #run: Run;
  readonly #isStaged: boolean;
  /** Bytes that were copied to blocks and back. */
  copied = 0;

  /**
   * @param kernel The kernel.
   * @param module Its module.
   * @param arrays The arrays by name, all of one shape.
   * @param scalars The scalars in the order of the program.
   */
  constructor(
    kernel: CompiledKernel,
    module: WebAssembly.Module,
    arrays: Readonly<Record<string, SharedNdArray>>,
    scalars: readonly PassedScalar[],
  ) {
    this.#kernel = kernel;
    this.#scalars = scalars;
    this.#operands = kernel.operands.map((operand) => bind(operand, arrays[operand.name]));
    this.#isStaged = this.#operands.some(({ block }) => block !== undefined);
    this.#run = runOf(kernel, module, this.#operands.map(({ array, block }) => block ?? array));
  }

  /**
   * Computes a box.
   *
   * @param origin The index of its first element.
   * @param shape Its extents.
   */
  runBox(origin: readonly number[], shape: readonly number[]): void {
    if (shape.includes(0)) return;
    if (!this.#isStaged) {
      this.#walk(shape, origin, this.#operands.map((operand) => addressOf(operand, origin)), this.#operands);
      return;
    }
    for (const block of blocksOf(this.#kernel.axes, origin, shape)) this.#runBlock(block.origin, block.shape);
  }

  /** Copies what is read, computes, copies what was written. */
  #runBlock(origin: readonly number[], shape: readonly number[]): void {
    const { axes } = this.#kernel;
    const size = shape.reduce((product, extent) => product * extent, 1);
    const pairs = this.#operands.map(({ array, block, bytes, isOutput }) => {
      if (block === undefined) return undefined;
      const here = block.view(slice(0, size)).reshape(axes.map((axis) => shape[axis]));
      const there = tileOf(array, origin, shape).transpose(axes);
      this.copied += size * bytes;
      if (!isOutput) here.copyFrom(there);
      return { here, there, isOutput };
    });
    const placed = this.#operands.map((operand, k) => {
      const pair = pairs[k];
      if (pair === undefined) return { ...operand, address: addressOf(operand, origin) };
      const { strides } = layoutOf(pair.here);
      const byAxis = new Array<number>(axes.length);
      axes.forEach((axis, loop) => byAxis[axis] = strides[loop] * operand.bytes);
      return { ...operand, strides: byAxis, address: addressOfFirst(pair.here, operand.bytes) };
    });
    this.#walk(shape, origin, placed.map(({ address }) => address), placed);
    for (const pair of pairs) if (pair?.isOutput) pair.there.copyFrom(pair.here);
  }

  /** Joins axes and calls the kernel for what is left of them. */
  #walk(
    shape: readonly number[],
    origin: readonly number[],
    addresses: readonly number[],
    operands: readonly Pick<BoundOperand, "strides" | "access">[],
  ): void {
    const { axes, indexAxes } = this.#kernel;
    const steps = operands.map(({ strides }) => axes.map((axis) => strides[axis]));
    const indexSteps = indexAxes.map((own) => axes.map((axis) => Number(axis === own)));
    const loops = joinLoops(axes.map((axis) => shape[axis]), [...steps, ...indexSteps]);
    const starts = [...addresses, ...indexAxes.map((axis) => origin[axis])];
    const call = (length: number, rows: number, at: readonly number[]) => {
      const args: PassedScalar[] = [length, rows];
      operands.forEach(({ access }, k) => {
        args.push(at[k]);
        if (access === "strided") args.push(loops.steps[k].at(-1) ?? 0);
        args.push(loops.steps[k].at(-2) ?? 0);
      });
      args.push(...this.#scalars);
      indexAxes.forEach((_, j) => {
        const k = operands.length + j;
        args.push(at[k], loops.steps[k].at(-2) ?? 0);
      });
      this.#run(...args);
    };
    forEachPlane(loops.extents, loops.steps, starts, call);
  }
}

/** Calls back for the two innermost loops of each turn of those around them, with rows that are not too long. */
function forEachPlane(
  extents: readonly number[],
  steps: readonly (readonly number[])[],
  starts: readonly number[],
  visit: (length: number, rows: number, at: readonly number[]) => void,
): void {
  const last = extents.length - 1, length = extents[last], rows = extents[last - 1];
  const plane = (at: readonly number[]) => {
    if (length <= LONGEST_ROW && rows <= LONGEST_ROW) return visit(length, rows, at);
    for (let row = 0; row < rows; row++) {
      for (let done = 0; done < length; done += LONGEST_ROW) {
        const there = at.map((start, k) => start + row * steps[k][last - 1] + done * steps[k][last]);
        visit(Math.min(LONGEST_ROW, length - done), 1, there);
      }
    }
  };
  if (last === 1) return plane(starts);
  const counters = new Array<number>(last - 1).fill(0);
  const at = starts.slice();
  for (;;) {
    plane(at);
    let loop = last - 2;
    for (; loop >= 0; loop--) {
      for (let k = 0; k < at.length; k++) at[k] += steps[k][loop];
      if (++counters[loop] < extents[loop]) break;
      for (let k = 0; k < at.length; k++) at[k] -= steps[k][loop] * extents[loop];
      counters[loop] = 0;
    }
    if (loop < 0) return;
  }
}

function bind({ access, isOutput }: CompiledOperand, array: SharedNdArray): BoundOperand {
  const { bytes } = DTYPES[array.dtype], { strides } = layoutOf(array);
  return {
    array,
    bytes,
    access,
    isOutput,
    base: addressOfFirst(array, bytes),
    strides: strides.map((stride) => stride * bytes),
    block: storageOf(array).webAssemblyMemory === undefined
      ? uninitialised([BLOCK_ELEMENTS], array.dtype)
      : undefined,
  };
}

function addressOfFirst(array: SharedNdArray, bytes: number): number {
  return array.data.byteOffset + layoutOf(array).offset * bytes;
}

function addressOf({ base, strides }: BoundOperand, origin: readonly number[]): number {
  let address = base;
  for (let axis = 0; axis < strides.length; axis++) address += origin[axis] * strides[axis];
  return address;
}

/** Functions on memories that they were bound to before. A memory comes to a worker as a new object with each message. */
const bound = new BoundedMap<string, Run>(16);

/** A binding keeps its memories alive, so only small ones are kept. */
const MOST_BOUND_BYTES = 4 * 2 ** 20;

function runOf({ key }: CompiledKernel, module: WebAssembly.Module, arrays: readonly SharedNdArray[]): Run {
  const identities = arrays.map((array) => storageOf(array).identity);
  const bytes = arrays.reduce((sum, array) => sum + array.data.buffer.byteLength, 0);
  const isKept = bytes <= MOST_BOUND_BYTES && !identities.includes(undefined);
  const boundKey = `${identities} ${key}`;
  let run = isKept ? bound.get(boundKey) : undefined;
  if (run !== undefined) return run;
  const memories = Object.fromEntries(arrays.map((array, k) => [`m${k}`, memoryOf(array)]));
  // Every module of a compiled kernel exports it.
  run = new WebAssembly.Instance(module, { env: memories }).exports.run as Run;
  if (isKept) bound.set(boundKey, run);
  return run;
}

function memoryOf(array: SharedNdArray): WebAssembly.Memory {
  const memory = storageOf(array).webAssemblyMemory;
  if (memory === undefined) throw new Error("An operand of a compiled kernel is in no WebAssembly memory");
  return memory;
}

/** Cuts a box into boxes that fit a block, whole along the innermost loops as far as that goes. */
function* blocksOf(
  axes: readonly number[],
  origin: readonly number[],
  shape: readonly number[],
): Generator<{ origin: readonly number[]; shape: readonly number[] }> {
  const most = shape.slice();
  let room = BLOCK_ELEMENTS;
  for (const axis of axes.toReversed()) {
    most[axis] = Math.max(1, Math.min(shape[axis], room));
    room = Math.floor(room / most[axis]);
  }
  const from = shape.map(() => 0);
  for (;;) {
    yield {
      origin: origin.map((start, axis) => start + from[axis]),
      shape: shape.map((extent, axis) => Math.min(most[axis], extent - from[axis])),
    };
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      from[axis] += most[axis];
      if (from[axis] < shape[axis]) break;
      from[axis] = 0;
    }
    if (axis < 0) return;
  }
}
