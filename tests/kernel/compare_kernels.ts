/**
 * Compiled programs beside their slow twin.
 *
 * @module
 */

import type { SharedNdArray } from "../../mod.ts";
import { BoundKernel } from "../../src/kernel/bound_kernel.ts";
import { interpret, type ScalarFunctions } from "../../src/plan/expr/interpret.ts";
import type { Program } from "../../src/plan/expr/program.ts";
import { joinTiles, planTiles, tileAt } from "../../src/plan/tile_plan.ts";
import {
  type CompiledExpression,
  compileExpression,
  type OperandPlace,
  placeOf,
  type PreparedExpression,
  prepareExpression,
} from "../../src/run/expression.ts";
import { indicesOf } from "../naive.ts";
import type { Seeded } from "../seeded.ts";

type Arrays = Readonly<Record<string, SharedNdArray>>;

/** An expression with what it is computed of, and where to. */
export interface KernelCase {
  readonly source: string;
  readonly inputs: Arrays;
  readonly scalars: Readonly<Record<string, number | bigint | boolean>>;
  readonly outputs: Arrays;
  readonly strict?: boolean;
}

/** An expression that is ready to be computed. */
export interface ReadyCase {
  readonly prepared: PreparedExpression;
  readonly compiled: CompiledExpression;
  readonly kernel: BoundKernel;
}

/**
 * Checks and compiles an expression, and binds it to its arrays.
 *
 * @param given The expression.
 */
export async function readyCase(
  { source, inputs, scalars, outputs, strict = false }: KernelCase,
): Promise<ReadyCase> {
  const prepared = await prepareExpression(source, { inputs, scalars, outputs });
  const arrays: Record<string, SharedNdArray> = { ...prepared.inputs, ...outputs };
  const places: Record<string, OperandPlace> = {};
  for (const [name, array] of Object.entries(arrays)) places[name] = placeOf(array);
  const compiled = compileExpression(prepared, places, strict), { kernel, module } = compiled;
  return { prepared, compiled, kernel: new BoundKernel(kernel, module, arrays, prepared.scalars) };
}

/**
 * Computes all tiles of some plan, in a random order, some of them joined.
 *
 * @param kernel The kernel.
 * @param shape What the tiles cover.
 * @param random What the plan is drawn with.
 */
export function runTiled(kernel: BoundKernel, shape: readonly number[], random: Seeded): void {
  const tile = shape.map((extent) => random.pick([1, 2, 3, 5, extent, extent]) || 1);
  const plan = planTiles(shape, {
    tile: tile.slice(random.int(0, tile.length)),
    workers: 2,
    itemBytes: 8,
    grain: random.int(1, 4),
  });
  const boxes: { readonly origin: readonly number[]; readonly shape: readonly number[] }[] = [];
  for (let index = 0; index < plan.tiles;) {
    const first = tileAt(plan, index), box = joinTiles(plan, first, Math.min(plan.grain, plan.tiles - index));
    boxes.push({ origin: first.origin, shape: box.shape });
    index += box.count;
  }
  for (const { origin, shape } of random.shuffled(boxes)) kernel.runBox(origin, shape);
}

/** What the interpreter makes of an element of a program's inputs, before anything is written. */
export interface Expected {
  readonly index: readonly number[];
  readonly values: readonly (number | bigint | boolean)[];
}

/**
 * What the interpreter makes of a program.
 *
 * @param ready The program.
 * @param given What it is computed of.
 * @param random Which elements, if there are many.
 * @param functions Functions that mean something else than usual.
 */
export function expectedOf(
  { prepared: { program, inputs, shape } }: ReadyCase,
  { scalars }: KernelCase,
  random: Seeded,
  functions?: ScalarFunctions,
): Expected[] {
  const run = interpret(program, functions);
  return someOf(indicesOf(shape), random).map((index) => {
    const elements = Object.entries(inputs).map(([name, array]) => [name, array.get(...index)] as const);
    return { index, values: run({ inputs: Object.fromEntries(elements), scalars, index }) };
  });
}

/** Elements that are compared of one program. */
const COMPARED = 40;

/** All indices, or the first, the last and some between. */
function someOf(indices: readonly number[][], random: Seeded): readonly number[][] {
  if (indices.length <= COMPARED) return indices;
  const some = Array.from({ length: COMPARED - 2 }, () => random.pick(indices));
  return [indices[0], ...some, indices[indices.length - 1]];
}

/**
 * Where outputs are not what was expected, in a few words each; NaN is like any NaN.
 *
 * @param program The program.
 * @param outputs Its outputs, in their order.
 * @param expected What they should hold.
 */
export function differencesOf(
  program: Program,
  outputs: readonly SharedNdArray[],
  expected: readonly Expected[],
): string[] {
  return expected.flatMap(({ index, values }) =>
    program.outputs.flatMap(({ dtype }, k) => {
      const found = outputs[k].get(...index);
      return Object.is(found, values[k])
        ? []
        : [`output ${k} (${dtype}) at [${index}] is ${found}, expected ${values[k]}`];
    })
  );
}
