import { assertEquals } from "@std/assert";
import { groupReads } from "../../src/kernel/reads.ts";
import type { InputNode } from "../../src/plan/expr/program.ts";

function read(name: string, ...offset: number[]): InputNode {
  const node = { kind: "input", dtype: "float32", name } as const;
  return offset.length === 0 ? node : { ...node, offset };
}

Deno.test("places in one row of a contiguous array have one pointer, at the first of them", () => {
  const reads = [
    read("z"),
    read("z", 0, 1),
    read("z", 1, 0),
    read("z", 0, -2),
    read("z", -1, 3),
    read("y", 0, 1),
  ];
  const { operands, loads } = groupReads(reads, 1, () => "contiguous");
  assertEquals(operands, [
    { name: "z", access: "contiguous", offset: [0, -2], span: 3 },
    { name: "z", access: "contiguous", offset: [1, 0], span: 0 },
    { name: "z", access: "contiguous", offset: [-1, 3], span: 0 },
    { name: "y", access: "contiguous", offset: [0, 1], span: 0 },
  ]);
  assertEquals(loads, [
    { operand: 0, delta: 2 },
    { operand: 0, delta: 3 },
    { operand: 1, delta: 0 },
    { operand: 0, delta: 0 },
    { operand: 2, delta: 0 },
    { operand: 3, delta: 0 },
  ]);
});

Deno.test("what lies far apart in a row, or steps apart, has a pointer of its own", () => {
  const far = groupReads([read("z"), read("z", 257)], 0, () => "contiguous");
  assertEquals(far.loads, [{ operand: 0, delta: 0 }, { operand: 1, delta: 0 }]);
  const apart = groupReads([read("z", 0, 1), read("z", 0, 2)], 1, () => "strided");
  assertEquals(apart.operands.map(({ offset }) => offset), [[0, 1], [0, 2]]);
});

Deno.test("elements that are all the same within an array are not beyond its edge", () => {
  const { operands } = groupReads([read("z"), read("z", 0, 1), read("z", 1, 0)], 1, () => "splat");
  assertEquals(operands.map(({ access }) => access), ["splat", "strided", "splat"]);
});
