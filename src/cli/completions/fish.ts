/**
 * Completion in fish.
 *
 * @module
 */

import { type ListedCommand, listedCommands, type ListedFlag } from "./flag_lists.ts";

/** The script. */
export function fishScript(): string {
  const commands = listedCommands(), names = commands.map(({ name }) => name).join(" ");
  return `# Completion of tilewise in fish: into ~/.config/fish/completions/tilewise.fish

function __tilewise_in
    set -l words (commandline -opc)
    set -l name map
    if set -q words[2]; and contains -- $words[2] ${names}
        set name $words[2]
    end
    test $name = $argv[1]
end

function __tilewise_first
    test (count (commandline -opc)) -eq 1
end

# NAME=FILE: files behind the equals sign.
function __tilewise_named
    set -l parts (string split -m 1 = -- (commandline -ct | string replace -r '^--[a-z]+=' ''))
    set -q parts[2]; or return
    __fish_complete_path $parts[2] | string replace -r '^' "$parts[1]="
end

complete -c tilewise -f
${
    commands.map(({ name, about }) =>
      `complete -c tilewise -n __tilewise_first -a ${name} -d ${quoted(about)}\n`
    ).join("")
  }
${commands.map(commandLines).join("\n")}`;
}

function commandLines({ name, flags, places }: ListedCommand): string {
  const head = `complete -c tilewise -n '__tilewise_in ${name}'`;
  const lines = flags.map((flag) => `${head} ${flagWords(flag)} -d ${quoted(flag.about)}\n`);
  if (places === "files") lines.push(`${head} -F\n`);
  else if (places.length > 0) {
    lines.push(`${head} -n 'not __tilewise_first' -a ${quoted(places.join(" "))}\n`);
  }
  return lines.join("");
}

function flagWords({ name, letter, kind, choices, files }: ListedFlag): string {
  const words = `-l ${name}${letter === undefined ? "" : ` -s ${letter}`}`;
  if (kind === "switch" || kind === "optional") return words;
  if (choices !== undefined) return `${words} -x -a ${quoted(choices.join(" "))}`;
  if (files === "file") return `${words} -r -F`;
  return files === "named" ? `${words} -x -a '(__tilewise_named)'` : `${words} -x`;
}

/** In single quotes, as fish reads it. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
