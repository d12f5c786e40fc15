/**
 * Where the elements come from that are reduced: computed by a compiled kernel into a block, or read where they lie.
 *
 * @module
 */

/** Neighbours, from `first` on. */
export interface Range {
  readonly first: number;
  readonly count: number;
}

/** Elements of an array that may be read where they lie: their dtype is that of the lanes. */
export interface DirectElements {
  /** The array's memory, with 32-bit addresses. */
  readonly memory: WebAssembly.Memory;
  /** The address of the element at index 0 of every axis. */
  readonly address: number;
  /** Steps in bytes, by axis. */
  readonly strides: readonly number[];
}

/** Gives elements by cell and position, as `reduce_plan.ts` numbers them. */
export interface BlockSource {
  /**
   * Computes elements into the scratch memory.
   *
   * @param cells The cells.
   * @param positions The positions of each.
   * @param address Where the first element goes, in bytes.
   * @param cellStep Bytes from a cell to the next.
   * @param positionStep Bytes from a position to the next. One of both steps is the size of an element.
   */
  fill(cells: Range, positions: Range, address: number, cellStep: number, positionStep: number): void;
  /** The elements themselves, if they need not be computed. */
  readonly direct: DirectElements | null;
}
