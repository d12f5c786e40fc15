/** The command as `deno install -g` leaves it, from a folder that is not the project's. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import map from "../../links/install_map.json" with { type: "json" };
import { inFolder } from "./in_folder.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);

async function outcome(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", PATH: `${Deno.execPath().replace(/[/\\][^/\\]*$/, "")}:${Deno.env.get("PATH")}` },
    stdin: "null",
    signal: AbortSignal.timeout(120_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test({
  name: "deno install -g gives a command that works from any folder",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (path) => {
      const installed = await outcome(
        Deno.execPath(),
        [
          ...["install", "-g", "--root", path("root"), "--name", "tilewise", "--no-config"],
          ...[
            "--import-map",
            `${ROOT}links/install_map.json`,
            "--allow-read",
            "--allow-write",
            `${ROOT}cli.ts`,
          ],
        ],
        ROOT,
      );
      assertEquals(installed.code, 0, installed.stderr);
      await Deno.mkdir(path("work"));
      const tilewise = (...words: string[]) => outcome(path("root/bin/tilewise"), words, path("work"));
      assertEquals((await tilewise("--version")).stdout, `tilewise ${config.version}\n`);
      const run = await tilewise("--workers", "2", "--exact", "--output", "vpd=vpd.npy");
      assertEquals(run.code, 0, run.stderr);
      assertMatch(run.stdout, /^Current memory usage: /);
      assertStringIncludes((await tilewise("info", "vpd.npy")).stdout, "float64");
      const kernel =
        'import { slice } from "@tilewise/ndarray";\nexport default ({ tmp, vpd }) => void vpd.copyFrom(tmp.view(slice(null)));\n';
      await Deno.writeTextFile(path("work/k.ts"), kernel);
      const module = await tilewise("--kernel", "k.ts", "--workers", "1", "--json");
      assertEquals([module.code, JSON.parse(module.stdout).tiles], [0, 16], module.stderr);
      assertEquals((await tilewise("doctor", "--quick")).code, 0);
    }),
});

Deno.test("what an installed command imports is what the project imports", async () => {
  const known: Readonly<Record<string, string>> = map.imports,
    own: Readonly<Record<string, string>> = config.imports;
  for (const [name, specifier] of Object.entries(known)) {
    if (specifier.startsWith("npm:")) assertEquals(specifier, own[name], name);
    else {assertEquals(
        (await Deno.stat(new URL(specifier, new URL("../../links/", import.meta.url)))).isFile,
        true,
      );}
  }
  const { stdout } = await outcome(Deno.execPath(), ["info", "--json", "cli.ts"], ROOT);
  const { modules }: { modules: { dependencies?: { specifier: string }[] }[] } = JSON.parse(stdout);
  const bare = modules.flatMap(({ dependencies = [] }) => dependencies.map(({ specifier }) => specifier))
    .filter((specifier) =>
      /^[@a-z]/.test(specifier) && !/^(?:node|npm|jsr|file|data|https?):/.test(specifier)
    );
  assertEquals([...new Set(bare)].filter((name) => !Object.hasOwn(known, name)), []);
});
