/**
 * The invariants of checked programs, as `program.ts` states them.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { DTYPES, isBigIntDType } from "../../../src/dtype.ts";
import type { CallNode, LiteralNode, Program, ProgramNode } from "../../../src/plan/expr/program.ts";

const PREDICATES = ["eq", "ne", "lt", "le", "gt", "ge", "isnan", "isfinite"];
const BITS = ["bitAnd", "bitOr", "bitXor", "bitNot", "shl", "shr", "ushr", "clz32"];
const ARITHMETIC = ["add", "sub", "mul", "neg", "abs", "sign", "min", "max", "rem", "mod", "pow", "fma"];

/** Asserts that a program is one that may be interpreted and compiled. */
export function assertInvariants(program: Program): void {
  const seen = new Map<ProgramNode, string>(), keys = new Set<string>();
  for (const { value, dtype } of program.outputs) {
    assertEquals(value.dtype, dtype);
    visit(value, seen, keys, true);
  }
  const nodes = [...seen.keys()];
  const read = new Set(nodes.flatMap((node) => node.kind === "input" ? [`${node.name} ${node.dtype}`] : []));
  assertEquals(program.inputs.map(({ name, dtype }) => `${name} ${dtype}`).sort(), [...read].sort());
  assert(program.inputs.every((input) => !("offset" in input)));
  const scalars = nodes.flatMap((node) => node.kind === "scalar" ? [`${node.name} ${node.dtype}`] : []);
  assertEquals(
    program.scalars.flatMap(({ name, dtypes }) => dtypes.map((dtype) => `${name} ${dtype}`)).sort(),
    scalars.sort(),
  );
}

/** Visits a node and what it is computed from, and returns a key that equal nodes share. */
function visit(
  node: ProgramNode,
  seen: Map<ProgramNode, string>,
  keys: Set<string>,
  isOutput = false,
): string {
  const known = seen.get(node);
  if (known !== undefined) return known;
  const isHalf = node.dtype === "float16";
  assert(!isHalf || node.kind === "input" || node.kind === "cast" || isOutput, `a ${node.kind} of float16`);
  const key = `${node.kind} ${node.dtype} ${keyOf(node, seen, keys)}`;
  assert(!keys.has(key), `two nodes are ${key}`);
  keys.add(key);
  const id = String(seen.size);
  seen.set(node, id);
  return id;
}

function keyOf(node: ProgramNode, seen: Map<ProgramNode, string>, keys: Set<string>): string {
  switch (node.kind) {
    case "literal":
      assertLiteral(node);
      return Object.is(node.value, -0) ? "-0" : String(node.value);
    case "input":
      assert(node.offset?.some((distance) => distance !== 0) ?? true, "an offset of zeros");
      assert(
        node.offset?.every((distance) => Number.isInteger(distance) && !Object.is(distance, -0)) ?? true,
      );
      return `${node.name} ${node.offset}`;
    case "scalar":
      return node.name;
    case "index":
      assertEquals(node.dtype, "int64");
      return String(node.axis);
    case "cast":
      assert(node.of.dtype !== node.dtype, `a cast of ${node.dtype} to itself`);
      return visit(node.of, seen, keys);
    case "select":
      assertEquals([node.condition.dtype, node.yes.dtype, node.no.dtype], ["bool", node.dtype, node.dtype]);
      return [node.condition, node.yes, node.no].map((part) => visit(part, seen, keys)).join();
    case "call":
      assertCall(node);
      return `${node.name} ${node.args.map((part) => visit(part, seen, keys)).join()}`;
  }
}

function assertLiteral({ dtype, value }: LiteralNode): void {
  assertEquals(typeof value, isBigIntDType(dtype) ? "bigint" : "number");
  // What the dtype's own array makes of it.
  if (typeof value === "number" && dtype !== "bool") {
    const array = new DTYPES[dtype].array(1);
    Reflect.set(array, 0, value);
    assertEquals(array[0], dtype.startsWith("float") ? value : value + 0);
  }
  if (dtype === "bool") assert(value === 0 || value === 1);
}

function assertCall({ name, dtype, args }: CallNode): void {
  const [first] = args, { kind } = DTYPES[first.dtype];
  assert(args.every((arg) => arg.dtype === first.dtype), `${name} of ${args.map((arg) => arg.dtype)}`);
  if (PREDICATES.includes(name)) {
    assertEquals(dtype, "bool");
    assert(kind !== "bool", `${name} of bools`);
    return;
  }
  assertEquals(dtype, first.dtype, name);
  if (BITS.includes(name)) {
    assert(kind !== "float", `${name} of ${dtype}`);
    assert(kind !== "bool" || ["bitAnd", "bitOr", "bitXor", "bitNot"].includes(name), `${name} of bools`);
  } else if (ARITHMETIC.includes(name)) assert(kind !== "bool", `${name} of bools`);
  else assert(dtype === "float32" || dtype === "float64", `${name} of ${dtype}`);
}
