/**
 * Distances of elements that are counted in C order over some axes.
 *
 * @module
 */

import { ELEMENT } from "./memory_code.ts";

/** Places along some axes of an array. */
export class AxisWalk {
  readonly #extents: number[] = [];
  readonly #steps: number[] = [];
  /** How many neighbours lie one step apart, beginning at a multiple of that number. */
  readonly run: number;
  /** That step, in bytes. */
  readonly step: number;
  /** How many there are. */
  readonly count: number;

  /**
   * @param axes The axes, the fastest last.
   * @param extents Extents by axis.
   * @param strides Steps in bytes by axis.
   */
  constructor(axes: readonly number[], extents: readonly number[], strides: readonly number[]) {
    for (const axis of axes.filter((axis) => extents[axis] !== 1)) {
      const last = this.#extents.length - 1;
      if (last >= 0 && this.#steps[last] === strides[axis] * extents[axis]) {
        this.#extents[last] *= extents[axis];
        this.#steps[last] = strides[axis];
      } else {
        this.#extents.push(extents[axis]);
        this.#steps.push(strides[axis]);
      }
    }
    this.run = this.#extents.at(-1) ?? 1;
    this.step = this.#steps.at(-1) ?? ELEMENT;
    this.count = this.#extents.reduce((product, extent) => product * extent, 1);
  }

  /** Bytes from the first one to another. */
  distance(place: number): number {
    let rest = place, distance = 0;
    for (let axis = this.#extents.length - 1; axis > 0; axis--) {
      const extent = this.#extents[axis], outer = Math.floor(rest / extent);
      distance += (rest - outer * extent) * this.#steps[axis];
      rest = outer;
    }
    return this.#extents.length === 0 ? 0 : distance + rest * this.#steps[0];
  }

  /** How many from a place on lie one step apart. */
  runFrom(place: number): number {
    return this.run - place % this.run;
  }
}
