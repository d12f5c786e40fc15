import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SharedNdArray, writeArrays } from "../../mod.ts";
import { shellWords } from "../../src/cli/shell_words.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const SMALL = ["--shape", "8,16,16", "--tile", "4,4"];

/** The names of the files in a folder. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("a report and a trace are written beside outputs, and said", async () => {
  await inFolder(async (path) => {
    const folder = path("").slice(0, -1);
    const words = ["--report", `${folder}/run.html`, "--trace", `${folder}/run.json`, "--output"];
    const { code, stderr } = await capture([...SMALL, ...words, `vpd=${folder}/vpd.npy`]);
    assertEquals(code, 0, stderr);
    assertEquals(filesIn(folder), ["run.html", "run.json", "vpd.npy"]);
    assertStringIncludes(stderr, `Wrote the report to ${folder}/run.html`);
    assertStringIncludes(stderr, `Wrote the trace to ${folder}/run.json`);
    const page = await Deno.readTextFile(`${folder}/run.html`);
    assertMatch(page, /^<!doctype html>/i);
    assertStringIncludes(page, "<title>vpd: tmp + rad</title>");
    const { traceEvents } = JSON.parse(await Deno.readTextFile(`${folder}/run.json`));
    assert(Array.isArray(traceEvents) && traceEvents.length > 3);
  });
});

Deno.test("reports are of modules, reductions, streams and streamed reductions too", async () => {
  await inFolder(async (path) => {
    const folder = path("").slice(0, -1);
    const kernel = new URL("../../examples/add/add_kernel.ts", import.meta.url).href;
    const jobs = [
      ["--kernel", kernel],
      ["--reduce", "mean", "--axis", "0"],
      ["--expr", "2 * tmp", "--output", `b=${folder}/s.zarr/b`],
      ["--expr", "2 * tmp", "--reduce", "sum", "--stream"],
    ];
    for (const [k, job] of jobs.entries()) {
      const file = `${folder}/${k}.html`;
      const { code, stderr } = await capture([...SMALL.slice(0, 2), ...job, "--report", file]);
      assertEquals([code, filesIn(folder).includes(`${k}.html`)], [0, true], stderr);
    }
  });
});

Deno.test("what cannot be written is refused before anything is computed", async () => {
  await inFolder(async (path) => {
    const folder = path("").slice(0, -1);
    const file = `${folder}/kernel.ts`;
    await Deno.writeTextFile(file, `throw new Error("it was loaded")\n`);
    const job = [...SMALL, "--kernel", file];
    const none = `${folder}/none/run.html`, same = `${folder}/x`;
    const cases: [words: string[], says: string][] = [
      [["--report", none], `--report: Cannot write ${none}: no such folder: ${folder}/none/`],
      [["--trace", folder], "--trace: "],
      [["--report", same, "--trace", same], `--report and --trace are the same file, ${same}`],
      [
        ["--report", `${same}.npy`, "--output", `vpd=${same}.npy`],
        "--report and --output vpd are the same file",
      ],
      [
        ["--report", `${folder}/./x.npy`, "--output", `vpd=${same}.npy`],
        `--report and --output vpd are the same file, ${folder}/./x.npy`,
      ],
      [["--trace", `${folder}/./kernel.ts`], `--trace and --kernel are the same file, ${folder}/./kernel.ts`],
      [["--dashboard-host", "::1"], "--dashboard-host is for a dashboard: add --dashboard"],
      [["--show", "--json"], "--show prints a picture, which --json has no place for"],
    ];
    for (const [words, says] of cases) {
      const { code, stdout, stderr } = await capture([...job, ...words]);
      assertEquals([code, stdout], [2, ""], stderr);
      assertStringIncludes(stderr, says);
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
    }
    const explained = await capture([...SMALL, "--explain", "--report", `${folder}/r.html`]);
    assertEquals([explained.code, explained.stderr], [
      2,
      "error: --report is of a run, and --explain runs nothing\n",
    ]);
    assertEquals(filesIn(folder), ["kernel.ts"]);
  });
});

Deno.test("a report never takes the place of what is read, however that is spelt", async () => {
  await inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.ones([4, 4]));
    await Deno.symlink(path("a.npy"), path("link.html"));
    const folder = path("").slice(0, -1), before = await Deno.readFile(path("a.npy"));
    for (
      const [flag, file] of [["--report", `${folder}/../${folder.split("/").at(-1)}/a.npy`], [
        "--trace",
        path("link.html"),
      ]]
    ) {
      const words = ["--input", `a=${path("a.npy")}`, "--expr", "2 * a", flag, file];
      const { code, stdout, stderr } = await capture(words);
      assertEquals([code, stdout, stderr], [
        2,
        "",
        `error: ${flag} and --input a are the same file, ${file}\n`,
      ]);
    }
    assertEquals(await Deno.readFile(path("a.npy")), before);
    assertEquals(filesIn(folder), ["a.npy", "link.html"]);
  });
});

Deno.test("an interruption while a page is made tells what was written and what was not", async () => {
  await inFolder(async (path) => {
    const folder = path("").slice(0, -1), stop = new AbortController();
    const words = ["--output", `vpd=${path("v.npy")}`, "--trace", path("t.json"), "--report", path("r.html")];
    const running = capture([...SMALL, ...words], { signal: stop.signal });
    // The trace comes first, then the machine is measured for the page.
    while (!filesIn(folder).includes("t.json")) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort();
    const { code, stdout, stderr } = await running;
    assertEquals([code, stdout], [130, ""], stderr);
    assertEquals(
      stderr.trimEnd().split("\n").at(-1),
      `Interrupted while writing outputs; written: ${path("v.npy")}, ${path("t.json")}; not written: ${
        path("r.html")
      }`,
    );
    assertEquals(filesIn(folder), ["t.json", "v.npy"]);
  });
});

Deno.test("a run that fails or is interrupted leaves no report", async () => {
  await inFolder(async (path) => {
    const folder = path("").slice(0, -1);
    const file = `${folder}/kernel.ts`, stop = new AbortController();
    await Deno.writeTextFile(file, `export default () => { throw new Error("no") }\n`);
    const words = [...SMALL, "--kernel", file, "--report", `${folder}/r.html`, "--trace", `${folder}/t.json`];
    assertEquals((await capture(words)).code, 1);
    await Deno.writeTextFile(`${folder}/wait.ts`, "export default () => new Promise(() => {})\n");
    setTimeout(() => stop.abort(), 100);
    words[words.indexOf(file)] = `${folder}/wait.ts`;
    assertEquals((await capture(words, { signal: stop.signal })).code, 130);
    assertEquals(filesIn(folder), ["kernel.ts", "wait.ts"]);
  });
});

Deno.test("--show draws what came out, north up where an input says so", async () => {
  await inFolder(async (path) => {
    const folder = path("").slice(0, -1);
    const data = decodeURIComponent(new URL("../../examples/vpd/coads-vpd.nc", import.meta.url).pathname);
    const words = ["--input", `airt=${data}:AIRT`, "--expr", "again = airt", "--show"];
    const { code, stdout, stderr } = await capture(words);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "again: float32 [12, 90, 180]");
    // The file itself is shown with north up.
    const shown = await capture(["show", `${data}:AIRT`]);
    const pictureIn = (text: string) =>
      text.split("\n").filter((row) => /^[ .:=+*#%@-]{30,}$/.test(row)).slice(0, -1);
    assertStringIncludes(shown.stdout, "ascends");
    assert(pictureIn(stdout).length > 15);
    assertEquals(pictureIn(stdout), pictureIn(shown.stdout));
    const reduced = await capture([...words.slice(0, 2), "--reduce", "mean", "--axis", "0", "--show"]);
    assertEquals(reduced.code, 0, reduced.stderr);
    assertStringIncludes(reduced.stdout, "mean: float32 [90, 180]");
    const stored = await capture([
      ...SMALL,
      "--expr",
      "2 * tmp",
      "--output",
      `b=${folder}/s.zarr/b`,
      "--show",
    ]);
    assertEquals(stored.code, 0, stored.stderr);
    assertStringIncludes(stored.stdout, "float64 [8, 16, 16]");
  });
});

Deno.test("words are quoted as a shell reads them", async () => {
  const words = [
    "tilewise",
    "--expr",
    "a = 'b' + \"c\" * $d",
    "--shape",
    "3,4",
    "x=shm:a:float64:3",
    "ü `e`",
    "",
  ];
  const text = shellWords(words);
  assertStringIncludes(text, "--shape 3,4 x=shm:a:float64:3 ");
  if (Deno.build.os === "windows") return;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `printf '%s\\n' ${text}`] }).output();
  assertEquals(new TextDecoder().decode(stdout), words.map((word) => `${word}\n`).join(""));
});
