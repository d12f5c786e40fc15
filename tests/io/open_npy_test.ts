import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  AllocationError,
  evaluate,
  flush,
  FormatError,
  mayShareMemory,
  openNpy,
  readArray,
  SharedNdArray,
  StoredArray,
  tiledMap,
  UnsupportedError,
  ValueError,
} from "../../mod.ts";
import { type DType, DTYPE_NAMES } from "../../src/dtype.ts";
import { writeNpy } from "../../src/io/npy.ts";
import { encodeNpyHeader } from "../../src/io/npy_header.ts";
import {
  CAN_MOUNT,
  HAS_SHARED_MEMORY,
  mappingsAndFiles,
  PYTHON,
  python,
  withSmall,
} from "../array/shared_names.ts";
import { Seeded } from "../seeded.ts";
import { casesOf, fixture, jsonValues, namesIn, withFolder } from "./helpers.ts";
import { randomBox } from "./random_box.ts";

const ROOT = new URL("../../", import.meta.url);
const needsMapping = { ignore: !HAS_SHARED_MEMORY };
const needsPython = { ignore: !HAS_SHARED_MEMORY || PYTHON === "" };

Deno.test(
  "files as NumPy wrote them are mapped, or streamed where they cannot be",
  needsMapping,
  async () => {
    for (const { file, dtype, shape, expect } of casesOf("npy/index.json")) {
      if (!file.endsWith(".npy")) continue;
      using array = await openNpy(fixture(`npy/${file}`));
      assertEquals(array instanceof StoredArray, file.startsWith("be-"), file);
      assertEquals([array.dtype, array.shape], [dtype as DType, shape]);
      const values = array instanceof StoredArray ? await array.read() : array;
      assertEquals(jsonValues(values), expect, file);
    }
  },
);

Deno.test(
  "mapped and streamed, new files become the same, which NumPy would write",
  needsMapping,
  () =>
    withFolder(async (folder) => {
      for (const dtype of DTYPE_NAMES) {
        for (const order of ["C", "F"] as const) {
          const shape = [5, 4, 6], options = { mode: "w+", shape, dtype, order } as const;
          const values = SharedNdArray.random.integers(shape, { low: 0, high: 2, seed: 4 }).astype(dtype, {
            casting: "unsafe",
          });
          const plain = order === "C" ? values : values.transpose().copy().transpose();
          await writeNpy(`${folder}/plain.npy`, plain);
          const expected = await Deno.readFile(`${folder}/plain.npy`);
          {
            using array = await openNpy(`${folder}/mapped.npy`, { ...options, mapped: true });
            assert(array.equals(SharedNdArray.zeros(shape, { dtype })));
            array.copyFrom(values);
            await flush(array);
          }
          assertEquals(await Deno.readFile(`${folder}/mapped.npy`), expected);
          {
            using array = await openNpy(`${folder}/streamed.npy`, { ...options, mapped: false });
            await array.write({ origin: [0, 0, 0], shape }, values);
            await flush(array);
          }
          assertEquals(await Deno.readFile(`${folder}/streamed.npy`), expected);
        }
      }
      assertEquals(namesIn(folder), ["mapped.npy", "plain.npy", "streamed.npy"]);
    }),
);

Deno.test(
  "random boxes of random files are the same, mapped and streamed",
  needsMapping,
  () =>
    withFolder(async (folder) => {
      const random = new Seeded(29);
      for (let k = 0; k < 48; k++) {
        const dtype = DTYPE_NAMES[k % DTYPE_NAMES.length], shape = random.ints(random.int(1, 4), 1, 20);
        const values = SharedNdArray.random.integers(shape, { low: 0, high: 2, seed: k });
        const options = { mode: "w+", shape, dtype, order: random.pick(["C", "F"] as const) } as const;
        using mapped = await openNpy(`${folder}/a.npy`, { ...options, mapped: true });
        mapped.copyFrom(values);
        using streamed = await openNpy(`${folder}/a.npy`, { mode: "r+", mapped: false });
        for (let turn = 0; turn < 4; turn++) {
          const box = randomBox(shape, 100 * k + turn);
          assert((await streamed.read(box)).equals(mapped.box(box.origin, box.shape)));
        }
        // What either writes is there for the other.
        await streamed.write({ origin: shape.map(() => 0), shape }, values.flip());
        assert(mapped.equals(values.flip().astype(dtype, { casting: "unsafe" })));
      }
    }),
);

Deno.test(
  "kernels and expressions work on mapped files without copying",
  needsMapping,
  () =>
    withFolder(async (folder) => {
      const shape = [40, 16, 16];
      await writeNpy(`${folder}/a.npy`, SharedNdArray.random(shape, { seed: 1 }));
      await writeNpy(
        `${folder}/b.npy`,
        SharedNdArray.random(shape, { seed: 2 }).transpose().copy().transpose(),
      );
      using a = await openNpy(`${folder}/a.npy`, { mapped: true });
      using b = await openNpy(`${folder}/b.npy`, { mapped: true });
      using sum = await openNpy(`${folder}/sum.npy`, { mode: "w+", shape, mapped: true });
      const expected = await evaluate("a + b", { a: await readArray(`${folder}/a.npy`), b: b.copy() });
      for (const isolation of ["web", "contained"] as const) {
        for (const source of ["a + b", new URL("../kernels/add.ts", import.meta.url)]) {
          sum.fill(0);
          const { report } = await tiledMap(source, {
            inputs: { a, b },
            outputs: { sum },
            tile: [4, 4],
            workers: 2,
            exact: true,
            isolation,
          });
          assertEquals(report.memory.copied, 0);
          assert((await readArray(`${folder}/sum.npy`)).equals(expected), `${isolation} ${source}`);
        }
      }
    }),
);

Deno.test(
  "a file that is opened to be read stays as it is",
  needsMapping,
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.npy`;
      await writeNpy(path, SharedNdArray.ones([1000]));
      const before = await Deno.readFile(path);
      await Deno.chmod(path, 0o400);
      {
        using a = await openNpy(path, { mapped: true });
        a.set(3, 7);
        await flush(a);
        await assertRejects(
          () => tiledMap("2 * b", { inputs: { b: SharedNdArray.ones([1000]) }, outputs: { a }, workers: 1 }),
          UnsupportedError,
        );
      }
      assertEquals(await Deno.readFile(path), before);
    }),
);

Deno.test(
  "a file that is opened to be written changes in place",
  needsMapping,
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.npy`;
      await writeNpy(path, SharedNdArray.ones([1000]));
      {
        using a = await openNpy(path, { mode: "r+", mapped: true });
        using same = await openNpy(path, { mode: "r+", mapped: true });
        assert(mayShareMemory(a, same));
        await tiledMap("same + 1", { inputs: { same }, outputs: { a }, workers: 2, exact: true });
        assertEquals(same.get(999), 2);
      }
      using streamed = await openNpy(path, { mode: "r+", mapped: false });
      assertEquals((await streamed.read()).get(500), 2);
      await streamed.write({ origin: [0], shape: [1000] }, SharedNdArray.zeros([1000]));
      assertEquals((await readArray(path)).get(500), 0);
    }),
);

Deno.test(
  "opening and closing leaves no mapping and no file open",
  needsMapping,
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.npy`;
      await writeNpy(path, SharedNdArray.ones([1000]));
      (await openNpy(path, { mapped: true })).dispose();
      const [, files] = await mappingsAndFiles(folder);
      for (let k = 0; k < 300; k++) {
        using a = await openNpy(path, { mapped: true });
        assertEquals(a.get(k), 1);
      }
      const [mappings, open] = await mappingsAndFiles(folder);
      assertEquals(mappings, 0);
      // The runtime has some of its own that come and go.
      assert(open < files + 100, `${open} files are open after ${files}`);
    }),
);

Deno.test("what cannot be opened is refused, and leaves what there is", () =>
  withFolder(async (folder) => {
    const path = `${folder}/a.npy`;
    await writeNpy(path, SharedNdArray.ones([100]));
    const bytes = await Deno.readFile(path);
    for (const mapped of HAS_SHARED_MEMORY ? [true, false] : [false]) {
      const refused: [options: Parameters<typeof openNpy>[1], error: new (...args: never[]) => Error][] = [
        [{ shape: [99] }, FormatError],
        [{ dtype: "float32" }, FormatError],
        [{ mode: "w" as "w+" }, ValueError],
        [{ mode: "w+" }, ValueError],
        [{ mode: "w+", shape: [2], order: "K" as "C" }, ValueError],
      ];
      for (const [options, error] of refused) {
        await assertRejects(() => openNpy(path, { ...options, mapped }), error);
      }
      await assertRejects(() => openNpy(`${folder}/none.npy`, { mapped }), Deno.errors.NotFound);
      await assertRejects(
        () => openNpy(`${folder}/none/a.npy`, { mode: "w+", shape: [2], mapped }),
        Deno.errors.NotFound,
      );
      await Deno.writeFile(`${folder}/short.npy`, bytes.subarray(0, 500));
      await assertRejects(() => openNpy(`${folder}/short.npy`, { mapped }), FormatError, "it is truncated");
    }
    await Deno.writeFile(`${folder}/short.npy`, bytes.subarray(0, 500));
    const hasAnyLength = await Deno.truncate(`${folder}/short.npy`, 2 ** 53).then(() => true, () => false);
    // Some file systems have sparse files of any length.
    for (const mapped of hasAnyLength ? [] : [undefined, false]) {
      const large = { mode: "w+", shape: [2 ** 50], mapped } as const;
      const error = await assertRejects(() => openNpy(path, large), AllocationError);
      assert(error.message.startsWith(`Cannot create ${path} of `));
    }
    await Deno.remove(`${folder}/short.npy`);
    assertEquals(await Deno.readFile(path), bytes);
    assertEquals(namesIn(folder), ["a.npy"]);
  }));

Deno.test(
  "a file without room on the disk is refused, and leaves what there is",
  needsMapping,
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.npy`;
      await writeNpy(path, SharedNdArray.ones([4]));
      // More than a file system holds; not mapped because it is too large, so that room is not taken ahead.
      await assertRejects(() =>
        openNpy(path, { mode: "w+", shape: [2 ** 53 - 1], dtype: "int8", mapped: true })
      );
      assertEquals((await readArray(path)).shape, [4]);
      assertEquals(namesIn(folder), ["a.npy"]);
    }),
);

Deno.test(
  "a full disk is an error when the file is made, and not the end later",
  { ignore: !CAN_MOUNT },
  () =>
    withFolder(async (folder) => {
      const code = `import { AllocationError, openNpy } from "${new URL("mod.ts", ROOT)}";
const [folder] = Deno.args;
try { await openNpy(folder + "/a.npy", { mode: "w+", shape: [1000, 1000], mapped: true }); }
catch (error) { console.log(error instanceof AllocationError, error.message, [...Deno.readDirSync(folder)].length); }`;
      const script = await Deno.makeTempFile({ suffix: ".ts" });
      await Deno.writeTextFile(script, code);
      const { stdout } = await new Deno.Command("unshare", {
        args: [
          ...[...withSmall(folder), Deno.execPath(), "run", "--no-check", "--allow-all"],
          ...["--config", "deno.json", script, folder],
        ],
        cwd: ROOT,
      }).output();
      await Deno.remove(script);
      assertEquals(
        new TextDecoder().decode(stdout),
        `true Cannot create ${folder}/a.npy of 8 MB (8000128 bytes): there is not enough room 0\n`,
      );
    }),
);

Deno.test("a file larger than a memory can be is streamed", needsMapping, () =>
  withFolder(async (folder) => {
    const path = `${folder}/huge.npy`, shape = [2 ** 22, 2 ** 13];
    // Sparse: nothing is stored of its 34 GB but the header.
    await Deno.writeFile(path, encodeNpyHeader({ dtype: "int8", shape, fortranOrder: false }));
    await Deno.truncate(path, 128 + 2 ** 35);
    using array = await openNpy(path);
    assertInstanceOf(array, StoredArray);
    assertEquals((await array.read({ origin: [2 ** 22 - 1, 8190], shape: [1, 2] })).toNested(), [[0, 0]]);
    const error = await assertRejects(() => openNpy(path, { mapped: true }), UnsupportedError);
    assertEquals(
      error.message,
      `${path} cannot be mapped: it has 34.4 GB, and a memory can have 17.2 GB`,
    );
  }));

Deno.test("a file beyond 4 GiB is mapped and computed on", needsMapping, () =>
  withFolder(async (folder) => {
    const path = `${folder}/large.npy`, shape = [5, 2 ** 30];
    await Deno.writeFile(path, encodeNpyHeader({ dtype: "int8", shape, fortranOrder: false }));
    await Deno.truncate(path, 128 + 5 * 2 ** 30);
    using array = await openNpy(path, { mode: "r+", mapped: true });
    array.set(4, 2 ** 30 - 1, 7);
    const end = array.box([4, 2 ** 30 - 1000], [1, 1000]),
      out = SharedNdArray.zeros([1, 1000], { dtype: "int8" });
    await tiledMap("end + int8(1)", { inputs: { end }, outputs: { out }, workers: 1 });
    assertEquals([out.get(0, 998), out.get(0, 999)], [1, 8]);
    using streamed = await openNpy(path, { mapped: false });
    assertEquals((await streamed.read({ origin: [4, 2 ** 30 - 1], shape: [1, 1] })).get(0, 0), 7);
  }));

Deno.test("without --allow-ffi files are streamed", () =>
  withFolder(async (folder) => {
    const code = `import { openNpy, SharedNdArray, StoredArray, writeArrays } from "${new URL(
      "mod.ts",
      ROOT,
    )}";
const [folder] = Deno.args;
await writeArrays(folder + "/a.npy", SharedNdArray.from([1, 2, 3]));
using a = await openNpy(folder + "/a.npy");
console.log(a instanceof StoredArray, (await a.read()).toNested());
await openNpy(folder + "/a.npy", { mapped: true }).catch((error) => console.log(error.message.slice(folder.length)));`;
    await Deno.writeTextFile(`${folder}/script.ts`, code);
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-check", "--no-prompt", "--allow-read", "--allow-write", "--config", "deno.json"],
        ...[`${folder}/script.ts`, folder],
      ],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
    }).output();
    const [first, second] = new TextDecoder().decode(stdout).split("\n");
    assertEquals(first, "true [ 1, 2, 3 ]");
    assert(second.startsWith("/a.npy cannot be mapped: it "), second);
  }));

Deno.test(
  "NumPy sees what is written to a mapped file, and the reverse",
  needsPython,
  () =>
    withFolder(async (folder) => {
      const path = `${folder}/a.npy`;
      using a = await openNpy(path, { mode: "w+", shape: [3, 4], dtype: "float32", mapped: true });
      a.copyFrom(SharedNdArray.arange(12).reshape([3, 4]), { casting: "unsafe" });
      const printed = await python(
        `
import sys, numpy
a = numpy.load(sys.argv[1], mmap_mode="r+")
print(a.dtype, a.shape, a.flags.c_contiguous, float(a.sum()))
a[2, 3] = -1
a.flush()
`,
        path,
      );
      assertEquals(printed, "float32 (3, 4) True 66.0\n");
      assertEquals(a.get(2, 3), -1);
    }),
);

Deno.test("flushing what is in memory alone has nothing to wait for", async () => {
  await flush(SharedNdArray.zeros([3]));
  await assertRejects(() => {
    const array = SharedNdArray.zeros([3]);
    array.dispose();
    return flush(array);
  });
});
