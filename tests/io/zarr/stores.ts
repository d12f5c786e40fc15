/**
 * What the tests of Zarr stores share.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { SharedNdArray } from "../../../src/array/shared_ndarray.ts";

/** What Python may be called: the one of the system has other modules than one that was put before it. */
const PYTHONS = ["python3", "/usr/bin/python3"];

/**
 * Looks for a Python with some modules.
 *
 * @returns Undefined if there is none.
 */
export function findPython(...modules: readonly string[]): string | undefined {
  return PYTHONS.find((command) => {
    const args = ["-c", `import ${modules.join(", ")}`];
    try {
      return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
    } catch {
      return false;
    }
  });
}

/**
 * Runs a script of Python.
 *
 * @param command What that Python is called.
 * @param script The script; it prints JSON.
 * @param args Its arguments.
 * @returns What it printed.
 */
export async function runPython(
  command: string | undefined,
  script: string,
  ...args: readonly string[]
): Promise<unknown> {
  assert(command !== undefined, "there is no such Python");
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: ["-c", script, ...args],
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Elements in C order as the scripts print them: 64-bit integers beyond 2^31, NaN and infinities as text. */
export function printedValues(array: SharedNdArray): (number | string | boolean)[] {
  return array.values().map((value) => {
    if (typeof value === "bigint") {
      return value > 2n ** 31n || value < -(2n ** 31n) ? String(value) : Number(value);
    }
    if (typeof value === "number" && !Number.isFinite(value)) return String(value);
    return typeof value === "number" && Math.abs(value) > 2 ** 31 && Number.isInteger(value) &&
        array.dtype.includes("int")
      ? String(value)
      : value;
  }).toArray();
}

/** A file in a store, changed. */
export async function changeFile(
  path: string,
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Promise<void> {
  await Deno.writeFile(path, change(await Deno.readFile(path)));
}
