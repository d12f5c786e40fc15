import { assertEquals, assertStringIncludes } from "@std/assert";

const FOLDER = decodeURIComponent(new URL("../../deploy/slurm/", import.meta.url).pathname);

/** The scripts are for bash. */
const ignore = Deno.build.os === "windows" || !await hasBash();

async function hasBash(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("bash", { args: ["-c", "true"], stdout: "null" }).output();
    return success;
  } catch {
    return false;
  }
}

/** Programs that stand in for those of Slurm and for the command: each a line of shell. */
async function inSlurm<T>(
  programs: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, line] of Object.entries(programs)) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/bash\n${line}\n`, { mode: 0o755 });
    }
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  folder: string,
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: [FOLDER + script, ...args],
    env: { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}`, HERE: folder, ...env },
    // The suite may itself run in a job of Slurm.
    clearEnv: true,
    cwd: folder,
    signal: AbortSignal.timeout(30_000),
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout).trim(), stderr: text.decode(stderr).trim() };
}

/** Writes its words down, one a line, and answers with the numbers of jobs in turn. */
const SBATCH = `
n=$(cat "$HERE/jobs" 2>/dev/null || echo 40)
echo $((n + 2)) >"$HERE/jobs"
{ printf '%s\\n' "$@"; echo "shards $TILEWISE_SHARDS reduction $TILEWISE_REDUCTION"; echo; } >>"$HERE/log"
echo "$((n + 2));cluster"`;

/** What was submitted: the words of each call of sbatch. */
async function submitted(folder: string): Promise<string[][]> {
  const log = await Deno.readTextFile(`${folder}/log`).catch(() => "");
  return log.split("\n\n").filter((call) => call.trim() !== "").map((call) => call.trim().split("\n"));
}

Deno.test({ name: "submit.sh submits an array and a last step that waits for it", ignore }, async () => {
  await inSlurm({ sbatch: SBATCH }, async (folder) => {
    const words = ["--input", "tmp=in.zarr/tmp", "--expr", "2 * tmp", "--output", "a=out.zarr/a b"];
    const { code, stdout, stderr } = await run(folder, "submit.sh", ["64", "--mem=16G", "--", ...words]);
    assertEquals([code, stdout, stderr], [0, "array 42 finish 44", ""]);
    assertEquals(await submitted(folder), [
      [
        "--parsable",
        "--array=0-63",
        "--mem=16G",
        `${FOLDER}tilewise.sbatch`,
        ...words,
        "shards 64 reduction",
      ],
      [
        "--parsable",
        "--dependency=afterok:42",
        "--kill-on-invalid-dep=yes",
        `${FOLDER}finish.sbatch`,
        "out.zarr/a b",
        "shards 64 reduction",
      ],
    ]);
  });
});

Deno.test(
  { name: "submit.sh knows reductions, part of an array, and options of the last step", ignore },
  async () => {
    await inSlurm({ sbatch: SBATCH }, async (folder) => {
      const words = ["--reduce=mean", "--output=a=one.zarr/a", "--output=b=two.zarr/b"];
      const env = { TILEWISE_ONLY: "3,17", TILEWISE_FINISH_OPTIONS: "--mem=1G --time=5" };
      const { code, stderr } = await run(folder, "submit.sh", ["64", "--", ...words], env);
      assertEquals([code, stderr], [0, ""]);
      const [array, finish] = await submitted(folder);
      assertEquals(array.slice(1, 3), ["--array=3,17", `${FOLDER}tilewise.sbatch`]);
      assertEquals(finish.slice(3), [
        ...["--mem=1G", "--time=5", `${FOLDER}finish.sbatch`, "one.zarr/a", "two.zarr/b"],
        "shards 64 reduction 1",
      ]);
    });
  },
);

Deno.test({ name: "submit.sh refuses what it cannot submit", ignore }, async () => {
  await inSlurm({ sbatch: SBATCH }, async (folder) => {
    const refused: [words: string[], message: string][] = [
      [[], "expected how many tasks there shall be, not ''"],
      [["0", "--", "--output", "a=b.zarr/a"], "expected how many tasks there shall be, not '0'"],
      [["8", "--mem=1G", "--output", "a=b.zarr/a"], "expected -- before the arguments of map"],
      [["8", "--", "--expr", "1"], "expected an --output in a store, such as vpd=out.zarr/vpd"],
      [["8", "--", "--output", "a=b.zarr/a", "--shard", "1/2"], "leave --shard to the tasks"],
    ];
    for (const [words, message] of refused) {
      const { code, stderr } = await run(folder, "submit.sh", words);
      assertEquals([code, stderr.split("\n")[0]], [2, `submit.sh: ${message}`]);
    }
    assertEquals(await submitted(folder), []);
  });
});

Deno.test({ name: "submit.sh fails when sbatch does", ignore }, async () => {
  await inSlurm({ sbatch: "echo no such partition >&2; exit 1" }, async (folder) => {
    const { code, stdout, stderr } = await run(folder, "submit.sh", ["8", "--", "--output", "a=b.zarr/a"]);
    assertEquals([code, stdout, stderr], [1, "", "no such partition"]);
  });
});

/** What Slurm tells a task. */
const TASK = {
  SLURM_ARRAY_JOB_ID: "42",
  SLURM_ARRAY_TASK_ID: "5",
  SLURM_CPUS_PER_TASK: "3",
  SLURM_MEM_PER_NODE: "1000",
};

/** Slurm ends the script of a task that is queued again. */
const SCONTROL = `echo "$@" >"$HERE/queued"; kill -KILL $PPID`;

Deno.test({ name: "a task gives map its shard, its cores and most of its memory", ignore }, async () => {
  await inSlurm({ tw: `echo "ran: $*"` }, async (folder) => {
    const words = ["--expr", "2 * tmp", "--max-memory", "1GB"];
    const { code, stdout } = await run(folder, "tilewise.sbatch", words, { ...TASK, TILEWISE: "tw --quick" });
    assertEquals(code, 0);
    assertStringIncludes(
      stdout,
      "ran: --quick map --no-progress --workers 3 --max-memory 800MiB --expr 2 * tmp --max-memory 1GB --shard auto",
    );
    assertStringIncludes(stdout, "tilewise.sbatch: task 42_5, attempt 1 on ");
  });
});

Deno.test({ name: "a task that fails is queued again, as often as it may", ignore }, async () => {
  const queued = async (end: string, env: Readonly<Record<string, string>> = {}) =>
    await inSlurm({ tw: end, scontrol: SCONTROL }, async (folder) => {
      const { code } = await run(folder, "tilewise.sbatch", [], { ...TASK, TILEWISE: "tw", ...env });
      return [code, await Deno.readTextFile(`${folder}/queued`).then((text) => text.trim(), () => null)];
    });
  const again = "requeue 42_5";
  for (const end of ["exit 1", "kill -KILL $$", "exit 70"]) assertEquals((await queued(end))[1], again, end);
  assertEquals((await queued("exit 1", { SLURM_RESTART_COUNT: "1" }))[1], again);
  assertEquals(await queued("exit 1", { SLURM_RESTART_COUNT: "2" }), [1, null]);
  assertEquals(await queued("exit 1", { TILEWISE_RETRIES: "0" }), [1, null]);
  // What is wrong stays wrong, and what somebody ended stays ended.
  for (const code of [0, 2, 129, 130, 143]) assertEquals(await queued(`exit ${code}`), [code, null]);
});

Deno.test({ name: "a task whose time is nearly over stops map and is queued again", ignore }, async () => {
  const stopped = `trap 'kill $!; echo stopped >"$HERE/stopped"; exit 143' TERM
kill -USR1 $PPID; sleep 20 >/dev/null 2>&1 & wait`;
  await inSlurm({ tw: stopped, scontrol: SCONTROL }, async (folder) => {
    const { stdout } = await run(folder, "tilewise.sbatch", [], { ...TASK, TILEWISE: "tw" });
    assertStringIncludes(stdout, "attempt 1: its time was over; queued again");
    assertEquals(await Deno.readTextFile(`${folder}/stopped`), "stopped\n");
    assertEquals(await Deno.readTextFile(`${folder}/queued`), "requeue 42_5\n");
  });
});

Deno.test({ name: "a task outside an array says so", ignore }, async () => {
  await inSlurm({ tw: "exit 0" }, async (folder) => {
    const { code, stderr } = await run(folder, "tilewise.sbatch", [], {
      TILEWISE: "tw",
      SLURM_ARRAY_JOB_ID: "",
    });
    assertEquals(code === 0, false);
    assertStringIncludes(stderr, "This script is for sbatch --array");
  });
});

Deno.test(
  { name: "the last step looks at each output, and fails if one is not complete", ignore },
  async () => {
    await inSlurm({ tw: `echo "$@"; [[ $2 != bad ]]` }, async (folder) => {
      const last = (outputs: string[], reduction = "") =>
        run(folder, "finish.sbatch", outputs, { TILEWISE: "tw", TILEWISE_REDUCTION: reduction });
      assertEquals(await last(["a", "b c"]), { code: 0, stdout: "status a\nstatus b c", stderr: "" });
      assertEquals(await last(["bad", "b"]), { code: 1, stdout: "status bad\nstatus b", stderr: "" });
      assertEquals(await last(["a"], "1"), { code: 0, stdout: "combine a", stderr: "" });
    });
  },
);
