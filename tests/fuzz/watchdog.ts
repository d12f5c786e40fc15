/**
 * Says which case hangs: the thread that hangs cannot.
 *
 * @module
 */

/** Seconds without a new case after which it is said. */
const PATIENCE_SECONDS = 30;

/** Somebody who is told of every case. */
export interface Watchdog extends Disposable {
  /** A case begins. */
  see(target: string, number: number): void;
}

/** Runs on a thread of its own, and looks at the number of the case now and then. */
const SCRIPT = `onmessage = ({ data: { buffer, seed, seconds } }) => {
  const slots = new Int32Array(buffer), name = new Uint8Array(buffer, 8);
  for (let before = -1, same = 0; Atomics.load(slots, 0) === 0;) {
    Atomics.wait(slots, 0, 0, 1000);
    const now = Atomics.load(slots, 1);
    same = now === before ? same + 1 : 0;
    before = now;
    if (same === seconds) {
      const target = String.fromCharCode(...name.filter((byte) => byte !== 0));
      console.error("FOUND " + target + ", case " + now + " of seed " + seed + ": not over after " + seconds + " s");
    }
  }
  close();
}`;

/**
 * Starts one.
 *
 * @param seed The seed of all cases, for the message.
 */
export function startWatchdog(seed: number): Watchdog {
  const buffer = new SharedArrayBuffer(72),
    slots = new Int32Array(buffer, 0, 2),
    name = new Uint8Array(buffer, 8);
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(SCRIPT)}`, { type: "module" });
  worker.postMessage({ buffer, seed, seconds: PATIENCE_SECONDS });
  return {
    see(target, number) {
      name.fill(0);
      for (let k = 0; k < target.length; k++) name[k] = target.charCodeAt(k);
      Atomics.store(slots, 1, number);
    },
    [Symbol.dispose]() {
      Atomics.store(slots, 0, 1);
      Atomics.notify(slots, 0);
    },
  };
}
