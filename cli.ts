/**
 * The command `tilewise`: a kernel over the tiles of arrays, with a report of time and memory peaks.
 *
 * `deno run --allow-read cli.ts --shape 365,16,16 --tile 4,4 --workers 10`
 *
 * @module
 */

import { Interruption } from "./src/cli/cli_io.ts";
import { runCli } from "./src/cli/run_cli.ts";
import { terminalOfProcess } from "./src/cli/terminal.ts";

const ENCODER = new TextEncoder();

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    for (let rest = ENCODER.encode(text); rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    // Whoever read this has seen enough, as `head` does.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** The signals that end a command, with how they are told of, and the exit code that says so. */
const SIGNALS = [["SIGINT", "by Ctrl-C", 130], ["SIGTERM", "by SIGTERM", 143], [
  "SIGHUP",
  "by SIGHUP",
  129,
]] as const;

/** A signal that fires when the user or the system wants the command to end. */
function listenForInterruption(): AbortSignal {
  const interrupt = new AbortController();
  const listen = Deno.build.os === "windows" ? SIGNALS.slice(0, 1) : SIGNALS;
  for (const [signal, message, exitCode] of listen) {
    Deno.addSignalListener(signal, async () => {
      if (!interrupt.signal.aborted) {
        interrupt.abort(new Interruption(message, exitCode));
        return;
      }
      // The second time, nobody wants to wait for the tile at hand.
      const { discardPendingFiles } = await import("./src/io/atomic_write.ts");
      discardPendingFiles();
      Deno.exit(exitCode);
    });
  }
  return interrupt.signal;
}

/** Runs the command for this process. */
async function main(): Promise<number> {
  return await runCli(Deno.args, {
    stdout: (text) => writeAll(Deno.stdout, text),
    stderr: (text) => writeAll(Deno.stderr, text),
    ...terminalOfProcess,
    signal: listenForInterruption(),
  });
}

// Ends the process even when a worker's thread is still busy, which would keep it alive.
if (import.meta.main) Deno.exit(await main());
