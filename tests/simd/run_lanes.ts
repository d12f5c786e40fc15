/** Runs a computation on vectors over typed arrays, for tests and measurements of functions. */

import { emitGraph, FunctionTable } from "../../src/simd/emit.ts";
import { Graph, type Value } from "../../src/simd/graph.ts";
import { code, get, i32, OP, set, TYPE } from "../../src/wasm/code.ts";
import { encodeModule } from "../../src/wasm/module.ts";

/** Builds a result from vectors of each input. */
export type Build = (graph: Graph, ...inputs: Value[]) => Value;

/** A compiled computation. */
export interface LaneRunner {
  /**
   * Applies it to whole vectors.
   *
   * @param inputs As many arrays as the computation takes; their bytes are taken 16 at a time, padded with zeros.
   * @returns As many bytes as the first input has.
   */
  (...inputs: ArrayBufferView[]): ArrayBuffer;
  /** Runs it once more over what lies in memory, for timing: `vectors` vectors. */
  readonly again: (vectors: number) => void;
  /** The module's bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes between the places of arrays in memory. */
const AREA = 1 << 24;

/**
 * Compiles a computation.
 *
 * @param parameters How many inputs it takes.
 * @param build What it computes.
 * @param options Whether instructions that differ between machines are left out.
 */
export function compileLanes(
  parameters: number,
  build: Build,
  options: { strict?: boolean } = {},
): LaneRunner {
  const strict = options.strict ?? false;
  const graph = new Graph({ strict });
  const root = build(graph, ...Array.from({ length: parameters }, (_, k) => graph.leaf(k)));
  // Locals: the offset, its end, then vectors.
  const functions = new FunctionTable(1, strict);
  const load = (leaf: number) => code(get(1), OP.v128Load, offset(leaf * AREA));
  const { prologue, body, roots, locals } = emitGraph(graph, [root], {
    leaf: load,
    firstLocal: 2,
    functionIndex: functions.indexOf,
  });
  const main = {
    name: "run",
    parameters: [TYPE.i32],
    results: [],
    locals: [TYPE.i32, ...new Array<number>(locals).fill(TYPE.v128)],
    body: code(
      prologue,
      i32(0),
      set(1),
      OP.loop,
      body,
      get(1),
      roots[0],
      OP.v128Store,
      offset(parameters * AREA),
      get(1),
      i32(16),
      OP.i32Add,
      set(1),
      get(1),
      get(0),
      OP.i32LtU,
      OP.brIf,
      OP.end,
    ),
  };
  const bytes = encodeModule({ memories: [{ name: "memory" }], functions: [main, ...functions.build()] });
  const pages = (parameters + 1) * AREA / 65_536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  // It is the function above.
  const run = instance.exports.run as (bytes: number) => void;
  const runner = (...inputs: ArrayBufferView[]): ArrayBuffer => {
    const { byteLength } = inputs[0];
    if (byteLength > AREA) throw new RangeError(`At most ${AREA} bytes, not ${byteLength}`);
    const whole = Math.ceil(byteLength / 16) * 16;
    inputs.forEach((input, k) => {
      const area = new Uint8Array(memory.buffer, k * AREA, whole);
      area.fill(0);
      area.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    });
    run(whole);
    return new Uint8Array(memory.buffer, parameters * AREA, byteLength).slice().buffer;
  };
  return Object.assign(runner, { again: (vectors: number) => run(vectors * 16), bytes });
}

/** An offset as LEB128. */
function offset(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...offset(value >>> 7)];
}
