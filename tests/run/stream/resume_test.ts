/**
 * Runs that are killed at random moments and resumed, and one whose arrays are much larger than the memory it may take.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createArray, openArray, SharedNdArray } from "../../../mod.ts";

const cli = decodeURIComponent(new URL("../../../cli.ts", import.meta.url).pathname);
const flags = ["run", "--no-lock", "--allow-read", "--allow-write"];

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Starts the command. */
function start(folder: string, words: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...flags, cli, ...words],
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
}

/** Runs it to its end, but no longer than a test may take. */
async function run(
  folder: string,
  words: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(folder, words), timer = setTimeout(() => child.kill("SIGKILL"), 240_000);
  try {
    const { code, stdout, stderr } = await child.output(), text = new TextDecoder();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

/** All files of a folder by name, with their bytes; what runs keep beside chunks apart. */
async function filesOf(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const walk = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(`${folder}/${path}`)) {
      const inner = path === "" ? name : `${path}/${name}`;
      if (isDirectory) await walk(inner);
      else files.set(inner, await Deno.readFile(`${folder}/${inner}`));
    }
  };
  await walk("");
  return files;
}

Deno.test("a run killed at 50 random moments and resumed leaves the very bytes of an undisturbed one", () =>
  inFolder(async (folder) => {
    const shape = [96, 64, 64], chunks = [2, 32, 32];
    for (const [name, seed] of [["tmp", 1], ["rad", 2]] as const) {
      using array = await createArray(`${folder}/in.zarr/${name}`, { shape, chunks, dtype: "float32" });
      await array.write(
        { origin: [0, 0, 0], shape },
        SharedNdArray.random(shape, { seed, dtype: "float32" }),
      );
    }
    const job = (out: string) => [
      "map",
      ...["--input", "tmp=in.zarr/tmp", "--input", "rad=in.zarr/rad", "--output", `vpd=${out}/vpd`],
      ...["--expr", "vpd = exp(tmp) - rad", "--tile", "2,32,32", "--workers", "2", "--quiet"],
    ];
    const whole = await run(folder, job("whole.zarr"));
    assertEquals([whole.code, whole.stderr], [0, ""]);
    const moments = SharedNdArray.random([512], { seed: Deno.pid }).toNested() as number[];
    let kills = 0, done = 0, rounds = 0;
    while (kills < 50) {
      assert(rounds < 500, `only ${kills} of ${rounds} runs were killed`);
      const child = start(folder, [...job(`killed${done}.zarr`), "--resume"]);
      // Most of these are within the time in which chunks are written; some before, some after the end.
      const timer = setTimeout(() => child.kill("SIGKILL"), 60 + 260 * moments[rounds++]);
      const { code, signal, stderr } = await child.output();
      clearTimeout(timer);
      if (signal === "SIGKILL") kills++;
      else {
        assertEquals(code, 0, new TextDecoder().decode(stderr));
        done++;
      }
    }
    const last = await run(folder, [...job(`killed${done}.zarr`), "--resume"]);
    assertEquals([last.code, last.stderr], [0, ""]);
    const expected = await filesOf(`${folder}/whole.zarr`);
    assert(expected.size > 48 * 4);
    for (let k = 0; k <= done; k++) {
      assertEquals(await filesOf(`${folder}/killed${k}.zarr`), expected, `store ${k}`);
    }
    const status = await run(folder, ["status", `killed${done}.zarr/vpd`, "--json"]);
    assertEquals([status.code, JSON.parse(status.stdout).done], [0, 192]);
  }));

/** A .npy file of float32 that takes no room on the disk: it is one hole behind its header. */
async function sparseNpy(path: string, shape: readonly number[]): Promise<void> {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const header = text.padEnd(128 - 10 - 1) + "\n";
  const bytes = new Uint8Array(128);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  await Deno.writeFile(path, bytes);
  await Deno.truncate(path, 128 + shape.reduce((product, extent) => product * extent, 4));
}

Deno.test("a job of 24 GB stays within 512 MB", () =>
  inFolder(async (folder) => {
    // 3 x 8 GB: two inputs that are holes in a file, and an output that compresses to next to nothing.
    const shape = [500, 2000, 2000];
    await sparseNpy(`${folder}/a.npy`, shape);
    await sparseNpy(`${folder}/b.npy`, shape);
    const { code, stdout, stderr } = await run(folder, [
      ...["map", "--stream", "--input", "a=a.npy", "--input", "b=b.npy", "--output", "c=out.zarr/c"],
      ...["--expr", "c = float32(a + b + 0.25 * index(0))", "--chunks", "2,500,2000", "--level", "1"],
      ...["--max-memory", "512MB", "--json", "--quiet"],
    ]);
    assertEquals([code, stderr], [0, ""]);
    const { memory } = JSON.parse(stdout);
    assert(memory.peak <= 512e6, `${memory.peak} bytes at the peak`);
    assert(memory.predictedPeak <= 512e6);
    using c = await openArray(`${folder}/out.zarr/c`);
    for (const [i, j, k] of [[0, 0, 0], [37, 1999, 5], [499, 1999, 1999]]) {
      assertEquals((await c.read({ origin: [i, j, k], shape: [1, 1, 1] })).toNested(), [[[0.25 * i]]]);
    }
  }));
