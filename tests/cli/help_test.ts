import { assert, assertEquals, assertLessOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { BOUNDARY_MODES, CODECS, ISOLATIONS, REDUCTIONS } from "./choices.ts";
import { parseMapArgs } from "../../src/cli/args.ts";
import { listedCommands } from "../../src/cli/completions/flag_lists.ts";
import { COMMAND_FACTS, COMMAND_NAMES } from "../../src/cli/flags/commands.ts";
import type { Flag } from "../../src/cli/flags/flag.ts";
import { MAP_FLAGS } from "../../src/cli/flags/map_flags.ts";
import { readWords } from "../../src/cli/flags/read_words.ts";
import { flagHead, manualText } from "../../src/cli/help/manual.ts";
import { MANUALS } from "../../src/cli/help/manuals.ts";
import { overviewText } from "../../src/cli/help/overview.ts";
import { widthOf } from "../../src/cli/styled_text.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";
import { shellSplit } from "./shell_split.ts";

const PLAIN = { columns: 80, colours: "none" } as const;

const manuals = await Promise.all(COMMAND_NAMES.map(async (name) => (await MANUALS[name]()).MANUAL));

Deno.test("each command has a manual that tells of each of its flags", () => {
  for (const manual of manuals) {
    const text = manualText(manual, PLAIN), facts = listedCommands().find(({ name }) => name === manual.name);
    assert(facts !== undefined, manual.name);
    assert(text.startsWith(`tilewise ${manual.name}: ${facts.about}`), text);
    for (const { name, ...flag } of facts.flags) assertStringIncludes(text, `  ${flagHead(name, flag)}`);
    for (const section of ["usage: tilewise ", "\nexamples\n", "\nexit codes\n"]) {
      assertStringIncludes(text, section);
    }
    assert(manual.examples.length > 0, manual.name);
    assertEquals(
      Object.values(manual.flags).flatMap((table) => Object.keys(table)).sort(),
      facts.flags.map(({ name }) => name).sort(),
    );
  }
});

Deno.test("help fits terminals, and words that are longer than a line are rare", () => {
  for (const columns of [null, 40, 60, 80, 120]) {
    for (
      const text of [
        overviewText({ ...PLAIN, columns }),
        ...manuals.map((manual) => manualText(manual, { ...PLAIN, columns })),
      ]
    ) {
      for (const line of text.split("\n")) {
        // Nor are commands broken where they stand alone, or in quotes.
        if (/\S{30,}|^ {2}tilewise --|^ {6}"/.test(line)) continue;
        assertLessOrEqual(widthOf(line), Math.min(columns ?? 80, 88), line);
      }
    }
  }
});

Deno.test("colours change nothing but colours", () => {
  for (const manual of manuals) {
    const coloured = manualText(manual, { ...PLAIN, colours: "256" });
    // deno-lint-ignore no-control-regex
    assertEquals(coloured.replaceAll(/\x1b\[\d*m/g, ""), manualText(manual, PLAIN));
  }
});

Deno.test("help is reached in every way, and is of the command that was named", async () => {
  const out = async (...words: string[]) => {
    const { code, stdout, stderr } = await capture(words);
    assertEquals([code, stderr], [0, ""], words.join(" "));
    return stdout;
  };
  const overview = overviewText({ ...PLAIN, columns: null });
  for (const words of [["--help"], ["-h"], ["help"], ["--shape", "4", "--help"]]) {
    assertEquals(await out(...words), overview);
  }
  for (const manual of manuals) {
    const text = manualText(manual, { ...PLAIN, columns: null });
    assertEquals(await out("help", manual.name), text);
    assertEquals(await out(manual.name, "--help"), text);
    assertEquals(await out(manual.name, "-h"), text);
  }
  assertEquals(await capture(["help", "shwo"]), {
    code: 2,
    stdout: "",
    stderr: "error: Unknown command shwo: did you mean show?\n",
  });
  assertEquals(
    (await capture(["help", "map", "show"])).stderr,
    'error: Unexpected word "show" behind help map\n',
  );
});

Deno.test("the overview names each command, and says nothing of flags that there are not", () => {
  const text = overviewText(PLAIN);
  for (const name of COMMAND_NAMES) {
    assertMatch(text, new RegExp(`\\n {2}${name} +${COMMAND_FACTS[name].about}\n`));
  }
  for (const [, flag] of text.matchAll(/--([a-z-]+)/g)) {
    assert(Object.hasOwn(MAP_FLAGS, flag) || flag.startsWith("allow-"), flag);
  }
});

Deno.test("the version says more when it is asked for more", async () => {
  assertEquals((await capture(["--version"])).stdout, `tilewise ${config.version}\n`);
  const { stdout } = await capture(["--version", "--verbose"]);
  assertMatch(
    stdout,
    /^tilewise \S+\nkernels over .*\ndeno \S+ \(v8 \S+, typescript \S+\), \w+ \w+, \d+ cores\n$/,
  );
});

/** The words of an example behind the program's name. */
function wordsOf(command: string): string[] {
  const [program, ...words] = shellSplit(command.replace(/ (?:>|\|) [^"]*$/, ""));
  assertEquals(program, "tilewise", command);
  return words;
}

for (const manual of manuals) {
  for (const { command } of manual.examples) {
    Deno.test(`an example of ${manual.name} is understood: ${command}`, () => {
      const words = wordsOf(command), [first, ...rest] = words;
      const name = COMMAND_NAMES.find((known) => known === first);
      if (name === undefined || name === "map") {
        return void parseMapArgs(
          words,
          COMMAND_NAMES.filter((other) => other !== "map"),
        );
      }
      const { flags, places } = COMMAND_FACTS[name], given = readWords(name, flags, rest);
      if (places !== "files") {
        assert(given.places.every((place) => places.includes(place) || name === "shm"), command);
      }
    });
  }
}

/** What an example needs that a test has not. */
const FOREIGN = /\.zarr|https:|shm|\b[ab]\.npy|doctor(?! --quick)/;

Deno.test("examples that need nothing but this project run", () =>
  inFolder(async (path) => {
    let count = 0;
    for (const { examples } of manuals) {
      for (const { command } of examples.filter(({ command }) => !FOREIGN.test(command))) {
        const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
        const words = wordsOf(command).map((word) =>
          word.replace(/(^|=)examples\//, `$1${root}examples/`)
            .replace(
              /^((?:vpd|q90)=)?([\w.]+\.(?:npy|html|json|png))$/,
              (_, name = "", file) => name + path(file),
            )
        );
        const { code, stderr } = await capture(words);
        assertEquals([code, /error/.test(stderr)], [0, false], `${command}: ${stderr}`);
        count++;
      }
    }
    assert(count >= 15, `${count} examples`);
  }));

Deno.test("values that flags offer are those that are understood", () => {
  const choices = (name: keyof typeof MAP_FLAGS) =>
    [...(MAP_FLAGS as Readonly<Record<string, Flag>>)[name].choices ?? []].sort();
  assertEquals(choices("reduce"), [...REDUCTIONS].sort());
  assertEquals(choices("boundary"), [...BOUNDARY_MODES].sort());
  assertEquals(choices("codec"), [...CODECS].sort());
  assertEquals(choices("isolation"), [...ISOLATIONS].sort());
});

Deno.test("each flag of runs is parsed as its table says", () => {
  for (const [name, { kind, letter, choices, value = "" }] of Object.entries<Flag>(MAP_FLAGS)) {
    if (kind === "switch") {
      assert(parseMapArgs([`--${name}`]) !== undefined);
      if (letter !== undefined) assertEquals(parseMapArgs([`-${letter}`]), parseMapArgs([`--${name}`]));
    } else if (kind === "optional") {
      assertEquals(parseMapArgs([`--${name}=8080`]).dashboard, 8080);
    } else if (!/NAME|HOST|FILE/.test(value)) {
      // An example is one that is understood, but for what other flags have to say besides.
      for (const text of [value.replaceAll('"', ""), ...choices ?? []]) parseMapArgs([`--${name}`, text]);
    }
  }
});

Deno.test("a port behind --dashboard is optional", () => {
  const { dashboard: bare, outputs } = parseMapArgs(["--dashboard", "--output", "a=a.npy"]);
  assertEquals([bare, outputs.length], [true, 1]);
  assertEquals(parseMapArgs(["--dashboard", "8080"]).dashboard, 8080);
  assertEquals(parseMapArgs(["map", "--dashboard"]).dashboard, true);
  assertEquals(parseMapArgs(["--dashboard=0", "--dashboard-host", "0.0.0.0"]).dashboardHost, "0.0.0.0");
  assertEquals(parseMapArgs([]).dashboard, undefined);
});
