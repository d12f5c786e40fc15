/**
 * Array jobs of a real Slurm, submitted by the scripts of `deploy/slurm`: `deno task test:slurm`.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { attempt, succeed, until } from "./commands.ts";
import {
  alone,
  assertSucceeded,
  COMMAND,
  ended,
  linesOf,
  logOf,
  ROOT,
  SIGN_MS,
  submit,
  written,
} from "./jobs.ts";
import { Slurm } from "./slurm.ts";
import { chunksOf, digestsOf, makeInputs, VPD } from "./stores.ts";

const TASKS = 8;

/** Makes a chunk wait for ever: who opens it stays there. Gives what brings the chunk back. */
async function hold(path: string): Promise<() => Promise<void>> {
  await Deno.rename(path, `${path}.held`);
  await succeed("mkfifo", [path]);
  return async () => await Deno.rename(`${path}.held`, path);
}

/** The process of the command in the first attempt of a task, which tells it in its log. */
async function processOf(slurm: Slurm, task: string): Promise<number> {
  const log = await logOf(slurm, task), [, pid] = /attempt 1 on \S+, process (\d+)$/m.exec(log) ?? [];
  assert(pid !== undefined, `task ${task} wrote ${log}`);
  return Number(pid);
}

/** Which files there are, and when each was last written. */
async function times(
  array: string,
  keys: readonly string[],
): Promise<(readonly [string, number | undefined])[]> {
  return await Promise.all(keys.map(async (key) => {
    const { mtime, ino } = await Deno.stat(`${array}/${key}`);
    return [`${key} ${ino}`, mtime?.getTime()] as const;
  }));
}

const inputs = ["--input", "tmp=in.zarr/tmp", "--input", "rh=in.zarr/rh", "--expr", VPD];

// Blocks of one chunk, so that a task has several.
const map = [...inputs, "--tile", "8,48,128"];

async function killedAndQueuedAgain(slurm: Slurm): Promise<void> {
  const { folder } = slurm, output = `${folder}/out.zarr/vpd`;
  await alone(folder, "map", ...map, "--output", "vpd=single.zarr/vpd");
  // Which chunks are whose is the command's to know: it is asked by letting it compute two shards apart.
  const shards = new Map<number, string[]>();
  for (const shard of [2, 5]) {
    await alone(
      folder,
      "map",
      ...map,
      "--shard",
      `${shard}/${TASKS}`,
      "--output",
      `vpd=probe${shard}.zarr/vpd`,
    );
    const chunks = await chunksOf(`${folder}/probe${shard}.zarr/vpd`);
    assert(chunks.length > 2, `shard ${shard} has chunks ${chunks.join(" ")}`);
    shards.set(shard, chunks);
  }
  const held = new Map<number, () => Promise<void>>();
  for (const [shard, chunks] of shards) {
    held.set(shard, await hold(`${folder}/in.zarr/tmp/${chunks[chunks.length >> 1]}`));
  }

  const job = await submit(slurm, TASKS, [...map, "--output", "vpd=out.zarr/vpd"]);
  const before = new Map<number, Awaited<ReturnType<typeof times>>>();
  for (const [shard, chunks] of shards) {
    const mine = async () => (await chunksOf(output)).filter((key) => chunks.includes(key));
    await until(`chunk of shard ${shard}`, async () => (await mine()).length > 0 || undefined, SIGN_MS);
    const task = `${job.array}_${shard}`, pid = await processOf(slurm, task);
    if (shard === 2) Deno.kill(pid, "SIGKILL");
    else await succeed("scontrol", ["requeue", task], { env: slurm.env });
    const isThere = async () => (await attempt("bash", ["-c", `kill -0 ${pid}`])).code === 0;
    await until(`end of process ${pid}`, async () => await isThere() ? undefined : true, SIGN_MS);
    const done = await mine();
    assert(done.length < chunks.length, `shard ${shard} was whole when its task ended`);
    before.set(shard, await times(output, done));
    // As if it had been writing just then.
    const [, folderOfChunk, name] = /^(.*\/)([^/]*)$/.exec(chunks[chunks.length - 1]) ?? [];
    await Deno.mkdir(`${output}/${folderOfChunk}`, { recursive: true });
    await Deno.writeTextFile(`${output}/${folderOfChunk}.${name}.${pid}-0badcafe.tmp`, "half");
    await held.get(shard)?.();
  }

  await assertSucceeded(slurm, job, TASKS);
  const log = await logOf(slurm, `${job.array}_2`);
  assertStringIncludes(log, `task ${job.array}_2, attempt 1: ended with 137; queued again`);
  for (const shard of shards.keys()) {
    assertStringIncludes(
      await logOf(slurm, `${job.array}_${shard}`),
      `task ${job.array}_${shard}, attempt 2 on`,
    );
  }
  assert(
    !(await logOf(slurm, `${job.array}_3`)).includes("attempt 2"),
    "a task ran again that had not failed",
  );
  // What had been done was not done again.
  for (const seen of before.values()) {
    const keys = seen.map(([key]) => key.split(" ")[0]);
    assertEquals(await times(output, keys), seen);
  }
  assertEquals(await digestsOf(output), await digestsOf(`${folder}/single.zarr/vpd`));
}

async function reduced(slurm: Slurm): Promise<void> {
  const { folder } = slurm;
  const words = [...inputs, "--reduce", "mean"];
  await alone(folder, "map", ...words, "--output", "mean=single.zarr/mean");
  const job = await submit(slurm, TASKS, [...words, "--output", "mean=out.zarr/mean"]);
  await assertSucceeded(slurm, job, TASKS);
  const keys = await chunksOf(`${folder}/single.zarr/mean`);
  assert(keys.length > 0, "the mean has no chunk");
  assertEquals(await chunksOf(`${folder}/out.zarr/mean`), keys);
  for (const key of keys) {
    const bytes = async (store: string) => await Deno.readFile(`${folder}/${store}/mean/${key}`);
    assertEquals(await bytes("out.zarr"), await bytes("single.zarr"));
  }
}

async function partAgain(slurm: Slurm): Promise<void> {
  const { folder } = slurm, output = `${folder}/out.zarr/vpd`;
  const [program, ...args] = COMMAND;
  const status = async () => (await attempt(program, [...args, "status", output], { cwd: folder })).code;
  assertEquals(await status(), 0);
  const lost = await chunksOf(`${folder}/probe5.zarr/vpd`);
  await Deno.remove(`${output}/${lost[0]}`);
  assertEquals(await status(), 1);
  const job = await submit(slurm, TASKS, [...map, "--output", "vpd=out.zarr/vpd"], "5");
  await assertSucceeded(slurm, job, 1);
  assertEquals(await digestsOf(output), await digestsOf(`${folder}/single.zarr/vpd`));
}

async function toldShards(slurm: Slurm): Promise<void> {
  const program = `${slurm.folder}/shard.ts`;
  const module = new URL("src/cli/shard_env.ts", ROOT).href;
  await Deno.writeTextFile(
    program,
    `import { shardFromEnv } from ${JSON.stringify(module)};
let said: string;
try {
  const { engine, index, count } = shardFromEnv((name) => Deno.env.get(name));
  said = \`\${engine} \${index}/\${count}\`;
} catch (error) {
  said = String(error);
}
console.log(said);
`,
  );
  const command = `${Deno.execPath()} run --no-lock --allow-env ${program}`;
  const three = ["Slurm 0/3", "Slurm 1/3", "Slurm 2/3"];
  assertEquals(await linesOf(slurm, ["--array=3-12:4"], command), three);
  assertEquals(await linesOf(slurm, ["--array=0,2,4"], command), three);
  assertEquals(await linesOf(slurm, ["--ntasks=2"], `srun ${command}`), ["srun 0/2", "srun 1/2"]);
  const [alone, ...others] = await linesOf(slurm, ["--ntasks=2"], command);
  assertEquals(others, []);
  assertStringIncludes(alone, "neither a task of an array (sbatch --array) nor of srun");
}

async function wrongFromTheStart(slurm: Slurm): Promise<void> {
  const words = ["--input", "tmp=in.zarr/none", "--expr", "2 * tmp", "--output", "a=out.zarr/a"];
  const job = await submit(slurm, 2, words);
  const { tasks, last } = await ended(slurm, job);
  assertEquals(tasks.map(({ state }) => state), ["FAILED", "FAILED"], await written(slurm));
  assertEquals(last.state, "CANCELLED");
  const log = await logOf(slurm, `${job.array}_0`);
  assertStringIncludes(log, "in.zarr has no array none");
  assert(!log.includes("queued again"), log);
}

Deno.test("array jobs of a real Slurm", async (t) => {
  await using slurm = await Slurm.start();
  await makeInputs(`${slurm.folder}/in.zarr`);
  const steps = [
    ["8 tasks, one killed and one queued again, write the bytes of one machine", killedAndQueuedAgain],
    ["a chunk that was lost is computed by its task alone", partAgain],
    ["8 tasks and a last step reduce to the bits of one machine", reduced],
    ["arrays of any numbers and processes of srun know their shards", toldShards],
    ["tasks that are wrong do not run again, and the last step is cancelled", wrongFromTheStart],
  ] as const;
  for (const [name, step] of steps) {
    const isOk = await t.step(name, async () => {
      try {
        await step(slurm);
      } catch (error) {
        console.error(await written(slurm));
        throw error;
      }
    });
    // What comes next works with what this step leaves.
    if (!isOk) break;
  }
});
