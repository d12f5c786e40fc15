/** Expressions that read neighbours and modules with a halo, as commands. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Boundary, evaluate, readArray, SharedNdArray, writeArrays } from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const run = (...words: string[]) => withDeadline(capture(words), () => words.join(" "));

/** Sums every cell with the one left of it. Its view begins a column before the tile. */
const LEFT_SUM = `export default ({ z, s }) => {
  const [rows, columns] = s.shape;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) s.set(i, j, z.get(i, j) + z.get(i, j + 1));
  }
}`;

const EXPRESSION = "z(0, 1) - 3 * z(-1, 0)";

const BOUNDARIES: readonly (readonly [text: string, boundary: Boundary])[] = [
  ["nearest", "nearest"],
  ["mirror", "mirror"],
  ["wrap,nearest", ["wrap", "nearest"]],
  ["none", "none"],
  ["none,reflect", ["none", "reflect"]],
];

for (const [text, boundary] of BOUNDARIES) {
  Deno.test(`an expression that reads neighbours, --boundary ${text}`, () =>
    inFolder(async (path) => {
      const z = SharedNdArray.random([7, 9], { seed: 3 });
      await writeArrays(path("z.npy"), z);
      const { code, stderr } = await run(
        ...["--input", `z=${path("z.npy")}`, "--expr", EXPRESSION, "--boundary", text],
        ...["--output", `d=${path("d.npy")}`],
      );
      assertEquals(code, 0, stderr);
      const expected = await evaluate(EXPRESSION, { z }, { boundary });
      const found = await readArray(path("d.npy"));
      assertEquals([found.shape, [...found.values()]], [expected.shape, [...expected.values()]]);
    }));
}

Deno.test("--boundary-value is what lies beyond the edges", () =>
  inFolder(async (path) => {
    await writeArrays(path("z.npy"), SharedNdArray.from([[1, 2, 3]], { dtype: "int16" }));
    const words = [
      ...["--input", `z=${path("z.npy")}`, "--expr", "z(0, 1) + z(0, -1)"],
      ...["--boundary", "constant", "--output", `s=${path("s.npy")}`],
    ];
    assertEquals((await run(...words, "--boundary-value", "-5")).code, 0);
    assertEquals((await readArray(path("s.npy"))).toNested(), [[-3, 4, -3]]);
    assertEquals((await run(...words)).code, 0);
    assertEquals((await readArray(path("s.npy"))).toNested(), [[2, 4, 2]]);
    assertEquals(await run(...words, "--boundary-value", "70000"), {
      code: 2,
      stdout: "",
      stderr: "error: boundaryValue 70000 is none that input z of int16 can hold\n",
    });
  }));

Deno.test("--halo gives a module views that reach beyond its tiles", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(path("k.js"), LEFT_SUM);
    await writeArrays(path("z.npy"), SharedNdArray.arange(12).reshape([3, 4]));
    const sums = async (...words: string[]) => {
      const { code, stderr } = await run(
        ...["--kernel", path("k.js"), "--input", `z=${path("z.npy")}`, "--tile", "2,3", ...words],
        ...["--output", `s=${path("s.npy")}`],
      );
      assertEquals(code, 0, stderr);
      return (await readArray(path("s.npy"))).toNested();
    };
    assertEquals(await sums("--halo", "0,1:0", "--boundary", "wrap"), [
      [3, 1, 3, 5],
      [11, 9, 11, 13],
      [19, 17, 19, 21],
    ]);
    assertEquals(await sums("--halo", "0,1:0", "--boundary", "constant", "--boundary-value", "100"), [
      [100, 1, 3, 5],
      [104, 9, 11, 13],
      [108, 17, 19, 21],
    ]);
    assertEquals(await sums("--halo", "0,1:0", "--boundary", "none"), [[1, 3, 5], [9, 11, 13], [17, 19, 21]]);
    // Of a halo on all sides, the first row is that above the tile.
    assertEquals(await sums("--halo", "1", "--boundary", "none"), [[1, 3]]);
  }));

Deno.test("--explain shows the halo, and the shape without edges", async () => {
  const { code, stdout } = await run(
    ...["--shape", "100,80", "--expr", "tmp(0, 1) - tmp(0, -2)", "--boundary", "wrap,none", "--explain"],
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, "loop     [100, 77] as ");
  assertStringIncludes(stdout, "reads    tmp float64 contiguous at 2 places");
  assertStringIncludes(stdout, "axis 1: 2 before and 1 after, none");
});

Deno.test("--max-memory counts outputs as they are without edges", async () => {
  const words = ["--shape", "3,1000000", "--expr", "tmp(1, 0)", "--boundary", "none", "--workers", "1"];
  assertEquals(await run(...words, "--max-memory", "1MB"), {
    code: 2,
    stdout: "",
    stderr: "error: The predicted peak of 158 MB is more than --max-memory 1 MB: " +
      "40.1 MB arrays (tmp 24.1 MB, vpd 16.1 MB), 12 MB for 1 worker, 106 MB runtime\n",
  });
});

const WRONG: readonly (readonly [words: string, message: string])[] = [
  [
    "--boundary wrap",
    "--boundary is for expressions that read neighbours, such as tmp(0, -1), which this one does not",
  ],
  [
    "--expr tmp(0,0,1) --boundary wrap,wrap",
    'Invalid boundary [ "wrap", "wrap" ]: it has 2 entries, but there are 3 axes',
  ],
  ["--kernel K --halo 1,1", "Invalid halo [1, 1]: it has 2 entries, but there are 3 axes"],
  ["--kernel K --halo 1:2", "Invalid halo [[1, 2]]: it has 1 entry, but there are 3 axes"],
  [
    "--kernel K --halo 1 --boundary wrap,wrap",
    'Invalid boundary [ "wrap", "wrap" ]: it has 2 entries, but there are 3 axes',
  ],
  [
    "--kernel K --halo 1 --boundary constant --boundary-value 0.5 --dtype int8",
    "boundaryValue 0.5 is none that input tmp of int8 can hold",
  ],
];

for (const [words, message] of WRONG) {
  Deno.test(`refused: ${words}`, () =>
    inFolder(async (path) => {
      await Deno.writeTextFile(path("k.js"), "export default () => {}");
      const output = ["--output", `vpd=${path("o.npy")}`];
      const refused = await run(...words.replace("K", path("k.js")).split(" "), ...output);
      assertEquals(refused, { code: 2, stdout: "", stderr: `error: ${message}\n` });
      assertEquals([...Deno.readDirSync(path(""))].map(({ name }) => name), ["k.js"]);
    }));
}

Deno.test("--max-memory counts the copies that workers make of tiles at the edges", () =>
  inFolder(async (path) => {
    await writeArrays(path("z.npy"), SharedNdArray.zeros([6, 5]));
    await Deno.writeTextFile(path("k.js"), "export default () => {}");
    const words = ["--input", `z=${path("z.npy")}`, "--kernel", path("k.js"), "--workers", "2", "--quiet"];
    const far = await run(...words, "--halo", "3000", "--max-memory", "400MB");
    assertEquals(far.code, 2, far.stderr);
    assertStringIncludes(far.stderr, "is more than --max-memory 400 MB: 131 kB arrays (");
    assertStringIncludes(far.stderr, "577 MB copies at edges, 12 MB for each of 2 workers, 106 MB runtime");
    assertEquals((await run(...words, "--halo", "30", "--max-memory", "400MB")).code, 0);
    const absurd = await run(...words, "--halo", "99999999");
    assertEquals(absurd.code, 2, absurd.stderr);
    assertStringIncludes(absurd.stderr, "take a smaller halo or tile");
  }));
