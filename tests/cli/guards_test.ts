import { assert, assertEquals, assertMatch } from "@std/assert";
import { readArray } from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const ROOT = new URL("../../", import.meta.url);

async function kernelFile(path: string, body: string): Promise<string> {
  await Deno.writeTextFile(path, `export default ({ tmp, rad, vpd }, { index, shape }) => { ${body} }`);
  return path;
}

const EVERY_CELL =
  "for (let i = 0; i < shape[0]; i++) for (let j = 0; j < shape[1]; j++) vpd.set(i, j, index);";

/** The command as a process: one whose worker loops for ever cannot be one of this test's own. */
async function command(
  words: readonly string[],
  flags: readonly string[] = [],
): Promise<{ code: number; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--allow-read", "--allow-write", ...flags, "cli.ts", ...words],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const { code, stderr } = await withDeadline(child.output(), () => {
    child.kill("SIGKILL");
    return "the process was still running";
  });
  return { code, stderr: new TextDecoder().decode(stderr) };
}

Deno.test("flags of guards have values that they can have", async () => {
  const cases: [words: string[], message: string][] = [
    [["--tile-timeout", "0"], "--tile-timeout 0 is not a time, such as 2s, 500ms or 1.5 (seconds)"],
    [["--load-timeout", "soon"], "--load-timeout soon is not a time, such as 2s, 500ms or 1.5 (seconds)"],
    [
      ["--isolation", "contain"],
      "--isolation contain is unknown (did you mean contained?): expected web or contained",
    ],
    [["--heap-limit", "1GB"], "--heap-limit is for contained workers: add --isolation contained"],
    [["--retries", "-1"], '--retries needs a value (write --retries=VALUE for one that begins with "-")'],
    [["--retries", "101"], "The option retries must be an integer from 0 to 100, but is 101"],
    [["--only-tile", "16"], "--only-tile 16: there are tiles 0 to 15"],
    [
      ["--reduce", "sum", "--debug"],
      "--debug is for kernels over tiles: leave it out when there is a --reduce",
    ],
    [
      ["--isolation", "contained", "--sandbox", "--exact"],
      "A sandbox needs web Workers, because contained ones have the permissions of the process: leave out isolation or sandbox",
    ],
  ];
  for (const [words, message] of cases) {
    const { code, stdout, stderr } = await capture(words);
    assertEquals([code, stdout, stderr.split("\n").at(-2)], [2, "", `error: ${message}`]);
  }
});

Deno.test("--debug finds a kernel that writes outside of its tile, and nothing is written", async () => {
  await inFolder(async (path) => {
    const kernel = await kernelFile(path("kernel.ts"), `${EVERY_CELL} if (index === 2) vpd.data[0] = 7;`);
    const words = [
      "--kernel",
      kernel,
      "--shape",
      "4,4",
      "--tile",
      "2,2",
      "--output",
      `vpd=${path("vpd.npy")}`,
    ];
    assertEquals((await capture(words)).code, 0);
    await Deno.remove(path("vpd.npy"));
    const { code, stderr } = await capture([...words, "--debug", "--seed", "1"]);
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /error: Kernel wrote outside of its tile: tile 2 at \[1, 0\] changed vpd\[0, 0\], .*\n$/,
    );
    assertEquals([...Deno.readDirSync(path("."))].map(({ name }) => name), ["kernel.ts"]);
  });
});

Deno.test("--only-tile runs one tile alone, and says so", async () => {
  await inFolder(async (path) => {
    const kernel = await kernelFile(path("kernel.ts"), EVERY_CELL);
    for (const what of [["--kernel", kernel], ["--expr", "0 * tmp + 3"]]) {
      const words = [
        "--shape",
        "4,4",
        "--tile",
        "2,2",
        "--only-tile",
        "3",
        "--output",
        `vpd=${path("vpd.npy")}`,
      ];
      const { code, stdout } = await capture([...what, ...words]);
      assertEquals(code, 0);
      assertMatch(stdout, /^note {5}only tile 3 of 4 was run: all others are as they were$/m);
      const vpd = await readArray(path("vpd.npy"));
      assertEquals(vpd.toNested(), [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 3, 3], [0, 0, 3, 3]]);
    }
  });
});

Deno.test("--retries tries a tile again that failed, and the report counts it", async () => {
  await inFolder(async (path) => {
    const kernel = await kernelFile(
      path("kernel.ts"),
      `globalThis.calls = (globalThis.calls ?? 0) + 1; if (globalThis.calls === 2) throw new Error("a hiccup"); ${EVERY_CELL}`,
    );
    const words = ["--kernel", kernel, "--shape", "4,4", "--tile", "2,2", "--workers", "1"];
    const { code, stdout } = await capture([...words, "--retries", "1", "--json"]);
    assertEquals([code, JSON.parse(stdout).retried, JSON.parse(stdout).tiles], [0, 1, 4]);
    const { code: failed, stderr } = await capture(words);
    assertEquals([failed, stderr.includes("Error: a hiccup")], [1, true]);
  });
});

Deno.test("--tile-timeout ends a command whose kernel loops for ever, in either kind of worker", async () => {
  await inFolder(async (path) => {
    const kernel = await kernelFile(path("kernel.ts"), `${EVERY_CELL} if (index === 1) for (;;);`);
    for (const isolation of ["web", "contained"]) {
      const { code, stderr } = await command([
        ...[
          "--kernel",
          kernel,
          "--shape",
          "4,4",
          "--tile",
          "2,2",
          "--workers",
          "1",
          "--isolation",
          isolation,
        ],
        ...["--tile-timeout", "200ms", "--output", `vpd=${path("vpd.npy")}`],
      ]);
      assertEquals(code, 1);
      assertMatch(
        stderr,
        /error: Kernel was not done with tile 1 at \[0, 1\] .* within 200 ms: its worker was given up\n$/,
      );
      assertEquals([...Deno.readDirSync(path("."))].map(({ name }) => name), ["kernel.ts"]);
    }
  });
});

Deno.test("--sandbox gives kernels no permission, and needs a flag of the runtime", async () => {
  await inFolder(async (path) => {
    const kernel = await kernelFile(
      path("kernel.ts"),
      `vpd.fill(Deno.readTextFileSync("${path("kernel.ts")}").length)`,
    );
    const words = ["--kernel", kernel, "--shape", "4,4", "--output", `vpd=${path("vpd.npy")}`];
    assertEquals((await command(words)).code, 0);
    await Deno.remove(path("vpd.npy"));
    const { code, stderr } = await command([...words, "--sandbox"], ["--unstable-worker-options"]);
    assertEquals(code, 1);
    assertMatch(stderr, /NotCapable: Requires read access/);
    const { code: lacking, stderr: message } = await command([...words, "--sandbox"]);
    assertEquals(lacking, 70);
    assert(message.includes("The `--unstable-worker-options` flag must be provided"), message);
    assertEquals([...Deno.readDirSync(path("."))].map(({ name }) => name), ["kernel.ts"]);
  });
});
