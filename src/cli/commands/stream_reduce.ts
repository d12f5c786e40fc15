/**
 * The command `map --reduce` where arrays live in stores, or shall not be in memory as a whole.
 *
 * @module
 */

import { sameShape, type Shape, showShape } from "../../array/layout/shape.ts";
import { SharedNdArray } from "../../array/shared_ndarray.ts";
import { UsageError } from "../../errors.ts";
import { reducedShape, splitAxes } from "../../plan/reduce/plan_reduction.ts";
import { type ReductionName, REDUCTIONS } from "../../plan/reduce/reduction_table.ts";
import { streamedReduce } from "../../run/streamed_reduce.ts";
import { StoredArray } from "../../store/stored_array.ts";
import type { MapArgs, ReduceWords } from "../args.ts";
import { checkChoice } from "../checked_choice.ts";
import type { CliIo, Headway } from "../cli_io.ts";
import { followRun } from "../follow_run.ts";
import type { HaloArgs } from "../halo_args.ts";
import { DEFAULT_SHAPE, loadInputs, sayGenerated, shapeOfRun } from "../inputs.ts";
import { chooseExpression } from "../kernel_choice.ts";
import { readReduceArgs, type ReduceArgs } from "../reduce_args.ts";
import { elementDType, withExpression } from "../reduce_job.ts";
import { describeResult, resultLine } from "../reduce_result.ts";
import { versioned } from "../report_json.ts";
import { reportText, resultText, styleOf } from "../report_text.ts";
import { kernelFacts, outputFacts } from "../run_facts.ts";
import { Sights } from "../sights.ts";
import { readStreamArgs } from "../stream_args.ts";
import { describeOutput, wroteLine } from "../summary.ts";
import { openInputs, openOutputs } from "./stream.ts";

/**
 * Runs `map --reduce` block by block.
 *
 * @param given The command line.
 * @param words What of it says how to reduce.
 * @param around What lies beyond the edges of inputs.
 * @param io Streams and interruption.
 * @param headway Is told how far it has come.
 */
export async function runStreamReduce(
  given: MapArgs,
  words: ReduceWords,
  around: HaloArgs,
  io: CliIo,
  headway: Headway,
): Promise<void> {
  const say = given.quiet ? () => {} : io.stderr, wishes = readStreamArgs(given.stream);
  const { name: reduction, ...how } = readReduceArgs(words, given);
  const known = requireStreamed(reduction, given);
  if (given.outputs.length === 0 && (wishes.shard !== undefined || wishes.resume)) {
    const flag = wishes.shard === undefined ? "resume" : "shard";
    throw new UsageError(
      `--${flag} needs a place for partial results: add --output NAME=STORE.zarr/NAME`,
    );
  }
  const args = withExpression(given), choice = await chooseExpression(args);
  using inputs = await openInputs(args, choice.inputs);
  if (inputs.planned.length === 0) {
    throw new UsageError("The expression reads no array: there is nothing to reduce");
  }
  await using sights = await Sights.open(args, headway, io);
  sayGenerated(inputs.planned, args, say);
  const inputShape = shapeOfRun(inputs.planned, true, args.shape ?? DEFAULT_SHAPE);
  const checked = await checkChoice(
    choice,
    { inputs: inputs.planned, inputShape, outputs: undefined },
    around,
  );
  const { reduced } = splitAxes(how.axis, checked.shape.length);
  const name = args.outputs.at(0)?.name ?? reduction, dtype = REDUCTIONS[known].result(elementDType(checked));
  if (args.outputDType !== undefined && args.outputDType !== dtype) {
    throw new UsageError(
      `--output-dtype ${args.outputDType}: block by block the ${reduction} is written as it is, which is ${dtype}`,
    );
  }
  headway.wanted = args.outputs.map(({ path }) => path);
  headway.stage = "reading inputs";
  const resident = args.inputs.length === 0 ? await loadInputs(inputs.planned, io.signal) : {};
  using outputs = await openOutputs(args.outputs, {
    dtypes: { [name]: dtype },
    shape: reducedShape(checked.shape, reduced, how.keepDims),
    like: {},
    read: inputs.stored,
    dimensionNames: axisNames(Object.values(inputs.stored), checked.shape, reduced, how.keepDims),
    wishes,
  });
  headway.unit = "units";
  const recorder = sights.begin(io);
  const { onProgress, end } = await followRun(args, io, headway, {
    recorder,
    arrays: Object.values(inputs.stored),
  });
  const { axis, keepDims, skipNaN, ddof } = how, target = outputs.arrays[name];
  const { array, report } = await sights.watch(
    streamedReduce(
      known,
      choice.source,
      { ...resident, ...inputs.stored, ...choice.scalars },
      {
        axis,
        keepDims,
        skipNaN,
        ddof,
        ...around,
        workers: args.workers,
        strict: args.strict,
        maxMemory: args.maxMemory,
        output: target instanceof StoredArray ? target : undefined,
        resume: wishes.resume || wishes.shard !== undefined,
        shard: wishes.shard,
        signal: io.signal,
        onProgress,
        recorder,
      },
    ).finally(end),
  );
  headway.stage = "writing outputs";
  if (target instanceof SharedNdArray && array !== null) target.copyFrom(array);
  headway.written.push(...headway.wanted);
  await sights.finish({
    report,
    kernel: async () => ({ ...await kernelFacts(choice), kind: reduction }),
    outputs: () => outputFacts(args, array === null ? {} : { [name]: array }),
  }, say);
  if (args.quiet && !args.json) return;
  const [file] = args.outputs,
    written = array === null || file === undefined ? [] : [describeOutput(name, file.path, array)];
  for (const one of written) say(wroteLine(one));
  if (wishes.shard !== undefined && file !== undefined) {
    const { index, count } = wishes.shard;
    say(
      `Wrote partial results of shard ${index} of ${count} of ${name}: when all are done, ` +
        `tilewise combine ${file.path} makes the result\n`,
    );
  }
  const result = array === null ? null : describeResult({ name, reduction, axis: reduced, array });
  if (args.json) {
    const all = { ...report, shard: wishes.shard ?? null, result, outputs: written };
    io.stdout(JSON.stringify(versioned(all)) + "\n");
  } else {
    io.stdout(
      [
        reportText(report, {
          ...styleOf(io),
          isReduction: true,
          timeline: sights.timeline,
          verbose: args.verbose,
        }),
        ...array === null ? [] : [resultText(resultLine(name, array), io)],
      ].join("\n") + "\n",
    );
    if (!args.show || array === null) return;
    const { shownOutput } = await import("../shown_output.ts");
    io.stdout(`\n${await shownOutput(name, array, args.inputs, io)}`);
  }
}

/** Refuses what cannot be done block by block. */
function requireStreamed(name: ReduceArgs["name"], args: MapArgs): ReductionName {
  if (name === "median" || name === "quantile") {
    throw new UsageError(
      `--reduce ${name} needs all elements of a cell at a time, and is of arrays in memory only: ` +
        "leave out stores and their flags",
    );
  }
  if (args.explain) {
    throw new UsageError("--explain is for arrays in memory: leave out stores and their flags");
  }
  if (args.tile !== undefined) {
    throw new UsageError("--tile is for arrays in memory: block by block --max-memory decides what is read");
  }
  return name;
}

/** The names of axes that are left of an input of the shape that is reduced. */
function axisNames(
  stored: readonly StoredArray[],
  shape: Shape,
  reduced: readonly number[],
  keepDims: boolean,
): readonly (string | null)[] | undefined {
  const like = stored.find((array) =>
    sameShape(array.shape, shape) && array.dimensionNames.some((name) => name !== null)
  );
  return like?.dimensionNames.filter((_, axis) => keepDims || !reduced.includes(axis));
}

/** What is said of a result that was combined. */
export function combinedLine(file: string, { dtype, shape }: StoredArray): string {
  return `Wrote ${file} (${dtype} ${showShape(shape)})\n`;
}
