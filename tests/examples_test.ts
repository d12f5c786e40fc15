/** The examples as users run them. */

import { assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);

Deno.test("the histogram example counts what NumPy counts, in both ways", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--allow-read", "examples/histogram/histogram.ts"],
    cwd: ROOT,
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  const lines = new TextDecoder().decode(stdout).trimEnd().split("\n");
  const printed = lines.map((line) => {
    const [, celsius, count] = /^ *(-?\d+) °C +(\d+) #+$/.exec(line) ?? [];
    return [Number(celsius), Number(count)];
  });
  const { lowest, counts }: { lowest: number; counts: number[] } = JSON.parse(
    await Deno.readTextFile(new URL("fixtures/histogram.json", import.meta.url)),
  );
  assertEquals(printed, counts.map((count, bin) => [lowest + bin, count]).filter(([, count]) => count > 0));
});
