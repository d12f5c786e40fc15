/**
 * The pages of the documentation, and what stands in their fences.
 *
 * @module
 */

/** The checkout. */
export const ROOT: URL = new URL("../", import.meta.url);

/** A place in the checkout, as a path of the system. */
export function pathIn(name: string): string {
  return decodeURIComponent(new URL(name, ROOT).pathname);
}

/** A block between fences. */
export interface Fence {
  /** The page, from the checkout's root. */
  readonly page: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
  /** What stands behind the opening fence: `ts`, `sh`, … or nothing. */
  readonly language: string;
  readonly text: string;
  /** Why it is not run, where a comment above it says so: `<!-- not run: needs a cluster -->`. */
  readonly notRun: string | null;
  /** Whether its output is not compared: `<!-- output varies -->`. */
  readonly varies: boolean;
}

/** The pages: those of the folder, and the first one that anybody reads. */
export function pages(): string[] {
  const names = Array.from(Deno.readDirSync(pathIn("docs/")), ({ name }) => name);
  return ["README.md", ...names.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`).sort()];
}

/** The text of a page. */
export function pageText(page: string): string {
  return Deno.readTextFileSync(pathIn(page));
}

/** The blocks of a page, in their order. */
export function fencesOf(page: string, text: string = pageText(page)): Fence[] {
  const lines = text.split("\n"), fences: Fence[] = [];
  for (let k = 0; k < lines.length; k++) {
    const [, indent, ticks, language] = /^( *)(`{3,})(.*)$/.exec(lines[k]) ?? [];
    if (ticks === undefined) continue;
    const end = lines.findIndex((line, at) => at > k && line.trim() === ticks);
    if (end < 0) throw new Error(`${page}:${k + 1}: the block has no end`);
    const comment = commentAbove(lines, k);
    fences.push({
      page,
      line: k + 1,
      language: language.trim(),
      text: lines.slice(k + 1, end).map((line) => line.slice(Math.min(indent.length, line.search(/\S|$/))))
        .join("\n"),
      notRun: /^<!-- not run: (.+) -->$/.exec(comment)?.[1] ?? null,
      varies: comment === "<!-- output varies -->",
    });
    k = end;
  }
  return fences;
}

/** The blocks of all pages. */
export function allFences(): Fence[] {
  return pages().flatMap((page) => fencesOf(page));
}

/** A page without its blocks. */
export function prose(text: string): string {
  return text.replaceAll(/^( *)(`{3,}).*\n[^]*?\n *\2$/gm, "");
}

/** The last line above that is not empty, trimmed. */
function commentAbove(lines: readonly string[], at: number): string {
  let k = at - 1;
  while (k >= 0 && lines[k].trim() === "") k--;
  return lines[k]?.trim() ?? "";
}

/** The anchors that a page's headings have. */
export function anchors(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, title] of prose(text).matchAll(/^#+ +(.+)$/gm)) {
    const words = title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "").toLowerCase();
    const anchor = words.replaceAll(/[^\p{Letter}\p{Number} _-]/gu, "").replaceAll(" ", "-");
    let name = anchor;
    for (let k = 1; found.has(name); k++) name = `${anchor}-${k}`;
    found.add(name);
  }
  return found;
}
