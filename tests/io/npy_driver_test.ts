import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { copyElements } from "../../src/array/copy/copy_elements.ts";
import { SharedNdArray } from "../../mod.ts";
import { type DType, DTYPE_NAMES } from "../../src/dtype.ts";
import { FormatError, ShapeError, StoreError, UnsupportedError } from "../../src/errors.ts";
import { readNpy, writeNpy } from "../../src/io/npy.ts";
import { createStoredNpy, openDriver, openStoredNpy } from "../../src/io/npy_driver.ts";
import { encodeNpyHeader } from "../../src/io/npy_header.ts";
import { createArray, openArray } from "../../src/io/stored.ts";
import { Seeded } from "../seeded.ts";
import { casesOf, fixture, jsonValues, namesIn, withFolder } from "./helpers.ts";
import { randomBox } from "./random_box.ts";

/** Numbers of a dtype that differ from one element to the next. */
function counted(shape: readonly number[], dtype: DType): SharedNdArray {
  const size = shape.reduce((a, b) => a * b, 1), modulus = dtype === "bool" ? 2 : 101;
  return SharedNdArray.from(Array.from({ length: size }, (_, k) => (k * 7) % modulus)).astype(dtype, {
    casting: "unsafe",
  }).reshape(shape);
}

for (
  const { file, dtype, shape, expect } of casesOf("npy/index.json").filter(({ file }) =>
    file.endsWith(".npy")
  )
) {
  Deno.test(`boxes of ${file}, as NumPy wrote it, are those of the array`, async () => {
    const path = fixture(`npy/${file}`);
    using stored = openStoredNpy(path);
    assertEquals([stored.dtype, stored.shape], [dtype as DType, shape]);
    assertEquals(jsonValues(await stored.read()), expect);
    const whole = await readNpy(path);
    for (let k = 0; k < 20; k++) {
      const box = randomBox(shape, k);
      assert((await stored.read(box)).equals(whole.box(box.origin, box.shape), { equalNaN: true }));
    }
  });
}

Deno.test("random boxes of random files come to any layout of memory", () =>
  withFolder(async (folder) => {
    const random = new Seeded(17);
    for (let k = 0; k < 60; k++) {
      const dtype = DTYPE_NAMES[k % DTYPE_NAMES.length];
      const shape = Array.from({ length: 1 + k % 4 }, () => random.int(1, 12));
      const array = counted(shape, dtype), path = `${folder}/${k}.npy`;
      await writeNpy(path, k % 2 === 0 ? array : array.transpose().copy().transpose());
      using stored = openStoredNpy(path);
      for (let turn = 0; turn < 5; turn++) {
        const box = randomBox(shape, 100 * k + turn), expected = array.box(box.origin, box.shape);
        assert((await stored.read(box)).equals(expected));
        const axes = box.shape.map((_, axis) => axis).reverse();
        const turned = SharedNdArray.zeros(box.shape.toReversed(), { dtype }).transpose(axes);
        const driver = openDriver(stored.handle().location);
        await driver.read(box, turned);
        driver.close();
        assert(turned.equals(expected));
      }
    }
  }));

Deno.test("boxes larger than the buffer, thin and thick ones", () =>
  withFolder(async (folder) => {
    // 7.2 MB: a column is spread over all of it.
    const shape = [3, 600, 500], array = counted(shape, "float64"), path = `${folder}/a.npy`;
    await writeNpy(path, array);
    await writeNpy(`${folder}/f.npy`, array.transpose().copy().transpose());
    const boxes = [
      { origin: [0, 0, 0], shape },
      { origin: [0, 0, 7], shape: [3, 600, 1] },
      { origin: [1, 0, 100], shape: [2, 600, 400] },
      { origin: [0, 599, 0], shape: [3, 1, 500] },
      { origin: [2, 599, 499], shape: [1, 1, 1] },
    ];
    for (const file of [path, `${folder}/f.npy`]) {
      using stored = openStoredNpy(file, { writable: true });
      for (const box of boxes) {
        const expected = array.box(box.origin, box.shape);
        assert((await stored.read(box)).equals(expected), `${file} ${Deno.inspect(box)}`);
        const driver = openDriver(stored.handle().location);
        await driver.write?.(box, expected.copy());
        driver.close();
      }
      assert((await readNpy(file)).equals(array));
    }
  }));

Deno.test("what is written box by box is the file that NumPy would write", () =>
  withFolder(async (folder) => {
    const random = new Seeded(3);
    for (const dtype of ["float32", "bool", "int64", "float16"] as const) {
      const shape = [5, 7, 6],
        array = counted(shape, dtype),
        [path, plain] = [`${folder}/b.npy`, `${folder}/p.npy`];
      await writeNpy(plain, array);
      for (const chunks of [undefined, [2, 7, 6], [1, 3, 4], [5, 2, 1]]) {
        using stored = createStoredNpy(path, { shape, dtype, chunks, overwrite: true });
        const [rows, columns, layers] = stored.chunks;
        for (let i = 0; i < 5; i += rows) {
          for (let j = 0; j < 7; j += columns) {
            for (let k = 0; k < 6; k += layers) {
              const extents = [Math.min(rows, 5 - i), Math.min(columns, 7 - j), Math.min(layers, 6 - k)];
              const part = array.box([i, j, k], extents);
              await stored.write({ origin: [i, j, k], shape: extents }, random.oneIn(2) ? part : part.copy());
            }
          }
        }
        await stored.finish();
        assertEquals(await Deno.readFile(path), await Deno.readFile(plain));
      }
    }
  }));

Deno.test("big-endian files are written as they are", () =>
  withFolder(async (folder) => {
    for (const { file, shape } of casesOf("npy/index.json").filter(({ file }) => file.startsWith("be-"))) {
      const path = `${folder}/${file}`;
      await Deno.copyFile(fixture(`npy/${file}`), path);
      const before = await readNpy(path), header = (await Deno.readFile(path)).slice(0, 80);
      using stored = openStoredNpy(path, { writable: true });
      const doubled = before.copy();
      copyElements(doubled, before.flip());
      await stored.write({ origin: shape.map(() => 0), shape }, doubled);
      await stored.finish();
      assertEquals((await Deno.readFile(path)).slice(0, 80), header);
      assert((await readNpy(path)).equals(before.flip(), { equalNaN: true }));
    }
  }));

Deno.test("a new file appears when it is finished, and not at all when it is closed before", () =>
  withFolder(async (folder) => {
    const path = `${folder}/vpd.npy`;
    {
      using stored = createStoredNpy(path, { shape: [4, 3] });
      assertEquals(namesIn(folder).includes("vpd.npy"), false);
      await stored.write({ origin: [0, 0], shape: [4, 3] }, SharedNdArray.ones([4, 3]));
      assertEquals(namesIn(folder).length, 1);
    }
    assertEquals(namesIn(folder), []);
    {
      using stored = await createArray(path, { shape: [4, 3], dtype: "int16" });
      await stored.finish();
      await stored.finish();
      assertEquals((await stored.read()).toNested(), Array(4).fill([0, 0, 0]));
    }
    assertEquals(namesIn(folder), ["vpd.npy"]);
    assertThrows(() => createStoredNpy(path, { shape: [2] }), StoreError, "is there already");
    createStoredNpy(path, { shape: [2], overwrite: true }).close();
    assertEquals((await readNpy(path)).shape, [4, 3]);
  }));

Deno.test("several threads write to one file: each opens it by the handle", () =>
  withFolder(async (folder) => {
    const path = `${folder}/vpd.npy`;
    using stored = createStoredNpy(path, { shape: [4, 3], chunks: [1, 3] });
    const { location } = structuredClone(stored.handle());
    const drivers = Array.from({ length: 4 }, () => openDriver(location));
    drivers.forEach((driver, row) =>
      driver.write?.({ origin: [row, 0], shape: [1, 3] }, SharedNdArray.full([1, 3], row))
    );
    drivers.forEach((driver) => driver.close());
    await stored.finish();
    assertEquals((await readNpy(path)).toNested(), [[0, 0, 0], [1, 1, 1], [2, 2, 2], [3, 3, 3]]);
  }));

Deno.test("chunks lie in one run each, and have about 4 MiB", () =>
  withFolder((folder) => {
    const chunksOf = (shape: number[], fortranOrder: boolean) => {
      const path = `${folder}/big.npy`, header = encodeNpyHeader({ dtype: "float32", shape, fortranOrder });
      Deno.writeFileSync(path, header);
      // Sparse: nothing is stored of it.
      Deno.truncateSync(path, header.length + shape.reduce((a, b) => a * b, 4));
      using stored = openStoredNpy(path);
      return stored.chunks;
    };
    assertEquals(chunksOf([365, 720, 1440], false), [1, 720, 1440]);
    assertEquals(chunksOf([365, 720, 1440], true), [365, 720, 3]);
    assertEquals(chunksOf([3_000_000], false), [1 << 20]);
    assertEquals(chunksOf([20, 3_000_000], false), [1, 1 << 20]);
    assertEquals(chunksOf([10, 10], false), [10, 10]);
    assertEquals(chunksOf([0, 10], false), [1, 10]);
    assertEquals(chunksOf([], false), []);
  }));

Deno.test("what a .npy file is not is refused", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.npy`;
    await writeNpy(path, SharedNdArray.ones([100]));
    const bytes = await Deno.readFile(path);
    await assertRejects(
      () => openArray(path, { variable: "tmp" }),
      FormatError,
      "holds one array without a name",
    );
    await assertRejects(() => openArray(`${folder}/none.npy`), Deno.errors.NotFound);
    const read = openStoredNpy(path);
    assertEquals(read.isWritable, false);
    await assertRejects(
      () => read.write({ origin: [0], shape: [100] }, SharedNdArray.zeros([100])),
      UnsupportedError,
    );
    // Truncated before it is opened, and after.
    await Deno.writeFile(path, bytes.subarray(0, 500));
    await assertRejects(() => read.read(), FormatError, `${path} ends 428 bytes too early: it was truncated`);
    read.close();
    await assertRejects(() => openArray(path), FormatError, "it is truncated");
    const other = `${folder}/b.npy`;
    for (
      const wrong of [{ codec: "zstd" }, { fillValue: 1 }, { attributes: { units: "K" } }, {
        dimensionNames: ["x"],
      }] as const
    ) {
      assertThrows(
        () => createStoredNpy(other, { shape: [2], ...wrong }),
        FormatError,
        "holds elements alone",
      );
    }
    for (const chunks of [[0], [1, 1], [1.5]]) {
      assertThrows(() => createStoredNpy(other, { shape: [2], chunks }), ShapeError);
    }
    assertThrows(() => createStoredNpy(`${folder}/none/b.npy`, { shape: [2] }), Deno.errors.NotFound);
    assertEquals(namesIn(folder), ["a.npy"]);
  }));
