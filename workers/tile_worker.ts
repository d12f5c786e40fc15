/**
 * The entry module of every worker: message in, tiles, message out.
 *
 * @module
 */

import type { StartMessage } from "../src/run/protocol.ts";
import { forgetArrays, postEnd, refuseSilentExits, runTiles } from "../src/run/run_tiles.ts";

refuseSilentExits(self);

// Not self.onmessage, which a kernel's module could take for itself.
self.addEventListener("message", async (event: MessageEvent<StartMessage>) => {
  postEnd(await runTiles(event.data), (message) => self.postMessage(message));
  forgetArrays(event.data);
});
