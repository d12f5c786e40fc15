/**
 * Random integers below bounds, batch by batch in the scratch memory.
 *
 * @module
 */

import { type BoundedExports, boundedModule } from "./bounded_module.ts";
import { visitWords } from "./philox.ts";
import { BATCH_BYTES, SCRATCH, scratchMemory } from "./scratch.ts";

/** How the elements of an array are drawn. */
export interface Drawing {
  /** The purpose of the stream. */
  readonly purpose: number;
  /** Words of the stream that an element takes: 1 or 2. */
  readonly words: number;
  /**
   * Draws elements of the batch with one of the module's functions.
   *
   * @param module The functions.
   * @param pending How many.
   * @param start The place of the batch's first element.
   * @returns How many have to be drawn once more.
   */
  draw(module: BoundedExports, pending: number, start: number): number;
}

/** Most elements in a batch: as many as words, if each takes one. */
export const BATCH_WORDS = BATCH_BYTES / 4;

let exports: BoundedExports | undefined;

/** The module over the scratch memory, compiled when the first integer is wanted. */
function instantiate(): BoundedExports {
  const module = new WebAssembly.Module(boundedModule());
  const instance = new WebAssembly.Instance(module, { env: { memory: scratchMemory() } });
  // The exports of a WebAssembly instance are untyped; the module's file says what they are.
  return instance.exports as unknown as BoundedExports;
}

/**
 * Draws the elements of an array in order. Those of a batch whose draw does not count are drawn again from the same
 * words of the stream's next attempt.
 *
 * @param stream The stream.
 * @param count How many elements there are.
 * @param drawing How to draw them.
 * @param visit Called for each batch, when its elements lie in the scratch memory's place of results, with their
 * number and the first one's place.
 */
export function visitDraws(
  stream: bigint,
  count: number,
  drawing: Drawing,
  visit: (count: number, start: number) => void,
): void {
  const module = exports ??= instantiate();
  const { purpose, words } = drawing;
  const pending = new Uint32Array(scratchMemory().buffer, SCRATCH.pending, BATCH_WORDS);
  const length = BATCH_WORDS / words;
  for (let start = 0; start < count; start += length) {
    const part = Math.min(length, count - start);
    for (let k = 0; k < part; k++) pending[k] = k;
    for (let attempt = 0, left = part; left > 0; attempt++) {
      const options = { start: start * words, attempt, purpose };
      visitWords(stream, part * words, () => left = drawing.draw(module, left, start), options);
    }
    visit(part, start);
  }
}
