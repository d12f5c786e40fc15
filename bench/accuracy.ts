/**
 * The worst errors of the functions in SIMD, against a reference in quadruple precision.
 *
 * usage: deno task accuracy [FUNCTION…] [--points 1000000] [--json FILE] [--markdown FILE]
 *
 * Functions are looked for in src/simd/functions; without a name, all of them are measured. Needs gcc with libquadmath.
 * Ends with 1 when an error is above its bound.
 */

import { parseArgs } from "@std/cli/parse-args";
import { changedSince, findFunctions } from "./accuracy/find.ts";
import type { Build } from "../tests/simd/run_lanes.ts";
import { FUNCTIONS, type Measured } from "./accuracy/functions.ts";
import { compare, computeLanes, computeMath, makePoints, type Mode, type Row } from "./accuracy/measure.ts";
import { Reference } from "./accuracy/reference.ts";
import { functionsPage, writePage } from "./accuracy/page.ts";
import { isWithin, tableLine, tableTitle, wrongClaims } from "./accuracy/report.ts";
import type { Width } from "./accuracy/ulp.ts";
import { computeWithoutFma, isFused } from "./accuracy/without_fma.ts";

/** What the memory of compiled code has room for. */
const MOST_POINTS = 2 ** 21;

const args = parseArgs(Deno.args, { string: ["points", "json", "markdown"], default: { points: "1000000" } });
const points = Number(args.points);
const names = args._.map(String);
const unknown = names.filter((name) => !FUNCTIONS.some((known) => known.name === name));
if (unknown.length > 0) {
  throw new Error(
    `Not measured here: ${unknown.join(", ")}; known are ${FUNCTIONS.map((fn) => fn.name).join(", ")}`,
  );
}

if (!(Number.isInteger(points) && points > 0 && points <= MOST_POINTS)) {
  throw new Error(`--points must be an integer from 1 to ${MOST_POINTS}, not ${args.points}`);
}
if (args.markdown !== undefined && names.length > 0) {
  throw new Error("--markdown writes a page about all functions: name none");
}

const began = Date.now();
const found = await findFunctions();
for (const reason of found.broken) console.error(`Not loaded: ${reason}`);
const hasFma = isFused();
await using reference = await Reference.open();
const rows: Row[] = [];
const missing: string[] = [];

function report(row: Row): void {
  rows.push(row);
  console.log(tableLine(row));
  for (const example of row.examples) console.log(`  ${example}`);
}

async function measure(measured: Measured, width: Width, build: Build): Promise<void> {
  const there = await makePoints(reference, measured, width, points);
  const results: [Mode, ArrayLike<number> | undefined][] = [
    [hasFma ? "default" : "no FMA", computeLanes(build, there.args, width, false)],
    ["no FMA", hasFma ? await computeWithoutFma(measured.name, there.args, width) : undefined],
    ["strict", computeLanes(build, there.args, width, true)],
    ["Math", width === "float64" ? computeMath(measured, there) : undefined],
  ];
  for (const [mode, got] of results) {
    if (got !== undefined) report(compare(measured, there, got, width, mode));
  }
}

console.log(tableTitle());
for (const measured of FUNCTIONS) {
  if (names.length > 0 && !names.includes(measured.name)) continue;
  for (const width of ["float64", "float32"] as const) {
    const build = found.build(measured.name, width);
    if (build === undefined) missing.push(measured.name + width.slice(-2));
    else await measure(measured, width, build);
  }
}
if (missing.length > 0) console.log(`\nMissing: ${missing.join(", ")}`);
for (const claim of wrongClaims(rows, found.sources)) console.log(claim);
const changed = await changedSince(began);
if (changed.length > 0) {
  throw new Error(`Measure again, nothing is written: ${changed.join(", ")} changed meanwhile`);
}
if (args.json !== undefined) await Deno.writeTextFile(args.json, JSON.stringify(rows, null, 1) + "\n");
if (args.markdown !== undefined) {
  if (missing.length > 0) throw new Error("The page is not written: functions are missing");
  await writePage(args.markdown, functionsPage(rows, { sources: found.sources, points, hasFma }));
}
if (!rows.every(isWithin)) Deno.exitCode = 1;
