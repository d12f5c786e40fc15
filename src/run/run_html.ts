/**
 * What a run measured, as HTML for a notebook.
 *
 * @module
 */

import { type JupyterBundle, jupyterBundle } from "../array/print/html.ts";
import { showShape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { showBytes } from "../errors.ts";
import type { MemoryReport, RunReport, StoredReport, WorkerReport } from "./report.ts";

/**
 * A report in the formats that a notebook chooses from.
 *
 * @param report The report.
 */
export function reportBundle(report: RunReport): JupyterBundle {
  return { "text/plain": Deno.inspect(report, { colors: false }), "text/html": reportHtml(report) };
}

/**
 * A run in the formats that a notebook chooses from: what came out, and the report.
 *
 * @param run The run.
 */
export function runBundle(run: { readonly report: RunReport }): JupyterBundle {
  const html = `<div>${resultHtml(run)}${reportHtml(run.report)}</div>`;
  return { "text/plain": Deno.inspect(run, { colors: false, depth: 6 }), "text/html": html };
}

/** An array that came out as a table; of outputs, which may be large or live elsewhere, what they are. */
function resultHtml(run: object): string {
  const { array, outputs, value } = run as Readonly<Record<string, unknown>>;
  if (array instanceof SharedNdArray && !array.isDisposed) return jupyterBundle(array)["text/html"];
  if (typeof outputs === "object" && outputs !== null) {
    const names = Object.entries(outputs).map(([name, { dtype, shape }]) =>
      `<code>${escapeHtml(name)}</code> ${escapeHtml(String(dtype))} ${showShape(shape)}`
    );
    return `<p>${names.join(", ")}</p>`;
  }
  return value === undefined ? "" : `<pre>${escapeHtml(Deno.inspect(value, { colors: false }))}</pre>`;
}

/**
 * A report as one HTML element. It has no colours but those of bars, so that it reads on light and on dark.
 *
 * @param report The report.
 */
export function reportHtml(report: RunReport): string {
  const { workers, caller, elapsedMs, memory, stored, notes } = report;
  const rows = [
    ...caller === null ? [] : [shareRow("calling thread", caller, elapsedMs)],
    ...workers.map((worker) => shareRow(`worker ${worker.worker}`, worker, elapsedMs)),
    memoryRow(memory),
    ...stored === null ? [] : storedRows(stored),
  ];
  const said = notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("");
  return `<div style="font-family: system-ui, sans-serif">${headline(report)}` +
    `<table style="border-collapse: collapse; text-align: left">${rows.join("")}</table>` +
    `${said === "" ? "" : `<ul>${said}</ul>`}</div>`;
}

function headline(
  { tiles, tile, shape, elapsedMs, tilesPerSecond, workersUsed, caller, cores }: RunReport,
): string {
  const who = caller !== null && workersUsed === 0
    ? "the calling thread"
    : `${count(workersUsed, "worker")} on ${count(cores, "core")}`;
  return `<p><strong>${milliseconds(elapsedMs)}</strong> for ${count(tiles, "tile")} of ${
    showShape(tile)
  } over ` +
    `${showShape(shape)}, by ${who}: ${Math.round(tilesPerSecond).toLocaleString("en")} tiles/s</p>`;
}

function shareRow(
  name: string,
  { tiles, busyMs }: Pick<WorkerReport, "tiles" | "busyMs">,
  elapsedMs: number,
): string {
  const share = busyMs / Math.max(elapsedMs, 1e-9);
  return row(name, bar(share), `${count(tiles, "tile")}, busy ${milliseconds(busyMs)} (${percent(share)})`);
}

function memoryRow({ peak, predictedPeak, shared }: MemoryReport): string {
  const most = Math.max(peak, predictedPeak, 1);
  const text = `peak ${showBytes(peak)}, predicted ${showBytes(predictedPeak)}, ${
    showBytes(shared)
  } of arrays`;
  return row("memory", bar(peak / most), text);
}

function storedRows(
  { readBytes, writtenBytes, readMs, computeMs, encodeMs, writeMs, skipped }: StoredReport,
): string[] {
  const all = Math.max(readMs + computeMs + encodeMs + writeMs, 1e-9);
  const done = skipped === 0 ? "" : `, ${count(skipped, "block")} done before`;
  return [
    row("reading", bar(readMs / all), `${showBytes(readBytes)}, waited ${milliseconds(readMs)}`),
    row("computing", bar(computeMs / all), `${milliseconds(computeMs)}${done}`),
    row(
      "writing",
      bar((encodeMs + writeMs) / all),
      `${showBytes(writtenBytes)}, encoded ${milliseconds(encodeMs)}, waited ${milliseconds(writeMs)}`,
    ),
  ];
}

function row(name: string, shown: string, text: string): string {
  const cell = (content: string) =>
    `<td style="text-align: left; padding: 0.1em 1em 0.1em 0">${content}</td>`;
  return `<tr>${cell(name)}${cell(shown)}${cell(text)}</tr>`;
}

/** A bar that is filled to a share. */
function bar(share: number): string {
  return `<div role="img" aria-label="${
    percent(share)
  }" style="width: 12em; background: rgba(128, 128, 128, 0.25)">` +
    `<div style="width: ${percent(share)}; height: 0.8em; background: #2a788e"></div></div>`;
}

function percent(share: number): string {
  return `${Math.round(100 * Math.max(0, Math.min(1, share)))}%`;
}

function milliseconds(ms: number): string {
  return ms < 10_000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text that is read as it stands, between tags and in attributes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
}
