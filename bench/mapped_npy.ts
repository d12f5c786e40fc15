/**
 * `a + b` over mapped .npy files that are larger than memory, beside what the disk does for `dd`.
 *
 * usage: deno task bench:mapped --folder FOLDER [--gb 10] [--workers 2] [--json]
 *
 * Makes two files of random float64 in the folder and removes them again. `dd` reads both and writes as many bytes as
 * the result has, one after another; the mapped run reads both, writes the result, and waits until it is on the disk.
 * Caches are dropped before each where this program may; otherwise choose a size beyond the machine's memory.
 */

import { parseArgs } from "@std/cli/parse-args";
import { flush, openNpy, SharedNdArray, tiledMap } from "../mod.ts";

const args = parseArgs(Deno.args, { string: ["folder", "gb", "workers"], boolean: ["json"] });
if (args.folder === undefined) {
  throw new Error("Say where: --folder FOLDER, on the disk that is to be measured");
}
const ROW = 1 << 17;
const rows = Math.max(1, Math.round(Number(args.gb ?? 10) * 1e9 / (8 * ROW)));
const shape = [rows, ROW], bytes = rows * ROW * 8;
const path = (name: string) => `${args.folder}/mapped-bench-${name}.npy`;
const NAMES = ["a", "b", "c"];

/** Fills a file with numbers, row by row, and waits until they are on the disk. */
async function make(name: string, seed: number): Promise<void> {
  using array = await openNpy(path(name), { mode: "w+", shape, mapped: false });
  using block = SharedNdArray.random([Math.min(rows, 64), ROW], { seed });
  for (let row = 0; row < rows; row += 64) {
    const extents = [Math.min(64, rows - row), ROW];
    await array.write({ origin: [row, 0], shape: extents }, block.box([0, 0], extents));
  }
  await array.finish();
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

async function command(name: string, ...words: string[]): Promise<boolean> {
  return (await new Deno.Command(name, { args: words, stdout: "null", stderr: "null" }).output()).success;
}

/** Whether nothing of the files is left in memory. */
function dropCaches(): Promise<boolean> {
  return command("sh", "-c", "sync; echo 3 > /proc/sys/vm/drop_caches");
}

const results: Record<string, number | boolean> = { bytes };
try {
  await make("a", 1);
  await make("b", 2);
  results.cachesDropped = await dropCaches();
  const read = await seconds(async () => {
    for (const name of ["a", "b"]) await command("dd", `if=${path(name)}`, "of=/dev/null", "bs=4M");
  });
  await dropCaches();
  const write = await seconds(() =>
    command(
      "sh",
      "-c",
      `head -c ${bytes} /dev/zero | dd of=${path("c")} bs=4M iflag=fullblock conv=fdatasync`,
    )
  );
  await Deno.remove(path("c"));
  Object.assign(results, { readSeconds: read, writeSeconds: write });
  await dropCaches();
  const run = await seconds(async () => {
    using a = await openNpy(path("a"), { dtype: "float64", mapped: true }),
      b = await openNpy(path("b"), { dtype: "float64", mapped: true });
    using c = await openNpy(path("c"), { mode: "w+", shape, mapped: true });
    const began = performance.now();
    const { report } = await tiledMap("a + b", {
      inputs: { a, b },
      outputs: { c },
      workers: Number(args.workers ?? 2),
    });
    results.computeSeconds = (performance.now() - began) / 1000;
    await flush(c);
    results.copied = report.memory.copied;
    results.rssPeak = report.memory.peak;
    const [row, column] = [rows - 1, ROW - 1];
    results.isRight = c.get(row, column) === a.get(row, column) + b.get(row, column) &&
      c.get(0, 0) === a.get(0, 0) + b.get(0, 0);
  });
  Object.assign(results, { mappedSeconds: run, ratio: run / (read + write) });
} finally {
  for (const name of NAMES) await Deno.remove(path(name)).catch(() => {});
}
if (args.json) console.log(JSON.stringify(results));
else {
  const rate = (count: number, time: number) => `${(count / time / 1e6).toFixed(0)} MB/s`;
  const { readSeconds, writeSeconds, mappedSeconds, ratio } = results as Record<string, number>;
  console.log(
    `${(bytes / 1e9).toFixed(1)} GB an array, caches ${results.cachesDropped ? "" : "not "}dropped`,
  );
  console.log(`dd reads two         ${readSeconds.toFixed(1)} s  ${rate(2 * bytes, readSeconds)}`);
  console.log(`dd writes one        ${writeSeconds.toFixed(1)} s  ${rate(bytes, writeSeconds)}`);
  console.log(`a + b, mapped        ${mappedSeconds.toFixed(1)} s  ${rate(3 * bytes, mappedSeconds)}`);
  console.log(`mapped / dd          ${ratio.toFixed(2)}`);
  console.log(
    `copied by workers    ${results.copied} bytes, rss at its peak ${results.rssPeak}, right: ${results.isRight}`,
  );
}
