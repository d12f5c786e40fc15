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

import "./src/array/named_memory.ts";
import "./src/array/random_arrays.ts";
import "./src/picture/array_display.ts";

export { SharedNdArray } from "./src/array/shared_ndarray.ts";
export type {
  AllCloseOptions,
  ArrayHandle,
  AsTypeOptions,
  CopyFromOptions,
  CreateOptions,
  DiagonalOptions,
  DTypeOf,
  EqualsOptions,
  FromOptions,
  LinspaceOptions,
  ReshapeOptions,
  SlidingWindowOptions,
  TypedArrayInput,
  WrapOptions,
} from "./src/array/types.ts";
export type {
  IntegersOptions,
  NormalOptions,
  PermutationOptions,
  RandomArrays,
  RandomOptions,
} from "./src/array/random_arrays.ts";
export type { NamedCreateOptions, NamedOpenOptions } from "./src/array/named_memory.ts";
export { type ArrayAtomics, type AtomicIndex, atomics } from "./src/array/atomics.ts";
export type { Axes } from "./src/array/layout/axes.ts";
export { broadcastShapes } from "./src/array/layout/broadcast.ts";
export type { Casting } from "./src/array/copy/casting_rules.ts";
export type { Nested, Scalar } from "./src/array/creation.ts";
export type { DTypeOfStrided, ElementReader, StridedArray, StridedInput } from "./src/array/foreign.ts";
export type { JupyterBundle } from "./src/array/print/html.ts";
export type { PrintOptions } from "./src/array/print/inspect.ts";
export {
  broadcastArrays,
  concat,
  type JoinedDType,
  type JoinOptions,
  meshgrid,
  type MeshgridOptions,
  split,
  stack,
} from "./src/array/joining.ts";
export type { MemorySource } from "./src/array/memory/shared_memory.ts";
export type { Shape } from "./src/array/layout/shape.ts";
export { mayShareMemory } from "./src/array/sharing.ts";
export { forEachRow } from "./src/array/rows.ts";
export type { RowVisitor } from "./src/array/layout/walk.ts";
export { type Slice, slice } from "./src/array/layout/slice.ts";
export { ellipsis, newAxis, type ViewIndex } from "./src/array/layout/view_layout.ts";
export {
  type DType,
  type DTypeMap,
  type Element,
  type FloatDType,
  type IntegerDType,
  isDType,
  promoteTypes,
  type TypedCopy,
  type TypedData,
} from "./src/dtype.ts";
export {
  AllocationError,
  DisposedError,
  DTypeError,
  ExpressionError,
  type ExpressionErrorFacts,
  FormatError,
  IndexError,
  KernelLoadError,
  MemoryBudgetError,
  type MemoryPart,
  OverlapError,
  PlanError,
  RunError,
  SanitizerError,
  type SanitizerErrorFacts,
  ShapeError,
  StoreError,
  TileError,
  type TileErrorFacts,
  TileTimeoutError,
  UnsupportedError,
  ValueError,
  WorkerError,
} from "./src/errors.ts";
export { flush, type NpyMode, openNpy, type OpenNpyOptions } from "./src/io/open_npy.ts";
export { type GeotiffOptions, writeGeotiff } from "./src/io/geotiff_files.ts";
export { readArray, type ReadArrayOptions, writeArrays } from "./src/io/files.ts";
export {
  type ChunkCodec,
  createArray,
  type CreateArrayOptions,
  openArray,
  type OpenArrayOptions,
} from "./src/io/stored.ts";
export { createZarrGroup, describeZarr } from "./src/io/zarr_groups.ts";
export type {
  ZarrArrayDescription,
  ZarrDescription,
  ZarrGroupDescription,
  ZarrGroupOptions,
  ZarrProblem,
} from "./src/io/zarr/description.ts";
export type { ArrayDriver, DriverModule, StoredBox, StoredHandle, StoreLedger } from "./src/store/driver.ts";
export { StoredArray } from "./src/store/stored_array.ts";
export type { HaloTile, Kernel, KernelTile, TileArrays } from "./src/kernel/kernel.ts";
export type { PageKernel, PageOutput, PageSource, PageVersions } from "./src/page/page_source.ts";
export { saveReport } from "./src/page/save_report.ts";
export { saveTrace, traceEvents, type TraceFile, type TraceOptions } from "./src/page/trace_events.ts";
export type { TraceEvent } from "./src/page/trace_slices.ts";
export type { Colour } from "./src/picture/colours.ts";
export type { Colormap, ColormapName } from "./src/picture/colormaps.ts";
export type { PictureOptions } from "./src/picture/picture_options.ts";
export { type Picture, picture, type PictureBundle, savePng } from "./src/picture/picture.ts";
export type { ValueRange } from "./src/picture/value_range.ts";
export type { Boundary, BoundaryMode, Halo } from "./src/plan/halo.ts";
export type { Tile } from "./src/plan/tile_plan.ts";
export type { MemoryUsageReport, UsageField } from "./src/run/memory_watch.ts";
export type { CallerReport, MemoryReport, RunReport, StoredReport, WorkerReport } from "./src/run/report.ts";
export type { OutputOf, OutputSpec, ScalarValue } from "./src/run/run_arrays.ts";
export { evaluate, type EvaluateOptions } from "./src/run/evaluate.ts";
export { explain, type ExplainOptions } from "./src/run/explain.ts";
export { iterate, type IteratedRun, type IterateOptions, type Until } from "./src/run/iterate.ts";
export type { Expression, Progress, TiledMapOptions, TiledRun } from "./src/run/map_options.ts";
export type { Shard } from "./src/plan/shards.ts";
export type {
  StreamedMapOptions,
  StreamedOutput,
  StreamedOutputOf,
  StreamedRun,
} from "./src/run/stream_options.ts";
export { streamedMap } from "./src/run/streamed_map.ts";
export type {
  ReducedShard,
  StreamedReduceInputs,
  StreamedReduceOptions,
} from "./src/run/streamed_reduce_options.ts";
export { combineReduction, streamedReduce } from "./src/run/streamed_reduce.ts";
export { tiledMap } from "./src/run/tiled_map.ts";
export type { RunGuards, WorkerGuards } from "./src/run/run_guards.ts";
export { TileStates } from "./src/run/tile_states.ts";
export { type UnfinishedRun, unfinishedRun } from "./src/run/unfinished.ts";
export type { LiveRun, LiveWorker } from "./src/run/live_run.ts";
export { RunRecorder, type RunRecorderOptions } from "./src/run/run_recorder.ts";
export type {
  MemorySamples,
  RunTimeline,
  TileSpans,
  TimelineArray,
  TimelinePart,
  TimelinePhase,
} from "./src/run/timeline.ts";
export { type MachineSpeed, measureMachine, type MeasureMachineOptions } from "./src/run/machine_speed.ts";
export type { Isolation } from "./src/run/worker_link.ts";
export { WorkerPool, type WorkerPoolOptions } from "./src/run/worker_pool.ts";
export { mean, prod, std, sum, variance } from "./src/run/reductions.ts";
export { argmax, argmin, max, min } from "./src/run/extremes.ts";
export { all, any, countNonzero } from "./src/run/truth.ts";
export { type FloatOf, reduce, type ReduceInputs, type WideOf } from "./src/run/reduce_call.ts";
export type { ReducedRun, ReduceOptions, VarianceOptions } from "./src/run/reduce_options.ts";
export type { ReductionName } from "./src/plan/reduce/reduction_table.ts";
export {
  type Combine,
  tiledReduce,
  type TiledReduceOptions,
  type TiledReduction,
} from "./src/run/tiled_reduce.ts";
export { median, quantile, type QuantileOptions } from "./src/run/order_statistics.ts";
export type { QuantileMethod } from "./src/kernel/order/quantile_points.ts";
export { type Histogram, histogram, type HistogramOptions } from "./src/run/histogram.ts";
export { cumprod, cumsum, type ScanOptions } from "./src/run/scans.ts";
export { type Dashboard, openDashboard } from "./src/live/dashboard.ts";
export type { DashboardOptions } from "./src/live/dashboard_options.ts";
