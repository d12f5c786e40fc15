/**
 * What the smaller figures share.
 *
 * @module
 */

import { draw } from "./dom.js";
import { alongRow, explore } from "./explore.js";

/**
 * A part of a drawing: its place, and what there is to say of it.
 *
 * @typedef {{ x: number, y: number, width: number, height: number, lines: () => string[] }} Mark
 */

/**
 * Lets the parts of a drawing be looked at, in their order.
 *
 * @param {HTMLElement} svg As `getElementById` has it.
 * @param {readonly Mark[]} marks
 * @param {boolean} [byColumn] Whether the pointer's place from left to right alone tells which is meant.
 */
export function exploreMarks(svg, marks, byColumn = false) {
  const frame = draw("rect", { class: "marked", visibility: "hidden" });
  svg.append(frame);
  explore(svg, {
    pick: (x, y) => {
      const which = marks.findIndex((mark) =>
        x >= mark.x - 2 && x <= mark.x + mark.width + 2 &&
        (byColumn || y >= mark.y - 4 && y <= mark.y + mark.height + 4)
      );
      return which < 0 ? null : which;
    },
    move: (from, key) => alongRow(from, key, marks.length),
    lines: (which) => marks[which].lines(),
    box: (which) => marks[which],
    mark: (which) => {
      frame.setAttribute("visibility", which === null ? "hidden" : "visible");
      if (which === null) return;
      const { x, y, width, height } = marks[which];
      frame.setAttribute("x", String(x - 1));
      frame.setAttribute("y", String(y - 1));
      frame.setAttribute("width", String(Math.max(1, width) + 2));
      frame.setAttribute("height", String(Math.max(1, height) + 2));
    },
  });
}
