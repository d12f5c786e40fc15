/** The command as users start it: a process of its own. */

import { assertEquals, assertLess, assertMatch } from "@std/assert";
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

/** Waits for the temporary file of a command that has planned its job. */
async function untilReserved(folder: string): Promise<void> {
  for (let tries = 0; [...Deno.readDirSync(folder)].length === 0; tries++) {
    assertLess(tries, 1000, "the command did not reserve its output");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
      await untilReserved(folder);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const began = performance.now();
      child.kill("SIGINT");
      const { code, stdout, stderr } = await outcome(child);
      assertLess(performance.now() - began, 5000);
      assertEquals([code, stdout], [130, ""]);
      assertMatch(
        own(stderr),
        /^Interrupted by Ctrl-C (after 0 of \d+ tiles \(0 %\), )?\d+\.\d s.*; nothing was written\n$/,
      );
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("Ctrl-C is heard while many workers are opened for a busy kernel", async () => {
  const child = start(["--allow-read"], [
    ...[
      "--kernel",
      "tests/kernels/endless_sync.ts",
      "--shape",
      "4000,1000",
      "--tile",
      "1,100",
      "--workers",
      "64",
    ],
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const began = performance.now();
  child.kill("SIGINT");
  assertEquals((await outcome(child)).code, 130);
  assertLess(performance.now() - began, 8000);
});

Deno.test("SIGTERM, and a second Ctrl-C that does not wait, leave no file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [signals, code] of [[["SIGTERM"], 143], [["SIGINT", "SIGINT"], 130]] as const) {
      const child = start(["--allow-read", "--allow-write"], [
        ...["--kernel", "tests/kernels/endless_sync.ts", "--output", `vpd=${folder}/vpd.npy`],
      ]);
      await untilReserved(folder);
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (const signal of signals) {
        child.kill(signal);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assertEquals((await outcome(child)).code, code);
      assertEquals([...Deno.readDirSync(folder)], []);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the predicted peak holds", async () => {
  for (const workers of ["1", "2", "3"]) {
    const { stdout } = await outcome(
      start(["--allow-read"], ["--json", "--shape", "365,64,64", "--workers", workers]),
    );
    const { memory } = JSON.parse(stdout);
    // Not the high-water mark: the system hands the tests' own, which is higher, down to the process they start.
    assertLess(memory.peak, memory.predictedPeak, `${workers} workers`);
  }
});
