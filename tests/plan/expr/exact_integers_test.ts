import { assert, assertEquals } from "@std/assert";
import { type DType, type IntegerDType, isBigIntDType } from "../../../src/dtype.ts";
import { type ElementValue, interpret } from "../../../src/plan/expr/interpret.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { checked } from "./kernels.ts";
import { rangeOf } from "./random_kinds.ts";

const INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"] as const;

/** The ends of an integer dtype, and what lies around them and around 0. */
function near(dtype: IntegerDType): bigint[] {
  return [...rangeOf(dtype), 0n, 1n].flatMap((value) => [value - 1n, value, value + 1n]);
}

function holds(dtype: IntegerDType, value: bigint): boolean {
  const [low, high] = rangeOf(dtype);
  return value >= low && value <= high;
}

function element(value: bigint, dtype: DType): ElementValue {
  return isBigIntDType(dtype) ? value : Number(value);
}

/** What an expression of `a`, and of scalars, gives. */
async function results(
  source: string,
  a: DType,
  elements: readonly bigint[],
  scalars: Readonly<Record<string, bigint>> = {},
): Promise<ElementValue[]> {
  const kinds = Object.fromEntries(Object.keys(scalars).map((name) => [name, "bigint" as const]));
  const run = interpret(await checked(source, { inputs: { a }, scalars: kinds }));
  return elements.map((value) => run({ inputs: { a: element(value, a) }, scalars, index: [0] })[0]);
}

const COMPARISONS: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!==": (a, b) => a !== b,
};

Deno.test("integers are compared with those of the text by value, however large these are", async () => {
  const literals = [...new Set(INTEGERS.flatMap(near)), 10n ** 30n, -(10n ** 30n)];
  for (const dtype of INTEGERS) {
    const elements = near(dtype).filter((value) => holds(dtype, value));
    assert(elements.length > 5);
    for (const [sign, meaning] of Object.entries(COMPARISONS)) {
      for (const literal of literals) {
        const after = await results(`a ${sign} ${literal}`, dtype, elements);
        assertEquals(after, elements.map((value) => meaning(value, literal)), `${dtype} ${sign} ${literal}`);
        const before = await results(`${literal} ${sign} a`, dtype, elements);
        assertEquals(before, elements.map((value) => meaning(literal, value)), `${literal} ${sign} ${dtype}`);
      }
    }
  }
});

Deno.test("integers are compared with bigint scalars by value: all of int64, or of uint64 beside uint64", async () => {
  for (const dtype of INTEGERS) {
    const elements = near(dtype).filter((value) => holds(dtype, value));
    const wide = dtype === "uint64" ? "uint64" : "int64";
    for (const k of [...near(wide).filter((value) => holds(wide, value)), ...elements]) {
      for (const [sign, meaning] of Object.entries(COMPARISONS)) {
        const found = await results(`k ${sign} a`, dtype, elements, { k });
        assertEquals(found, elements.map((value) => meaning(k, value)), `${k} ${sign} ${dtype}`);
      }
    }
  }
  // What is computed of scalars is not computed in the few bits of the array.
  assertEquals(await results("a < k + 250", "uint8", [0n, 255n], { k: 250n }), [true, true]);
});

/** The text of an integer, and its value with bits without end. */
function bitsText(random: Seeded, depth: number): readonly [text: string, value: bigint] {
  if (depth === 0) {
    const value = random.pick([0n, 1n, 0xffn, 0xffffffffn, 2n ** 31n, 2n ** 40n, 2n ** 53n + 1n, 12345n]);
    return [random.oneIn(2) ? `${value}` : `0x${value.toString(16)}`, value];
  }
  const [a, x] = bitsText(random, depth - 1), [b, y] = bitsText(random, depth - 1);
  const count = random.int(0, 20);
  return random.pick<readonly [string, bigint]>([
    [`(${a} & ${b})`, x & y],
    [`(${a} | ${b})`, x | y],
    [`(${a} ^ ${b})`, x ^ y],
    [`(~${a})`, ~x],
    [`(${a} << ${count})`, x << BigInt(count)],
    [`(${a} >> ${count})`, x >> BigInt(count)],
    [`(${a} + ${b})`, x + y],
    [`(${a} - ${b})`, x - y],
    [`(${a} * 3)`, x * 3n],
  ]);
}

Deno.test("constants of bits have all their bits beside 64, as with n, and JavaScript's beside floats", async () => {
  const cases: (readonly [string, bigint])[] = [];
  forEachSeed(3_000, (random) => cases.push(bitsText(random, random.int(1, 4))));
  let compared = 0;
  for (const [text, value] of cases) {
    const meant: () => number = new Function(`return ${text}`) as typeof meant;
    assertEquals((await results(text, "float64", [0n]))[0], meant(), text);
    assertEquals((await results(`float64(a) * 0 + ${text}`, "float64", [0n]))[0], meant() + 0, text);
    // What does not fit 64 bits is refused.
    for (const dtype of ["int64", "uint64"] as const) {
      const found = await results(`a + ${text}`, dtype, [0n]).catch(() => null);
      if (found !== null && holds(dtype, value)) assertEquals(found, [value], `${text} beside ${dtype}`);
      if (found !== null) compared++;
    }
  }
  assert(compared > 3_000, `${compared} were compared`);
});

Deno.test("float16 finds what was stored as the same number of the text", async () => {
  const cases: number[] = [];
  forEachSeed(300, (random) => cases.push((random.word() / 2 ** 32 - 0.5) * 10 ** random.int(-4, 4)));
  for (const value of [...cases, 0.1, 1 / 3, 2049, 65504, 0, 1e-7]) {
    const run = interpret(
      await checked(`x = a == ${value}; y = a < ${value}; z = a + ${value}`, {
        inputs: { a: "float16" },
        scalars: {},
      }),
    );
    const a = Math.f16round(value), found = run({ inputs: { a }, scalars: {}, index: [0] });
    assertEquals(found, [true, false, Math.f16round(a + a)], `${value}`);
  }
  // Of what float16 has only as infinity or 0, no element is the same.
  for (const [value, a] of [[1e5, Infinity], [-1e30, -Infinity], [1e-9, 0]]) {
    const run = interpret(await checked(`a == ${value}`, { inputs: { a: "float16" }, scalars: {} }));
    assertEquals(run({ inputs: { a }, scalars: {}, index: [0] }), [false], `${value}`);
  }
});
