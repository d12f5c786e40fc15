import { assert, assertEquals, assertLessOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { type Check, check } from "../../src/cli/doctor/check.ts";
import { checkDeno, checkEngine, REQUIRED_DENO } from "../../src/cli/doctor/runtime.ts";
import { doctorText } from "../../src/cli/doctor/text.ts";
import { widthOf } from "../../src/cli/styled_text.ts";
import { withDeadline } from "../deadline.ts";
import { capture } from "./capture.ts";

const ROOT = new URL("../../", import.meta.url);

interface Diagnosis {
  readonly tilewise: string;
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

Deno.test("the doctor finds what this machine has", async () => {
  const { code, stdout, stderr } = await capture(["doctor", "--json"]);
  assertEquals([code, stderr], [0, ""]);
  const { tilewise, ok, checks }: Diagnosis = JSON.parse(stdout);
  assertEquals([tilewise, ok], [config.version, true]);
  const named = (name: string) => {
    const found = checks.find((one) => one.name === name);
    assert(found !== undefined, name);
    return found;
  };
  assertEquals(named("deno").facts.version, Deno.version.deno);
  assertEquals(named("cores").facts.cores, navigator.hardwareConcurrency);
  const { bandwidth, compute, workers } = named("speed").facts;
  assert(Number(bandwidth) > 1e7 && Number(compute) > 1e6 && workers === navigator.hardwareConcurrency);
  for (const name of ["engine", "permissions", "packages", "workers", "terminal"]) {
    assertEquals(named(name).state, "ok", name);
  }
});

Deno.test("what is measured can be left out", async () => {
  const { code, stdout } = await capture(["doctor", "--quick"], {
    stdoutColumns: () => 72,
    colours: () => "16",
  });
  assertEquals(code, 0);
  assert(!stdout.includes("GB/s"), stdout);
  assertStringIncludes(stdout, "72 columns, 16 colours, block characters");
  assertStringIncludes(stdout, "\x1b[32mNothing that runs need is missing.\x1b[0m\n");
  assertEquals((await capture(["doctor", "me"])).stderr, 'error: Unexpected word "me" behind doctor\n');
});

/** The doctor in a process with few permissions. */
async function doctor(
  permissions: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...permissions, "cli.ts", "doctor", "--quick"],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { code, stdout, stderr } = await withDeadline(child.output(), () => "the doctor was still looking");
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("without permissions the doctor says which one is missing, and what the others are for", async () => {
  const { code, stdout } = await doctor([]);
  assertEquals(code, 1);
  assertMatch(
    stdout,
    /^missing {2}permissions {2}workers are loaded from files, which may not be read\n +→ add --allow-read\n/m,
  );
  assertMatch(stdout, /^missing {2}workers {6}not tried/m);
  assertMatch(stdout, /^note {18}without --allow-write: outputs, reports and traces\n/m);
  assert(stdout.endsWith("2 things are missing that runs need: see above.\n"), stdout);
});

Deno.test("with the permission to read nothing that runs need is missing", async () => {
  const { code, stdout } = await doctor(["--allow-read"]);
  assertEquals(code, 0, stdout);
  assertMatch(
    stdout,
    /^note {5}memory {7}how much is free was not seen\n +→ add --allow-sys=systemMemoryInfo\n/m,
  );
  assertMatch(stdout, /^ok {7}workers {6}one is ready after \d+ ms\n/m);
});

Deno.test("an old runtime is found, however its version is written", () => {
  assertEquals(checkDeno(REQUIRED_DENO).state, "ok");
  assertEquals(
    ["2.9.6", "2.10.0", "3.0.0", "2.9.0+abc"].map((version) => checkDeno(version).state),
    Array(4).fill("ok"),
  );
  assertEquals(
    ["2.8.9", "1.46.3", "2.0.0-rc.1"].map((version) => checkDeno(version).state),
    Array(3).fill("missing"),
  );
  assertEquals(checkDeno("2.8.9").advice, "deno upgrade");
});

Deno.test("the engine of this runtime has all that expressions need", () => {
  assertEquals(Object.values(checkEngine().facts), Array(6).fill(true));
});

Deno.test("what the doctor says fits terminals, with colours or without", () => {
  const checks = [
    check("ok", "deno", "2.9.6 (v8 15.0, typescript 6.0)"),
    check("missing", "workers", "none starts, for a reason that takes many words to tell", {
      advice: "add --allow-read",
    }),
    check("note", "workers", "and something more of them"),
  ];
  assertEquals(doctorText("1.2.3", checks, { columns: 60, colours: "none" }).split("\n"), [
    "tilewise 1.2.3 on this machine",
    "",
    "ok       deno         2.9.6 (v8 15.0, typescript 6.0)",
    "missing  workers      none starts, for a reason that takes",
    "                      many words to tell",
    "                      → add --allow-read",
    "note                  and something more of them",
    "",
    "1 thing is missing that runs need: see above.",
    "",
  ]);
  for (let columns = 20; columns < 100; columns++) {
    const text = doctorText("1.2.3", checks, { columns, colours: "16" });
    // Colours begin with a control character.
    // deno-lint-ignore no-control-regex
    for (const line of text.replaceAll(/\x1b\[\d*m/g, "").split("\n")) {
      assertLessOrEqual(widthOf(line), Math.max(columns, 30));
    }
  }
});
