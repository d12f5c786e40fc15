/**
 * Values combined in pairs, pairs of pairs and so on: the tree over blocks of `reduce_plan.ts`, for values of any kind.
 *
 * @module
 */

/** From which value on the first half of a pair reaches, up to which the second begins, and before which that ends. */
export type PairRange = readonly [from: number, middle: number, to: number];

/**
 * Combines values in an order that depends on their number alone.
 *
 * @param values The values, at least one.
 * @param combine Combines two neighbours; it is told which values they are made of.
 */
export function combineInPairs<Value>(
  values: readonly Value[],
  combine: (first: Value, second: Value, range: PairRange) => Value,
): Value {
  let level = values.slice();
  for (let width = 1; level.length > 1; width *= 2) {
    const next: Value[] = [];
    for (let k = 0; k < level.length; k += 2) {
      const from = k * width, middle = from + width, to = Math.min(middle + width, values.length);
      next.push(k + 1 === level.length ? level[k] : combine(level[k], level[k + 1], [from, middle, to]));
    }
    level = next;
  }
  return level[0];
}
