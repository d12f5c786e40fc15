import { assertEquals } from "@std/assert";
import { SharedNdArray, slice } from "../../../mod.ts";
import { layoutOf, storageOf } from "../../../src/array/shared_ndarray.ts";
import { cellReader } from "../../../src/kernel/order/direct_cells.ts";
import type { DirectElements } from "../../../src/kernel/reduce/block_source.ts";
import { forEachSeed } from "../../seeded.ts";
import { listPlan } from "./list_source.ts";

function directOf(array: SharedNdArray): DirectElements {
  const { strides, offset } = layoutOf(array), memory = storageOf(array).webAssemblyMemory;
  if (memory === undefined) throw new Error("The array is in no WebAssembly memory");
  return {
    memory,
    address: array.data.byteOffset + offset * 8,
    strides: strides.map((stride) => stride * 8),
  };
}

Deno.test("cells are read where they lie, if they lie in one piece", () => {
  let pieces = 0;
  forEachSeed(300, (random) => {
    const shape = random.ints(random.int(1, 4), 1, 4),
      whole = SharedNdArray.arange(shape.reduce((a, b) => a * b)).reshape(shape);
    const view = random.oneIn(3)
      ? whole.flip(random.int(0, shape.length - 1))
      : random.oneIn(3)
      ? whole.transpose(random.shuffled(shape.map((_, axis) => axis)))
      : random.oneIn(3)
      ? whole.view(slice(random.int(0, shape[0] - 1), null))
      : whole;
    const axes = view.shape.map((_, axis) => axis), reduced = axes.filter(() => random.oneIn(2));
    const kept = axes.filter((axis) => !reduced.includes(axis));
    const inOrder = view.transpose([...kept, ...reduced]).copy();
    const positions = reduced.reduce((product, axis) => product * view.shape[axis], 1),
      cells = view.size / positions;
    const sizes = {
      cells,
      positions,
      unitCells: 1,
      unitPositions: positions,
      contiguous: "positions",
    } as const;
    const read = cellReader({ ...listPlan(sizes), shape: view.shape, kept, reduced }, directOf(view));
    // What could be read from somewhere else would show in the elements.
    if (read === null) return;
    pieces++;
    const rows = inOrder.reshape([cells, positions]);
    for (let cell = 0; cell < cells; cell++) {
      const first = random.int(0, positions - 1), count = random.int(1, positions - first);
      assertEquals([...read(cell, first, count)], [...rows.view(cell, slice(first, first + count)).values()]);
    }
  });
  assertEquals(pieces > 100, true, `only ${pieces} had cells in one piece`);
});

Deno.test("cells that lie scattered, or are computed, are not read", () => {
  const array = SharedNdArray.arange(24).reshape([2, 3, 4]);
  const plan = {
    ...listPlan({ cells: 4, positions: 6, unitCells: 1, unitPositions: 6, contiguous: "positions" }),
  };
  const over = { ...plan, shape: [2, 3, 4], kept: [2], reduced: [0, 1] };
  assertEquals(cellReader(over, directOf(array)), null);
  assertEquals(cellReader(over, null), null);
  const back = { ...plan, shape: [2, 3, 4], kept: [0, 1], reduced: [2] };
  assertEquals(cellReader(back, directOf(array.flip(2))), null);
  assertEquals(cellReader(back, directOf(SharedNdArray.ones([2, 3, 1]).broadcastTo([2, 3, 4]))), null);
});
