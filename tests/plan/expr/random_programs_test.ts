import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type DType, DTYPE_NAMES, DTYPES } from "../../../src/dtype.ts";
import { checkKernel } from "../../../src/plan/expr/check.ts";
import { valueOfElement } from "../../../src/plan/expr/convert_value.ts";
import { interpret } from "../../../src/plan/expr/interpret.ts";
import { OPERATIONS } from "../../../src/plan/expr/ops.ts";
import { parseKernel } from "../../../src/plan/expr/parse.ts";
import type { Program, ProgramNode } from "../../../src/plan/expr/program.ts";
import { readText } from "../../../src/plan/expr/read_form.ts";
import { readsOf } from "../../../src/plan/expr/reachable.ts";
import { Seeded } from "../../seeded.ts";
import { assertInvariants } from "./invariants.ts";
import { randomElement } from "./random_elements.ts";
import {
  environmentOf,
  type RandomProgram,
  type RandomProgramOptions,
  randomPrograms,
} from "./random_programs.ts";

/** Runs a test on random programs that were checked, and counts what their nodes are. */
async function forPrograms(
  options: RandomProgramOptions,
  count: number,
  attempt: (program: Program, random: RandomProgram) => void,
): Promise<Map<string, number>> {
  const kinds = new Map<string, number>();
  const property = fc.asyncProperty(randomPrograms(options), async (random) => {
    const program = checkKernel(await parseKernel(random.source), environmentOf(random));
    for (const node of nodesOf(program)) {
      const name = node.kind === "call" ? node.name : `${node.kind} ${node.dtype}`;
      kinds.set(name, (kinds.get(name) ?? 0) + 1);
    }
    attempt(program, random);
  });
  await fc.assert(property, { numRuns: count, seed: 31 });
  return kinds;
}

function nodesOf(program: Program): Set<ProgramNode> {
  const nodes = new Set(program.outputs.map(({ value }) => value));
  for (const node of nodes) {
    const read = node.kind === "cast" ? [node.of] : node.kind === "call" ? node.args : [];
    for (const other of node.kind === "select" ? [node.condition, node.yes, node.no] : read) nodes.add(other);
  }
  return nodes;
}

Deno.test("random programs pass the checker, with the dtypes that their text says", async () => {
  const dtypes = new Set<string>();
  const kinds = await forPrograms({}, 3000, (program, { source, outputs }) => {
    const found = program.outputs.map(({ name, dtype }) => ({ name, dtype }));
    assertEquals(found, outputs, source);
    for (const { dtype } of found) dtypes.add(dtype);
  });
  assertEquals([...dtypes].sort(), [...DTYPE_NAMES].sort());
  const calls = OPERATIONS.flatMap(({ call }) => call ?? []);
  const nodes = DTYPE_NAMES.flatMap((dtype) => [`input ${dtype}`, `cast ${dtype}`]);
  const rare = [...calls, ...nodes, "index int64"].filter((name) => (kinds.get(name) ?? 0) < 20);
  assertEquals(rare, []);
});

Deno.test("random programs are interpreted without error, every result is of its dtype", async () => {
  let results = 0, telling = 0;
  const random = new Seeded(9);
  await forPrograms({ depth: 3 }, 2000, (program, { source, inputs, scalars }) => {
    const run = interpret(program);
    for (let i = 0; i < 10; i++) {
      const elements = Object.entries(inputs).map(([name, dtype]) =>
        [name, randomElement(random, dtype)] as const
      );
      const index = [random.int(0, 99), random.int(0, 9)];
      run({ inputs: Object.fromEntries(elements), scalars, index }).forEach((result, k) => {
        const { dtype } = program.outputs[k];
        assert(valueOfElement(result, dtype) !== undefined, `${result} is no ${dtype}: ${source}`);
        results++;
        if (Number(result) !== 0 && !Number.isNaN(result)) telling++;
      });
    }
  });
  assert(telling > results / 2, `${telling} of ${results} are neither 0 nor NaN`);
});

Deno.test("random programs read inputs at other places, as far as they may", async () => {
  const random = new Seeded(10), distances = new Set<number>();
  let reading = 0;
  for (const rank of [1, 2, 3]) {
    await forPrograms({ depth: 3, rank, reach: 2 }, 500, (program, { source, inputs, scalars, outputs }) => {
      assertInvariants(program);
      assertEquals(program.outputs.map(({ name, dtype }) => ({ name, dtype })), outputs, source);
      const offsets = readsOf(program).flatMap(({ offset }) => offset === undefined ? [] : [offset]);
      assert(offsets.every((offset) => offset.length === rank), source);
      offsets.flat().forEach((distance) => distances.add(distance));
      if (offsets.length > 0) reading++;
      const elements = Object.entries(inputs).map(([name, dtype]) =>
        [name, randomElement(random, dtype)] as const
      );
      const asked: string[] = [];
      const readAt = (name: string, offset: readonly number[]) => {
        asked.push(readText(name, offset));
        return randomElement(random, inputs[name]);
      };
      interpret(program)({ inputs: Object.fromEntries(elements), scalars, index: [1, 2, 3], readAt });
      const read = readsOf(program).flatMap(({ name, offset }) => offset ? [readText(name, offset)] : []);
      assertEquals(asked.sort(), read.sort(), source);
    });
  }
  assert(reading > 700, `only ${reading} read at other places`);
  assertEquals([...distances].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
});

Deno.test("random programs keep to what they may be made of", async () => {
  const inexact = OPERATIONS.filter(({ rule, call }) =>
    rule === "float" && call !== "div" && call !== "sqrt"
  );
  const names = inexact.map(({ name }) => name);
  assertEquals(names.includes("exp"), true);
  const dtypes = ["float32", "float64"] as const;
  const options = { functions: false, dtypes, depth: 3, rank: 0, outputs: 1 };
  const kinds = await forPrograms(options, 1000, (program, { inputs }) => {
    assertEquals(program.outputs.length, 1);
    for (const dtype of Object.values(inputs)) assert(dtypes.some((name) => name === dtype), dtype);
    for (const node of nodesOf(program)) {
      if (node.kind !== "call" || node.name !== "pow" || !node.dtype.startsWith("float")) continue;
      const [, exponent] = node.args;
      assert(exponent.kind === "literal" && [0, 1, 2, -1, 0.5].includes(Number(exponent.value)));
    }
  });
  assertEquals(names.filter((name) => kinds.has(name)), []);
  assertEquals(kinds.has("index int64"), false);
  const computed = ["float32", "float64", "bool", "uint8", "int8", "int64"];
  const wrong = [...kinds.keys()].filter((name) =>
    name.includes(" ") && !computed.includes(name.split(" ")[1])
  );
  assertEquals(wrong, []);
  assert(kinds.has("pow") && kinds.has("sqrt") && kinds.has("cast float32"));
});

Deno.test("random programs follow from their seed", () => {
  const sample = () => fc.sample(randomPrograms({ depth: 3 }), { numRuns: 50, seed: 4 });
  assertEquals(sample(), sample());
  assert(new Set(sample().map(({ source }) => source)).size > 40);
});

Deno.test("random elements are elements of their dtype, special ones among them", () => {
  const random = new Seeded(2);
  for (const dtype of DTYPE_NAMES) {
    const elements = Array.from({ length: 2000 }, () => randomElement(random, dtype));
    for (const element of elements) {
      assert(valueOfElement(element, dtype) !== undefined, `${element} is no ${dtype}`);
    }
    const { kind } = DTYPES[dtype], ends = kind === "int" || kind === "uint" ? rangeOfDType(dtype) : [];
    const special = kind === "float" ? [NaN, -0, Infinity, 0.5] : kind === "bool" ? [true, false] : ends;
    for (const one of special) {
      assert(elements.some((element) => Object.is(element, one)), `no ${one} of ${dtype}`);
    }
  }
});

/** The ends of an integer dtype's range, found by wrapping. */
function rangeOfDType(dtype: DType): (number | bigint)[] {
  const data = new DTYPES[dtype].array(1),
    bytes = new Uint8Array(data.buffer),
    isSigned = DTYPES[dtype].kind === "int";
  return [[0, isSigned ? 0x80 : 0], [0xff, isSigned ? 0x7f : 0xff]].map(([others, last]) => {
    bytes.fill(others);
    bytes[bytes.length - 1] = last;
    return data[0];
  });
}
