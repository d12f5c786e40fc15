/** Runs computations on vectors of which only the first lanes hold elements; the others hold bytes that mean nothing. */

import { emitGraph, FunctionTable } from "../../src/simd/emit.ts";
import { Graph, type Value } from "../../src/simd/graph.ts";
import { code, get, i32, OP, set, TYPE, unsigned } from "../../src/wasm/code.ts";
import { encodeModule } from "../../src/wasm/module.ts";
import { Seeded } from "../seeded.ts";

/** Numbers of any dtype, as typed arrays hold them. */
export type Numbers =
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float16Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Several computations on the same inputs. */
export interface ElementsOptions {
  /** How many elements a vector holds. */
  readonly elements: number;
  /** Whether instructions that differ between machines are left out. */
  readonly strict?: boolean;
  /** The inputs, all of one length. */
  readonly inputs: readonly Numbers[];
  /** Builds the results. */
  readonly build: (graph: Graph, inputs: readonly Value[]) => readonly Value[];
}

/** Bytes between the places of arrays in memory, and how many places there are. */
const AREA = 1 << 18, AREAS = 64;

// One memory for all: each takes address space.
const memory = new WebAssembly.Memory({ initial: AREA * AREAS / 65_536, maximum: 65_536, shared: true });

/**
 * Compiles computations and applies them.
 *
 * @param options What is computed.
 * @returns For each result its vectors' bytes: 16 for each turn, of which the first belong to elements.
 */
export function runElements(options: ElementsOptions): Uint8Array<ArrayBuffer>[] {
  const { elements, strict = false, inputs, build } = options;
  const graph = new Graph({ strict, elements });
  const results = build(graph, inputs.map((_, k) => graph.leaf(k)));
  const turns = Math.ceil(inputs[0].length / elements);
  if (turns * 16 > AREA) throw new RangeError(`${turns} vectors do not fit ${AREA} bytes`);
  if (inputs.length + results.length > AREAS) throw new RangeError(`More than ${AREAS} arrays`);
  inputs.forEach((input, k) => spread(input, elements, new Uint8Array(memory.buffer, k * AREA, turns * 16)));
  const run = compile(graph, results, inputs.length);
  run(turns * 16);
  return results.map((_, k) => new Uint8Array(memory.buffer, (inputs.length + k) * AREA, turns * 16).slice());
}

/**
 * The elements in the first lanes of vectors.
 *
 * @param vectors The vectors.
 * @param elements How many elements each holds.
 * @param length How many elements there are in all.
 * @param result Where they are put.
 */
export function gather<T extends Numbers>(
  vectors: Uint8Array<ArrayBuffer>,
  elements: number,
  result: T,
): T {
  const bytes = elements * result.BYTES_PER_ELEMENT;
  const target = new Uint8Array(result.buffer);
  for (let turn = 0; turn * bytes < target.length; turn++) {
    const part = vectors.subarray(16 * turn, 16 * turn + Math.min(bytes, target.length - turn * bytes));
    target.set(part, turn * bytes);
  }
  return result;
}

/** Puts elements into the first lanes of vectors and something else into the rest. */
function spread(input: Numbers, elements: number, vectors: Uint8Array): void {
  const random = new Seeded(elements);
  const bytes = elements * input.BYTES_PER_ELEMENT;
  const source = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  for (let turn = 0; 16 * turn < vectors.length; turn++) {
    for (let k = bytes; k < 16; k++) vectors[16 * turn + k] = random.word();
    vectors.set(source.subarray(turn * bytes, (turn + 1) * bytes), 16 * turn);
  }
}

function compile(graph: Graph, results: readonly Value[], inputs: number): (bytes: number) => void {
  const functions = new FunctionTable(1, graph.strict);
  const place = (area: number) => unsigned(area * AREA);
  const { prologue, body, roots, locals } = emitGraph(graph, results, {
    leaf: (leaf) => code(get(1), OP.v128Load, place(leaf)),
    firstLocal: 2,
    functionIndex: functions.indexOf,
  });
  const stores = roots.flatMap((root, k) => [get(1), root, OP.v128Store, place(inputs + k)]);
  const next = [get(1), i32(16), OP.i32Add, set(1), get(1), get(0), OP.i32LtU, OP.brIf];
  const main = {
    name: "run",
    parameters: [TYPE.i32],
    results: [],
    locals: [TYPE.i32, ...new Array<number>(locals).fill(TYPE.v128)],
    body: code(prologue, OP.loop, body, ...stores, ...next, OP.end),
  };
  const bytes = encodeModule({ memories: [{ name: "memory" }], functions: [main, ...functions.build()] });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  // It is the function above.
  return instance.exports.run as (bytes: number) => void;
}
