/**
 * A call of `tiledMap` before anything runs: its options, its arrays, its plan and its kernel.
 *
 * @module
 */

import { sameShape, type Shape, showShape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { PlanError, ShapeError, showValue } from "../errors.ts";
import { viewElements, withoutEdges } from "../plan/halo.ts";
import { readHalo } from "../plan/halo_options.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import { planTiles, type TilePlan } from "../plan/tile_plan.ts";
import type { KernelMessage } from "./protocol.ts";
import {
  boundaryFill,
  commonShape,
  elementBytes,
  makeOutputs,
  type OutputSpec,
  refuseOverlaps,
  refuseShared,
  refuseTwice,
} from "./run_arrays.ts";
import { refuseUnknown } from "./known_options.ts";
import { GUARD_NAMES, requireGuards } from "./run_guards.ts";
import type { Expression, TiledMapOptions } from "./map_options.ts";
import { RunRecorder } from "./run_recorder.ts";
import { isPool, requireOpen, resolveWorkers } from "./pool_checks.ts";

/** The options of a run, whatever its outputs. */
export type RunWishes = TiledMapOptions<Readonly<Record<string, OutputSpec>>>;

export { viewElements };

/** A run that may begin. */
export interface PreparedRun {
  readonly plan: TilePlan;
  readonly outputs: Readonly<Record<string, SharedNdArray>>;
  /** Inputs and outputs. */
  readonly arrays: Readonly<Record<string, SharedNdArray>>;
  readonly shared: Readonly<Record<string, SharedNdArray>>;
  readonly message: KernelMessage;
}

/** Options that are records of names, options that are true or false, and options of a kind of their own. */
const RECORDS = ["inputs", "outputs", "shared", "scalars"] as const;
const SWITCHES = ["exact", "strict"] as const;
const OTHERS = {
  pool: [isPool, "a WorkerPool"],
  signal: [(value: unknown) => value instanceof AbortSignal, "an AbortSignal"],
  onProgress: [(value: unknown) => typeof value === "function", "a function"],
  recorder: [(value: unknown) => value instanceof RunRecorder, "a RunRecorder"],
  tile: [Array.isArray, "an array of extents, such as [4, 4]"],
  maxMemory: [isByteCount, "a positive integer, in bytes"],
} as const;

/** The names of all options of a run. */
const NAMES: readonly string[] = [
  ...RECORDS,
  ...SWITCHES,
  ...Object.keys(OTHERS),
  "halo",
  "boundary",
  "boundaryValue",
  "workers",
  "grain",
  ...GUARD_NAMES,
];

/**
 * Checks what kinds of values options are, and copies those that may change while something is awaited.
 *
 * @param options The options, as a program in JavaScript might pass them.
 * @param more The names of options that the caller looks at itself, or has looked at.
 * @throws {PlanError} If one is of another kind than it can be, or there is no option of its name.
 */
export function readOptions(options: RunWishes, more: readonly string[] = []): RunWishes {
  if (!isRecord(options)) {
    throw new PlanError(
      `The options must be an object, such as { inputs: { a } }, but are ${showValue(options)}`,
    );
  }
  refuseUnknown(options, [...more, ...NAMES]);
  const read: Record<string, unknown> = { ...options };
  const refuse = (name: string, expected: string): never => {
    throw new PlanError(`The option ${name} must be ${expected}, but is ${showValue(read[name])}`);
  };
  for (const name of RECORDS) {
    if (read[name] === undefined) continue;
    if (!isRecord(read[name]) || Array.isArray(read[name])) {
      refuse(name, "an object with a name for each value");
    }
    read[name] = Object.fromEntries(Object.entries(options[name] ?? {}));
  }
  for (const name of SWITCHES) {
    if (read[name] !== undefined && typeof read[name] !== "boolean") refuse(name, "true or false");
  }
  for (const [name, [isRight, expected]] of Object.entries(OTHERS)) {
    if (read[name] !== undefined && !isRight(read[name])) refuse(name, expected);
  }
  // Copied name by name from options of that type.
  const wishes = read as RunWishes;
  requireGuards(wishes, wishes.pool !== undefined);
  return wishes;
}

function isByteCount(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/**
 * How many workers may take part.
 *
 * @param wishes The options.
 * @throws {PlanError} If the number is none, or more than the pool has.
 * @throws {WorkerError} If the pool was closed.
 */
export function workersOf({ workers, pool }: RunWishes): number {
  if (pool === undefined) return resolveWorkers(workers);
  // Also a run that would take place on this thread.
  requireOpen(pool);
  const wanted = resolveWorkers(workers ?? pool.size);
  if (wanted > pool.size) {
    throw new PlanError(`Cannot use ${wanted} workers of a pool that has ${pool.size}`);
  }
  return wanted;
}

/** What {@linkcode prepareModule} is told besides the options. */
export interface ModuleSettings {
  /** Whether each tile needs a call of its own. Default false. */
  readonly isTileByTile?: boolean;
  /** What {@linkcode loadBudget} gave, for options with a limit. */
  readonly refuseLarge?: RefuseLarge;
}

/** Refuses a run that would need too much memory. */
type RefuseLarge = typeof import("./budget.ts").refuseLargeRun;

/** Loads what refuses large runs. Most runs have no limit and need not wait for it. */
export async function loadBudget(): Promise<RefuseLarge> {
  return (await import("./budget.ts")).refuseLargeRun;
}

/**
 * Prepares a run of a kernel module.
 *
 * @param kernel The module.
 * @param wishes The options.
 * @param workers How many workers may take part.
 * @param settings How it is called, and what refuses it where there is a limit.
 */
export function prepareModule(
  kernel: URL,
  wishes: RunWishes,
  workers: number,
  { isTileByTile = false, refuseLarge }: ModuleSettings = {},
): PreparedRun {
  const { inputs = {}, outputs: specs = {}, shared = {}, scalars, strict } = wishes;
  if (scalars !== undefined || strict !== undefined) {
    const which = scalars !== undefined ? "scalars" : "strict";
    throw new PlanError(`${which} is for expressions, but the kernel is the module ${kernel.href}`);
  }
  const halo = moduleHalo(wishes);
  const shape = halo === null ? commonShape(inputs, specs) : shapeWithin(inputs, specs, halo);
  const plan = planRun(shape, inputs, specs, wishes, workers, halo !== null);
  if (halo !== null) requireRoom(plan, halo);
  refuseOverlaps(inputs, specs, new Set(Object.keys(halo?.fills ?? {})));
  refuseShared(shared, inputs, specs);
  if (wishes.maxMemory !== undefined) {
    if (refuseLarge === undefined) throw new Error("A run with a limit needs what refuses it");
    const edges = { tile: plan.tile, axes: halo?.axes ?? [], fills: halo?.fills ?? {} };
    const arrays = { ...inputs, ...shared };
    refuseLarge({ limit: wishes.maxMemory, workers }, { arrays, specs, shape: plan.shape, edges });
  }
  const outputs = makeOutputs(specs, plan.shape);
  return {
    plan,
    outputs,
    arrays: { ...inputs, ...outputs },
    shared,
    message: {
      kind: "module",
      url: kernel.href,
      inputs: Object.keys(inputs),
      outputs: Object.keys(outputs),
      halo,
      isTileByTile,
    },
  };
}

/** Elements that a tile may have with its halo: what is at an edge is copied as a whole. */
const MOST_VIEW_ELEMENTS = 2 ** 28;

function requireRoom({ tile }: TilePlan, { axes }: KernelHalo): void {
  const seen = viewElements(tile, axes);
  if (seen <= MOST_VIEW_ELEMENTS) return;
  throw new PlanError(
    `A tile of ${
      showShape(tile)
    } has ${seen} elements with this halo, more than the ${MOST_VIEW_ELEMENTS} that a kernel ` +
      "can see at a time: take a smaller halo or tile",
  );
}

/** What a kernel module sees beyond its tiles; null where that is nothing. */
export function moduleHalo({ inputs = {}, halo, boundary, boundaryValue = 0 }: RunWishes): KernelHalo | null {
  const [first] = Object.values(inputs);
  if (halo === undefined) {
    if (boundary === undefined) return null;
    throw new PlanError(
      "boundary says what lies beyond the edges, but there is no halo: add the option halo, such as 1",
    );
  }
  if (first === undefined) {
    throw new PlanError("A halo is read from inputs, but there is none: add one, or leave out halo");
  }
  const inputShape = commonShape(inputs, {});
  const axes = readHalo(halo, boundary, inputShape.length);
  // A halo that is given is told to the kernel, even when it is none.
  if (axes.every(({ before, after }) => before === 0 && after === 0)) return { axes, inputShape, fills: {} };
  const fills = Object.fromEntries(
    Object.entries(inputs).map(([name, { dtype }]) => [name, boundaryFill(boundaryValue, dtype, name)]),
  );
  return { axes, inputShape, fills };
}

/** The shape of a run with a halo, which all outputs have. */
export function shapeWithin(
  inputs: Readonly<Record<string, SharedNdArray>>,
  specs: Readonly<Record<string, OutputSpec>>,
  { axes, inputShape }: KernelHalo,
): Shape {
  refuseTwice(inputs, specs);
  const shape = withoutEdges(inputShape, axes);
  if (Object.values(specs).some((spec) => typeof spec !== "string")) {
    const outputShape = commonShape({}, specs);
    if (!sameShape(outputShape, shape)) {
      throw new ShapeError(
        `With this halo the outputs have ${showShape(shape)}, because the inputs have ${
          showShape(inputShape)
        }, but ${showShape(outputShape)} is given`,
      );
    }
  }
  return shape;
}

/** What no expression ends in, but a module's path does. */
const MODULE_PATH = /^(?:\.{0,2}\/.*|[^\s()"'`]*)\.[cm]?[jt]s$/;

/**
 * Whether a text that was given as an expression is the path of a module rather.
 *
 * @param text The text.
 */
export function looksLikePath(text: string): boolean {
  return MODULE_PATH.test(text.trim());
}

/**
 * Prepares a run of an expression.
 *
 * @param kernel The expression.
 * @param wishes The options.
 * @param workers How many workers may take part.
 */
export async function prepareExpressionRun(
  kernel: Expression,
  wishes: RunWishes,
  workers: number,
): Promise<PreparedRun> {
  if (typeof kernel !== "string" && typeof kernel !== "function") {
    throw new PlanError(
      `The kernel must be a URL of a module, an expression or an arrow function, but is ${showValue(kernel)}`,
    );
  }
  if (typeof kernel === "string" && looksLikePath(kernel)) {
    throw new PlanError(
      `The kernel ${showValue(kernel)} looks like a path: a module is given as new URL(${
        JSON.stringify(kernel)
      }, import.meta.url)`,
    );
  }
  if (wishes.halo !== undefined) {
    throw new PlanError(
      "The halo of an expression follows from what it reads, such as a(0, -1): leave out the option halo",
    );
  }
  if (Object.keys(wishes.shared ?? {}).length > 0) {
    throw new PlanError("An expression reads no shared arrays: pass them to a kernel module");
  }
  const expression = await import("./expression.ts");
  const prepared = await expression.prepareExpression(kernel, {
    inputs: wishes.inputs ?? {},
    scalars: wishes.scalars ?? {},
    outputs: wishes.outputs,
    boundary: wishes.boundary,
    boundaryValue: wishes.boundaryValue,
  });
  const { inputs, outputs: specs, shape, scalars, halo } = prepared;
  const plan = planRun(shape, inputs, specs, wishes, workers);
  refuseOverlaps(inputs, specs, new Set(Object.keys(halo?.fills ?? {})));
  if (wishes.maxMemory !== undefined) {
    const refuseLarge = await loadBudget();
    refuseLarge({ limit: wishes.maxMemory, workers }, { arrays: inputs, specs, shape });
  }
  // An expression writes every element of the tiles that are run.
  const outputs = makeOutputs(specs, shape, wishes.onlyTile === undefined);
  const arrays = { ...inputs, ...outputs };
  const places = Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, expression.placeOf(array)]),
  );
  const { kernel: compiled, module } = expression.compileExpression(prepared, places, wishes.strict ?? false);
  return { plan, outputs, arrays, shared: {}, message: { kind: "compiled", compiled, module, scalars } };
}

function planRun(
  shape: Shape,
  inputs: Readonly<Record<string, SharedNdArray>>,
  specs: Readonly<Record<string, OutputSpec>>,
  { tile, grain }: RunWishes,
  workers: number,
  hasEdges: boolean = false,
): TilePlan {
  const itemBytes = Math.max(1, ...elementBytes(inputs), ...elementBytes(specs));
  return planTiles(shape, { tile, grain, workers, itemBytes, hasEdges });
}
