/**
 * The manual of `completions`.
 *
 * @module
 */

import { HELP_ONLY } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `completions`. */
export const MANUAL: Manual = {
  name: "completions",
  about: COMMAND_FACTS.completions.about,
  usage: ["completions bash|zsh|fish"],
  description: [
    "The script completes commands, flags, the values of flags that take one of a few, and files, behind the equals " +
    "sign of --input NAME=FILE too. It is plain text and starts nothing.",
  ],
  flags: { flags: HELP_ONLY },
  examples: [
    {
      about: 'bash: a line of ~/.bashrc is eval "$(tilewise completions bash)".',
      command: "tilewise completions bash",
    },
    {
      about: "zsh: into a folder of $fpath, before compinit, as _tilewise.",
      command: "tilewise completions zsh > ~/.zfunc/_tilewise",
    },
    {
      about: "fish.",
      command: "tilewise completions fish > ~/.config/fish/completions/tilewise.fish",
    },
  ],
  exitCodes: [["0", "Done."], ["2", "There is no such shell."]],
};
