/**
 * A compiled kernel at work: boxes of elements in the arrays' own memory; or in blocks, where arrays are in memory that
 * WebAssembly cannot address, and where it reads beyond the edges of an array.
 *
 * @module
 */

import { gatherBox } from "../array/gather.ts";
import { layoutOf, type SharedNdArray, storageOf, tileOf } from "../array/shared_ndarray.ts";
import { slice } from "../array/layout/slice.ts";
import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { BoundedMap } from "../bounded_map.ts";
import { DTYPES } from "../dtype.ts";
import { type Box, gatherTables, readBox, splitBox } from "../plan/halo.ts";
import { has64BitAddresses } from "./address_width.ts";
import { BLOCK_ELEMENTS, blockFor, blocksOf } from "./blocks.ts";
import type { Access } from "./element_access.ts";
import type { KernelHalo } from "./kernel_halo.ts";
import { joinLoops } from "./loop_order.ts";
import { forEachPlane } from "./planes.ts";

/** An operand of a compiled kernel: an array that it writes, or a place where it reads one. */
export interface CompiledOperand {
  /** The name of its array. */
  readonly name: string;
  readonly access: Access;
  readonly isOutput: boolean;
  /** How far from the element at hand it lies, by axis; null for that element itself. */
  readonly offset: readonly number[] | null;
  /** How many elements behind it along the innermost axis are read from there too. */
  readonly span: number;
  /** The number of its memory: the places of one array have one. */
  readonly memory: number;
}

/** A compiled kernel. Plain data: its module goes beside it. */
export interface CompiledKernel {
  /** What its module is known by: equal keys are equal modules. */
  readonly key: string;
  /** What it reads, then outputs. */
  readonly operands: readonly CompiledOperand[];
  /** The axes from the outermost loop to the innermost. */
  readonly axes: readonly number[];
  /** The axes whose index it uses. */
  readonly indexAxes: readonly number[];
  /** Elements that a vector stands for. */
  readonly elements: number;
  /** About how many vector instructions an element takes. */
  readonly weight: number;
  /** Null where it reads nothing but the element at hand. */
  readonly halo: KernelHalo | null;
}

/** A value of a scalar as it is passed: bools as 0 or 1. */
export type PassedScalar = number | bigint;

/** Elements of a box that costs less than what each of several blocks costs apart from its elements. */
const SMALL_BOX_ELEMENTS = 4096;

/** A step of what is done for a box. */
type Action = () => void;

/** Boxes that are remembered, and steps of each. */
const MOST_KNOWN = 256, MOST_ACTIONS = 64;

/** The function that a module exports. */
type Run = (...args: PassedScalar[]) => void;

/** An operand that is bound to its memory. */
interface BoundOperand extends CompiledOperand {
  /** The address of what it reads or writes for the element at index 0 of every axis. */
  readonly base: number;
  /** Steps in bytes, by axis. */
  readonly strides: readonly number[];
}

/** An array of a kernel. */
interface BoundArray {
  readonly name: string;
  readonly array: SharedNdArray;
  readonly bytes: number;
  readonly is64: boolean;
  readonly isOutput: boolean;
  /** Whether it is read at other places than the element at hand. */
  readonly isGathered: boolean;
  /** Whether WebAssembly cannot address it. */
  readonly isForeign: boolean;
}

/** Where the only output goes instead of its array. */
interface Elsewhere {
  readonly origin: readonly number[];
  readonly address: number;
  readonly strides: readonly number[];
}

/** An operand's place in a box. */
interface Placed {
  readonly address: number;
  readonly strides: readonly number[];
  readonly access: Access;
}

/** Blocks that stand for an array while a box is computed. */
interface FilledBlock {
  /** A box in C order of the loops, and the same box of the array, which it may have to be copied back to. */
  readonly here: SharedNdArray | null;
  readonly there: SharedNdArray | null;
  /** Where an operand finds its first element, and steps in bytes by axis. */
  readonly placeOf: (operand: BoundOperand) => Pick<Placed, "address" | "strides">;
}

/** A compiled kernel on some arrays. */
export class BoundKernel {
  readonly #kernel: CompiledKernel;
  readonly #module: WebAssembly.Module;
  /** By the number of their memory. */
  readonly #arrays: readonly BoundArray[];
  readonly #operands: readonly BoundOperand[];
  readonly #scalars: readonly PassedScalar[];
  /** Whether there are arrays that only blocks can stand for. */
  readonly #isStaged: boolean;
  /** The module's function on the arrays themselves. */
  readonly #direct: Run | undefined;
  /** How many elements of the outputs are computed in blocks at a time. */
  readonly #blockElements: number;
  /** Blocks by the number of the memory that they stand for, and the function on them. */
  #blocks: readonly (SharedNdArray | null)[] = [];
  #onBlocks: Run | undefined;
  /**
   * What was done for boxes that come again, by box; and what is done for the box at hand, while it is written down.
   */
  readonly #known = new Map<string, readonly Action[]>();
  #recording: Action[] | null = null;
  readonly #isRepeated: boolean;
  /** Bytes that were copied to blocks and back. */
  copied = 0;

  /**
   * @param kernel The kernel.
   * @param module Its module.
   * @param arrays The arrays by name: inputs of one shape, and outputs of one shape.
   * @param scalars The scalars in the order of the program.
   * @param isRepeated Whether the same boxes come again and again, so that it pays to remember what is done for them.
   */
  constructor(
    kernel: CompiledKernel,
    module: WebAssembly.Module,
    arrays: Readonly<Record<string, SharedNdArray>>,
    scalars: readonly PassedScalar[],
    isRepeated: boolean = false,
  ) {
    this.#kernel = kernel;
    this.#isRepeated = isRepeated;
    this.#module = module;
    this.#scalars = scalars;
    this.#arrays = boundArrays(kernel, arrays);
    this.#operands = kernel.operands.map((operand) => bind(operand, arrays[operand.name], kernel.halo));
    this.#isStaged = this.#arrays.some(({ isForeign }) => isForeign);
    this.#blockElements = blockElements(kernel.halo);
    if (!this.#isStaged) this.#direct = runOf(kernel, module, this.#arrays.map(({ array }) => array));
  }

  /**
   * Computes a box.
   *
   * @param origin The index of its first element.
   * @param shape Its extents.
   */
  runBox(origin: readonly number[], shape: readonly number[]): void {
    if (!this.#isRepeated) return this.#compute({ origin, shape }, null);
    const key = `${origin} ${shape}`, known = this.#known.get(key);
    if (known !== undefined) {
      for (const action of known) action();
      return;
    }
    this.#recording = [];
    this.#compute({ origin, shape }, null);
    if (this.#known.size < MOST_KNOWN && this.#recording.length <= MOST_ACTIONS) {
      this.#known.set(key, this.#recording);
    }
    this.#recording = null;
  }

  /** Does something, and remembers it if the box comes again. */
  #do(action: Action): void {
    action();
    if (this.#recording !== null && this.#recording.length <= MOST_ACTIONS) this.#recording.push(action);
  }

  /**
   * Computes a box, but puts the only output's elements elsewhere in its memory.
   *
   * @param origin The index of its first element.
   * @param shape Its extents.
   * @param address Where the first element goes.
   * @param strides Steps in bytes, by axis. They have to lie along the innermost axis as the output's own do.
   */
  runInto(
    origin: readonly number[],
    shape: readonly number[],
    address: number,
    strides: readonly number[],
  ): void {
    this.#compute({ origin, shape }, { origin, address, strides });
  }

  #compute(box: Box, elsewhere: Elsewhere | null): void {
    if (box.shape.includes(0)) return;
    const { axes, halo } = this.#kernel;
    const direct = this.#direct;
    let inBlocks: readonly Box[] = [box];
    if (direct !== undefined) {
      if (halo === null) return this.#runDirect(direct, box, elsewhere);
      const { interior, edges } = splitBox(box.origin, box.shape, halo.inputShape, halo.axes);
      // A small box with several edges takes less time as one block than in parts.
      if (edges.length < 2 || sizeOf(box.shape) > SMALL_BOX_ELEMENTS) {
        if (interior !== null) this.#runDirect(direct, interior, elsewhere);
        inBlocks = edges;
      }
    }
    for (const edge of inBlocks) {
      for (const block of blocksOf(axes, edge, this.#blockElements)) this.#runBlock(block, elsewhere);
    }
  }

  #runDirect(run: Run, { origin, shape }: Box, elsewhere: Elsewhere | null): void {
    this.#walk(run, shape, origin, this.#operands.map((operand) => placeAt(operand, origin, elsewhere)));
  }

  /** Copies what is read, computes, copies what was written. */
  #runBlock({ origin, shape }: Box, elsewhere: Elsewhere | null): void {
    const innerAxis = this.#kernel.axes.at(-1) ?? -1;
    const filled = this.#arrays.map((array, memory): FilledBlock | null => {
      if (!array.isForeign && !array.isGathered) return null;
      return array.isGathered
        ? this.#gather(array, memory, origin, shape)
        : this.#copy(array, memory, origin, shape);
    });
    const placed = this.#operands.map((operand): Placed => {
      const block = filled[operand.memory];
      if (block === null) return placeAt(operand, origin, elsewhere);
      const { address, strides } = block.placeOf(operand), { access } = operand;
      // Of a row whose elements are all the same only the first is read: rows must not be joined then.
      return { access, address, strides: access === "splat" ? strides.with(innerAxis, 0) : strides };
    });
    this.#walk(this.#runOnBlocks(), shape, origin, placed);
    filled.forEach((block, memory) => {
      const here = block?.here ?? null, there = block?.there ?? null;
      if (here === null || there === null || !this.#arrays[memory].isOutput) return;
      this.#do(() => there.copyFrom(here));
    });
  }

  /** A box of an array in a block. */
  #copy(
    { array, bytes, isOutput }: BoundArray,
    memory: number,
    origin: readonly number[],
    shape: Shape,
  ): FilledBlock {
    const { axes, halo } = this.#kernel;
    const here = this.#room(memory, axes.map((axis) => shape[axis]));
    const from = halo === null || isOutput
      ? origin
      : origin.map((start, axis) => start + shiftOf(halo, axis));
    const there = tileOf(array, from, shape).transpose(axes);
    this.#do(() => {
      this.copied += here.byteLength;
      if (!isOutput) here.copyFrom(there);
    });
    const address = addressOfFirst(here, bytes), strides = this.#stridesOf(here, bytes);
    return { here, there, placeOf: () => ({ address, strides }) };
  }

  /**
   * What is read of an array for a box, edges included, in a block: together with all that lies between, or each
   * place apart if that is less.
   */
  #gather(
    { array, name, bytes }: BoundArray,
    memory: number,
    origin: readonly number[],
    shape: Shape,
  ): FilledBlock {
    const { axes, halo } = this.#kernel;
    if (halo === null) throw new Error(`${name} is read at other places without a halo`);
    const own = this.#operands.filter((operand) => operand.memory === memory);
    const apart = own.map((operand) => boxOf(operand, origin, shape, halo, axes.at(-1) ?? -1));
    const whole = readBox(origin, shape, halo.axes);
    const isApart = sumOfSizes(apart) < sizeOf(whole.shape), boxes = isApart ? apart : [whole];
    const room = this.#room(memory, [sumOfSizes(boxes)]), source = array.transpose(axes);
    let taken = 0;
    const places = boxes.map((box) => {
      const size = sizeOf(box.shape), tables = gatherTables(box, halo.inputShape, halo.axes);
      const here = room.view(slice(taken, taken + size)).reshape(axes.map((axis) => box.shape[axis]));
      const inOrder = axes.map((axis) => tables[axis]);
      taken += size;
      this.#do(() => {
        this.copied += here.byteLength;
        gatherBox(source, inOrder, halo.fills[name], here);
      });
      return { address: addressOfFirst(here, bytes), strides: this.#stridesOf(here, bytes) };
    });
    if (isApart) return { here: null, there: null, placeOf: (operand) => places[own.indexOf(operand)] };
    const [{ address, strides }] = places, before = halo.axes.map((axis) => axis.before);
    const atHand = address + distanceOf(before, strides);
    return {
      here: null,
      there: null,
      placeOf: ({ offset }) => ({ address: atHand + distanceOf(offset, strides), strides }),
    };
  }

  /** The part of a block's memory that a box takes. */
  #room(memory: number, shape: Shape): SharedNdArray {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const block = this.#blocks[memory];
    if (block === undefined || block === null || block.size < size) {
      const { is64, array } = this.#arrays[memory];
      const larger = blockFor(memory, is64, array.dtype, Math.max(size, this.#blockElements));
      this.#blocks = this.#arrays.map((_, k) => k === memory ? larger : this.#blocks[k] ?? null);
      this.#onBlocks = undefined;
      return larger.view(slice(0, size)).reshape(shape);
    }
    return block.view(slice(0, size)).reshape(shape);
  }

  #stridesOf(here: SharedNdArray, bytes: number): readonly number[] {
    const { strides } = layoutOf(here), { axes } = this.#kernel;
    const byAxis = new Array<number>(axes.length);
    axes.forEach((axis, loop) => byAxis[axis] = strides[loop] * bytes);
    return byAxis;
  }

  /** The function on blocks, and on the arrays that need none. */
  #runOnBlocks(): Run {
    this.#onBlocks ??= instantiate(
      this.#module,
      this.#arrays.map(({ array }, k) => this.#blocks[k] ?? array),
    );
    return this.#onBlocks;
  }

  /** Joins axes and calls the kernel for what is left of them. */
  #walk(run: Run, shape: readonly number[], origin: readonly number[], operands: readonly Placed[]): void {
    const { axes, indexAxes } = this.#kernel;
    const steps = operands.map(({ strides }) => axes.map((axis) => strides[axis]));
    const indexSteps = indexAxes.map((own) => axes.map((axis) => Number(axis === own)));
    const loops = joinLoops(axes.map((axis) => shape[axis]), [...steps, ...indexSteps]);
    const starts = [...operands.map(({ address }) => address), ...indexAxes.map((axis) => origin[axis])];
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
      this.#do(() => run(...args));
    };
    forEachPlane(loops.extents, loops.steps, starts, call);
  }
}

function boundArrays(
  { operands, halo }: CompiledKernel,
  arrays: Readonly<Record<string, SharedNdArray>>,
): BoundArray[] {
  const count = 1 + Math.max(-1, ...operands.map(({ memory }) => memory));
  return Array.from({ length: count }, (_, memory) => {
    // One of those of the array.
    const { name, isOutput } = operands.find((operand) => operand.memory === memory) ?? operands[0];
    const array = arrays[name], source = storageOf(array).webAssemblyMemory;
    return {
      name,
      array,
      isOutput,
      bytes: DTYPES[array.dtype].bytes,
      is64: source !== undefined && has64BitAddresses(source),
      isGathered: !isOutput && halo !== null && Object.hasOwn(halo.fills, name),
      isForeign: source === undefined,
    };
  });
}

/** What an operand reads for a box of the outputs. */
function boxOf(
  { offset, span }: CompiledOperand,
  origin: readonly number[],
  shape: Shape,
  halo: KernelHalo,
  innerAxis: number,
): Box {
  return {
    origin: origin.map((start, axis) => start + shiftOf(halo, axis) + (offset?.[axis] ?? 0)),
    shape: shape.map((extent, axis) => axis === innerAxis ? extent + span : extent),
  };
}

function sumOfSizes(boxes: readonly Box[]): number {
  return boxes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** On axes of mode "none" the inputs begin before the outputs. */
function shiftOf({ axes }: KernelHalo, axis: number): number {
  return axes[axis].mode === "none" ? axes[axis].before : 0;
}

function bind(operand: CompiledOperand, array: SharedNdArray, halo: KernelHalo | null): BoundOperand {
  const { bytes } = DTYPES[array.dtype], { offset, isOutput } = operand;
  const strides = layoutOf(array).strides.map((stride) => stride * bytes);
  const shift = halo === null || isOutput ? null : halo.axes.map((_, axis) => shiftOf(halo, axis));
  const base = addressOfFirst(array, bytes) + distanceOf(offset, strides) + distanceOf(shift, strides);
  return { ...operand, base, strides };
}

/**
 * A block's elements. Where the halo is deep, what is gathered would be much more than what is computed if blocks
 * were small.
 */
function blockElements(halo: KernelHalo | null): number {
  if (halo === null) return BLOCK_ELEMENTS;
  const window = halo.axes.reduce((product, { before, after }) => product * (before + after + 1), 1);
  return Math.max(BLOCK_ELEMENTS, Math.min(4 * window, 16 * BLOCK_ELEMENTS));
}

function addressOfFirst(array: SharedNdArray, bytes: number): number {
  return array.data.byteOffset + layoutOf(array).offset * bytes;
}

/** Bytes from the element at hand to one that lies some steps along each axis. */
function distanceOf(offset: readonly number[] | null, strides: readonly number[]): number {
  let distance = 0;
  if (offset !== null) {
    for (let axis = 0; axis < strides.length; axis++) distance += offset[axis] * strides[axis];
  }
  return distance;
}

function placeAt(operand: BoundOperand, origin: readonly number[], elsewhere: Elsewhere | null): Placed {
  if (elsewhere === null || !operand.isOutput) {
    const { base, strides, access } = operand;
    return { access, strides, address: base + distanceOf(origin, strides) };
  }
  const { address, strides, origin: first } = elsewhere;
  return {
    access: operand.access,
    strides,
    address: address + distanceOf(origin, strides) - distanceOf(first, strides),
  };
}

/**
 * Functions on memories that they were bound to before. A memory comes to a worker as a new object with each message.
 */
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
  run = instantiate(module, arrays);
  if (isKept) bound.set(boundKey, run);
  return run;
}

function instantiate(module: WebAssembly.Module, arrays: readonly SharedNdArray[]): Run {
  const memories = Object.fromEntries(arrays.map((array, k) => [`m${k}`, memoryOf(array)]));
  // Every module of a compiled kernel exports it.
  return new WebAssembly.Instance(module, { env: memories }).exports.run as Run;
}

function memoryOf(array: SharedNdArray): WebAssembly.Memory {
  const memory = storageOf(array).webAssemblyMemory;
  if (memory === undefined) throw new Error("An operand of a compiled kernel is in no WebAssembly memory");
  return memory;
}
