/**
 * What `map` runs: a kernel module, or an expression.
 *
 * @module
 */

import { type DType, promoteTypes } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import type { MapArgs } from "./args.ts";

/** What to run, and which arrays it needs. */
export interface KernelChoice {
  /** The kernel module. */
  readonly url: URL;
  /** The inputs that it needs, or null when any will do. */
  readonly inputs: readonly string[] | null;
  /** The one output that it has, or null when any will do. */
  readonly output: string | null;
  /** The inputs by the names that the module knows them by. */
  bindInputs<T>(inputs: Readonly<Record<string, T>>): Record<string, T>;
  /** The name that the module knows an output by. */
  outputName(name: string): string;
  /** The dtype of the outputs. */
  outputDType(inputs: readonly DType[]): DType;
}

const DEFAULT_EXPRESSION = "tmp + rad";

/** The sum of two arrays, perhaps with the name of the output. */
const SUM = /^\s*(?:([A-Za-z_]\w*)\s*=\s*)?([A-Za-z_]\w*)\s*\+\s*([A-Za-z_]\w*)\s*$/;

/**
 * Decides what to run.
 *
 * @param args The command line.
 * @throws {UsageError} If the kernel file is missing, or the expression is more than a sum of two arrays.
 */
export async function chooseKernel(args: MapArgs): Promise<KernelChoice> {
  if (args.kernel !== undefined) return await moduleKernel(args.kernel, args.outputDType);
  return sumKernel(args.expr ?? DEFAULT_EXPRESSION, args.outputDType);
}

async function moduleKernel(kernel: string, dtype: DType = "float64"): Promise<KernelChoice> {
  const { pathToFileURL } = await import("node:url");
  const isUrl = /^(https?|file|data|jsr|npm):/.test(kernel);
  const url = isUrl ? URL.parse(kernel) : pathToFileURL(kernel);
  if (url === null || (url.protocol === "file:" && url.host !== "")) {
    throw new UsageError(`--kernel ${kernel} is not a valid URL`);
  }
  if (url.protocol === "file:") {
    const stat = await Deno.stat(url).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    });
    if (stat === undefined) throw new UsageError(`--kernel ${kernel}: there is no such file`);
    if (!stat.isFile) throw new UsageError(`--kernel ${kernel} is not a file`);
  }
  return {
    url,
    inputs: null,
    output: null,
    bindInputs: (inputs) => ({ ...inputs }),
    outputName: (name) => name,
    outputDType: () => dtype,
  };
}

function sumKernel(expression: string, dtype: DType | undefined): KernelChoice {
  const [whole, output, left, right] = SUM.exec(expression) ?? [];
  if (whole === undefined) {
    throw new UsageError(
      `--expr ${JSON.stringify(expression)} is not a sum of two arrays, such as "tmp + rad", ` +
        "which is all that expressions can be so far: use --kernel FILE.ts for anything else",
    );
  }
  return {
    url: new URL("../kernel/sum_kernel.ts", import.meta.url),
    inputs: [left, right],
    output: output ?? null,
    bindInputs: (inputs) => ({ a: inputs[left], b: inputs[right] }),
    outputName: () => "sum",
    outputDType: (inputs) => {
      const promoted = inputs.reduce(promoteTypes);
      if (dtype !== undefined && promoteTypes(promoted, dtype) !== dtype) {
        throw new UsageError(
          `--output-dtype ${dtype} does not hold every sum of dtype ${promoted}: leave it out, or name a wider one`,
        );
      }
      return dtype ?? promoted;
    },
  };
}
