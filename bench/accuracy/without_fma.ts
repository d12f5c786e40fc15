/**
 * The default mode of a machine without fused multiply-add, on a machine that has it: a process of its own in which V8
 * leaves these instructions alone.
 *
 * usage (see {@linkcode computeWithoutFma}): without_fma.ts FUNCTION WIDTH ARITY <arguments >results
 */

import { fileURLToPath } from "node:url";
import { f64x2 } from "../../src/simd/lanes.ts";
import { compileLanes } from "../../tests/simd/run_lanes.ts";
import { findFunctions } from "./find.ts";
import { computeLanes } from "./measure.ts";
import type { Width } from "./ulp.ts";

/** Whether the multiply-add of compiled code rounds once in this process. */
export function isFused(): boolean {
  const run = compileLanes(3, (graph, a, b, c) => f64x2(graph).fma(a, b, c));
  const [result] = new Float64Array(
    run(Float64Array.of(1 + 2 ** -30), Float64Array.of(1 - 2 ** -30), Float64Array.of(-1)),
  );
  return result !== 0;
}

/**
 * Applies a function in default mode without fused multiply-add.
 *
 * @param name The function.
 * @param args Its arguments.
 * @param width The dtype.
 * @returns The results, undefined when V8 cannot do without these instructions.
 */
export async function computeWithoutFma(
  name: string,
  args: readonly Float64Array<ArrayBuffer>[],
  width: Width,
): Promise<ArrayLike<number> | undefined> {
  const script = fileURLToPath(import.meta.url);
  const flags = ["--v8-flags=--no-enable-fma3", "--allow-read", "--quiet"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, script, name, width, String(args.length)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  const child = command.spawn();
  const sent = new Blob([...args]).stream().pipeTo(child.stdin);
  const [{ success, stdout }] = await Promise.all([child.output(), sent]);
  if (!success) throw new Error(`${script} failed`);
  return stdout.length === 0 ? undefined : new Float64Array(stdout.slice().buffer);
}

/** What the process does. */
async function main([name, wanted, arity]: readonly string[]): Promise<void> {
  const width = wanted === "float32" ? "float32" : "float64";
  const all = new Float64Array(await new Response(Deno.stdin.readable).arrayBuffer());
  if (isFused()) return;
  const count = all.length / Number(arity);
  const args = Array.from({ length: Number(arity) }, (_, k) => all.slice(k * count, (k + 1) * count));
  const build = (await findFunctions()).build(name, width);
  if (build === undefined) throw new Error(`There is no ${name} for ${width}`);
  const results = Float64Array.from(computeLanes(build, args, width, false));
  await new Blob([results]).stream().pipeTo(Deno.stdout.writable);
}

if (import.meta.main) await main(Deno.args);
