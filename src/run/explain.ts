/**
 * What an expression was understood as, and what was made of it: the public function.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { Boundary } from "../plan/halo.ts";
import { refuseUnknown } from "./known_options.ts";
import { type OutputSpec, requireRecord, type ScalarValue, splitInputs } from "./run_arrays.ts";
import type { Expression } from "./map_options.ts";

/**
 * Options of {@linkcode explain}.
 *
 * @example
 * ```ts
 * import { explain, type ExplainOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const options: ExplainOptions = { outputs: { half: "float64" }, strict: true };
 * const text = await explain("half = a / 2", { a: SharedNdArray.arange(8, { dtype: "int32" }) }, options);
 * assertStringIncludes(text, "half float64");
 * ```
 */
export interface ExplainOptions {
  /** Dtypes or arrays of the outputs, as for `tiledMap`. Default: as the expression has them. */
  readonly outputs?: Readonly<Record<string, OutputSpec>>;
  /** Whether it is compiled for the same bits on every machine. Default false. */
  readonly strict?: boolean;
  /** What lies beyond the edges of inputs, as for `tiledMap`. Default "reflect". */
  readonly boundary?: Boundary;
  /** What that is in mode "constant". Default 0. */
  readonly boundaryValue?: ScalarValue;
}

/**
 * Explains an expression: the program it was checked to be, with all dtypes, the loop that was chosen for these
 * arrays, and the bytes that are moved for each element. Nothing is computed.
 *
 * @param kernel The expression.
 * @param inputs Arrays and numbers by the names that the expression uses.
 * @param options Outputs, strictness.
 * @returns Lines of text.
 * @throws {ExpressionError} If the expression is not in the language, or does not fit its inputs.
 *
 * @example
 * ```ts
 * import { explain, SharedNdArray } from "@tilewise/ndarray";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const a = SharedNdArray.zeros([100, 8], { dtype: "float32" });
 * const text = await explain("a * 2 + 1", { a });
 * assertStringIncludes(text, "1 row of 800 elements, 4 to a vector");
 * assertStringIncludes(text, "8 bytes an element: 4 read, 4 written, 0 copied");
 * ```
 */
export async function explain(
  kernel: Expression,
  inputs: Readonly<Record<string, SharedNdArray | ScalarValue>>,
  options: ExplainOptions = {},
): Promise<string> {
  requireRecord("The inputs", inputs);
  requireRecord("The options", options, "{ strict: true }");
  refuseUnknown(options, ["outputs", "strict", "boundary", "boundaryValue"]);
  const { explainArrays } = await import("./explain_text.ts");
  return await explainArrays(kernel, splitInputs(inputs), options);
}
