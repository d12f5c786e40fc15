/**
 * Elements as nested arrays.
 *
 * @module
 */

import type { Nested, Scalar } from "./creation.ts";
import type { Shape } from "./layout/shape.ts";

/**
 * Puts elements that come in C order into nested arrays.
 *
 * @param shape The shape.
 * @param elements As many as the shape has.
 * @returns Arrays nested as deep as the shape has axes; for none, the element itself.
 */
export function nestElements<S extends Scalar>(shape: Shape, elements: Iterator<S>): Nested<S> {
  const nest = (axis: number): Nested<S> => {
    // There are as many elements as the shape has, so the iterator is not done.
    if (axis === shape.length) return elements.next().value as S;
    return Array.from({ length: shape[axis] }, () => nest(axis + 1));
  };
  return nest(0);
}
