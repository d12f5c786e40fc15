/**
 * Makes `src/page/page_assets.json` of the files in `src/page/client/`: what the page consists of, and the hashes by which
 * a page allows its own script and styles and no others.
 *
 *     deno run --allow-read --allow-write tests/page/build_assets.ts
 */

const CLIENT = new URL("../../src/page/client/", import.meta.url);
const ASSETS = new URL("../../src/page/page_assets.json", import.meta.url);

/** An import of a neighbour: the names in braces, if any, and the file. */
const IMPORT = /^import\s+(?:(\{[^}]*\})\s+from\s+)?"\.\/([\w.]+)";\n/gm;

/** The files that a module needs, each behind those that it needs itself. */
async function inOrder(name: string, found: Map<string, string>, above: readonly string[]): Promise<void> {
  if (found.has(name)) return;
  if (above.includes(name)) throw new Error(`${[...above, name].join(" imports ")}`);
  const text = await Deno.readTextFile(new URL(name, CLIENT));
  for (const [, , other] of text.matchAll(IMPORT)) await inOrder(other, found, [...above, name]);
  found.set(name, text);
}

/** A module as a function that is called at once, and gives what the module exports. */
function asFunction(name: string, text: string): string {
  const exported = [...text.matchAll(/^export (?:async )?(?:function|const|let) (\w+)/gm)].map(([, own]) =>
    own
  );
  const body = text
    .replace(
      IMPORT,
      (_, names: string | undefined, other) =>
        names === undefined ? "" : `const ${names} = ${idOf(other)};\n`,
    )
    .replace(/^export /gm, "")
    .replace(/\/\*\*[^]*?\*\/\n?/g, "")
    .replace(/^\s*\/\/.*\n/gm, "")
    .trim();
  return `const ${idOf(name)} = (() => {\n${body}\nreturn { ${exported.join(", ")} };\n})();`;
}

function idOf(name: string): string {
  return `module_${name.replace(/\.js$/, "")}`;
}

/** One script of all modules that one leads to. */
async function joinModules(entry: string): Promise<string> {
  const found = new Map<string, string>();
  await inOrder(entry, found, []);
  const parts = [...found].map(([name, text]) => asFunction(name, text));
  const script = `(() => {\n"use strict";\n${parts.join("\n")}\n})();\n`.replace(/\n{2,}/g, "\n");
  if (/<\/script|<!--/i.test(script)) throw new Error("The script would end its own element");
  return script;
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}

/** What `page_assets.json` should be. */
export async function builtAssets(): Promise<string> {
  const style = await Deno.readTextFile(new URL("page.css", CLIENT)), script = await joinModules("page.js");
  const body = (await Deno.readTextFile(new URL("page.html", CLIENT))).replace(/>\n\s+</g, ">\n<");
  const assets = { style, script, body, styleHash: await hashOf(style), scriptHash: await hashOf(script) };
  return `${JSON.stringify(assets, null, 2)}\n`;
}

/** What it is. */
export function checkedInAssets(): Promise<string> {
  return Deno.readTextFile(ASSETS);
}

if (import.meta.main) await Deno.writeTextFile(ASSETS, await builtAssets());
