/** The Python of the documentation compiles, runs where NumPy is all it needs, and does what ours does. */

import { assert, assertEquals } from "@std/assert";
import { CAN_LIST } from "./array/shared_names.ts";
import { inFolder } from "./cli/in_folder.ts";
import { allFences, pathIn } from "./docs_markdown.ts";
import { pythonWithNumpy } from "./docs_python.ts";

const PYTHON = await pythonWithNumpy();
const needsPython = { ignore: PYTHON === null };

/** What is not in Python itself, nor in NumPy. */
const FOREIGN = /^\s*(?:import|from) (?:dask|zarr|xarray)\b/m;

async function run(program: string, words: readonly string[], folder: string = ""): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...words],
    env: { NO_COLOR: "1", PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` },
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Makes a command of the checkout's. */
async function installCommand(path: string): Promise<void> {
  const flags = "run --quiet --no-check --no-prompt --allow-read --allow-write --allow-ffi";
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\nexec "${Deno.execPath()}" ${flags} "${pathIn("cli.ts")}" "$@"\n`,
  );
  await Deno.chmod(path, 0o755);
}

const fences = allFences().filter(({ language }) => language === "python");

Deno.test("every block of Python compiles", needsPython, async () => {
  assert(fences.length >= 5, `only ${fences.length} blocks were found`);
  const texts = JSON.stringify(fences.map(({ page, line, text }) => [text + "\n", `${page}:${line}`]));
  const program = "import json, sys\nfor text, name in json.loads(sys.argv[1]): compile(text, name, 'exec')";
  await run(PYTHON ?? "", ["-c", program, texts]);
});

Deno.test("blocks that need nothing but NumPy run", needsPython, async () => {
  const own = fences.filter(({ text, notRun }) => notRun === null && !FOREIGN.test(text))
    .filter(({ text }) => CAN_LIST || !text.includes("tilewise"));
  assert(own.length >= 2, `only ${own.length} blocks were run`);
  for (const { text } of own) {
    await inFolder(async (path) => {
      await Deno.writeTextFile(path("block.py"), text);
      await installCommand(path("tilewise"));
      await run(PYTHON ?? "", [path("block.py")], path(""));
    });
  }
});

Deno.test(
  "the pool in Python and the run here write the same bytes",
  needsPython,
  () =>
    inFolder(async (path) => {
      const there = await run(PYTHON ?? "", [
        pathIn("examples/multiprocessing/vpd_pool.py"),
        path("there.npy"),
      ]);
      const flags = ["run", "--quiet", "--no-check", "--allow-read", "--allow-write"];
      const here = await run(Deno.execPath(), [
        ...flags,
        pathIn("examples/multiprocessing/vpd.ts"),
        path("here.npy"),
      ]);
      for (const text of [there, here]) {
        assert(
          /^Current memory usage: [\d.]+ MB; Peak: [\d.]+ MB\nTime elapsed: [\d.]+ s\n$/.test(text),
          text,
        );
      }
      const bytes = await Deno.readFile(path("here.npy"));
      assertEquals(bytes.length, 128 + 8 * 365 * 16 * 16);
      assertEquals(bytes, await Deno.readFile(path("there.npy")));
    }),
);
