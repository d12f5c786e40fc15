/**
 * N-dimensional arrays in shared memory, and kernels over their tiles on module Workers. Nothing is copied, all cores
 * work, and a run reports its time and memory peaks.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const tmp = SharedNdArray.random([365, 16, 16], { seed: 1 });
 * const vpd = SharedNdArray.zeros([365, 16, 16]);
 * const kernel = new URL("data:text/javascript,export default ({ tmp, vpd }) => { vpd.set(0, 0, 0, tmp.get(0, 0, 0)) }");
 * const run = await tiledMap(kernel, { inputs: { tmp }, outputs: { vpd }, tile: [4, 4], workers: 2 });
 * assertEquals(run.report.tiles, 16);
 * assertEquals(vpd.get(0, 4, 4), tmp.get(0, 4, 4));
 * ```
 *
 * @module
 */

export { SharedNdArray } from "./src/array/shared_ndarray.ts";
export type {
  ArrayHandle,
  CreateOptions,
  DTypeOf,
  FromOptions,
  LinspaceOptions,
  RandomOptions,
  TypedArrayInput,
  WrapOptions,
} from "./src/array/types.ts";
export type { Nested, Scalar } from "./src/array/creation.ts";
export type { MemorySource } from "./src/array/memory/shared_memory.ts";
export type { Shape } from "./src/array/shape.ts";
export { forEachRow, type RowVisitor } from "./src/array/rows.ts";
export { type Slice, slice, type ViewIndex } from "./src/array/slice.ts";
export {
  type DType,
  type DTypeMap,
  type Element,
  isDType,
  promoteTypes,
  type TypedData,
} from "./src/dtype.ts";
export {
  AllocationError,
  DTypeError,
  FormatError,
  IndexError,
  KernelLoadError,
  OverlapError,
  PlanError,
  ShapeError,
  TileError,
  type TileErrorFacts,
  WorkerError,
} from "./src/errors.ts";
export { readArray, type ReadArrayOptions, writeArrays } from "./src/io/files.ts";
export type { Kernel, TileArrays } from "./src/kernel/kernel.ts";
export type { Tile } from "./src/plan/tile_plan.ts";
export type { MemoryUsageReport, UsageField } from "./src/run/memory_watch.ts";
export type { MemoryReport, RunReport, WorkerReport } from "./src/run/report.ts";
export type { OutputOf, OutputSpec } from "./src/run/run_arrays.ts";
export { type Progress, tiledMap, type TiledMapOptions, type TiledRun } from "./src/run/tiled_map.ts";
export { WorkerPool, type WorkerPoolOptions } from "./src/run/worker_pool.ts";
