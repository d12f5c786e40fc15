/** Boxes for tests. */

import type { Shape } from "../../src/array/layout/shape.ts";
import type { StoredBox } from "../../src/store/driver.ts";
import { Seeded } from "../seeded.ts";

/**
 * A box somewhere in a shape: often whole along an axis, seldom without any extent.
 *
 * @param shape The shape.
 * @param seed Which one.
 */
export function randomBox(shape: Shape, seed: number): StoredBox {
  const random = new Seeded(seed);
  const spans = shape.map((extent) => {
    if (extent === 0 || random.oneIn(3)) return [0, extent];
    const origin = random.int(0, extent - 1);
    return [origin, random.oneIn(20) ? 0 : random.int(1, extent - origin)];
  });
  return { origin: spans.map(([origin]) => origin), shape: spans.map(([, extent]) => extent) };
}
