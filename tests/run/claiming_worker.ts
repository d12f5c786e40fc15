/**
 * A worker that claims tiles as fast as it can once all of its kind are ready, and counts how often it got each.
 *
 * @module
 */

import { ControlBlock } from "../../src/run/control_block.ts";

interface Start {
  readonly buffer: SharedArrayBuffer;
  readonly claims: Uint8Array;
  readonly ready: Int32Array;
  readonly threads: number;
}

self.onmessage = ({ data: { buffer, claims, ready, threads } }: MessageEvent<Start>) => {
  const control = ControlBlock.attach(buffer);
  Atomics.add(ready, 0, 1);
  while (Atomics.load(ready, 0) < threads);
  for (;;) {
    const tile = control.claimTiles(1);
    if (tile >= claims.length) break;
    Atomics.add(claims, tile, 1);
  }
  self.postMessage("done");
};
