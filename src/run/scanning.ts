/**
 * Running sums and products, from their source to their result.
 *
 * @module
 */

import { resolveAxis, sameShape, type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { DTypeError, ShapeError } from "../errors.ts";
import scanTile, { packScan } from "../kernel/order/scan_kernel.ts";
import type { Scan, ScanDType } from "../kernel/order/scan_lines.ts";
import { planTiles } from "../plan/tile_plan.ts";
import { unnamedOutput } from "./expression.ts";
import type { Expression } from "./map_options.ts";
import { PassProgress } from "./pass_progress.ts";
import { prepareSource } from "./reduction_source.ts";
import type { ReduceWishes } from "./reduce_options.ts";
import { refuseOverlaps, refuseShared, type SplitInputs } from "./run_arrays.ts";
import { tiledMap } from "./tiled_map.ts";

/** Fewer elements are scanned on this thread, before workers could be opened. */
const FEW_ELEMENTS = 2 ** 20;

/** Tiles that a worker should find at least, and how many elements one should have. */
const TILES_PER_WORKER = 8, TILE_ELEMENTS = 2 ** 16;

/** What is scanned, and where it goes. */
export interface ScanCall {
  readonly source: SharedNdArray | Expression;
  readonly inputs: SplitInputs;
  readonly operation: Scan["operation"];
  /** The axis, or null for all elements in C order. */
  readonly axis: number | null;
  readonly out: SharedNdArray | undefined;
}

/** The kernel module. */
const KERNEL = new URL("../kernel/order/scan_kernel.ts", import.meta.url);

/**
 * Computes running sums or products.
 *
 * @param call What is scanned.
 * @param wishes Checked options.
 * @throws {IndexError} If the axis is out of range.
 * @throws {ShapeError} If `out` has another shape than the result.
 * @throws {DTypeError} If `out` has another dtype than the result.
 */
export async function computeScan(call: ScanCall, wishes: ReduceWishes): Promise<SharedNdArray> {
  const { source, operation } = call;
  const { dtype, shape } = await prepareSource(source, call.inputs, wishes);
  const isFlat = call.axis === null, axis = call.axis === null ? 0 : resolveAxis(call.axis, shape.length);
  const resultShape = isFlat ? [sizeOf(shape)] : shape, resultDType = scanDType(dtype);
  if (call.out !== undefined) requireFit(call.out, resultShape, resultDType);
  const tile = isFlat ? wholeTile(shape, wishes) : tileAlong(shape, axis, wishes);
  const scan: Scan = { operation, skipNaN: wishes.skipNaN };
  if (wishes.maxMemory !== undefined) {
    const { refuseLargeReduction, scanParts } = await import("./reduction_budget.ts");
    const given = source instanceof SharedNdArray ? { elements: source } : call.inputs.arrays;
    const arrays = call.out === undefined ? given : { ...given, out: call.out };
    const isStored = !(source instanceof SharedNdArray) && dtype === "bool";
    refuseLargeReduction(
      wishes,
      arrays,
      scanParts(resultDType, resultShape, call.out !== undefined, isStored),
    );
  }
  const progress = new PassProgress(wishes.onProgress);
  const out = call.out ?? SharedNdArray.zeros(resultShape, { dtype: resultDType });
  if (source instanceof SharedNdArray) {
    await run(source, out, { axis, scan, tile }, { ...wishes, onProgress: progress.next() });
    progress.finish();
    return out;
  }
  // Computed straight to where it is scanned, unless it has to be converted on the way.
  const isBool = dtype === "bool", target = isBool ? undefined : out.reshape(shape);
  progress.expect(2);
  const computing = { ...wishes, onProgress: progress.next() };
  const values = await evaluateInto(source, call.inputs, target ?? "bool", computing);
  const scanning = { ...wishes, onProgress: progress.next() };
  await run(isBool ? values : null, out, { axis, scan, tile }, scanning);
  progress.finish();
  if (isBool) values.dispose();
  return out;
}

/** NumPy's: floats stay, integers and bools become the widest of their sign. */
function scanDType(dtype: DType): ScanDType {
  if (dtype === "float16" || dtype === "float32" || dtype === "float64") return dtype;
  return DTYPES[dtype].kind === "uint" ? "uint64" : "int64";
}

function requireFit(out: SharedNdArray, shape: Shape, dtype: ScanDType): void {
  if (!sameShape(out.shape, shape)) {
    throw new ShapeError(
      `The array under out has ${showShape(out.shape)}, but the result has ${showShape(shape)}`,
    );
  }
  if (out.dtype !== dtype) {
    throw new DTypeError(`The result is ${dtype}, but the array under out is ${out.dtype}`);
  }
}

async function evaluateInto(
  kernel: Expression,
  { arrays, scalars }: SplitInputs,
  target: SharedNdArray | "bool",
  { workers, pool, exact, strict, signal, onProgress, recorder, boundary, boundaryValue }: ReduceWishes,
): Promise<SharedNdArray> {
  const { expressionOutputs } = await import("./expression.ts");
  const name = (await expressionOutputs(kernel))?.[0] ?? unnamedOutput(arrays);
  const options = { workers, pool, exact, strict, signal, onProgress, recorder, boundary, boundaryValue };
  const done = await tiledMap(kernel, { ...options, inputs: arrays, scalars, outputs: { [name]: target } });
  return done.outputs[name];
}

/** Scans; without a source what is in `out` already. */
async function run(
  source: SharedNdArray | null,
  out: SharedNdArray,
  { axis, scan, tile }: { readonly axis: number; readonly scan: Scan; readonly tile: Shape },
  { workers, pool, exact, signal, onProgress, recorder }: ReduceWishes,
): Promise<void> {
  using settings = SharedNdArray.from(packScan(axis, scan));
  const outputs = { result: out }, isFlat = source !== null && source.ndim !== out.ndim;
  const arrays: Readonly<Record<string, SharedNdArray>> = source === null || source === out ? {} : { source };
  // What has another shape than the result reaches the kernel as a whole.
  const inputs = isFlat ? {} : arrays, shared = isFlat ? { ...arrays, settings } : { settings };
  if (out.size >= FEW_ELEMENTS || exact) {
    await tiledMap(KERNEL, {
      inputs,
      outputs,
      shared,
      tile,
      workers,
      pool,
      exact,
      signal,
      onProgress,
      recorder,
    });
    return;
  }
  refuseOverlaps(inputs, outputs);
  refuseShared(shared, inputs, outputs);
  scanTile({ ...arrays, ...outputs, settings });
}

/** All elements at once, as they follow each other. A tile that the caller wants changes nothing, but has to be one. */
function wholeTile(shape: Shape, { tile, workers }: ReduceWishes): Shape {
  if (tile !== undefined) fitTile(shape, tile, workers);
  return [Math.max(1, sizeOf(shape))];
}

/** Tiles that are whole along an axis. */
function tileAlong(shape: Shape, axis: number, { tile: wanted, workers }: ReduceWishes): Shape {
  if (wanted !== undefined) {
    return fitTile(shape, wanted, workers).with(axis, Math.max(1, shape[axis]));
  }
  const tile = shape.map((extent) => Math.max(1, extent));
  let elements = tile.reduce((product, extent) => product * extent, 1);
  const most = Math.max(TILE_ELEMENTS, elements / (workers * TILES_PER_WORKER));
  // The first axes are cut first, so that rows stay long.
  for (let own = 0; own < tile.length && elements > most; own++) {
    if (own === axis) continue;
    const others = elements / tile[own];
    tile[own] = Math.max(1, Math.floor(most / others));
    elements = others * tile[own];
  }
  return tile;
}

/** A tile that the caller wants, with an extent on every axis. */
function fitTile(shape: Shape, tile: Shape, workers: number): Shape {
  return planTiles(shape, { tile, workers, itemBytes: 8 }).tile;
}
