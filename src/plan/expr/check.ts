/**
 * Checks what a kernel says against the arrays and scalars there are, and decides every dtype.
 *
 * @module
 */

import { constantNamed } from "./constants.ts";
import { CheckContext } from "./context.ts";
import {
  type Environment,
  outputNamesFor,
  ownValue,
  requireDistinct,
  requireParameters,
  unknownName,
} from "./environment.ts";
import { finishOutput } from "./finish.ts";
import { floatConstant } from "./literals.ts";
import type { Program, ProgramOutput } from "./program.ts";
import { collectInputs, collectScalars } from "./reachable.ts";
import { offsetsOfReads } from "./reads.ts";
import { checkCall } from "./rules.ts";
import { specialName } from "./scope.ts";
import type { NameSyntax, ParsedKernel, ReadSyntax, Span, SyntaxNode } from "./syntax.ts";
import { type CheckedValue, computedIn, strong, type WeakValue } from "./values.ts";
import { weakConstant, weakResult } from "./weak_values.ts";

export type { Environment } from "./environment.ts";

/**
 * Checks a kernel and decides every dtype.
 *
 * @param parsed The kernel.
 * @param environment The arrays and scalars there are.
 * @returns A program that can be interpreted and compiled.
 * @throws {ExpressionError} If it names what there is not, or has no type; the message shows the place.
 */
export function checkKernel(parsed: ParsedKernel, environment: Environment): Program {
  const context = new CheckContext(parsed.source, environment.rank);
  requireDistinct(context, parsed, environment);
  requireParameters(context, parsed, environment);
  const offsets = offsetsOfReads(context, parsed, environment);
  const names = outputNamesFor(context, parsed, environment);
  const values = new Map<SyntaxNode, CheckedValue>(), facts = { environment, offsets, values };
  for (const node of parsed.nodes) values.set(node, valueOf(context, facts, node));
  const outputs = parsed.outputs.map((output, place): ProgramOutput => {
    const name = names[place];
    const wanted = name === null ? undefined : ownValue(environment.outputs ?? {}, name);
    return finishOutput(context, name, known(values, output.value), wanted);
  });
  return {
    inputs: collectInputs(outputs, parsed),
    scalars: collectScalars(outputs, environment.scalars),
    outputs,
  };
}

type Values = ReadonlyMap<SyntaxNode, CheckedValue>;

/** What is known when a part is checked. */
interface Facts {
  readonly environment: Environment;
  /** How far from the element at hand each read lies. */
  readonly offsets: ReadonlyMap<ReadSyntax, readonly number[]>;
  /** The parts that were checked before. */
  readonly values: Values;
}

function known(values: Values, node: SyntaxNode): CheckedValue {
  const value = values.get(node);
  if (value === undefined) throw new TypeError(`A part of kind ${node.kind} was read before it was checked`);
  return value;
}

function valueOf(context: CheckContext, facts: Facts, node: SyntaxNode): CheckedValue {
  const { environment, offsets, values } = facts;
  const { store } = context, { at } = node;
  context.visit(at);
  switch (node.kind) {
    case "number":
      return weakConstant(store, node.value, at);
    case "bool":
      return strong(store.bool(node.value), at);
    case "name":
      return valueOfName(context, environment, node);
    case "read":
      return inputValue(context, environment, node.of.name, { at, offset: offsets.get(node) }) ??
        context.refuse(unknownName(node.of.name, environment), at);
    case "use":
      return { ...known(values, node.of), at };
    case "call": {
      const { operation, spelled, args } = node;
      return checkCall(context, { operation, spelled, args: args.map((arg) => known(values, arg)), at });
    }
  }
}

function valueOfName(
  context: CheckContext,
  environment: Environment,
  { name, at }: NameSyntax,
): CheckedValue {
  const { store } = context;
  const input = inputValue(context, environment, name, { at });
  if (input !== undefined) return input;
  const kind = ownValue(environment.scalars, name);
  if (kind === "boolean") return strong(store.scalar(name, "bool"), at);
  if (kind !== undefined) return scalarValue(context, name, kind, at);
  const value = constantNamed(name);
  if (value !== undefined) return weakConstant(store, floatConstant(value), at);
  return context.refuse(specialName(name) ?? unknownName(name, environment), at);
}

/** An input's element, at hand or at an offset; undefined where there is no such input. */
function inputValue(
  { store }: CheckContext,
  { inputs }: Environment,
  name: string,
  { at, offset }: { readonly at: Span; readonly offset?: readonly number[] },
): CheckedValue | undefined {
  const dtype = ownValue(inputs, name);
  if (dtype === undefined) return undefined;
  return strong(store.cast(store.input(name, dtype, offset), computedIn(dtype)), at, dtype);
}

function scalarValue({ store }: CheckContext, name: string, kind: "number" | "bigint", at: Span): WeakValue {
  const value = weakResult(kind === "number", [], at, (dtype) => store.scalar(name, computedIn(dtype)));
  return { ...value, scalar: name };
}
