/**
 * What the command has of the world, so that tests can give it another one.
 *
 * @module
 */

/** What the command has of the world. */
export interface CliIo {
  /** Writes to standard output. */
  stdout(text: string): void;
  /** Writes to standard error. */
  stderr(text: string): void;
  /** The width of the terminal behind standard error, or null when it is none. */
  columns(): number | null;
  /** Fires when the user interrupts. */
  readonly signal: AbortSignal;
}

/** Why a command is to stop: the reason that {@linkcode CliIo.signal} is aborted with. */
export class Interruption extends Error {
  override readonly name: string = "Interruption";
  /** The exit code that says so: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
