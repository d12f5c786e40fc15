/**
 * Programs made by hand, and what fixtures hold.
 *
 * @module
 */

import { type DType, isBigIntDType } from "../../../src/dtype.ts";
import { type ElementEnvironment, type ElementValue, interpret } from "../../../src/plan/expr/interpret.ts";
import type { CallName, CallNode, Program, ProgramNode } from "../../../src/plan/expr/program.ts";

/** A number as a fixture has it: 64-bit integers and what JSON does not have are strings. */
export type Plain = number | string | boolean;

/** An element as a fixture has it. */
export function elementOf(plain: Plain, dtype: DType): ElementValue {
  return dtype === "bool" ? Boolean(plain) : isBigIntDType(dtype) ? BigInt(plain) : Number(plain);
}

/** The program that has these outputs; what it reads is not listed, the interpreter does not ask. */
export function programOf(...outputs: ProgramNode[]): Program {
  return {
    inputs: [],
    scalars: [],
    outputs: outputs.map((value) => ({ name: null, dtype: value.dtype, value })),
  };
}

/** Reads an input. */
export function input(name: string, dtype: DType): ProgramNode {
  return { kind: "input", name, dtype };
}

/** An operation of nodes. */
export function call(name: CallName, dtype: DType, ...args: ProgramNode[]): CallNode {
  return { kind: "call", name, dtype, args };
}

/** What an element's environment has beside what is not asked for. */
export function environment(facts: Partial<ElementEnvironment>): ElementEnvironment {
  return { inputs: {}, scalars: {}, index: [], ...facts };
}

/** An operation as a function of its arguments. */
export function operation(
  name: CallName,
  dtype: DType,
  arity: number,
): (...args: ElementValue[]) => ElementValue {
  const names = ["a", "b", "c"].slice(0, arity);
  const run = interpret(programOf(call(name, dtype, ...names.map((name) => input(name, dtype)))));
  return (...args) =>
    run(environment({ inputs: Object.fromEntries(names.map((name, i) => [name, args[i]])) }))[0];
}

/** Reads a fixture. */
export async function readFixture<T>(name: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(new URL(`../../fixtures/${name}`, import.meta.url)));
}
