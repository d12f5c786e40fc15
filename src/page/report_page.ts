/**
 * The report page: one file that shows what a run did, and needs nothing else.
 *
 * @module
 */

import assets from "./page_assets.json" with { type: "json" };
import { encodePage } from "./page_data.ts";
import type { PageSource } from "./page_source.ts";

/** What a page consists of besides its data: elements, styles and script, and the hashes that allow these two. */
export const PAGE_ASSETS: {
  readonly body: string;
  readonly style: string;
  readonly script: string;
  readonly styleHash: string;
  readonly scriptHash: string;
} = assets;

/**
 * The HTML of a run's page.
 *
 * @param source The run.
 * @param mostRows How many rows of its timeline the page has at most; more are joined with their neighbours.
 * @returns The page as one text: it loads nothing, and forbids the browser to.
 */
export function reportPage(source: PageSource, mostRows?: number): string {
  const payload = encodePage(source, mostRows), { body, style, script, styleHash, scriptHash } = PAGE_ASSETS;
  const policy = `default-src 'none'; script-src '${scriptHash}'; style-src '${styleHash}'; img-src data:; ` +
    "base-uri 'none'; form-action 'none'";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(payload.title)}</title>
<style>${style}</style>
</head>
<body>
${body}
<script type="application/json" id="data">${scriptJson(payload)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/**
 * Text as HTML.
 *
 * @param text The text.
 */
export function escapeHtml(text: string): string {
  const names = new Map([["&", "&amp;"], ["<", "&lt;"], [">", "&gt;"], ['"', "&quot;"], ["'", "&#39;"]]);
  return text.replace(/[&<>"']/g, (letter) => names.get(letter) ?? letter);
}

/**
 * JSON that may stand in a script element: nothing in it can end the element, or begin a comment.
 *
 * @param value What it is of.
 */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c").replace(/\u2028/g, "\\u2028").replace(
    /\u2029/g,
    "\\u2029",
  );
}
