import { assert, assertEquals } from "@std/assert";
import { emitGraph } from "../../src/simd/emit.ts";
import { Graph, type SimdFunction, type Value } from "../../src/simd/graph.ts";
import { forEachSeed, Seeded } from "../seeded.ts";
import {
  addRandomNode,
  type Bytes,
  evaluateGraph,
  LEAVES,
  levelOf,
  placeOf,
  ROWS,
  runGraph,
  TURNS,
} from "./random_graphs.ts";

/** Random bytes for all leaves. */
function randomBytes(random: Seeded): Uint8Array {
  const words = Uint32Array.from({ length: 4096 / 4 * 2 }, () => random.oneIn(6) ? 0 : random.word());
  return new Uint8Array(words.buffer);
}

/** A graph with all leaves. */
function graphWithLeaves(): { graph: Graph; leaves: Value[] } {
  const graph = new Graph();
  const leaves = Array.from({ length: 3 * LEAVES }, (_, leaf) => graph.leaf(leaf, levelOf(leaf)));
  return { graph, leaves };
}

/** The roots as they are evaluated node by node, for each turn of each row. */
function expectedOf(graph: Graph, roots: readonly Value[], bytes: Uint8Array, turns: number): Bytes[][] {
  return Array.from({ length: turns }, (_, k) => {
    const row = Math.floor(k / TURNS), turn = k % TURNS;
    const values = evaluateGraph(graph, (leaf) => {
      const place = placeOf(leaf, row, turn);
      return Uint8Array.from(bytes.subarray(place, place + 16));
    });
    return roots.map((root) => values[root]);
  });
}

/** Compares some turns, all unless that takes long, and tells how many locals were used. */
function assertComputed(
  graph: Graph,
  roots: readonly Value[],
  bytes: Uint8Array,
  turns: number = ROWS * TURNS,
): number {
  const { results, locals } = runGraph(graph, roots, bytes);
  assertEquals(results.slice(0, turns), expectedOf(graph, roots, bytes, turns));
  return locals;
}

Deno.test("random graphs: the emitted module computes what the nodes mean", () => {
  let most = 0;
  forEachSeed(250, (random) => {
    const { graph, leaves } = graphWithLeaves(), values = random.shuffled(leaves).slice(random.int(0, 6));
    for (let count = random.pick([1, 5, 20, 60, 150]); count > 0; count--) {
      values.push(addRandomNode(graph, random, values));
    }
    const roots = Array.from({ length: random.int(1, 5) }, () => random.pick(values));
    roots.push(values[values.length - 1]);
    most = Math.max(most, assertComputed(graph, roots, randomBytes(random)));
  });
  assert(most > 20, `at most ${most} locals were used`);
});

Deno.test("a root may be a leaf, a constant, and the same as another", () => {
  const { graph, leaves } = graphWithLeaves(), constant = graph.i32(7);
  const sum = graph.op("i64x2.add", leaves[0], leaves[8]);
  assertComputed(
    graph,
    [leaves[0], leaves[4], leaves[8], constant, sum, sum, constant],
    randomBytes(new Seeded(1)),
  );
});

Deno.test("more than 128 vectors can be alive at a time, and locals are used again when they are not", () => {
  const { graph, leaves: [, , , , , , x] } = graphWithLeaves(), bytes = randomBytes(new Seeded(2));
  const alive = Array.from({ length: 300 }, (_, k) => graph.op("i64x2.mul", x, graph.i64(BigInt(2 * k + 3))));
  // All are needed twice, first in one order and then in the other.
  const up = alive.reduce((sum, value) => graph.op("i64x2.add", graph.op("v128.xor", sum, value), value));
  const down = alive.reduceRight((sum, value) => graph.op("i16x8.mul", sum, value), up);
  const constants = 300, locals = assertComputed(graph, [up, down], bytes);
  assert(locals >= 300 + constants && locals < 620, `${locals} locals`);
  let chained = x;
  for (let k = 0; k < 300; k++) {
    const next = graph.op("i64x2.add", chained, x);
    chained = graph.op("i64x2.mul", next, graph.op("v128.xor", next, chained));
  }
  const few = assertComputed(graph, [chained], bytes);
  assert(few <= 4, `${few} locals for a chain`);
});

Deno.test("chains of 20,000 operations are emitted, from the left and from the right, kept or not", () => {
  const bytes = randomBytes(new Seeded(3));
  const build: ((graph: Graph, chain: Value, leaf: Value) => Value)[] = [
    (graph, chain, leaf) => graph.op("i64x2.add", chain, leaf),
    (graph, chain, leaf) => graph.op("i16x8.sub", leaf, chain),
    (graph, chain, leaf) => graph.op("i64x2.add", graph.op("v128.xor", chain, leaf), chain),
  ];
  for (const link of build) {
    const { graph, leaves } = graphWithLeaves();
    let chain = leaves[6];
    for (let k = 0; k < 20_000; k++) chain = link(graph, chain, leaves[k % leaves.length]);
    assertComputed(graph, [chain], bytes, 1);
  }
});

Deno.test("what never changes is computed before the loops, what changes with a row before the inner one", () => {
  const { graph, leaves } = graphWithLeaves();
  const never = graph.op("i64x2.mul", leaves[0], graph.i64(3n));
  const inRow = graph.op("i64x2.mul", leaves[3], never), inTurn = graph.op("i64x2.mul", leaves[6], inRow);
  assertComputed(graph, [inTurn, never, inRow], randomBytes(new Seeded(4)));
  const { prologue, rowPrologue, body } = emitGraph(graph, [inTurn], {
    leaf: (leaf) => [leaf],
    firstLocal: 0,
    functionIndex: () => 0,
  });
  const products = (code: readonly number[]) =>
    code.filter((byte, k) => byte === 0xd5 && code[k - 1] === 0xfd).length;
  assertEquals([prologue, rowPrologue, body].map(products), [1, 1, 1]);
});

Deno.test("a rare function is in the module once, however often it is called, and only where it is", () => {
  let built = 0;
  const fn: SimdFunction = {
    name: "counted",
    parameters: 1,
    build: (graph, a) => (built++, graph.op("v128.not", a)),
  };
  const { graph, leaves } = graphWithLeaves();
  const rare = leaves.map((leaf) => graph.rare(graph.op("i64x2.eq", leaf, leaves[0]), leaf, fn, leaf));
  const { results } = runGraph(graph, rare, randomBytes(new Seeded(5)));
  assertEquals([results.length, built], [ROWS * TURNS, 1]);
  const idle = graphWithLeaves();
  idle.graph.rare(idle.leaves[0], idle.leaves[1], fn, idle.leaves[2]);
  runGraph(idle.graph, [idle.leaves[0]], randomBytes(new Seeded(6)));
  assertEquals(built, 1);
});
