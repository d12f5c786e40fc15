/**
 * The command `map --reduce`: bring arrays in, reduce one of them or an expression, bring the result out, report.
 *
 * @module
 */

import { showShape, sizeOf } from "../../array/layout/shape.ts";
import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import type { PageKernel } from "../../page/page_source.ts";
import { computeQuantiles } from "../../run/quantiles.ts";
import { readReduceOptions, type ReducedRun, type ReduceOptions } from "../../run/reduce_options.ts";
import { computeReduction } from "../../run/compute_reduction.ts";
import { WorkerPool } from "../../run/worker_pool.ts";
import type { MapArgs, ReduceWords } from "../args.ts";
import { checkChoice, explainChoice } from "../checked_choice.ts";
import type { CliIo, Headway } from "../cli_io.ts";
import { followRun } from "../follow_run.ts";
import type { HaloArgs } from "../halo_args.ts";
import { loadInputs, sayGenerated } from "../inputs.ts";
import { reserveOutputs } from "../outputs.ts";
import { readReduceArgs } from "../reduce_args.ts";
import { asStored, elementDType, ELEMENTS, planReduce, type ReduceJob } from "../reduce_job.ts";
import { describeResult, resultLine } from "../reduce_result.ts";
import { versioned } from "../report_json.ts";
import { reportText, resultText, styleOf } from "../report_text.ts";
import { Sights } from "../sights.ts";
import { describeOutput, wroteLine } from "../summary.ts";

/** A reduction of fewer elements is likely to be over before a worker is open: none is opened ahead. */
const FEW_ELEMENTS = 1_000_000;

/**
 * Runs `map --reduce`.
 *
 * @param args The command line.
 * @param words What of it says how to reduce.
 * @param around What lies beyond the edges of inputs.
 * @param io Streams and interruption.
 * @param headway Is told how far it has come.
 */
export async function runReduce(
  args: MapArgs,
  words: ReduceWords,
  around: HaloArgs,
  io: CliIo,
  headway: Headway,
): Promise<void> {
  const say = args.quiet ? () => {} : io.stderr;
  const job = await planReduce(args, readReduceArgs(words, args), around);
  if (args.explain) {
    const explanation = await explainJob(job, args.strict);
    return io.stdout((args.json ? JSON.stringify({ explanation }) : explanation) + "\n");
  }
  await using sights = await Sights.open(args, headway, io);
  sayGenerated(job.inputs, args, say);
  const { name } = job;
  headway.wanted = args.outputs.map(({ path }) => path);
  using files = await reserveOutputs(args.outputs, { [name]: job.dtype }, job.shape);
  const isSmall = !args.exact && sizeOf(job.checked.shape) < FEW_ELEMENTS;
  // Its first worker starts while the inputs are brought in.
  await using pool = isSmall ? undefined : new WorkerPool({ workers: job.workers });
  headway.stage = args.inputs.length > 0 ? "reading inputs" : "generating inputs";
  const inputs = await loadInputs(job.inputs, io.signal);
  headway.unit = "units";
  const recorder = sights.begin(io);
  const { onProgress, end } = await followRun(args, io, headway, {
    isSmall,
    recorder,
    arrays: Object.values(inputs),
  });
  const { array: result, report } = await sights.watch(
    run(job, pool, inputs, args, {
      signal: io.signal,
      onProgress,
      recorder,
    })
      .finally(end),
  );
  const array = asStored(result, job);
  headway.stage = "writing outputs";
  await files.write({ [name]: array }, io.signal, (path) => headway.written.push(path));
  await sights.finish({
    report,
    kernel: () => reductionFacts(job, args.strict),
    outputs: async () => (await import("../run_facts.ts")).outputFacts(args, { [name]: array }),
  }, say);
  if (args.quiet && !args.json) return;
  const written = args.outputs.map(({ path }) => describeOutput(name, path, array));
  for (const output of written) say(wroteLine(output));
  if (args.json) {
    const described = describeResult({ name, reduction: job.reduce.name, axis: job.axis, array });
    io.stdout(JSON.stringify(versioned({ ...report, result: described, outputs: written })) + "\n");
  } else {
    const style = { ...styleOf(io), isReduction: true, timeline: sights.timeline, verbose: args.verbose };
    io.stdout(`${reportText(report, style)}\n${resultText(resultLine(name, array), io)}\n`);
    if (!args.show) return;
    const { shownOutput } = await import("../shown_output.ts");
    io.stdout(`\n${await shownOutput(name, array, args.inputs, io)}`);
  }
}

/** What a report page says of the reduction. */
async function reductionFacts(job: ReduceJob, strict: boolean): Promise<PageKernel> {
  const { kernelFacts } = await import("../run_facts.ts");
  return {
    ...await kernelFacts(job.choice),
    kind: job.reduce.name,
    explanation: await explainJob(job, strict),
  };
}

/** What is reduced, and to what. */
async function explainJob(
  { reduce, choice, checked, inputs, axis, dtype, shape }: ReduceJob,
  strict: boolean,
): Promise<string> {
  let name = choice.outputs?.[0] ?? ELEMENTS;
  while (inputs.some((input) => input.name === name)) name += "_";
  const named = await checkChoice(choice, { ...checked, inputs, outputs: { [name]: undefined } }, {});
  const elements = { ...named, halo: checked.halo, shape: checked.shape };
  const text = await explainChoice(elements, inputs, { [name]: elementDType(named) }, strict);
  const over = axis.length === 1 ? `axis ${axis[0]}` : `axes ${showShape(axis)}`;
  return `${text}\nreduce   ${reduce.name} over ${over} to ${dtype} ${
    showShape(shape)
  }; ${name} is not stored`;
}

async function run(
  { reduce: { name, q, ...reduce }, around: { boundary, boundaryValue }, choice, workers }: ReduceJob,
  pool: WorkerPool | undefined,
  inputs: Readonly<Record<string, SharedNdArray>>,
  { tile, strict, exact }: MapArgs,
  heard: Pick<ReduceOptions, "signal" | "onProgress" | "recorder">,
): Promise<ReducedRun> {
  const wishes = readReduceOptions({
    ...reduce,
    ...(pool === undefined ? { workers } : { pool }),
    tile,
    strict,
    exact,
    boundary,
    boundaryValue,
    ...heard,
  });
  const given = { source: choice.source, inputs: { arrays: inputs, scalars: choice.scalars } };
  if (name === "median") {
    return await computeQuantiles({ q: [0.5], method: "median", isList: false }, given, wishes);
  }
  if (name === "quantile") {
    const wanted = q === undefined ? [] : [q];
    return await computeQuantiles({ q: wanted, method: "linear", isList: false }, given, wishes);
  }
  return await computeReduction(name, given, wishes);
}
