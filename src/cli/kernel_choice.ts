/**
 * What `map` runs: a kernel module, or an expression.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { looksLikePath } from "../run/prepare_run.ts";
import type { ScalarValue } from "../run/run_arrays.ts";
import type { MapArgs } from "./args.ts";

/** A kernel module. */
export interface ModuleChoice {
  readonly kind: "module";
  readonly url: URL;
}

/** An expression. */
export interface ExpressionChoice {
  readonly kind: "expression";
  readonly source: string;
  /** The arrays that it reads. */
  readonly inputs: readonly string[];
  /** The scalars that it reads. */
  readonly scalars: Readonly<Record<string, ScalarValue>>;
  /** The outputs that it names, or null for one without a name. */
  readonly outputs: readonly string[] | null;
}

/** What to run. */
export type KernelChoice = ModuleChoice | ExpressionChoice;

const DEFAULT_EXPRESSION = "tmp + rad";

/** The output of a run that names none; the other, where an input has that name. */
const DEFAULT_OUTPUT = "vpd", OTHER_OUTPUT = "result";

/**
 * Decides what to run.
 *
 * @param args The command line.
 * @throws {UsageError} If the kernel file is missing.
 * @throws {ExpressionError} If the expression is not in the language.
 */
export async function chooseKernel(args: MapArgs): Promise<KernelChoice> {
  if (args.kernel !== undefined) return await moduleKernel(args.kernel);
  return await chooseExpression(args);
}

/**
 * Decides which expression to run.
 *
 * @param args The command line.
 * @throws {ExpressionError} If the expression is not in the language.
 */
export async function chooseExpression(args: MapArgs): Promise<ExpressionChoice> {
  const source = args.expr ?? DEFAULT_EXPRESSION;
  if (looksLikePath(source)) {
    throw new UsageError(`--expr ${source} looks like a file: a kernel module is given with --kernel`);
  }
  const { freeNames, outputNames, parseKernel } = await import("../plan/expr/parse.ts");
  const parsed = await parseKernel(source);
  const outputs = outputNames(parsed);
  const read = parsed.nodes.flatMap((node) => node.kind === "name" ? [node.name] : []);
  const unused = Object.keys(args.scalars).find((name) => !read.includes(name));
  if (unused !== undefined) throw new UsageError(`The expression does not use the scalar ${unused}`);
  // What is given under the name of a constant hides it.
  const given = args.inputs.map(({ name }) => name).filter((name) => read.includes(name));
  const names = new Set([...freeNames(parsed), ...given]);
  const inputs = [...names].filter((name) => !Object.hasOwn(args.scalars, name));
  return { kind: "expression", source, inputs, scalars: args.scalars, outputs };
}

async function moduleKernel(kernel: string): Promise<ModuleChoice> {
  const { pathToFileURL } = await import("node:url");
  const isUrl = /^(https?|file|data|jsr|npm):/.test(kernel);
  const url = isUrl ? URL.parse(kernel) : pathToFileURL(kernel);
  if (url === null || (url.protocol === "file:" && url.host !== "")) {
    throw new UsageError(`--kernel ${kernel} is not a valid URL`);
  }
  if (url.protocol === "file:") {
    const stat = await Deno.stat(url).catch(async (error) => {
      const { isMissing } = await import("../io/path.ts");
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (stat === undefined) throw new UsageError(`--kernel ${kernel}: there is no such file`);
    if (!stat.isFile) throw new UsageError(`--kernel ${kernel} is not a file`);
  }
  return { kind: "module", url };
}

/**
 * The names of the outputs.
 *
 * @param choice What is run.
 * @param wanted The outputs that the command line names.
 * @param inputs The names of the inputs.
 * @throws {UsageError} If these are others than the expression's.
 */
export function outputNamesOf(
  choice: KernelChoice,
  wanted: readonly string[],
  inputs: readonly string[],
): readonly string[] {
  const unnamed = inputs.includes(DEFAULT_OUTPUT) ? OTHER_OUTPUT : DEFAULT_OUTPUT;
  if (choice.kind === "module") return wanted.length > 0 ? wanted : [unnamed];
  if (choice.outputs === null) {
    if (wanted.length > 1) {
      throw new UsageError(
        `The expression has one output without a name, but --output names ${wanted.join(", ")}: ` +
          `assign them, as in "${wanted[0]} = …; ${wanted[1]} = …"`,
      );
    }
    return wanted.length === 1 ? wanted : [unnamed];
  }
  const { outputs } = choice;
  const stranger = wanted.find((name) => !outputs.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`The expression computes ${outputs.join(", ")}, but --output names ${stranger}`);
  }
  return outputs;
}
