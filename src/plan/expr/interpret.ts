/**
 * The slow twin of compiled kernels: a checked program is evaluated for one element, in plain TypeScript that
 * can be read beside the contract in `program.ts`.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import { DTypeError, IndexError, showValue, ValueError } from "../../errors.ts";
import {
  convertValue,
  elementOfValue,
  type ElementValue,
  isFloatDType,
  type Value,
  valueOfElement,
} from "./convert_value.ts";
import { floatResult, isPredicateName, isTrueOf, type ScalarFunctions } from "./interpret_floats.ts";
import { isWholeName, wholeResult } from "./interpret_wholes.ts";
import type { CallNode, IndexNode, InputNode, Program, ProgramNode, ScalarNode } from "./program.ts";
import { nodesInOrder } from "./reachable.ts";
import { readText } from "./read_form.ts";

export type { ElementValue } from "./convert_value.ts";
export type { ScalarFunctions } from "./interpret_floats.ts";

/** What a program sees of the arrays while it computes one element. */
export interface ElementEnvironment {
  /** The inputs' elements by name, each one of its dtype: float32 is rounded already, bool is a boolean. */
  readonly inputs: Readonly<Record<string, ElementValue>>;
  /** The scalar parameters by name, as they are given to a run. */
  readonly scalars: Readonly<Record<string, ElementValue>>;
  /** The element's coordinates, one an axis. */
  readonly index: readonly number[];
  /**
   * An input's element that lies `offset` from the one at hand, or what stands for it beyond the edges. Needed only by
   * programs that read so.
   */
  readonly readAt?: (name: string, offset: readonly number[]) => ElementValue;
}

/** Evaluates a program for one element: the results are those of the outputs, in their order and dtypes. */
export type Interpreter = (environment: ElementEnvironment) => ElementValue[];

/**
 * Prepares to evaluate a program element by element.
 *
 * @param program The program.
 * @param functions Float functions that mean something else than usual.
 * @returns A function of one element's environment; it throws as {@linkcode interpretElement} does.
 */
export function interpret(program: Program, functions: ScalarFunctions = () => undefined): Interpreter {
  const nodes = nodesInOrder(program.outputs);
  return (environment) => {
    const values = new Map<ProgramNode, Value>();
    for (const node of nodes) values.set(node, valueOfNode(node, values, environment, functions));
    return program.outputs.map(({ value }) => elementOfValue(known(values, value), value.dtype));
  };
}

/**
 * Evaluates a program for one element.
 *
 * @param program The program.
 * @param environment The inputs' elements, the scalars and the element's coordinates.
 * @param functions Float functions that mean something else than usual.
 * @returns For each output its element: a boolean for bool, a bigint for 64-bit integers, otherwise a number.
 * @throws {DTypeError} If an input's element is none of its dtype.
 * @throws {ValueError} If an input, a scalar or `readAt` is missing, or a bigint does not fit what it is used as.
 * @throws {IndexError} If the program reads a coordinate that the element does not have.
 */
export function interpretElement(
  program: Program,
  environment: ElementEnvironment,
  functions?: ScalarFunctions,
): ElementValue[] {
  return interpret(program, functions)(environment);
}

type Values = ReadonlyMap<ProgramNode, Value>;

/** The value of a node that stands before another in the order of evaluation. */
function known(values: Values, node: ProgramNode): Value {
  const value = values.get(node);
  if (value === undefined) throw new Error(`A ${node.kind} was read before it was computed`);
  return value;
}

function valueOfNode(
  node: ProgramNode,
  values: Values,
  environment: ElementEnvironment,
  functions: ScalarFunctions,
): Value {
  switch (node.kind) {
    case "literal":
      return isFloatDType(node.dtype) ? Number(node.value) : BigInt(node.value);
    case "input":
      return inputValue(node, environment);
    case "scalar":
      return scalarValue(node, environment);
    case "index":
      return coordinate(node, environment);
    case "cast":
      return convertValue(known(values, node.of), node.dtype);
    case "select":
      return known(values, known(values, node.condition) === 1n ? node.yes : node.no);
    case "call":
      return callValue(node, node.args.map((arg) => known(values, arg)), functions);
  }
}

function callValue(call: CallNode, args: readonly Value[], functions: ScalarFunctions): Value {
  const { name, dtype } = call;
  if (isPredicateName(name)) return isTrueOf(name, args) ? 1n : 0n;
  if (dtype === "float32" || dtype === "float64") {
    return floatResult(call, args.map(Number), dtype, functions);
  }
  if (dtype !== "float16" && isWholeName(name)) return wholeResult(name, args.map(BigInt), dtype);
  throw new DTypeError(`The operation ${name} has no meaning for ${dtype}`);
}

function inputValue({ name, dtype, offset }: InputNode, environment: ElementEnvironment): Value {
  const element = offset === undefined
    ? given(environment.inputs, name, "input")
    : neighbour(name, offset, environment);
  const value = valueOfElement(element, dtype);
  if (value === undefined) {
    throw new DTypeError(
      `The input ${name} is of ${dtype}: ${showValue(element)} is no element of that dtype`,
    );
  }
  return value;
}

function neighbour(name: string, offset: readonly number[], { readAt }: ElementEnvironment): ElementValue {
  if (readAt === undefined) {
    throw new ValueError(
      `The program reads ${readText(name, offset)}, and readAt, which tells its value, is missing`,
    );
  }
  return readAt(name, offset);
}

function scalarValue({ name, dtype }: ScalarNode, { scalars }: ElementEnvironment): Value {
  const scalar = given(scalars, name, "scalar");
  const value = typeof scalar === "number" ? scalar : BigInt(scalar);
  const converted = convertValue(value, dtype);
  if (typeof scalar === "bigint" && isInteger(dtype) && converted !== scalar) {
    throw new ValueError(`The scalar ${name} is used as ${dtype}, which does not hold ${scalar}n`);
  }
  return converted;
}

function isInteger(dtype: DType): boolean {
  return !isFloatDType(dtype) && dtype !== "bool";
}

function coordinate({ axis }: IndexNode, { index }: ElementEnvironment): Value {
  if (axis >= index.length) {
    throw new IndexError(
      `index(${axis}) of an element with ${index.length} coordinates: it has none on that axis`,
    );
  }
  return BigInt(index[axis]);
}

function given(values: Readonly<Record<string, ElementValue>>, name: string, what: string): ElementValue {
  if (!Object.hasOwn(values, name)) throw new ValueError(`The ${what} ${name} is missing`);
  return values[name];
}
