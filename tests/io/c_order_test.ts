import { assert, assertEquals } from "@std/assert";
import { swapBytes } from "../../src/io/byte_order.ts";
import { cOrderBoxes } from "../../src/io/c_order.ts";
import { parsePythonLiteral, type PythonValue } from "../../src/io/python_literal.ts";

/** The places of a box's elements in an array of a shape, in C order. */
function* placesOf(
  shape: readonly number[],
  origin: readonly number[],
  box: readonly number[],
): Generator<number> {
  const size = box.reduce((product, extent) => product * extent, 1);
  for (let i = 0; i < size; i++) {
    let rest = i, place = 0, stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (origin[axis] + rest % box[axis]) * stride;
      rest = Math.floor(rest / box[axis]);
      stride *= shape[axis];
    }
    yield place;
  }
}

Deno.test("cOrderBoxes walks every element once, in C order, in boxes that are not too large", () => {
  const extents = [0, 1, 2, 3, 5];
  const shapes = [[], ...extents.map((a) => [a]), ...extents.flatMap((a) => extents.map((b) => [a, b]))];
  shapes.push(...extents.flatMap((a) => extents.flatMap((b) => extents.map((c) => [a, b, c]))), [
    2,
    1,
    3,
    2,
    2,
  ]);
  for (const shape of shapes) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    for (let most = 1; most <= 13; most++) {
      const places: number[] = [];
      for (const box of cOrderBoxes(shape, most)) {
        const before = places.length;
        places.push(...placesOf(shape, box.origin, box.shape));
        assert(places.length - before <= most && places.length > before);
      }
      assertEquals(places, Array.from({ length: size }, (_, i) => i));
    }
  }
});

Deno.test("swapBytes reverses each element", () => {
  const bytes = () => Uint8Array.from({ length: 16 }, (_, i) => 0xf0 + i);
  for (const width of [1, 2, 4, 8]) {
    const swapped = bytes();
    swapBytes(swapped, width);
    const expected = [...bytes()].map((_, i, all) => all[i - i % width + width - 1 - i % width]);
    assertEquals([...swapped], expected);
  }
});

Deno.test("parsePythonLiteral parses what headers have", () => {
  assertEquals(parsePythonLiteral("(1, -2,)"), [1, -2]);
  assertEquals(parsePythonLiteral(" (7) "), 7);
  assertEquals(parsePythonLiteral("()"), []);
  assertEquals(parsePythonLiteral("(7,)"), [7]);
  assertEquals(
    parsePythonLiteral(`{'a': [True, False, None], "b": {}}`),
    new Map<string, PythonValue>([["a", [true, false, null]], ["b", new Map()]]),
  );
});
