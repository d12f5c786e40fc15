import { assertType, type IsExact } from "@std/testing/types";
import { assertEquals } from "@std/assert";
import {
  atomics,
  broadcastArrays,
  concat,
  type DType,
  type Element,
  type Nested,
  SharedNdArray,
  split,
  tiledMap,
} from "../mod.ts";

// These are checked by the compiler: what the tests do at run time is only that they compile and run.

Deno.test("an element is a bigint, a boolean or a number by dtype", () => {
  assertType<IsExact<Element<"int64">, bigint>>(true);
  assertType<IsExact<Element<"uint64">, bigint>>(true);
  assertType<IsExact<Element<"bool">, boolean>>(true);
  assertType<IsExact<Element<"float16">, number>>(true);
  assertType<IsExact<Element<DType>, number | bigint | boolean>>(true);
});

Deno.test("get, item and values have the element's type", () => {
  const longs = SharedNdArray.zeros([2], { dtype: "int64" }),
    flags = SharedNdArray.zeros([2], { dtype: "bool" });
  const get = longs.get(0), item = flags.item(0), [value] = SharedNdArray.zeros([2]).values();
  assertType<IsExact<typeof get, bigint>>(true);
  assertType<IsExact<typeof item, boolean>>(true);
  assertType<IsExact<typeof value, number>>(true);
  assertEquals([get, item, value], [0n, false, 0]);
});

Deno.test("set and fill take the element's type and nothing else", () => {
  const longs = SharedNdArray.zeros([2], { dtype: "int64" }), floats = SharedNdArray.zeros([2]);
  longs.set(0, 5n);
  floats.set(0, 5);
  const wrong = () => {
    // @ts-expect-error A number is no bigint.
    longs.set(0, 5);
    // @ts-expect-error A bigint is no number.
    floats.set(0, 5n);
    // @ts-expect-error A number is no boolean.
    SharedNdArray.zeros([2], { dtype: "bool" }).fill(1);
    // @ts-expect-error There is no such dtype.
    SharedNdArray.zeros([2], { dtype: "float128" });
    // @ts-expect-error Atomics are for integers.
    atomics.add(floats, 0, 1);
    // @ts-expect-error A shape is not for writing.
    floats.shape[0] = 3;
  };
  assertEquals([longs.get(0), floats.get(0), typeof wrong], [5n, 5, "function"]);
});

Deno.test("arrays have the dtype that they are made with", () => {
  const zeros = SharedNdArray.zeros([1]), shorts = SharedNdArray.ones([1], { dtype: "int16" });
  assertType<IsExact<typeof zeros, SharedNdArray<"float64">>>(true);
  assertType<IsExact<typeof shorts, SharedNdArray<"int16">>>(true);
  const fromFlags = SharedNdArray.from([true]), fromLongs = SharedNdArray.full([1], 7n);
  assertType<IsExact<typeof fromFlags, SharedNdArray<"bool">>>(true);
  assertType<IsExact<typeof fromLongs, SharedNdArray<"int64">>>(true);
  const fromTyped = SharedNdArray.from(new Uint16Array(1));
  assertType<IsExact<typeof fromTyped, SharedNdArray<"uint16">>>(true);
  const fromStrided = SharedNdArray.from({ data: new Float32Array(1), shape: [1] });
  assertType<IsExact<typeof fromStrided, SharedNdArray<"float32">>>(true);
  const integers = SharedNdArray.random.integers([1], { high: 2 });
  assertType<IsExact<typeof integers, SharedNdArray<"int32">>>(true);
  const cast = zeros.astype("int8");
  assertType<IsExact<typeof cast, SharedNdArray<"int8">>>(true);
  assertEquals([zeros.dtype, fromTyped.dtype, cast.dtype], ["float64", "uint16", "int8"]);
});

Deno.test("views, copies and parts keep the dtype", () => {
  const shorts = SharedNdArray.ones([2, 2], { dtype: "int16" });
  const view = shorts.view(0).reshape([2]).flip(), copy = shorts.copy();
  assertType<IsExact<typeof view, SharedNdArray<"int16">>>(true);
  assertType<IsExact<typeof copy, SharedNdArray<"int16">>>(true);
  const mixed = concat<"int16" | "int64">([shorts, SharedNdArray.from([[1n, 2n]])]);
  assertType<IsExact<typeof mixed, SharedNdArray<DType>>>(true);
  const parts = split(shorts, 2), joined = concat([shorts, copy]), [row] = shorts;
  assertType<IsExact<typeof parts, SharedNdArray<"int16">[]>>(true);
  assertType<IsExact<typeof joined, SharedNdArray<"int16">>>(true);
  assertType<IsExact<typeof row, SharedNdArray<"int16">>>(true);
  const [a, b] = broadcastArrays(shorts, SharedNdArray.from([1n]));
  assertType<IsExact<typeof a, SharedNdArray<"int16">>>(true);
  assertType<IsExact<typeof b, SharedNdArray<"int64">>>(true);
  const typed = shorts.toTyped(), nested = shorts.toNested();
  assertType<IsExact<typeof typed, Int16Array<ArrayBuffer>>>(true);
  assertType<IsExact<typeof nested, Nested<number>>>(true);
  assertEquals([view.dtype, b.dtype, mixed.dtype], ["int16", "int64", "int64"]);
});

Deno.test("a run's outputs have the dtypes that were asked for", async () => {
  const kernel = new URL("data:text/javascript,export default () => {}");
  const sums = SharedNdArray.zeros([2], { dtype: "float32" });
  const { outputs } = await tiledMap(kernel, { outputs: { flags: "bool", sums } });
  assertType<IsExact<typeof outputs.flags, SharedNdArray<"bool">>>(true);
  assertType<IsExact<typeof outputs.sums, SharedNdArray<"float32">>>(true);
  assertEquals(outputs.flags.get(0), false);
});
