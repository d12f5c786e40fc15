import { assert, assertEquals, assertRejects } from "@std/assert";
import { evaluate, ExpressionError, SharedNdArray, tiledMap } from "../../mod.ts";
import { interpret, type ScalarFunctions } from "../../src/plan/expr/interpret.ts";
import { scalarMeaning } from "../../src/plan/expr/ops.ts";
import { checked } from "../plan/expr/kernels.ts";
import { elementOf, type Plain, readFixture } from "../plan/expr/programs.ts";
import { randomElement } from "../plan/expr/random_elements.ts";
import { Seeded } from "../seeded.ts";

/** The distance from a number to the next float64. */
function ulpOf(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(Math.abs(value)).buffer);
  bits[0]++;
  return new Float64Array(bits.buffer)[0] - Math.abs(value);
}

interface Golden {
  readonly expr: string;
  readonly inputs: Readonly<Record<string, readonly Plain[]>>;
  readonly expect: readonly Plain[];
}

/** The largest result of a function in an expression: where such cancel, their last bits remain. */
async function largestParts(
  expr: string,
  lists: Readonly<Record<string, readonly number[]>>,
  count: number,
): Promise<number[]> {
  let largest = 0;
  const noted: ScalarFunctions = (name) => (...args) => {
    const result = scalarMeaning(name)(...args);
    if (Number.isFinite(result)) largest = Math.max(largest, Math.abs(result));
    return result;
  };
  const dtypes = Object.fromEntries(Object.keys(lists).map((name) => [name, "float64"] as const));
  const run = interpret(await checked(expr, { inputs: dtypes, scalars: {} }), noted);
  return Array.from({ length: count }, (_, i) => {
    largest = 0;
    const inputs = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list[i]]));
    run({ inputs, scalars: {}, index: [i] });
    return largest;
  });
}

Deno.test("expressions give what NumPy and mpmath give, within two units of the largest part", async () => {
  const golden = await readFixture<Golden[]>("expressions.json"), wrong: string[] = [];
  let exact = 0;
  for (const { expr, inputs, expect } of golden) {
    const numbers = (list: readonly Plain[]) => list.map((plain) => Number(elementOf(plain, "float64")));
    const lists = Object.fromEntries(Object.entries(inputs).map(([name, list]) => [name, numbers(list)]));
    const arrays = Object.fromEntries(
      Object.entries(lists).map(([name, list]) => [name, SharedNdArray.from(list, { dtype: "float64" })]),
    );
    const largest = await largestParts(expr, lists, expect.length);
    for (const strict of [false, true]) {
      const found = [...(await evaluate(expr, arrays, { strict })).values()].map(Number);
      numbers(expect).forEach((wanted, i) => {
        if (Object.is(found[i], wanted)) exact++;
        else if (!(Math.abs(found[i] - wanted) <= 2 * ulpOf(Math.max(Math.abs(wanted), largest[i])))) {
          wrong.push(`${expr} at ${i}: ${found[i]}, not ${wanted}`);
        }
      });
    }
  }
  assertEquals(wrong.slice(0, 10), []);
  assert(golden.length === 80 && exact > 2200, `${exact} are the same`);
});

type Call = (a: number, b: number, c: number) => number | boolean;

/** What JavaScript computes with one rounding, or exactly. */
const EXACT: readonly Call[] = [
  (a, b) => a + b,
  (a, b, c) => a - b * c,
  (a, b, c) => (a + b) / c,
  (a, b) => a % b,
  (a, b, c) => a % b % c,
  (a) => -a,
  (a) => +a * 3,
  (a, b) => Math.sqrt(a * a + b * b),
  (a) => Math.sqrt(a),
  (a, b) => Math.abs(a) - Math.abs(b),
  (a) => Math.sign(a) * Math.floor(a),
  (a) => Math.ceil(a) + Math.trunc(a),
  (a) => Math.round(a),
  (a) => Math.round(a * 4) / 4,
  (a, b) => Math.min(a, b),
  (a, b, c) => Math.max(a, b, c, 0),
  (a, b) => a > b ? a : b,
  (a, b, c) => a < b && b < c ? b : c - a,
  (a, b) => a || b,
  (a, b) => a && b,
  (a) => !a,
  (a, b) => a === b,
  (a, b) => a !== b,
  (a, b) => a <= b === a < b,
  (a, b, c) => a >= 0 ? b > 0 ? 1 : 2 : c > 0 ? 3 : 4,
  (a) => Number.isNaN(a) ? 0 : 1,
  (a, b) => Number.isFinite(a) ? a : b,
  (a) => a ** 2 - a ** 1 + a ** 0,
  (a, b) => {
    const sum = a + b, difference = a - b;
    return sum * difference;
  },
  (a, b) => Math.fround(a + b),
  (a, b) => Number(a < b) * 2 - 1,
  (a, b, c) => (a > 0 || b > 0) && !(c > 0) ? a : -0,
  (a) => a * 1e308 * 10 - Infinity,
  (a, b) => a / 0 + b * Number.EPSILON,
];

/** What ends in a function, whose last bits JavaScript leaves open. */
const ROUNDED: readonly Call[] = [
  (a, b) => Math.exp(a - b),
  (a) => Math.log(Math.abs(a)),
  (a, b) => Math.sin(a * b),
  (a) => Math.cos(a),
  (a) => Math.tan(a),
  (a, b) => Math.atan2(a, b),
  (a, b) => Math.hypot(a, b),
  (a) => Math.cbrt(a),
  (a, b) => Math.abs(a) ** b,
  (a) => a ** 3,
  (a) => a ** -1,
  (a) => Math.log1p(a) > 0 ? Math.expm1(a) : Math.tanh(a),
  (a, b) => a > b ? Math.asinh(a) : Math.acosh(b),
  (a) => Math.log2(a),
  (a) => Math.log10(Math.abs(a)),
  (a) => Math.sinh(a),
  (a) => Math.asin(a / 100),
];

const COUNT = 400;

/** Three columns of random elements, special ones among them. */
function columns(): Record<"a" | "b" | "c", SharedNdArray<"float64">> {
  const random = new Seeded(77);
  const column = () =>
    SharedNdArray.from(Array.from({ length: COUNT }, () => Number(randomElement(random, "float64"))));
  return { a: column(), b: column(), c: column() };
}

/** Names of an arrow function's parameters are those of its first inputs. */
async function computed(call: Call, inputs: ReturnType<typeof columns>): Promise<(number | boolean)[]> {
  const { outputs } = await tiledMap(call, { inputs, workers: 1 });
  return [...Object.values(outputs)[0].values()] as (number | boolean)[];
}

function assertCalled(found: readonly (number | boolean)[], call: Call, ulps: number): void {
  const { a, b, c } = columns();
  const wrong = found.flatMap((value, i) => {
    const wanted = call(a.get(i), b.get(i), c.get(i));
    if (Object.is(value, wanted)) return [];
    const isNear = Math.abs(Number(value) - Number(wanted)) <= ulps * ulpOf(Number(wanted));
    return isNear ? [] : [`of ${[a, b, c].map((column) => column.get(i))}: ${value}, not ${wanted}`];
  });
  assertEquals(wrong.slice(0, 3), [], `${call}`);
}

Deno.test("an arrow function that is compiled gives what calling it gives, bit for bit", async () => {
  const inputs = columns();
  for (const call of EXACT) assertCalled(await computed(call, inputs), call, 0);
  assert(EXACT.length + ROUNDED.length > 50);
});

Deno.test("an arrow function that ends in a function gives what calling it gives, but for the last bits", async () => {
  const inputs = columns();
  // Both may be off, each by as much as it promises.
  for (const call of ROUNDED) assertCalled(await computed(call, inputs), call, 3);
});

Deno.test("a kernel is read, never called", async () => {
  let calls = 0;
  const spied = new Proxy((a: number) => a + 1, { apply: () => calls++ });
  await assertRejects(() => evaluate(spied, { a: columns().a }), ExpressionError);
  assertEquals(calls, 0);
});
