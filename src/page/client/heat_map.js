/**
 * The heat map: how long tiles took, where they lie in the grid.
 *
 * @module
 */

import { axesOf, cellsOf } from "./cells.js";
import { byId, make, setTable } from "./dom.js";
import { explore } from "./explore.js";
import { list } from "./format.js";
import { cellLines, moveCell, pickCell } from "./heat_look.js";
import { paintHeatMap, showCellMark } from "./heat_paint.js";
import { canvas, cellBox, view } from "./heat_view.js";
import { describeHeatMap, heatTable } from "./heat_words.js";

/** @typedef {import("./data.js").RunData} RunData */
/** @typedef {import("./data.js").Phase} Phase */
/** @typedef {import("./cells.js").Choice} Choice */

const control = (/** @type {string} */ id) => /** @type {HTMLSelectElement} */ (byId(id));

/**
 * Draws a run.
 *
 * @param {RunData} data
 */
export function drawHeatMap(data) {
  const select = control("heat-phase"),
    before = Math.max(0, Math.min(Number(select.value), data.phases.length - 1));
  if (select.options.length !== data.phases.length) {
    select.replaceChildren(...data.phases.map(({ label }, k) => make("option", { value: k }, label)));
    select.value = String(before);
  }
  byId("heat-phase-choice").hidden = data.phases.length < 2;
  const phase = data.phases[before];
  byId("heat").classList.toggle("empty", phase === undefined || phase.spans.length === 0);
  view.shown = null;
  if (phase === undefined) {
    byId("heat-note").textContent = "Nothing was recorded.";
    return;
  }
  const choice = chosen(phase), cells = cellsOf(phase, choice);
  view.shown = { data, phase, cells, choice, rowOf: new Int32Array(0) };
  view.marked = null;
  paintHeatMap();
  explore(canvas(), {
    pick: pickCell,
    move: moveCell,
    lines: cellLines,
    box: cellBox,
    mark: (which) => {
      if (view.marked === which) return;
      view.marked = which;
      showCellMark();
    },
  });
  describeHeatMap(phase, cells, choice);
  setTable("heat", () => heatTable(phase, cells, choice));
}

/**
 * What the controls say, which are made where the grid is another one.
 *
 * @param {Phase} phase
 * @returns {Choice}
 */
function chosen({ grid }) {
  const box = byId("heat-leading"), { leading } = axesOf(grid);
  const key = `${list(leading)} of ${list(grid)}`;
  if (box.dataset.key !== key) {
    box.dataset.key = key;
    box.replaceChildren(...leading.map((axis) => {
      const attributes = {
        type: "number",
        min: 0,
        max: grid[axis] - 1,
        placeholder: "all",
        inputmode: "numeric",
      };
      const input = make("input", attributes);
      input.addEventListener("input", redraw);
      return make("label", {}, `axis ${axis} `, input);
    }));
  }
  const inputs = [...box.querySelectorAll("input")];
  const numbers = inputs.map(({ value }, k) => {
    const number = Number(value);
    return value === "" || !Number.isInteger(number)
      ? null
      : Math.max(0, Math.min(grid[leading[k]] - 1, number));
  });
  byId("heat-shows-choice").hidden = leading.length === 0 || numbers.every((number) => number !== null);
  return { leading: numbers, shows: control("heat-shows").value === "sum" ? "sum" : "mean" };
}

function redraw() {
  if (view.shown !== null) drawHeatMap(view.shown.data);
}

/** Begins to listen. */
export function controlHeatMap() {
  control("heat-phase").addEventListener("change", redraw);
  control("heat-shows").addEventListener("change", redraw);
}
