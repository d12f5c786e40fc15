/**
 * Elements. Text goes in as text: nothing of a run is ever read as HTML.
 *
 * @module
 */

/**
 * The element of an id.
 *
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no #${id}`);
  return element;
}

/**
 * A new element.
 *
 * @param {string} name
 * @param {Record<string, string | number | boolean>} [attributes] False leaves one out.
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/**
 * A new element of a drawing.
 *
 * @param {string} name
 * @param {Record<string, string | number | boolean>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElement}
 */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAll(element, attributes);
  element.append(...children);
  return element;
}

/**
 * @param {Element} element
 * @param {Record<string, string | number | boolean>} attributes
 */
function setAll(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, String(value));
  }
}

/**
 * A table. Columns of which the first row has a number are set to the right.
 *
 * @param {string} caption
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
export function table(caption, head, rows) {
  const isNumber = head.map((_, k) => rows.length > 0 && /^[-–≈≤≥]?\d/.test(String(rows[0][k])));
  const cells = (/** @type {readonly (string | number)[]} */ row, /** @type {string} */ name) =>
    row.map((cell, k) =>
      make(
        name === "td" && k === 0 ? "th" : name,
        { class: isNumber[k] ? "number" : false, scope: name === "th" ? "col" : k === 0 ? "row" : false },
        String(cell),
      )
    );
  return make(
    "table",
    {},
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...cells(head, "th"))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells(row, "td")))),
  );
}

/**
 * Puts what a figure shows into its table, which is made when it is opened or printed.
 *
 * @param {string} id Of the figure.
 * @param {() => HTMLElement} makeTable
 */
export function setTable(id, makeTable) {
  const details = byId(id).querySelector("details.table");
  if (!(details instanceof HTMLDetailsElement)) return;
  const fill = () => {
    if (details.open) details.querySelector(".scroll")?.replaceChildren(makeTable());
  };
  details.ontoggle = fill;
  fill();
}

const tip = () => byId("tip");

/**
 * Shows lines beside a point of the window.
 *
 * @param {readonly string[]} lines The first one is the heading.
 * @param {number} x
 * @param {number} y
 */
export function showTip(lines, x, y) {
  const [head, ...rest] = lines, box = tip();
  box.replaceChildren(make("strong", {}, head), ...rest.map((line) => make("span", {}, line)));
  box.hidden = false;
  const { offsetWidth, offsetHeight } = box, { clientWidth, clientHeight } = document.documentElement;
  const left = x + 14 + offsetWidth > clientWidth ? x - 14 - offsetWidth : x + 14;
  const top = y + 14 + offsetHeight > clientHeight ? y - 14 - offsetHeight : y + 14;
  box.style.left = `${Math.max(4, Math.min(left, clientWidth - offsetWidth - 4))}px`;
  box.style.top = `${Math.max(4, top)}px`;
}

/** Takes them away. */
export function hideTip() {
  tip().hidden = true;
}

/**
 * Puts a frame around a part of a canvas: the canvas itself need not be drawn again.
 *
 * @param {string} id Of the frame.
 * @param {{ x: number, y: number, width: number, height: number } | null} box In pixels; null for no frame.
 */
export function setFrame(id, box) {
  const frame = byId(id);
  frame.hidden = box === null;
  if (box === null) return;
  frame.style.left = `${box.x - 2}px`;
  frame.style.top = `${box.y - 2}px`;
  frame.style.width = `${Math.max(1, box.width) + 4}px`;
  frame.style.height = `${box.height + 4}px`;
}

/**
 * Says something to those who listen.
 *
 * @param {readonly string[]} lines
 */
export function say(lines) {
  byId("spoken").textContent = lines.join(". ");
}
