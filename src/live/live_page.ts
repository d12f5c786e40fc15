/**
 * The page of a dashboard: the report page's elements, styles and script, and what shows how the run stands.
 *
 * @module
 */

import { escapeHtml, PAGE_ASSETS } from "../page/report_page.ts";
import assets from "./live_assets.json" with { type: "json" };

/** What stands above the report page's figures, its styles and its script. */
export const LIVE_ASSETS: { readonly body: string; readonly style: string; readonly script: string } = assets;

/** Before this element of the report page stands what is new. */
const PLACE = '<dl id="headline">';

/**
 * The page as HTML.
 *
 * @param nonce What its scripts and styles are let in by.
 * @param title Its heading.
 */
export function livePage(nonce: string, title = "Tilewise run"): string {
  const [before, after] = PAGE_ASSETS.body.split(PLACE);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style nonce="${nonce}">${PAGE_ASSETS.style}${LIVE_ASSETS.style}</style>
</head>
<body class="no-report goes-on">
${before}${LIVE_ASSETS.body}${PLACE}${after}
<script type="application/json" id="data"></script>
<script nonce="${nonce}">${PAGE_ASSETS.script}</script>
<script nonce="${nonce}">${LIVE_ASSETS.script}</script>
</body>
</html>
`;
}
