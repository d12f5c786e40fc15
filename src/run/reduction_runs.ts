/**
 * Reductions as runs: elements of arrays or of expressions, in units that workers claim like tiles.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { layoutOf, type SharedNdArray, uninitialised } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import type { PassedScalar } from "../kernel/compiled_kernel.ts";
import { blockStrides } from "../kernel/reduce/block_order.ts";
import { planReduction, type ReducedAxes } from "../plan/reduce/plan_reduction.ts";
import type { LaneDType, ReducePlan } from "../plan/reduce/reduce_plan.ts";
import { planTiles } from "../plan/tile_plan.ts";
import { execute, PoolLease } from "./execute.ts";
import { compileExpression, type OperandPlace, placeOf, unnamedOutput } from "./expression.ts";
import { joinReports, type PartReport } from "./joined_report.ts";
import { PassProgress } from "./pass_progress.ts";
import type { ReduceMessage, ReduceSpec } from "./protocol.ts";
import type { ReduceWishes } from "./reduce_options.ts";
import type { ReductionSource } from "./reduction_source.ts";
import type { RunReport } from "./report.ts";

export { prepareSource, type ReductionSource, type Wrapping, wrapSource } from "./reduction_source.ts";

/** What is combined how. */
export interface ReductionJob {
  /** Which elements become one, in which units: `ReductionRuns.plan` makes it. */
  readonly plan: ReducePlan;
  readonly spec: ReduceSpec;
  /** Where workers put partial results, by name. */
  readonly partials: Readonly<Record<string, SharedNdArray>>;
}

/** The runs of one call: they share a pool, and make one report. */
export class ReductionRuns implements AsyncDisposable {
  readonly #wishes: ReduceWishes;
  readonly #lease: PoolLease;
  readonly #began: number;
  readonly #reports: PartReport[] = [];
  readonly #progress: PassProgress;

  /**
   * @param wishes The options of the call.
   */
  constructor(wishes: ReduceWishes) {
    this.#wishes = wishes;
    this.#lease = new PoolLease(wishes.pool, wishes.workers);
    this.#began = performance.now();
    this.#progress = new PassProgress(wishes.onProgress, this.#began);
  }

  /**
   * Says how many times elements will be looked at from now on, for those who are told of the progress.
   *
   * @param passes How many runs of units there will be, if it is known; otherwise the most.
   */
  expect(passes: number): void {
    this.#progress.expect(passes);
  }

  /**
   * Plans a reduction of a source that is not empty.
   *
   * @param source The source.
   * @param axis The axes that are reduced.
   * @param tile Extents of a unit, if not those of the call's options.
   */
  plan(source: ReductionSource, axis: ReducedAxes, tile: Shape | undefined = this.#wishes.tile): ReducePlan {
    const [first] = Object.values(source.inputs);
    return planReduction(source.shape, axis, {
      workers: this.#wishes.workers,
      tile,
      strides: first === undefined ? undefined : layoutOf(first).strides,
    });
  }

  /**
   * Reduces elements to partial results, a unit at a time.
   *
   * @param source The elements. Their dtype is one of those that are combined.
   * @param job What is done with them.
   * @throws {TileError} If a unit failed on a worker.
   * @throws {WorkerError} If a worker ended, or the pool is closed.
   */
  async run(source: ReductionSource, { plan, spec, partials }: ReductionJob): Promise<void> {
    const { workers } = this.#wishes;
    const units = planTiles([plan.cellUnits * plan.positionUnits], {
      tile: [1],
      grain: 1,
      workers,
      itemBytes: 8,
    });
    const message = reduceMessage(source, plan, spec, this.#wishes.strict);
    await this.#execute({ plan: units, arrays: source.inputs, shared: partials, message }, true);
  }

  /**
   * Computes a new array by a program.
   *
   * @param made The program, with one output, and what is known of it.
   * @param inputs What it reads, by name.
   * @param scalars Its scalars.
   */
  async map(
    made: Pick<ReductionSource, "program" | "key" | "shape" | "halo">,
    inputs: Readonly<Record<string, SharedNdArray>>,
    scalars: readonly PassedScalar[],
  ): Promise<SharedNdArray> {
    const { workers, strict } = this.#wishes, { shape } = made;
    const prepared = unnamedProgram(made, inputs);
    const [[name, dtype]] = Object.entries(prepared.outputs);
    const out = uninitialised(shape, dtype), arrays = { ...inputs, [name]: out };
    const { kernel: compiled, module } = compileExpression(prepared, placesOf(arrays), strict);
    const message = { kind: "compiled", compiled, module, scalars } as const;
    const plan = planTiles(shape, { workers, itemBytes: 8 });
    await this.#execute({ plan, arrays, shared: {}, message }, false);
    return out;
  }

  /**
   * Runs units of another kind.
   *
   * @param task What is to be done.
   */
  async runUnits(task: Parameters<typeof execute>[0]): Promise<void> {
    await this.#execute(task, true);
  }

  async #execute(task: Parameters<typeof execute>[0], hasUnits: boolean): Promise<void> {
    const { workers, exact, signal, recorder } = this.#wishes;
    signal?.throwIfAborted();
    // What is made of the units' results takes no time to speak of.
    const onProgress = hasUnits ? this.#progress.next() : undefined;
    const began = performance.now();
    const settings = { workers, lease: this.#lease, exact, began, signal, onProgress, recorder };
    this.#reports.push({ report: (await execute(task, settings)).report, hasUnits });
  }

  /**
   * The report of all runs, of which the last is over.
   *
   * @param shape The shape of what was reduced.
   */
  report(shape: Shape): RunReport {
    this.#progress.finish();
    return joinReports(this.#reports, shape, performance.now() - this.#began, this.#wishes.workers);
  }

  /** Closes the pool, unless it was given. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#lease[Symbol.asyncDispose]();
  }
}

/** The program with an output that has no name of its own, so that it takes one that no input has. */
function unnamedProgram<P extends Pick<ReductionSource, "program">>(
  made: P,
  inputs: Readonly<Record<string, SharedNdArray>>,
): P & { readonly outputs: Readonly<Record<string, DType>> } {
  const { program } = made, [output] = program.outputs;
  const outputs = { [unnamedOutput(inputs)]: output.dtype };
  return { ...made, program: { ...program, outputs: [{ ...output, name: null }] }, outputs };
}

function placesOf(arrays: Readonly<Record<string, SharedNdArray>>): Record<string, OperandPlace> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, placeOf(array)]));
}

/**
 * What workers are told of a reduction.
 *
 * @param source The elements. Their dtype is one of those that are combined.
 * @param plan Which of them become one, in which units.
 * @param spec What is done with them.
 * @param strict Whether they are computed with the same bits on every machine.
 */
export function reduceMessage(
  source: ReductionSource,
  plan: ReducePlan,
  spec: ReduceSpec,
  strict: boolean,
): ReduceMessage {
  const { inputs, scalars, program: { outputs: [{ value }] } } = source, lanes = requireLanes(source.dtype);
  const { compiled, module, output } = compileElements(source, blockStrides(plan), strict);
  const isDirect = value.kind === "input" && value.offset === undefined && source.halo === null &&
    placeOf(inputs[value.name]).memory === "wasm32";
  const direct = isDirect ? value.name : null;
  return { kind: "reduce", compiled, module, scalars, output, direct, plan, lanes, spec };
}

/**
 * Compiles what gives elements, for blocks in which workers compute them.
 *
 * @param source The elements.
 * @param strides Steps in elements, by axis, where they go.
 * @param strict Whether they are computed with the same bits on every machine.
 */
export function compileElements(
  source: ReductionSource,
  strides: readonly number[],
  strict: boolean,
): Pick<ReduceMessage, "compiled" | "output"> & { readonly module: WebAssembly.Module } {
  const prepared = unnamedProgram(source, source.inputs), [output] = Object.keys(prepared.outputs);
  const places = { ...placesOf(source.inputs), [output]: { strides, memory: "wasm32" } as const };
  const { kernel: compiled, module } = compileExpression(prepared, places, strict);
  return { compiled, module, output };
}

function requireLanes(dtype: DType): LaneDType {
  if (dtype === "float64" || dtype === "int64" || dtype === "uint64") return dtype;
  throw new TypeError(`Elements are combined as float64, int64 or uint64, not as ${dtype}`);
}
