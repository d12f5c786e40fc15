import { assert, assertEquals } from "@std/assert";

Deno.test.sanitizer({ ops: true, resources: true });

/** Runs one of the scripts as a process of its own and reads the JSON that it writes. */
async function runScript(name: string): Promise<unknown> {
  const script = new URL(`scripts/${name}`, import.meta.url);
  const deadline = AbortSignal.timeout(60_000);
  const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", "--no-check", "--allow-read", script.href],
    signal: deadline,
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert(!deadline.aborted, `${name} did not end by itself; it wrote ${out} ${err}`);
  assertEquals([code, signal], [0, null], `${name} wrote ${err}`);
  return JSON.parse(out);
}

Deno.test("an abort rejects within seconds even when a kernel loops for ever, and the pool works on", async () => {
  const { settledMs, ...rest } = await runScript("abort_endless_kernel.ts") as { settledMs: number };
  assertEquals<unknown>(rest, { outcome: "AbortError", again: [1, 1, 1, 1] });
  assert(settledMs < 4000, `settled after ${settledMs} ms`);
});

Deno.test("a process ends by itself after runs that were done, failed or refused", async () => {
  const outcomes = await runScript("end_by_itself.ts");
  assertEquals(outcomes, ["WorkerError", "done", "TileError", "KernelLoadError"]);
});

Deno.test("a worker that ends during a run is a WorkerError, and the pool works on", async () => {
  const { message, ...rest } = await runScript("worker_dies.ts") as { message: string };
  assertEquals<unknown>(rest, { name: "WorkerError", tiles: 4, a: [1, 1, 1, 1] });
  assertEquals(
    message,
    "Worker 0 was given up, because code of a kernel failed outside of its tile: Error: nobody waits for me (at tile 0)",
  );
});
