/**
 * Takes a picture of a report page as a browser shows it, such as the one in the README:
 *
 *     deno run --allow-read --allow-write cli.ts --shape 365,256,256 --tile 4,4 --kernel examples/add/add_kernel.ts \
 *       --report run.html
 *     deno run --allow-read --allow-write --allow-run --allow-env --allow-net tests/page/take_picture.ts \
 *       run.html docs/images/report.png 1280 1010
 */

import { Chromium } from "./chromium.ts";

const [file, picture, width = "1280", height = "1010", colours = "light"] = Deno.args;
const url = new URL(`file://${await Deno.realPath(file)}`);
await using browser = await Chromium.open();
const page = await browser.newPage({
  width: Number(width),
  height: Number(height),
  dark: colours === "dark",
});
await page.send("Emulation.setScrollbarsHidden", { hidden: true });
await page.goTo(url.href);
await page.until("document.documentElement.dataset.ready");
await Deno.writeFile(picture, await page.screenshot(false));
