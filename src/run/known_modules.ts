/**
 * Modules of compiled kernels are sent to a worker once. Pool and worker keep the same list of those that the worker
 * has, because both forget what was not used for the longest, and both see the same messages.
 *
 * @module
 */

import { BoundedMap } from "../bounded_map.ts";
import type { KernelMessage, StartMessage } from "./protocol.ts";

/** Modules that a worker keeps. */
const KNOWN_MODULES = 64;

/** What a pool knows of a worker's modules. */
export class SentModules {
  readonly #known = new BoundedMap<string, true>(KNOWN_MODULES);

  /**
   * Leaves out a module that the worker has.
   *
   * @param kernel The kernel of the next message to the worker.
   */
  withoutKnown(kernel: KernelMessage): KernelMessage {
    if (kernel.kind !== "compiled" && kernel.kind !== "reduce") return kernel;
    const { key } = kernel.compiled;
    const isKnown = this.#known.get(key) !== undefined;
    this.#known.set(key, true);
    return isKnown ? { ...kernel, module: null } : kernel;
  }
}

/** A worker's modules. */
export class ReceivedModules {
  readonly #modules = new BoundedMap<string, WebAssembly.Module>(KNOWN_MODULES);

  /**
   * Puts back a module that was left out.
   *
   * @param start A message from the pool.
   */
  complete(start: StartMessage): StartMessage {
    const { kernel } = start;
    if (kernel.kind !== "compiled" && kernel.kind !== "reduce") return start;
    const { key } = kernel.compiled;
    const module = kernel.module ?? this.#modules.get(key) ?? null;
    if (module !== null) this.#modules.set(key, module);
    return { ...start, kernel: { ...kernel, module } };
  }
}
