import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createArray, SharedNdArray, writeArrays } from "../../mod.ts";
import { openShown } from "../../src/cli/shown_array.ts";
import { type ReadLimits, readShown } from "../../src/cli/shown_slice.ts";
import { readSlice } from "../../src/cli/slice_args.ts";
import { type Cells, resampled } from "../../src/picture/cells.ts";
import { inFolder } from "./in_folder.ts";

function valuesOf({ rows, columns, data, offset, rowStride, columnStride }: Cells): number[] {
  return Array.from(
    { length: rows * columns },
    (_, k) => Number(data[offset + Math.floor(k / columns) * rowStride + k % columns * columnStride]),
  );
}

Deno.test("what is read piece by piece is what is read at once", async () => {
  await inFolder(async (path) => {
    const shape = [3, 37, 29], array = SharedNdArray.random(shape, { seed: 6 });
    array.set(1, 5, 5, NaN);
    await writeArrays(path("a.npy"), array);
    await writeArrays(path("a.npz"), array);
    {
      using stored = await createArray(path("a.zarr/a"), { shape, chunks: [1, 5, 29] });
      await stored.write({ origin: [0, 0, 0], shape }, array);
    }
    const limits: ReadLimits = { muchBytes: 100, pieceBytes: 29 * 8 * 7, mostCells: 1000, mostInRow: 1000 };
    for (const name of ["a.npy", "a.npz", "a.zarr/a"]) {
      using shown = await openShown(path(name));
      for (const text of ["1", "1,::-1,::-3", "2,30:2:-4", ":,7", "...,3", "0,36:37"]) {
        const picks = readSlice(text, shape);
        const once = await readShown(shown, picks), pieces = await readShown(shown, picks, undefined, limits);
        assertEquals(pieces.shape, once.shape);
        assertEquals(valuesOf(pieces.cells), valuesOf(once.cells), `${name} ${text}`);
        for (const fact of ["count", "nan", "min", "max"] as const) {
          assertEquals(pieces.statistics[fact], once.statistics[fact]);
        }
        assertAlmostEquals(pieces.statistics.std ?? NaN, once.statistics.std ?? NaN, 1e-12);
      }
    }
  });
});

Deno.test("of a large slice as many cells are kept as a picture has, each the mean of a square", async () => {
  await inFolder(async (path) => {
    const shape = [40, 60], array = SharedNdArray.random(shape, { seed: 6 });
    await writeArrays(path("a.npy"), array);
    using shown = await openShown(path("a.npy"));
    const limits: ReadLimits = { muchBytes: 100, pieceBytes: 60 * 8 * 8, mostCells: 15, mostInRow: 10 };
    const picks = readSlice("", shape);
    const { cells } = await readShown(shown, picks, undefined, limits);
    const whole = await readShown(shown, picks);
    assertEquals([cells.rows, cells.columns], [10, 15]);
    const expected = valuesOf(resampled(whole.cells, 10, 15));
    valuesOf(cells).forEach((value, k) => assertAlmostEquals(value, expected[k], 1e-12));
    await writeArrays(path("line.npy"), array.reshape([-1]));
    using line = await openShown(path("line.npy"));
    const row = await readShown(line, readSlice("", [2400]), undefined, limits);
    assertEquals([row.shape, row.cells.rows, row.cells.columns], [[2400], 1, 10]);
    assertAlmostEquals(Number(row.cells.data[0]), mean(array, 240), 1e-12);
  });
});

function mean(array: SharedNdArray, count: number): number {
  return [...array.values()].slice(0, count).reduce<number>((sum, value) => sum + Number(value), 0) / count;
}

Deno.test("reading ends when it shall", async () => {
  await inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.ones([4, 4]));
    using shown = await openShown(path("a.npy"));
    const reason = new Error("enough");
    const error = await readShown(shown, readSlice("", [4, 4]), AbortSignal.abort(reason)).catch((cause) =>
      cause
    );
    assert(error === reason);
  });
});
