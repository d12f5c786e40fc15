/**
 * The command: whatever the words, an exit code with a meaning, one line that says what is wrong, and no file left
 * behind that was not asked for.
 *
 * @module
 */

import { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { writeArrays } from "../../src/io/files.ts";
import { inspectNpy } from "../../src/io/npy.ts";
import { listNetcdf } from "../../src/io/netcdf.ts";
import { listNpz } from "../../src/io/npz.ts";
import { capture, type Captured } from "../cli/capture.ts";
import { withDeadline } from "../deadline.ts";
import type { Seeded } from "../seeded.ts";
import { type CommandPlaces, commandWords } from "./command_words.ts";
import { type Bytes, mutated } from "./mutate.ts";
import { checkLine, checkOwnWords } from "./refusals.ts";
import type { FuzzCase, OpenTarget } from "./runner.ts";

/** Milliseconds that a command may take: it may open workers. */
const LIMIT_MS = 8000, DEADLINE_MS = 30_000;

/** Kernels that end, well or not, and what is none. */
const KERNELS = [
  new URL("../kernels/add.ts", import.meta.url).pathname,
  new URL("../kernels/add_elementwise.ts", import.meta.url).pathname,
  "data:text/javascript,export default () => {}",
  "data:text/javascript,export default () => { throw new Error('no') }",
  "data:text/javascript,export const kernel = 3",
  "data:text/javascript,(((",
  "data:,",
  "data:",
  "nonsense:x",
  "file://host/x.ts",
  "file:///",
  "none.ts",
];

/** Failures that are not of the words: the kernel's. */
const JUSTIFIED = /^error: (Kernel failed on tiles? \d|Cannot load kernel )/;

/** The target. */
export async function commandTarget(): Promise<OpenTarget> {
  const folder = await Deno.makeTempDir({ prefix: "fuzz" });
  const tmp = SharedNdArray.arange(12).reshape([3, 4]),
    rad = SharedNdArray.ones([3, 4], { dtype: "float32" });
  await writeArrays(`${folder}/a.npy`, tmp);
  await writeArrays(`${folder}/b.npz`, { tmp, rad });
  await writeArrays(`${folder}/c.nc`, { v: rad });
  await Deno.writeTextFile(`${folder}/bad.npy`, "no array");
  await Deno.mkdir(`${folder}/out`);
  const seeds = ["a.npy", "b.npz", "c.nc"].map((name) => Deno.readFileSync(`${folder}/${name}`));
  const places = { folder, kernels: KERNELS, seeds };
  return {
    name: "command",
    limitMs: LIMIT_MS,
    makeCase: (random) => commandCase(random, places),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

function commandCase(random: Seeded, places: CommandPlaces & { readonly seeds: readonly Bytes[] }): FuzzCase {
  const words = commandWords(random, places), columns = random.pick([null, null, 80, 1, 0]);
  const files = [".npy", ".npz", ".nc"].map((ending, k) =>
    [`m${ending}`, mutated(places.seeds[k], random)] as const
  )
    .filter(([name]) => words.some((word) => word.includes(`${places.folder}/${name}`)));
  // The folder has another name in each run.
  const shown = words.map((word) => word.replaceAll(places.folder, "FOLDER"));
  return {
    about: "a command line",
    material: JSON.stringify(shown),
    run: async () => {
      for (const [name, bytes] of files) Deno.writeFileSync(`${places.folder}/${name}`, bytes);
      try {
        const ended = await withDeadline(
          capture(words, { columns: () => columns }),
          () => shown.join(" "),
          DEADLINE_MS,
        );
        checkStreams(ended, words);
        await checkFiles(`${places.folder}/out`, ended);
        if (ended.code === 0) checkOutputs(`${places.folder}/out`, ended, words);
        return `exit code ${ended.code}`;
      } finally {
        for (const { name } of Deno.readDirSync(`${places.folder}/out`)) {
          Deno.removeSync(`${places.folder}/out/${name}`);
        }
      }
    },
  };
}

function checkStreams({ code, stdout, stderr }: Captured, words: readonly string[]): void {
  const about = `exit code ${code}, ${
    JSON.stringify({ stdout: stdout.slice(0, 200), stderr: stderr.slice(0, 600) })
  }`;
  if (code !== 0 && code !== 1 && code !== 2) throw new Error(about);
  // A progress bar is drawn over itself.
  // Codes begin with a control character.
  // deno-lint-ignore no-control-regex
  const plain = stderr.replaceAll(/(?:\r|\x1b\[\d*[AJK])+/g, "\n");
  const start = /(?:^|\n)error: /.exec(plain)?.index ?? -1;
  if ((code === 0) !== (start < 0)) throw new Error(`the error and the exit code differ: ${about}`);
  if (code === 0) return checkOutput(stdout, words, about);
  if (stdout !== "") throw new Error(`a failure has output: ${about}`);
  if (words.includes("--verbose")) return;
  const text = plain.slice(start).trimStart();
  if (code === 1 && !JUSTIFIED.test(text)) throw new Error(`a failed run: ${about}`);
  const lines = text.replace(/\n$/, "").split("\n");
  // An error in an expression shows the place.
  const isPlaced = lines.length === 3 && lines[2].trim() === "^";
  if (lines.length !== 1 && !isPlaced) throw new Error(`not one line: ${about}`);
  checkLine(lines[0]);
  const message = lines[0].replace("error: ", "").trim();
  if (message === "") throw new Error(`nothing is said: ${about}`);
  // A kernel says what it wants to, and errors in expressions have tests of their own.
  if (code === 1 || isPlaced) return;
  checkOwnWords(message);
  refuseStray(/\bNaN\b|\bundefined\b|\[object/.exec(message)?.[0], words, about);
}

/** What is not a number, or no value at all, was typed or is a mistake. */
function refuseStray(stray: string | undefined, words: readonly string[], about: string): void {
  if (stray !== undefined && !words.some((word) => word.includes(stray))) throw new Error(about);
}

function checkOutput(stdout: string, words: readonly string[], about: string): void {
  refuseStray(/\bundefined\b|\[object/.exec(stdout)?.[0], words, about);
  if (!words.includes("--json") || /^(usage|tilewise)/.test(stdout)) return;
  const parsed: unknown = JSON.parse(stdout);
  if (typeof parsed !== "object" || parsed === null) throw new Error(about);
}

function checkPage(text: string): void {
  if (!/^<!doctype html>/i.test(text) || !/<\/html>\s*$/.test(text)) {
    throw new Error(`not a whole page: ${text.slice(0, 60)} … ${text.slice(-60)}`);
  }
}

/** Outputs are whole, and there are none of a run that failed; temporary files are gone. */
async function checkFiles(folder: string, { code }: Captured): Promise<void> {
  for (const { name } of Deno.readDirSync(folder)) {
    if (code !== 0 || name.endsWith(".tmp")) throw new Error(`exit code ${code}, but there is ${name}`);
    const path = `${folder}/${name}`, ending = name.toLowerCase().slice(name.lastIndexOf("."));
    if (ending === ".html") checkPage(Deno.readTextFileSync(path));
    else if (ending === ".json") JSON.parse(Deno.readTextFileSync(path));
    else if (ending === ".npy") await inspectNpy(path);
    else if (ending === ".npz") await listNpz(path);
    else await listNetcdf(path);
  }
}

/** Every output that was asked for is there, unless it was asked for something else than a run. */
function checkOutputs(folder: string, { stdout }: Captured, words: readonly string[]): void {
  const otherwise = ["--explain", "--help", "--version", "-h", "-V", "-qV", "--"];
  if (otherwise.some((word) => words.includes(word)) || /^(usage|tilewise)/.test(stdout)) return;
  const names = words.flatMap((word) => /^(?:--output=)?\w+=(.*)$/s.exec(word)?.[1] ?? [])
    .filter((path) => path.startsWith(`${folder}/`));
  const present = [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  const missing = names.find((path) => !present.some((one) => path === one || path.startsWith(`${one}:`)));
  if (missing !== undefined) throw new Error(`exit code 0, but there is no ${missing}`);
}
