/**
 * From a graph to instructions: what does not change is computed before the loop, what is needed more than once is
 * kept in a local, and everything else stands where it is needed.
 *
 * @module
 */

import { type Code, code, get, OP, set, simd, TYPE, unsigned } from "../wasm/code.ts";
import type { WasmFunction } from "../wasm/module.ts";
import { Graph, type GraphNode, type SimdFunction, type Value } from "./graph.ts";
import { LANE_ACCESS } from "./opcodes.ts";

/** What emitting a graph needs to know. */
export interface EmitOptions {
  /** Pushes a leaf; of several turns at once, that of a turn. */
  readonly leaf: (leaf: number, turn: number) => Code;
  /** How many turns shall be written down at once, if more than one, by the bytes that one takes. */
  readonly turns?: (bodyBytes: number) => number;
  /**
   * Where several turns are written down at once: pushes a leaf that is used once, right where it is used, so that no
   * register holds it until then. Null for a leaf that `leaf` pushes there too.
   */
  readonly leafInPlace?: (leaf: number, turn: number) => Code | null;
  /** The number of the first local that may be used; all from there on are vectors. */
  readonly firstLocal: number;
  /** The number of a function in the module. */
  readonly functionIndex: (fn: SimdFunction) => number;
}

/** A graph as instructions. */
export interface Emitted {
  /** Computes what never changes. */
  readonly prologue: Code;
  /** Computes what changes with each row only. */
  readonly rowPrologue: Code;
  /** Computes the rest. */
  readonly body: Code;
  /** Pushes each root. */
  readonly roots: readonly Code[];
  /** The same for several turns at once, step by step, if that was wanted. */
  readonly wide: WideBody | null;
  /** How many locals were used. */
  readonly locals: number;
}

/** Several turns at once. */
export interface WideBody {
  /** The leaves that were pushed in place. */
  readonly inPlace: ReadonlySet<number>;
  readonly body: Code;
  /** Pushes each root of each turn. */
  readonly roots: readonly (readonly Code[])[];
}

/** Opcodes of the instructions with immediates of their own. */
const V128_CONST = 0x0c, SHUFFLE = 0x0d, ANY_TRUE = 0x53, BITSELECT = 0x52;

/**
 * Emits what some values of a graph need.
 *
 * @param graph The graph.
 * @param roots The values.
 * @param options Leaves, locals and functions.
 */
export function emitGraph(graph: Graph, roots: readonly Value[], options: EmitOptions): Emitted {
  return new Emitter(graph, roots, options).emit();
}

/** Which values get a local, in the order in which they are computed. */
interface KeptValues {
  /** Those that never change, and those that change with each row. */
  readonly before: readonly (readonly Value[])[];
  readonly changing: readonly Value[];
  /** For each node, where it is used for the last time. */
  readonly last: Int32Array;
}

class Emitter {
  readonly #nodes: readonly GraphNode[];
  readonly #roots: readonly Value[];
  readonly #options: EmitOptions;
  /** How often each node is used by nodes that are needed. */
  readonly #uses: Uint32Array;
  readonly #level: Uint8Array;
  /** The locals of what does not change in the loop. */
  readonly #outer = new Map<Value, number>();
  /** The locals of the body that is being written, by turn. */
  #turns: Map<Value, number>[] = [];
  readonly #free: number[] = [];
  #locals = 0;
  /** The leaves that the body at hand pushes where they are used. */
  #inPlace: ReadonlySet<number> = new Set();

  constructor(graph: Graph, roots: readonly Value[], options: EmitOptions) {
    this.#nodes = graph.nodes;
    this.#roots = roots;
    this.#options = options;
    this.#uses = new Uint32Array(this.#nodes.length);
    this.#level = new Uint8Array(this.#nodes.length);
    this.#count();
  }

  /** Arguments come before what uses them, so that one way back and one forth are enough. */
  #count(): void {
    for (const root of this.#roots) this.#uses[root]++;
    for (let k = this.#nodes.length - 1; k >= 0; k--) {
      if (this.#uses[k] === 0) continue;
      for (const arg of this.#nodes[k].args) this.#uses[arg]++;
    }
    this.#nodes.forEach((node, k) => {
      this.#level[k] = node.kind === "leaf"
        ? node.level
        : node.args.reduce((level, arg) => Math.max(level, this.#level[arg]), 0);
    });
  }

  emit(): Emitted {
    const kept = this.#keptValues(false);
    const [prologue, rowPrologue] = kept.before.map((values) =>
      joined(values.map((value) => code(this.#compute(value, 0), set(this.#hold(this.#outer, value)))))
    );
    const { body, roots: [roots] } = this.#body(kept, 1);
    const turns = this.#options.turns?.(body.length) ?? 1;
    // Each step on its own, so that steps of several turns stand beside each other and use what they share at once.
    const wide = turns > 1 ? this.#wideBody(turns) : null;
    return { prologue, rowPrologue, body, roots, wide, locals: this.#locals };
  }

  #wideBody(turns: number): WideBody {
    this.#inPlace = this.#leavesUsedOnce();
    const body = this.#body(this.#keptValues(true), turns);
    const inPlace = this.#inPlace;
    this.#inPlace = new Set();
    return { ...body, inPlace };
  }

  /** The leaves of which an instruction that takes each operand once is all that uses them. */
  #leavesUsedOnce(): ReadonlySet<number> {
    const leaves = new Set<number>();
    this.#nodes.forEach((node, k) => {
      if (this.#uses[k] === 0 || node.kind === "rare" || node.kind === "lanes") return;
      for (const arg of node.args) {
        const leaf = this.#nodes[arg];
        if (leaf.kind !== "leaf" || this.#uses[arg] > 1) continue;
        if (this.#options.leafInPlace?.(leaf.leaf, 0)) leaves.add(leaf.leaf);
      }
    });
    return leaves;
  }

  /** The loop's body for some turns at once. */
  #body({ changing, last }: KeptValues, turns: number): Omit<WideBody, "inPlace"> {
    this.#turns = Array.from({ length: turns }, () => new Map<Value, number>());
    const body: Code[] = [];
    const ending: Value[][] = [];
    let ended = 0;
    for (const value of changing) {
      this.#turns.forEach((locals, turn) => {
        body.push(this.#compute(value, turn), set(this.#hold(locals, value)));
      });
      (ending[last[value]] ??= []).push(value);
      // Locals of values that were used for the last time here, or before, are free again.
      for (; ended <= value; ended++) ending[ended]?.forEach((dead) => this.#release(dead));
    }
    const roots = this.#turns.map((_, turn) => this.#roots.map((root) => this.#push(root, turn)));
    // What is left is free for the other body.
    for (const locals of this.#turns) this.#free.push(...locals.values());
    return { body: joined(body), roots };
  }

  /** The values that get a local, in the order in which they are computed. */
  #keptValues(all: boolean): KeptValues {
    const byLevel: Value[][] = [[], [], []];
    const isKept = new Uint8Array(this.#nodes.length);
    for (const root of this.#roots) isKept[root] = 1;
    this.#nodes.forEach((node, k) => {
      if (this.#uses[k] === 0) return;
      if (all || this.#uses[k] > 1 || node.kind === "rare") isKept[k] = 1;
      for (const arg of node.args) {
        // These push their arguments several times.
        if (node.kind === "rare" || node.kind === "lanes") isKept[arg] = 1;
        if (this.#level[arg] < this.#level[k]) isKept[arg] = 1;
      }
    });
    this.#nodes.forEach(({ kind }, k) => {
      if (!isKept[k] || kind === "leaf") return;
      // k is the number of a node, which is what a value is.
      byLevel[this.#level[k]].push(k as Value);
    });
    return { before: byLevel.slice(0, 2), changing: byLevel[2], last: this.#lastEmissions(isKept) };
  }

  /**
   * For each node, with what it is used for the last time: a node that is not kept is computed where the one that
   * uses it is.
   */
  #lastEmissions(isKept: Uint8Array): Int32Array {
    const emittedAt = new Int32Array(this.#nodes.length), last = new Int32Array(this.#nodes.length).fill(-1);
    for (const root of this.#roots) last[root] = this.#nodes.length;
    for (let k = this.#nodes.length - 1; k >= 0; k--) {
      if (this.#uses[k] === 0) continue;
      emittedAt[k] = isKept[k] ? k : last[k];
      for (const arg of this.#nodes[k].args) last[arg] = Math.max(last[arg], emittedAt[k]);
    }
    return last;
  }

  #hold(locals: Map<Value, number>, value: Value): number {
    const local = this.#free.pop() ?? this.#options.firstLocal + this.#locals++;
    locals.set(value, local);
    return local;
  }

  #release(value: Value): void {
    for (const locals of this.#turns) {
      const local = locals.get(value);
      if (local === undefined) continue;
      this.#free.push(local);
      locals.delete(value);
    }
  }

  #localOf(value: Value, turn: number): number | undefined {
    return this.#outer.get(value) ?? this.#turns.at(turn)?.get(value);
  }

  /** Pushes a value that is in a local, or a leaf. */
  #push(value: Value, turn: number): Code {
    const local = this.#localOf(value, turn);
    if (local !== undefined) return get(local);
    const node = this.#nodes[value];
    if (node.kind === "leaf") {
      const inPlace = this.#inPlace.has(node.leaf) ? this.#options.leafInPlace?.(node.leaf, turn) : null;
      return inPlace ?? this.#options.leaf(node.leaf, turn);
    }
    throw new Error(`Value ${value} was not computed`);
  }

  /** Pushes the result of a node. Without recursion, because expressions may be deep. */
  #compute(value: Value, turn: number): Code {
    const parts: Code[] = [];
    const work: (Value | Code)[] = [value];
    let isFirst = true;
    for (let item = work.pop(); item !== undefined; item = work.pop()) {
      if (typeof item !== "number") {
        parts.push(item);
        continue;
      }
      const node = this.#nodes[item];
      if (!isFirst && (node.kind === "leaf" || this.#localOf(item, turn) !== undefined)) {
        parts.push(this.#push(item, turn));
        continue;
      }
      isFirst = false;
      if (node.kind === "rare") parts.push(this.#callIfNeeded(node.fn, node.args, turn));
      else if (node.kind === "lanes") parts.push(this.#laneByLane(node, turn));
      else if (node.kind === "leaf") parts.push(this.#push(item, turn));
      else work.push(instruction(node), ...node.args.toReversed());
    }
    return joined(parts);
  }

  /** `any lane of the mask ? select(mask, fn(…), common) : common`. */
  #callIfNeeded(fn: SimdFunction, [mask, common, ...args]: readonly Value[], turn: number): Code {
    return code(
      this.#push(mask, turn),
      simd(ANY_TRUE),
      [0x04, TYPE.v128],
      ...args.map((arg) => this.#push(arg, turn)),
      [0x10, ...unsigned(this.#options.functionIndex(fn))],
      this.#push(common, turn),
      this.#push(mask, turn),
      simd(BITSELECT),
      OP.else,
      this.#push(common, turn),
      OP.end,
    );
  }

  #laneByLane({ opcode, from, to, count, args }: GraphNode & { kind: "lanes" }, turn: number): Code {
    const take = LANE_ACCESS[from].extract, put = LANE_ACCESS[to].replace;
    const zero = code(simd(V128_CONST), new Array<number>(16).fill(0));
    const steps = Array.from({ length: count }, (_, lane) =>
      code(
        ...args.flatMap((arg) => [this.#push(arg, turn), simd(take), [lane]]),
        [opcode],
        simd(put),
        [lane],
      ));
    return code(zero, ...steps);
  }
}

/** Parts that are joined at a time: they are passed as arguments, which lie on the stack. */
const MOST_JOINED = 8192;

/** Joins any number of instructions. */
function joined(parts: readonly Code[]): Code {
  if (parts.length <= MOST_JOINED) return code(...parts);
  const pieces: Code[] = [];
  for (let k = 0; k < parts.length; k += MOST_JOINED) pieces.push(code(...parts.slice(k, k + MOST_JOINED)));
  return joined(pieces);
}

function instruction(node: GraphNode): Code {
  switch (node.kind) {
    case "constant":
      return code(simd(V128_CONST), node.bytes);
    case "op":
      return simd(node.opcode);
    case "shift":
      return code([0x41], unsigned(node.count), simd(node.opcode));
    case "shuffle":
      return code(simd(SHUFFLE), node.lanes);
    default:
      throw new Error(`A ${node.kind} is no instruction`);
  }
}

/** The functions that graphs of a module call, and those that these call. */
export class FunctionTable {
  readonly #first: number;
  readonly #strict: boolean;
  readonly #names = new Map<string, number>();
  readonly #waiting: SimdFunction[] = [];

  /**
   * @param first How many functions stand before these in the module.
   * @param strict Whether they do without instructions whose results differ between machines.
   */
  constructor(first: number, strict: boolean) {
    this.#first = first;
    this.#strict = strict;
  }

  /** The number of a function. */
  readonly indexOf = (fn: SimdFunction): number => {
    let index = this.#names.get(fn.name);
    if (index === undefined) {
      index = this.#first + this.#names.size;
      this.#names.set(fn.name, index);
      this.#waiting.push(fn);
    }
    return index;
  };

  /** All functions that were asked for, in order. */
  build(): WasmFunction[] {
    const built: WasmFunction[] = [];
    // Building one may ask for others.
    for (const fn of this.#waiting) built.push(buildFunction(fn, this.#strict, this.indexOf));
    return built;
  }
}

function buildFunction(
  fn: SimdFunction,
  strict: boolean,
  functionIndex: (fn: SimdFunction) => number,
): WasmFunction {
  const graph = new Graph({ strict });
  const parameters = Array.from({ length: fn.parameters }, (_, k) => graph.leaf(k));
  const root = fn.build(graph, ...parameters);
  const { prologue, rowPrologue, body, roots, locals } = emitGraph(graph, [root], {
    leaf: get,
    firstLocal: fn.parameters,
    functionIndex,
  });
  return {
    name: null,
    parameters: parameters.map(() => TYPE.v128),
    results: [TYPE.v128],
    locals: new Array<number>(locals).fill(TYPE.v128),
    body: code(prologue, rowPrologue, body, roots[0]),
  };
}
