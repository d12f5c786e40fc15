/**
 * Scripts that complete words in shells, from the tables of flags.
 *
 * @module
 */

import type { SHELLS } from "../flags/commands.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS: Readonly<Record<typeof SHELLS[number], () => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/**
 * The script for a shell.
 *
 * @param shell The shell.
 */
export function completionScript(shell: typeof SHELLS[number]): string {
  return SCRIPTS[shell]();
}
