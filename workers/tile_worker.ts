/**
 * The entry module of every worker: message in, tiles, message out.
 *
 * @module
 */

import { ReceivedModules } from "../src/run/known_modules.ts";
import type { StartMessage } from "../src/run/protocol.ts";
import { forgetArrays, postEnd, refuseSilentExits, runTiles } from "../src/run/run_tiles.ts";

refuseSilentExits(self);

const modules = new ReceivedModules();

// Not self.onmessage, which a kernel's module could take for itself.
self.addEventListener("message", async (event: MessageEvent<StartMessage>) => {
  const start = modules.complete(event.data);
  postEnd(await runTiles(start), (message) => self.postMessage(message));
  forgetArrays(start);
});
