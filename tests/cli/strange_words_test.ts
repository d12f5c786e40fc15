import { assert, assertEquals } from "@std/assert";
import { capture } from "./capture.ts";

Deno.test("an error is one line that says all, whatever was typed", async () => {
  const lines: readonly (readonly [words: readonly string[], line: string])[] = [
    [["--shape", "3\n4"], "--shape 3\\u{a}4: 3\\u{a}4 is not a positive integer"],
    [["--input", "a=a\nb.npy", "--expr", "a"], "No such file: a\\u{a}b.npy"],
    [["--tile", "\x1b[2J"], "--tile \\u{1b}[2J: \\u{1b}[2J is not a positive integer"],
    [["\u202e"], "Unknown command \\u{202e}: see --help for those there are"],
    [["--kernel", "a\0.ts"], "The word a\\u{0}.ts has a character that none can have"],
  ];
  for (const [words, line] of lines) {
    assertEquals(await capture(words), { code: 2, stdout: "", stderr: `error: ${line}\n` });
  }
  for (
    const words of [["--kernel", "k".repeat(300)], ["--input", `a=${"a".repeat(300)}.npy`, "--expr", "a"]]
  ) {
    const { code, stderr } = await capture(words);
    assertEquals([code, stderr.includes("o such file")], [2, true], stderr);
  }
  const { code, stderr } = await capture(["--workers", "9".repeat(100_000)]);
  assertEquals(code, 2);
  assert(stderr.length < 1100 && stderr.endsWith("9 is not an integer\n"), stderr.slice(0, 2000));
});
