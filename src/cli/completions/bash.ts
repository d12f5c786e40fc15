/**
 * Completion in bash, from version 3.2 on, without the package bash-completion.
 *
 * @module
 */

import { type ListedCommand, listedCommands } from "./flag_lists.ts";

/** The script. */
export function bashScript(): string {
  const commands = listedCommands(), names = commands.map(({ name }) => name);
  return `# Completion of tilewise in bash: eval "$(tilewise completions bash)"

# Offers files, one a line of what compgen prints, so that names may have spaces.
_tilewise_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen -f -- "$1"))
}

_tilewise() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" before=$((COMP_CWORD - 1)) equals= flag= name= command=map
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
      ${names.join("|")}) command="\${COMP_WORDS[1]}" ;;
    esac
  fi

  # bash takes an equals sign for a word of its own, and so ends words before and behind it.
  if [ "$cur" = "=" ]; then
    cur= equals=1
  elif [ "$before" -ge 1 ] && [ "\${COMP_WORDS[before]}" = "=" ]; then
    equals=1 before=$((before - 1))
  fi
  flag="\${COMP_WORDS[before]}"
  if [ -n "$equals" ] && [ "\${flag#--}" = "$flag" ]; then
    # NAME=FILE, behind its flag or behind its flag and an equals sign.
    name=1 before=$((before - 1))
    [ "\${COMP_WORDS[before]}" = "=" ] && before=$((before - 1))
    flag="\${COMP_WORDS[before]}"
  fi

  case "$command $flag" in
${commands.map(valueCases).join("")}  esac

  [ -n "$equals" ] && return
  if [ "\${cur#-}" != "$cur" ]; then
    case "$command" in
${commands.map(flagCase).join("")}    esac
    return
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names.join(" ")}" -- "$cur"))
    return
  fi
  case "$command" in
${commands.map(placeCase).join("")}  esac
}

complete -F _tilewise tilewise
`;
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W "${list.join(" ")}" -- "$cur"))`;
}

/** What stands behind flags that take a value. */
function valueCases({ name: command, flags }: ListedCommand): string {
  const other: string[] = [], lines: string[] = [];
  for (const { name, kind, choices, files } of flags) {
    if (kind !== "text" && kind !== "list") continue;
    const pattern = `"${command} --${name}"`;
    if (choices !== undefined) lines.push(`    ${pattern}) ${words(choices)}; return ;;\n`);
    else if (files === "file") lines.push(`    ${pattern}) _tilewise_files "$cur"; return ;;\n`);
    else if (files === "named") {
      lines.push(`    ${pattern}) [ -n "$name" ] && _tilewise_files "$cur"; return ;;\n`);
    } else other.push(pattern);
  }
  return lines.join("") + (other.length === 0 ? "" : `    ${other.join("|")}) return ;;\n`);
}

function flagCase({ name, flags }: ListedCommand): string {
  const all = flags.flatMap((
    { name, letter },
  ) => [`--${name}`, ...(letter === undefined ? [] : [`-${letter}`])]);
  return `      ${name}) ${words(all)} ;;\n`;
}

function placeCase({ name, places }: ListedCommand): string {
  if (places === "files") return `    ${name}) _tilewise_files "$cur" ;;\n`;
  return places.length === 0 ? "" : `    ${name}) ${words(places)} ;;\n`;
}
