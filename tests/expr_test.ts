/** The functions for arrow functions mean what they mean in compiled expressions. */

import { assertEquals } from "@std/assert";
import { evaluate, SharedNdArray } from "../mod.ts";
import {
  bool,
  clip,
  exp2,
  float16,
  float32,
  float64,
  fma,
  int16,
  int32,
  int64,
  int8,
  isfinite,
  isnan,
  lerp,
  mod,
  rint,
  uint16,
  uint32,
  uint64,
  uint8,
  where,
} from "../src/expr.ts";

const NUMBERS = [
  0,
  -0,
  0.1,
  10,
  1 / 3,
  0.5,
  1.5,
  -2.5,
  3,
  -7.25,
  1e-310,
  300.75,
  -70000.5,
  2 ** 31,
  -(2 ** 40),
  1e20,
  1e300,
];
const SPECIAL = [NaN, Infinity, -Infinity];

const UNARY: readonly ((x: number) => unknown)[] = [
  (x: number) => bool(x),
  (x: number) => int8(x),
  (x: number) => int16(x),
  (x: number) => int32(x),
  (x: number) => int64(x),
  (x: number) => uint8(x),
  (x: number) => uint16(x),
  (x: number) => uint32(x),
  (x: number) => uint64(x),
  (x: number) => float16(x),
  (x: number) => float32(x),
  (x: number) => float64(x),
  (x: number) => rint(x),
  (x: number) => isnan(x),
  (x: number) => isfinite(x),
  (x: number) => clip(x, -1, 100),
  (x: number) => where(x, x, 9),
  (x: number) => exp2(where(x > 100 || x < -100, 3, rint(x))),
];

for (const kernel of UNARY) {
  Deno.test(`calling ${kernel} gives what it gives in an array`, async () => {
    const x = SharedNdArray.from([...NUMBERS, ...SPECIAL]);
    assertEquals([...(await evaluate(kernel, { x })).values()], [...x.values()].map(kernel));
  });
}

Deno.test("functions of two and three numbers give what they give in arrays", async () => {
  const kernels: readonly ((x: number, y: number, z: number) => number)[] = [
    (x: number, y: number) => mod(x, y),
    (x: number, y: number, z: number) => lerp(x, y, z),
    (x: number, y: number, z: number) => fma(x, y, z),
  ];
  const pairs = NUMBERS.flatMap((a) => NUMBERS.map((b) => [a, b] as const));
  const x = SharedNdArray.from(pairs.map(([a]) => a)), y = SharedNdArray.from(pairs.map(([, b]) => b));
  const z = SharedNdArray.from(pairs.map((_, k) => NUMBERS[k % 13]));
  for (const kernel of kernels) {
    // In strict mode fma is rounded once on every machine.
    const values = [...(await evaluate(kernel, { x, y, z }, { strict: true })).values()];
    const expected = pairs.map(([a, b], k) => kernel(a, b, z.get(k)));
    const same = values.map((value, k) => Object.is(value, expected[k]));
    assertEquals(same.indexOf(false), -1, `${kernel} of ${pairs[same.indexOf(false)]}`);
  }
});
