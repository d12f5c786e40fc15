import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { parseShard, resolveShard, shardFromEnv } from "../../src/cli/shard_env.ts";

/** Reads made-up variables. */
function envOf(variables: Readonly<Record<string, string>>): (name: string) => string | undefined {
  return (name) => Object.hasOwn(variables, name) ? variables[name] : undefined;
}

/** The message of the refusal of made-up variables. */
function refusal(variables: Readonly<Record<string, string>>, count?: number): string {
  return assertThrows(() => shardFromEnv(envOf(variables), count), UsageError).message;
}

/** What Slurm tells a task of an array with these numbers. The step is that of a single range, and 1 for a list. */
function slurm(id: number, ids: readonly number[], step = 1): Record<string, string> {
  return {
    SLURM_JOB_ID: "7001",
    SLURM_ARRAY_JOB_ID: "7000",
    SLURM_ARRAY_TASK_ID: String(id),
    SLURM_ARRAY_TASK_MIN: String(Math.min(...ids)),
    SLURM_ARRAY_TASK_MAX: String(Math.max(...ids)),
    SLURM_ARRAY_TASK_COUNT: String(ids.length),
    SLURM_ARRAY_TASK_STEP: String(step),
    SLURM_PROCID: "0",
  };
}

Deno.test("--shard takes a shard, auto, and auto with a count", () => {
  assertEquals(parseShard("3/64"), { index: 3, count: 64 });
  assertEquals(parseShard("0/1"), { index: 0, count: 1 });
  assertEquals(parseShard(" 63 / 64 "), { index: 63, count: 64 });
  assertEquals(parseShard("auto"), { auto: true });
  assertEquals(parseShard("auto/64"), { auto: true, count: 64 });
});

Deno.test("--shard refuses what is no shard, in one sentence", () => {
  const refused = (text: string) => assertThrows(() => parseShard(text), UsageError).message;
  for (
    const text of [
      "",
      "3",
      "3/",
      "/64",
      "-1/4",
      "1.5/4",
      "1/4/2",
      "automatic",
      "auto/",
      "auto/x",
      "3 of 4",
      "1e0/4",
    ]
  ) {
    assertEquals(
      refused(text),
      `--shard ${text} is no shard: expected 3/64 (the fourth of 64), auto, or auto/64`,
    );
  }
  assertEquals(refused("64/64"), "--shard 64/64 is beyond the last shard, which is 63/64");
  assertEquals(
    refused("0/0"),
    "--shard 0/0 has no shards: expected 3/64 (the fourth of 64), auto, or auto/64",
  );
  assertEquals(
    refused("auto/0"),
    "--shard auto/0 has no shards: expected 3/64 (the fourth of 64), auto, or auto/64",
  );
  assertEquals(
    refused("1/99999999999999999999"),
    '--shard 1/99999999999999999999 is "99999999999999999999": expected a whole number',
  );
});

Deno.test("a shard that is said is not looked for in the environment", () => {
  const env = () => {
    throw new Error("read");
  };
  assertEquals(resolveShard({ index: 1, count: 2 }, env), { index: 1, count: 2 });
  assertEquals(resolveShard({ auto: true }, envOf(slurm(1, [0, 1]))), {
    engine: "Slurm",
    index: 1,
    count: 2,
  });
});

Deno.test("the tasks of every array of Slurm that is evenly spaced are all shards, each once", () => {
  for (let first = 0; first < 4; first++) {
    for (let step = 1; step < 5; step++) {
      for (let count = 1; count < 7; count++) {
        const ids = Array.from({ length: count }, (_, k) => first + k * step);
        // A list has the step 1, whatever is in it.
        for (const told of [step, 1]) {
          const shards = ids.map((id) => shardFromEnv(envOf(slurm(id, ids, told))));
          assertEquals(shards.map(({ index }) => index), ids.map((_, k) => k));
          assertEquals(new Set(shards.map((shard) => shard.count)), new Set([count]));
        }
      }
    }
  }
});

Deno.test("an uneven array of Slurm is refused by one of its tasks at least", () => {
  for (const ids of [[0, 1, 4], [1, 2, 4], [0, 1, 2, 9], [3, 17, 18]]) {
    const messages = ids.flatMap((id) => {
      try {
        shardFromEnv(envOf(slurm(id, ids)));
        return [];
      } catch (error) {
        return [error instanceof UsageError ? error.message : "another"];
      }
    });
    assertEquals([messages.length > 0, messages.includes("another")], [true, false], ids.join());
  }
  assertEquals(
    refusal(slurm(1, [0, 1, 4])),
    "The numbers of the 3 tasks of this array of Slurm are not evenly spaced (1 is not): number them from 0 to 2, " +
      "or give the count, as in --shard auto/64, if they are part of a larger array",
  );
});

Deno.test("an old Slurm that does not tell the count has the range and its step", () => {
  const { SLURM_ARRAY_TASK_COUNT: _, ...old } = slurm(7, [3, 7, 11], 4);
  assertEquals(shardFromEnv(envOf(old)), { engine: "Slurm", index: 1, count: 3 });
});

Deno.test("part of an array runs again as the same shards when the count is given", () => {
  const again = (id: number) => shardFromEnv(envOf(slurm(id, [3, 17, 18])), 64);
  assertEquals([3, 17, 18].map((id) => again(id).index), [3, 17, 18]);
  assertEquals(again(3).count, 64);
  const grid = { SGE_TASK_ID: "18", SGE_TASK_FIRST: "18", SGE_TASK_LAST: "18", SGE_TASK_STEPSIZE: "1" };
  assertEquals(shardFromEnv(envOf(grid), 64), { engine: "Grid Engine", index: 17, count: 64 });
});

Deno.test("a number beyond the given count is refused", () => {
  assertEquals(
    refusal(slurm(64, [1, 64]), 64),
    "Task 64 of Slurm is none of 64 shards: number the tasks from 0 to 63",
  );
  assertEquals(
    refusal({ LSB_JOBINDEX: "65" }, 64),
    "Task 65 of LSF is none of 64 shards: number the tasks from 1 to 64",
  );
});

Deno.test("AWS Batch tells index and size", () => {
  const env = { AWS_BATCH_JOB_ARRAY_INDEX: "9", AWS_BATCH_JOB_ARRAY_SIZE: "10", AWS_BATCH_JOB_ATTEMPT: "2" };
  assertEquals(shardFromEnv(envOf(env)), { engine: "AWS Batch", index: 9, count: 10 });
  assertEquals(refusal(env, 12), "AWS Batch has 10 tasks, but --shard auto/12 says 12");
});

Deno.test("engines that do not tell the count are told it", () => {
  const engines: [string, Record<string, string>, number][] = [
    ["Kubernetes", { JOB_COMPLETION_INDEX: "5" }, 5],
    ["PBS", { PBS_ARRAY_INDEX: "5", PBS_ARRAY_ID: "12[]" }, 5],
    ["PBS", { PBS_ARRAYID: "5" }, 5],
    ["LSF", { LSB_JOBINDEX: "5" }, 4],
  ];
  for (const [engine, env, index] of engines) {
    assertEquals(shardFromEnv(envOf(env), 64), { engine, index, count: 64 });
    assertEquals(shardFromEnv(envOf({ ...env, TILEWISE_SHARDS: "8" })), { engine, index, count: 8 });
    assertEquals(shardFromEnv(envOf({ ...env, TILEWISE_SHARDS: "8" }), 9).count, 9);
    assertEquals(
      refusal(env),
      `${engine} does not tell its tasks how many there are: say --shard auto/64, or set TILEWISE_SHARDS=64`,
    );
  }
  assertEquals(
    refusal({ JOB_COMPLETION_INDEX: "1", TILEWISE_SHARDS: "0" }),
    "TILEWISE_SHARDS is 0: expected how many shards there are",
  );
});

Deno.test("Grid Engine numbers from 1, or as it was told to", () => {
  const task = (id: number, first: number, last: number, step: number) => ({
    SGE_TASK_ID: String(id),
    SGE_TASK_FIRST: String(first),
    SGE_TASK_LAST: String(last),
    SGE_TASK_STEPSIZE: String(step),
  });
  assertEquals(shardFromEnv(envOf(task(1, 1, 64, 1))), { engine: "Grid Engine", index: 0, count: 64 });
  assertEquals(shardFromEnv(envOf(task(64, 1, 64, 1))), { engine: "Grid Engine", index: 63, count: 64 });
  // -t 2-10:4 has the tasks 2, 6 and 10; -t 2-11:4 the same.
  for (const last of [10, 11]) {
    assertEquals(
      [2, 6, 10].map((id) => shardFromEnv(envOf(task(id, 2, last, 4)))),
      [0, 1, 2].map((index) => (
        { engine: "Grid Engine", index, count: 3 }
      )),
    );
  }
});

Deno.test("jobs that are no arrays are no shards", () => {
  const none =
    "--shard auto found no task of an array in the environment (Slurm, AWS Batch, Kubernetes, PBS, " +
    "Grid Engine, LSF, Open MPI or PMI): say which, as in --shard 3/64";
  assertEquals(refusal({}), none);
  assertEquals(refusal({ SGE_TASK_ID: "undefined", SGE_TASK_FIRST: "undefined" }), none);
  assertEquals(refusal({ LSB_JOBINDEX: "0" }), none);
  assertEquals(refusal({ JOB_COMPLETION_INDEX: "" }), none);
  // A script of `sbatch --ntasks=4` runs once, though Slurm tells it of four tasks.
  assertEquals(
    refusal({ SLURM_JOB_ID: "12", SLURM_PROCID: "0", SLURM_NTASKS: "4" }),
    "--shard auto found no task of an array in the environment: this is a job of Slurm, but neither a task of an " +
      "array (sbatch --array) nor of srun",
  );
});

Deno.test("what a launcher starts is a shard of its own", () => {
  const inSlurm = { SLURM_JOB_ID: "12", SLURM_NTASKS: "4", SLURM_STEP_NUM_TASKS: "4" };
  assertEquals(shardFromEnv(envOf({ ...inSlurm, SLURM_PROCID: "3" })), {
    engine: "srun",
    index: 3,
    count: 4,
  });
  // Launchers that srun started have its variables too: those of one daemon a node.
  const daemon = { ...inSlurm, SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "1" };
  const openMpi = { ...daemon, OMPI_COMM_WORLD_RANK: "6", OMPI_COMM_WORLD_SIZE: "8" };
  assertEquals(shardFromEnv(envOf(openMpi)), { engine: "Open MPI", index: 6, count: 8 });
  assertEquals(shardFromEnv(envOf({ ...daemon, PMI_RANK: "6", PMI_SIZE: "8" })), {
    engine: "PMI",
    index: 6,
    count: 8,
  });
  assertEquals(refusal(openMpi, 64), "Open MPI has 8 tasks, but --shard auto/64 says 64");
});

Deno.test("an array goes before the launcher inside its tasks, which may start one process", () => {
  const alone = { OMPI_COMM_WORLD_RANK: "0", OMPI_COMM_WORLD_SIZE: "1" };
  assertEquals(shardFromEnv(envOf({ ...slurm(2, [0, 1, 2]), ...alone })), {
    engine: "Slurm",
    index: 2,
    count: 3,
  });
  const several = { OMPI_COMM_WORLD_RANK: "1", OMPI_COMM_WORLD_SIZE: "4" };
  assertEquals(
    refusal({ ...slurm(2, [0, 1, 2]), ...several }),
    "--shard auto found rank 1 of 4 of Open MPI inside task 2 of Slurm: start one process a task, or say --shard N/M",
  );
  const step = { ...slurm(2, [0, 1, 2]), SLURM_STEP_NUM_TASKS: "2", SLURM_PROCID: "1" };
  assertEquals(refusal(step).slice(0, 61), "--shard auto found rank 1 of 2 of srun inside task 2 of Slurm");
});

Deno.test("of two engines, the first of the list is meant", () => {
  const two = { JOB_COMPLETION_INDEX: "7", AWS_BATCH_JOB_ARRAY_INDEX: "1", AWS_BATCH_JOB_ARRAY_SIZE: "2" };
  assertEquals(shardFromEnv(envOf(two)).engine, "AWS Batch");
  assertEquals(shardFromEnv(envOf({ ...two, ...slurm(0, [0, 1]) })).engine, "Slurm");
});

Deno.test("variables that are no numbers are named", () => {
  assertEquals(
    refusal({ SLURM_ARRAY_TASK_ID: "three" }),
    'SLURM_ARRAY_TASK_ID is "three": expected a whole number',
  );
  assertEquals(refusal({ PMI_RANK: "-1", PMI_SIZE: "4" }), 'PMI_RANK is "-1": expected a whole number');
  assertEquals(
    refusal({ JOB_COMPLETION_INDEX: "1", TILEWISE_SHARDS: "many" }),
    'TILEWISE_SHARDS is "many": expected a whole number',
  );
});

Deno.test("without --allow-env, the message names the permission", async () => {
  const module = new URL("../../src/cli/shard_env.ts", import.meta.url).href;
  const program = `import { resolveShard } from ${JSON.stringify(module)};
try {
  resolveShard({ auto: true });
} catch (error) {
  console.log(error.constructor.name + ": " + error.message);
}`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--no-prompt",
      "--no-lock",
      `data:text/javascript,${encodeURIComponent(program)}`,
    ],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(
    new TextDecoder().decode(stdout).trim(),
    "UsageError: --shard auto reads the task's number from the environment (SLURM_ARRAY_TASK_ID): " +
      "allow that with --allow-env",
  );
});
