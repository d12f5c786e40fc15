import { assertEquals } from "@std/assert";
import { createArray, openArray, SharedNdArray } from "../../mod.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

/** What 2 * a of the counting input is. */
const DOUBLED = Array.from({ length: 24 }, (_, k) => 2 * k);

async function makeInput(path: string): Promise<void> {
  using stored = await createArray(path, { shape: [24], chunks: [2] });
  await stored.write({ origin: [0], shape: [24] }, SharedNdArray.arange(24));
}

async function valuesOf(path: string): Promise<unknown> {
  using stored = await openArray(path);
  return (await stored.read()).toNested();
}

Deno.test("a second array goes into a store that is there", async () => {
  await inFolder(async (path) => {
    await makeInput(path("in.zarr/a"));
    for (const name of ["one", "two"]) {
      const words = ["map", "--input", `a=${path("in.zarr/a")}`, "--expr", "2 * a", "--workers", "1"];
      const { code, stderr } = await capture([...words, "--output", `out=${path(`out.zarr/${name}`)}`]);
      assertEquals(code, 0, stderr);
      assertEquals(await valuesOf(path(`out.zarr/${name}`)), DOUBLED);
    }
  });
});

Deno.test("tasks that begin at the same moment make one array", async () => {
  await inFolder(async (path) => {
    await makeInput(path("in.zarr/a"));
    const command = decodeURIComponent(new URL("../../cli.ts", import.meta.url).pathname),
      input = `a=${path("in.zarr/a")}`;
    for (const name of ["first", "second"]) {
      const ended = await Promise.all([0, 1, 2, 3].map(async (shard) => {
        const map = ["map", "--input", input, "--expr", "2 * a", "--workers", "1", "--tile", "2"];
        const { code, stderr } = await new Deno.Command(Deno.execPath(), {
          args: [
            ...["run", "--no-prompt", "--allow-read", "--allow-write", command, ...map],
            ...["--shard", `${shard}/4`, "--output", `out=${path(`out.zarr/${name}`)}`],
          ],
          env: { NO_COLOR: "1" },
          stdout: "null",
          signal: AbortSignal.timeout(60_000),
        }).output();
        return code === 0 ? "done" : new TextDecoder().decode(stderr);
      }));
      assertEquals(ended, Array(4).fill("done"));
      assertEquals(await valuesOf(path(`out.zarr/${name}`)), DOUBLED);
    }
  });
});
