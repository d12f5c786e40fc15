/**
 * Checked programs as text to read.
 *
 * @module
 */

import { shortestNumber } from "../../array/print/number_digits.ts";
import type { DType } from "../../dtype.ts";
import { operationNamed } from "./ops.ts";
import type { CallNode, LiteralNode, Program, ProgramNode } from "./program.ts";
import { nodesInOrder, partsOf } from "./reachable.ts";
import { readText } from "./read_form.ts";

/** A part of the text is given a name when it becomes longer. */
const LONGEST = 80;

/** How tightly JavaScript's operators bind. */
const TIGHTNESS: Readonly<Record<string, number>> = {
  "||": 2,
  "&&": 3,
  "|": 4,
  "^": 5,
  "&": 6,
  "===": 7,
  "!==": 7,
  "<": 8,
  "<=": 8,
  ">": 8,
  ">=": 8,
  "<<": 9,
  ">>": 9,
  ">>>": 9,
  "+": 10,
  "-": 10,
  "*": 11,
  "/": 11,
  "%": 11,
};
const CHOICE = 1, UNARY = 12, POWER = 13, TIGHT = 14;
/** Operations of bits, where they are of bools. */
const OF_BOOLS: Readonly<Record<string, string>> = { bitAnd: "&&", bitOr: "||", bitNot: "!" };

/** A text, and how tightly what it consists of is bound. */
interface Phrase {
  readonly text: string;
  readonly tightness: number;
}

/** Options of {@linkcode explainProgram}. */
export interface ExplainProgramOptions {
  /** Whether numbers are written as the float64 that they are exactly, and not as short as their dtype allows. */
  readonly exactNumbers?: boolean;
}

/**
 * A checked program as text: a line for each input, scalar and output, and for what is used more than once, with their
 * dtypes.
 *
 * @param program The program.
 * @param options How numbers are written.
 * @returns Lines such as `vpd: float32 = 0.6108 * t1`; conversions stand as calls, such as `float64(a)`.
 */
export function explainProgram(program: Program, options: ExplainProgramOptions = {}): string {
  const lines = program.inputs.map(({ name, dtype }) => `${name}: ${dtype}, an input`);
  for (const { name, kind, dtypes } of program.scalars) {
    lines.push(`${name}: ${kind}, a scalar used as ${dtypes.join(" and ")}`);
  }
  const phrases = new Map<ProgramNode, Phrase>();
  const names = temporaryNames(program), shared = sharedNodes(program);
  for (const node of nodesInOrder(program.outputs)) {
    const phrase = node.kind === "literal"
      ? literalPhrase(options.exactNumbers ? node.value : shortest(node), node.dtype)
      : phraseOf(node, (part) => phrases.get(part) ?? { text: "?", tightness: TIGHT });
    const isNamed = !isShort(node) && (shared.has(node) || phrase.text.length > LONGEST);
    if (!isNamed) phrases.set(node, phrase);
    else {
      const text = names.next().value;
      lines.push(`${text}: ${node.dtype} = ${phrase.text}`);
      phrases.set(node, { text, tightness: TIGHT });
    }
  }
  for (const { name, dtype, value } of program.outputs) {
    lines.push(`${name ?? "result"}: ${dtype} = ${phrases.get(value)?.text}`);
  }
  return lines.join("\n");
}

/** `t1`, `t2` and so on, without the names that the program uses itself. */
function* temporaryNames({ inputs, scalars, outputs }: Program): Generator<string, never> {
  const taken = new Set([...inputs, ...scalars, ...outputs].map(({ name }) => name));
  for (let number = 1;; number++) {
    if (!taken.has(`t${number}`)) yield `t${number}`;
  }
}

/** Whether a node needs no name: it is none of others, or only a conversion of such a one. */
function isShort(node: ProgramNode): boolean {
  return partsOf(node.kind === "cast" ? node.of : node).length === 0;
}

/** The nodes that are used more than once. */
function sharedNodes({ outputs }: Program): Set<ProgramNode> {
  const used = new Set<ProgramNode>(), shared = new Set<ProgramNode>();
  const use = (node: ProgramNode) => (used.has(node) ? shared : used).add(node);
  nodesInOrder(outputs).forEach((node) => partsOf(node).forEach(use));
  outputs.forEach(({ value }) => use(value));
  return shared;
}

type PhraseOf = (node: ProgramNode) => Phrase;

function phraseOf(node: Exclude<ProgramNode, LiteralNode>, of: PhraseOf): Phrase {
  switch (node.kind) {
    case "input":
      return {
        text: node.offset === undefined ? node.name : readText(node.name, node.offset),
        tightness: TIGHT,
      };
    case "scalar":
      return { text: node.name, tightness: TIGHT };
    case "index":
      return { text: `index(${node.axis})`, tightness: TIGHT };
    case "cast":
      return called(node.dtype, [of(node.of)]);
    case "select": {
      const [condition, yes, no] = [node.condition, node.yes, node.no].map((part) =>
        within(of(part), CHOICE + 1)
      );
      return { text: `${condition} ? ${yes} : ${no}`, tightness: CHOICE };
    }
    case "call":
      return callPhrase(node, node.args.map(of));
  }
}

/** The shortest decimal that is the number in its dtype. */
function shortest({ value, dtype }: LiteralNode): number | bigint {
  if (typeof value === "bigint" || !Number.isFinite(value)) return value;
  if (dtype !== "float32" && dtype !== "float16") return value;
  const magnitude = shortestNumber(Math.abs(value), dtype);
  return value < 0 || Object.is(value, -0) ? -magnitude : magnitude;
}

function literalPhrase(value: number | bigint, dtype: DType): Phrase {
  const text = Object.is(value, -0) ? "-0" : String(dtype === "bool" ? Boolean(value) : value);
  return { text, tightness: text.startsWith("-") ? UNARY : TIGHT };
}

function callPhrase({ name, dtype, args: { length } }: CallNode, parts: readonly Phrase[]): Phrase {
  const { unary, binary, spelled } = operationNamed(name);
  const ofBools = dtype === "bool" && Object.hasOwn(OF_BOOLS, name) ? OF_BOOLS[name] : undefined;
  const sign = ofBools ?? (length === 1 ? unary : binary?.[0]);
  if (sign === undefined) return called(spelled[0], parts);
  if (length === 1) return { text: sign + within(parts[0], TIGHT), tightness: UNARY };
  if (sign === "**") {
    return { text: `${within(parts[0], TIGHT)} ** ${within(parts[1], UNARY)}`, tightness: POWER };
  }
  const tightness = TIGHTNESS[sign];
  return { text: `${within(parts[0], tightness)} ${sign} ${within(parts[1], tightness + 1)}`, tightness };
}

function called(name: string, parts: readonly Phrase[]): Phrase {
  return { text: `${name}(${parts.map(({ text }) => text).join(", ")})`, tightness: TIGHT };
}

/** A text as part of another, in brackets where it is bound less tightly. */
function within({ text, tightness }: Phrase, least: number): string {
  return tightness < least ? `(${text})` : text;
}
