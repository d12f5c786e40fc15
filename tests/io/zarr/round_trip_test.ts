import { assert, assertEquals } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { DTYPE_NAMES, DTYPES } from "../../../src/dtype.ts";
import { createZarr, openZarr } from "../../../src/io/zarr/zarr_arrays.ts";
import type { StoredBox } from "../../../src/store/driver.ts";
import type { StoredArray } from "../../../src/store/stored_array.ts";
import { Seeded } from "../../seeded.ts";
import { withFolder } from "../helpers.ts";

/** A box of whole chunks. */
function chunkBox(random: Seeded, { shape, chunks }: StoredArray): StoredBox {
  const origin: number[] = [], extents: number[] = [];
  shape.forEach((extent, axis) => {
    const count = Math.ceil(extent / chunks[axis]), first = random.int(0, Math.max(0, count - 1));
    const last = random.int(first, Math.max(0, count - 1));
    origin.push(Math.min(extent, first * chunks[axis]));
    extents.push(Math.min(extent, (last + 1) * chunks[axis]) - Math.min(extent, first * chunks[axis]));
  });
  return { origin, shape: extents };
}

function anyBox(random: Seeded, shape: readonly number[]): StoredBox {
  const origin = shape.map((extent) => random.int(0, extent));
  return { origin, shape: shape.map((extent, axis) => random.int(0, extent - origin[axis])) };
}

Deno.test("boxes of any shape, chunks and dtype are what an array in memory has", () =>
  withFolder(async (folder) => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Seeded(seed), ndim = random.int(0, 4);
      const shape = random.ints(ndim, random.oneIn(12) ? 0 : 1, 9), dtype = random.pick(DTYPE_NAMES);
      const zarrFormat = random.oneIn(2) ? 2 : 3, path = `${folder}/z${zarrFormat}.zarr/n${seed}`;
      const fillValue = dtype === "bool" ? random.oneIn(2) : random.int(0, 100);
      using stored = await createZarr(path, {
        shape,
        dtype,
        fillValue,
        chunks: shape.map(() => random.int(1, 10)),
        codec: random.pick(["zstd", "gzip", "none", "blosc"]),
        zarrFormat,
        ...(random.oneIn(3) ? { level: random.int(1, 9) } : {}),
      });
      const filled = SharedNdArray.zeros(shape, { dtype: "uint8" }).fill(Number(fillValue));
      const whole = filled.astype(dtype);
      for (let round = 0; round < 3; round++) {
        const box = chunkBox(random, stored);
        const values = SharedNdArray.random.integers(box.shape.toReversed(), { low: 0, high: 2, seed });
        // Transposed, so that neither side's rows are contiguous.
        const source = values.transpose().astype(dtype);
        await stored.write(box, source);
        whole.box(box.origin, box.shape).copyFrom(source);
        const part = anyBox(random, shape);
        using reader = await openZarr(path);
        assert(
          (await reader.read(part)).equals(whole.box(part.origin, part.shape)),
          `seed ${seed}, round ${round}`,
        );
      }
      using reader = await openZarr(path);
      assert((await reader.read()).equals(whole), `seed ${seed}`);
      assertEquals(DTYPES[reader.dtype].bytes, DTYPES[dtype].bytes);
    }
  }));
