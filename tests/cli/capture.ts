/** Runs the command in this process, with its streams caught. */

import type { CliIo } from "../../src/cli/cli_io.ts";
import { runCli } from "../../src/cli/run_cli.ts";

/** What a command printed, and how it ended. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param words The command line.
 * @param io What differs from a pipe that nobody interrupts.
 */
export async function capture(
  words: readonly string[],
  io: Partial<Omit<CliIo, "stdout" | "stderr">> = {},
): Promise<Captured> {
  let stdout = "", stderr = "";
  const code = await runCli(words, {
    stdout: (text) => stdout += text,
    stderr: (text) => stderr += text,
    columns: () => null,
    stdoutColumns: () => null,
    rows: () => null,
    colours: () => "none",
    blocks: () => true,
    signal: new AbortController().signal,
    ...io,
  });
  return { code, stdout, stderr };
}
