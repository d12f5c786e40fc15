/**
 * What a run is told in must not replace what it reads, or what it writes besides.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { PendingFile } from "../io/atomic_write.ts";
import { pathText, splitPath } from "../io/path.ts";
import type { MapArgs } from "./args.ts";

/**
 * Refuses a report and a trace that would be one file, or take the place of an input, an output or the kernel, however
 * their paths are spelt.
 *
 * @param args The command line.
 * @param report Where the report goes.
 * @param trace Where the trace goes.
 * @throws {UsageError} If two are the same file.
 */
export function refuseSameFiles(
  { inputs, outputs, kernel }: Pick<MapArgs, "inputs" | "outputs" | "kernel">,
  report: PendingFile | undefined,
  trace: PendingFile | undefined,
): void {
  if (report !== undefined && trace !== undefined && report.target === trace.target) {
    throw new UsageError(`--report and --trace are the same file, ${report.path}`);
  }
  const others: [flag: string, path: string][] = [
    ...inputs.map(({ name, path }): [string, string] => [`--input ${name}`, path]),
    ...outputs.map(({ name, path }): [string, string] => [`--output ${name}`, path]),
    ...(kernel === undefined ? [] : [["--kernel", kernel] as [string, string]]),
  ];
  for (const [flag, file] of [["report", report], ["trace", trace]] as const) {
    if (file === undefined) continue;
    const same = others.find(([, path]) => path === file.path || targetOf(path) === file.target);
    if (same !== undefined) {
      throw new UsageError(`--${flag} and ${same[0]} are the same file, ${file.path}`);
    }
  }
}

/** Where a path leads to; what is no file, such as an address, leads nowhere. */
function targetOf(path: string): string | undefined {
  const url = /^file:/i.test(path) ? URL.parse(path) : null;
  if (url !== null) return targetOf(pathText(url));
  try {
    return Deno.realPathSync(path);
  } catch {
    // It is not there yet: then its folder tells.
  }
  try {
    const { folder, name } = splitPath(path);
    return `${Deno.realPathSync(folder === "" ? "." : folder)}/${name}`;
  } catch {
    return undefined;
  }
}
