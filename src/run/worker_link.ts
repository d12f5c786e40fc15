/**
 * The two kinds of workers, behind one face. The only place that makes a worker.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { PlanError } from "../errors.ts";
import type { StartMessage } from "./protocol.ts";
import { SANDBOX_NAME } from "./worker_port.ts";

/**
 * How workers are kept apart from the process: `"web"`, the default, is a Worker that starts in 8 ms, and whose heap is
 * the process's affair: if it is exhausted, the process ends. `"contained"` is a worker of `node:worker_threads` with
 * a heap limit of its own, which starts in 25 ms, and costs only itself.
 *
 * @example
 * ```ts
 * import { type Isolation, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const isolation: Isolation = "contained";
 * const kernel = new URL("data:text/javascript,export default ({ a }) => { a.fill(7) }");
 * const { outputs } = await tiledMap(kernel, { outputs: { a: SharedNdArray.zeros([2]) }, workers: 1, isolation });
 * assertEquals(outputs.a.toNested(), [7, 7]);
 * ```
 */
export type Isolation = "web" | "contained";

/** What workers a pool has. */
export interface WorkerKind {
  readonly isolation: Isolation;
  /** Whether kernels get no permission at all. */
  readonly sandbox: boolean;
  /** Bytes that the heap of a contained worker may take. */
  readonly heapLimit: number;
}

/** A worker that was opened. */
export interface WorkerLink {
  /** Posts to it. */
  post(message: StartMessage): void;
  /** Ends it. */
  terminate(): void;
}

/** What is heard of a worker. */
export interface LinkEvents {
  /** It posted something. */
  heard(message: unknown): void;
  /** It has ended by itself, or will never answer. */
  died(reason: string, cause?: unknown): void;
}

const ENTRY = new URL("../../workers/tile_worker.ts", import.meta.url);

/** What a worker loads when it needs it. One without permissions has to load it at its start. */
const LATE_MODULES = ["./iterate_steps.ts", "./reduce_work.ts", "./sanitize.ts"];

/**
 * Refuses kinds of workers that cannot be.
 *
 * @param kind The kind.
 * @throws {PlanError} If it is one of those.
 */
export function requireKind({ isolation, sandbox, heapLimit }: WorkerKind): void {
  if (isolation !== "web" && isolation !== "contained") {
    throw new PlanError(`The isolation must be "web" or "contained", but is ${Deno.inspect(isolation)}`);
  }
  if (!Number.isSafeInteger(heapLimit) || heapLimit < LEAST_HEAP) {
    throw new PlanError(`The heapLimit must be an integer from ${LEAST_HEAP} bytes on, but is ${heapLimit}`);
  }
  if (isolation === "contained" && sandbox) {
    throw new PlanError(
      "A sandbox needs web Workers, because contained ones have the permissions of the process: leave out isolation or sandbox",
    );
  }
  if (isolation === "contained" && ENTRY.protocol !== "file:") {
    throw new PlanError(
      `Contained workers are loaded from files only, but this package is loaded from ${ENTRY.origin}: use isolation "web"`,
    );
  }
}

/** A worker needs about that much to begin with. */
const LEAST_HEAP = 16 * 2 ** 20;

/**
 * Opens a worker. This blocks for some milliseconds.
 *
 * @param kind What kind.
 * @param index Its number.
 * @param kernel The URL of the kernel's module, if it has one: a sandbox is made for one.
 * @param events What hears of it.
 */
export function openWorker(
  kind: WorkerKind,
  index: number,
  kernel: string | null,
  events: LinkEvents,
): WorkerLink {
  const name = `${kind.sandbox ? SANDBOX_NAME : "tilewise"} ${index}`;
  return kind.isolation === "contained"
    ? openContained(name, kind.heapLimit, events)
    : openWeb(name, kind.sandbox ? sandboxEntry(kernel) : ENTRY, kind.sandbox, events);
}

/** Options of a Worker that TypeScript's library does not know. */
interface SandboxOptions extends WorkerOptions {
  readonly deno?: { readonly permissions: "none" };
}

function openWeb(name: string, entry: URL, isSandbox: boolean, events: LinkEvents): WorkerLink {
  const options: SandboxOptions = isSandbox
    ? { type: "module", name, deno: { permissions: "none" } }
    : { type: "module", name };
  const worker = new Worker(entry, options);
  worker.onmessage = ({ data }) => events.heard(data);
  worker.onerror = (event) => {
    event.preventDefault();
    events.died(event.message);
  };
  worker.onmessageerror = () => events.died("it sent a message that cannot be read");
  return { post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
}

/** What may load nothing later has to load everything at its start, which counts as the pool's doing. */
function sandboxEntry(kernel: string | null): URL {
  const modules = [ENTRY.href, ...LATE_MODULES.map((path) => new URL(path, import.meta.url).href)];
  if (kernel !== null) modules.push(kernel);
  const imports = modules.map((module) => `import ${JSON.stringify(module)};`).join("");
  const port = new URL("./worker_port.ts", import.meta.url).href;
  const text = `import { beginInSandbox } from ${JSON.stringify(port)};${imports}beginInSandbox();`;
  return new URL(`data:text/javascript,${encodeURIComponent(text)}`);
}

function openContained(name: string, heapLimit: number, events: LinkEvents): WorkerLink {
  const { Worker: ContainedWorker } = builtin("node:worker_threads");
  const maxOldGenerationSizeMb = Math.ceil(heapLimit / 2 ** 20);
  const worker = new ContainedWorker(ENTRY, { name, resourceLimits: { maxOldGenerationSizeMb } });
  let isOver = false;
  const died = (reason: string, cause?: unknown) => {
    if (!isOver) events.died(reason, cause);
    isOver = true;
  };
  worker.on("message", (message: unknown) => events.heard(message));
  worker.on("error", (error: unknown) => died(error instanceof Error ? error.message : String(error), error));
  worker.on("messageerror", () => died("it sent a message that cannot be read"));
  worker.on("exit", (code: number) => died(`it ended with exit code ${code}`));
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => {
      isOver = true;
      worker.terminate();
    },
  };
}
