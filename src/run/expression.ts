/**
 * Expressions on their way to a run: parsed, checked against the arrays at hand, compiled, and kept for the next time.
 *
 * @module
 */

import { broadcastShapes } from "../array/layout/broadcast.ts";
import { sameShape, type Shape, showShape } from "../array/layout/shape.ts";
import { layoutOf, SharedNdArray, storageOf } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { PlanError, ShapeError, showValue, ValueError } from "../errors.ts";
import { has64BitAddresses } from "../kernel/address_width.ts";
import { type CompiledProgram, compileProgram, indexAxesOf, type OperandLayout } from "../kernel/compile.ts";
import type { CompiledKernel, CompiledOperand, PassedScalar } from "../kernel/compiled_kernel.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import { accessAlong, loopOrder } from "../kernel/loop_order.ts";
import { groupReads } from "../kernel/reads.ts";
import { passedKind } from "../kernel/scalars.ts";
import { checkKernel, type Environment } from "../plan/expr/check.ts";
import { type KernelSource as ExpressionSource, outputNames, parseKernel } from "../plan/expr/parse.ts";
import type { InputNode, Program, ProgramScalar, ScalarKind } from "../plan/expr/program.ts";
import { reachOf, readsOf } from "../plan/expr/reachable.ts";
import { foldOffset } from "../plan/edges.ts";
import { type Boundary, type BoundaryMode, withoutEdges } from "../plan/halo.ts";
import { readHalo } from "../plan/halo_options.ts";
import { BoundedMap } from "../bounded_map.ts";
import { boundaryFill, type OutputSpec, refuseStored, refuseTwice, type ScalarValue } from "./run_arrays.ts";

/** The name of an output that neither the expression nor the caller names. */
const UNNAMED_OUTPUT = "out";

/** What an expression is to be run on. */
export interface ExpressionJob {
  readonly inputs: Readonly<Record<string, SharedNdArray>>;
  readonly scalars: Readonly<Record<string, ScalarValue>>;
  /** Undefined where the expression decides. */
  readonly outputs: Readonly<Record<string, OutputSpec>> | undefined;
  /** What lies beyond the edges of inputs. */
  readonly boundary?: Boundary;
  /** What that is in mode "constant". */
  readonly boundaryValue?: ScalarValue;
}

/** An expression that fits its arrays. */
export interface PreparedExpression {
  readonly program: Program;
  /** What decides the program: equal keys are equal programs. */
  readonly key: string;
  /** The arrays that it reads, broadcast to one shape. */
  readonly inputs: Readonly<Record<string, SharedNdArray>>;
  /** How it reads beyond the element at hand; null where it does not. */
  readonly halo: KernelHalo | null;
  /** Its outputs: arrays that are given, and dtypes of those to be made. */
  readonly outputs: Readonly<Record<string, OutputSpec>>;
  /** The shape of the outputs. */
  readonly shape: Shape;
  /** The values of its scalars, in the order of the program. */
  readonly scalars: readonly PassedScalar[];
}

/** Programs and modules that are kept. */
const KEPT = 256;
const programs = new BoundedMap<string, Program>(KEPT);
const modules = new BoundedMap<string, MadeModule>(KEPT);

interface MadeModule extends Omit<CompiledProgram, "bytes"> {
  readonly module: WebAssembly.Module;
  readonly byteLength: number;
}

/**
 * Checks an expression against arrays and scalars.
 *
 * @param source The expression.
 * @param job What it is to be run on.
 * @throws {ExpressionError} If it is not in the language, or does not fit.
 * @throws {ShapeError} If the inputs do not broadcast, or an output has another shape.
 * @throws {PlanError} If what is given is no expression, or no array, or a name stands for two of them.
 */
export async function prepareExpression(
  source: ExpressionSource,
  job: ExpressionJob,
): Promise<PreparedExpression> {
  const { inputs, scalars } = job;
  requireExpression(source);
  const kinds = scalarKinds(scalars);
  requireNames(job);
  const inputShape = runShape(inputs, job.outputs ?? {});
  const environment = {
    inputs: mapValues(inputs, (array) => array.dtype),
    scalars: kinds,
    rank: inputShape.length,
    outputs: job.outputs === undefined ? undefined : mapValues(job.outputs, dtypeOf),
  };
  const { program, key } = await checkExpression(source, environment);
  const halo = haloOf(program, inputShape, job);
  const shape = halo === null ? inputShape : withoutEdges(inputShape, halo.axes);
  const outputs = job.outputs ?? newOutputs(program, inputs);
  requireShapes(outputs, inputShape, shape);
  return {
    program,
    key,
    inputs: Object.fromEntries(
      program.inputs.map(({ name }) => [name, inputs[name].broadcastTo(inputShape)]),
    ),
    halo,
    outputs,
    shape,
    scalars: program.scalars.map((scalar) => passScalar(scalar, scalars[scalar.name])),
  };
}

/**
 * How a program reads beyond the element at hand.
 *
 * @param program The program.
 * @param inputShape The shape of its inputs.
 * @param wishes What lies beyond their edges.
 * @returns Null where it does not.
 * @throws {PlanError} If a boundary mode does not exist, or there are not as many as axes.
 * @throws {ValueError} If the value beyond the edges is none that an input can hold.
 */
export function haloOf(
  program: Program,
  inputShape: Shape,
  { boundary, boundaryValue = 0 }: Pick<ExpressionJob, "boundary" | "boundaryValue">,
): KernelHalo | null {
  const rank = inputShape.length, all = readsOf(program);
  if (boundary === undefined && all.every(({ offset }) => offset === undefined)) return null;
  // A boundary that is not needed may be wrong all the same.
  const modes = readHalo(0, boundary, rank).map(({ mode }) => mode);
  const reads = foldReads(all, modes, inputShape), reach = reachOf(reads, rank);
  if (reach.every(({ before, after }) => before === 0 && after === 0)) return null;
  const fills = Object.fromEntries(
    reads.filter(({ offset }) => offset !== undefined)
      .map(({ name, dtype }) => [name, boundaryFill(boundaryValue, dtype, name)]),
  );
  return { axes: reach.map((own, axis) => ({ ...own, mode: modes[axis] })), inputShape, fills };
}

/** Reads of the same elements, but not from further away than the arrays are long. */
function foldReads(
  reads: readonly InputNode[],
  modes: readonly BoundaryMode[],
  inputShape: Shape,
): readonly InputNode[] {
  if (reads.every(({ offset }) => offset === undefined)) return reads;
  return reads.map((read) => {
    if (read.offset === undefined) return read;
    const offset = read.offset.map((distance, axis) => foldOffset(modes[axis], distance, inputShape[axis]));
    const { kind, dtype, name } = read;
    return offset.every((distance) => distance === 0) ? { kind, dtype, name } : { ...read, offset };
  });
}

/**
 * Checks an expression, unless that was done before.
 *
 * @param source The expression.
 * @param environment What there is.
 * @throws {ExpressionError} If it is not in the language, or does not fit.
 */
export async function checkExpression(
  source: ExpressionSource,
  environment: Environment,
): Promise<{ readonly program: Program; readonly key: string }> {
  // The text of a function may say something else than the same text as such.
  const key = JSON.stringify(
    [typeof source, expressionText(source), environment],
    // JSON leaves out what is undefined, but an output of any dtype has a name.
    (_, value: unknown) => value ?? null,
  );
  let program = programs.get(key);
  if (program === undefined) {
    program = checkKernel(await parseKernel(source), environment);
    programs.set(key, program);
  }
  return { program, key };
}

/** The text of an expression. A function with a `toString` of its own shall not choose what is run. */
function expressionText(source: ExpressionSource): string {
  return typeof source === "string" ? source : Function.prototype.toString.call(source);
}

/**
 * The names of an expression's outputs, or null for one without a name.
 *
 * @param source The expression.
 * @throws {PlanError} If it is neither a text nor a function.
 */
export async function expressionOutputs(source: ExpressionSource): Promise<readonly string[] | null> {
  requireExpression(source);
  return outputNames(await parseKernel(source));
}

/** Where an array's elements lie, as far as code depends on it. */
export interface OperandPlace {
  /** Steps in elements, by axis. */
  readonly strides: readonly number[];
  /** Memory with addresses of 32 or 64 bits that WebAssembly can use, or any other, which goes through blocks. */
  readonly memory: "wasm32" | "wasm64" | "other";
}

/**
 * Where an array's elements lie.
 *
 * @param array The array.
 * @throws {DisposedError} If it was disposed.
 */
export function placeOf(array: SharedNdArray): OperandPlace {
  const storage = storageOf(array);
  storage.require();
  const memory = storage.webAssemblyMemory;
  return {
    strides: layoutOf(array).strides,
    memory: memory === undefined ? "other" : has64BitAddresses(memory) ? "wasm64" : "wasm32",
  };
}

/** What compiling needs to know of an expression. */
export type ExpressionToCompile = Pick<
  PreparedExpression,
  "program" | "key" | "shape" | "outputs" | "halo"
>;

/** What an expression was compiled to. */
export interface CompiledExpression {
  /** What workers get. */
  readonly kernel: CompiledKernel;
  readonly module: WebAssembly.Module;
  /** How long the module is. */
  readonly byteLength: number;
  /** Vector instructions in a turn of the innermost loop. */
  readonly instructions: number;
}

/**
 * Compiles a prepared expression for the layout of its arrays, unless that was done before.
 *
 * @param prepared The expression.
 * @param places Where inputs and outputs lie, by name.
 * @param strict Whether instructions are left out whose result differs between machines.
 */
export function compileExpression(
  { program, key, shape, outputs, halo }: ExpressionToCompile,
  places: Readonly<Record<string, OperandPlace>>,
  strict: boolean,
): CompiledExpression {
  const outputNames = program.outputs.map(({ name }) => name ?? Object.keys(outputs)[0]);
  const inputNames = program.inputs.map(({ name }) => name);
  // What is written decides first. An output without a name of its own is the only one.
  const axes = loopOrder(shape, [...outputNames, ...inputNames].map((name) => places[name]));
  const innerAxis = axes.at(-1) ?? -1;
  const inputShape = halo?.inputShape ?? shape;
  const accessOf = (name: string) => {
    // Where edges are left out, one element of an output may be read from several of an input.
    const place = places[name], own = inputNames.includes(name) ? inputShape : shape;
    // What is copied to blocks lies side by side there.
    return place.memory === "other" ? "contiguous" : accessAlong(own, place, innerAxis);
  };
  const all = readsOf(program);
  // Without a halo all offsets that there are read the element at hand.
  const folded = halo === null
    ? all.map(({ kind, dtype, name }) => ({ kind, dtype, name }))
    : foldReads(all, halo.axes.map(({ mode }) => mode), inputShape);
  const reads = groupReads(folded, innerAxis, accessOf);
  const arrays = [...inputNames, ...outputNames];
  const operands: CompiledOperand[] = [
    ...reads.operands.map((read) => ({ ...read, isOutput: false, memory: arrays.indexOf(read.name) })),
    ...outputNames.map((name, k) => ({
      name,
      access: accessOf(name),
      isOutput: true,
      offset: null,
      span: 0,
      memory: inputNames.length + k,
    })),
  ];
  const layouts = operands.map(({ name, access, memory }): OperandLayout => ({
    access,
    is64: places[name].memory === "wasm64",
    memory,
  }));
  const indexAxes = indexAxesOf(program);
  const compiledKey = JSON.stringify([
    key,
    layouts,
    reads.loads,
    indexAxes.map((axis) => axis === innerAxis),
    strict,
  ]);
  let made = modules.get(compiledKey);
  if (made === undefined) {
    const { bytes, ...facts } = compileProgram(program, { layouts, loads: reads.loads, innerAxis, strict });
    made = { module: new WebAssembly.Module(bytes), byteLength: bytes.length, ...facts };
    modules.set(compiledKey, made);
  }
  const { module, elements, instructions, byteLength } = made;
  return {
    kernel: {
      key: compiledKey,
      operands,
      axes,
      indexAxes,
      elements,
      // Loading, storing and counting cost as much as a few instructions.
      weight: (instructions + 4) / elements,
      halo,
    },
    module,
    byteLength,
    instructions,
  };
}

function requireExpression(source: ExpressionSource): void {
  if (typeof source === "string" || typeof source === "function") return;
  throw new PlanError(`The kernel must be an expression or an arrow function, but is ${showValue(source)}`);
}

/** What an expression makes when nobody says what it shall make. */
function newOutputs(
  { outputs }: Program,
  inputs: Readonly<Record<string, SharedNdArray>>,
): Readonly<Record<string, DType>> {
  const made = Object.fromEntries(outputs.map(({ name, dtype }) => [name ?? unnamedOutput(inputs), dtype]));
  refuseTwice(inputs, made);
  return made;
}

/**
 * The name of an output that nobody names: `out`, with `_` behind it as often as an input has that name.
 *
 * @param inputs The inputs by name.
 */
export function unnamedOutput(inputs: Readonly<Record<string, SharedNdArray>>): string {
  let name = UNNAMED_OUTPUT;
  while (Object.hasOwn(inputs, name)) name += "_";
  return name;
}

function requireNames({ inputs, scalars, outputs = {} }: ExpressionJob): void {
  for (const [name, array] of Object.entries(inputs)) {
    if (!(array instanceof SharedNdArray)) {
      refuseStored(name, array);
      throw new PlanError(`Input ${name} must be a SharedNdArray, but is ${showValue(array)}`);
    }
  }
  for (const name of Object.keys(scalars)) {
    if (Object.hasOwn(inputs, name)) throw new PlanError(`${name} is an input and a scalar: rename one`);
  }
  for (const [name, spec] of Object.entries(outputs)) {
    if (typeof spec === "string" || spec instanceof SharedNdArray) continue;
    refuseStored(name, spec);
    throw new PlanError(
      `Output ${name} must be a SharedNdArray or the name of a dtype, but is ${showValue(spec)}`,
    );
  }
  refuseTwice(inputs, outputs);
}

/** The shape that inputs broadcast to. */
function runShape(
  inputs: Readonly<Record<string, SharedNdArray>>,
  outputs: Readonly<Record<string, OutputSpec>>,
): Shape {
  const given = Object.entries(outputs).filter((entry): entry is [string, SharedNdArray] =>
    entry[1] instanceof SharedNdArray
  );
  const shapes = Object.values(inputs).map(({ shape }) => shape);
  if (shapes.length + given.length === 0) {
    throw new PlanError("A run needs at least one array, in inputs or outputs");
  }
  // Outputs alone give a shape where there is no input, as for `index(0)`.
  return broadcastShapes(...(shapes.length > 0 ? shapes : [given[0][1].shape]));
}

/** Refuses outputs of another shape than that of the run. */
function requireShapes(
  outputs: Readonly<Record<string, OutputSpec>>,
  inputShape: Shape,
  shape: Shape,
): void {
  for (const [name, output] of Object.entries(outputs)) {
    if (typeof output === "string" || sameShape(output.shape, shape)) continue;
    const edges = sameShape(shape, inputShape)
      ? `the inputs broadcast to ${showShape(shape)}`
      : `without the edges of ${showShape(inputShape)} the result has ${showShape(shape)}`;
    throw new ShapeError(`Output ${name} has ${showShape(output.shape)}, but ${edges}`);
  }
}

function dtypeOf(spec: OutputSpec): DType {
  return typeof spec === "string" ? spec : spec.dtype;
}

/**
 * What scalars are given as.
 *
 * @param scalars The scalars by name.
 * @throws {ValueError} If one is neither a number nor a bigint nor a boolean.
 */
export function scalarKinds(scalars: Readonly<Record<string, ScalarValue>>): Record<string, ScalarKind> {
  return mapValues(scalars, scalarKind);
}

function scalarKind(value: ScalarValue, name: string): ScalarKind {
  const kind = typeof value;
  if (kind === "number" || kind === "bigint" || kind === "boolean") return kind;
  throw new ValueError(
    `Scalar ${name} must be a number, a bigint or a boolean, but is ${showValue(value)}`,
  );
}

/** A bigint has to fit every integer dtype that the program uses it as. */
function passScalar(scalar: ProgramScalar, value: ScalarValue): PassedScalar {
  const { name, dtypes } = scalar;
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (passedKind(scalar) === "number") return Number(value);
  for (const dtype of dtypes) {
    const range = INTEGER_RANGES[dtype], { least, most } = range ?? LONG_RANGE;
    if (value >= least && value <= most) continue;
    const use = range === undefined
      ? `as a bigint that becomes ${dtype} it can be ${least} to ${most}: pass a number`
      : `the expression uses it as ${dtype}, which holds ${least} to ${most}`;
    throw new ValueError(`Scalar ${name} is ${value}, but ${use}`);
  }
  return BigInt.asIntN(64, value);
}

/** What is passed to a kernel is an int64, whatever it becomes there. */
const LONG_RANGE = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

const INTEGER_RANGES: Partial<Record<DType, { readonly least: bigint; readonly most: bigint }>> = Object
  .fromEntries(
    [8, 16, 32, 64].flatMap((bits) => [
      [`int${bits}`, { least: -(1n << BigInt(bits - 1)), most: (1n << BigInt(bits - 1)) - 1n }],
      [`uint${bits}`, { least: 0n, most: (1n << BigInt(bits)) - 1n }],
    ]),
  );

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  map: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
