/**
 * A call of `streamedMap` before anything runs: what is to be computed, in which blocks, by which kernel.
 *
 * @module
 */

import { type Shape, showShape } from "../array/layout/shape.ts";
import { SharedNdArray, uninitialised } from "../array/shared_ndarray.ts";
import { type DType, dtypeRow } from "../dtype.ts";
import {
  MemoryBudgetError,
  type MemoryPart,
  PlanError,
  ShapeError,
  showBytes,
  showValue,
} from "../errors.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import { type BlockArray, blockBytes, chooseBlock, timesRead } from "../plan/block_plan.ts";
import { planTiles, type TilePlan } from "../plan/tile_plan.ts";
import { isSameStored } from "../store/real_place.ts";
import { StoredArray } from "../store/stored_array.ts";
import type { Expression } from "./map_options.ts";
import { moduleSources } from "./module_sources.ts";
import { looksLikePath, moduleHalo, type RunWishes, shapeWithin } from "./prepare_run.ts";
import type { CompiledMessage, ModuleMessage, StreamEnd, StreamMessage } from "./protocol.ts";
import { runtimeParts } from "./report.ts";
import { commonShape } from "./run_arrays.ts";
import { blockShape } from "./stream_blocks.ts";
import type { StreamedMapOptions, StreamedOutput } from "./stream_options.ts";

/** Options of a stream, whatever its outputs. */
export type StreamWishes = StreamedMapOptions<Readonly<Record<string, StreamedOutput>>>;

/** A stream that may begin. */
export interface PreparedStream {
  readonly plan: TilePlan;
  /** Outputs by name; those that were given as dtypes have been made. */
  readonly outputs: Readonly<Record<string, SharedNdArray | StoredArray>>;
  /** Inputs that the kernel reads. */
  readonly inputs: Readonly<Record<string, SharedNdArray | StoredArray>>;
  readonly message: StreamMessage;
  /** What identifies the computation, apart from where its arrays live. */
  readonly identity: unknown;
  readonly notes: readonly string[];
}

/** Bytes of blocks that a worker may have where nothing is said of memory. */
const ROOM_BYTES = 256 * 2 ** 20;

/** Bytes of stores and their codecs at work, for each worker, beyond what drivers say. */
export const CODEC_BYTES = 40 * 2 ** 20;

/** What is computed, before it is known in which blocks. */
interface Computation {
  readonly shape: Shape;
  readonly halo: KernelHalo | null;
  /** Dtypes of the outputs. */
  readonly outputs: Readonly<Record<string, DType>>;
  /** The names of the inputs that are read. */
  readonly inputs: readonly string[];
  /** The kernel, for blocks of some extents. */
  readonly kernelFor: (block: Shape) => Promise<ModuleMessage | CompiledMessage>;
  readonly identity: unknown;
}

/**
 * Prepares a stream.
 *
 * @param kernel The URL of a module, or an expression.
 * @param wishes The options.
 * @param workers How many workers may take part.
 * @throws What `tiledMap` throws for the same arrays in memory, and {MemoryBudgetError} if no block fits.
 */
export async function prepareStream(
  kernel: URL | Expression,
  wishes: StreamWishes,
  workers: number,
): Promise<PreparedStream> {
  const inputs = wishes.inputs ?? {}, specs = wishes.outputs ?? {};
  requireArrays(inputs, specs);
  await requireApart(inputs, specs);
  const computation = kernel instanceof URL
    ? await moduleComputation(kernel, inputs, specs, wishes)
    : await expressionComputation(kernel, inputs, specs, wishes);
  const { shape, halo } = computation;
  const read = Object.fromEntries(computation.inputs.map((name) => [name, inputs[name]]));
  const arrays = [
    ...Object.values(read).map((array) => blockArray(array, shape, false)),
    ...Object.entries(computation.outputs).map(([name, dtype]) => {
      const spec = specs[name];
      const chunks = spec instanceof StoredArray ? spec.chunks : shape.map(() => 1);
      return { shape, chunks, itemBytes: dtypeRow(dtype).bytes, isOutput: true };
    }),
  ];
  const around = shape.map((_, axis) => halo === null ? 0 : halo.axes[axis].before + halo.axes[axis].after);
  const made = Object.entries(computation.outputs).filter(([name]) =>
    typeof (specs[name] ?? "") === "string"
  );
  const drivers = [...Object.values(read), ...Object.values(specs)].filter((array) =>
    array instanceof StoredArray
  );
  // Scratch of drivers is needed for each block that is on its way.
  const scratch = CODEC_BYTES + drivers.reduce((sum, { scratchBytes }) => sum + scratchBytes, 0);
  const resident = [...Object.entries(read), ...Object.entries(specs)]
    .filter((entry): entry is [string, SharedNdArray] => entry[1] instanceof SharedNdArray)
    .map(([name, { byteLength }]): MemoryPart => ({ kind: "array", name, bytes: byteLength }));
  for (const [name, dtype] of made) {
    const bytes = shape.reduce((product, extent) => product * extent, dtypeRow(dtype).bytes);
    resident.push({ kind: "array", name, bytes });
  }
  const options = { arrays, around, workers, wanted: wishes.tile, roomBytes: 0 };
  const room = roomFor(wishes.maxMemory, resident, workers, scratch);
  const block = chooseBlock(shape, { ...options, roomBytes: room });
  if (block === null) {
    const least = chooseBlock(shape, { ...options, roomBytes: Infinity });
    throw tooLarge(wishes, least ?? shape, blockBytes(least ?? shape, options), {
      workers,
      scratch,
      resident,
    });
  }
  const itemBytes = Math.max(1, ...arrays.map((array) => array.itemBytes));
  const plan = planTiles(shape, { tile: block, workers, itemBytes });
  const outputs = Object.fromEntries(
    Object.entries(computation.outputs).map(([name, dtype]) => {
      const spec = specs[name] ?? dtype;
      return [name, typeof spec === "string" ? SharedNdArray.zeros(shape, { dtype: spec }) : spec];
    }),
  );
  return {
    plan,
    inputs: read,
    outputs,
    message: {
      kind: "stream",
      kernel: await computation.kernelFor(plan.tile),
      inputs: Object.entries(read).map(endOf),
      outputs: Object.entries(outputs).map(endOf),
      halo,
      blockBytes: blockBytes(block, options) + scratch,
    },
    identity: { ...describeArrays(read, outputs), kernel: computation.identity },
    notes: rereadNotes(read, shape, block),
  };
}

function endOf([name, array]: [string, SharedNdArray | StoredArray]): StreamEnd {
  const handle = array instanceof StoredArray ? array.handle() : null;
  return { name, dtype: array.dtype, shape: array.shape, handle };
}

/** An array as blocks depend on it. */
export function blockArray(array: SharedNdArray | StoredArray, shape: Shape, isOutput: boolean): BlockArray {
  const chunks = array instanceof StoredArray ? array.chunks : array.shape.map(() => 1);
  return {
    shape: array.shape.slice(-shape.length || undefined),
    chunks,
    itemBytes: dtypeRow(array.dtype).bytes,
    isOutput,
  };
}

function requireArrays(
  inputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  specs: Readonly<Record<string, StreamedOutput>>,
): void {
  for (const [name, array] of Object.entries(inputs)) {
    if (array instanceof SharedNdArray || array instanceof StoredArray) continue;
    throw new PlanError(`Input ${name} must be a SharedNdArray or a StoredArray, but is ${showValue(array)}`);
  }
  if (Object.keys(specs).length === 0) {
    throw new PlanError("A stream needs outputs, such as { outputs: { b } }");
  }
  for (const [name, spec] of Object.entries(specs)) {
    if (Object.hasOwn(inputs, name)) {
      throw new PlanError(`${name} is an input and an output: a stream writes to other arrays than it reads`);
    }
    if (spec instanceof StoredArray && !spec.isWritable) {
      throw new PlanError(`Output ${name} can only be read: open ${spec.name} with { writable: true }`);
    }
    if (spec instanceof SharedNdArray || spec instanceof StoredArray || typeof spec === "string") continue;
    throw new PlanError(
      `Output ${name} must be a StoredArray, a SharedNdArray or the name of a dtype, but is ${
        showValue(spec)
      }`,
    );
  }
}

/** Refuses outputs over inputs: a block that is computed again, or beside another one, would read what is new already. */
async function requireApart(
  inputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  specs: Readonly<Record<string, StreamedOutput>>,
): Promise<void> {
  const outputs = Object.entries(specs);
  for (const [k, [name, spec]] of outputs.entries()) {
    if (!(spec instanceof StoredArray)) continue;
    for (const [other, array] of [...Object.entries(inputs), ...outputs.slice(0, k)]) {
      if (!(array instanceof StoredArray) || !await isSameStored(spec, array)) continue;
      throw new PlanError(
        `Output ${name} is ${spec.name}, and so is ${other}: a stream writes to arrays of their own`,
      );
    }
  }
}

/** An array of the same dtype and shape that takes no memory. */
export function standIn(array: SharedNdArray | StoredArray): SharedNdArray {
  return array instanceof SharedNdArray ? array : emptyLike(array.dtype, array.shape);
}

/** An array that takes no memory. */
export function emptyLike(dtype: DType, shape: Shape): SharedNdArray {
  return SharedNdArray.zeros(shape.map(() => 1), { dtype }).broadcastTo(shape);
}

function standIns(
  arrays: Readonly<Record<string, SharedNdArray | StoredArray>>,
): Readonly<Record<string, SharedNdArray>> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, standIn(array)]));
}

function standInSpecs(
  specs: Readonly<Record<string, StreamedOutput>>,
): Record<string, DType | SharedNdArray> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, typeof spec === "string" ? spec : standIn(spec)]),
  );
}

async function moduleComputation(
  kernel: URL,
  inputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  specs: Readonly<Record<string, StreamedOutput>>,
  wishes: StreamWishes,
): Promise<Computation> {
  if (wishes.scalars !== undefined || wishes.strict !== undefined) {
    const which = wishes.scalars !== undefined ? "scalars" : "strict";
    throw new PlanError(`${which} is for expressions, but the kernel is the module ${kernel.href}`);
  }
  const arrays = standIns(inputs), outputs = standInSpecs(specs);
  const asked: RunWishes = {
    inputs: arrays,
    halo: wishes.halo,
    boundary: wishes.boundary,
    boundaryValue: wishes.boundaryValue,
  };
  const halo = moduleHalo(asked);
  const shape = halo === null ? commonShape(arrays, outputs) : shapeWithin(arrays, outputs, halo);
  const message: ModuleMessage = {
    kind: "module",
    url: kernel.href,
    inputs: Object.keys(inputs),
    outputs: Object.keys(specs),
    halo: null,
    isTileByTile: true,
  };
  return {
    shape,
    halo,
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, spec]) => [name, typeof spec === "string" ? spec : spec.dtype]),
    ),
    inputs: Object.keys(inputs),
    kernelFor: () => Promise.resolve(message),
    identity: {
      module: await moduleSources(kernel),
      halo: halo === null ? null : [halo.axes, fillTexts(halo)],
    },
  };
}

/** What lies beyond the edges, as text. */
export function fillTexts({ fills }: KernelHalo): Record<string, string> {
  return textsOf(fills);
}

/** Numbers as texts that tell all of them apart. */
function textsOf(values: Readonly<Record<string, number | bigint | boolean>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Object.is(value, -0) ? "-0" : String(value)]),
  );
}

async function expressionComputation(
  kernel: Expression,
  inputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  specs: Readonly<Record<string, StreamedOutput>>,
  wishes: StreamWishes,
): Promise<Computation> {
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
  if (wishes.halo !== undefined || Object.keys(wishes.shared ?? {}).length > 0) {
    const which = wishes.halo !== undefined ? "halo" : "shared";
    throw new PlanError(`The option ${which} is for kernel modules: an expression says itself what it reads`);
  }
  const expression = await import("./expression.ts");
  const { boundary, boundaryValue, strict = false } = wishes, scalars = wishes.scalars ?? {};
  const whole = await expression.prepareExpression(kernel, {
    inputs: standIns(inputs),
    scalars,
    outputs: standInSpecs(specs),
    boundary,
    boundaryValue,
  });
  const names = whole.program.inputs.map(({ name }) => name);
  const outputs = Object.fromEntries(
    Object.entries(whole.outputs).map(([name, spec]) => [name, typeof spec === "string" ? spec : spec.dtype]),
  );
  const { halo } = whole;
  if (halo !== null) await requireUnfolded(whole, halo);
  const kernelFor = async (block: Shape): Promise<CompiledMessage> => {
    const blocks: SharedNdArray[] = [];
    const room = (dtype: DType, extents: Shape) => {
      const array = uninitialised(extents, dtype);
      blocks.push(array);
      return array;
    };
    try {
      const ofBlock = await expression.prepareExpression(kernel, {
        // Also those that are not read: they have a say in the shape.
        inputs: Object.fromEntries(
          Object.entries(inputs).map((
            [name, array],
          ) => [name, room(array.dtype, blockShape(array, block, halo))]),
        ),
        scalars,
        outputs: Object.fromEntries(
          Object.entries(outputs).map(([name, dtype]) => [name, room(dtype, block)]),
        ),
        boundary: halo === null ? undefined : "none",
      });
      const arrays = { ...ofBlock.inputs, ...ofBlock.outputs };
      const places = Object.fromEntries(
        Object.entries(arrays).map(([name, array]) => [name, expression.placeOf(requireMade(array))]),
      );
      const { kernel: compiled, module } = expression.compileExpression(ofBlock, places, strict);
      return { kind: "compiled", compiled, module, scalars: ofBlock.scalars };
    } finally {
      blocks.forEach((array) => array.dispose());
    }
  };
  return {
    shape: whole.shape,
    halo,
    outputs,
    inputs: names,
    kernelFor,
    identity: {
      program: JSON.parse(whole.key),
      scalars: textsOf(scalars),
      strict,
      halo: halo === null ? null : [halo.axes, fillTexts(halo)],
    },
  };
}

function requireMade(array: DType | SharedNdArray): SharedNdArray {
  if (typeof array === "string") throw new Error("The block of an output was not made");
  return array;
}

/** Refuses offsets that reach around the whole array: blocks know only what is near them. */
export async function requireUnfolded(
  { program }: { readonly program: Parameters<typeof import("../plan/expr/reachable.ts").readsOf>[0] },
  halo: KernelHalo,
): Promise<void> {
  const { reachOf, readsOf } = await import("../plan/expr/reachable.ts");
  const reach = reachOf(readsOf(program), halo.axes.length);
  const axis = reach.findIndex(({ before, after }, k) =>
    before !== halo.axes[k].before || after !== halo.axes[k].after
  );
  if (axis < 0) return;
  const { mode } = halo.axes[axis];
  const most = mode === "wrap"
    ? "at most half as long as the axis with mode wrap"
    : mode === "mirror"
    ? "shorter than the axis with mode mirror"
    : "at most as long as the axis";
  throw new PlanError(
    `Axis ${axis} has ${
      halo.inputShape[axis]
    } elements, but is read from further away: in a stream, offsets are ${most}`,
  );
}

/** Bytes of blocks that a worker may have. */
export function roomFor(
  limit: number | undefined,
  resident: readonly MemoryPart[],
  workers: number,
  scratch: number,
): number {
  if (limit === undefined) return ROOM_BYTES;
  const fixed = [...resident, ...runtimeParts(workers)].reduce((sum, { bytes }) => sum + bytes, 0);
  return Math.max(0, (limit - fixed) / workers - scratch);
}

function tooLarge(
  { maxMemory, tile }: StreamWishes,
  block: Shape,
  bytes: number,
  { workers, scratch, resident }: {
    readonly workers: number;
    readonly scratch: number;
    readonly resident: readonly MemoryPart[];
  },
): Error {
  const what = tile === undefined ? "One chunk of each output" : `The tile ${showShape(tile)}`;
  if (maxMemory === undefined) {
    return new ShapeError(
      `${what} and what is read for it take ${showBytes(bytes)}, more than the ${
        showBytes(ROOM_BYTES)
      } that a worker may use: take smaller chunks, or set maxMemory`,
    );
  }
  const parts: MemoryPart[] = [
    ...resident,
    { kind: "other", name: "blocks", bytes: bytes * workers },
    { kind: "other", name: "codecs", bytes: scratch * workers },
    ...runtimeParts(workers),
  ];
  const predicted = parts.reduce((sum, part) => sum + part.bytes, 0);
  return new MemoryBudgetError(
    `${what} (${showShape(block)}) and what is read for it need ${showBytes(predicted)} with ${workers} ${
      workers === 1 ? "worker" : "workers"
    }, more than maxMemory ${showBytes(maxMemory)}: take smaller chunks, fewer workers, or more memory`,
    { limit: maxMemory, parts },
  );
}

/** Dtypes, shapes and chunks: what has to be the same for chunks to be of the same computation. */
export function describeArrays(
  inputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  outputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
): Record<string, unknown> {
  const describe = (arrays: typeof inputs) =>
    Object.entries(arrays).map(([name, array]) => [
      name,
      array.dtype,
      array.shape,
      array instanceof StoredArray ? lastPart(array.name) : null,
    ]);
  return { inputs: describe(inputs), outputs: describe(outputs) };
}

/** A store may be found at another place on another machine; what the array is called in it stays. */
function lastPart(name: string): string {
  return name.split(/[/\\]/).at(-1) ?? name;
}

function rereadNotes(
  inputs: Readonly<Record<string, SharedNdArray | StoredArray>>,
  shape: Shape,
  block: Shape,
): string[] {
  return Object.entries(inputs).flatMap(([name, array]) => {
    if (!(array instanceof StoredArray) || array.readsParts) return [];
    const times = timesRead(blockArray(array, shape, false), block);
    if (times < 1.5) return [];
    return [
      `chunks of ${name} (${showShape(array.chunks)}) are read about ${
        Math.round(times)
      } times each, because blocks of ${
        showShape(block)
      } do not hold whole ones: more memory, or chunks alike in inputs and outputs, save that`,
    ];
  });
}
