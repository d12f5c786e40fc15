/**
 * A worker that claims tiles as fast as it can, and counts how often it got each.
 *
 * @module
 */

import { ControlBlock } from "../../src/run/control_block.ts";

interface Start {
  readonly buffer: SharedArrayBuffer;
  readonly claims: Int32Array;
  readonly grain: number;
}

self.onmessage = ({ data: { buffer, claims, grain } }: MessageEvent<Start>) => {
  const control = ControlBlock.attach(buffer);
  for (;;) {
    const first = control.claimTiles(grain);
    if (first >= claims.length) break;
    for (let tile = first; tile < first + grain; tile++) Atomics.add(claims, tile, 1);
  }
  self.postMessage("done");
};
