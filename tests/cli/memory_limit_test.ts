/** The flag --max-memory: the same prediction as that of the library and of the report. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { evaluate, MemoryBudgetError, reduce, SharedNdArray, writeArrays } from "../../mod.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

/** The peak that a job is predicted to have, by its report. */
async function predictedPeak(words: readonly string[]): Promise<number> {
  const { code, stdout, stderr } = await capture([...words, "--json"]);
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout).memory.predictedPeak;
}

const MAPS: readonly string[] = [
  "--shape 50,60 --workers 1",
  "--shape 50,6000 --workers 2 --dtype int16 --expr u=tmp*rad;v=tmp>rad",
  "--shape 400,300 --expr tmp(0,1)-tmp --boundary none",
];

for (const words of MAPS) {
  Deno.test(`refused exactly when the predicted peak is more: ${words}`, async () => {
    const given = words.split(" "), peak = await predictedPeak(given);
    assertEquals((await capture([...given, "--max-memory", String(peak), "--quiet"])).code, 0);
    const { code, stdout, stderr } = await capture([...given, "--max-memory", String(peak - 1)]);
    assertEquals([code, stdout], [2, ""]);
    const [, predicted, limit] =
      /^error: The predicted peak of (\d+) bytes is more than --max-memory (\d+) bytes: /
        .exec(stderr) ?? [];
    assertEquals([Number(predicted), Number(limit)], [peak, peak - 1]);
  });
}

Deno.test("the flag and the option say the same of the same arrays", () =>
  inFolder(async (path) => {
    const a = SharedNdArray.zeros([700, 400], { dtype: "float32" });
    await writeArrays(path("a.npy"), a);
    const input = ["--input", `a=${path("a.npy")}`, "--workers", "2", "--max-memory", "1MB"];
    const messageOf = async (call: () => Promise<unknown>) => {
      try {
        await call();
      } catch (error) {
        assert(error instanceof MemoryBudgetError);
        return error.message.replace("maxMemory", "--max-memory");
      }
    };
    const limit = { maxMemory: 1e6, workers: 2 };
    const mapped = await capture([...input, "--expr", "a + 1", "--output", `out=${path("b.npy")}`]);
    assertEquals(mapped.stderr, `error: ${await messageOf(() => evaluate("a + 1", { a }, limit))}\n`);
    for (const name of ["std", "argmin", "sum"] as const) {
      const reduced = await capture([...input, "--expr", "a * a", "--reduce", name, "--axis", "0"]);
      const own = await messageOf(() => reduce(name, "a * a", { a }, { axis: 0, ...limit }));
      assertEquals(
        reduced.stderr,
        `error: ${own?.replace(" result ", ` ${name} `)}\n`.replace("(result ", `(${name} `),
      );
    }
    assertEquals([...Deno.readDirSync(path(""))].map(({ name }) => name), ["a.npy"]);
  }));

Deno.test("what is needed only while inputs are read is a part of its own", () =>
  inFolder(async (path) => {
    await writeArrays(path("z.nc"), SharedNdArray.zeros([300, 200]));
    const words = [
      "--input",
      `z=${path("z.nc")}`,
      "--expr",
      "z + 1",
      "--max-memory",
      "1MB",
      "--workers",
      "1",
    ];
    const { code, stderr } = await capture(words);
    assertEquals(code, 2);
    assertMatch(
      stderr,
      /^error: The predicted peak of 1(?:19|20) MB is more than --max-memory 1 MB: 1\.0\d MB arrays \(z 524 kB, vpd 524 kB\), [\d.]+ [kM]B buffers for loading, 12 MB for 1 worker, 106 MB runtime\n$/,
    );
  }));
