import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type AtomicIndex,
  atomics,
  DTypeError,
  IndexError,
  type IntegerDType,
  SharedNdArray,
} from "../../mod.ts";
import { mapInTime } from "../deadline.ts";
import { forEachSeed } from "../seeded.ts";

const DTYPES: readonly IntegerDType[] = [
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
];

const OPERATIONS: Record<string, (present: bigint, value: bigint) => bigint> = {
  add: (present, value) => present + value,
  sub: (present, value) => present - value,
  and: (present, value) => present & value,
  or: (present, value) => present | value,
  exchange: (_, value) => value,
  min: (present, value) => value < present ? value : present,
  max: (present, value) => value > present ? value : present,
};

type Operation = "add" | "sub" | "and" | "or" | "exchange" | "min" | "max";

function wrap(value: bigint, dtype: IntegerDType): bigint {
  const bits = Number(dtype.replace(/\D+/, ""));
  return dtype.startsWith("u") ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}

for (const dtype of DTYPES) {
  Deno.test(`atomics change ${dtype} elements as arithmetic modulo the dtype's range does`, () => {
    forEachSeed(100, (random) => {
      const isBig = dtype.endsWith("64");
      const toElement = (value: bigint) => isBig ? value : Number(value);
      const draw = () => wrap(BigInt(random.word()) << BigInt(random.int(0, 32)), dtype);
      const array: SharedNdArray<IntegerDType> = SharedNdArray.zeros([3, 4], { dtype }).transpose();
      const index = [random.int(-4, 3), random.int(-3, 2)];
      let present = draw();
      atomics.store(array, index, toElement(present));
      for (const name of random.shuffled(Object.keys(OPERATIONS))) {
        const value = draw();
        const before = atomics[name as Operation](array, index, toElement(value));
        assertEquals(before, toElement(present), name);
        present = wrap(OPERATIONS[name](present, value), dtype);
        assertEquals(atomics.load(array, index), toElement(present), name);
      }
      assertEquals(
        atomics.compareExchange(array, index, toElement(wrap(present + 1n, dtype)), toElement(7n)),
        toElement(present),
      );
      assertEquals(atomics.load(array, index), toElement(present));
      assertEquals(
        atomics.compareExchange(array, index, toElement(present), toElement(7n)),
        toElement(present),
      );
      assertEquals(atomics.load(array, index), toElement(7n));
      // Only the one element has changed.
      assertEquals(array.values().filter((element) => Number(element) !== 0).toArray().length, 1);
    });
  });
}

Deno.test("min and max compare values as the dtype holds them", () => {
  const bytes = SharedNdArray.full([1], 50, { dtype: "uint8" });
  assertEquals([atomics.max(bytes, 0, 300), bytes.get(0)], [50, 50]);
  assertEquals([atomics.min(bytes, 0, 300), bytes.get(0)], [50, 44]);
  assertEquals([atomics.max(bytes, 0, -1), bytes.get(0)], [44, 255]);
  const longs = SharedNdArray.full([1], -5n);
  assertEquals([atomics.min(longs, 0, 2n ** 63n), longs.get(0)], [-5n, -(2n ** 63n)]);
});

Deno.test("compareExchange refuses an expected value of the wrong type", () => {
  const longs = SharedNdArray.zeros([1], { dtype: "int64" }), zero = 0 as unknown as bigint;
  assertThrows(
    () => atomics.compareExchange(longs, 0, zero, 5n),
    DTypeError,
    "expected a bigint, such as 0n",
  );
  assertEquals(longs.get(0), 0n);
});

Deno.test("atomics take the index itself for one axis", () => {
  const counts = SharedNdArray.zeros([3], { dtype: "uint32" });
  atomics.add(counts, -1, 5);
  assertEquals(counts.toNested(), [0, 0, 5]);
});

Deno.test("atomics refuse what is no integer array, no such element or no such value", () => {
  const floats = SharedNdArray.zeros([2]) as unknown as SharedNdArray<"int32">;
  assertThrows(
    () => atomics.add(floats, 0, 1),
    DTypeError,
    "Atomics need an integer array, but this one is float64",
  );
  const bools = SharedNdArray.zeros([2], { dtype: "bool" }) as unknown as SharedNdArray<"int32">;
  assertThrows(() => atomics.load(bools, 0), DTypeError, "this one is bool");
  const grid = SharedNdArray.zeros([2, 3], { dtype: "int32" });
  const wrong: [AtomicIndex, string][] = [
    [0, "Got 1 index for an array of shape [2, 3]"],
    [[0], "Got 1 indices for an array of shape [2, 3], expected 2"],
    [[2, 0], "Index 2 is out of bounds for axis 0 with extent 2"],
    [[0, 0.5], "Index 0.5 on axis 1 is not an integer"],
  ];
  for (const [index, message] of wrong) assertThrows(() => atomics.add(grid, index, 1), IndexError, message);
  const longs = SharedNdArray.zeros([2], { dtype: "int64" });
  const five = 5 as unknown as bigint;
  assertThrows(() => atomics.add(longs, 0, five), DTypeError, "expected a bigint, such as 5n");
});

Deno.test("no addition of several workers to the same counters is lost", async () => {
  const values = SharedNdArray.ones([200, 50], { dtype: "int32" });
  const counts = SharedNdArray.zeros([2], { dtype: "int32" }),
    total = SharedNdArray.zeros([], { dtype: "int64" });
  const most = SharedNdArray.zeros([1], { dtype: "int16" });
  const { report } = await mapInTime(new URL("../kernels/count_all.ts", import.meta.url), {
    inputs: { values },
    shared: { counts, total, most },
    tile: [1, 50],
    workers: 3,
    grain: 1,
    exact: true,
  });
  assertEquals(report.tiles, 200);
  assertEquals(counts.toNested(), [10_000, 200]);
  assertEquals(total.item(), 10_000n);
  assert(most.get(0) === 199);
});
