import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { slice } from "../../src/array/layout/slice.ts";
import { isCContiguous, isFortranContiguous } from "../../src/array/layout/strides.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { FormatError } from "../../src/errors.ts";
import { inspectNpy, readNpy, writeNpy } from "../../src/io/npy.ts";
import { encodeNpyHeader } from "../../src/io/npy_header.ts";
import { casesOf, fixture, jsonValues, namesIn, withFolder } from "./helpers.ts";

const CASES = casesOf("npy/index.json");

/** A .npy file with any header text. */
function npyFile(header: string, data: number = 0, version: number = 1): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [
    text.length & 255,
    text.length >> 8 & 255,
    text.length >> 16 & 255,
    text.length >>> 24,
  ];
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode("NUMPY"),
    version,
    0,
    ...length,
    ...text,
    ...new Uint8Array(data),
  ]);
}

async function assertRefused(bytes: Uint8Array, message: string): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/bad.npy`;
    Deno.writeFileSync(path, bytes);
    for (const read of [readNpy, inspectNpy]) {
      const error = await assertRejects(() => read(path), FormatError, message);
      assertEquals(error.format, "npy");
      assertStringIncludes(error.message, path);
    }
  });
}

Deno.test("readNpy reads what NumPy wrote: every dtype, order, byte order and version", async () => {
  for (const { file, dtype, shape, expect } of CASES) {
    const path = fixture(`npy/${file}`);
    const array = await readNpy(path);
    assertEquals([array.dtype, array.shape, jsonValues(array)], [dtype, shape, expect], file);
    assertEquals(await inspectNpy(path), { dtype: array.dtype, shape: array.shape }, file);
    assert(array.data.buffer instanceof SharedArrayBuffer);
    const { shape: extents, strides } = array;
    const isFortran = file.includes("-F.");
    assert(isFortran ? isFortranContiguous(extents, strides) : isCContiguous(extents, strides), file);
  }
});

Deno.test("writeNpy writes the bytes that NumPy writes", async () => {
  await withFolder(async (folder) => {
    for (const { file } of CASES) {
      const path = `${folder}/${file}`;
      const original = Deno.readFileSync(fixture(`npy/${file}`));
      const array = await readNpy(fixture(`npy/${file}`));
      await writeNpy(path, array);
      if (!/^be-|version-[23]/.test(file)) assertEquals(Deno.readFileSync(path), original, file);
      const again = await readNpy(path);
      assertEquals([again.dtype, again.shape], [array.dtype, array.shape], file);
      assertEquals(jsonValues(again), jsonValues(array), file);
    }
  });
});

Deno.test("writeNpy writes views in C order", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/view.npy`;
    for (const dtype of DTYPE_NAMES) {
      const whole = SharedNdArray.zeros([5, 6, 7], { dtype });
      whole.data.forEach((_, i) =>
        whole.data[i] = dtype.endsWith("int64") ? BigInt(i) : dtype === "bool" ? i % 3 && 1 : i
      );
      const views = [
        whole.view(slice(1, 4), slice(null, null, -2), slice(null, null, 3)),
        whole.transpose([1, 0, 2]),
        whole.transpose(),
        whole.view(null, 3),
        whole.view(2, 3, 4),
        whole.view(slice(2, 2)),
        whole.view(null, null, slice(null, null, -1)).transpose([2, 0, 1]),
      ];
      for (const view of views) {
        await writeNpy(path, view);
        const array = await readNpy(path);
        assertEquals([array.dtype, array.shape], [dtype, view.shape]);
        assertEquals([...array.values()], [...view.values()]);
      }
    }
  });
});

Deno.test("writeNpy writes views of more than one piece", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/large.npy`;
    const whole = SharedNdArray.arange(3 * 700 * 300, { dtype: "float32" });
    const grid = SharedNdArray.wrap(whole.data.buffer, { shape: [3, 700, 300], dtype: "float32" });
    for (
      const view of [grid.transpose([0, 2, 1]), grid.view(null, slice(null, null, -1), slice(1, null, 2))]
    ) {
      await writeNpy(path, view);
      const array = await readNpy(path);
      assertEquals(array.shape, view.shape);
      const expected = view.values();
      assert(array.values().every((value) => value === expected.next().value));
    }
  });
});

Deno.test("writeNpy writes a broadcast view and an array over a part of a user's buffer", async () => {
  await withFolder(async (folder) => {
    const buffer = new SharedArrayBuffer(22);
    new Int16Array(buffer).set([9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const row = SharedNdArray.wrap(buffer, { shape: [3, 2], strides: [0, 5], dtype: "int16", byteOffset: 2 });
    await writeNpy(`${folder}/row.npy`, row);
    assertEquals([...(await readNpy(`${folder}/row.npy`)).values()], [1, 6, 1, 6, 1, 6]);
  });
});

Deno.test("writeNpy keeps the bits of every NaN", async () => {
  await withFolder(async (folder) => {
    const array = SharedNdArray.zeros([2, 2]);
    const bits = new BigUint64Array(array.data.buffer, 0, 4);
    bits.set([
      0x7ff8_0000_0000_0001n,
      0xfff8_0000_0000_0002n,
      0x7ff0_0000_0000_0003n,
      0x3ff0_0000_0000_0000n,
    ]);
    await writeNpy(`${folder}/nan.npy`, array.view(null, slice(null, null, -1)));
    const read = await readNpy(`${folder}/nan.npy`);
    assertEquals([...new BigUint64Array(read.data.buffer, 0, 4)], [bits[1], bits[0], bits[3], bits[2]]);
  });
});

Deno.test("readNpy makes true of every byte but 0", async () => {
  await withFolder(async (folder) => {
    const bytes = npyFile("{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }\n", 4);
    bytes.set([0, 1, 2, 255], bytes.length - 4);
    Deno.writeFileSync(`${folder}/b.npy`, bytes);
    assertEquals([...(await readNpy(`${folder}/b.npy`)).data], [0, 1, 1, 1]);
  });
});

Deno.test("readNpy takes the spellings that NumPy takes", async () => {
  const spellings = [
    "{'descr': '=i4', 'fortran_order': False, 'shape': (2,), }",
    "{'descr': 'i4', 'fortran_order': False, 'shape': (2,), }",
    '{"shape":(2L,),"fortran_order":True,"descr":"<i4"}\n',
    "{'descr': '<i4', 'fortran_order': False, 'shape': [2]}",
  ];
  await withFolder(async (folder) => {
    for (const version of [1, 2, 3]) {
      for (const spelling of spellings) {
        Deno.writeFileSync(`${folder}/a.npy`, npyFile(spelling, 8, version));
        assertEquals(await inspectNpy(`${folder}/a.npy`), { dtype: "int32", shape: [2] });
      }
    }
  });
});

Deno.test("readNpy refuses dtypes it does not have", async () => {
  const all = DTYPE_NAMES.join(", ");
  for (
    const descr of ["'<c16'", "'<U5'", "'|S3'", "'|O'", "'<M8[ns]'", "'<f16'", "[('a', '<f8'), ('b', '<i4')]"]
  ) {
    const bytes = npyFile(`{'descr': ${descr}, 'fortran_order': False, 'shape': (), }`, 16);
    await assertRefused(bytes, `expected one of ${all}`);
  }
  await assertRefused(
    npyFile("{'descr': '<c16', 'fortran_order': False, 'shape': (), }", 16),
    'holds elements of the NumPy dtype "<c16"',
  );
});

Deno.test("readNpy refuses malformed headers", async () => {
  const good = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }";
  const headers = [
    "",
    "{",
    "__import__('os').system('true')",
    good + "}",
    good.replace("(1,)", "(-1,)"),
    good.replace("(1,)", "(1.5,)"),
    good.replace("(1,)", "(1 2)"),
    good.replace("(1,)", "1"),
    good.replace("(1,)", "'1'"),
    good.replace("(1,)", "(True,)"),
    good.replace("False", "None"),
    good.replace("'shape'", "'form'"),
    good.replace(", }", ", 'more': 1}"),
    good.replace("(1,)", "(".repeat(10_000)),
    good.replace("(1,)", "(9007199254740993,)"),
    good.replace("(1,)", "(94906267, 94906267)"),
    "[1, 2]",
  ];
  for (const header of headers) await assertRefused(npyFile(header, 8), "has a malformed .npy header");
});

Deno.test("readNpy checks sizes before it allocates", async () => {
  const huge = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000,), }";
  await assertRefused(
    npyFile(huge, 8),
    "has 8 bytes of elements, but float64 [1000000000000000] takes 8000000000000000",
  );
  const good = Deno.readFileSync(fixture("npy/le-f8-C.npy"));
  await assertRefused(good.subarray(0, -1), "is truncated");
  await assertRefused(Uint8Array.from([...good, 0]), "has bytes behind its end");
  const lying = npyFile("", 0, 2);
  lying.fill(0xff, 8, 12);
  await assertRefused(lying, "claims a .npy header of 4294967295 bytes");
});

Deno.test("readNpy refuses every truncation, other files and other versions", async () => {
  const good = Deno.readFileSync(fixture("npy/scalar.npy"));
  for (let length = 0; length < good.length; length++) await assertRefused(good.subarray(0, length), "npy");
  await assertRefused(new TextEncoder().encode("PK\x03\x04 and more than that"), "is not a .npy file");
  await assertRefused(npyFile("{}", 0, 4), "has .npy version 4.0, expected 1.0, 2.0 or 3.0");
});

Deno.test("readNpy tells of files that are missing, and of folders", async () => {
  await withFolder(async (folder) => {
    const missing = `${folder}/none.npy`;
    await assertRejects(() => readNpy(missing), Deno.errors.NotFound, `No such file: ${missing}`);
    await assertRejects(() => readNpy(folder), Deno.errors.IsADirectory, `${folder} is a directory`);
    assertEquals(namesIn(folder), []);
  });
});

Deno.test("encodeNpyHeader uses version 2 when version 1 is too short", () => {
  const long = encodeNpyHeader({ dtype: "int8", shape: new Array(30_000).fill(1), fortranOrder: false });
  assertEquals([long[6], long.length % 64, long.at(-1)], [2, 0, 10]);
  // 64 spaces rather than none, as NumPy: the text would just fill a multiple of 64.
  for (let digits = 1; digits <= 15; digits++) {
    const shape = [1, 10 ** (digits - 1)];
    const header = encodeNpyHeader({ dtype: "int8", shape, fortranOrder: false });
    assertEquals(header.length % 64, 0);
    assertEquals(header.at(-2), 32);
  }
});

Deno.test("encodeNpyHeader leaves as much room as NumPy does", () => {
  const lengthOf = (shape: number[], fortranOrder: boolean) =>
    encodeNpyHeader({ dtype: "int8", shape, fortranOrder }).length;
  const axes = Array.from({ length: 33 }, (_, axes) => new Array<number>(axes).fill(1));
  const powers = Array.from({ length: 16 }, (_, power) => 10 ** power);
  // How many of the headers have 64, 128, 192 and 256 bytes when NumPy writes them.
  const runs = (shapes: number[][], fortranOrder: boolean) => {
    const lengths = shapes.map((shape) => lengthOf(shape, fortranOrder));
    return [64, 128, 192, 256].map((length) => lengths.filter((other) => other === length).length);
  };
  assertEquals(runs(axes, false), [0, 15, 18, 0]);
  assertEquals(runs(axes, true), [0, 15, 18, 0]);
  assertEquals(runs(powers.map((power) => [power, 2]), false), [0, 16, 0, 0]);
  assertEquals(runs(powers.map((power) => [power, ...new Array<number>(11).fill(1)]), true), [0, 9, 7, 0]);
});
