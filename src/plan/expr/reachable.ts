/**
 * What a program reads, found without recursion.
 *
 * @module
 */

import type {
  InputNode,
  Program,
  ProgramNode,
  ProgramOutput,
  ProgramScalar,
  ScalarKind,
  ScalarNode,
} from "./program.ts";
import type { ParsedKernel } from "./syntax.ts";

/**
 * The nodes that a node is computed from.
 *
 * @param node The node.
 */
export function partsOf(node: ProgramNode): readonly ProgramNode[] {
  switch (node.kind) {
    case "cast":
      return [node.of];
    case "call":
      return node.args;
    case "select":
      return [node.condition, node.yes, node.no];
    default:
      return [];
  }
}

/**
 * All nodes of a program, each once, after the nodes that it is computed from.
 *
 * @param outputs What the program computes.
 */
export function nodesInOrder(outputs: readonly ProgramOutput[]): ProgramNode[] {
  const done = new Set<ProgramNode>();
  const open = outputs.map(({ value }) => value).reverse();
  for (let node = open.at(-1); node !== undefined; node = open.at(-1)) {
    const waiting = done.has(node) ? [] : partsOf(node).filter((part) => !done.has(part));
    if (waiting.length > 0) open.push(...waiting.reverse());
    else {
      done.add(node);
      open.pop();
    }
  }
  return [...done];
}

/**
 * The inputs that a program reads, in the order in which its text names them.
 *
 * @param outputs What the program computes.
 * @param parsed Its text.
 */
export function collectInputs(outputs: readonly ProgramOutput[], parsed: ParsedKernel): InputNode[] {
  const inputs = nodesInOrder(outputs).filter((node) => node.kind === "input");
  const byName = new Map(
    inputs.map(({ kind, dtype, name }): [string, InputNode] => [name, { kind, dtype, name }]),
  );
  const names = new Set(parsed.nodes.flatMap((node) => node.kind === "name" ? [node.name] : []));
  return [...names].map((name) => byName.get(name)).filter((input) => input !== undefined);
}

/**
 * The places at which a program reads its inputs, each once: those of the first input first.
 *
 * @param program The program.
 */
export function readsOf({ inputs, outputs }: Pick<Program, "inputs" | "outputs">): readonly InputNode[] {
  let reads = knownReads.get(outputs);
  if (reads === undefined) {
    const all = nodesInOrder(outputs).filter((node) => node.kind === "input");
    reads = inputs.flatMap(({ name }) => all.filter((read) => read.name === name));
    knownReads.set(outputs, reads);
  }
  return reads;
}

/** Programs are kept, and asked for their reads in each run. */
const knownReads = new WeakMap<readonly ProgramOutput[], readonly InputNode[]>();

/** How far a program reads before and behind the element at hand, along one axis. */
export interface Reach {
  readonly before: number;
  readonly after: number;
}

/**
 * How far is read from the element at hand.
 *
 * @param reads The places that are read.
 * @param rank How many axes the run has.
 * @returns One pair an axis.
 */
export function reachOf(reads: readonly InputNode[], rank: number): Reach[] {
  const offsets = reads.flatMap(({ offset }) => offset === undefined ? [] : [offset]);
  return Array.from({ length: rank }, (_, axis) => ({
    before: Math.max(0, ...offsets.map((offset) => -offset[axis])),
    after: Math.max(0, ...offsets.map((offset) => offset[axis])),
  }));
}

/**
 * The scalar parameters that a program reads.
 *
 * @param outputs What the program computes.
 * @param kinds What they are given as.
 */
export function collectScalars(
  outputs: readonly ProgramOutput[],
  kinds: Readonly<Record<string, ScalarKind>>,
): ProgramScalar[] {
  const byName = new Map<string, ScalarNode[]>();
  for (const node of nodesInOrder(outputs)) {
    if (node.kind === "scalar") byName.set(node.name, [...byName.get(node.name) ?? [], node]);
  }
  return [...byName].map(([name, nodes]) => ({
    name,
    kind: kinds[name],
    dtypes: nodes.map(({ dtype }) => dtype),
  }));
}
