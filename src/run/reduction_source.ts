/**
 * What is reduced: elements of arrays or of expressions, and what is done to each of them.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { PlanError } from "../errors.ts";
import type { InputNode, Program, ProgramNode } from "../plan/expr/program.ts";
import type { LaneDType } from "../plan/reduce/reduce_plan.ts";
import { type PreparedExpression, prepareExpression } from "./expression.ts";
import type { Expression } from "./map_options.ts";
import type { ReduceWishes } from "./reduce_options.ts";
import type { SplitInputs } from "./run_arrays.ts";

/** What is reduced: a program with one output. An array is a program that reads it. */
export interface ReductionSource extends Omit<PreparedExpression, "outputs"> {
  /** The dtype of its output. */
  readonly dtype: DType;
}

/** The name under which a program reads an array that is reduced as it is. */
const ELEMENTS = "elements";

/**
 * The program of what is to be reduced.
 *
 * @param source An array or an expression.
 * @param inputs What the expression reads.
 * @param wishes What lies beyond the edges of inputs, for an expression that reads there.
 * @throws {ExpressionError} If the expression is not in the language, or does not fit its inputs.
 * @throws {PlanError} If it has several outputs.
 * @throws {ShapeError} If the inputs do not broadcast.
 */
export async function prepareSource(
  source: SharedNdArray | Expression,
  { arrays, scalars }: SplitInputs,
  { boundary, boundaryValue }: Pick<ReduceWishes, "boundary" | "boundaryValue"> = {},
): Promise<ReductionSource> {
  if (source instanceof SharedNdArray) return arraySource(source);
  const job = { inputs: arrays, scalars, outputs: undefined, boundary, boundaryValue };
  const { outputs, ...prepared } = await prepareExpression(source, job);
  const names = Object.keys(outputs);
  if (names.length > 1) {
    throw new PlanError(
      `The expression has several outputs (${names.join(", ")}): a reduction is of one`,
    );
  }
  return { ...prepared, dtype: prepared.program.outputs[0].dtype };
}

function arraySource(array: SharedNdArray): ReductionSource {
  const { dtype, shape } = array;
  const value: InputNode = { kind: "input", dtype, name: ELEMENTS };
  return {
    program: { inputs: [value], scalars: [], outputs: [{ name: null, dtype, value }] },
    key: `elements ${dtype}`,
    inputs: { [ELEMENTS]: array },
    halo: null,
    shape,
    scalars: [],
    dtype,
  };
}

/** What is done to each element before it is combined. */
export interface Wrapping {
  /** What is done, for caches: with the dtype of the element it says what `element` gives. */
  readonly name: string;
  readonly lanes: LaneDType;
  /** Makes of the element a node of dtype `lanes`. */
  readonly element: (of: ProgramNode) => ProgramNode;
  /** An array that the node reads too, and its node. It broadcasts to the shape of the source's inputs. */
  readonly beside?: { readonly node: InputNode; readonly array: SharedNdArray };
}

/**
 * A source whose elements something is done to.
 *
 * @param source The source.
 * @param wrapping What is done.
 */
export function wrapSource(source: ReductionSource, wrapping: Wrapping): ReductionSource {
  const { program, key, inputs, shape, halo } = source, { name, lanes, element, beside } = wrapping;
  const value = element(program.outputs[0].value);
  const wrapped: Program = {
    inputs: beside === undefined ? program.inputs : [...program.inputs, beside.node],
    scalars: program.scalars,
    outputs: [{ name: null, dtype: lanes, value }],
  };
  return {
    ...source,
    program: wrapped,
    key: JSON.stringify([key, name, beside?.node.name ?? null]),
    inputs: beside === undefined
      ? inputs
      : { ...inputs, [beside.node.name]: beside.array.broadcastTo(halo?.inputShape ?? shape) },
    dtype: lanes,
  };
}
