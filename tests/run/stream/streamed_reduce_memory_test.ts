import { assert, assertEquals } from "@std/assert";

const cli = new URL("../../../cli.ts", import.meta.url);

/** A .npy file of float32 that takes no room on the disk: it is one hole behind its header. */
async function sparseNpy(path: string, shape: readonly number[]): Promise<void> {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const bytes = new Uint8Array(128);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  bytes.set(new TextEncoder().encode(text.padEnd(128 - 10 - 1) + "\n"), 10);
  await Deno.writeFile(path, bytes);
  await Deno.truncate(path, 128 + shape.reduce((product, extent) => product * extent, 4));
}

/** What is looked at of a report. */
interface Report {
  readonly memory: { readonly highWater: number; readonly predictedPeak: number };
  readonly stored: { readonly readBytes: number };
  readonly result: { readonly mean: number };
}

/** Runs the command in a process of its own, and gives its report. */
async function reduceMean(cwd: string, words: readonly string[]): Promise<Report> {
  // By way of a shell: a process that is started counts what its parent had in memory as its own peak.
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: [
      ...["-c", '"$0" "$@"; exit $?', Deno.execPath()],
      ...["run", "--no-lock", "--allow-read", "--allow-env", cli.href, "map", "--stream", ...words],
      ...["--expr", "a + index(1)", "--reduce", "mean", "--workers", "2"],
      ...["--max-memory", "300MB", "--json", "--quiet"],
    ],
    cwd,
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("2 GB are reduced within 300 MB", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // What is loaded for the first time is compiled, which takes memory of its own.
    await sparseNpy(`${folder}/few.npy`, [2, 1000, 10]);
    await reduceMean(folder, ["--input", "a=few.npy"]);
    await sparseNpy(`${folder}/a.npy`, [500, 1000, 1000]);
    for (const axis of [["--axis", "0"], []]) {
      const { memory, stored, result } = await reduceMean(folder, ["--input", "a=a.npy", ...axis]);
      assertEquals([result.mean, stored.readBytes], [499.5, 2e9]);
      assert(memory.highWater <= 300e6, `${memory.highWater} bytes at the peak`);
      assert(memory.predictedPeak <= 300e6);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
