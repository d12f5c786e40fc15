/** Ctrl-C at any moment: one line that says how far the command got, and no file that is not whole. */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { type Headway, Interruption, newHeadway } from "../../src/cli/cli_io.ts";
import { interruptedText } from "../../src/cli/interrupted_text.ts";
import { reserveOutputs } from "../../src/cli/outputs.ts";
import { readArray, SharedNdArray, writeArrays } from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { Seeded } from "../seeded.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const ROOT = new URL("../../", import.meta.url);
const CTRL_C = new Interruption("by Ctrl-C", 130);

Deno.test("the sentence says where the command was, and what was written", () => {
  const cases: [headway: Partial<Headway>, text: string][] = [
    [{}, "before the run began; nothing was written"],
    [{ stage: "reading inputs" }, "while reading inputs; nothing was written"],
    [{ stage: "generating inputs", wanted: ["a.npy"] }, "while generating inputs; nothing was written"],
    [{ stage: "running" }, "0.8 s into the run; nothing was written"],
    [
      { stage: "running", progress: { done: 1234, total: 16384, elapsedMs: 700 } },
      "after 1234 of 16384 tiles (7 %), 0.8 s; nothing was written",
    ],
    [
      { stage: "running", unit: "units", progress: { done: 0, total: 0, elapsedMs: 1 } },
      "after 0 of 0 units (100 %), 0.8 s; nothing was written",
    ],
    [{ stage: "writing outputs", wanted: ["a.npy"] }, "while writing outputs; nothing was written"],
    [
      { stage: "writing outputs", wanted: ["a.npy", "b.npy", "c.nc"], written: ["a.npy", "c.nc"] },
      "while writing outputs; written: a.npy, c.nc; not written: b.npy",
    ],
    [
      { stage: "writing outputs", wanted: ["a.npy"], written: ["a.npy"] },
      "while writing outputs; all outputs were written (a.npy)",
    ],
  ];
  for (const [known, text] of cases) {
    const headway = { ...newHeadway(), runBegan: 100, stopped: 912, ...known };
    assertEquals(interruptedText(headway, CTRL_C), `Interrupted by Ctrl-C ${text}`);
    assertEquals(interruptedText(headway, new Error("enough")), `Interrupted ${text}`);
  }
});

Deno.test("a command that runs nothing is told without a run", () => {
  const told = (words: string[]) => interruptedText(newHeadway(words), CTRL_C);
  assertEquals(told(["doctor", "--quick"]), "Interrupted by Ctrl-C; nothing was written");
  for (const words of [[], ["map", "--json"], ["--json"]]) {
    assertEquals(told(words), "Interrupted by Ctrl-C before the run began; nothing was written");
  }
});

Deno.test("files that stand under their names are told one by one", () =>
  inFolder(async (path) => {
    const outputs = ["a", "b"].map((name) => ({ name, path: path(`${name}.npy`) }));
    const dtypes = { a: "float64", b: "float64" } as const, written: string[] = [];
    const arrays = { a: SharedNdArray.zeros([2]), b: SharedNdArray.zeros([2]) };
    const { signal } = new AbortController();
    using files = await reserveOutputs(outputs, dtypes, [2]);
    await files.write(arrays, signal, (file) => {
      assertEquals([...Deno.readFileSync(file).slice(1, 6)], [..."NUMPY"].map((char) => char.charCodeAt(0)));
      written.push(file);
    });
    assertEquals(written, outputs.map((output) => output.path));
  }));

Deno.test("an interruption while outputs are written leaves none of them", () =>
  inFolder(async (path) => {
    const stop = new AbortController();
    // Fires as soon as the command writes, which is when it lets signals be heard.
    const poll = setInterval(() => {
      const sizes = [...Deno.readDirSync(path(""))].map(({ name }) => Deno.statSync(path(name)).size);
      if (sizes.some((size) => size > 0)) stop.abort(CTRL_C);
    });
    const words = ["--shape", "300,200", "--expr", "a = tmp; b = rad; c = tmp + rad"];
    for (const name of ["a", "b", "c"]) words.push("--output", `${name}=${path(`${name}.npy`)}`);
    try {
      const { code, stdout, stderr } = await capture(words, { signal: stop.signal });
      assertEquals([code, stdout, stderr], [
        130,
        "",
        "Interrupted by Ctrl-C while writing outputs; nothing was written\n",
      ]);
    } finally {
      clearInterval(poll);
    }
    assertEquals([...Deno.readDirSync(path(""))], []);
  }));

Deno.test("an interruption between two inputs is heard before the run", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(CTRL_C), 1);
  const { code, stderr } = await capture(["--shape", "2200,2000", "--quiet"], { signal: stop.signal });
  assertEquals(code, 130);
  assertMatch(
    stderr,
    /^Interrupted by Ctrl-C (before the run began|while generating inputs); nothing was written\n$/,
  );
});

Deno.test("an interruption while a file is read is heard before the run", () =>
  inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.zeros([2200, 1000]));
    const stop = new AbortController();
    setTimeout(() => stop.abort(CTRL_C), 1);
    const words = ["--input", `a=${path("a.npy")}`, "--expr", "a + 1", "--output", `b=${path("b.npy")}`];
    const { code, stderr } = await capture(words, { signal: stop.signal });
    assertEquals(code, 130);
    assertMatch(
      stderr,
      /^Interrupted by Ctrl-C (before the run began|while reading inputs); nothing was written\n$/,
    );
    assertEquals([...Deno.readDirSync(path(""))].map(({ name }) => name), ["a.npy"]);
  }));

Deno.test("the run of a reduction is told in units, and that of a map in tiles", async () => {
  const heavy = Array.from({ length: 40 }, (_, k) => `sin(tmp * ${k} + rad)`).join(" + ");
  for (
    const [words, unit] of [[["--reduce", "mean"], "units"], [
      ["--output-dtype", "float64"],
      "tiles",
    ]] as const
  ) {
    const stop = new AbortController();
    let looks = 0;
    const run = capture(["--shape", "4000,1000", "--expr", heavy, ...words, "--workers", "2"], {
      signal: stop.signal,
      // Somebody sees the bar. It is drawn when there is progress to tell: after the first look at what draws.
      columns: () => {
        if (++looks > 1) stop.abort(CTRL_C);
        return 200;
      },
    });
    const { code, stderr } = await withDeadline(run, () => "interrupted");
    assertEquals(code, 130);
    // The bar is erased before.
    const last = stderr.trimEnd().split("\r").at(-1)?.replace("\x1b[K", "") ?? "";
    assertMatch(
      last,
      new RegExp(
        `^Interrupted by Ctrl-C after \\d+ of \\d+ ${unit} \\(\\d+ %\\), \\d+\\.\\d s; nothing was written$`,
      ),
    );
  }
});

/** What a job does in about a second: brings inputs in, computes, writes two files. */
function job(folder: string): string[] {
  const heavy = Array.from({ length: 60 }, (_, k) => `sin(tmp * ${k} + rad)`).join(" + ");
  return [
    ...["--shape", "2500,1000", "--expr", `a = ${heavy}; b = tmp - rad`, "--workers", "2"],
    ...["--output", `a=${folder}/a.npy`, "--output", `b=${folder}/b.npy`],
  ];
}

/** How a command ended that was sent a signal after some time. */
async function interruptAfter(ms: number, signal: Deno.Signal): Promise<
  Deno.CommandStatus & { readonly stderr: string; readonly files: readonly string[]; readonly ms: number }
> {
  const folder = await Deno.makeTempDir();
  try {
    const began = performance.now();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--allow-read", "--allow-write", "cli.ts", ...job(folder)],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    await new Promise((resolve) => setTimeout(resolve, ms));
    try {
      child.kill(signal);
    } catch {
      // It is over.
    }
    const { code, success, signal: killedBy, stderr } = await withDeadline(child.output(), () => {
      child.kill("SIGKILL");
      return `still running after ${signal} at ${ms} ms`;
    });
    for (const name of ["a", "b"]) {
      // What is there is whole.
      const path = `${folder}/${name}.npy`;
      if (success) assertEquals((await readArray(path)).shape, [2500, 1000]);
    }
    const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const text = new TextDecoder().decode(stderr);
    const own = text.split("\n").filter((line) => !/^(Download|Initialize|Check) /.test(line)).join("\n");
    return { code, success, signal: killedBy, stderr: own, files, ms: performance.now() - began };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A sentence of the command, for a signal with a name. */
function sentence(by: string): RegExp {
  const places = [
    "before the run began",
    "while (generating inputs|writing outputs)",
    "\\d+\\.\\d s into the run",
    "after \\d+ of \\d+ tiles \\(\\d+ %\\), \\d+\\.\\d s",
  ];
  return new RegExp(`^Interrupted by ${by} (${places.join("|")}); nothing was written\\n$`);
}

Deno.test("Ctrl-C at 20 random moments: code 130, one line, and no file left", async () => {
  const random = new Seeded(6), { ms: whole, success } = await interruptAfter(1, "SIGCONT");
  assert(success, "the job itself failed");
  let heard = 0;
  for (let k = 0; k < 20; k++) {
    // One moment in each twentieth of the time that the job takes.
    const after = whole * (k + random.int(0, 999) / 1000) / 20;
    const { code, signal, stderr, files } = await interruptAfter(after, "SIGINT");
    const what = `after ${after.toFixed(0)} of ${whole.toFixed(0)} ms`;
    if (signal !== null) {
      // Before the command itself had begun: the runtime was still loading it.
      assertEquals([signal, stderr, files], ["SIGINT", "", []], what);
    } else if (code === 0) {
      assertEquals(files, ["a.npy", "b.npy"], what);
    } else {
      heard++;
      assertEquals([code, files], [130, []], what);
      assertMatch(stderr, sentence("Ctrl-C"), what);
    }
  }
  assertLess(5, heard);
});

Deno.test({
  name: "SIGTERM and SIGHUP are told by their names and codes",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { ms: whole } = await interruptAfter(1, "SIGCONT");
    for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
      const ended = await interruptAfter(whole / 2, signal);
      assertEquals([ended.code, ended.files], [code, []]);
      assertMatch(ended.stderr, sentence(signal));
    }
  },
});
