/**
 * Random graphs of vectors, and what they compute, evaluated node by node on 16 bytes.
 *
 * @module
 */

import { emitGraph, FunctionTable } from "../../src/simd/emit.ts";
import { Graph, type GraphNode, type Level, type SimdFunction, type Value } from "../../src/simd/graph.ts";
import { LANE_ACCESS, SCALAR_OPCODES, SHIFT_OPCODES, SIMD_OPCODES } from "../../src/simd/opcodes.ts";
import { type Code, code, get, i32, OP, set, TYPE, unsigned } from "../../src/wasm/code.ts";
import { moduleBytes } from "../../src/wasm/module.ts";
import type { Seeded } from "../seeded.ts";

/** A vector's bytes. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Unsigned integers of a width, and back. */
function lanesOf(bytes: Bytes, width: number): bigint[] {
  return Array.from({ length: 16 / width }, (_, lane) => {
    let value = 0n;
    for (let k = width - 1; k >= 0; k--) value = value << 8n | BigInt(bytes[lane * width + k]);
    return value;
  });
}

function ofLanes(lanes: readonly bigint[]): Bytes {
  const width = 16 / lanes.length;
  return Uint8Array.from({ length: 16 }, (_, k) => {
    const lane = BigInt.asUintN(64, lanes[Math.floor(k / width)]);
    return Number(lane >> BigInt(8 * (k % width)) & 255n);
  });
}

type Lanewise = (a: bigint, b: bigint, bits: number) => bigint;

function lanewise(width: number, compute: Lanewise): (args: readonly Bytes[]) => Bytes {
  return ([first, second = first]) => {
    const other = lanesOf(second, width);
    return ofLanes(lanesOf(first, width).map((a, k) => compute(a, other[k], 8 * width)));
  };
}

const signed = (value: bigint, bits: number) => BigInt.asIntN(bits, value);

/** What some instructions mean. */
const OPS: Readonly<Record<string, { readonly args: number; readonly apply: (args: Bytes[]) => Bytes }>> = {
  "v128.not": { args: 1, apply: lanewise(8, (a) => ~a) },
  "v128.and": { args: 2, apply: lanewise(8, (a, b) => a & b) },
  "v128.andnot": { args: 2, apply: lanewise(8, (a, b) => a & ~b) },
  "v128.or": { args: 2, apply: lanewise(8, (a, b) => a | b) },
  "v128.xor": { args: 2, apply: lanewise(8, (a, b) => a ^ b) },
  "v128.bitselect": { args: 3, apply: ([a, b, mask]) => selected(mask, a, b) },
  "i8x16.add": { args: 2, apply: lanewise(1, (a, b) => a + b) },
  "i16x8.sub": { args: 2, apply: lanewise(2, (a, b) => a - b) },
  "i16x8.mul": { args: 2, apply: lanewise(2, (a, b) => a * b) },
  "i32x4.neg": { args: 1, apply: lanewise(4, (a) => -a) },
  "i32x4.gt_s": { args: 2, apply: lanewise(4, (a, b, bits) => signed(a, bits) > signed(b, bits) ? -1n : 0n) },
  "i32x4.min_u": { args: 2, apply: lanewise(4, (a, b) => a < b ? a : b) },
  "i64x2.add": { args: 2, apply: lanewise(8, (a, b) => a + b) },
  "i64x2.mul": { args: 2, apply: lanewise(8, (a, b) => a * b) },
  "i64x2.eq": { args: 2, apply: lanewise(8, (a, b) => a === b ? -1n : 0n) },
  "i8x16.swizzle": { args: 2, apply: ([a, b]) => b.map((k) => k < 16 ? a[k] : 0) },
};

const SHIFTS: Readonly<Record<string, readonly [width: number, compute: Lanewise]>> = {
  "i8x16.shl": [1, (a, count, bits) => a << count % BigInt(bits)],
  "i16x8.shr_s": [2, (a, count, bits) => signed(a, bits) >> count % BigInt(bits)],
  "i64x2.shr_u": [8, (a, count, bits) => a >> count % BigInt(bits)],
};

/** Scalar instructions that never trap, with how wide they compute. */
const SCALARS: Readonly<Record<string, readonly [bits: number, compute: (a: bigint, b: bigint) => bigint]>> =
  {
    "i32.shl": [32, (a, b) => a << (b & 31n)],
    "i32.clz": [32, (a) => BigInt(Math.clz32(Number(a)))],
    "i64.shr_u": [64, (a, b) => a >> (b & 63n)],
  };

function selected(mask: Bytes, a: Bytes, b: Bytes): Bytes {
  return mask.map((bits, k) => (a[k] & bits) | (b[k] & ~bits));
}

/** By number, for nodes know only those. */
function named<T>(table: Readonly<Record<string, T>>, codes: ReadonlyMap<string, number>): Map<number, T> {
  return new Map(Object.entries(table).map(([name, meaning]) => [codes.get(name) ?? -1, meaning]));
}

const OP_BY_CODE = named(OPS, SIMD_OPCODES);
const SHIFT_BY_CODE = named(SHIFTS, new Map(Object.entries(SHIFT_OPCODES)));
const SCALAR_BY_CODE = named(SCALARS, new Map(Object.entries(SCALAR_OPCODES)));

function known<K, T>(table: ReadonlyMap<K, T>, key: K): T {
  const found = table.get(key);
  if (found === undefined) throw new Error(`${key} has no meaning here`);
  return found;
}

/** Evaluates all nodes of a graph. */
export function evaluateGraph(graph: Graph, leaf: (leaf: number) => Bytes): Bytes[] {
  const values: Bytes[] = [];
  for (const node of graph.nodes) values.push(valueOf(node, node.args.map((arg) => values[arg]), leaf));
  return values;
}

function valueOf(node: GraphNode, args: readonly Bytes[], leaf: (leaf: number) => Bytes): Bytes {
  switch (node.kind) {
    case "constant":
      return Uint8Array.from(node.bytes);
    case "leaf":
      return leaf(node.leaf);
    case "op":
      return known(OP_BY_CODE, node.opcode).apply([...args]);
    case "shift": {
      const [width, compute] = known(SHIFT_BY_CODE, node.opcode), count = BigInt(node.count);
      return lanewise(width, (a, _, bits) => compute(a, count, bits))(args);
    }
    case "shuffle":
      return Uint8Array.from(node.lanes, (k) => k < 16 ? args[0][k] : args[1][k - 16]);
    case "lanes":
      return laneByLane(node, args);
    case "rare": {
      const [mask, common, ...parameters] = args, inner = new Graph();
      const result = node.fn.build(inner, ...parameters.map((_, k) => inner.leaf(k)));
      return selected(mask, evaluateGraph(inner, (k) => parameters[k])[result], common);
    }
  }
}

function laneByLane(
  { opcode, from, to, count }: GraphNode & { kind: "lanes" },
  args: readonly Bytes[],
): Bytes {
  const [bits, compute] = known(SCALAR_BY_CODE, opcode);
  const read = args.map((arg) =>
    lanesOf(arg, 16 / LANE_ACCESS[from].lanes).map((lane) => {
      const own = 128 / LANE_ACCESS[from].lanes;
      return BigInt.asUintN(bits, from.endsWith("_s") ? signed(lane, own) : lane);
    })
  );
  return ofLanes(Array.from({ length: LANE_ACCESS[to].lanes }, (_, lane) => {
    return lane < count ? compute(read[0][lane], read.at(-1)?.[lane] ?? 0n) : 0n;
  }));
}

const LANES = [
  ["i32.shl", "i32x4", "i32x4", 2],
  ["i32.shl", "i8x16_u", "i16x8_u", 2],
  ["i32.clz", "i16x8_s", "i32x4", 1],
  ["i64.shr_u", "i64x2", "i64x2", 2],
] as const;

/** What is computed rarely: of each other, too. */
const RARE: readonly SimdFunction[] = [
  {
    name: "sum and difference",
    parameters: 2,
    build: (graph, a, b) => {
      const sum = graph.op("i64x2.add", a, b);
      return graph.op("v128.xor", sum, graph.op("i16x8.sub", sum, b));
    },
  },
  {
    name: "product, rarely something else",
    parameters: 1,
    build: (graph, a) => {
      const product = graph.op("i64x2.mul", a, a), mask = graph.op("i32x4.gt_s", a, graph.i32(9));
      return graph.rare(mask, product, RARE[0], a, product);
    },
  },
];

/** Adds a random node to a graph, made of some of the values there are. */
export function addRandomNode(graph: Graph, random: Seeded, values: readonly Value[]): Value {
  const pick = () =>
    random.oneIn(2) ? random.pick(values) : values[values.length - 1 - random.int(0, 2) % values.length];
  switch (random.int(0, 9)) {
    case 0:
      return graph.constant(Uint32Array.from(random.ints(random.pick([1, 2, 4]), 0, 2 ** 32 - 1)));
    case 1: {
      const name = random.pick(Object.keys(SHIFTS));
      // The keys above are names of shifts.
      return graph.shift(name as keyof typeof SHIFT_OPCODES, pick(), random.int(0, 70));
    }
    case 2:
      return graph.shuffle(pick(), pick(), random.ints(random.pick([2, 4, 8, 16]), 0, 3));
    case 3: {
      const [name, from, to, count] = random.pick(LANES);
      return graph.lanes(name, from, to, ...Array.from({ length: count }, pick));
    }
    case 4: {
      const fn = random.pick(RARE), zero = graph.i32(0);
      const mask = random.oneIn(3)
        ? zero
        : graph.op("i64x2.eq", graph.op("v128.and", pick(), graph.i64(1n)), zero);
      return graph.rare(mask, pick(), fn, ...Array.from({ length: fn.parameters }, pick));
    }
    default: {
      const name = random.pick(Object.keys(OPS));
      return graph.op(name, ...Array.from({ length: OPS[name].args }, pick));
    }
  }
}

/** Rows, and turns of the innermost loop, that a graph is run for. */
export const ROWS = 2, TURNS = 3;

/** Leaves of each level. */
export const LEAVES = 3;

const I32_MUL: Code = [0x6c], OUT = 1 << 14;

/** The place of a leaf's bytes: of one that never changes, that changes with each row, or with each turn. */
export function placeOf(leaf: number, row: number, turn: number): number {
  const level = Math.floor(leaf / LEAVES);
  const change = level === 0 ? 0 : level === 1 ? 1 + row : 8 + row * TURNS + turn;
  return 16 * (change * LEAVES * 3 + leaf);
}

/** The level of a leaf. */
export function levelOf(leaf: number): Level {
  // There are three levels, and LEAVES of each.
  return Math.floor(leaf / LEAVES) as Level;
}

/**
 * Emits a graph into loops like those of kernels, and runs them.
 *
 * @param graph The graph.
 * @param roots What is stored.
 * @param bytes The bytes of leaves.
 * @returns For each turn of each row the roots' bytes, and how many locals were used.
 */
export function runGraph(
  graph: Graph,
  roots: readonly Value[],
  bytes: Uint8Array,
): { readonly results: Bytes[][]; readonly locals: number } {
  const size = OUT + ROWS * TURNS * roots.length * 16, pages = Math.ceil(size / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  new Uint8Array(memory.buffer).set(bytes);
  const functions = new FunctionTable(1, graph.strict);
  const [row, turn] = [0, 1];
  const at = (base: number, perRow: number, perTurn: number): Code =>
    code(get(row), i32(perRow), I32_MUL, get(turn), i32(perTurn), I32_MUL, OP.i32Add, i32(base), OP.i32Add);
  const emitted = emitGraph(graph, roots, {
    leaf: (leaf) => {
      const base = placeOf(leaf, 0, 0);
      const address = at(base, placeOf(leaf, 1, 0) - base, placeOf(leaf, 0, 1) - base);
      return code(address, OP.v128Load, [0]);
    },
    firstLocal: 2,
    functionIndex: functions.indexOf,
  });
  const place = at(OUT, TURNS * roots.length * 16, roots.length * 16);
  const stores = emitted.roots.map((root, k) => code(place, root, OP.v128Store, unsigned(16 * k)));
  const next = (counter: number, end: number) =>
    code(get(counter), i32(1), OP.i32Add, set(counter), get(counter), i32(end), OP.i32LtU, OP.brIf, OP.end);
  const main = {
    name: "run",
    parameters: [],
    results: [],
    locals: [TYPE.i32, TYPE.i32, ...new Array<number>(emitted.locals).fill(TYPE.v128)],
    body: code(
      emitted.prologue,
      code(OP.loop, emitted.rowPrologue, i32(0), set(turn)),
      code(OP.loop, emitted.body, ...stores, next(turn, TURNS)),
      next(row, ROWS),
    ),
  };
  const module = new WebAssembly.Module(moduleBytes([main, ...functions.build()]));
  // It is the function above.
  (new WebAssembly.Instance(module, { env: { memory } }).exports.run as () => void)();
  const stored = new Uint8Array(memory.buffer, OUT).slice();
  const results = Array.from(
    { length: ROWS * TURNS },
    (_, k) =>
      roots.map((_, root) =>
        stored.slice(16 * (k * roots.length + root), 16 * (k * roots.length + root + 1))
      ),
  );
  return { results, locals: emitted.locals };
}
