/**
 * Runs the commands of the documentation, each page's in a folder of its own: a process for all of them, because the
 * working folder is the process's. Reads {@linkcode PageJob}s as JSON from standard input, and writes what came of each
 * step as JSON.
 *
 * @module
 */

import { createArray, SharedNdArray } from "../mod.ts";
import { capture, type Captured } from "./cli/capture.ts";
import { pathIn } from "./docs_markdown.ts";

/** A step of a page: a command, or another program. */
export interface Step {
  /** The words behind `tilewise`, or a whole command line. */
  readonly words: readonly string[];
  readonly isTilewise: boolean;
  /** The file that its output goes to. */
  readonly to: string | null;
}

/** What is to be run of a page. */
export interface PageJob {
  readonly page: string;
  /** Its text, which tells what inputs it needs. */
  readonly text: string;
  readonly steps: readonly Step[];
}

/** Inputs that pages take for granted, small ones: how they are named, and how they are made. */
const INPUTS: readonly (readonly [path: string, make: () => Promise<unknown>])[] = [
  ["in.zarr/tmp", () => store("in.zarr/tmp", 1)],
  ["in.zarr/rad", () => store("in.zarr/rad", 2)],
  ["era5.zarr/t", () => store("era5.zarr/t", 3)],
  ["era5.zarr/rh", () => store("era5.zarr/rh", 4)],
  ["dem.tif", () => Deno.copyFile(pathIn("tests/fixtures/geotiff/tiled.tif"), "dem.tif")],
];

async function store(path: string, seed: number): Promise<void> {
  const shape = [24, 8, 8];
  using array = await createArray(path, { shape, chunks: [4, 8, 8], dtype: "float32" });
  await array.write({ origin: [0, 0, 0], shape }, SharedNdArray.random(shape, { seed, dtype: "float32" }));
}

async function runStep({ words, isTilewise, to }: Step): Promise<Captured> {
  const done = isTilewise ? await capture(words) : await program(words);
  if (to !== null) Deno.writeTextFileSync(to, done.stdout);
  return done;
}

async function program([name, ...words]: readonly string[]): Promise<Captured> {
  const { code, stdout, stderr } = await new Deno.Command(name === "deno" ? Deno.execPath() : name, {
    args: words,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function runPage({ text, steps }: PageJob): Promise<Captured[]> {
  const folder = Deno.makeTempDirSync(), done: Captured[] = [];
  try {
    Deno.chdir(folder);
    for (const name of ["examples", "deploy"]) Deno.symlinkSync(pathIn(name), name);
    for (const [path, make] of INPUTS) if (text.includes(path)) await make();
    for (const step of steps) {
      done.push(await runStep(step));
      if (done.at(-1)?.code !== 0) break;
    }
    return done;
  } finally {
    Deno.chdir("/");
    Deno.removeSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const jobs: PageJob[] = await new Response(Deno.stdin.readable).json();
  const results: Captured[][] = [];
  for (const job of jobs) results.push(await runPage(job));
  console.log(JSON.stringify(results));
}
