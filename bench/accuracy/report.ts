/** The table of errors. */

import type { Source } from "./find.ts";
import type { Row } from "./measure.ts";

/** The columns of the table that is printed, with their widths; the last takes what it needs. */
const COLUMNS = [["function", 8], ["dtype", 7], ["mode", 7], ["worst ulp", 9], ["points", 8]] as const;

/** Whether a function keeps to its bound. JavaScript's own have none. */
export function isWithin({ mode, worst, bound, wrongKind }: Row): boolean {
  return mode === "Math" || (worst <= bound && wrongKind === 0);
}

/**
 * What modules say of their errors and is not so, each as a sentence.
 *
 * @param rows What was measured.
 * @param sources What modules say.
 */
export function wrongClaims(rows: readonly Row[], sources: ReadonlyMap<string, Source>): string[] {
  return rows.flatMap(({ name, dtype, mode, worst }) => {
    const said = sources.get(name);
    if (said === undefined || mode === "Math") return [];
    const claim = dtype === "float64" ? said.ulp64 : said.ulp32;
    return worst <= claim + 1e-4
      ? []
      : [`${name} in ${dtype}, ${mode}: ${worst.toFixed(4)} ulp, not ${claim} as SOURCES says`];
  });
}

/** The line above the table. */
export function tableTitle(): string {
  return line(COLUMNS.map(([title]) => title), "at");
}

/** A line of the table. */
export function tableLine(row: Row): string {
  const { name, dtype, mode, worst, points, at, bound, wrongKind } = row;
  const remarks = [
    ...(isWithin(row) || worst <= bound ? [] : [`above ${bound} ulp`]),
    ...(wrongKind > 0 ? [`${wrongKind} of the wrong kind`] : []),
  ].map((remark) => `  (${remark})`).join("");
  return line([name, dtype, mode, worst.toFixed(4), String(points)], at.join(", ") + remarks);
}

function line(cells: readonly string[], last: string): string {
  return [...cells.map((cell, k) => cell.padEnd(COLUMNS[k][1])), last].join("  ");
}
