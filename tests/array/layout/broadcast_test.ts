import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { broadcastArrays, broadcastShapes, ShapeError, SharedNdArray } from "../../../mod.ts";
import { indicesOf } from "../../naive.ts";

interface Case {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly expect: readonly number[] | null;
}

const cases: readonly Case[] = JSON.parse(
  await Deno.readTextFile(new URL("../../fixtures/broadcast.json", import.meta.url)),
);

Deno.test("broadcastShapes gives the shapes that NumPy gives, or refuses as NumPy does", () => {
  assert(cases.length >= 100, `only ${cases.length} cases`);
  assert(cases.some(({ expect }) => expect === null));
  for (const { a, b, expect } of cases) {
    if (expect === null) {
      const error = assertThrows(() => broadcastShapes(a, b), ShapeError, "do not broadcast");
      assert(error.message.includes(`[${a.join(", ")}] and [${b.join(", ")}]`), error.message);
    } else {
      assertEquals(broadcastShapes(a, b), expect);
      assertEquals(broadcastShapes(b, a), expect);
    }
  }
});

Deno.test("broadcastTo repeats elements without copying them", () => {
  for (const { a, expect } of cases) {
    if (expect === null) continue;
    const array = SharedNdArray.from(Float64Array.from(indicesOf(a), (_, i) => i), { shape: a });
    const view = array.broadcastTo(expect);
    assertStrictEquals(view.data, array.data);
    assertEquals(view.shape, expect);
    const lead = expect.length - a.length;
    for (const index of indicesOf(expect)) {
      assertEquals(
        view.get(...index),
        array.get(...a.map((extent, axis) => extent === 1 ? 0 : index[lead + axis])),
      );
    }
  }
});

Deno.test("broadcastShapes takes any number of shapes", () => {
  assertEquals(broadcastShapes(), []);
  assertEquals(broadcastShapes([2, 1]), [2, 1]);
  assertEquals(broadcastShapes([5, 1, 1], [1, 4, 1], [3]), [5, 4, 3]);
  assertEquals(broadcastShapes([0], [1]), [0]);
  assertThrows(
    () => broadcastShapes([2], [1], [3]),
    ShapeError,
    "Shapes [2] and [1] and [3] do not broadcast",
  );
  assertThrows(() => broadcastShapes([2 ** 40, 1], [2 ** 40]), ShapeError, "2^53");
  assertThrows(() => broadcastShapes([-1]), ShapeError, "axis 0 is -1");
});

Deno.test("broadcastTo refuses what does not fit and names both shapes", () => {
  const array = SharedNdArray.zeros([2, 3]);
  for (const shape of [[3], [2, 2], [3, 2, 4], []]) {
    assertThrows(
      () => array.broadcastTo(shape),
      ShapeError,
      `Cannot broadcast [2, 3] to [${shape.join(", ")}]`,
    );
  }
  assertThrows(() => array.broadcastTo([2 ** 52, 2, 3]), ShapeError, "2^53");
});

Deno.test("broadcastArrays gives views of the common shape and keeps each dtype", () => {
  const rows = SharedNdArray.from([[1n], [2n]]), columns = SharedNdArray.from([true, false, true]);
  const [a, b] = broadcastArrays(rows, columns);
  assertEquals(a.toNested(), [[1n, 1n, 1n], [2n, 2n, 2n]]);
  assertEquals(b.toNested(), [[true, false, true], [true, false, true]]);
  a.set(0, 2, 9n);
  assertEquals(rows.get(0, 0), 9n);
  assertThrows(
    () => broadcastArrays(SharedNdArray.zeros([2]), SharedNdArray.zeros([3])),
    ShapeError,
    "[2] and [3]",
  );
});
