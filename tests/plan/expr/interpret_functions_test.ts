import { assert, assertEquals } from "@std/assert";
import { checkKernel } from "../../../src/plan/expr/check.ts";
import { interpret, type ScalarFunctions } from "../../../src/plan/expr/interpret.ts";
import { scalarMeaning } from "../../../src/plan/expr/ops.ts";
import { parseKernel } from "../../../src/plan/expr/parse.ts";
import { Seeded } from "../../seeded.ts";
import { randomElement } from "./random_elements.ts";

type Numeric = (a: number, b: number, c: number) => number | boolean;

/** Functions of up to three numbers, which mean as kernels what they are when they are called. */
const FUNCTIONS: readonly Numeric[] = [
  (a, b) => a + b,
  (a, b) => a - b,
  (a, b, c) => a - b * c,
  (a, b, c) => (a - b) * c,
  (a, b) => a / b,
  (a, b) => a % b,
  (a) => -a,
  (a) => +a,
  (a) => -(-a),
  (a, b) => a ** b,
  (a) => a ** 3,
  (a) => 2 ** a,
  (a, b) => Math.pow(a, b),
  (a, b) => a < b,
  (a, b) => a <= b,
  (a, b) => a > b,
  (a, b) => a >= b,
  (a, b) => a == b,
  (a, b) => a === b,
  (a, b) => a !== b,
  (a, b) => a != b,
  (a, b) => a > 0 && b > 0,
  (a, b) => a > 0 || b < 1,
  (a, b) => a && b,
  (a, b) => a || b,
  (a, b, c) => a && b || c,
  (a) => !a,
  (a, b) => !(a < b),
  (a, b, c) => a ? b : c,
  (a, b) => a > b ? a - b : b - a,
  (a, b, c) => a > 0 ? b > 5 ? 1 : 2 : c,
  (a, b) => (a > b ? a : b) * 2,
  (a) => Math.abs(a) + Math.sign(a),
  (a) => Math.floor(a) - Math.ceil(a) + Math.trunc(a),
  (a) => Math.round(a * 2) / 2,
  (a) => Math.round(a),
  (a) => Math.trunc(-a),
  (a, b) => Math.min(a, b),
  (a, b) => Math.max(a, b),
  (a, b, c) => Math.max(a, Math.min(b, c)),
  (a, b, c) => Math.min(a, b, c, 0.5),
  (a, b) => Math.hypot(a, b),
  (a, b) => Math.atan2(a, b),
  (a) => Math.sqrt(a) + Math.cbrt(a),
  (a) => Math.exp(a / 10) * Math.PI,
  (a) => Math.expm1(a) - Math.log1p(a),
  (a) => Math.log(a) + Math.log2(a) - Math.log10(a),
  (a) => Math.sin(a) * Math.cos(a) / Math.tan(a),
  (a) => Math.asin(a) + Math.acos(a) - Math.atan(a),
  (a) => Math.sinh(a) - Math.cosh(a) * Math.tanh(a),
  (a) => Math.asinh(a) + Math.acosh(a) - Math.atanh(a),
  (a) => Math.fround(a),
  (a) => Math.f16round(a),
  (a) => isNaN(a) || isFinite(a) && !Number.isNaN(a) && Number.isFinite(a),
  (a) => Number(a > 0) + Number(a),
  (a) => Boolean(a),
  (a) => a * Number.EPSILON + Number.MAX_VALUE,
  (a) => a + 1 / 3 - 2 / 3 + 1e-320,
  (a) => a === Infinity ? 1 : NaN,
  (a) => a * 0x10 + 0b11 - 0o7 + .5,
  (a, b) => {
    const es = 0.6108 * Math.exp(17.27 * a / (a + 237.3));
    const deficit = es * (1 - b / 100);
    return deficit > 0 ? deficit : 0;
  },
  (a, b, c) => {
    const x = a * b, y = x + c;
    return x / y - y / x;
  },
];

const TRIPLES: readonly (readonly [a: number, b: number, c: number])[] = (() => {
  const special = [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    2.5,
    -1.5,
    NaN,
    Infinity,
    -Infinity,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
  ];
  const random = new Seeded(7), next = () => Number(randomElement(random, "float64"));
  const pairs = special.flatMap((a) => special.map((b) => [a, b, next()] as const));
  return [...pairs, ...Array.from({ length: 300 }, () => [next(), next(), next()] as const)];
})();

Deno.test("an arrow function that is interpreted gives what it gives when it is called", async () => {
  assert(FUNCTIONS.length >= 60, `only ${FUNCTIONS.length} functions`);
  const wrong: string[] = [];
  for (const [place, called] of FUNCTIONS.entries()) {
    const names = ["a", "b", "c"].slice(0, called.length);
    const inputs = Object.fromEntries(names.map((name) => [name, "float64"] as const));
    const run = interpret(checkKernel(await parseKernel(called), { inputs, scalars: {}, rank: 0 }));
    for (const [a, b, c] of TRIPLES) {
      const values: Record<string, number> = { a, b, c };
      const [found] = run({ inputs: values, scalars: {}, index: [] }), wanted = called(a, b, c);
      if (!Object.is(found, wanted)) {
        wrong.push(`${place}: ${called} of ${a}, ${b}, ${c}: ${found}, not ${wanted}`);
      }
    }
  }
  assertEquals(wrong.slice(0, 10), []);
});

/** The distance from a number to the next float64. */
function ulpOf(value: number): number {
  const bits = new BigInt64Array(new Float64Array([Math.abs(value)]).buffer);
  bits[0] += 1n;
  return new Float64Array(bits.buffer)[0] - Math.abs(value);
}

Deno.test("expressions give what NumPy and mpmath give, within two units of the largest part", async () => {
  interface Golden {
    readonly expr: string;
    readonly inputs: Readonly<Record<string, readonly number[]>>;
    readonly expect: readonly (number | string | boolean)[];
  }
  const golden: Golden[] = JSON.parse(
    await Deno.readTextFile(new URL("../../fixtures/expressions.json", import.meta.url)),
  );
  assertEquals(golden.length, 80);
  const wrong: string[] = [];
  let exact = 0, compared = 0;
  for (const { expr, inputs, expect } of golden) {
    const dtypes = Object.fromEntries(Object.keys(inputs).map((name) => [name, "float64"] as const));
    // Where large parts cancel, what is wrong in their last bits remains.
    let largest = 0;
    const noted: ScalarFunctions = (name) => (...args) => {
      const result = scalarMeaning(name)(...args);
      if (Number.isFinite(result)) largest = Math.max(largest, Math.abs(result));
      return result;
    };
    const run = interpret(
      checkKernel(await parseKernel(expr), { inputs: dtypes, scalars: {}, rank: 1 }),
      noted,
    );
    expect.forEach((plain, i) => {
      const elements = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, values[i]]));
      largest = 0;
      const [result] = run({ inputs: elements, scalars: {}, index: [i] });
      const found = Number(result), wanted = Number(plain);
      compared++;
      if (Object.is(found, wanted)) exact++;
      else if (!(Math.abs(found - wanted) <= 2 * ulpOf(largest))) {
        wrong.push(`${expr} at ${i}: ${found}, not ${wanted}`);
      }
    });
  }
  assertEquals(wrong.slice(0, 10), []);
  assert(compared === 80 * 17 && exact > 1200, `${exact} of ${compared} are the same`);
});
