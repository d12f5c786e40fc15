/**
 * Scalar parameters: how one comes into all lanes of a vector.
 *
 * @module
 */

import type { DType } from "../dtype.ts";
import type { ProgramScalar, ScalarKind } from "../plan/expr/program.ts";
import { type Code, code, OP } from "../wasm/code.ts";

const F32_DEMOTE: Code = [0xb6], F32_CONVERT_I64: Code = [0xb4], F64_CONVERT_I64: Code = [0xb9];

const SPLAT: Readonly<Record<number, Code>> = {
  1: [0xfd, 0x0f],
  2: [0xfd, 0x10],
  4: OP.i32x4Splat,
  8: OP.i64x2Splat,
};

/**
 * What a scalar is passed as. A bigint that a program knows as float64 alone is passed as one, however large it is.
 *
 * @param scalar The scalar.
 */
export function passedKind({ kind, dtypes }: ProgramScalar): ScalarKind {
  return kind === "bigint" && dtypes.every((dtype) => dtype === "float64") ? "number" : kind;
}

/**
 * Turns a scalar on the stack into a vector.
 *
 * @param kind What the scalar is passed as: a float64, an int64, or 0 or 1 as int32.
 * @param dtype The dtype that all lanes shall have.
 */
export function scalarSplat(kind: ScalarKind, dtype: DType): Code {
  switch (kind) {
    case "boolean":
      // 0 or -1: a mask of any width.
      return code([0xac], [0x42, 0x7f], OP.i64Mul, OP.i64x2Splat);
    case "number":
      return dtype === "float32" ? code(F32_DEMOTE, [0xfd, 0x13]) : OP.f64x2Splat;
    case "bigint":
      return bigintSplat(dtype);
  }
}

function bigintSplat(dtype: DType): Code {
  switch (dtype) {
    case "float32":
      return code(F32_CONVERT_I64, [0xfd, 0x13]);
    case "float64":
      return code(F64_CONVERT_I64, OP.f64x2Splat);
    case "int64":
    case "uint64":
      return SPLAT[8];
    case "int32":
    case "uint32":
      return code(OP.i32WrapI64, SPLAT[4]);
    case "int16":
    case "uint16":
      return code(OP.i32WrapI64, SPLAT[2]);
    default:
      return code(OP.i32WrapI64, SPLAT[1]);
  }
}
