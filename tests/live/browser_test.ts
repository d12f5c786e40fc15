import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { RunRecorder, SharedNdArray, tiledMap } from "../../mod.ts";
import { openDashboard } from "../../src/live/dashboard.ts";
import { Chromium, findChromium, type Page } from "../page/chromium.ts";

/** A tile takes a while: long enough for a page to see it. */
const SLOW = new URL(
  `data:text/javascript,${
    encodeURIComponent(
      "export default () => { for (const end = performance.now() + 15; performance.now() < end;); }",
    )
  }`,
);

async function text(page: Page, selector: string): Promise<string> {
  return String(await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`));
}

function stateIs(state: string): string {
  return `document.querySelector("#live").dataset.state === ${JSON.stringify(state)}`;
}

/** How many pixels of the timeline are in a tile's colour: not grey. */
const COLOURED = `(() => {
  const canvas = document.querySelector("#timeline-canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let k = 0; k < data.length; k += 4) {
    if (data[k + 3] > 0 && Math.max(data[k], data[k + 1], data[k + 2]) - Math.min(data[k], data[k + 1], data[k + 2]) > 60) count++;
  }
  return count;
})()`;

Deno.test({
  name: "a browser draws a run while it goes on, shows its end, and its button stops it",
  ignore: findChromium() === undefined,
  fn: async (t) => {
    await using browser = await Chromium.open();
    const page = await browser.newPage();
    const inputs = { a: SharedNdArray.zeros([16, 16]) }, tile = [1, 1], workers = 2;

    await t.step("drawing and the end", async () => {
      const recorder = new RunRecorder({ tiles: false });
      await using dashboard = await openDashboard(recorder, { port: 0, title: "A <b>run</b>" });
      await page.goTo(dashboard.url);
      await page.until(stateIs("waiting"));
      const run = tiledMap(SLOW, { inputs, tile, workers, exact: true, recorder });
      await page.until(stateIs("running"));
      await page.until(`${COLOURED} > 500`);
      assertEquals(await text(page, "h1"), "A <b>run</b>");
      assertStringIncludes(await text(page, "#live-workers"), "worker 1");
      assertStringIncludes(await text(page, "#live-figures"), "/ 256");
      assert(await page.evaluate(`document.querySelector("#live-stop").hidden`));
      const { report } = await run;
      dashboard.finish(report);
      await page.until(stateIs("done"));
      assertEquals(await page.evaluate(`Number(document.querySelector("#figure-tiles").dataset.value)`), 256);
      assert(String(await page.evaluate(`document.querySelector("#live-save").href`)).startsWith("blob:"));
      assertEquals(page.errors, []);
    });

    await t.step("stopping", async () => {
      const recorder = new RunRecorder({ tiles: false }), stop = new AbortController();
      const dashboard = await openDashboard(recorder, { port: 0, onStop: () => stop.abort() });
      await page.goTo(dashboard.url);
      const run = tiledMap(SLOW, { inputs, tile, workers, recorder, signal: stop.signal });
      const failed = run.then(() => null, (error: unknown) => error);
      await page.until(stateIs("running"));
      await page.until(`!document.querySelector("#live-stop").hidden`);
      await page.evaluate(`document.querySelector("#live-stop").click()`);
      assert(await page.evaluate(`document.activeElement.id === "live-stop-no"`));
      await page.key("Escape");
      assert(!stop.signal.aborted && await page.evaluate(`document.activeElement.id === "live-stop"`));
      await page.key("Enter");
      await page.evaluate(`document.querySelector("#live-stop-yes").click()`);
      dashboard.fail(await failed);
      assert(stop.signal.aborted);
      await page.until(stateIs("cancelled"));
      assertEquals(await text(page, "#live-note"), "The run was cancelled from this page.");
      await dashboard.close();
      assertEquals(page.errors, []);
    });
  },
});
