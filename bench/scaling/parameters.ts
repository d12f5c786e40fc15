/**
 * What the model of large jobs assumes: the work, the tasks, the store, the engine, and what they cost.
 *
 * @module
 */

/** How much is computed. */
export interface Work {
  /** What it is called in tables. */
  readonly name: string;
  /** Blocks of the output, each one chunk of each array. */
  readonly blocks: number;
  /** Bytes of a chunk in memory. */
  readonly chunkBytes: number;
}

/** Everything that can be varied. */
export interface Parameters {
  readonly work: Work;
  /** Tasks of the array job. */
  readonly tasks: number;
  /** How many of them may run at the same time. */
  readonly slots: number;
  /** Arrays that are read. */
  readonly inputs: number;
  /** Workers of a task, one a core. */
  readonly workers: number;
  /** Core-seconds for a GB of chunks in memory: decoding, computing, encoding. */
  readonly coreSecondsPerGB: number;
  /** Bytes of a chunk in the store, for each in memory. */
  readonly storedFraction: number;
  /** Bytes a second between a task and the store. */
  readonly taskBandwidth: number;
  /** Seconds until the store answers. */
  readonly latency: number;
  /** Bytes a second of one answer. */
  readonly connectionBandwidth: number;
  /** GET requests a second of one prefix: each array is one. */
  readonly getLimit: number;
  /** PUT requests a second of one prefix. */
  readonly putLimit: number;
  /** Bytes a second of the store as a whole; infinite for object stores. */
  readonly storeBandwidth: number;
  /** Tasks that the engine starts in a second. */
  readonly startsPerSecond: number;
  /** Seconds from a task's start to its first request: container, runtime, modules. */
  readonly startUp: number;
  /** Requests before the first block, one after the other: metadata, plan, claim. */
  readonly openingRequests: number;
  /** Whether a task asks for the names of its own chunks alone; otherwise it lists all that are there. */
  readonly listsOwn: boolean;
  /** Spread of the tasks' speeds: the standard deviation of its logarithm. */
  readonly spread: number;
  /** The share of tasks on sick nodes, and how much slower these are. */
  readonly slowShare: number;
  readonly slowFactor: number;
  /** Failures in an hour of a task. */
  readonly failuresPerHour: number;
  /** Seconds from a failure until the task is started again. */
  readonly requeue: number;
  /** Dollars for an hour of a core with its memory. */
  readonly coreHour: number;
  /** Seconds that are charged at least for a task. */
  readonly leastSeconds: number;
  /** Dollars for 1,000 GET requests, and for 1,000 PUT or LIST requests. */
  readonly thousandGets: number;
  readonly thousandPuts: number;
}

/** float32, global, 0.25°: 721 x 1440, four steps of time a chunk. */
const CHUNK_BYTES = 4 * 721 * 1440 * 4;

/** A year of hours, forty of them, and fifty members of these. */
export const WORKS: readonly Work[] = [
  { name: "1 year", blocks: 2_190, chunkBytes: CHUNK_BYTES },
  { name: "40 years", blocks: 87_600, chunkBytes: CHUNK_BYTES },
  { name: "50 x 40 years", blocks: 4_380_000, chunkBytes: CHUNK_BYTES },
];

/** The job of which all tables vary something. */
export const BASE: Parameters = {
  work: WORKS[1],
  tasks: 64,
  slots: Infinity,
  inputs: 2,
  workers: 4,
  coreSecondsPerGB: 3.4,
  storedFraction: 0.8,
  taskBandwidth: 600e6,
  latency: 0.15,
  connectionBandwidth: 80e6,
  getLimit: 5_500,
  putLimit: 3_500,
  storeBandwidth: Infinity,
  startsPerSecond: 50,
  startUp: 15,
  openingRequests: 12,
  listsOwn: true,
  spread: 0.15,
  slowShare: 0.01,
  slowFactor: 3,
  failuresPerHour: 0.01,
  requeue: 120,
  // With 2 GB for each core.
  coreHour: 0.04048 + 2 * 0.004445,
  leastSeconds: 60,
  thousandGets: 0.0004,
  thousandPuts: 0.005,
};
