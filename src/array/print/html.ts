/**
 * How an array reads in a notebook: as tables.
 *
 * @module
 */

import {
  arrayTitle,
  describeArray,
  type PrintableArray,
  type PrintOptions,
  shownElements,
} from "./inspect.ts";

/**
 * An array in the formats that a Jupyter notebook chooses from, by media type.
 *
 * @example
 * ```ts
 * import { type JupyterBundle, SharedNdArray } from "@tilewise/ndarray";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 2.5]]);
 * const bundle: JupyterBundle = Reflect.get(a, Symbol.for("Jupyter.display")).call(a);
 * assertStringIncludes(bundle["text/plain"], "[[1. , 2.5]]");
 * assertStringIncludes(bundle["text/html"], "<table");
 * ```
 */
export interface JupyterBundle {
  /** For a terminal. */
  readonly "text/plain": string;
  /** For a browser. */
  readonly "text/html": string;
}

/** Indices of an axis; null stands for those left out. */
type Indices = readonly (number | null)[];

/** No colour of its own, so that it reads on light and on dark. */
const TABLE = `<table style="border-collapse: collapse; text-align: right; font-family: monospace">`;
const CAPTION = `<caption style="text-align: left; white-space: nowrap">`;
const HEAD = `style="text-align: right; padding: 0 0.5em; font-weight: normal; opacity: 0.6"`;
const CELL = `<td style="text-align: right; padding: 0 0.5em">`;

/**
 * An array as HTML: a table whose heads are indices, and for more than two axes a table for each index of the leading
 * ones. What is shown of it, and how numbers are written, is as in {@linkcode formatArray}, without padding.
 *
 * @param array The array.
 * @param options What to show of it, and how; the line width has no effect.
 * @returns One HTML element, a table or a division with tables.
 * @throws {ValueError} If an option is not what it can be.
 */
export function htmlTable(array: PrintableArray, options: PrintOptions = {}): string {
  const { axes, texts } = shownElements(array, options);
  const title = arrayTitle(array);
  if (array.size === 0) return table(title, row(`${CELL}no elements</td>`));
  const next = texts.values();
  const cell = () => `${CELL}${(next.next().value ?? "").trim()}</td>`;
  if (axes.length === 0) return table(title, row(cell()));
  if (axes.length === 1) return table(title, headRow(axes[0]) + row(cells(axes[0], cell)));
  if (axes.length === 2) return matrix(title, axes[0], axes[1], cell);
  const [rows, columns] = axes.slice(-2);
  const sections = leadingIndices(axes.slice(0, -2)).map((leading) =>
    leading === null ? "<p>…</p>" : matrix(showLeading(leading), rows, columns, cell)
  );
  return `<div><p style="font-family: monospace">${title}</p>${sections.join("")}</div>`;
}

/**
 * An array for Deno's Jupyter kernel: what a method `Symbol.for("Jupyter.display")` returns.
 *
 * @param array The array.
 * @returns The array as text and as HTML.
 */
export function jupyterBundle(array: PrintableArray): JupyterBundle {
  return { "text/plain": describeArray(array), "text/html": htmlTable(array) };
}

function table(caption: string, rows: string): string {
  return `${TABLE}${CAPTION}${caption}</caption>${rows}</table>`;
}

function row(cells: string): string {
  return `<tr>${cells}</tr>`;
}

/** A table with a row for each index of one axis and a column for each of another. */
function matrix(caption: string, rows: Indices, columns: Indices, cell: () => string): string {
  const body = rows.map((index) =>
    row(head("row", index) + (index === null ? cells(columns.map(() => null), cell) : cells(columns, cell)))
  );
  return table(caption, headRow(columns, "<td></td>") + body.join(""));
}

function headRow(columns: Indices, corner = ""): string {
  return row(corner + columns.map((index) => head("col", index)).join(""));
}

function head(scope: "row" | "col", index: number | null): string {
  return `<th scope="${scope}" ${HEAD}>${index ?? "…"}</th>`;
}

function cells(columns: Indices, cell: () => string): string {
  return columns.map((index) => index === null ? `${CELL}…</td>` : cell()).join("");
}

/** Every combination of indices in C order; one null for each gap, whatever axis it is on. */
function leadingIndices(axes: readonly Indices[]): (readonly number[] | null)[] {
  return axes.reduce<(readonly number[] | null)[]>(
    (lists, indices) =>
      lists.flatMap((list) =>
        list === null ? [null] : indices.map((index) => index === null ? null : [...list, index])
      ),
    [[]],
  );
}

/** The leading indices with the two axes of the table behind them. */
function showLeading(leading: readonly number[]): string {
  return `[${leading.join(", ")}, :, :]`;
}
