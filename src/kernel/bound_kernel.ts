/**
 * A compiled kernel at work: boxes of elements in the arrays' own memory; or in blocks, where arrays are in memory that
 * WebAssembly cannot address, and where it reads beyond the edges of an array.
 *
 * @module
 */

import { gatherBox } from "../array/gather.ts";
import { layoutOf, type SharedNdArray, tileOf } from "../array/shared_ndarray.ts";
import { countWork, isInterruptible } from "../interrupt.ts";
import { slice } from "../array/layout/slice.ts";
import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { gatherTables } from "../plan/edges.ts";
import { type Box, readBox, splitBox } from "../plan/halo.ts";
import { BLOCK_ELEMENTS, blockFor, blocksOf } from "./blocks.ts";
import type { CompiledKernel, PassedScalar } from "./compiled_kernel.ts";
import { instantiate, type Run, runOf } from "./instances.ts";
import type { KernelHalo } from "./kernel_halo.ts";
import { joinLoops } from "./loop_order.ts";
import {
  addressOfFirst,
  bind,
  type BoundArray,
  boundArrays,
  type BoundOperand,
  boxOf,
  distanceOf,
  type Elsewhere,
  placeAt,
  type Placed,
  shiftOf,
  sumOfSizes,
} from "./places.ts";
import { forEachPiece, forEachPlane } from "./planes.ts";

/** Elements of a box that costs less than what each of several blocks costs apart from its elements. */
const SMALL_BOX_ELEMENTS = 4096;

/** Nanoseconds that a vector instruction takes about for each element, and an element that lies apart from others. */
const INSTRUCTION_NS = 0.15, STRIDED_NS = 2;

/** The least that an element takes when its operands come from memory, and what a row takes besides its elements. */
const ELEMENT_NS = 0.5, ROW_NS = 4;

/** Nanoseconds of work that are one call of the kernel where it may have to stop. */
const CALL_NS = 2 ** 18;

/** Elements that are one call at least: a piece of a row is a multiple of a vector, and of a line of the cache. */
const FEWEST_ELEMENTS = 4096;

/** A step of what is done for a box. */
type Action = () => void;

/** Boxes that are remembered, and steps of each. */
const MOST_KNOWN = 256, MOST_ACTIONS = 64;

/** What the module's function is called with. */
interface KernelCall {
  readonly length: number;
  readonly rows: number;
  readonly args: readonly PassedScalar[];
  /** Which of them say where something begins, and its step in each loop. */
  readonly places: readonly number[];
  readonly steps: readonly (readonly number[])[];
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
  /** How far indices are beyond those in the arrays, by axis; null where they are the same. */
  #firstIndex: readonly number[] | null = null;
  /** Nanoseconds that an element takes, about; and how many elements are one call where it may have to stop. */
  readonly #elementNs: number;
  readonly #mostElements: number;
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
    this.#elementNs = elementNs(kernel);
    this.#mostElements = Math.max(FEWEST_ELEMENTS, 2 ** Math.floor(Math.log2(CALL_NS / this.#elementNs)));
    if (!this.#isStaged) this.#direct = runOf(kernel, module, this.#arrays.map(({ array }) => array));
  }

  /**
   * Computes a box.
   *
   * @param origin The index of its first element.
   * @param shape Its extents.
   * @param index What that element's index is to the kernel. Default: the same. Not with `isRepeated`.
   */
  runBox(origin: readonly number[], shape: readonly number[], index: readonly number[] = origin): void {
    this.#firstIndex = index === origin ? null : origin.map((start, axis) => index[axis] - start);
    if (!this.#isRepeated) return this.#compute({ origin, shape }, null);
    const key = `${origin} ${shape}`, known = this.#known.get(key);
    if (known !== undefined) {
      for (const action of known) action();
      return;
    }
    const recording: Action[] = this.#recording = [];
    try {
      this.#compute({ origin, shape }, null);
    } finally {
      // What was interrupted is not remembered, nor does it go on being written down.
      this.#recording = null;
    }
    if (this.#known.size < MOST_KNOWN && recording.length <= MOST_ACTIONS) this.#known.set(key, recording);
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
   * @param index What the first element's index is to the kernel. Default: its own.
   */
  runInto(
    origin: readonly number[],
    shape: readonly number[],
    address: number,
    strides: readonly number[],
    index: readonly number[] = origin,
  ): void {
    this.#firstIndex = index === origin ? null : origin.map((start, axis) => index[axis] - start);
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
    const size = sizeOf(shape);
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
    const { axes, indexAxes } = this.#kernel, shift = this.#firstIndex;
    const steps = operands.map(({ strides }) => axes.map((axis) => strides[axis]));
    const indexSteps = indexAxes.map((own) => axes.map((axis) => Number(axis === own)));
    const loops = joinLoops(axes.map((axis) => shape[axis]), [...steps, ...indexSteps]);
    const starts = [
      ...operands.map(({ address }) => address),
      ...indexAxes.map((axis) => origin[axis] + (shift?.[axis] ?? 0)),
    ];
    const call = (length: number, rows: number, at: readonly number[]) => {
      const args: PassedScalar[] = [length, rows], places: number[] = [];
      operands.forEach(({ access }, k) => {
        places.push(args.push(at[k]) - 1);
        if (access === "strided") args.push(loops.steps[k].at(-1) ?? 0);
        args.push(loops.steps[k].at(-2) ?? 0);
      });
      args.push(...this.#scalars);
      indexAxes.forEach((_, j) => {
        const k = operands.length + j;
        places.push(args.push(at[k]) - 1);
        args.push(loops.steps[k].at(-2) ?? 0);
      });
      this.#do(() => this.#call(run, { length, rows, args, places, steps: loops.steps }));
    };
    forEachPlane(loops.extents, loops.steps, starts, call);
  }

  /** Calls the kernel: in pieces where it may have to stop and takes long, otherwise once. */
  #call(run: Run, { length, rows, args, places, steps }: KernelCall): void {
    const ns = this.#elementNs, most = this.#mostElements;
    if (!isInterruptible()) return run(...args);
    const rowCost = ROW_NS / ns;
    if (rows * (length + rowCost) <= most) {
      run(...args);
      return countWork(rows * (length + rowCost) * ns);
    }
    const own = args.slice();
    forEachPiece(length, rows, most, rowCost, (piece) => {
      own[0] = piece.length;
      own[1] = piece.rows;
      places.forEach((place, k) => {
        const along = steps[k].at(-1) ?? 0, down = steps[k].at(-2) ?? 0;
        // Addresses and indices are passed as numbers, in memories with 64-bit addresses too.
        own[place] = Number(args[place]) + piece.row * down + piece.first * along;
      });
      run(...own);
      countWork(piece.rows * (piece.length + rowCost) * ns);
    });
  }
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

/** Nanoseconds that an element takes, about. */
function elementNs({ weight, operands }: CompiledKernel): number {
  const strided = operands.filter(({ access }) => access === "strided").length;
  return Math.max(ELEMENT_NS, weight * INSTRUCTION_NS) + strided * STRIDED_NS;
}
