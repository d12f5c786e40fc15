/** The page about functions, as Markdown. */

import type { Source } from "./find.ts";
import type { Mode, Row } from "./measure.ts";
import type { Width } from "./ulp.ts";

/** The columns of the table of errors. */
const COLUMNS: readonly [title: string, dtype: Width, mode: Mode][] = [
  ["float64", "float64", "default"],
  ["without FMA", "float64", "no FMA"],
  ["strict", "float64", "strict"],
  ["JavaScript's `Math`", "float64", "Math"],
  ["float32", "float32", "default"],
  ["without FMA", "float32", "no FMA"],
  ["strict", "float32", "strict"],
];

/** What the page says besides the figures. */
export interface PageFacts {
  /** What modules say about their functions, those included that are not measured. */
  readonly sources: ReadonlyMap<string, Source>;
  /** How many points each figure is the worst of. */
  readonly points: number;
  /** Whether an instruction of this machine multiplies and adds with one rounding. */
  readonly hasFma: boolean;
}

/** The table of errors, rounded up. */
function errorTable(rows: readonly Row[]): string[] {
  const names = [...new Set(rows.map((row) => row.name))];
  const present = COLUMNS.filter(([, dtype, mode]) =>
    rows.some((row) => row.dtype === dtype && row.mode === mode)
  );
  const cell = (name: string, dtype: Width, mode: Mode) => {
    const row = rows.find((row) => row.name === name && row.dtype === dtype && row.mode === mode);
    if (row === undefined) return "";
    const worst = (Math.ceil(row.worst * 100 - 1e-9) / 100).toFixed(2);
    return row.wrongKind === 0 ? worst : `${worst}; ${row.wrongKind} wrong`;
  };
  return [
    `| function | ${present.map(([title]) => title).join(" | ")} |`,
    `|---|${"---|".repeat(present.length)}`,
    ...names.map((name) =>
      `| \`${name}\` | ${present.map(([, dtype, mode]) => cell(name, dtype, mode)).join(" | ")} |`
    ),
  ];
}

/** The table of sources: what was measured in the order of the other table, then the rest. */
function sourceTable(rows: readonly Row[], sources: PageFacts["sources"]): string[] {
  const measured = rows.map((row) => row.name);
  return [
    "| function | how it is computed |",
    "|---|---|",
    ...[...new Set([...measured, ...sources.keys()])].map((name) => {
      const said = sources.get(name);
      if (said === undefined) throw new Error(`No module says in SOURCES how ${name} is computed`);
      return `| \`${name}\` | ${said.source.replaceAll(/[|*]/g, "\\$&")} |`;
    }),
  ];
}

/**
 * The page.
 *
 * @param rows What was measured.
 * @param facts What else it says.
 * @throws {Error} If there is a function whose source is not known.
 */
export function functionsPage(rows: readonly Row[], { sources, points, hasFma }: PageFacts): string {
  const machine = `${Deno.build.arch}, Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`;
  return `# Functions and their errors

Expressions compute these functions with SIMD instructions, two float64 or four float32 at a time. This page is written
by \`deno task accuracy --markdown docs/functions.md\`: change the program, not the page.

## Errors

The worst error of each function in units in the last place (ulp), rounded up: the distance from the exact result,
divided by the distance between two neighbouring numbers of the dtype there. A correctly rounded result is off by 0.5 at
most. The bounds are 1 ulp in float64 for \`exp\`, \`log\`, \`sqrt\`, \`sin\`, \`cos\` and \`pow\`, 2 ulp for the others, and
1 ulp in float32 for all.

${errorTable(rows).join("\n")}

"Wrong" counts results of another kind than the exact one: NaN where there is a number, a finite number instead of an
infinity or the other way round, a zero of the wrong sign. "Without FMA" is the default mode on a machine that has no fused
multiply-add${hasFma ? ", tried here by telling V8 to do without" : ", such as this one"}.

Measured on ${machine}.

## How it was measured

Each figure is the worst of ${
    points.toLocaleString("en")
  } arguments (or pairs of them): special values and the edges of
the dtype first (zeros, subnormal numbers, infinities, NaN, powers of two), then random ones from a fixed seed of several
kinds in random order:

- evenly over the interval where the function changes most, and over all arguments that give a finite result;
- with random bits, so that all exponents come alike, subnormal numbers among them;
- near points where the function or its computation changes, at all distances: 1 for logarithms, the edges of overflow
  and underflow for exponentials, the ends of domains;
- for \`sin\`, \`cos\` and \`tan\`, near multiples of half pi up to the largest numbers, and large arguments of every size;
- for \`pow\`, bases and exponents whose power is anything from below the smallest number to beyond the largest; for \`hypot\`
  and \`atan2\`, pairs of similar and of very different magnitude.

The exact values are computed in quadruple precision (113 bits; gcc's libquadmath), which leaves an uncertainty far below
the digits shown. An infinity in the place of a finite result counts as the power of two after the largest number. A sample
of a million arguments is no proof: the worst error over all arguments may be slightly larger.

## What may differ between machines

The arithmetic of an expression (\`+ - * /\`) is that of JavaScript everywhere, and so are comparisons and roundings:
multiplications and additions that you write are never fused. Inside of the functions above, fused multiply-add is used
where the machine has it. Their results may differ in the last place between a machine with it and one without; on one
machine they do not depend on tiles, workers or layout. An explicit \`fma(a, b, c)\` is rounded once on machines that have the
instruction, and twice on others. With \`strict: true\` no such instruction is used: results have the same bits on all
machines, and \`fma\` is rounded once on all.

## Sources

\`abs\`, \`floor\`, \`ceil\`, \`trunc\`, \`rint\`, \`min\` and \`max\` are the machine's own instructions, and exact. \`rem\` is the
operator \`%\`.

${sourceTable(rows, sources).join("\n")}
`;
}

/**
 * Writes the page, formatted as all other text is.
 *
 * @param file Where.
 * @param page Its text.
 */
export async function writePage(file: string, page: string): Promise<void> {
  await Deno.writeTextFile(file, page);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", file] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
