/**
 * A simulation of an array job over a store: tasks that start one after the other, share what the store gives, differ
 * in speed, fail and start again; and a last step.
 *
 * @module
 */

import { Heap } from "./heap.ts";
import type { Parameters } from "./parameters.ts";

/** What a job took. */
export interface Outcome {
  /** Seconds from its submission to the end of the last step. */
  readonly seconds: number;
  /** Seconds of the last step alone. */
  readonly lastSeconds: number;
  /** Dollars for cores, and for requests. */
  readonly computeDollars: number;
  readonly requestDollars: number;
  readonly gets: number;
  readonly puts: number;
  /** Tasks that failed and ran again. */
  readonly failures: number;
}

/** A listing has so many names at most. */
const PAGE = 1_000;

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Blocks a second of one task that has the store for itself. A worker reads ahead and writes behind, so that the
 * slowest of reading, computing and writing decides; then the network of the task.
 */
export function taskRate(p: Parameters): number {
  const stored = p.work.chunkBytes * p.storedFraction, arrays = p.inputs + 1;
  const transfer = p.latency + stored / p.connectionBandwidth;
  const compute = p.coreSecondsPerGB * arrays * p.work.chunkBytes / 1e9;
  return Math.min(p.workers / Math.max(transfer, compute), p.taskBandwidth / (stored * arrays));
}

/** Blocks a second that the store gives to all tasks together. */
export function storeRate(p: Parameters): number {
  const stored = p.work.chunkBytes * p.storedFraction;
  // Each input has a prefix of its own, and so has the output.
  return Math.min(p.getLimit, p.putLimit, p.storeBandwidth / (stored * (p.inputs + 1)));
}

interface Task {
  /** Blocks that are left. */
  left: number;
  /** Blocks a second, when the store gives all that is asked for. */
  readonly rate: number;
  /** When it was started the last time. */
  since: number;
  /** Where on the common clock of progress it ends or fails. */
  begun: number;
  fails: boolean;
}

/**
 * Simulates a job.
 *
 * Tasks slow down together when the store is short. So there is a clock of progress that goes as fast as real time while
 * the store suffices, and slower otherwise: on it, every task's end is known when the task begins.
 *
 * @param p What is simulated.
 * @param seed For speeds and failures.
 */
export function simulate(p: Parameters, seed: number): Outcome {
  const random = randomOf(seed), alone = taskRate(p), limit = storeRate(p);
  const starts = new Heap<Task>(), ready = new Heap<Task>(), ends = new Heap<Task>();
  const share = (k: number) => Math.floor(k * p.work.blocks / p.tasks);
  for (let k = 0; k < p.tasks; k++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const slow = (random() < p.slowShare ? p.slowFactor : 1) * Math.exp(p.spread * normal);
    const task = { left: share(k + 1) - share(k), rate: alone / slow, since: 0, begun: 0, fails: false };
    starts.push((k + 1) / p.startsPerSecond, task);
  }
  let now = 0, clock = 0, wanted = 0, done = 0, charged = 0, failures = 0, gets = 0, puts = 0;
  let running = 0;
  const pages = () => p.listsOwn ? 1 : Math.max(1, Math.ceil(done / PAGE));
  const charge = (seconds: number) => charged += Math.max(p.leastSeconds, seconds) * p.workers;
  while (starts.size + ready.size + ends.size > 0) {
    const speed = wanted <= limit ? 1 : limit / wanted;
    // Who waits for a slot begins when there is one.
    const byStart = running < p.slots ? Math.max(now, starts.first) : Infinity;
    const byEnd = now + (ends.first - clock) / speed, next = Math.min(byStart, ready.first, byEnd);
    clock += (next - now) * speed;
    done += (next - now) * speed * wanted;
    now = next;
    if (byStart === next) {
      const task = starts.pop();
      running++;
      task.since = now;
      // It looks which chunks are there already.
      ready.push(now + p.startUp + (p.openingRequests + pages()) * p.latency, task);
      gets += p.openingRequests;
      puts += pages();
    } else if (ready.first === next) {
      const task = ready.pop();
      const end = task.left / task.rate;
      const failure = p.failuresPerHour === 0 ? Infinity : -Math.log(1 - random()) * 3600 / p.failuresPerHour;
      task.fails = failure < end;
      task.begun = clock;
      wanted += task.rate;
      ends.push(clock + Math.min(end, failure), task);
    } else {
      const task = ends.pop();
      wanted = ends.size === 0 ? 0 : wanted - task.rate;
      running--;
      charge(now - task.since);
      if (!task.fails) continue;
      failures++;
      // What was not written yet is lost: a block for each worker.
      const blocks = Math.max(0, Math.floor((clock - task.begun) * task.rate) - p.workers);
      task.left = Math.max(0, task.left - blocks);
      starts.push(now + p.requeue, task);
    }
  }
  const tasksEnd = now,
    last = 1 / p.startsPerSecond + p.startUp +
      (p.openingRequests + Math.ceil(p.work.blocks / PAGE)) * p.latency;
  charge(last);
  gets += p.work.blocks * p.inputs + p.openingRequests;
  puts += p.work.blocks + Math.ceil(p.work.blocks / PAGE);
  return {
    seconds: tasksEnd + last,
    lastSeconds: last,
    computeDollars: charged / 3600 * p.coreHour,
    requestDollars: gets / 1000 * p.thousandGets + puts / 1000 * p.thousandPuts,
    gets,
    puts,
    failures,
  };
}
