/**
 * What there is in a file or a store, as text of 80 columns and as JSON.
 *
 * @module
 */

import { showShape } from "../array/layout/shape.ts";
import { showBytes } from "../errors.ts";
import { shownText } from "../io/shown_text.ts";
import type { Described, DescribedArray } from "./described_file.ts";
import { versioned } from "./report_json.ts";

/** The longest line. */
const COLUMNS = 80;

/** Columns of what stands before the values. */
const LABEL = 17;

/**
 * As text.
 *
 * @param described What was found.
 */
export function describedText({ path, format, bytes, attributes, arrays }: Described): string {
  const lines = [
    `${path}: ${format}${bytes === null ? "" : `, ${showBytes(bytes)}`}`,
    ...attributeLines(attributes),
  ];
  for (const array of arrays) {
    lines.push("");
    if ("problem" in array) {
      lines.push(...labelled(shownText(array.name), `cannot be read: ${array.problem}`, 0));
    } else lines.push(...arrayLines(array));
  }
  if (arrays.length === 0) lines.push("", "There are no arrays of a known dtype and shape");
  return lines.join("\n") + "\n";
}

function arrayLines(array: DescribedArray): string[] {
  const { name, dtype, shape, chunks, codecs, bytes, storedBytes, dimensionNames, fillValue } = array;
  const stored = storedBytes === null ? "" : `, ${showBytes(storedBytes)} stored`;
  return [
    `${name === "" ? "" : `${shownText(name)}: `}${dtype} ${showShape(shape)}`,
    ...dimensionNames.some((dimension) => dimension !== null)
      ? labelled(
        "dimensions",
        dimensionNames.map((dimension) => dimension === null ? "-" : shownText(dimension)).join(", "),
      )
      : [],
    ...chunks === null ? [] : labelled("chunks", showShape(chunks)),
    ...codecs.length === 0 ? [] : labelled("codecs", codecs.map(shownText).join(", ")),
    ...labelled("size", `${showBytes(bytes)} in memory${stored}`),
    ...fillValue === null ? [] : labelled("fill value", shown(fillValue)),
    ...attributeLines(array.attributes),
  ];
}

function attributeLines(attributes: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(attributes).flatMap(([name, value]) => labelled(shownText(name), shown(value)));
}

function shown(value: unknown): string {
  if (typeof value === "string") return shownText(value.length > 500 ? `${value.slice(0, 500)}…` : value);
  return shownText(typeof value === "object" ? JSON.stringify(value, plain) : String(value));
}

/** A label and text behind it, broken between words where it is too long for a line. */
function labelled(label: string, text: string, indent = 2): string[] {
  const lines: string[] = [];
  let line = `${" ".repeat(indent)}${label.padEnd(LABEL - indent - 1)} `;
  const margin = " ".repeat(LABEL);
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && line.length + word.length > COLUMNS && line.length > LABEL) {
      lines.push(line.trimEnd());
      line = margin;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/**
 * As JSON, in one line.
 *
 * @param described What was found.
 */
export function describedJson(described: Described): string {
  return JSON.stringify(versioned(described, "info"), plain) + "\n";
}

/** What JSON has no number for is text. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))
    ? String(value)
    : value;
}
