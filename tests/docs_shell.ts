/**
 * As much of the shell's grammar as commands in the documentation need.
 *
 * @module
 */

/** A command of a block. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** The file that standard output goes to, where there is one. */
  readonly to: string | null;
  /** Whether its output goes to another command. */
  readonly isPiped: boolean;
}

/**
 * The commands of a block, in their order: words, quotes, comments, `&&`, `;`, `|` and `>`.
 *
 * @param text The block. Lines that begin with `$ ` are the commands of a console.
 */
export function shellCommands(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [], to: string | null = null, word: string | null = null, redirects = false;
  const endWord = () => {
    if (word === null) return;
    if (redirects) to = word;
    else words.push(word);
    word = null;
    redirects = false;
  };
  const endCommand = (isPiped: boolean) => {
    endWord();
    if (words.length > 0) commands.push({ words, to, isPiped });
    words = [];
    to = null;
  };
  for (let k = 0; k < text.length; k++) {
    const sign = text[k];
    if (sign === "\\") {
      if (text[++k] !== "\n") word = (word ?? "") + text[k];
    } else if (sign === "'" || sign === '"') {
      const end = text.indexOf(sign, k + 1);
      if (end < 0) throw new Error(`A quote has no end: ${text.slice(k)}`);
      word = (word ?? "") + text.slice(k + 1, end);
      k = end;
    } else if (sign === "#" && word === null) {
      const end = text.indexOf("\n", k);
      k = end < 0 ? text.length : end - 1;
    } else if (sign === "\n" || sign === ";") endCommand(false);
    else if (sign === "&" && text[k + 1] === "&") {
      endCommand(false);
      k++;
    } else if (sign === "|") endCommand(true);
    else if (sign === ">") {
      endWord();
      redirects = true;
    } else if (/\s/.test(sign)) endWord();
    else word = (word ?? "") + sign;
  }
  endCommand(false);
  return commands;
}

/** The words behind the program's name, if a command is `tilewise`, however it is started; otherwise null. */
export function tilewiseWords(words: readonly string[]): string[] | null {
  const name = words.findIndex((word, k) => word === "tilewise" && !words[k - 1]?.startsWith("--"));
  if (name >= 0) return words.slice(name + 1);
  const script = words.findIndex((word) => word === "cli.ts" || word.endsWith("/cli.ts"));
  if (words[0] === "deno" && words[1] === "run" && script > 0) return words.slice(script + 1);
  if (words[0]?.endsWith("submit.sh")) return words.slice(words.indexOf("--") + 1);
  return null;
}
