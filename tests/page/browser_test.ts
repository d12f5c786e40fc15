import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { reportPage } from "../../src/page/report_page.ts";
import type { PageSource } from "../../src/page/page_source.ts";
import { Chromium, findChromium, type Page } from "./chromium.ts";
import { HOSTILE, madeSource } from "./made_source.ts";

/** Opens pages one after another, and sees that none of them complains. */
class Pages {
  readonly #browser: Chromium;
  readonly #folder: string;
  #count = 0;

  constructor(browser: Chromium, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  async with(source: PageSource, look: (page: Page) => Promise<void>, window = {}): Promise<void> {
    const path = `${this.#folder}/run ${++this.#count}.html`;
    await Deno.writeTextFile(path, reportPage(source));
    const page = await this.#browser.newPage(window);
    await page.goTo(`file://${path.replaceAll(" ", "%20")}`);
    await page.until("document.documentElement.dataset.ready || document.documentElement.dataset.error");
    await look(page);
    assertEquals(await page.evaluate("document.documentElement.dataset.error"), undefined);
    assertEquals(page.errors, []);
    assert(!/NaN|undefined|Infinity/.test(await textOf(page, "body")), await textOf(page, "body"));
  }
}

async function textOf(page: Page, selector: string): Promise<string> {
  return String(await page.evaluate(`document.querySelector(${JSON.stringify(selector)}).innerText`));
}

const tipOf = (page: Page) => textOf(page, "#tip");
const seenOf = async (page: Page) =>
  String(await page.evaluate(`document.querySelector("#timeline-canvas").toDataURL()`));

async function numbersMatch(page: Page, { report, timeline }: PageSource): Promise<void> {
  const value = async (name: string) =>
    Number(await page.evaluate(`document.querySelector("#figure-${name}").dataset.value`));
  assertEquals(await value("elapsed"), report.elapsedMs);
  assertEquals(await value("tiles"), report.tiles);
  assertEquals(await value("rate"), report.tilesPerSecond);
  assertEquals(await value("memory"), report.memory.peak);
  const bytes = timeline.phases.flatMap(({ arrays }) => arrays).reduce((sum, array) => sum + array.bytes, 0);
  assertAlmostEquals(await value("throughput"), bytes / (timeline.elapsedMs / 1000), 1e-3);
  const busy = report.workers.reduce((sum, { busyMs }) => sum + busyMs, 0);
  assertAlmostEquals(await value("busy"), busy / (report.workers.length * timeline.elapsedMs), 1e-6);
  const embedded = await page.evaluate(`JSON.parse(document.querySelector("#data").textContent).report`);
  assertEquals(embedded, JSON.parse(JSON.stringify(report)));
  for (const worker of report.workers) {
    await page.evaluate(`document.querySelector("#balance details").open = true`);
    await page.until(`document.querySelector("#balance td")`);
    const cells = await page.evaluate(
      `document.querySelectorAll("#balance tbody tr")[${worker.worker}].innerText`,
    );
    assert(
      String(cells).startsWith(`worker ${worker.worker}\t${worker.tiles.toLocaleString("en-GB")}\t`),
      String(cells),
    );
  }
}

async function pointerShowsTiles(page: Page): Promise<void> {
  const { x, y, width, height } = await page.middleOf("#timeline-canvas");
  await page.mouse("mouseMoved", x, y - height / 2 + 30);
  const frame = await page.evaluate(`(() => {
    const { left, right, top, bottom } = document.querySelector("#timeline-mark").getBoundingClientRect();
    return left <= ${x} + 2 && right >= ${x} - 2 && top < ${y - height / 2 + 30} && bottom > ${
    y - height / 2 + 30
  };
  })()`);
  assertEquals(frame, true, "the tile has a frame");
  assert(
    /^Tiles? \d[^]*at \[\d+, \d+\], origin \[\d+, \d+\], shape \[4, 4\][^]*took [\d.]+ µs[^]*worker 0/.test(
      await tipOf(page),
    ),
  );
  await page.mouse("mouseMoved", x - width / 2 + 20, y - height / 2 + 30);
  await page.until(`document.querySelector("#tip").hidden`);
  const heat = await page.middleOf("#heat-canvas");
  await page.mouse("mouseMoved", heat.x - heat.width / 2 + 46, heat.y - heat.height / 2 + 8);
  assert(
    (await tipOf(page)).startsWith("Tile 0\nat [0, 0], origin [0, 0], shape [4, 4]\ntook "),
    await tipOf(page),
  );
  for (const figure of ["histogram", "memory", "roofline", "balance"]) {
    const middle = await page.middleOf(`#${figure}-svg`);
    const place = figure === "roofline" ? await page.middleOf("#roofline-svg .dot") : middle;
    await page.mouse("mouseMoved", place.x, place.y - (figure === "balance" ? 12 : 0));
    assert((await tipOf(page)).length > 5, figure);
  }
}

async function keysWork(page: Page): Promise<void> {
  await page.evaluate(`document.querySelector("#timeline-canvas").focus()`);
  const whole = await seenOf(page);
  await page.key("ArrowRight");
  const first = await tipOf(page);
  assert(first.startsWith("Tile 0\n"), first);
  assertEquals(await textOf(page, "#spoken"), first.replaceAll("\n", ". "));
  await page.key("ArrowDown");
  assert((await tipOf(page)).includes("worker 1"), await tipOf(page));
  await page.key("ArrowUp");
  await page.key("ArrowRight");
  assert((await tipOf(page)) !== first && (await tipOf(page)).includes("worker 0"));
  await page.key("Enter");
  assert(await seenOf(page) !== whole);
  await page.key("Escape");
  await page.key("0");
  assertEquals(await seenOf(page), whole);
  await page.key("+");
  const near = await seenOf(page);
  assert(near !== whole);
  await page.key("ArrowRight", { modifiers: 8 });
  assert(![near, whole].includes(await seenOf(page)));
  await page.key("-");
  await page.key("-");
  assertEquals(await seenOf(page), whole);
  await page.evaluate(`document.querySelector("#heat-canvas").focus()`);
  for (const key of ["ArrowRight", "ArrowRight", "ArrowDown"]) await page.key(key);
  assert((await tipOf(page)).startsWith("Tile 31\nat [1, 1], origin [4, 4]"), await tipOf(page));
}

async function everythingIsReached(page: Page): Promise<void> {
  await page.evaluate(`document.activeElement.blur(); scrollTo(0, 0)`);
  const reached = new Set<string>();
  for (let k = 0; k < 60; k++) {
    await page.key("Tab");
    reached.add(String(await page.evaluate(`document.activeElement.id || document.activeElement.innerText`)));
  }
  const figures = [
    "timeline-canvas",
    "heat-canvas",
    "histogram-svg",
    "memory-svg",
    "roofline-svg",
    "balance-svg",
  ];
  const buttons = [
    "theme",
    "print",
    "save-report",
    "save-timeline",
    "zoom-in",
    "zoom-out",
    "zoom-all",
    "copy",
  ];
  const missing = [...figures, ...buttons, "kernel-source", "Timeline as a table"].filter((name) =>
    !reached.has(name)
  );
  assertEquals(missing, []);
  const unnamed = await page.evaluate(
    `[...document.querySelectorAll("button, [tabindex], input, select")].filter((element) =>
    !(element.innerText || element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || element.labels?.length)
  ).map(({ id }) => id)`,
  );
  assertEquals(unnamed, []);
}

async function wheelAndDragZoom(page: Page): Promise<void> {
  const whole = await seenOf(page), { x, y, width } = await page.middleOf("#timeline-canvas");
  await page.mouse("mousePressed", x - width / 8, y);
  await page.mouse("mouseMoved", x + width / 8, y, { button: "left", buttons: 1 });
  await page.mouse("mouseReleased", x + width / 8, y);
  const dragged = await seenOf(page);
  assert(dragged !== whole, "a drag zooms");
  await page.mouse("mouseWheel", x, y, { deltaX: 0, deltaY: -300 });
  await page.until(`document.querySelector("#timeline-canvas").toDataURL() !== ${JSON.stringify(dragged)}`);
  await page.evaluate(`document.querySelector("#zoom-all").click()`);
  await page.mouse("mouseMoved", 2, 2);
  assertEquals(await seenOf(page), whole);
}

async function colours(page: Page): Promise<void> {
  const paper = () => page.evaluate(`getComputedStyle(document.body).backgroundColor`);
  assertEquals(await paper(), "rgb(255, 255, 255)");
  const light = await seenOf(page);
  await page.evaluate(`document.querySelector("#theme").click()`);
  assertEquals(await paper(), "rgb(20, 22, 26)");
  const dark = await seenOf(page);
  assert(dark !== light);
  await page.evaluate(`document.querySelector("#theme").click()`);
  assertEquals([await paper(), await seenOf(page)], ["rgb(255, 255, 255)", light]);
  await page.evaluate(`delete document.documentElement.dataset.theme`);
  await page.setDark(true);
  await page.until(`document.querySelector("#timeline-canvas").toDataURL() === ${JSON.stringify(dark)}`);
  await page.setDark(false);
  await page.until(`document.querySelector("#timeline-canvas").toDataURL() === ${JSON.stringify(light)}`);
}

async function prints(page: Page): Promise<void> {
  const before = await seenOf(page), pdf = await page.pdf(), text = new TextDecoder("latin1").decode(pdf);
  assert(text.startsWith("%PDF-"));
  // The sizes of pages in points: A4.
  const sizes = [...text.matchAll(/\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]/g)];
  assert(sizes.length > 0);
  for (const [, width, height] of sizes) {
    assertAlmostEquals(Number(width), 595, 1.5);
    assertAlmostEquals(Number(height), 842, 1.5);
  }
  await page.until(`document.documentElement.dataset.paper === undefined`);
  assertEquals(await seenOf(page), before, "printing leaves the page as it was");
}

Deno.test({
  name: "the report page in a browser",
  ignore: findChromium() === undefined,
  fn: async (test) => {
    const folder = await Deno.makeTempDir();
    const browser = await Chromium.open();
    try {
      const pages = new Pages(browser, folder), source = madeSource();
      const looks: Record<string, (page: Page) => Promise<void>> = {
        "the numbers are the report's": (page) => numbersMatch(page, source),
        "the pointer shows the tile": pointerShowsTiles,
        "keys lead from tile to tile and zoom": keysWork,
        "everything is reached by keyboard, and has a name": everythingIsReached,
        "dragging and the wheel zoom": wheelAndDragZoom,
        "light and dark": colours,
        "it prints on A4": prints,
      };
      for (const [name, look] of Object.entries(looks)) {
        await test.step(name, () => pages.with(source, look));
      }
      await test.step("a narrow window has no bar to scroll sideways", async () => {
        for (const width of [320, 400, 1280]) {
          await pages.with(source, async (page) => {
            assertEquals(
              await page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
              true,
              `${width}`,
            );
          }, { width });
        }
      });
      await test.step("hostile text stays text", async () => {
        const kernel = { kind: HOSTILE, source: HOSTILE, explanation: HOSTILE };
        const outputs = [{ name: HOSTILE, dtype: "float64" as const, shape: [2], path: HOSTILE }];
        await pages.with({ ...source, title: HOSTILE, kernel, outputs, command: HOSTILE }, async (page) => {
          assertEquals(await page.evaluate("document.querySelector('#kernel-source').textContent"), HOSTILE);
          assertEquals(await page.evaluate("document.querySelectorAll('script').length"), 2);
          assert((await textOf(page, "h1")).startsWith("</script>"));
        });
        const endless = "x".repeat(300), notes = [endless], long = { kind: endless, source: endless };
        await pages.with({ ...source, title: endless, kernel: long, notes }, async (page) => {
          assertEquals(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), true);
        }, { width: 400 });
      });
      await test.step("nothing may be loaded from outside", async () => {
        const page = await browser.newPage();
        await page.goTo(`file://${folder}/run%201.html`);
        const tried = await page.evaluate(`fetch("data:text/plain,a").then(() => "loaded", () => "refused")`);
        assertEquals(tried, "refused");
      });
      await test.step("of several passes the longest is told of, with or without a weight", async () => {
        const { timeline, ...plain } = madeSource({ grid: [40], phases: 2, weight: 2 });
        const [first, last] = timeline.phases, short = { ...last.spans, length: 1 };
        const phases = [{ ...first, name: "reduce" as const, weight: null }, { ...last, spans: short }];
        await pages.with({ ...plain, timeline: { ...timeline, phases } }, async (page) => {
          assert((await textOf(page, "#roofline-note")).startsWith("The reduce 1 pass read and wrote"));
        });
        await pages.with(
          { ...plain, timeline: { ...timeline, phases: [first, phases[1]] } },
          async (page) => {
            const note = await textOf(page, "#roofline-note");
            assert(note.startsWith("The reduce 1 pass reached"), note);
          },
        );
      });
      await test.step("blocks that a stream skipped are told of, and why there is no bar", async () => {
        const { report, timeline, ...plain } = madeSource({ grid: [40] }), [phase] = timeline.phases;
        const times = { readMs: 0, computeMs: 0, encodeMs: 0, writeMs: 0 };
        const stored = { readBytes: 0, writtenBytes: 0, ...times, skipped: 3 };
        const of = (spans: typeof phase.spans) => ({
          ...plain,
          report: { ...report, stored },
          timeline: { ...timeline, phases: [{ ...phase, name: "stream" as const, spans }] },
        });
        await pages.with(of(phase.spans), async (page) => {
          const note = await textOf(page, "#timeline-note");
          assert(note.endsWith("There is no bar for 3 blocks that had been done before."), note);
        });
        await pages.with(of({ ...phase.spans, length: 0 }), async (page) => {
          const note = await textOf(page, "#timeline-note");
          assertEquals(note, "Nothing was computed: 3 blocks had been done before.");
        });
      });
      await test.step("several passes, joined rows, no machine, no samples, nothing at all", async () => {
        const none = new Float64Array(0), noMemory = { ms: none, rss: none, heapUsed: none };
        const passes = madeSource({ grid: [40], phases: 3, weight: null });
        await pages.with(passes, async (page) => {
          assertEquals(await page.evaluate(`document.querySelector("#heat-phase").options.length`), 3);
          await page.evaluate(`document.querySelector("#heat-phase").value = "2";
            document.querySelector("#heat-phase").dispatchEvent(new Event("change"))`);
          assertEquals(await page.evaluate(`document.querySelector("#heat-phase").value`), "2");
        });
        const { timeline, ...plain } = passes;
        await pages.with(
          { report: plain.report, timeline: { ...timeline, memory: noMemory } },
          async () => {},
        );
        const many = madeSource({ grid: [520, 256], workers: 3 });
        await pages.with(many, async (page) => {
          assert(
            (await textOf(page, "#notes")).includes("2 of a worker, one after another, were made one here"),
          );
          assert((await textOf(page, "#timeline-note")).includes("a bar stands for about 2 calls"));
        });
        const caller = { tiles: 1, busyMs: 0.1 },
          began = { began: 0, elapsedMs: 0, phases: [], memory: noMemory };
        const report = { ...plain.report, workers: [], workersUsed: 0, caller, elapsedMs: 0.2, tiles: 1 };
        await pages.with({ report, timeline: began }, async (page) => {
          assert((await textOf(page, "#balance-note")).includes("The calling thread did all tiles alone"));
        });
        const nothing = {
          ...report,
          tiles: 0,
          shape: [0],
          grid: [0],
          elapsedMs: 0,
          tilesPerSecond: 0,
          caller: null,
        };
        await pages.with({ report: nothing, timeline: began }, async () => {});
      });
    } finally {
      await browser[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
