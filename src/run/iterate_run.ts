/**
 * How an iteration is run: its turns are prepared like single runs, and go to the workers together.
 *
 * @module
 */

import { broadcastShapes } from "../array/layout/broadcast.ts";
import { sameShape, type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray, uninitialised } from "../array/shared_ndarray.ts";
import { PlanError, ShapeError, showValue, ValueError } from "../errors.ts";
import type { Boundary } from "../plan/halo.ts";
import { type IterationPlan, stepsAt, ticketsOf } from "../plan/iteration.ts";
import { MOST_TILES, planTiles } from "../plan/tile_plan.ts";
import { execute, PoolLease } from "./execute.ts";
import type { IteratedRun, IterateOptions, Until } from "./iterate.ts";
import { refuseUnknown } from "./known_options.ts";
import type { Expression } from "./map_options.ts";
import {
  type PreparedRun,
  prepareExpressionRun,
  prepareModule,
  readOptions,
  type RunWishes,
  workersOf,
} from "./prepare_run.ts";
import { type IterateMessage, type IterationTurn, LOOK_RESULT, LOOK_VALUES } from "./protocol.ts";
import { requireRecord, type ScalarValue, splitInputs } from "./run_arrays.ts";
import { displayed } from "./run_display.ts";
import { stepNs } from "./run_here.ts";

/** What `iterate` was called with. */
export interface GivenIteration {
  /** When, as `performance.now()` tells time. */
  readonly began: number;
  readonly inputs: Readonly<Record<string, SharedNdArray | ScalarValue>>;
  readonly options: IterateOptions;
}

/**
 * Runs an iteration: what `iterate` does.
 *
 * @param kernel The kernel.
 * @param given Inputs and options.
 */
export async function runIteration(
  kernel: URL | Expression,
  { began, inputs, options }: GivenIteration,
): Promise<IteratedRun> {
  const { arrays, scalars } = splitInputs(inputs);
  const { steps, until, state, ...rest } = options;
  requireCount("steps", steps, 0);
  requireUntil(until);
  if (kernel instanceof URL) refuseNumbers(scalars);
  const wishes = readOptions({
    ...rest,
    scalars: kernel instanceof URL ? undefined : scalars,
  });
  refuseOtherGuards(wishes);
  wishes.signal?.throwIfAborted();
  refuseShrinking(wishes.boundary);
  const workers = workersOf(wishes);
  const states = await statesOf(kernel, arrays, state);
  const shape = states[0].first.shape;
  if (!(kernel instanceof URL)) {
    requireStateShape(
      states,
      broadcastShapes(...Object.values(arrays).map((array) => array.shape)),
    );
  }
  const { maxMemory, ...turnOptions } = wishes;
  if (maxMemory !== undefined) {
    const { refuseLargeIteration } = await import("./iterate_budget.ts");
    const known = { arrays, states, isModule: kernel instanceof URL };
    refuseLargeIteration(known, { ...wishes, workers, steps });
  }
  const buffers = states.map(({ first }) => [0, 1].map(() => bufferFor(first, !(kernel instanceof URL))));

  /** The arrays of a turn: 0 reads what was given, 1 the first buffers, 2 the second ones. */
  const prepareTurn = async (turn: 0 | 1 | 2): Promise<Turn> => {
    const read = states.map(({ first }, k) => turn === 0 ? first : buffers[k][turn - 1]);
    const written = states.map((_, k) => buffers[k][turn === 1 ? 1 : 0]);
    const turnInputs = { ...arrays, ...byName(states.map(({ input }) => input), read) };
    const turnOutputs = byName(states.map(({ output }) => output), written);
    const turnWishes: RunWishes = {
      ...turnOptions,
      inputs: turnInputs,
      outputs: turnOutputs,
      tile: wishes.tile ?? (kernel instanceof URL ? undefined : slabs(shape, workers)),
    };
    const prepared = kernel instanceof URL
      ? prepareModule(kernel, turnWishes, workers)
      : await prepareExpressionRun(kernel, turnWishes, workers);
    return { prepared, inputs: turnInputs, outputs: turnOutputs };
  };
  const turns = await Promise.all([prepareTurn(0), prepareTurn(1), prepareTurn(2)]);
  const { message: firstStep, plan: sharedPlan } = turns[0].prepared;
  const isSmall = !(wishes.exact ?? false) && stepNs(firstStep, sharedPlan.shape) < SMALL_STEP_NS;
  const used = isSmall ? 1 : workers;
  const tilePlan = isSmall && wishes.tile === undefined
    ? planTiles(shape, { tile: shape.map((extent) => Math.max(1, extent)), workers: 1, itemBytes: 8 })
    : sharedPlan;
  // Of nothing there is no step to be done, and no greatest change.
  const isEmpty = sizeOf(shape) === 0;
  const looks = until === undefined || isEmpty
    ? null
    : await prepareLooks(until, states, turns, scalars, wishes, workers);
  const iteration: IterationPlan = {
    steps: isEmpty ? 0 : steps,
    tiles: tilePlan.tiles,
    every: looks === null ? 0 : until?.every ?? 1,
    units: looks?.units ?? 0,
  };
  const tickets = ticketsOf(iteration);
  if (tickets > MOST_TILES) {
    throw new PlanError(
      `${steps} steps of ${tilePlan.tiles} tile${
        tilePlan.tiles === 1 ? "" : "s"
      } are ${tickets} pieces of work, more than ${MOST_TILES}: take larger tiles ` +
        "or fewer steps",
    );
  }
  const message: IterateMessage = {
    kind: "iterate",
    tilePlan,
    iteration,
    turns: [turnMessage(turns, looks, 0), turnMessage(turns, looks, 1), turnMessage(turns, looks, 2)],
  };
  await using lease = new PoolLease(wishes.pool, used, wishes);
  const { report, done } = await execute(
    {
      plan: planTiles([tickets], { tile: [1], grain: 1, workers: used, itemBytes: 8 }),
      arrays: turnArrays(turns, looks),
      shared: { ...wishes.shared, ...looks?.partials },
      message,
    },
    {
      workers: used,
      lease,
      exact: wishes.exact ?? false,
      began,
      signal: wishes.signal,
      onProgress: wishes.onProgress,
      recorder: wishes.recorder,
      guards: { tileTimeout: wishes.tileTimeout, loadTimeout: wishes.loadTimeout },
    },
  );
  const stepsDone = isEmpty ? 0 : stepsAt(iteration, done);
  const value = looks === null || steps === 0 ? null : Number(looks.partials[LOOK_RESULT].get(0));
  const results = byName(
    states.map(({ input }) => input),
    states.map(({ first }, k) => stepsDone === 0 ? first.copy() : buffers[k][(stepsDone + 1) % 2]),
  );
  return displayed({
    array: results[states[0].input],
    arrays: results,
    steps: isEmpty ? steps : stepsDone,
    isConverged: until !== undefined && value !== null && value < until.below,
    value,
    report: { ...report, shape: tilePlan.shape, tile: tilePlan.tile, grid: tilePlan.grid },
  });
}

/** Nanoseconds of a step for which several workers would wait for each other longer than they work. */
const SMALL_STEP_NS = 15_000;

/** Tiles of a step for each worker, so that all end at about the same time. */
const TILES_PER_WORKER = 4;

/** An input that each step gives anew. */
interface State {
  readonly input: string;
  readonly output: string;
  readonly first: SharedNdArray;
}

/** What a step reads and writes. */
interface Turn {
  readonly prepared: PreparedRun;
  readonly inputs: Readonly<Record<string, SharedNdArray>>;
  readonly outputs: Readonly<Record<string, SharedNdArray>>;
}

/** A buffer for a state. An expression writes every element of it. */
function bufferFor({ shape, dtype }: SharedNdArray, isFilled: boolean): SharedNdArray {
  return isFilled ? uninitialised(shape, dtype) : SharedNdArray.zeros(shape, { dtype });
}

function byName<T>(names: readonly string[], values: readonly T[]): Record<string, T> {
  return Object.fromEntries(names.map((name, k) => [name, values[k]]));
}

function requireCount(name: string, value: unknown, least: number): void {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return;
  throw new PlanError(`The option ${name} must be an integer from ${least} on, but is ${showValue(value)}`);
}

const REDUCTIONS_OF_LOOKS: readonly unknown[] = ["max", "min", "sum", "mean", undefined];

function requireUntil(until: Until | undefined): void {
  if (until === undefined) return;
  requireRecord("The values of the option until", until, "{ below: 1e-6 }");
  refuseUnknown(until, ["below", "of", "reduce", "every"], "until.");
  const { below, every = 1, reduce } = until;
  if (typeof below !== "number" || Number.isNaN(below)) {
    throw new ValueError(`until.below must be a number, but is ${showValue(below)}`);
  }
  requireCount("until.every", every, 1);
  if (!REDUCTIONS_OF_LOOKS.includes(reduce)) {
    throw new PlanError(`until.reduce must be "max", "min", "sum" or "mean", but is ${showValue(reduce)}`);
  }
}

function refuseNumbers(scalars: Readonly<Record<string, ScalarValue>>): void {
  const [name] = Object.keys(scalars);
  if (name === undefined) return;
  throw new PlanError(
    `The input ${name} is a number, which only expressions take: pass it to the kernel module in an array under shared`,
  );
}

/** Steps build on each other, so that a tile cannot be done again, nor alone. */
function refuseOtherGuards(wishes: RunWishes): void {
  for (const name of ["retries", "debug", "onlyTile"] as const) {
    if (wishes[name] === undefined) continue;
    throw new PlanError(`${name} is not for iterations: try one step with tiledMap`);
  }
}

function refuseShrinking(boundary: Boundary | undefined): void {
  const modes = Array.isArray(boundary) ? boundary : [boundary];
  if (!modes.includes("none")) return;
  throw new PlanError('With boundary "none" arrays would shrink with each step: take another mode');
}

/** The states, and under which names the kernel gives them anew. */
async function statesOf(
  kernel: URL | Expression,
  arrays: Readonly<Record<string, SharedNdArray>>,
  state: IterateOptions["state"],
): Promise<State[]> {
  const names = Object.keys(arrays);
  if (names.length === 0) {
    throw new PlanError("An iteration needs an array to begin with: pass it among the inputs");
  }
  const made = kernel instanceof URL ? null : await outputsOf(kernel);
  const becomes = typeof state === "object" && state !== null
    ? Object.entries(state)
    : [[state ?? names[0], made?.[0] ?? NEXT] as const];
  if (becomes.length === 0) throw new PlanError("The option state names no input");
  const outputs = becomes.map(([, output]) => output);
  const missing = made?.find((name) => !outputs.includes(name));
  if (missing !== undefined || new Set(outputs).size < outputs.length) {
    throw new PlanError(
      `Each output of the kernel becomes one input of the next step, but ${missing ?? outputs[0]} ${
        missing === undefined ? "becomes several" : "becomes none"
      }: name them all, as in state: { z: "${made?.[0] ?? NEXT}" }`,
    );
  }
  return becomes.map(([input, output]) => {
    if (!Object.hasOwn(arrays, input)) {
      throw new PlanError(
        `The state ${showValue(input)} is no array among the inputs: there are ${names.join(", ")}`,
      );
    }
    if (Object.hasOwn(arrays, output)) {
      throw new PlanError(
        `${output} is an input and the output of a step: give the output a name of its own`,
      );
    }
    return { input, output, first: arrays[input] };
  });
}

/** The name of what a step gives where the kernel has none. */
const NEXT = "next";

async function outputsOf(kernel: Expression): Promise<readonly string[] | null> {
  const { expressionOutputs } = await import("./expression.ts");
  return await expressionOutputs(kernel);
}

/** Whole slabs along the first axes, a few for each worker. */
function slabs(shape: Shape, workers: number): Shape {
  let wanted = workers * TILES_PER_WORKER;
  return shape.map((extent) => {
    const pieces = Math.max(1, Math.min(extent, wanted));
    wanted = Math.ceil(wanted / pieces);
    return Math.max(1, Math.ceil(extent / pieces));
  });
}

/** A state has to have the shape that all inputs broadcast to: what a step gives has that. */
function requireStateShape(states: readonly State[], shape: Shape): void {
  for (const { input, first } of states) {
    if (sameShape(first.shape, shape)) continue;
    throw new ShapeError(
      `The state ${input} has ${showShape(first.shape)}, but a step gives ${
        showShape(shape)
      }: begin with an array of that shape`,
    );
  }
}

/** Looks, one for each turn, and where they leave what they find. */
interface Looks {
  readonly units: number;
  readonly partials: Readonly<Record<string, SharedNdArray>>;
  readonly turns: readonly LookOfTurn[];
}

interface LookOfTurn extends Omit<NonNullable<IterationTurn["look"]>, "arrays"> {
  readonly inputs: Readonly<Record<string, SharedNdArray>>;
}

async function prepareLooks(
  { of, reduce = "max", below }: Until,
  states: readonly State[],
  turns: readonly Turn[],
  scalars: Readonly<Record<string, ScalarValue>>,
  { boundary, boundaryValue, strict = false }: RunWishes,
  workers: number,
): Promise<Looks> {
  const [{ input, output }] = states;
  if (of === undefined && states.length > 1) {
    throw new PlanError("With several states, until.of has to say what is looked at");
  }
  const { prepareSource, reduceMessage, wrapSource } = await import("./reduction_runs.ts");
  const { castTo } = await import("../plan/reduce/elements.ts");
  const { planReduction } = await import("../plan/reduce/plan_reduction.ts");
  const made = await Promise.all(turns.map(async ({ inputs, outputs }) => {
    const given = { arrays: { ...inputs, ...outputs }, scalars };
    const source = await prepareSource(of ?? `abs(float64(${output}) - float64(${input}))`, given, {
      boundary,
      boundaryValue,
    });
    const lanes = wrapSource(source, {
      name: "as float64",
      lanes: "float64",
      element: (element) => castTo(element, "float64"),
    });
    const plan = planReduction(source.shape, null, { workers });
    const kernel = reduceMessage(
      lanes,
      plan,
      { kind: "fold", fold: reduce === "mean" ? "sum" : reduce },
      strict,
    );
    return { kernel, below, divisor: reduce === "mean" ? sizeOf(source.shape) : 1, inputs: lanes.inputs };
  }));
  const [{ kernel: { plan } }] = made;
  return {
    units: plan.cellUnits * plan.positionUnits,
    partials: {
      [LOOK_VALUES]: SharedNdArray.zeros([plan.positionUnits, plan.cells]),
      [LOOK_RESULT]: SharedNdArray.full([1], NaN),
    },
    turns: made,
  };
}

/** The arrays of all turns, each under a name of its own. */
function turnArrays(turns: readonly Turn[], looks: Looks | null): Record<string, SharedNdArray> {
  const all: [string, SharedNdArray][] = [];
  turns.forEach(({ prepared }, turn) => {
    for (const [name, array] of Object.entries(prepared.arrays)) {
      all.push([nameOf("step", turn, name), array]);
    }
    for (const [name, array] of Object.entries(looks?.turns[turn].inputs ?? {})) {
      all.push([nameOf("look", turn, name), array]);
    }
  });
  return Object.fromEntries(all);
}

function nameOf(what: "step" | "look", turn: number, name: string): string {
  return `${what} ${turn} ${name}`;
}

function turnMessage(turns: readonly Turn[], looks: Looks | null, turn: number): IterationTurn {
  const { message, arrays } = turns[turn].prepared;
  if (message.kind !== "module" && message.kind !== "compiled") {
    throw new Error(`A step is no ${message.kind}`);
  }
  const renamed = (what: "step" | "look", names: readonly string[]) =>
    byName(names, names.map((name) => nameOf(what, turn, name)));
  const look = looks?.turns[turn];
  return {
    kernel: message,
    arrays: renamed("step", Object.keys(arrays)),
    look: look === undefined ? null : {
      kernel: look.kernel,
      arrays: renamed("look", Object.keys(look.inputs)),
      below: look.below,
      divisor: look.divisor,
    },
  };
}
