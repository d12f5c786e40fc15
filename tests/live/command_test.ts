import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventsOf, lastOf, type LiveEvent, routeOf } from "./event_reader.ts";

const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** The command with a dashboard, over tiles that take long. */
interface Command {
  readonly url: string;
  readonly process: Deno.ChildProcess;
  /** All that it writes to standard error from then on. */
  readonly rest: Promise<string>;
}

async function start(folder: string, tiles: number): Promise<Command> {
  const wait = "for (const end = performance.now() + 10; performance.now() < end;);";
  await Deno.writeTextFile(`${folder}/slow.ts`, `export default function slow(): void { ${wait} }\n`);
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--allow-read", `--allow-write=${folder}`, "--allow-net=127.0.0.1"],
      ...[`${root}cli.ts`, "map", "--kernel", `${folder}/slow.ts`, "--shape", `${tiles}`, "--tile", "1"],
      ...["--output", `vpd=${folder}/vpd.npy`, "--dashboard=0", "--quiet"],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`The command said ${text}`);
    text += value;
  }
  const [, url, more] = text.match(/^Dashboard: (\S+)\n([^]*)$/) ?? [];
  assert(url !== undefined, text);
  const rest = (async () => {
    let said = more;
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) said += piece.value;
    return said;
  })();
  return { url, process, rest };
}

/** Runs the command, looks on until tiles are done, does something, and looks on until the end. */
async function watch(
  tiles: number,
  act: (command: Command) => Promise<void> | void,
): Promise<{ code: number; last: LiveEvent | undefined; said: string; files: string[] }> {
  const folder = await Deno.makeTempDir();
  try {
    const command = await start(folder, tiles);
    let last: LiveEvent | undefined, isDone = false;
    for await (const event of eventsOf(command.url)) {
      last = event;
      if (event.name === "end" || isDone || event.data.status.done === 0) continue;
      isDone = true;
      await act(command);
    }
    const { code } = await command.process.status;
    return {
      code,
      last,
      said: await command.rest,
      files: Array.from(Deno.readDirSync(folder), ({ name }) => name).sort(),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const CANCELLED = { code: 130, files: ["slow.ts"] };

Deno.test("the stop request ends the command as Ctrl-C does", async () => {
  const { last, said, ...rest } = await watch(100_000, async ({ url }) => {
    const answer = await fetch(routeOf(url, "/stop"), {
      method: "POST",
      headers: { origin: new URL(url).origin },
    });
    assertEquals(await answer.text(), "The run is asked to stop.\n");
  });
  assertEquals(rest, CANCELLED);
  assertEquals(lastOf(last).outcome, { kind: "cancelled", text: "The run was cancelled from this page." });
  assertMatch(said, /^Interrupted by the dashboard after \d+ of 100000 tiles .*; nothing was written\n$/);
});

Deno.test("Ctrl-C ends the command while a page looks on, and the page is told", async () => {
  const { last, said, ...rest } = await watch(100_000, ({ process }) => process.kill("SIGINT"));
  assertEquals(rest, CANCELLED);
  assertEquals(lastOf(last).outcome, { kind: "cancelled", text: "The run was cancelled." });
  assertStringIncludes(said, "Interrupted by Ctrl-C after");
});

Deno.test("a run that ends leaves its report page to whoever looked on", async () => {
  const { code, last, files } = await watch(60, () => {});
  assertEquals([code, files], [0, ["slow.ts", "vpd.npy"]]);
  const { outcome, page, html } = lastOf(last);
  assertEquals([outcome.kind, page.report?.tiles, page.kernel?.kind], ["done", 60, "module"]);
  assertStringIncludes(html ?? "", "<!DOCTYPE html>");
});
