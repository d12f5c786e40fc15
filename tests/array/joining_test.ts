import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  concat,
  type DType,
  IndexError,
  meshgrid,
  ShapeError,
  SharedNdArray,
  split,
  stack,
} from "../../mod.ts";
import { indicesOf } from "../naive.ts";
import { forEachSeed } from "../seeded.ts";

Deno.test("concat places each array behind the one before, along any axis", () => {
  forEachSeed(300, (random) => {
    const shape = random.ints(random.int(1, 4), 0, 4), axis = random.int(0, shape.length - 1);
    const arrays = Array.from({ length: random.int(1, 4) }, () => {
      const extents = shape.with(axis, random.int(0, 3));
      const order = random.shuffled(extents.keys().toArray());
      const inner = SharedNdArray.random(order.map((k) => extents[k]), { seed: random.word() });
      // Strides in any order: axis order[k] of the result is axis k of `inner`.
      return inner.transpose(order.keys().map((k) => order.indexOf(k)).toArray());
    });
    const joined = concat(arrays, { axis: random.oneIn(2) ? axis : axis - shape.length });
    const starts = arrays.map((_, k) =>
      arrays.slice(0, k).reduce((sum, array) => sum + array.shape[axis], 0)
    );
    assertEquals(joined.shape, shape.with(axis, arrays.reduce((sum, array) => sum + array.shape[axis], 0)));
    arrays.forEach((array, k) => {
      for (const index of indicesOf(array.shape)) {
        assertEquals(joined.get(...index.with(axis, index[axis] + starts[k])), array.get(...index));
      }
    });
  });
});

Deno.test("stack gives each array an index of a new axis", () => {
  const [a, b] = [SharedNdArray.from([[1, 2, 3]]), SharedNdArray.from([[4, 5, 6]])];
  assertEquals(stack([a, b]).toNested(), [[[1, 2, 3]], [[4, 5, 6]]]);
  assertEquals(stack([a, b], { axis: 1 }).toNested(), [[[1, 2, 3], [4, 5, 6]]]);
  assertEquals(stack([a, b], { axis: -1 }).toNested(), [[[1, 4], [2, 5], [3, 6]]]);
  assertEquals(stack([SharedNdArray.from(1), SharedNdArray.from(2)]).toNested(), [1, 2]);
});

const triples: readonly [DType, DType, DType, DType][] = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/promotion-of-three.json", import.meta.url)),
);

Deno.test("three joined dtypes promote as NumPy's do, whatever their order", () => {
  assertEquals(triples.length, 364);
  for (const [a, b, c, expected] of triples) {
    for (const order of [[a, b, c], [c, b, a], [b, c, a], [a, c, b]]) {
      const arrays: SharedNdArray[] = order.map((dtype) => SharedNdArray.zeros([0], { dtype }));
      assertEquals(concat(arrays).dtype, expected, `${order}`);
    }
  }
});

Deno.test("joined dtypes promote", () => {
  const arrays: SharedNdArray[] = [
    SharedNdArray.from([1n, -2n]),
    SharedNdArray.from([true, false]),
    SharedNdArray.from([0.5, 1.5], { dtype: "float32" }),
  ];
  const joined = concat(arrays);
  assertEquals<DType>(joined.dtype, "float64");
  assertEquals([...joined.values()], [1, -2, 1, 0, 0.5, 1.5]);
  assertEquals<DType>(stack([SharedNdArray.from([1n]), SharedNdArray.from([2n])]).dtype, "int64");
});

Deno.test("joining refuses what does not fit and names both shapes", () => {
  const a = SharedNdArray.zeros([2, 3]);
  assertThrows(() => concat([]), ShapeError, "Got no arrays");
  assertThrows(() => stack([]), ShapeError, "Got no arrays");
  assertThrows(
    () => concat([a, SharedNdArray.zeros([2, 4])]),
    ShapeError,
    "shapes [2, 3] and [2, 4] along axis 0",
  );
  assertThrows(() => concat([a, SharedNdArray.zeros([2])]), ShapeError, "shapes [2, 3] and [2]");
  assertThrows(() => concat([a], { axis: 2 }), IndexError, "Axis 2 is out of bounds");
  assertThrows(() => concat([SharedNdArray.from(1)]), IndexError, "Axis 0 is out of bounds");
  assertThrows(() => stack([a, SharedNdArray.zeros([3, 2])]), ShapeError, "shapes [2, 3] and [3, 2]");
  assertThrows(() => stack([a], { axis: 3 }), IndexError, "Axis 3 is out of bounds");
});

Deno.test("split cuts an axis into views", () => {
  const array = SharedNdArray.arange(24).reshape([2, 6, 2]);
  const parts = split(array, 3, { axis: 1 });
  assertEquals(parts.map(({ shape }) => shape), [[2, 2, 2], [2, 2, 2], [2, 2, 2]]);
  assert(concat(parts, { axis: 1 }).equals(array));
  for (const part of parts) assertStrictEquals(part.data, array.data);
  parts[2].fill(-1);
  assertEquals(array.get(0, 5, 1), -1);
  assertEquals(array.get(0, 3, 1), 7);
});

Deno.test("split at indices gives the parts that NumPy gives", () => {
  const parts = (indices: number[]) => split(SharedNdArray.arange(5), indices).map((part) => part.toNested());
  assertEquals(parts([2, 3]), [[0, 1], [2], [3, 4]]);
  assertEquals(parts([]), [[0, 1, 2, 3, 4]]);
  assertEquals(parts([0, 9]), [[], [0, 1, 2, 3, 4], []]);
  assertEquals(parts([-1]), [[0, 1, 2, 3], [4]]);
  assertEquals(parts([3, 1]), [[0, 1, 2], [], [1, 2, 3, 4]]);
});

Deno.test("split refuses sections that do not divide the axis", () => {
  const array = SharedNdArray.zeros([5, 4]);
  assertThrows(() => split(array, 2), ShapeError, "Cannot split axis 0 with extent 5 into 2 equal sections");
  assertThrows(() => split(array, 0), ShapeError, "into 0 equal sections");
  assertThrows(() => split(array, [1.5]), IndexError, "Split index 1.5 is not an integer");
  assertThrows(() => split(array, 2, { axis: 2 }), IndexError, "Axis 2 is out of bounds");
});

Deno.test("meshgrid gives coordinates in both orders of axes", () => {
  const x = SharedNdArray.from([1, 2, 3]), y = SharedNdArray.from([10, 20]), z = SharedNdArray.from([5]);
  for (const copy of [true, false]) {
    const [xs, ys, zs] = meshgrid([x, y, z], { copy });
    assertEquals([xs, ys, zs].map(({ shape }) => shape), [[2, 3, 1], [2, 3, 1], [2, 3, 1]]);
    for (const [i, j] of indicesOf([2, 3])) {
      assertEquals([xs.get(i, j, 0), ys.get(i, j, 0), zs.get(i, j, 0)], [x.get(j), y.get(i), 5]);
    }
    assertEquals(xs.data === x.data, !copy);
  }
  const [rows, columns] = meshgrid([x, y], { indexing: "ij" });
  assertEquals(rows.toNested(), [[1, 1], [2, 2], [3, 3]]);
  assertEquals(columns.toNested(), [[10, 20], [10, 20], [10, 20]]);
  assertEquals(meshgrid([x]).map((grid) => grid.toNested()), [[1, 2, 3]]);
  assertEquals(meshgrid([]), []);
  assertThrows(() => meshgrid([SharedNdArray.zeros([2, 2])]), ShapeError, "shape [2, 2]");
  const wrong = "yx" as unknown as "xy";
  assertThrows(() => meshgrid([x], { indexing: wrong }), RangeError, 'Unknown indexing "yx"');
});
