/**
 * Makes `src/live/live_assets.json` of the files in `src/live/client/`: what a dashboard's page has besides the report
 * page.
 *
 *     deno run --allow-read --allow-write tests/live/build_assets.ts
 */

const CLIENT = new URL("../../src/live/client/", import.meta.url);
const ASSETS = new URL("../../src/live/live_assets.json", import.meta.url);

const IMPORT = /^import\s+(?:\{[^}]*\}\s+from\s+)?"(\.[\w./]+)";\n/gm;

/** The files that a module needs, each behind those that it needs itself. */
async function inOrder(file: URL, found: Map<string, string>): Promise<void> {
  if (found.has(file.href)) return;
  const text = await Deno.readTextFile(file);
  for (const [, other] of text.matchAll(IMPORT)) await inOrder(new URL(other, file), found);
  found.set(file.href, text);
}

/** One script of all modules that one leads to: they share a scope, so that no name may be declared twice. */
async function joinModules(entry: URL): Promise<string> {
  const found = new Map<string, string>();
  await inOrder(entry, found);
  const parts = [...found.values()].map((text) =>
    text.replace(IMPORT, "").replace(/^export /gm, "").replace(/\/\*\*[^]*?\*\/\n?/g, "")
      .replace(/^\s*\/\/.*\n/gm, "").trim()
  );
  const script = `(() => {\n"use strict";\n${parts.join("\n")}\n})();\n`;
  if (/<\/script|<!--/i.test(script)) throw new Error("The script would end its own element");
  return script.replace(/\n{2,}/g, "\n");
}

/** What `live_assets.json` should be. */
export async function builtAssets(): Promise<string> {
  const style = await Deno.readTextFile(new URL("live.css", CLIENT));
  const body = (await Deno.readTextFile(new URL("live.html", CLIENT))).replace(/>\n\s+</g, ">\n<");
  return `${
    JSON.stringify({ style, script: await joinModules(new URL("live.js", CLIENT)), body }, null, 2)
  }\n`;
}

/** What it is. */
export function checkedInAssets(): Promise<string> {
  return Deno.readTextFile(ASSETS);
}

if (import.meta.main) await Deno.writeTextFile(ASSETS, await builtAssets());
