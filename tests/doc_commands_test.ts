/** Every command in the documentation is run, or says why not; its flags are then known at least. */

import { assert, assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { parseMapArgs } from "../src/cli/args.ts";
import type { Captured } from "./cli/capture.ts";
import { capture } from "./cli/capture.ts";
import { allFences, type Fence, pages, pageText, pathIn } from "./docs_markdown.ts";
import { pythonWithNumpy } from "./docs_python.ts";
import type { PageJob, Step } from "./docs_runner.ts";
import { type ShellCommand, shellCommands, tilewiseWords } from "./docs_shell.ts";

/** Commands besides `map`, which have flags of their own. */
const OTHERS = ["combine", "completions", "doctor", "help", "info", "schema", "shm", "show", "status"];
const PYTHON = await pythonWithNumpy();
const TASKS: Readonly<Record<string, { readonly command: string }>> = config.tasks;

/** A module of the checkout. */
const MODULE = /^(?:examples|bench)\/.+\.ts$/;

/** The blocks that a shell would read. */
const fences = allFences().filter(({ language }) => language === "sh" || language === "console");

/** What is typed in a console, to the end of the last line that goes on. */
const TYPED = /^\$ ((?:.*\\\n)*.*)\n?/gm;

/** The commands of a block. */
function commandsOf({ language, text }: Fence): ShellCommand[] {
  if (language === "sh") return shellCommands(text);
  return [...text.matchAll(TYPED)].flatMap(([, command]) => shellCommands(command));
}

/** Those that are not there to read what the one before prints. */
function unpiped(commands: readonly ShellCommand[]): ShellCommand[] {
  return commands.filter((_, k) => !(commands[k - 1]?.isPiped ?? false));
}

/** The name of a task, however it is started. */
function taskOf(words: readonly string[]): string | null {
  const plain = words[0] === "npx" ? words.slice(words.findIndex((word) => word.startsWith("deno@"))) : words;
  return /^deno(@|$)/.test(plain[0]) && plain[1] === "task" ? plain[2] : null;
}

/** What a command of a block is when it is run; null for tasks that take minutes, of which only the name is looked at. */
function stepsOf({ words, to }: ShellCommand, place: string): Step[] {
  const task = taskOf(words);
  if (task !== null) {
    assert(Object.hasOwn(TASKS, task), `${place}: there is no task ${task}`);
    if (task !== "demo") return [];
    return shellCommands(TASKS.demo.command).flatMap((command) => stepsOf(command, place));
  }
  const own = tilewiseWords(words);
  if (own !== null) {
    // Modules import others of the checkout.
    return [{ words: own.map((word) => MODULE.test(word) ? pathIn(word) : word), isTilewise: true, to }];
  }
  const script = words.find((word) => /\.(ts|py)$/.test(word) && !word.startsWith("-"));
  const isPython = words[0] === "python3";
  assert(
    script !== undefined && (isPython || words[0] === "deno" && words[1] === "run"),
    `${place}: ${words[0]} is not run here. Put <!-- not run: why --> above the block`,
  );
  if (isPython && PYTHON === null) return [];
  const program = words.map((word) => word === script ? pathIn(script) : word);
  if (PYTHON !== null && isPython) program[0] = PYTHON;
  return [{ words: program, isTilewise: false, to }];
}

/** What a page runs, with the block of each step. */
function jobOf(page: string): { job: PageJob; blocks: Fence[] } {
  const steps: Step[] = [], blocks: Fence[] = [];
  for (const fence of fences.filter((fence) => fence.page === page && fence.notRun === null)) {
    for (const command of unpiped(commandsOf(fence))) {
      for (const step of stepsOf(command, `${page}:${fence.line}`)) {
        steps.push(step);
        blocks.push(fence);
      }
    }
  }
  return { job: { page, text: pageText(page), steps }, blocks };
}

/** What came of each step of each page. */
async function runJobs(jobs: readonly PageJob[]): Promise<Captured[][]> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", "--allow-all", pathIn("tests/docs_runner.ts")],
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(120_000),
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(jobs)));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("the documentation's commands run", async () => {
  const all = pages().map(jobOf).filter(({ blocks }) => blocks.length > 0);
  assert(all.length >= 5, "too few pages have commands");
  const results = await runJobs(all.map(({ job }) => job));
  const wrong = all.flatMap(({ job, blocks }, at) =>
    results[at].flatMap(({ code, stdout, stderr }, k) => {
      const place = `${job.page}:${blocks[k].line}`;
      if (code !== 0) return [`${place}: ${job.steps[k].words.join(" ")} ended with ${code}: ${stderr}`];
      return blocks[k].language === "console" ? outputGaps(blocks[k], stdout, place) : [];
    })
  );
  assertEquals(wrong, []);
});

/** The lines of a console that the command did not print. */
function outputGaps({ text, varies }: Fence, printed: string, place: string): string[] {
  if (varies) return [];
  const expected = text.replaceAll(TYPED, "").trimEnd();
  return printed.trimEnd() === expected ? [] : [`${place}: it printed\n${printed}`];
}

Deno.test("what is not run says why, and has flags that there are", async () => {
  const help = await capture(["--help"]).then(({ stdout }) => stdout);
  const own = new Map<string, string>();
  for (const name of OTHERS.filter((name) => help.includes(name))) {
    own.set(name, (await capture([name, "--help"])).stdout);
  }
  let checked = 0;
  for (const fence of fences.filter(({ notRun }) => notRun !== null)) {
    for (const command of commandsOf(fence)) {
      const place = `${fence.page}:${fence.line}`;
      const words = tilewiseWords(command.words)?.filter((word) => !/^(\.{3}|…)/.test(word));
      if (words === undefined) continue;
      checked++;
      const [name] = words;
      if (name === undefined || !OTHERS.includes(name)) parseMapArgs(words, OTHERS);
      else {
        assert(own.has(name), `${place}: there is no command ${name}`);
        const flags = words.filter((word) => word.startsWith("--")).map((word) => word.split("=", 1)[0]);
        for (const flag of flags) {
          assert(own.get(name)?.includes(flag), `${place}: tilewise ${name} --help does not know ${flag}`);
        }
      }
    }
  }
  assert(checked >= 8, `only ${checked} commands were looked at`);
});

Deno.test("as much of the shell is read as the documentation has", () => {
  const plain = (text: string) => shellCommands(text).map(({ words }) => words);
  assertEquals(plain("a 'b c' \"d\n e\"f # g\n\nh\\\n  i && j; k | l"), [
    ["a", "b c", "d\n ef"],
    ["h", "i"],
    ["j"],
    ["k"],
    ["l"],
  ]);
  assertEquals(shellCommands("a > b").map(({ words, to }) => [words, to]), [[["a"], "b"]]);
  assertEquals(shellCommands("a | b").map(({ isPiped }) => isPiped), [true, false]);
  assertEquals(tilewiseWords(["mpirun", "-n", "4", "tilewise", "map"]), ["map"]);
  assertEquals(tilewiseWords(["deno", "run", "--allow-read", "cli.ts", "info", "a"]), ["info", "a"]);
  assertEquals(tilewiseWords(["deploy/slurm/submit.sh", "4", "--", "--expr", "a"]), ["--expr", "a"]);
  assertEquals(tilewiseWords(["deno", "task", "ok"]), null);
});
