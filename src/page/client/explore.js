/**
 * Looking at the parts of a figure: with the pointer, and with the arrow keys.
 *
 * @module
 */

import { hideTip, say, showTip } from "./dom.js";

/**
 * What can be looked at. Places are pixels from the figure's upper left corner.
 *
 * @typedef {{
 *   pick: (x: number, y: number) => number | null,
 *   move: (from: number | null, key: string) => number | null,
 *   lines: (which: number) => string[],
 *   box: (which: number) => { x: number, y: number, width: number, height: number },
 *   mark: (which: number | null) => void,
 * }} Explorable
 */

/** @type {WeakMap<Element, { parts: Explorable, selected: number | null }>} */
const known = new WeakMap();

/**
 * Lets a figure be looked at. It may be called again after it was drawn anew.
 *
 * @param {HTMLElement} figure It can be focused.
 * @param {Explorable} parts
 */
export function explore(figure, parts) {
  const before = known.get(figure);
  if (before !== undefined) {
    before.parts = parts;
    before.selected = null;
    return;
  }
  known.set(figure, { parts, selected: null });
  figure.addEventListener("pointermove", (event) => {
    const state = known.get(figure);
    if (state === undefined || event.buttons !== 0) return;
    const { left, top } = figure.getBoundingClientRect();
    const which = state.parts.pick(event.clientX - left, event.clientY - top);
    state.parts.mark(which);
    if (which === null) hideTip();
    else showTip(state.parts.lines(which), event.clientX, event.clientY);
  });
  figure.addEventListener("pointerleave", () => clear(figure));
  figure.addEventListener("blur", () => clear(figure));
  figure.addEventListener("keydown", (event) => {
    const state = known.get(figure);
    if (state === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape") return clear(figure);
    const which = state.parts.move(state.selected, event.key);
    if (which === null) return;
    event.preventDefault();
    select(figure, which);
  });
}

/**
 * Shows one part, as if a key had led to it.
 *
 * @param {HTMLElement} figure
 * @param {number} which
 */
export function select(figure, which) {
  const state = known.get(figure);
  if (state === undefined) return;
  state.selected = which;
  state.parts.mark(which);
  const { left, top } = figure.getBoundingClientRect(), box = state.parts.box(which);
  const lines = state.parts.lines(which);
  showTip(lines, left + box.x + box.width / 2, top + box.y + box.height / 2);
  say(lines);
}

/** @param {HTMLElement} figure */
function clear(figure) {
  const state = known.get(figure);
  if (state === undefined) return;
  state.selected = null;
  state.parts.mark(null);
  hideTip();
}

/**
 * Where a key leads in a row of parts.
 *
 * @param {number | null} from
 * @param {string} key
 * @param {number} parts How many there are.
 */
export function alongRow(from, key, parts) {
  if (parts === 0) return null;
  const steps = new Map([["ArrowRight", 1], ["ArrowLeft", -1], ["ArrowDown", 1], ["ArrowUp", -1]]);
  if (key === "Home") return 0;
  if (key === "End") return parts - 1;
  const step = steps.get(key);
  if (step === undefined) return null;
  return from === null ? 0 : Math.max(0, Math.min(parts - 1, from + step));
}
