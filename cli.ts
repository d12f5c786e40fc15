/**
 * The command `tilewise`: a kernel over the tiles of arrays, with a report of time and memory peaks.
 *
 * `deno run --allow-read cli.ts --shape 365,16,16 --tile 4,4 --workers 10`
 *
 * @module
 */

import { EXIT, runCli } from "./src/cli/run_cli.ts";

const ENCODER = new TextEncoder();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  for (let rest = ENCODER.encode(text); rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
}

/** Runs the command for this process. */
async function main(): Promise<number> {
  const interrupt = new AbortController();
  Deno.addSignalListener("SIGINT", () => {
    // The second time, the user does not want to wait for the tile at hand.
    if (interrupt.signal.aborted) Deno.exit(EXIT.interrupted);
    interrupt.abort(new Error("by Ctrl-C"));
  });
  return await runCli(Deno.args, {
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    columns: () => Deno.stderr.isTerminal() ? Deno.consoleSize().columns : null,
    signal: interrupt.signal,
  });
}

// Ends the process even when a worker's thread is still busy, which would keep it alive.
if (import.meta.main) Deno.exit(await main());
