/**
 * A compiled kernel as data: what travels to workers beside its module.
 *
 * @module
 */

import type { Access } from "./element_access.ts";
import type { KernelHalo } from "./kernel_halo.ts";

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
