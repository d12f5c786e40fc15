/**
 * Completion in zsh.
 *
 * @module
 */

import { type ListedCommand, listedCommands, type ListedFlag, singleQuoted } from "./flag_lists.ts";

/** The script. */
export function zshScript(): string {
  const commands = listedCommands();
  return `#compdef tilewise
# Completion of tilewise in zsh: as _tilewise into a folder of $fpath, or by source after compinit.

# NAME=FILE: files behind the equals sign.
_tilewise_named() {
  if compset -P '*='; then _files; else _message 'NAME=FILE'; fi
}

${commands.map(commandFunction).join("\n")}
_tilewise() {
  local -a commands=(
${
    commands.map(({ name, about }) => `    ${singleQuoted(`${name}:${about.replaceAll(":", "\\:")}`)}\n`)
      .join("")
  }  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe -t commands command commands
    return
  fi
  local command=map
  case $words[2] in
    ${commands.map(({ name }) => name).join("|")}) command=$words[2]; shift words; (( CURRENT-- )) ;;
  esac
  _tilewise_of_$command
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _tilewise "$@"
else
  compdef _tilewise tilewise
fi
`;
}

function commandFunction({ name, flags, places }: ListedCommand): string {
  const rest = places === "files"
    ? ["'*:file:_files'"]
    : places.length > 0
    ? [`'1:${name}:(${places.join(" ")})'`]
    : [];
  const specs = [...flags.flatMap(flagSpecs), ...rest];
  return `_tilewise_of_${name}() {
  _arguments -S ${specs.map((spec) => `\\\n    ${spec}`).join(" ")}
}
`;
}

function flagSpecs(flag: ListedFlag): string[] {
  const { name, letter, kind } = flag;
  const about = `[${flag.about.replaceAll(/[\\[\]:]/g, "\\$&")}]`;
  if (letter !== undefined) {
    const both = `(-${letter} --${name})`;
    return [`-${letter}`, `--${name}`].map((word) => singleQuoted(`${both}${word}${about}`));
  }
  if (kind === "switch") return [singleQuoted(`--${name}${about}`)];
  if (kind === "optional") return [singleQuoted(`--${name}=-${about}::number:`)];
  return [singleQuoted(`${kind === "list" ? "*" : ""}--${name}=${about}:${valueOf(flag)}`)];
}

/** What is said of a value, and what offers some. */
function valueOf({ name, choices, files }: ListedFlag): string {
  if (choices !== undefined) return `${name}:(${choices.join(" ")})`;
  if (files === "file") return "file:_files";
  return files === "named" ? "NAME=FILE:_tilewise_named" : `${name}: `;
}
