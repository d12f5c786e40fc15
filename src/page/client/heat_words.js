/**
 * What there is to say of a heat map.
 *
 * @module
 */

import { byId, table } from "./dom.js";
import { count, duration, list, things } from "./format.js";

/** @typedef {import("./data.js").Phase} Phase */
/** @typedef {import("./cells.js").Cells} Cells */
/** @typedef {import("./cells.js").Choice} Choice */

/**
 * Says what is drawn.
 *
 * @param {Phase} phase
 * @param {Cells} cells
 * @param {Choice} choice
 */
export function describeHeatMap(phase, cells, { shows, leading }) {
  const { rowStep, columnStep } = cells, each = rowStep * columnStep;
  const others = cells.leading.filter((_, k) => leading[k] === null).map((axis) => phase.grid[axis]);
  const behind = others.reduce((all, extent) => all * extent, 1);
  const sentences = [
    `Time for a tile, over the grid ${list(phase.grid)}.`,
    each * behind > 1
      ? `A cell stands for up to ${things(each * behind, "tile")} (${shows} of ${
        [
          each > 1 ? `${rowStep} × ${columnStep} neighbours` : "",
          behind > 1 ? `${count(behind)} along the leading axes` : "",
        ]
          .filter((part) => part !== "").join(", ")
      }).`
      : "",
    phase.name === "iterate" ? "They are those of all steps, one step after another." : "",
    phase.name.endsWith("reduce") ? "They are the units in which a reduction is done." : "",
    phase.spans.length > 0 && phase.done > phase.spans.length
      ? "Where tiles were done together, each has its share of the time."
      : "",
  ];
  byId("heat-note").textContent = sentences.filter((sentence) => sentence !== "").join(" ");
}

/**
 * The cells, as coarse as a table can be read.
 *
 * @param {Phase} phase
 * @param {Cells} cells
 * @param {Choice} choice
 */
export function heatTable(phase, cells, choice) {
  // As coarse as a table can be read.
  const { rows, columns, ms, tiles, rowStep, columnStep } = cells;
  const tall = Math.ceil(rows / 16), wide = Math.ceil(columns / 12);
  const head = Array.from({ length: Math.ceil(columns / wide) }, (_, k) => String(k * wide * columnStep));
  const body = Array.from({ length: Math.ceil(rows / tall) }, (_, r) => {
    const values = head.map((_, c) => {
      let sum = 0, done = 0;
      for (let row = r * tall; row < Math.min(rows, (r + 1) * tall); row++) {
        for (let column = c * wide; column < Math.min(columns, (c + 1) * wide); column++) {
          sum += ms[row * columns + column];
          done += tiles[row * columns + column];
        }
      }
      return done === 0 ? "–" : duration(choice.shows === "sum" ? sum : sum / done);
    });
    return [String(r * tall * rowStep), ...values];
  });
  const step = tall * rowStep * wide * columnStep > 1
    ? `, ${tall * rowStep} × ${wide * columnStep} places of the grid together`
    : "";
  const caption = `${choice.shows === "sum" ? "Time" : "Mean time of a tile"}, ${phase.label}${step}`;
  return table(
    caption,
    [cells.wraps ? "row" : `axis ${cells.rowAxis} \\ ${cells.columnAxis}`, ...head],
    body,
  );
}
