/**
 * A hang fails loudly.
 *
 * @module
 */

import { type OutputSpec, type Progress, tiledMap, type TiledMapOptions, type TiledRun } from "../mod.ts";

/** Milliseconds that are long enough on a busy machine for everything that is not a hang. */
const DEADLINE_MS = 60_000;

/**
 * A promise that fails when the work takes too long.
 *
 * @param work What should settle.
 * @param known What is known of it when it did not, for the message.
 * @param ms How long it may take.
 */
export async function withDeadline<T>(
  work: Promise<T>,
  known: () => string,
  ms: number = DEADLINE_MS,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not settled after ${ms} ms: ${known()}`)), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * {@linkcode tiledMap} with a deadline, whose message says how many tiles were done.
 *
 * @param kernel The kernel module.
 * @param options As for `tiledMap`.
 */
export function mapInTime<const Outputs extends Readonly<Record<string, OutputSpec>>>(
  kernel: URL,
  options: TiledMapOptions<Outputs>,
): Promise<TiledRun<Outputs>> {
  let last: Progress | undefined;
  const onProgress = (progress: Progress) => {
    last = progress;
    options.onProgress?.(progress);
  };
  return withDeadline(
    tiledMap(kernel, { ...options, onProgress }),
    () => last === undefined ? "no progress was told" : `${last.done} of ${last.total} tiles done`,
  );
}
