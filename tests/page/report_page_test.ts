import { assert, assertEquals, assertRejects } from "@std/assert";
import { PlanError } from "../../src/errors.ts";
import type { PagePayload } from "../../src/page/page_data.ts";
import { escapeHtml, PAGE_ASSETS, reportPage, scriptJson } from "../../src/page/report_page.ts";
import { saveReport } from "../../src/page/save_report.ts";
import { builtAssets, checkedInAssets } from "./build_assets.ts";
import { HOSTILE, madeSource } from "./made_source.ts";

/** The payload in a page: what a browser would find in its element. */
function payloadIn(page: string): PagePayload {
  const [, text] = page.match(/<script type="application\/json" id="data">([^]*?)<\/script/) ?? [];
  return JSON.parse(text);
}

Deno.test("page_assets.json is what build_assets.ts makes of the client's files", async () => {
  const command = "deno run --allow-read --allow-write tests/page/build_assets.ts";
  assert(await checkedInAssets() === await builtAssets(), `It is not: run ${command}`);
});

Deno.test("the page's script and styles are as the modules have them, and need nothing from outside", () => {
  const { script, style, body } = PAGE_ASSETS;
  assert(!/\b(import|export)\b[^.]*\bfrom\b|\beval\b|new Function|fetch\(|XMLHttpRequest/.test(script));
  assert(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write/.test(script));
  assert(!/url\(|@import|https?:/.test(style.replaceAll("http://www.w3.org/2000/svg", "")));
  assert(!/\b(src|href)="(?!#)|\bstyle=|\bon\w+=/.test(body), "the policy would forbid it");
});

Deno.test("a page allows its own script and styles by their hashes, and nothing else", async () => {
  const page = reportPage(madeSource());
  const [, policy] = page.match(/Content-Security-Policy" content="([^"]*)"/) ?? [];
  assertEquals(policy.split("; ").map((rule) => rule.split(" ")[0]), [
    "default-src",
    "script-src",
    "style-src",
    "img-src",
    "base-uri",
    "form-action",
  ]);
  assert(policy.startsWith("default-src 'none'; ") && !policy.includes("unsafe"));
  for (const element of ["script", "style"]) {
    const [, text] = page.match(new RegExp(`<${element}>([^]*?)</${element}>`)) ?? [];
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    assert(policy.includes(`${element}-src 'sha256-${btoa(String.fromCharCode(...hash))}'`), element);
  }
});

Deno.test("a page has the report's numbers", () => {
  const source = madeSource({ phases: 2, weight: null });
  const { report, command, versions, machine } = payloadIn(reportPage(source));
  assertEquals(report, source.report);
  assertEquals([command, versions, machine], [source.command, source.versions, source.machine]);
});

Deno.test("nothing of a run can break out of where it is put", () => {
  const kernel = { kind: HOSTILE, source: HOSTILE, explanation: HOSTILE };
  const outputs = [{ name: HOSTILE, dtype: "float64" as const, shape: [2], path: HOSTILE, caption: HOSTILE }];
  const versions = { os: HOSTILE, cpu: HOSTILE };
  const { report, timeline } = madeSource();
  const source = {
    report,
    timeline,
    title: HOSTILE,
    kernel,
    outputs,
    versions,
    command: HOSTILE,
    notes: [HOSTILE],
  };
  const page = reportPage(source), plain = reportPage(madeSource());
  for (const part of [/<script/g, /<\/script/g, /<!--/g, /<title/g, /</g]) {
    assertEquals([...page.matchAll(part)].length, [...plain.matchAll(part)].length, String(part));
  }
  const payload = payloadIn(page);
  assertEquals([payload.title, payload.kernel, payload.notes.at(-1)], [HOSTILE, kernel, HOSTILE]);
  assertEquals(payload.outputs[0].caption, HOSTILE);
});

Deno.test("escaping", () => {
  assertEquals(escapeHtml(`<a href="b">&'`), "&lt;a href=&quot;b&quot;&gt;&amp;&#39;");
  assertEquals(scriptJson({ a: "</script>\u2028\u2029" }), `{"a":"\\u003c/script>\\u2028\\u2029"}`);
  assertEquals(JSON.parse(scriptJson(HOSTILE)), HOSTILE);
});

Deno.test("131,072 rows take a few megabytes, and more take no more", () => {
  const source = madeSource({ grid: [512, 256], workers: 8 });
  const { length } = reportPage(source);
  assert(length < 4e6, `${length} bytes`);
  const twice = madeSource({ grid: [1024, 256], workers: 8 }), page = reportPage(twice);
  assert(page.length < 5e6, `${page.length} bytes`);
  const { rows, joins } = payloadIn(page);
  assertEquals([rows, joins], [262_144, 2]);
});

Deno.test("saveReport writes the page, and a folder that is missing or a misspelled name is said", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const source = madeSource();
    await saveReport(`${folder}/run.html`, source);
    assertEquals(await Deno.readTextFile(`${folder}/run.html`), reportPage(source));
    await assertRejects(
      () => saveReport(`${folder}/none/run.html`, source),
      Deno.errors.NotFound,
      "no such folder",
    );
    const misspelled = { ...source, titel: "a" };
    await assertRejects(() => saveReport(`${folder}/run.html`, misspelled), PlanError, "did you mean title?");
    assertEquals((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name), ["run.html"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
