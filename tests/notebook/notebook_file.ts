/** Notebooks as files: nbformat 4.5. */

import type { Execution, Kernel, Output } from "./kernel.ts";

/** A cell, as it is stored. */
export interface Cell {
  readonly cell_type: "markdown" | "code";
  readonly id: string;
  readonly metadata: object;
  readonly source: string | readonly string[];
  execution_count?: number | null;
  outputs?: StoredOutput[];
}

/** An output, as it is stored: text as a list of lines. */
export type StoredOutput = Omit<Output, "text" | "data"> & {
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
};

/** A notebook, as it is stored. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: { readonly kernelspec: { readonly name: string } };
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

/** The notebook that goes through the vapour pressure job. */
export const VAPOUR_PRESSURE = new URL("../../examples/notebook/vapour_pressure.ipynb", import.meta.url);

/** Reads a notebook. */
export async function readNotebook(file: URL): Promise<Notebook> {
  return JSON.parse(await Deno.readTextFile(file));
}

/** The text of a cell. */
export function sourceOf({ source }: Cell): string {
  return typeof source === "string" ? source : source.join("");
}

/** The cells with code. */
export function codeCells({ cells }: Notebook): Cell[] {
  return cells.filter((cell) => cell.cell_type === "code");
}

/** Runs the cells with code one after another, and tells of each what came of it, until one fails. */
export async function runNotebook(kernel: Kernel, notebook: Notebook): Promise<Map<Cell, Execution>> {
  const executions = new Map<Cell, Execution>();
  for (const cell of codeCells(notebook)) {
    const execution = await kernel.execute(sourceOf(cell));
    executions.set(cell, execution);
    if (execution.status !== "ok") break;
  }
  return executions;
}

/** An output as it is stored. */
export function storedOutput(output: Output): StoredOutput {
  switch (output.output_type) {
    case "stream":
      return { ...output, text: linesOf(output.text) };
    case "error":
      return output;
    default: {
      const data = Object.entries(output.data).map(([type, value]) => {
        const isText = typeof value === "string" && type.startsWith("text/");
        return [type, isText ? linesOf(value) : value] as const;
      });
      return { ...output, data: Object.fromEntries(data) };
    }
  }
}

function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}
