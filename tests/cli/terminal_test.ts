import { assertEquals } from "@std/assert";
import { canErase, coloursOf, hasBlocks, type Variables } from "../../src/cli/terminal.ts";

const set = (values: Readonly<Record<string, string>>): Variables => (name) => values[name];

/** The colours of a terminal, with variables or without the permission to read them. */
function colours(
  values: Readonly<Record<string, string>> | null,
  isTerminal: boolean = true,
  noColour: boolean = false,
): string {
  return coloursOf({ isTerminal, noColour, variables: values === null ? null : set(values) });
}

Deno.test("a terminal has the colours that its variables say", () => {
  assertEquals(colours({ TERM: "linux" }), "16");
  assertEquals(colours({ TERM: "xterm-16color" }), "16");
  // What containers say, where nearly every terminal has more colours than the name tells.
  assertEquals(colours({ TERM: "xterm" }), "256");
  assertEquals(colours({ TERM: "xterm-256color" }), "256");
  assertEquals(colours({ TERM: "xterm-256color", COLORTERM: "truecolor" }), "truecolour");
  assertEquals(colours({ TERM: "xterm", COLORTERM: "24bit" }), "truecolour");
  assertEquals(colours({ TERM: "xterm-direct" }), "truecolour");
  assertEquals(colours({ TERM: "dumb", COLORTERM: "truecolor" }), "none");
});

Deno.test("without the permission to read variables a terminal has 256 colours, and a pipe none", () => {
  assertEquals(colours(null), "256");
  assertEquals(colours(null, false), "none");
  assertEquals(colours({ TERM: "xterm-256color" }, false), "none");
});

Deno.test("NO_COLOR is heard everywhere, and FORCE_COLOR in a pipe", () => {
  assertEquals(colours({ TERM: "xterm-256color", FORCE_COLOR: "3" }, true, true), "none");
  assertEquals(colours(null, true, true), "none");
  const forced = (value: string) => colours({ TERM: "dumb", FORCE_COLOR: value }, false);
  assertEquals(["0", "false", "1", "true", "2", "3", ""].map(forced), [
    "none",
    "none",
    "16",
    "16",
    "256",
    "truecolour",
    "none",
  ]);
  assertEquals(colours({ TERM: "xterm-256color", FORCE_COLOR: "true" }, false), "256");
});

Deno.test("block characters are for terminals that do not say that they lack them", () => {
  assertEquals(hasBlocks(null), true);
  const values: readonly (readonly [values: Readonly<Record<string, string>>, has: boolean])[] = [
    [{}, true],
    [{ LANG: "C" }, true],
    [{ LANG: "en_GB.UTF-8" }, true],
    [{ LANG: "de_DE.utf8@euro" }, true],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
    [{ LANG: "de_DE.ISO-8859-1", LC_ALL: "C.UTF-8" }, true],
    [{ LANG: "C.UTF-8", LC_CTYPE: "ru_RU.KOI8-R" }, false],
    [{ TERM: "dumb", LANG: "C.UTF-8" }, false],
  ];
  for (const [given, has] of values) assertEquals(hasBlocks(set(given)), has, JSON.stringify(given));
});

Deno.test("a bar is for terminals that can erase it", () => {
  assertEquals([canErase(set({ TERM: "dumb" })), canErase(set({ TERM: "linux" })), canErase(set({}))], [
    false,
    true,
    true,
  ]);
  assertEquals(canErase(null), true);
});

Deno.test("what a terminal shows is found out without a permission, and without asking for one", async () => {
  const module = new URL("../../src/cli/terminal.ts", import.meta.url);
  const code = `const { terminalOfProcess: t } = await import(${JSON.stringify(module.href)});
    console.log(JSON.stringify([t.columns(), t.stdoutColumns(), t.rows(), t.colours("stdout"), t.blocks()]));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Local modules that are imported by name need to be read.
    args: ["run", "--no-prompt", "--allow-read", `data:text/javascript,${encodeURIComponent(code)}`],
    env: { FORCE_COLOR: "3", LANG: "de_DE.ISO-8859-1", LC_ALL: "", LC_CTYPE: "" },
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(
    new TextDecoder().decode(stdout),
    '[null,null,null,"none",true]\n',
    new TextDecoder().decode(stderr),
  );
});
