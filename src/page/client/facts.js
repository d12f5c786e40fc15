/**
 * What is said in words and numbers: the headline, notes, what came out, the plan, the kernel, and what ran it.
 *
 * @module
 */

import { balanceOf } from "./balance.js";
import { bytesDone } from "./data.js";
import { byId, make, table } from "./dom.js";
import { bytes, capital, count, duration, list, percent, rate, things } from "./format.js";

/** @typedef {import("./data.js").RunData} RunData */

/**
 * @param {string} id
 * @param {boolean} isThere
 */
function show(id, isThere) {
  byId(id).hidden = !isThere;
}

/**
 * Writes what there is to say of a run.
 *
 * @param {RunData} data
 */
export function writeFacts(data) {
  document.title = data.title;
  byId("title").textContent = data.title;
  byId("when").textContent = data.began === 0 ? "" : whenText(data);
  byId("headline").replaceChildren(...headlineOf(data));
  writeNotes(data);
  writeOutputs(data);
  writePlan(data);
  writeKernel(data);
  writeCommand(data);
}

/** @param {RunData} data */
function whenText({ began, phases }) {
  const when = new Date(began).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "medium" });
  return `${when}, ${things(phases.length, "pass", "passes")}: ${
    phases.slice(0, 6).map(({ name }) => name).join(", ")
  }${phases.length > 6 ? ", …" : ""}`;
}

/**
 * A number of the headline. `data-value` has it as the report has it.
 *
 * @param {string} id
 * @param {string} name
 * @param {number} value
 * @param {string} text
 * @param {string} more
 */
function figure(id, name, value, text, more) {
  return make(
    "div",
    { id: `figure-${id}`, class: "figure", "data-value": value },
    make("dt", {}, name),
    make("dd", {}, make("strong", {}, text), make("span", {}, more)),
  );
}

/** @param {RunData} data */
function headlineOf(data) {
  const { report, elapsedMs, phases, predictedPeak, memory } = data;
  const elapsed = report?.elapsedMs ?? elapsedMs, done = phases.reduce((sum, phase) => sum + phase.done, 0);
  const tiles = report?.tiles ?? phases.at(-1)?.tiles ?? 0;
  const moved = phases.reduce((sum, phase) => sum + (bytesDone(phase) ?? 0), 0);
  const seconds = Math.max(elapsedMs, elapsed) / 1000,
    each = report?.tilesPerSecond ?? (seconds > 0 ? done / seconds : 0);
  const peak = report?.memory.peak ?? memory.rss.reduce((most, value) => Math.max(most, value), 0);
  const balance = balanceOf(data), busyMs = balance.reduce((sum, { busy }) => sum + busy, 0);
  const share = balance.length === 0 || elapsedMs === 0
    ? 0
    : Math.min(1, busyMs / (balance.length * elapsedMs));
  const workers = report?.workersUsed ?? data.workers.filter((worker) => worker >= 0).length;
  return [
    figure(
      "elapsed",
      "Elapsed",
      elapsed,
      duration(elapsed),
      report === null ? "so far" : "from the call to the end",
    ),
    figure(
      "tiles",
      "Tiles",
      tiles,
      count(tiles),
      phases.length > 1
        ? `in the last of ${phases.length} passes; ${count(done)} in all`
        : done === tiles || done === 0
        ? `${list(phases.at(-1)?.grid ?? report?.grid ?? [])} in a grid`
        : `${count(done)} done`,
    ),
    figure(
      "rate",
      "Tiles a second",
      each,
      rate(each),
      tiles === 0 ? "" : `${duration(1000 / Math.max(1e-9, each))} a tile`,
    ),
    figure(
      "throughput",
      "Throughput",
      seconds > 0 ? moved / seconds : 0,
      moved === 0 ? "–" : `${bytes(moved / seconds)}/s`,
      moved === 0 ? "not known" : `${bytes(moved)} read and written`,
    ),
    figure(
      "memory",
      "Memory peak",
      peak,
      bytes(peak),
      predictedPeak === null ? "" : `predicted ${bytes(predictedPeak)}`,
    ),
    figure(
      "busy",
      "Workers busy",
      share,
      percent(share),
      workers === 0 ? "the calling thread" : things(workers, "worker"),
    ),
  ];
}

/** @param {RunData} data */
function writeNotes({ notes, joins, rows }) {
  const joined = joins === 1 ? [] : [
    `The timeline had ${count(rows)} rows. ${
      count(joins)
    } of a worker, one after another, were made one here; sums are exact.`,
  ];
  const all = [...notes, ...joined];
  show("notes", all.length > 0);
  byId("notes-list").replaceChildren(...all.map((note) => make("li", {}, note)));
}

/** @param {RunData} data */
function writeOutputs({ outputs }) {
  show("outputs", outputs.length > 0);
  byId("outputs-list").replaceChildren(...outputs.map(({ name, dtype, shape, path, picture, caption }) => {
    const text = `${name}: ${dtype} ${list(shape)}${path === null ? "" : `, ${path}`}`;
    const image = picture === null
      ? []
      : [make("img", { src: `data:image/png;base64,${picture}`, alt: caption ?? `A picture of ${name}` })];
    const words = [make("strong", {}, text), ...(caption === null ? [] : [make("br"), caption])];
    return make("figure", {}, ...image, make("figcaption", {}, ...words));
  }));
}

/** @param {readonly (readonly [string, string])[]} pairs */
function pairs(pairs) {
  return pairs.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]);
}

/** @param {RunData} data */
function writePlan({ report, phases }) {
  const plan = report ?? phases.at(-1);
  show("plan", plan !== undefined);
  if (plan === undefined) return;
  const facts = [
    ["shape", list(plan.shape)],
    ["tile", list(plan.tile)],
    ["grid", `${list(plan.grid)}, ${things(plan.tiles, "tile")}`],
  ];
  if (report !== null) {
    const { grain, workersAsked, workersUsed, cores, retried, memory, stored, caller } = report;
    facts.push(
      ["grain", `${things(grain, "tile")} claimed at a time, at most`],
      [
        "workers",
        `${workersUsed} of ${workersAsked}, on ${things(cores, "core")}${
          caller === null ? "" : "; the calling thread did it"
        }`,
      ],
      [
        "memory",
        `${bytes(memory.shared)} shared, ${bytes(memory.copied)} copied; ${bytes(memory.current)} at the end`,
      ],
      ...(retried === 0 ? [] : [["tried again", things(retried, "call")]]),
      ...(stored === null ? [] : [[
        "stored arrays",
        `${bytes(stored.readBytes)} read in ${duration(stored.readMs)}, ${
          bytes(stored.writtenBytes)
        } written in ${duration(stored.writeMs)}, ${duration(stored.computeMs)} computed, ${
          things(stored.skipped, "block")
        } skipped; summed over workers`,
      ]]),
    );
  }
  byId("plan-facts").replaceChildren(...pairs(facts.map(([name, text]) => [name, text])));
  const arrays = new Map(
    phases.flatMap((phase) =>
      phase.arrays.map((array) => [`${array.name} ${array.isOutput} ${list(array.shape)}`, array])
    ),
  );
  const rows = [...arrays.values()].slice(0, 200).map(({ name, dtype, shape, bytes: size, isOutput }) => [
    name,
    isOutput ? "written" : "read",
    dtype,
    list(shape),
    bytes(size),
  ]);
  byId("plan-arrays").replaceChildren(
    rows.length === 0 ? "" : table("Arrays", ["array", "use", "dtype", "shape", "bytes"], rows),
  );
}

/** @param {RunData} data */
function writeKernel({ kernel }) {
  show("kernel", kernel !== null);
  if (kernel === null) return;
  byId("kernel-kind").textContent = capital(kernel.kind);
  byId("kernel-source").textContent = kernel.source;
  byId("kernel-explanation").textContent = kernel.explanation ?? "";
  show("kernel-more", kernel.explanation !== undefined);
}

/** @param {RunData} data */
function writeCommand({ command, versions }) {
  show("command-box", command !== null);
  byId("command").textContent = command ?? "";
  const names = {
    tilewise: "tilewise",
    deno: "Deno",
    v8: "V8",
    typescript: "TypeScript",
    os: "system",
    cpu: "processor",
  };
  const known = Object.entries({ ...names, ...versions }).filter(([name]) => Object.hasOwn(versions, name));
  byId("versions").replaceChildren(
    ...pairs(
      known.map(([name, text]) => [
        Object.entries(names).find(([key]) => key === name)?.[1] ?? name,
        String(text),
      ]),
    ),
  );
  show("reproduce", command !== null || known.length > 0);
}
