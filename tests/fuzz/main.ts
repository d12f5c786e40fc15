/**
 * The task `fuzz`: random cases for as long as wanted, or one case again.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { describeFinding, type Finding, randomOf, runCases, type Summary } from "./runner.ts";
import { TARGETS } from "./targets.ts";
import { startWatchdog } from "./watchdog.ts";

/** How long one target has the word before the next one, in milliseconds. */
const TURN_MS = 5000;

/** How many findings of a target are collected. */
const MOST_FINDINGS = 100;

const args = parseArgs(Deno.args, {
  string: ["minutes", "seed", "target", "case", "save"],
  unknown: (word) => {
    console.error(`Unknown word ${word}: expected --minutes, --seed, --target, --case, --save FOLDER`);
    Deno.exit(2);
  },
});

function wholeNumber(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && (flag === "minutes" || Number.isInteger(value))) return value;
  console.error(`--${flag} ${text} is not a number that it can be`);
  Deno.exit(2);
}

const minutes = wholeNumber("minutes", args.minutes, 20);
const seed = wholeNumber("seed", args.seed, Date.now() % 2 ** 31);
const names = args.target === undefined ? Object.keys(TARGETS) : [args.target];
const unknown = names.find((name) => !Object.hasOwn(TARGETS, name));
if (unknown !== undefined) {
  console.error(`Unknown target ${unknown}: expected one of ${Object.keys(TARGETS).join(", ")}`);
  Deno.exit(2);
}

/** All that came of a target so far. */
interface Total {
  cases: number;
  readonly outcomes: Map<string, number>;
  slowest: Summary["slowest"];
  findings: number;
}

const totals = new Map<string, Total>();
let found = 0, peak = 0;

function add({ target, cases, outcomes, slowest, findings }: Summary): void {
  const total = totals.get(target) ?? { cases: 0, outcomes: new Map(), slowest, findings: 0 };
  total.cases += cases;
  for (const [name, count] of outcomes) total.outcomes.set(name, (total.outcomes.get(name) ?? 0) + count);
  if (slowest.ms > total.slowest.ms) total.slowest = slowest;
  total.findings += findings.length;
  totals.set(target, total);
  for (const finding of findings) tell(finding);
}

/** What was found so far, without what differs from case to case. */
const told = new Set<string>();

function tell(finding: Finding): void {
  found++;
  const kind = `${finding.target} ${finding.reason.replace(/"[^"]*"|\d+|\/\S*/g, "")}`;
  if (told.has(kind)) return;
  told.add(kind);
  console.log(`FOUND ${describeFinding(finding)}`);
  save(finding);
}

/** Keeps what a case is made of, where that is wanted. */
function save({ target, number, material }: Pick<Finding, "target" | "number" | "material">): void {
  if (args.save === undefined) return;
  const bytes = typeof material === "string" ? new TextEncoder().encode(material) : material;
  Deno.mkdirSync(args.save, { recursive: true });
  Deno.writeFileSync(`${args.save}/${target}-${seed}-${number}`, bytes);
}

using watchdog = startWatchdog(seed);
console.log(`seed ${seed}`);
const open = [];
for (const name of names) open.push(await TARGETS[name]());
const end = performance.now() + minutes * 60_000;
const next = new Map(open.map(({ name }) => [name, 0]));
if (args.case !== undefined) {
  const first = wholeNumber("case", args.case, 0);
  for (const target of open) {
    const { about, material } = await target.makeCase(randomOf(seed, target.name, first));
    console.log(`${target.name}, case ${first}: ${about}`);
    if (typeof material === "string") console.log(material);
    save({ target: target.name, number: first, material });
    add(await runCases(target, { seed, first, cases: 1, onCase: watchdog.see }));
  }
} else {
  while (performance.now() < end) {
    for (const target of open) {
      const first = next.get(target.name) ?? 0, left = end - performance.now();
      const sofar = totals.get(target.name)?.findings ?? 0;
      if (sofar >= MOST_FINDINGS) continue;
      const summary = await runCases(target, {
        seed,
        first,
        ms: Math.min(TURN_MS, left / open.length),
        findings: MOST_FINDINGS - sofar,
        onCase: (name, number) => watchdog.see(name, number),
      });
      next.set(target.name, first + summary.cases);
      add(summary);
      peak = Math.max(peak, Deno.memoryUsage().rss);
    }
    if ([...totals.values()].every(({ findings }) => findings >= MOST_FINDINGS)) break;
  }
}
for (const target of open) await target[Symbol.asyncDispose]();

for (const [name, { cases, outcomes, slowest, findings }] of totals) {
  const counts = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`);
  console.log(
    `${name}: ${cases} cases, ${findings} findings; ${counts.join(", ")}; ` +
      `slowest ${slowest.ms.toFixed(1)} ms (case ${slowest.number})`,
  );
}
peak = Math.max(peak, Deno.memoryUsage().rss);
console.log(`peak RSS ${(peak / 2 ** 20).toFixed(0)} MiB; ${found} findings with seed ${seed}`);
watchdog[Symbol.dispose]();
Deno.exit(found > 0 ? 1 : 0);
