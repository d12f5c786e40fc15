/**
 * Light and dark, copying, saving, and what is done for paper.
 *
 * @module
 */

import { byId, say } from "./dom.js";
import { isDark } from "./colours.js";

/** @typedef {import("./data.js").RunData} RunData */

/**
 * @param {() => RunData | null} current What is drawn.
 * @param {() => void} redraw
 */
export function controlPage(current, redraw) {
  byId("theme").addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  byId("print").addEventListener("click", () => print());
  byId("copy").addEventListener("click", () => void copyCommand());
  byId("save-report").addEventListener("click", () => {
    const data = current();
    if (data !== null) save("report.json", JSON.stringify(data.report, null, 2));
  });
  byId("save-timeline").addEventListener("click", () => {
    const data = current();
    if (data !== null) save("timeline.json", timelineText(data));
  });
  preparePaper(redraw);
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    requestAnimationFrame(redraw);
  });
}

async function copyCommand() {
  const text = byId("command"), button = byId("copy");
  // A file's page may not use the clipboard everywhere; what is selected can be copied by key.
  getSelection()?.selectAllChildren(text);
  const isCopied = await navigator.clipboard?.writeText(text.textContent ?? "").then(() => true, () => false);
  const said = isCopied ? "Copied" : "Selected: copy it with Ctrl+C";
  button.textContent = said;
  say([said]);
  setTimeout(() => button.textContent = "Copy", 2000);
}

/**
 * @param {string} name
 * @param {string} text
 */
function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" })),
    link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * The timeline with its columns as lists.
 *
 * @param {RunData} data
 */
function timelineText({ began, elapsedMs, phases, memory, joins }) {
  const plain = (/** @type {string} */ _, /** @type {unknown} */ value) =>
    ArrayBuffer.isView(value) ? [...toNumbers(value)] : value;
  const passes = phases.map((
    { name, beganMs, endedMs, shape, tile, grid, tiles, arrays, weight, parts, spans },
  ) => (
    { name, beganMs, endedMs, shape, tile, grid, tiles, arrays, weight, parts, spans }
  ));
  return JSON.stringify({ began, elapsedMs, joins, phases: passes, memory }, plain);
}

/**
 * @param {ArrayBufferView} view
 * @returns {Iterable<number>}
 */
function toNumbers(view) {
  return view instanceof Float64Array || view instanceof Int32Array ? view : [];
}

/** @param {() => void} redraw */
function preparePaper(redraw) {
  /** @type {{ theme: string | undefined, isOpen: boolean } | null} */
  let before = null;
  const more = /** @type {HTMLDetailsElement} */ (byId("kernel-more"));
  addEventListener("beforeprint", () => {
    const { dataset } = document.documentElement;
    before = { theme: dataset.theme, isOpen: more.open };
    more.open = true;
    dataset.theme = "light";
    dataset.paper = "yes";
    redraw();
  });
  addEventListener("afterprint", () => {
    const { dataset } = document.documentElement;
    if (before?.theme === undefined) delete dataset.theme;
    else dataset.theme = before.theme;
    delete dataset.paper;
    more.open = before?.isOpen ?? false;
    before = null;
    redraw();
  });
}
