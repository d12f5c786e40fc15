/** The relief example as users run it, against slopes and light that NumPy computed in another way. */

import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { readArray, type SharedNdArray } from "../../mod.ts";
import { decodePng } from "../picture/decode_png.ts";

const ROOT = new URL("../../", import.meta.url);

/** What generate_relief.py wrote. */
interface Fixture {
  readonly shape: readonly number[];
  readonly exaggeration: number;
  readonly meanSlope: number;
  readonly meanHillshade: number;
  readonly cells: readonly (readonly [row: number, column: number, slope: number, hillshade: number])[];
}

const fixture: Fixture = JSON.parse(
  await Deno.readTextFile(new URL("tests/fixtures/relief.json", ROOT)),
);

/** Runs the example in a folder of its own. */
async function runRelief(folder: string, ...args: string[]): Promise<{ code: number; stderr: string }> {
  const example = new URL("examples/relief/relief.ts", ROOT).href;
  const config = fileURLToPath(new URL("deno.json", ROOT));
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--config",
      config,
      "--allow-read",
      "--allow-write=.",
      example,
      ...args,
    ],
    cwd: folder,
    signal: AbortSignal.timeout(60_000),
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function meanOf(array: SharedNdArray): number {
  let sum = 0;
  for (const value of array.values()) sum += Number(value);
  return sum / array.size;
}

Deno.test("the relief example's slopes and light are those that NumPy computes", () =>
  inFolder(async (folder) => {
    assertEquals(await runRelief(folder, `--exaggeration=${fixture.exaggeration}`), { code: 0, stderr: "" });
    const slope = await readArray(`${folder}/slope.npy`);
    const hillshade = await readArray(`${folder}/hillshade.npy`);
    const picture = await decodePng(await Deno.readFile(`${folder}/hillshade.png`));
    assertEquals([picture.height, picture.width], hillshade.shape.map((extent) => extent / 2));
    assert((await decodePng(await Deno.readFile(`${folder}/slope.png`))).width > picture.width);
    assertEquals([slope.shape, slope.dtype], [fixture.shape, "float32"]);
    assertEquals([hillshade.shape, hillshade.dtype], [fixture.shape, "uint8"]);
    assertEquals(fixture.cells.length, 200);
    for (const [row, column, expected, light] of fixture.cells) {
      assertAlmostEquals(Number(slope.get(row, column)), expected, 1e-5 + 1e-6 * expected);
      // Rounded to an integer, to either one if it lies in the middle.
      assertAlmostEquals(Number(hillshade.get(row, column)), light, 0.5 + 1e-4);
    }
    assertAlmostEquals(meanOf(slope), fixture.meanSlope, 1e-6);
    // The mean of what was rounded, over half a million cells.
    assertAlmostEquals(meanOf(hillshade), fixture.meanHillshade, 0.01);
  }));

Deno.test("light from the opposite side shows a hill's other flank, and flat cells as before", () =>
  inFolder(async (folder) => {
    assertEquals((await runRelief(folder)).code, 0);
    const northWest = await readArray(`${folder}/hillshade.npy`);
    assertEquals((await runRelief(folder, "--azimuth=135")).code, 0);
    const southEast = await readArray(`${folder}/hillshade.npy`);
    let flat = 0, opposite = 0, same = 0;
    for (let row = 0; row < northWest.shape[0]; row++) {
      for (let column = 0; column < northWest.shape[1]; column++) {
        const one = Number(northWest.get(row, column)) - 181,
          other = Number(southEast.get(row, column)) - 181;
        if (one === 0 && other === 0) flat++;
        if (one > 5 && other < 0 || one < 0 && other > 5) opposite++;
        if (one > 5 && other > 5) same++;
      }
    }
    assert(flat > 1000 && opposite > 100_000, `${flat} flat cells, ${opposite} lit from one side alone`);
    assertEquals(same, 0);
  }));

Deno.test("the relief example refuses what is no number, and writes nothing", () =>
  inFolder(async (folder) => {
    const { code, stderr } = await runRelief(folder, "--azimuth=north-west");
    assertEquals(code, 1);
    assertStringIncludes(stderr, '--azimuth must be a number, but is "north-west"');
    assertEquals([...Deno.readDirSync(folder)], []);
  }));
