/**
 * What was reached of what the machine can do: a roofline where the number of instructions is known, and bytes a second
 * beside the memory's bandwidth where it is not.
 *
 * @module
 */

import { plot, roundPowers, setSize } from "./axes.js";
import { bytesDone } from "./data.js";
import { byId, draw, setTable, table } from "./dom.js";
import { bytes, digits, duration, percent, rate, things } from "./format.js";
import { exploreMarks } from "./small_figures.js";

/** @typedef {import("./data.js").RunData} RunData */
/** @typedef {import("../../run/machine_speed.ts").MachineSpeed} MachineSpeed */

/**
 * What a pass reached while tiles were being done.
 *
 * @typedef {{ label: string, seconds: number, bytes: number, perSecond: number,
 *   instructions: number | null, intensity: number | null }} Reached
 */

/**
 * Draws a run.
 *
 * @param {RunData} data
 */
export function drawRoofline({ phases, machine }) {
  const hasOne = phases.length === 1;
  const svg = byId("roofline-svg"), all = reachedBy(phases);
  const known = all.filter(({ instructions, intensity }) =>
    instructions !== null && intensity !== null && instructions > 0
  );
  byId("roofline").classList.toggle("empty", all.length === 0);
  svg.replaceChildren();
  if (all.length === 0) {
    byId("roofline-note").textContent = "It is not known how many bytes were read and written.";
  } else if (machine !== null && secondsOf(known) >= secondsOf(all) / 2) {
    drawRoof(svg, known, machine, hasOne);
  } else drawBandwidth(svg, all, machine, hasOne);
  // That the arrays of a stream were fetched meanwhile is not seen from the time alone.
  if (phases.some(({ name, done }) => name.startsWith("stream") && done > 0)) {
    byId("roofline-note").textContent +=
      " Blocks were read from where arrays live, and written, in that time.";
  }
  setTable("roofline", () => reachedTable(all, machine));
}

/** @param {readonly Reached[]} all */
function secondsOf(all) {
  return all.reduce((sum, { seconds }) => sum + seconds, 0);
}

/**
 * The pass that took longest: what is said of a run is said of it.
 *
 * @param {readonly Reached[]} all
 */
export function mainOf(all) {
  return all.reduce((most, each) => each.seconds > most.seconds ? each : most, all[0]);
}

/**
 * @param {RunData["phases"]} phases
 * @returns {Reached[]}
 */
function reachedBy(phases) {
  return phases.flatMap((phase) => {
    const moved = bytesDone(phase), seconds = (phase.lastMs - phase.firstMs) / 1000;
    if (moved === null || moved === 0 || !(seconds > 0)) return [];
    const share = Math.min(1, phase.done / phase.tiles);
    const all = phase.weight === null ? null : phase.weight * phase.elements * share;
    return [{
      label: phase.label,
      seconds,
      bytes: moved,
      perSecond: moved / seconds,
      instructions: all === null ? null : all / seconds,
      intensity: all === null ? null : all / moved,
    }];
  });
}

/**
 * @param {HTMLElement} svg
 * @param {readonly Reached[]} all
 * @param {MachineSpeed} machine
 * @param {boolean} hasOne Whether there is one pass.
 */
function drawRoof(svg, all, { bandwidth, compute, workers }, hasOne) {
  const ridge = compute / bandwidth, intensities = all.map(({ intensity }) => intensity ?? 0);
  const least = Math.min(ridge, ...intensities) / 4, most = Math.max(ridge, ...intensities) * 4;
  const roof = (/** @type {number} */ x) => Math.min(compute, bandwidth * x);
  const lowest = Math.min(roof(least), ...all.map(({ instructions }) => instructions ?? Infinity)) / 2;
  const highest = Math.max(compute, ...all.map(({ instructions }) => instructions ?? 0)) * 2.5;
  const { x, y } = plot(svg, {
    height: 260,
    x: {
      least,
      most,
      isLog: true,
      ticks: roundPowers(least, most, 5),
      text: digits,
      label: "vector instructions a byte (log)",
    },
    y: {
      least: lowest,
      most: highest,
      isLog: true,
      ticks: roundPowers(lowest, highest, 5),
      text: rate,
      label: "vector instructions a second (log)",
    },
  });
  const corner = Math.min(most, Math.max(least, ridge));
  svg.append(
    draw("path", {
      d: `M${x(least)} ${y(roof(least))}L${x(corner)} ${y(roof(corner))}L${x(most)} ${y(roof(most))}`,
      class: "roof",
    }),
    draw("text", { x: x(corner) + 6, y: y(compute) - 7, class: "halo" }, "computing"),
    draw(
      "text",
      { x: (x(least) + x(corner)) / 2 + 10, y: (y(roof(least)) + y(roof(corner))) / 2 + 16, class: "halo" },
      `memory ${bytes(bandwidth)}/s`,
    ),
  );
  const marks = all.map((point) => {
    const cx = x(point.intensity ?? 1), cy = y(point.instructions ?? 1), top = y(roof(point.intensity ?? 1));
    svg.append(
      draw("line", { x1: cx, x2: cx, y1: cy, y2: top, class: "gap" }),
      draw("circle", { cx, cy, r: 5, class: "dot" }),
    );
    return {
      x: cx - 6,
      y: cy - 6,
      width: 12,
      height: 12,
      lines: () => reachedLines(point, roof(point.intensity ?? 1)),
    };
  });
  exploreMarks(svg, marks);
  const point = mainOf(all), share = (point.instructions ?? 0) / roof(point.intensity ?? 1);
  byId("roofline-note").textContent = `${hasOne ? "The run" : `The ${point.label} pass`} reached ${
    percent(share)
  } of what ${(point.intensity ?? 0) < ridge ? "memory" : "computing"} allows (${
    bytes(point.perSecond)
  }/s) while tiles were being done, from the first to the last. Measured with ${
    things(workers, "worker")
  }; what a cache holds can be above.`;
}

/**
 * @param {Reached} point
 * @param {number} possible
 */
function reachedLines({ label, perSecond, instructions, intensity, seconds }, possible) {
  return [
    label,
    `${bytes(perSecond)}/s for ${duration(seconds * 1000)}`,
    ...(instructions === null ? [] : [
      `${rate(instructions)} instructions a second`,
      `${digits(intensity ?? 0)} a byte`,
      `${percent(instructions / possible)} of the roof`,
    ]),
  ];
}

/**
 * @param {HTMLElement} svg
 * @param {readonly Reached[]} all
 * @param {MachineSpeed | null} machine
 * @param {boolean} hasOne Whether there is one pass.
 */
function drawBandwidth(svg, all, machine, hasOne) {
  const shown = all.slice(0, 12), width = Math.max(240, Math.round(svg.parentElement?.clientWidth ?? 640));
  const most = Math.max(machine?.bandwidth ?? 0, ...shown.map(({ perSecond }) => perSecond)) * 1.02;
  const left = 8, right = width - 12, top = 26, tall = 22, step = 46;
  const x = (/** @type {number} */ value) => left + (right - left) * value / most;
  setSize(svg, width, top + shown.length * step + 24);
  const marks = shown.map((each, k) => {
    const y = top + k * step + 16, wide = Math.max(1, x(each.perSecond) - left);
    svg.append(
      draw("text", { x: left, y: y - 5 }, `${each.label}: ${bytes(each.perSecond)}/s`),
      draw("rect", { x: left, y, width: right - left, height: tall, class: "back" }),
      draw("rect", { x: left, y, width: wide, height: tall, class: "bar" }),
    );
    return { x: left, y, width: wide, height: tall, lines: () => reachedLines(each, Infinity) };
  });
  if (machine !== null) {
    const at = x(machine.bandwidth), bottom = top + shown.length * step;
    svg.append(
      draw("line", { x1: at, x2: at, y1: 18, y2: bottom, class: "level peak" }),
      draw("text", { x: at - 4, y: 14, class: "end" }, `bandwidth of memory ${bytes(machine.bandwidth)}/s`),
    );
  }
  exploreMarks(svg, marks);
  const first = mainOf(all);
  byId("roofline-note").textContent = machine === null
    ? "Bytes read and written a second while tiles were being done. The machine's own speed was not measured."
    : `${hasOne ? "The run" : `The ${first.label} pass`} read and wrote ${
      bytes(first.perSecond)
    } a second while tiles were being done: ${percent(first.perSecond / machine.bandwidth)} of the ${
      bytes(machine.bandwidth)
    }/s that ${things(machine.workers, "worker")} reach with a + b.${
      all.length > shown.length ? ` The first ${shown.length} of ${all.length} passes are drawn.` : ""
    }`;
}

/**
 * @param {readonly Reached[]} all
 * @param {MachineSpeed | null} machine
 */
function reachedTable(all, machine) {
  const rows = all.map(({ label, seconds, bytes: moved, perSecond, instructions }) => [
    label,
    duration(seconds * 1000),
    bytes(moved),
    `${bytes(perSecond)}/s`,
    machine === null ? "–" : percent(perSecond / machine.bandwidth),
    instructions === null ? "–" : rate(instructions),
    machine === null || instructions === null ? "–" : percent(instructions / machine.compute),
  ]);
  const head = [
    "pass",
    "time",
    "bytes",
    "bytes a second",
    "of bandwidth",
    "instructions a second",
    "of computing",
  ];
  return table("What was reached", head, rows);
}
