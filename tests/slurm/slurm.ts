/**
 * A Slurm of this machine alone: its own munged, slurmctld and slurmd, which live in a folder of their own, listen to
 * free ports of the loopback, and end with what started them.
 *
 * @module
 */

import { attempt, type Outcome, succeed, until } from "./commands.ts";

/** The packages of Debian that have what is needed. */
const PACKAGES = ["slurm-wlm", "munge"] as const;

/** What is started, where Debian has it. */
const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel"] as const;

/** Administrators' programs are not always in the path. */
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What runs the daemons. */
const SUPERVISOR = decodeURIComponent(new URL("supervise.sh", import.meta.url).pathname);

/** A job, or a task of an array of jobs. */
export interface JobState {
  /** Its number: `12`, or `12_3` for the task 3 of an array. */
  readonly id: string;
  /** Such as `COMPLETED`. */
  readonly state: string;
  /** Why it is in that state, where Slurm says. */
  readonly reason: string;
}

/** A running Slurm. */
export class Slurm {
  /** Its folder. */
  readonly folder: string;
  /** The variables with which its commands find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the daemons as long as its standard input is open: also when this process is killed, nothing is left. */
  readonly #supervisor: Deno.ChildProcess;

  private constructor(folder: string) {
    this.folder = folder;
    this.env = { SLURM_CONF: `${folder}/slurm.conf`, PATH: `${Deno.env.get("PATH") ?? ""}:${SYSTEM_PATH}` };
    this.#supervisor = new Deno.Command("bash", {
      args: [SUPERVISOR, folder],
      env: this.env,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Installs Slurm where it is missing and this may be done, starts it, and waits until it takes jobs. */
  static async start(): Promise<Slurm> {
    await install();
    const folder = await Deno.makeTempDir({ prefix: "tilewise-slurm-" });
    // Jobs of Slurm and clients of munged go through this folder.
    await Deno.chmod(folder, 0o755);
    await configure(folder);
    const slurm = new Slurm(folder);
    try {
      await until("idle node", async () => {
        const { code, stdout } = await slurm.command("sinfo", ["--noheader", "--format=%T"]);
        return code === 0 && stdout === "idle" ? true : undefined;
      }, 60_000);
      return slurm;
    } catch (error) {
      const logs = await slurm.logs();
      await slurm.stop();
      throw new Error(`Slurm did not start: ${error instanceof Error ? error.message : error}\n${logs}`);
    }
  }

  /**
   * Runs one of its commands, or anything that runs them.
   *
   * @param program The program.
   * @param args Its arguments.
   * @param env Further variables.
   */
  async command(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    return await attempt(program, args, { env: { ...this.env, ...env }, cwd: this.folder });
  }

  /**
   * All jobs that it knows, finished ones too, by their numbers.
   */
  async jobs(): Promise<Map<string, JobState>> {
    const args = ["--noheader", "--array", "--states=all", "--format=%i|%T|%r"];
    const text = await succeed("squeue", args, { env: this.env, cwd: this.folder });
    return new Map(
      text.split("\n").filter((line) => line !== "").map((line) => {
        const [id, state, reason] = line.trim().split("|");
        return [id, { id, state, reason }];
      }),
    );
  }

  /** The last lines of what its daemons wrote. */
  async logs(): Promise<string> {
    const texts: string[] = [];
    for (const name of ["munged.log", "slurmctld.log", "slurmd.log"]) {
      const text = await Deno.readTextFile(`${this.folder}/${name}`).catch(() => "(nothing)\n");
      texts.push(`--- ${name}\n${text.split("\n").slice(-25).join("\n")}`);
    }
    return texts.join("\n");
  }

  /** Ends all jobs and daemons, whatever they do, and removes the folder. */
  async stop(): Promise<void> {
    await this.#supervisor.stdin.close();
    await this.#supervisor.status;
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** Sees to it that the programs are there. */
async function install(): Promise<void> {
  const missing = await missingPrograms();
  if (missing.length === 0) return;
  const isRoot = await succeed("id", ["-u"]) === "0";
  if (!isRoot || await located("apt-get") === "") {
    throw new Error(
      `${missing.join(", ")} are not installed, and only root can do that with apt-get: ` +
        `run "apt-get install ${PACKAGES.join(" ")}" and try again`,
    );
  }
  console.log(`installing ${PACKAGES.join(" and ")}, which stay installed`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const packages = ["install", "--yes", "--no-install-recommends", ...PACKAGES];
  if ((await attempt("apt-get", packages, { env, ms: 300_000 })).code !== 0) {
    await succeed("apt-get", ["update"], { env, ms: 300_000 });
    await succeed("apt-get", packages, { env, ms: 300_000 });
  }
  const still = await missingPrograms();
  if (still.length > 0) {
    throw new Error(`${PACKAGES.join(" and ")} are installed, but have no ${still.join(", ")}`);
  }
}

async function missingPrograms(): Promise<string[]> {
  const paths = await Promise.all(PROGRAMS.map(located));
  return PROGRAMS.filter((_, k) => paths[k] === "");
}

/** The path of a program, or nothing where there is none. */
async function located(program: string): Promise<string> {
  for (const folder of `${Deno.env.get("PATH") ?? ""}:${SYSTEM_PATH}`.split(":")) {
    if (folder !== "" && await exists(`${folder}/${program}`)) return `${folder}/${program}`;
  }
  return "";
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

async function userName(): Promise<string> {
  return await succeed("id", ["-un"]);
}

/** A port of the loopback that nobody listens to. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Writes the key of munge and the configuration: one node of two cores, whatever this machine has. */
async function configure(folder: string): Promise<void> {
  const host = (await succeed("uname", ["-n"])).split(".")[0], user = await userName();
  await Deno.writeFile(`${folder}/munge.key`, crypto.getRandomValues(new Uint8Array(128)), { mode: 0o600 });
  for (const name of ["state", "spool"]) await Deno.mkdir(`${folder}/${name}`);
  const lines = [
    "ClusterName=tilewise",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${freePort()}`,
    `SlurmdPort=${freePort()}`,
    `SlurmUser=${user}`,
    `SlurmdUser=${user}`,
    "AuthType=auth/munge",
    // A task that is queued again begins when its old credential is void: after two minutes, or as little as five seconds.
    `AuthInfo=socket=${folder}/munge.socket,cred_expire=5`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/slurmd.log`,
    // Containers have neither systemd nor cgroups that may be written.
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "AccountingStorageType=accounting_storage/none",
    "MpiDefault=none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_Core_Memory",
    "SchedulerType=sched/builtin",
    // It looks every second for tasks whose time has come.
    "SchedulerParameters=sched_min_interval=50000,sched_interval=1,batch_sched_delay=1",
    "JobRequeue=1",
    "ReturnToService=2",
    "KillWait=2",
    // Finished jobs are known for an hour.
    "MinJobAge=3600",
    "SlurmdParameters=config_overrides",
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=2048 State=UNKNOWN`,
    "PartitionName=all Nodes=ALL Default=YES MaxTime=30 State=UP",
  ];
  await Deno.writeTextFile(`${folder}/slurm.conf`, lines.join("\n") + "\n");
}
