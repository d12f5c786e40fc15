/** The pages of the documentation: their heads, their links, and what they say that can be looked up. */

import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { capture } from "./cli/capture.ts";
import { allFences, anchors, pages, pageText, pathIn, prose } from "./docs_markdown.ts";

/** What a fence may hold, and how it is tested. */
const LANGUAGES: Readonly<Record<string, string>> = {
  ts: "deno test --doc",
  sh: "doc_commands_test.ts",
  console: "doc_commands_test.ts",
  python: "docs_python_test.ts",
  "": "it is what something else prints",
};

Deno.test("every block is of a language that is tested, and none is left out", () => {
  const fences = allFences();
  assert(fences.length > 80, `only ${fences.length} blocks were found`);
  const unknown = fences.filter(({ language }) => !Object.hasOwn(LANGUAGES, language));
  assertEquals(unknown.map(({ page, line, language }) => `${page}:${line}: ${language}`), []);
  // Files that are not meant to be tested would be left out by the one or the other.
  assertEquals(Object.keys(config.test).filter((key) => key === "exclude" || key === "include"), []);
  assert(!Object.hasOwn(config, "exclude"));
  assert(config.tasks.test.command.includes(" --doc "));
});

Deno.test("every page says in two sentences what it is for, and is in the index", () => {
  const index = pageText("docs/README.md"), gaps: string[] = [];
  for (const page of pages().filter((page) => page.startsWith("docs/"))) {
    const [, title, head] = /^# (.+)\n\n([^#|\n][^]*?)\n\n/.exec(pageText(page)) ?? [];
    if (title === undefined) gaps.push(`${page} does not begin with a title and a paragraph`);
    else if (head.match(/[.!?](?=\s|$)/g)?.length !== 2) gaps.push(`${page}: no two sentences: ${head}`);
    const name = page.slice("docs/".length);
    if (name !== "README.md" && !index.includes(`](${name})`)) {
      gaps.push(`docs/README.md does not name ${name}`);
    }
  }
  assertEquals(gaps, []);
});

Deno.test("every link leads somewhere", () => {
  const gaps: string[] = [];
  let followed = 0;
  for (const page of [...pages(), "ARCHITECTURE.md", "CHANGELOG.md"]) {
    for (const [, , target] of prose(pageText(page)).matchAll(/(!?)\[[^\]]*\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      followed++;
      const [path, anchor] = target.split("#");
      const url = path === "" ? page : decodeURIComponent(new URL(path, `file:///${page}`).pathname.slice(1));
      if (!isThere(url)) gaps.push(`${page}: ${target}`);
      else if (anchor !== undefined && !anchors(pageText(url)).has(anchor)) gaps.push(`${page}: ${target}`);
    }
  }
  assert(followed > 60, `only ${followed} links were followed`);
  assertEquals(gaps, []);
});

function isThere(path: string): boolean {
  try {
    Deno.statSync(pathIn(path));
    return true;
  } catch {
    return false;
  }
}

Deno.test("what the pages name of the module is exported", async () => {
  const known = new Set(Object.keys(await import("../mod.ts")));
  const ours = [
    ...[
      "savePng",
      "picture",
      "RunRecorder",
      "saveReport",
      "saveTrace",
      "openDashboard",
      "measureMachine",
      "tiledMap",
    ],
    ...["streamedMap", "streamedReduce", "tiledReduce", "combineReduction", "openNpy", "writeGeotiff"],
  ];
  const missing = ours.filter((name) => pages().some((page) => pageText(page).includes(`\`${name}`)))
    .filter((name) => !known.has(name));
  assertEquals(missing, []);
});

/** The tables of a page: rows of cells, trimmed. */
function rowsOf(page: string): string[][] {
  const lines = prose(pageText(page)).split("\n").filter((line) => line.startsWith("|"));
  return lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

Deno.test("the line-by-line table quotes lines that the two programs have", () => {
  const python = Deno.readTextFileSync(pathIn("examples/multiprocessing/vpd_pool.py"));
  const ours = Deno.readTextFileSync(pathIn("examples/multiprocessing/vpd.ts"));
  const text = pageText("docs/from_numpy.md");
  assert(
    text.includes(python),
    "docs/from_numpy.md has another program than examples/multiprocessing/vpd_pool.py",
  );
  const body = ours.slice(ours.indexOf("import {")).replace("../../mod.ts", config.name);
  assert(text.includes(body), "docs/from_numpy.md has another program than examples/multiprocessing/vpd.ts");
  const rows = rowsOf("docs/from_numpy.md").slice(2);
  assert(rows.length >= 12);
  const quoted = (cell: string) => /^`([^`]+)`$/.exec(cell)?.[1];
  for (const [there, here] of rows) {
    const line = quoted(there), own = quoted(here);
    assert(line !== undefined && python.includes(line), `vpd_pool.py has no ${there}`);
    if (own !== undefined) assert(ours.includes(own), `vpd.ts has no ${here}`);
  }
});

Deno.test("the page about reports has the lines that are printed, and the members that there are", async () => {
  const page = pageText("docs/memory_and_reports.md");
  const labels = (text: string) => new Set(text.match(/^[a-z]+(?= +\S)/gm) ?? []);
  const words = ["--shape", "365,64,64", "--tile", "16,16", "--workers", "2", "--exact"];
  const shown = allFences().find(({ text }) => text.includes(words.join(" ")));
  assert(shown !== undefined);
  const printed = labels((await capture(words)).stdout);
  assertEquals([...labels(shown.text)].filter((label) => !printed.has(label)), []);

  const told = new Set(
    rowsOf("docs/memory_and_reports.md").flatMap(([cell]) =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    ),
  );
  const { $schema: _, version, outputs, ...report } = JSON.parse(
    (await capture([...words, "--json"])).stdout,
  );
  assertEquals([version, outputs], [1, []]);
  assertEquals(Object.keys(report).filter((name) => !told.has(name)), []);
  assert(page.includes("schema/report-1.json"));
});
