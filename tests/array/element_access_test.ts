import { assertEquals, assertThrows } from "@std/assert";
import { type DType, DTypeError, IndexError, SharedNdArray } from "../../mod.ts";
import { indicesOf, placesOf } from "../naive.ts";
import { forEachSeed } from "../seeded.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";

/** A value that every dtype holds exactly, in the form that it reads as. */
function valueFor(dtype: DType, number: number): number | bigint | boolean {
  if (dtype === "bool") return number % 2 === 1;
  return dtype.endsWith("64") && dtype !== "float64" ? BigInt(number) : number;
}

for (const dtype of DTYPE_NAMES) {
  Deno.test(`get, set and item reach every ${dtype} element of any rank and layout`, () => {
    forEachSeed(60, (random) => {
      const extents = random.ints(random.int(0, 5), 1, 3);
      const whole: SharedNdArray = SharedNdArray.zeros(extents, { dtype });
      const array = whole.transpose(random.shuffled(extents.keys().toArray()))
        .flip(extents.keys().filter(() => random.oneIn(2)).toArray());
      const places = placesOf(array.shape, array.strides, array.offset);
      indicesOf(array.shape).forEach((index, k) => {
        const value = valueFor(dtype, k % 100);
        const named = index.map((i, axis) => random.oneIn(2) ? i : i - array.shape[axis]);
        array.set(...named, value);
        assertEquals(array.get(...index), value);
        assertEquals(array.item(random.oneIn(2) ? k : k - array.size), value);
        assertEquals(whole.data[places[k]], typeof value === "boolean" ? Number(value) : value);
      });
      assertEquals([...array.values()], places.map((_, k) => valueFor(dtype, k % 100)));
    });
  });
}

Deno.test("an index that no element has is refused on every axis of every rank", () => {
  for (let ndim = 0; ndim <= 5; ndim++) {
    const shape = [3, 2, 4, 2, 3].slice(0, ndim), array = SharedNdArray.zeros(shape);
    const zeros = shape.map(() => 0);
    for (let axis = 0; axis < ndim; axis++) {
      for (const index of [shape[axis], -shape[axis] - 1, 0.5, NaN, Infinity, 2 ** 40]) {
        const indices = zeros.with(axis, index);
        const message = Number.isInteger(index)
          ? `Index ${index} is out of bounds for axis ${axis} with extent ${shape[axis]}`
          : `Index ${index} on axis ${axis} is not an integer`;
        assertThrows(() => array.get(...indices), IndexError, message);
        assertThrows(() => array.set(...indices, 1), IndexError, message);
        assertThrows(() => array.view(...indices), IndexError, message);
      }
    }
    for (const count of [ndim - 1, ndim + 1].filter((count) => count >= 0)) {
      const indices = new Array<number>(count).fill(0);
      const message = `Got ${count} indices for an array of shape [${shape.join(", ")}], expected ${ndim}`;
      assertThrows(() => array.get(...indices), IndexError, message);
      assertThrows(() => array.set(...indices, 1), IndexError, message);
    }
  }
  assertThrows(() => SharedNdArray.zeros([2, 0]).get(0, 0), IndexError, "axis 1 with extent 0");
  assertThrows(
    () => SharedNdArray.zeros([2, 3]).item(6),
    IndexError,
    "Place 6 is out of bounds for an array of 6",
  );
  assertThrows(() => SharedNdArray.zeros([2, 3]).item(), RangeError, "has 6 elements, not one");
});

Deno.test("a value of the wrong type is refused with what would be right", () => {
  const cases: [dtype: DType, value: unknown, message: string][] = [
    ["int64", 5, "Cannot write the number 5 to an int64 array: expected a bigint, such as 5n"],
    ["uint64", 0.5, "Cannot write the number 0.5 to a uint64 array: expected a bigint, such as 5n"],
    ["int64", true, "Cannot write the boolean true to an int64 array: expected a bigint"],
    ["float64", 7n, "Cannot write the bigint 7n to a float64 array: expected a number, such as 7"],
    ["uint8", "7", "Cannot write the string 7 to a uint8 array: expected a number, such as 5"],
    ["float32", undefined, "Cannot write the undefined undefined to a float32 array"],
    ["int32", null, "Cannot write the object null to an int32 array"],
  ];
  for (const [dtype, value, message] of cases) {
    const array: SharedNdArray = SharedNdArray.zeros([2], { dtype });
    const wrong = value as number;
    assertThrows(() => array.set(0, wrong), DTypeError, message);
    assertThrows(() => array.set(-1, wrong), TypeError, message);
    assertThrows(() => array.fill(wrong), DTypeError, message);
    assertEquals(Number(array.get(0)), 0);
  }
});

Deno.test("numbers written to integer arrays are truncated and wrap, as in typed arrays", () => {
  const written = (dtype: DType, value: number) => {
    const array: SharedNdArray = SharedNdArray.zeros([1], { dtype });
    array.set(0, value);
    return array.get(0);
  };
  assertEquals(written("int8", -1.9), -1);
  assertEquals(written("uint8", 256.5), 0);
  assertEquals(written("int16", 40_000), -25_536);
  assertEquals(written("int32", NaN), 0);
  assertEquals(written("uint32", -1), 4_294_967_295);
  assertEquals(written("float16", 65_520), Infinity);
  assertEquals(written("float32", 0.1), Math.fround(0.1));
});
