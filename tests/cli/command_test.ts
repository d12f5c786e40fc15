/** The command as users start it: a process of its own. */

import { assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { withDeadline } from "../deadline.ts";

const ROOT = new URL("../../", import.meta.url);

function start(permissions: readonly string[], words: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, "cli.ts", ...words],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outcome(child: Deno.ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await withDeadline(child.output(), () => {
    child.kill("SIGKILL");
    return "the process was still running";
  });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** What the runtime itself prints while it fills its cache is not the command's. */
function own(stderr: string): string {
  return stderr.split("\n").filter((line) => !/^(Download|Initialize|Check) /.test(line)).join("\n");
}

Deno.test("with the permission to read it runs and ends with code 0", async () => {
  const { code, stdout, stderr } = await outcome(start(["--allow-read"], ["--workers", "3"]));
  assertEquals([code, own(stderr)], [0, ""]);
  assertMatch(stdout, /^Current memory usage: /);
});

Deno.test("without it, it says which permission is missing", async () => {
  const { code, stdout, stderr } = await outcome(start([], []));
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    own(stderr),
    "error: Workers are loaded from files, which needs a permission: run with --allow-read\n",
  );
});

Deno.test("an output without the permission to write is refused before anything runs", async () => {
  const { code, stderr } = await outcome(start(["--allow-read"], ["--output", "vpd=never.npy"]));
  assertEquals(code, 2);
  assertMatch(own(stderr), /^error: --output never\.npy cannot be written: .*--allow-write.*\n$/);
});

Deno.test("a wrong command line ends with code 2 and one line", async () => {
  const { code, stdout, stderr } = await outcome(start(["--allow-read"], ["--worker", "3"]));
  assertEquals([code, stdout, own(stderr)], [
    2,
    "",
    "error: Unknown flag --worker: did you mean --workers?\n",
  ]);
});

for (const kernel of ["endless_sync", "endless_async"]) {
  Deno.test(`Ctrl-C ends a run whose kernel is ${kernel} with code 130, soon, without a file`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const child = start(["--allow-read", "--allow-write"], [
        ...["--kernel", `tests/kernels/${kernel}.ts`, "--workers", "2"],
        ...["--output", `vpd=${folder}/vpd.npy`],
      ]);
      // The temporary file is there when the job has been planned; then the workers start.
      while ([...Deno.readDirSync(folder)].length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      const began = performance.now();
      child.kill("SIGINT");
      const { code, stdout, stderr } = await outcome(child);
      assertLess(performance.now() - began, 5000);
      assertEquals([code, stdout], [130, ""]);
      assertStringIncludes(stderr, "Interrupted: by Ctrl-C");
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
