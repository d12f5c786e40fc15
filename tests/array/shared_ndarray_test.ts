import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SharedNdArray, slice } from "../../mod.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { IndexError } from "../../src/errors.ts";
import { indicesOf } from "../naive.ts";
import { forEachSeed } from "../seeded.ts";

/** 0, 1, 2, … in C order. */
function counted(shape: readonly number[]): SharedNdArray<"float64"> {
  return SharedNdArray.from(Float64Array.from(indicesOf(shape), (_, i) => i), { shape });
}

Deno.test("get and set reach each element, from the front and from the end", () => {
  const array = counted([2, 3, 4]);
  indicesOf([2, 3, 4]).forEach((index, value) => {
    assertEquals(array.get(...index), value);
    assertEquals(array.get(...index.map((i, axis) => i - array.shape[axis])), value);
    const [i, j, k] = index;
    array.set(i, j - 3, k, -value);
    assertEquals(array.get(i, j, k), -value);
  });
});

Deno.test("elements are booleans, bigints or numbers as the dtype has it", () => {
  const bool = SharedNdArray.zeros([2], { dtype: "bool" });
  bool.set(1, true);
  assertEquals([...bool.values()], [false, true]);
  assertEquals([...bool.data], [0, 1]);
  const int64 = SharedNdArray.zeros([1], { dtype: "int64" });
  int64.set(0, -(2n ** 63n));
  assertEquals(int64.get(0), -(2n ** 63n));
  const uint64 = SharedNdArray.zeros([1], { dtype: "uint64" });
  uint64.set(0, 2n ** 64n - 1n);
  assertEquals(uint64.get(0), 2n ** 64n - 1n);
  const float16 = SharedNdArray.zeros([1], { dtype: "float16" });
  float16.set(0, 0.1);
  assertEquals(float16.get(0), Math.f16round(0.1));
  const int8 = SharedNdArray.zeros([1], { dtype: "int8" });
  int8.set(0, 200);
  assertEquals(int8.get(0), -56);
});

Deno.test("bool arrays store 0 or 1, whatever a program in JavaScript writes", () => {
  const array = SharedNdArray.zeros([2], { dtype: "bool" });
  array.set(0, 7 as unknown as boolean);
  assertEquals([...array.data], [1, 0]);
  array.fill(9 as unknown as boolean);
  assertEquals([...array.data], [1, 1]);
});

Deno.test("an index that is missing, out of bounds or no integer is refused with the values involved", () => {
  const array = counted([2, 3]);
  assertThrows(() => array.get(0), IndexError, "Got 1 indices for an array of shape [2, 3]");
  assertThrows(() => array.get(0, 1, 0), IndexError, "Got 3 indices for an array of shape [2, 3]");
  assertThrows(() => array.get(0, 3), IndexError, "Index 3 is out of bounds for axis 1 with extent 3");
  assertThrows(() => array.get(-3, 0), IndexError, "Index -3 is out of bounds for axis 0 with extent 2");
  assertThrows(() => array.get(0, 0.5), IndexError, "Index 0.5 on axis 1 is not an integer");
  assertThrows(() => array.set(0, 3, 9), IndexError, "Index 3 is out of bounds");
  assertThrows(() => array.set(0, 9), IndexError, "Got 1 indices");
  assertThrows(() => array.view(0, 0, 0), IndexError, "Got 3 indices for an array of shape [2, 3]");
  assertThrows(() => array.view(2), IndexError, "Index 2 is out of bounds for axis 0 with extent 2");
});

Deno.test("a view shares memory and data with its array, and writes through", () => {
  const array = counted([4, 5]);
  const view = array.view(slice(1, 3), slice(null, null, -2));
  assertStrictEquals(view.data, array.data);
  assertEquals([view.shape, view.strides, view.offset], [[2, 3], [5, -2], 9]);
  view.set(0, 0, -1);
  assertEquals(array.get(1, 4), -1);
  array.set(2, 0, -2);
  assertEquals(view.get(1, 2), -2);
});

Deno.test("fill writes the elements of a view and no others", () => {
  forEachSeed(300, (random) => {
    const shape = random.ints(random.int(1, 3), 1, 5);
    const array = counted(shape);
    const axes = shape.map((extent) =>
      random.oneIn(4) ? random.int(-extent, extent - 1) : slice(
        random.oneIn(2) ? null : random.int(-6, 6),
        random.oneIn(2) ? null : random.int(-6, 6),
        random.pick([1, 2, -1, -2]),
      )
    );
    const filled = new Set(array.view(...axes).values());
    array.view(...axes).fill(-7);
    indicesOf(shape).forEach((index, value) => {
      assertEquals(array.get(...index), filled.has(value) ? -7 : value);
    });
  });
});

Deno.test("fill works for every dtype, contiguous or not, and returns the array", () => {
  for (const dtype of DTYPE_NAMES) {
    const array = SharedNdArray.zeros([3, 4], { dtype });
    const one = SharedNdArray.ones([], { dtype }).get();
    const zero = SharedNdArray.zeros([], { dtype }).get();
    assertStrictEquals(array.fill(one), array);
    array.view(null, slice(1, null, 2)).fill(zero);
    assertEquals([...array.view(1).values()], [one, zero, one, zero], dtype);
  }
});

Deno.test("a box is the part that slices would cut out", () => {
  const shape = [3, 4, 2], array = counted(shape);
  for (const origin of indicesOf(shape)) {
    for (const size of indicesOf(shape.map((extent, axis) => extent - origin[axis] + 1))) {
      const box = array.box(origin, size);
      const cut = array.view(...origin.map((start, axis) => slice(start, start + size[axis])));
      assertEquals(box.shape, cut.shape);
      assertEquals([...box.values()], [...cut.values()], `origin [${origin}] shape [${size}]`);
    }
  }
});

Deno.test("a box of a view with other strides is a box of what the view shows", () => {
  const array = counted([4, 6]).view(slice(null, null, -1), slice(0, null, 2)).transpose();
  assertEquals([...array.box([1, 2], [2, 2]).values()], [8, 2, 10, 4]);
});

Deno.test("a box that does not lie within the array is refused", () => {
  const array = counted([3, 4]);
  const boxes: [origin: number[], shape: number[]][] = [
    [[0, 0], [4, 1]],
    [[2, 3], [1, 2]],
    [[-1, 0], [1, 1]],
    [[0, 0], [-1, 1]],
    [[0], [1]],
    [[0, 0], [1]],
    [[0, 0, 0], [1, 1, 1]],
    [[0.5, 0], [1, 1]],
    [[0, 0], [0.5, 2]],
    [[NaN, 0], [1, 1]],
  ];
  for (const [origin, shape] of boxes) {
    assertThrows(
      () => array.box(origin, shape),
      IndexError,
      `The box at [${origin.join(", ")}] of shape [${shape.join(", ")}] does not lie within [3, 4]`,
    );
  }
});

Deno.test("transpose reverses the axes, or puts them in the order given", () => {
  const array = counted([2, 3, 4]);
  assertEquals(array.transpose().shape, [4, 3, 2]);
  assertEquals(array.transpose([1, -1, 0]).shape, [3, 4, 2]);
  assertEquals(array.transpose([1, 2, 0]).get(2, 3, 1), array.get(1, 2, 3));
  assertEquals(counted([]).transpose().shape, []);
});

Deno.test("transpose refuses axes that are missing, named twice or out of range", () => {
  const array = counted([2, 3]);
  assertThrows(
    () => array.transpose([0]),
    IndexError,
    "Axes [0] do not name every axis of an array of shape [2, 3]",
  );
  assertThrows(() => array.transpose([0, -2]), IndexError, "Axes [0, -2] name an axis twice");
  assertThrows(() => array.transpose([0, 2]), IndexError, "Axis 2 is out of bounds for an array with 2 axes");
});

Deno.test("shape and strides are frozen, and are not the caller's arrays", () => {
  const shape = [2, 3];
  const array = SharedNdArray.zeros(shape);
  shape[0] = 9;
  assertEquals(array.shape, [2, 3]);
  for (const view of [array, array.view(0), array.transpose(), array.box([0, 0], [1, 1])]) {
    assert(Object.isFrozen(view.shape) && Object.isFrozen(view.strides));
  }
});

Deno.test("a handle survives a structured clone and attaches to the same bytes", () => {
  for (const dtype of DTYPE_NAMES) {
    const array = SharedNdArray.ones([3, 4], { dtype });
    const view = array.view(slice(null, null, -2), slice(1, 3)).transpose();
    const clone = SharedNdArray.attach(structuredClone(view.handle()));
    assertEquals(clone.handle().offset, view.offset);
    assertEquals([clone.dtype, clone.shape, clone.strides], [dtype, view.shape, view.strides]);
    array.set(2, 1, SharedNdArray.zeros([], { dtype }).get());
    assertEquals(clone.get(0, 0), view.get(0, 0));
    assertEquals([...clone.values()], [...view.values()]);
  }
});

Deno.test("the handle of a wrapped buffer carries the buffer and its byte offset", () => {
  const buffer = new SharedArrayBuffer(64);
  const array = SharedNdArray.wrap(buffer, {
    shape: [2, 2],
    dtype: "int32",
    byteOffset: 16,
    strides: [-2, 1],
  });
  const handle = structuredClone(array.handle());
  assertEquals(handle.byteOffset, 16);
  SharedNdArray.attach(handle).set(0, 0, 5);
  assertEquals(new Int32Array(buffer)[6], 5);
});

Deno.test("an array attached to its own handle has the very same buffer", () => {
  const array = SharedNdArray.zeros([4]);
  assertStrictEquals(SharedNdArray.attach(array.handle()).data.buffer, array.data.buffer);
});
