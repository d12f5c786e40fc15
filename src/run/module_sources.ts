/**
 * What a kernel module says, and the files that it imports.
 *
 * @module
 */

/** Specifiers of files, as modules import or pass on what is in them. One in a comment does no harm. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*["']((?:\.{1,2}\/|file:)[^"'\n]+)["']/g;

/** More files are not read: a kernel that imports them is of something larger, which has versions. */
const MOST_FILES = 256;

/**
 * The text of a module and of the files that it imports, as far as they can be read; otherwise the module's address.
 *
 * @param url The module.
 * @returns Pairs of a file's address, relative to the module's, and its text: the same wherever the files lie.
 */
export async function moduleSources(url: URL): Promise<string | readonly (readonly [string, string])[]> {
  if (url.protocol !== "file:") return url.href;
  const folder = new URL(".", url).href, texts = new Map<string, string>(), found = [url.href];
  for (let next = found.shift(); next !== undefined && texts.size < MOST_FILES; next = found.shift()) {
    if (texts.has(next)) continue;
    let text: string;
    try {
      text = await Deno.readTextFile(new URL(next));
    } catch {
      if (next === url.href) return url.href;
      continue;
    }
    texts.set(next, text);
    for (const [, specifier] of text.matchAll(IMPORTED)) {
      const file = URL.parse(specifier, next);
      if (file?.protocol === "file:") found.push(file.href);
    }
  }
  return [...texts].map(([href, text]) => [nameFrom(folder, href), text] as const).sort(([a], [b]) =>
    a < b ? -1 : 1
  );
}

/** The address of a file as seen from a folder. */
function nameFrom(folder: string, href: string): string {
  let above = "", from = folder;
  while (!href.startsWith(from)) {
    const parent = new URL("..", from).href;
    if (parent === from) return href;
    from = parent;
    above += "../";
  }
  return above + href.slice(from.length);
}
