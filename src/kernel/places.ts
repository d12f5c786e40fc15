/**
 * Where the operands of a compiled kernel lie in memory.
 *
 * @module
 */

import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { layoutOf, type SharedNdArray, storageOf } from "../array/shared_ndarray.ts";
import { DTYPES } from "../dtype.ts";
import type { Box } from "../plan/halo.ts";
import { has64BitAddresses } from "./address_width.ts";
import type { CompiledKernel, CompiledOperand } from "./compiled_kernel.ts";
import type { Access } from "./element_access.ts";
import type { KernelHalo } from "./kernel_halo.ts";

/** An operand that is bound to its memory. */
export interface BoundOperand extends CompiledOperand {
  /** The address of what it reads or writes for the element at index 0 of every axis. */
  readonly base: number;
  /** Steps in bytes, by axis. */
  readonly strides: readonly number[];
}

/** An array of a kernel. */
export interface BoundArray {
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
export interface Elsewhere {
  readonly origin: readonly number[];
  readonly address: number;
  readonly strides: readonly number[];
}

/** An operand's place in a box. */
export interface Placed {
  readonly address: number;
  readonly strides: readonly number[];
  readonly access: Access;
}

/**
 * The arrays of a kernel, by the number of their memory.
 *
 * @param kernel The kernel.
 * @param arrays The arrays by name.
 */
export function boundArrays(
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

/**
 * An operand in its memory.
 *
 * @param operand The operand.
 * @param array Its array.
 * @param halo How the kernel reads beyond the element at hand.
 */
export function bind(operand: CompiledOperand, array: SharedNdArray, halo: KernelHalo | null): BoundOperand {
  const { bytes } = DTYPES[array.dtype], { offset, isOutput } = operand;
  const strides = layoutOf(array).strides.map((stride) => stride * bytes);
  const shift = halo === null || isOutput ? null : halo.axes.map((_, axis) => shiftOf(halo, axis));
  const base = addressOfFirst(array, bytes) + distanceOf(offset, strides) + distanceOf(shift, strides);
  return { ...operand, base, strides };
}

/**
 * Where an operand begins for a box.
 *
 * @param operand The operand.
 * @param origin The index of the box's first element.
 * @param elsewhere Where outputs go instead of their array, if they do.
 */
export function placeAt(
  operand: BoundOperand,
  origin: readonly number[],
  elsewhere: Elsewhere | null,
): Placed {
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
 * What an operand reads for a box of the outputs.
 *
 * @param operand The operand.
 * @param origin The index of the box's first element.
 * @param shape The box's extents.
 * @param halo How the kernel reads beyond the element at hand.
 * @param innerAxis The innermost axis, -1 where there is none.
 */
export function boxOf(
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

/**
 * How many elements some boxes have together.
 *
 * @param boxes The boxes.
 */
export function sumOfSizes(boxes: readonly Box[]): number {
  return boxes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * How far behind an index of the outputs that of the inputs is: on axes of mode "none" inputs begin before outputs.
 *
 * @param halo The halo.
 * @param axis The axis.
 */
export function shiftOf({ axes }: KernelHalo, axis: number): number {
  return axes[axis].mode === "none" ? axes[axis].before : 0;
}

/**
 * The address of the element at index 0 of every axis.
 *
 * @param array The array.
 * @param bytes Bytes of an element.
 */
export function addressOfFirst(array: SharedNdArray, bytes: number): number {
  return array.data.byteOffset + layoutOf(array).offset * bytes;
}

/**
 * Bytes from the element at hand to one that lies some steps along each axis.
 *
 * @param offset The steps; null for none.
 * @param strides Bytes of a step, by axis.
 */
export function distanceOf(offset: readonly number[] | null, strides: readonly number[]): number {
  let distance = 0;
  if (offset !== null) {
    for (let axis = 0; axis < strides.length; axis++) distance += offset[axis] * strides[axis];
  }
  return distance;
}
