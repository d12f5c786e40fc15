/**
 * Modules of the runtime that few need: loaded when they are, and without waiting.
 *
 * @module
 */

import type nodeProcess from "node:process";

/** The modules. */
interface Builtins {
  "node:os": typeof import("node:os");
  "node:v8": typeof import("node:v8");
  "node:worker_threads": typeof import("node:worker_threads");
}

/**
 * A module of the runtime.
 *
 * @param name Its name.
 * @throws {Error} If the runtime has none of that name.
 */
export function builtin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  const { process } = globalThis as { process?: typeof nodeProcess };
  const module: unknown = process?.getBuiltinModule(name);
  if (module === undefined) throw new Error(`The runtime has no ${name}`);
  // The runtime's own table has it under that name.
  return module as Builtins[Name];
}
