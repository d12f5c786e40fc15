import { assert, assertEquals } from "@std/assert";
import { describeFinding, runCases } from "./runner.ts";
import { TARGETS } from "./targets.ts";

/** The same cases in every run; `deno task fuzz` tries others. */
const SEED = 20_261_123;

/** How many cases of each target take no more than a second. */
const CASES: Readonly<Record<string, number>> = {
  npy: 1500,
  npz: 500,
  netcdf: 1000,
  tiles: 1000,
  expressions: 1500,
  command: 300,
};

/** What every target must have come to at least once: otherwise its cases are all alike. */
const OUTCOMES: Readonly<Record<string, readonly string[]>> = {
  npy: ["read", "FormatError"],
  npz: ["read", "FormatError"],
  netcdf: ["read", "FormatError"],
  tiles: ["array, plan", "array, PlanError", "ShapeError, ShapeError", "AllocationError, PlanError"],
  expressions: ["equal", "computed", "ExpressionError"],
  command: ["exit code 0", "exit code 2"],
};

Deno.test("there is a budget for each target", () => {
  assertEquals([Object.keys(CASES), Object.keys(OUTCOMES)], [Object.keys(TARGETS), Object.keys(TARGETS)]);
});

for (const [name, open] of Object.entries(TARGETS)) {
  Deno.test(`${name}: whatever is given is refused clearly, or understood`, async () => {
    await using target = await open();
    const { cases, outcomes, findings } = await runCases(target, { seed: SEED, cases: CASES[name] });
    assertEquals(findings.map(describeFinding), []);
    assertEquals(cases, CASES[name]);
    for (const outcome of OUTCOMES[name]) {
      assert((outcomes.get(outcome) ?? 0) > 0, `no ${outcome} among ${[...outcomes.keys()].join("; ")}`);
    }
  });
}
