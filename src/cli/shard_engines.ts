/**
 * How engines that run jobs of many tasks tell a task its number: which variables of the environment they set.
 *
 * @module
 */

/** What an engine tells one of its tasks. */
export interface EngineTask {
  /** The task's number. */
  readonly id: number;
  /** The number of the first task. */
  readonly first: number;
  /** How far the numbers of neighbouring tasks are apart. */
  readonly step: number;
  /** How many tasks there are, where the engine tells. */
  readonly count?: number;
  /** The smallest number that the engine gives out, where that is not 0. */
  readonly base?: number;
  /** Whether all tasks are there always: no part of them can be run on its own. */
  readonly isWhole?: boolean;
}

/** An engine. */
export interface Engine {
  /** Its name, for messages. */
  readonly name: string;
  /**
   * What the environment says of a task.
   *
   * @param number Reads a variable that is a whole number, or is not there.
   * @param text Reads a variable as it is.
   * @returns The task, or undefined if this is none of this engine's.
   */
  read(
    number: (name: string) => number | undefined,
    text: (name: string) => string | undefined,
  ): EngineTask | undefined;
}

/**
 * Engines with arrays of jobs, those first that may run inside others.
 *
 * - Slurm: https://slurm.schedmd.com/job_array.html. The step that it tells is 1 for a list such as `0,2,4`, so it
 *   follows from the smallest number, the largest and the count: numbers that all lie on such a grid are all of it.
 * - AWS Batch: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
 * - Kubernetes: https://kubernetes.io/docs/tasks/job/indexed-parallel-processing-static/
 * - PBS: https://docs.it4i.cz/general/job-arrays/ for OpenPBS and PBS Professional (`PBS_ARRAY_INDEX`), and
 *   http://docs.adaptivecomputing.com/torque/4-1-3/Content/topics/2-jobs/multiJobSubmission.htm for Torque.
 * - Grid Engine: https://doc.cc.in2p3.fr/en/Computing/job-types/job-array.html; numbers begin at 1, and jobs that are
 *   no arrays have `undefined` for a number (qsub(1)).
 * - LSF: https://www.ibm.com/docs/en/SSWRJV_10.1.0/lsf_admin/job_array_cl_args.html; jobs that are no arrays have 0.
 */
export const ENGINES: readonly Engine[] = [
  {
    name: "Slurm",
    read(number) {
      const id = number("SLURM_ARRAY_TASK_ID");
      if (id === undefined) return undefined;
      const first = number("SLURM_ARRAY_TASK_MIN") ?? id, last = number("SLURM_ARRAY_TASK_MAX") ?? id;
      const told = number("SLURM_ARRAY_TASK_STEP") || 1;
      const count = number("SLURM_ARRAY_TASK_COUNT") ?? Math.floor((last - first) / told) + 1;
      return { id, first, step: count > 1 ? (last - first) / (count - 1) : 1, count };
    },
  },
  {
    name: "AWS Batch",
    read(number) {
      const id = number("AWS_BATCH_JOB_ARRAY_INDEX");
      if (id === undefined) return undefined;
      const count = number("AWS_BATCH_JOB_ARRAY_SIZE");
      return { id, first: 0, step: 1, count, isWhole: count !== undefined };
    },
  },
  {
    name: "Kubernetes",
    read(number) {
      const id = number("JOB_COMPLETION_INDEX");
      return id === undefined ? undefined : { id, first: 0, step: 1 };
    },
  },
  {
    name: "PBS",
    read(number) {
      const id = number("PBS_ARRAY_INDEX") ?? number("PBS_ARRAYID");
      return id === undefined ? undefined : { id, first: 0, step: 1 };
    },
  },
  {
    name: "Grid Engine",
    read(number, text) {
      if (text("SGE_TASK_ID") === "undefined") return undefined;
      const id = number("SGE_TASK_ID");
      if (id === undefined) return undefined;
      const first = number("SGE_TASK_FIRST") ?? 1, last = number("SGE_TASK_LAST");
      const step = number("SGE_TASK_STEPSIZE") || 1;
      return {
        id,
        first,
        step,
        count: last === undefined ? undefined : Math.floor((last - first) / step) + 1,
        base: 1,
      };
    },
  },
  {
    name: "LSF",
    read(number) {
      const id = number("LSB_JOBINDEX");
      return id === undefined || id === 0 ? undefined : { id, first: 1, step: 1, base: 1 };
    },
  },
];

/**
 * What starts several processes of one job.
 *
 * - Open MPI: https://docs.open-mpi.org/en/v5.0.x/tuning-apps/environment-var.html
 * - PMI (MPICH, Intel MPI and others that use Hydra): https://rmeli.github.io/TIL/hpc/mpi
 * - `srun`: https://slurm.schedmd.com/srun.html. A script of `sbatch --ntasks=4` has `SLURM_PROCID` and `SLURM_NTASKS`
 *   too, but runs once; only what `srun` starts has `SLURM_STEP_NUM_TASKS`.
 */
export const LAUNCHERS: readonly Engine[] = [
  {
    name: "Open MPI",
    read: (number) => rankOf(number("OMPI_COMM_WORLD_RANK"), number("OMPI_COMM_WORLD_SIZE")),
  },
  { name: "PMI", read: (number) => rankOf(number("PMI_RANK"), number("PMI_SIZE")) },
  { name: "srun", read: (number) => rankOf(number("SLURM_PROCID"), number("SLURM_STEP_NUM_TASKS")) },
];

/** A process of a launcher, which always starts all of them. */
function rankOf(id: number | undefined, count: number | undefined): EngineTask | undefined {
  return id === undefined || count === undefined
    ? undefined
    : { id, first: 0, step: 1, count, isWhole: true };
}
