import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Graph, type SimdFunction } from "../../src/simd/graph.ts";

const twice: SimdFunction = {
  name: "twice",
  parameters: 1,
  build: (graph, a) => graph.op("i64x2.add", a, a),
};

Deno.test("what is the same is one node; what differs in anything is another", () => {
  const build = (graph: Graph) => {
    const a = graph.leaf(0), b = graph.leaf(1, 1);
    return [
      a,
      b,
      graph.f64(1.5),
      graph.f64(-0),
      graph.f64(0),
      graph.i32(-1),
      graph.i32(7),
      graph.op("f64x2.add", a, b),
      graph.op("f64x2.add", b, a),
      graph.op("f64x2.sub", a, b),
      graph.shift("i64x2.shl", a, 3),
      graph.shift("i64x2.shl", a, 4),
      graph.shift("i64x2.shr_u", a, 3),
      graph.shuffle(a, b, [0, 3]),
      graph.shuffle(a, b, [1, 3]),
      graph.lanes("i32.shl", "i32x4", "i32x4", a, b),
      graph.lanes("i32.shl", "i16x8_s", "i32x4", a, b),
      graph.rare(a, b, twice, a),
      graph.rare(a, b, { ...twice, name: "another" }, a),
    ];
  };
  const graph = new Graph(), values = build(graph);
  assertEquals(new Set(values).size, values.length);
  assertEquals(graph.nodes.length, values.length);
  assertEquals(build(graph), values);
  assertEquals(graph.nodes.length, values.length);
});

Deno.test("constants repeat their bytes, and equal bytes are one constant", () => {
  const graph = new Graph();
  assertEquals(graph.i64(-1n), graph.i8(-1));
  assertEquals(graph.i64(0xffffffffffffffffn), graph.i32(-1));
  assertEquals(graph.f32(1), graph.i32(0x3f800000));
  assertEquals(graph.constant(BigInt64Array.of(5n)), graph.i64(5n));
  assertNotEquals(graph.constant(BigInt64Array.of(5n, 6n)), graph.i64(5n));
  const node = graph.nodes[graph.i8(-1)];
  assert(node.kind === "constant");
  assertEquals(node.bytes, new Array<number>(16).fill(255));
  const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3), other = new Graph();
  const constant = other.nodes[other.constant(view)];
  assert(constant.kind === "constant");
  assertEquals(constant.bytes, Array.from({ length: 16 }, (_, k) => 1 + k % 2));
});

Deno.test("a shuffle of wider lanes moves their bytes", () => {
  const graph = new Graph(), a = graph.leaf(0), b = graph.leaf(1);
  const node = graph.nodes[graph.shuffle(a, b, [3, 0, 4, 7])];
  assert(node.kind === "shuffle");
  assertEquals(node.lanes, [12, 13, 14, 15, 0, 1, 2, 3, 16, 17, 18, 19, 28, 29, 30, 31]);
});

Deno.test("lane by lane as many as both sides have", () => {
  const graph = new Graph(), a = graph.leaf(0);
  const node = graph.nodes[graph.lanes("f32.convert_i64_s", "i64x2", "f32x4", a)];
  assert(node.kind === "lanes");
  assertEquals(node.count, 2);
});

Deno.test("arguments have smaller numbers than what uses them", () => {
  const graph = new Graph();
  let value = graph.leaf(0);
  for (let k = 0; k < 20; k++) value = graph.rare(value, graph.i32(k), twice, graph.op("v128.not", value));
  graph.nodes.forEach(({ args }, k) => assert(args.every((arg) => arg < k)));
});

Deno.test("instructions that there are not, that are not strict, and functions of other arguments are refused", () => {
  const graph = new Graph(), strict = new Graph({ strict: true }), a = graph.leaf(0), b = strict.leaf(0);
  assertThrows(() => graph.op("f64x2.sine", a), Error, "There is no vector instruction f64x2.sine");
  for (const name of ["f64x2.relaxed_madd", "f32x4.relaxed_nmadd"]) {
    assertThrows(() => strict.op(name, b, b, b), Error, `${name} is not strict`);
    graph.op(name, a, a, a);
  }
  assertThrows(() => graph.rare(a, a, twice), Error, "twice takes 1 vectors");
});
