import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { bashScript } from "../../src/cli/completions/bash.ts";
import { listedCommands } from "../../src/cli/completions/flag_lists.ts";
import { completionScript } from "../../src/cli/completions/script.ts";
import { COMMAND_NAMES, SHELLS } from "../../src/cli/flags/commands.ts";
import { MAP_FLAGS } from "../../src/cli/flags/map_flags.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

/** Whether a shell is installed. */
function has(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-c", "exit 0"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

async function output(shell: string, args: readonly string[], cwd?: string): Promise<string> {
  const signal = AbortSignal.timeout(60_000);
  const env = { LC_ALL: "C.UTF-8", TERM: "xterm" };
  const { stdout, stderr } = await new Deno.Command(shell, {
    args: [...args],
    cwd,
    env,
    stdin: "null",
    signal,
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "", shell);
  return new TextDecoder().decode(stdout);
}

Deno.test("completions prints the script of a shell, and knows which there are", async () => {
  for (const shell of SHELLS) {
    assertEquals(await capture(["completions", shell]), {
      code: 0,
      stdout: completionScript(shell),
      stderr: "",
    });
  }
  const wrong: readonly (readonly [words: readonly string[], message: string])[] = [
    [[], "completions needs to know the shell: expected bash, zsh, fish"],
    [["bsh"], "Unknown shell bsh: did you mean bash?"],
    [["powershell"], "Unknown shell powershell: expected bash, zsh, fish"],
    [["bash", "zsh"], 'Unexpected word "zsh" behind completions bash'],
    [["--jsn"], "Unknown flag --jsn: see tilewise completions --help for those there are"],
  ];
  for (const [words, message] of wrong) {
    assertEquals(await capture(["completions", ...words]), {
      code: 2,
      stdout: "",
      stderr: `error: ${message}\n`,
    });
  }
});

Deno.test("each script knows each command, each flag and each value", () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell);
    for (const { name, flags } of listedCommands()) {
      assertMatch(script, new RegExp(`\\b${name}\\b`));
      for (const flag of flags) {
        assertStringIncludes(script, shell === "fish" ? ` -l ${flag.name} ` : `--${flag.name}`);
        if (flag.choices !== undefined) assertStringIncludes(script, flag.choices.join(" "));
      }
    }
  }
});

/** What bash offers for words, the last of which is being typed. Words as bash splits them. */
async function bashOffers(lists: readonly (readonly string[])[], cwd: string): Promise<string[][]> {
  const asked = lists.map((words) => {
    const typed = ["tilewise", ...words].map((word) => `'${word}'`).join(" ");
    return `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _tilewise; ` +
      `printf '%s\\n' "\${COMPREPLY[@]}"; echo ----`;
  });
  const out = await output("bash", [
    "--norc",
    "-c",
    `${bashScript()}\n${asked.join("\n")}\ncomplete -p tilewise`,
  ], cwd);
  const parts = out.split("----\n");
  assertEquals(parts.pop(), "complete -F _tilewise tilewise\n");
  return parts.map((part) => part.split("\n").filter((line) => line !== "").sort());
}

Deno.test({
  name: "bash completes commands, flags, values and files",
  ignore: !has("bash"),
  fn: () =>
    inFolder(async (path) => {
      await Deno.writeTextFile(path("day one.nc"), "");
      await Deno.writeTextFile(path("data.npy"), "");
      await Deno.mkdir(path("store.zarr"));
      const files = ["data.npy", "day one.nc"];
      const expected: readonly (readonly [words: readonly string[], offers: readonly string[]])[] = [
        [["s"], ["schema", "shm", "show", "status"]],
        [[""], [...COMMAND_NAMES].sort()],
        [["--dty"], ["--dtype"]],
        [["map", "--"], [...Object.keys(MAP_FLAGS).map((name) => `--${name}`)].sort()],
        [["-"], [...Object.keys(MAP_FLAGS).map((name) => `--${name}`), "-V", "-h", "-q"].sort()],
        [["--dtype", ""], [...DTYPE_NAMES].sort()],
        [["--dtype", "=", "floa"], ["float16", "float32", "float64"]],
        [["--dtype", "="], [...DTYPE_NAMES].sort()],
        [["--codec", "z"], ["zstd"]],
        [["--reduce", "arg"], ["argmax", "argmin"]],
        [["map", "--boundary", "w"], ["wrap"]],
        [["--shape", ""], []],
        [["--input", ""], []],
        [["--input", "a", "="], ["data.npy", "day one.nc", "store.zarr"]],
        [["--input", "a", "=", "da"], files],
        [["--input", "=", "a", "=", "da"], files],
        [["--output", "a", "=", "st"], ["store.zarr"]],
        [["--kernel", "data"], ["data.npy"]],
        [["--workers", "2", "--isol"], ["--isolation"]],
        [["show", "da"], files],
        [["show", "data.npy", "--colormap", "virid"], ["viridis"]],
        [["info", "--"], ["--help", "--json"]],
        [["shm", ""], ["clean", "list"]],
        [["completions", "f"], ["fish"]],
        [["help", "sh"], ["shm", "show"]],
        [["doctor", ""], []],
      ];
      const offers = await bashOffers(expected.map(([words]) => words), path(""));
      expected.forEach(([words, wanted], k) => assertEquals(offers[k], wanted, words.join(" ")));
    }),
});

Deno.test({
  name: "bash splits words as the script expects, and completes them in an interactive shell",
  ignore: !has("bash"),
  fn: () =>
    inFolder(async (path) => {
      await Deno.writeTextFile(path("tomorrow.npy"), "");
      await Deno.writeTextFile(path("c.bash"), bashScript());
      // Readline writes out what a tab completes; the name of the command stands for one that is there.
      await Deno.writeTextFile(
        path("rc"),
        "source c.bash\ntilewise() { printf '<%s>' \"$@\"; echo; }\nbind 'set bell-style none'\nPS1=\nset +o history\n",
      );
      const typed = "tilewise --input a=tomo\\t --outp\\ty --codec=zs\\t\\nexit\\n";
      const out = await output("bash", [
        "-c",
        `printf '${typed}' | bash --noprofile --rcfile rc -i 2>/dev/null`,
      ], path(""));
      assertStringIncludes(out, "<--input><a=tomorrow.npy>");
      assertStringIncludes(out, "<--codec=zstd>");
    }),
});

Deno.test({
  name: "fish completes commands, flags, values and files",
  ignore: !has("fish"),
  fn: () =>
    inFolder(async (path) => {
      await Deno.writeTextFile(path("c.fish"), completionScript("fish"));
      await Deno.writeTextFile(path("data.npy"), "");
      const expected: readonly (readonly [line: string, offers: readonly string[]])[] = [
        ["tilewise s", ["schema", "shm", "show", "status"]],
        ["tilewise --dt", ["--dtype"]],
        ["tilewise --dtype floa", ["float16", "float32", "float64"]],
        ["tilewise --dtype=bo", ["--dtype=bool"]],
        ["tilewise --input a=dat", ["a=data.npy"]],
        ["tilewise --kernel dat", ["data.npy"]],
        ["tilewise show dat", ["data.npy"]],
        ["tilewise show --colormap virid", ["viridis"]],
        ["tilewise info --", ["--help", "--json"]],
        ["tilewise shm c", ["clean"]],
        ["tilewise completions f", ["fish"]],
      ];
      const asked = expected.map(([line]) => `complete -C '${line}'; echo ----`).join("; ");
      const home = { args: ["--no-config", "-c", `source c.fish; ${asked}`] };
      const parts = (await output("fish", home.args, path(""))).split("----\n");
      expected.forEach(([line, offers], k) => {
        const found = parts[k].split("\n").filter((text) => text !== "").map((text) => text.split("\t")[0]);
        assertEquals(found.sort(), offers, line);
      });
    }),
});

/** Types lines into a zsh of its own, with a tab behind each, and prints what its line editor makes of them. */
const ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1="PROMPT""> "; PROMPT_SP= ; unsetopt prompt_sp prompt_cr; autoload -U compinit; compinit -u -D; source ./c.zsh; setopt no_beep; bindkey "^I" complete-word; bindkey "^X" accept-line; tilewise() { print -r -- "<\${(j:><:)@}>DO""NE" }'
zpty -r z out '*PROMPT> *'
for line in "$@"; do
  zpty -w -n z "$line"$'\\t'$'\\x18'
  zpty -r z out '*DONE*'
  print -r -- "\${\${out##*<}%%>DONE*}"
  zpty -r z out '*PROMPT> *'
done
zpty -d z
`;

Deno.test({
  name: "zsh completes commands, flags, values and files",
  ignore: !has("zsh"),
  fn: () =>
    inFolder(async (path) => {
      await Deno.writeTextFile(path("c.zsh"), completionScript("zsh"));
      await Deno.writeTextFile(path("data.npy"), "");
      const expected: readonly (readonly [line: string, last: string])[] = [
        ["tilewise comb", "combine"],
        ["tilewise --dtype bo", "bool"],
        ["tilewise --output-dt", "--output-dtype"],
        ["tilewise --input a=dat", "a=data.npy"],
        ["tilewise --kernel dat", "data.npy"],
        ["tilewise show dat", "data.npy"],
        ["tilewise show --colormap virid", "viridis"],
        ["tilewise shm cl", "clean"],
        ["tilewise completions fi", "fish"],
      ];
      const out = await output("zsh", ["-f", "-c", ZSH, "zsh", ...expected.map(([line]) => line)], path(""));
      assertEquals(
        out.trim().split("\n").map((line) => line.split("><").at(-1)?.trim()),
        expected.map(([, last]) => last),
      );
    }),
});

Deno.test("scripts are plain text that starts nothing", () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell);
    assert(!/\$\(\s*(?:command\s+)?tilewise/.test(script.replaceAll(/^#.*$/gm, "")), shell);
  }
});
