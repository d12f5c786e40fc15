/**
 * Ending what waits for a server that does not answer.
 *
 * @module
 */

/** How long what was interrupted may take to end by itself: workers are given up sooner. */
const GRACE_MS = 2_000;

/**
 * Waits for some work. Once a signal is given, not for long any more: the work itself may wait for a server.
 *
 * @param work The work, which heeds the signal where it can.
 * @param signal The signal.
 * @throws The signal's reason, where the work has not ended by itself.
 */
export async function stopWaiting<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => timer = setTimeout(() => reject(signal.reason), GRACE_MS);
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    clearTimeout(timer);
  }
}
