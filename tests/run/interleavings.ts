/**
 * All interleavings of a few threads over shared words.
 *
 * A thread is a function from a state of its own to the next one, or to null at its end, which is deterministic but for
 * what its accesses to the words give. To go on by one access it is run again from its state: accesses that it has made
 * since get the results they had, the next one is made, and what lies behind it is cut off. What is told apart is the
 * words, each thread's state, and the results that it has seen since: two orders of accesses that do not matter to each
 * other are followed once.
 *
 * @module
 */

import type { WordAccess } from "../../src/run/control_block.ts";

/** A thread's own state: plain data. */
export type Local = readonly (number | null)[];

/** A thread. It touches shared words by the access that it is given, and nothing else. */
export interface Thread {
  readonly begin: Local;
  /** Goes on to the next state; null at the end. */
  advance(local: Local, access: WordAccess): Local | null;
  /** Whether nobody else writes a word: reading it is no event for others. */
  owns?(words: Int32Array<SharedArrayBuffer>, place: number): boolean;
}

/** What was gone through. */
export interface Explored {
  /** Different states. */
  readonly states: number;
  /** Different states in which all threads have ended. */
  readonly ends: number;
}

/** Cuts off a thread behind its last access. */
class Suspended extends Error {}

const SUSPENDED = new Suspended();

/** A thread so far. */
interface Progress {
  /** Null when it has ended. */
  readonly local: Local | null;
  /** The results of its accesses since it was in that state. */
  readonly log: readonly number[];
  /** What it sleeps on: a word, and the value it shall no longer have. */
  readonly sleep: { readonly words: Int32Array; readonly place: number; readonly value: number } | null;
}

/**
 * Goes through all interleavings.
 *
 * @param threads The threads.
 * @param words All words that they touch.
 * @param atEnd Called in each state in which all threads have ended.
 * @param most More states than this are an error.
 */
export function exploreInterleavings(
  threads: readonly Thread[],
  words: readonly Int32Array<SharedArrayBuffer>[],
  atEnd: () => void,
  most: number = 1_000_000,
): Explored {
  const visited = new Set<string>();
  // Places that were ever written: all others are as they were.
  const written = words.map(() => new Set<number>());
  const start = threads.map(({ begin }): Progress => ({ local: begin, log: [], sleep: null }));
  const initial = words.map((array) => array.slice());
  const stack = [{ memory: initial, progress: start }];
  let ends = 0;
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const { memory, progress } = state;
    const load = () => words.forEach((array, k) => array.set(memory[k]));
    load();
    const running = progress.map((thread, k) => ({ thread, k })).filter(({ thread }) =>
      thread.local !== null
    );
    if (running.length === 0) {
      ends++;
      atEnd();
      continue;
    }
    const awake = running.filter(({ thread: { sleep } }) =>
      sleep === null || sleep.words[sleep.place] !== sleep.value
    );
    // Where all sleep, one of them wakes by itself after a while.
    for (const { thread, k } of awake.length > 0 ? awake : running) {
      load();
      const next = progress.slice();
      next[k] = step(
        threads[k],
        thread,
        (array, place) => written[words.findIndex(({ buffer }) => buffer === array.buffer)].add(place),
      );
      const key = keyOf(next, words, written);
      if (visited.has(key)) continue;
      visited.add(key);
      if (visited.size > most) throw new Error(`More than ${most} states`);
      stack.push({ memory: words.map((array) => array.slice()), progress: next });
    }
  }
  words.forEach((array, k) => array.set(initial[k]));
  return { states: visited.size, ends };
}

/** What tells a state from others. A place that has not been written before was not in keys before, either. */
function keyOf(
  progress: readonly Progress[],
  words: readonly Int32Array[],
  written: readonly ReadonlySet<number>[],
): string {
  let key = "";
  for (const { local, log, sleep } of progress) key += `${local}:${log}${sleep === null ? "" : "z"};`;
  words.forEach((array, k) => {
    for (const place of written[k]) key += `${array[place]},`;
  });
  return key;
}

/** Lets a thread make one more access that others can notice, or that could notice others. */
function step(
  thread: Thread,
  { local: begin, log: before, sleep: slept }: Progress,
  isWritten: (words: Int32Array<SharedArrayBuffer>, place: number) => void,
): Progress {
  if (begin === null) throw new Error("The thread has ended");
  let local: Local = begin, log = before.slice(), at = 0, hasMoved = false;
  let sleep: Progress["sleep"] = null;
  const access = (make: () => number, isFree: boolean = false): number => {
    if (at < log.length) return log[at++];
    if (hasMoved && !isFree) throw SUSPENDED;
    if (!isFree) hasMoved = true;
    log.push(make());
    return log[at++];
  };
  const update = (
    words: Int32Array<SharedArrayBuffer>,
    place: number,
    change: (value: number) => number,
  ) =>
    access(() => {
      const value = words[place];
      isWritten(words, place);
      words[place] = change(value);
      return value;
    });
  const onWords = {
    load: (words: Int32Array<SharedArrayBuffer>, place: number) =>
      access(() => words[place], thread.owns?.(words, place) ?? false),
    store: (words: Int32Array<SharedArrayBuffer>, place: number, value: number) => {
      update(words, place, () => value);
      return value;
    },
    add: (words: Int32Array<SharedArrayBuffer>, place: number, value: number) =>
      update(words, place, (old) => old + value),
    or: (words: Int32Array<SharedArrayBuffer>, place: number, value: number) =>
      update(words, place, (old) => old | value),
    and: (words: Int32Array<SharedArrayBuffer>, place: number, value: number) =>
      update(words, place, (old) => old & value),
    compareExchange: (words: Int32Array<SharedArrayBuffer>, place: number, expected: number, value: number) =>
      update(words, place, (old) => old === expected ? value : old),
    wait: (words: Int32Array<SharedArrayBuffer>, place: number, value: number) => {
      // The access is the waking up: the thread stands before it until the word has changed.
      if (at >= log.length && (hasMoved || slept === null)) {
        if (!hasMoved) hasMoved = true;
        sleep = { words, place, value };
        throw SUSPENDED;
      }
      return access(() => words[place] === value ? 1 : 0) === 0 ? "not-equal" : "timed-out";
    },
    notify: () => 0,
    looks: 0,
    // The overloads of Atomics for other arrays are not used here.
  } as unknown as WordAccess;
  try {
    for (;;) {
      const next = thread.advance(local, onWords);
      if (next === null) return { local: null, log: [], sleep: null };
      local = next;
      log = [];
      at = 0;
      // Having moved, it goes on only to what is free.
    }
  } catch (error) {
    if (!(error instanceof Suspended)) throw error;
  }
  return { local, log, sleep };
}
