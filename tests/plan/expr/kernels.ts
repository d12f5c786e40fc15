/**
 * Short ways from text to a checked program, and to what is wrong with it.
 *
 * @module
 */

import { assertInstanceOf } from "@std/assert";
import type { DType } from "../../../src/dtype.ts";
import { ExpressionError } from "../../../src/errors.ts";
import { checkKernel, type Environment } from "../../../src/plan/expr/check.ts";
import { explainProgram } from "../../../src/plan/expr/explain.ts";
import { type KernelSource, parseKernel } from "../../../src/plan/expr/parse.ts";
import type { Program } from "../../../src/plan/expr/program.ts";

/** An input of every dtype, named for it, and a scalar of every kind. */
export const EVERYTHING: Environment = {
  inputs: {
    b: "bool",
    i8: "int8",
    i16: "int16",
    i32: "int32",
    i64: "int64",
    u8: "uint8",
    u16: "uint16",
    u32: "uint32",
    u64: "uint64",
    f16: "float16",
    f32: "float32",
    f64: "float64",
  },
  scalars: { s: "number", n: "bigint", flag: "boolean" },
  rank: 3,
};

/** Parses and checks. */
export async function checked(
  source: KernelSource,
  environment: Partial<Environment> = {},
): Promise<Program> {
  return checkKernel(await parseKernel(source), { ...EVERYTHING, ...environment });
}

/** The dtype of the first output. */
export async function dtypeOf(source: KernelSource, environment: Partial<Environment> = {}): Promise<DType> {
  return (await checked(source, environment)).outputs[0].dtype;
}

/** The outputs as `explainProgram` shows them, such as `float32: f32 + 1`; those that have a name are shown with it. */
export async function shown(source: KernelSource, environment: Partial<Environment> = {}): Promise<string> {
  const lines = explainProgram(await checked(source, environment), { exactNumbers: true }).split("\n");
  return lines.filter((line) => line.includes(" = ")).join("\n")
    .replace(/^result: /gm, "").replace(/^(.*?) = /gm, "$1: ");
}

/** The error that a kernel is refused with. */
export async function refusal(
  source: KernelSource,
  environment: Partial<Environment> = {},
): Promise<ExpressionError> {
  try {
    await checked(source, environment);
  } catch (error) {
    assertInstanceOf(error, ExpressionError);
    return error;
  }
  throw new Error(`${source} is not refused`);
}
