/**
 * Commands of the system, each with a time limit.
 *
 * @module
 */

/** What a command did. */
export interface Outcome {
  /** Its exit code. */
  readonly code: number;
  /** What it wrote to its standard output. */
  readonly stdout: string;
  /** What it wrote to its standard error. */
  readonly stderr: string;
}

/** How a command is run. */
export interface CommandOptions {
  /** Variables besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it runs. */
  readonly cwd?: string;
  /** How long it may take. Default half a minute. */
  readonly ms?: number;
}

/**
 * Runs a command to its end.
 *
 * @param program The program.
 * @param args Its arguments.
 * @param options How it is run.
 */
export async function attempt(
  program: string,
  args: readonly string[],
  { env = {}, cwd, ms = 30_000 }: CommandOptions = {},
): Promise<Outcome> {
  const limit = AbortSignal.timeout(ms);
  const command = new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1", LC_ALL: "C", ...env },
    cwd,
    stdin: "null",
    signal: limit,
  });
  const { code, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  if (limit.aborted) throw new Error(`${program} ${args.join(" ")} took longer than ${ms} ms`);
  return { code, stdout: text.decode(stdout).trim(), stderr: text.decode(stderr).trim() };
}

/**
 * Runs a command that must succeed.
 *
 * @param program The program.
 * @param args Its arguments.
 * @param options How it is run.
 * @returns What it wrote to its standard output.
 */
export async function succeed(
  program: string,
  args: readonly string[],
  options?: CommandOptions,
): Promise<string> {
  const { code, stdout, stderr } = await attempt(program, args, options);
  if (code === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${stderr || stdout}`);
}

/**
 * Waits until something is so.
 *
 * @param what What is waited for, for the message.
 * @param look Looks whether it is so: undefined means not yet.
 * @param ms How long it may take.
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>, ms: number): Promise<T> {
  for (const end = Date.now() + ms;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > end) throw new Error(`After ${ms} ms there was still no ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
