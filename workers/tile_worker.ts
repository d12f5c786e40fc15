/**
 * The entry module of every worker: message in, tiles, message out.
 *
 * @module
 */

import { ReceivedModules } from "../src/run/known_modules.ts";
import { forgetArrays, postEnd, runInterruptibly } from "../src/run/run_tiles.ts";
import { containedPort, webPort } from "../src/run/worker_port.ts";

const port = "WorkerGlobalScope" in globalThis ? webPort() : containedPort();
const modules = new ReceivedModules();

port.listen(async (message) => {
  const start = modules.complete(message);
  postEnd(await runInterruptibly(start, port.post), port.post);
  forgetArrays(start);
});
