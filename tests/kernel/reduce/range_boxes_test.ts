import { assert, assertEquals } from "@std/assert";
import { rangeBoxes } from "../../../src/kernel/reduce/range_boxes.ts";
import { indicesOf } from "../../naive.ts";

Deno.test("boxes cover every range of small shapes in order, and are few", () => {
  for (const extents of [[], [1], [5], [2, 3], [3, 1, 2], [2, 3, 2], [1, 4, 1, 3], [2, 2, 2, 2]]) {
    const all = indicesOf(extents), axes = Math.max(1, extents.length);
    for (let first = 0; first < all.length; first++) {
      for (let count = 1; first + count <= all.length; count++) {
        const boxes = rangeBoxes(extents, { first, count }), found: (readonly number[])[] = [];
        for (const { before, origin, shape } of boxes) {
          assertEquals(before, found.length);
          for (const index of indicesOf(shape)) found.push(index.map((i, axis) => i + origin[axis]));
        }
        assertEquals(found, all.slice(first, first + count));
        assert(boxes.length <= 2 * axes - 1, `${boxes.length} boxes for [${extents}]`);
      }
    }
  }
});
