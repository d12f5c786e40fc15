import { assert, assertEquals, assertFalse, assertStrictEquals, assertThrows } from "@std/assert";
import { SharedNdArray, slice } from "../../mod.ts";
import { type DType, DTYPE_NAMES, DTYPES, isBigIntDType } from "../../src/dtype.ts";
import { AllocationError, DTypeError, ShapeError } from "../../src/errors.ts";

/** An integer as an element of a dtype. */
function element(value: number, dtype: DType): number | bigint | boolean {
  return isBigIntDType(dtype) ? BigInt(value) : dtype === "bool" ? value !== 0 : value;
}

Deno.test("zeros and ones of every dtype", () => {
  for (const dtype of DTYPE_NAMES) {
    const zeros = SharedNdArray.zeros([2, 3], { dtype });
    assertEquals([zeros.dtype, zeros.shape, zeros.strides, zeros.size], [dtype, [2, 3], [3, 1], 6]);
    assertEquals([zeros.ndim, zeros.offset, zeros.byteLength], [2, 0, 6 * DTYPES[dtype].bytes]);
    assertEquals([...zeros.values()], new Array(6).fill(element(0, dtype)), dtype);
    assertEquals(
      [...SharedNdArray.ones([2, 2], { dtype }).values()],
      new Array(4).fill(element(1, dtype)),
      dtype,
    );
  }
});

Deno.test("the dtype is float64 where nothing else is said", () => {
  for (
    const array of [
      SharedNdArray.zeros([1]),
      SharedNdArray.ones([1]),
      SharedNdArray.arange(1),
      SharedNdArray.linspace(0, 1),
      SharedNdArray.random([1]),
      SharedNdArray.from([1]),
      SharedNdArray.wrap(new SharedArrayBuffer(8), { shape: [1] }),
    ]
  ) assertEquals<string>(array.dtype, "float64");
});

Deno.test("arrays of no axis have one element, arrays with an extent of 0 have none", () => {
  const scalar = SharedNdArray.full([], 7);
  assertEquals([scalar.size, scalar.get(), [...scalar.values()]], [1, 7, [7]]);
  const empty = SharedNdArray.ones([3, 0, 2]);
  assertEquals([empty.size, empty.byteLength, [...empty.values()]], [0, 0, []]);
});

Deno.test("full takes the dtype of its value unless one is given", () => {
  assertEquals<string[]>(
    [
      SharedNdArray.full([1], 1).dtype,
      SharedNdArray.full([1], 1n).dtype,
      SharedNdArray.full([1], true).dtype,
    ],
    ["float64", "int64", "bool"],
  );
  for (const dtype of DTYPE_NAMES) {
    assertEquals(
      [...SharedNdArray.full([2], 3, { dtype }).values()],
      [element(3, dtype), element(3, dtype)],
      dtype,
    );
  }
  assertEquals(SharedNdArray.full([1], 300, { dtype: "uint8" }).get(0), 44);
  assertEquals(SharedNdArray.full([1], -1n, { dtype: "uint64" }).get(0), 2n ** 64n - 1n);
  assertEquals(SharedNdArray.full([1], NaN, { dtype: "bool" }).get(0), true);
});

Deno.test("an integer dtype of 64 bits refuses a value with a fraction", () => {
  assertThrows(
    () => SharedNdArray.full([1], 0.5, { dtype: "int64" }),
    DTypeError,
    "Cannot write 0.5 to int64",
  );
  assertThrows(
    () => SharedNdArray.from([1, NaN], { dtype: "uint64" }),
    DTypeError,
    "Cannot write NaN to uint64",
  );
});

Deno.test("a shape that cannot be is refused by every creator", () => {
  for (const shape of [[-1], [1.5], [NaN]]) {
    assertThrows(() => SharedNdArray.zeros(shape), ShapeError, `axis 0 is ${shape[0]}`);
    assertThrows(() => SharedNdArray.full(shape, 1), ShapeError);
    assertThrows(() => SharedNdArray.random(shape), ShapeError);
    assertThrows(() => SharedNdArray.wrap(new SharedArrayBuffer(8), { shape }), ShapeError);
    assertThrows(() => SharedNdArray.linspace(0, 1, shape[0]), ShapeError);
  }
  assertThrows(
    () => SharedNdArray.zeros([2 ** 20, 2 ** 20]),
    AllocationError,
    "Cannot allocate 8.8 TB (8796093022208 bytes) of shared memory: ",
  );
});

Deno.test("an unknown dtype is refused by every creator", () => {
  // What a program in JavaScript might pass.
  const dtype = "float" as DType;
  assertThrows(() => SharedNdArray.zeros([1], { dtype }), DTypeError, 'Unknown dtype "float"');
  assertThrows(() => SharedNdArray.from([1], { dtype }), DTypeError, 'Unknown dtype "float"');
  assertThrows(
    () => SharedNdArray.wrap(new SharedArrayBuffer(8), { shape: [1], dtype }),
    DTypeError,
    'Unknown dtype "float"',
  );
});

Deno.test("arange of every dtype counts by ones", () => {
  for (const dtype of DTYPE_NAMES) {
    const expected = [0, 1, 2, 3, 4].map((value) => element(value, dtype));
    assertEquals([...SharedNdArray.arange(5, { dtype }).values()], expected, dtype);
  }
});

Deno.test("arange takes start, stop and step, and leaves stop out", () => {
  assertEquals([...SharedNdArray.arange(2, 5).values()], [2, 3, 4]);
  assertEquals([...SharedNdArray.arange(5, 2, -1).values()], [5, 4, 3]);
  assertEquals([...SharedNdArray.arange(0, 1, 0.3).values()], [0, 0.3, 0.6, 0.8999999999999999]);
  assertEquals([...SharedNdArray.arange(-3, 3, 2, { dtype: "int8" }).values()], [-3, -1, 1]);
  assertEquals([...SharedNdArray.arange(-3, 3, 2, { dtype: "int64" }).values()], [-3n, -1n, 1n]);
  assertEquals(SharedNdArray.arange(5, 2).shape, [0]);
  assertEquals(SharedNdArray.arange(0).shape, [0]);
});

Deno.test("arange refuses steps and bounds that do not end", () => {
  assertThrows(() => SharedNdArray.arange(0, 5, 0), ShapeError, "Cannot count from 0 to 5 in steps of 0");
  for (const bound of [Infinity, NaN]) {
    assertThrows(() => SharedNdArray.arange(bound), ShapeError, `Cannot count from 0 to ${bound}`);
    assertThrows(
      () => SharedNdArray.arange(0, 5, bound === Infinity ? NaN : bound),
      ShapeError,
      "steps of NaN",
    );
  }
});

Deno.test("linspace ends exactly at stop, or one step before it", () => {
  assertEquals([...SharedNdArray.linspace(0, 1, 5).values()], [0, 0.25, 0.5, 0.75, 1]);
  assertEquals([...SharedNdArray.linspace(0, 1, 4, { endpoint: false }).values()], [0, 0.25, 0.5, 0.75]);
  assertEquals([...SharedNdArray.linspace(3, -3, 3).values()], [3, 0, -3]);
  assertEquals(SharedNdArray.linspace(0, 1).size, 50);
  for (let count = 2; count < 200; count++) {
    assertStrictEquals(SharedNdArray.linspace(0.1, 0.7, count).get(-1), 0.7, `${count} values`);
  }
});

Deno.test("linspace of one or no value, and of integers", () => {
  assertEquals([...SharedNdArray.linspace(2, 9, 1).values()], [2]);
  assertEquals([...SharedNdArray.linspace(2, 9, 1, { endpoint: false }).values()], [2]);
  assertEquals([...SharedNdArray.linspace(2, 9, 0).values()], []);
  assertEquals([...SharedNdArray.linspace(0, 10, 5, { dtype: "int16" }).values()], [0, 2, 5, 7, 10]);
  assertEquals([...SharedNdArray.linspace(0, 10, 5, { dtype: "int64" }).values()], [0n, 2n, 5n, 7n, 10n]);
});

Deno.test("from copies nested arrays and infers shape and dtype", () => {
  const numbers = SharedNdArray.from([[1, 2, 3], [4, 5, 6]]);
  assertEquals<unknown[]>([numbers.dtype, numbers.shape, [...numbers.values()]], ["float64", [2, 3], [
    1,
    2,
    3,
    4,
    5,
    6,
  ]]);
  const bools = SharedNdArray.from([[true], [false]]);
  assertEquals<unknown[]>([bools.dtype, bools.shape, [...bools.values()]], ["bool", [2, 1], [true, false]]);
  const bigs = SharedNdArray.from([1n, -2n]);
  assertEquals<unknown[]>([bigs.dtype, [...bigs.values()]], ["int64", [1n, -2n]]);
  const single = SharedNdArray.from(4);
  assertEquals([single.shape, single.get()], [[], 4]);
  assertEquals(SharedNdArray.from([[], []]).shape, [2, 0]);
});

Deno.test("from refuses ragged, mixed and misshapen values by name", () => {
  assertThrows(
    () => SharedNdArray.from([[1, 2], [3]]),
    ShapeError,
    "found an array of 1 at depth 1, expected an array of 2",
  );
  assertThrows(() => SharedNdArray.from([[1], 2]), ShapeError, "found a single value at depth 1");
  assertThrows(
    () => SharedNdArray.from([1, [2]]),
    ShapeError,
    "found an array of 1 at depth 1, expected a single value",
  );
  assertThrows(() => SharedNdArray.from([[], [1]]), ShapeError, "found an array of 1 at depth 1");
  assertThrows(() => SharedNdArray.from<number | bigint, DType>([1, 2n]), DTypeError, "Cannot mix bigints");
  assertThrows(
    () => SharedNdArray.from([1, 2], { shape: [3] }),
    ShapeError,
    "shape [2] do not have the shape [3]",
  );
});

Deno.test("from copies typed arrays of every dtype, bit for bit", () => {
  for (const dtype of DTYPE_NAMES) {
    if (dtype === "bool") continue;
    const source = new DTYPES[dtype].array(new SharedArrayBuffer(48));
    crypto.getRandomValues(new Uint8Array(source.buffer));
    const array = SharedNdArray.from(source, { shape: [2, source.length / 2] });
    assertEquals<string>(array.dtype, dtype);
    const bytes = new Uint8Array(array.data.buffer, array.data.byteOffset, 48);
    assertEquals([...bytes], [...new Uint8Array(source.buffer)], dtype);
    assertFalse(array.data.buffer === source.buffer, "it is a copy");
  }
});

Deno.test("from converts typed arrays to the dtype that is asked for", () => {
  const source = new Float64Array([-1.7, 0, 300, NaN]);
  assertEquals([...SharedNdArray.from(source, { dtype: "int8" }).values()], [-1, 0, 44, 0]);
  assertEquals([...SharedNdArray.from(source, { dtype: "bool" }).values()], [true, false, true, true]);
  assertEquals([...SharedNdArray.from(new Int16Array([-3, 4]), { dtype: "int64" }).values()], [-3n, 4n]);
  assertEquals([...SharedNdArray.from(new BigInt64Array([-3n, 4n]), { dtype: "float32" }).values()], [-3, 4]);
  assertEquals([...SharedNdArray.from(source, { dtype: "int64" }).values()], [-1n, 0n, 300n, 0n]);
  assertThrows(
    () => SharedNdArray.from([-1.7], { dtype: "int64" }),
    DTypeError,
    "Cannot write -1.7 to int64",
  );
  assertThrows(
    () => SharedNdArray.from(source, { shape: [3] }),
    ShapeError,
    "Cannot shape 4 elements as [3]: it has 3",
  );
});

Deno.test("wrap sees the bytes of a buffer from a byte offset on, with strides of either sign", () => {
  const buffer = new SharedArrayBuffer(8 * 7);
  new Float64Array(buffer).set([0, 1, 2, 3, 4, 5, 6]);
  const plain = SharedNdArray.wrap(buffer, { shape: [2, 3], byteOffset: 8 });
  assertEquals([...plain.values()], [1, 2, 3, 4, 5, 6]);
  const reversed = SharedNdArray.wrap(buffer, { shape: [2, 3], strides: [-3, -1], byteOffset: 8 });
  assertEquals([...reversed.values()], [6, 5, 4, 3, 2, 1]);
  assertEquals(reversed.get(1, 2), 1);
  const repeated = SharedNdArray.wrap(buffer, { shape: [2, 3], strides: [0, 2] });
  assertEquals([...repeated.values()], [0, 2, 4, 0, 2, 4]);
  plain.set(0, 0, -9);
  assertEquals(new Float64Array(buffer)[1], -9);
  assert(Object.is(plain.offset, 0), "an offset of 0 has no sign");
});

Deno.test("wrap takes shared WebAssembly memories and refuses others", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  SharedNdArray.wrap(memory, { shape: [4], dtype: "int16" }).fill(-2);
  assertEquals([...new Int16Array(memory.buffer, 0, 5)], [-2, -2, -2, -2, 0]);
  assertThrows(() => SharedNdArray.wrap(new WebAssembly.Memory({ initial: 1 }), { shape: [1] }), TypeError);
});

Deno.test("wrap refuses what would not lie in the buffer or is not aligned", () => {
  const buffer = new SharedArrayBuffer(64);
  const cases: [options: Parameters<typeof SharedNdArray.wrap>[1], message: string][] = [
    [{ shape: [9] }, "An array of shape [9] ends at byte 72, beyond the buffer's 64"],
    [{ shape: [8], byteOffset: 8 }, "ends at byte 72, beyond the buffer's 64"],
    [{ shape: [2, 2], strides: [7, 1] }, "ends at byte 72"],
    [{ shape: [2], strides: [-8] }, "ends at byte 72"],
    [{ shape: [2], byteOffset: 4 }, "Byte offset 4 is not"],
    [{ shape: [2], byteOffset: -8 }, "Byte offset -8 is not"],
    [{ shape: [2], byteOffset: 0.5 }, "Byte offset 0.5 is not"],
    [{ shape: [2], strides: [1, 1] }, "Strides [1, 1] do not fit the shape [2]"],
    [{ shape: [2], strides: [0.5] }, "Strides [0.5] do not fit the shape [2]"],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => SharedNdArray.wrap(buffer, options), ShapeError, message);
  }
  assertEquals(SharedNdArray.wrap(buffer, { shape: [0, 100], byteOffset: 64 }).size, 0);
});

Deno.test("an array of more than 4 GiB is made at once and reached to its far end", () => {
  const extent = 4 * 2 ** 30 + 10;
  const began = performance.now();
  const array = SharedNdArray.zeros([extent], { dtype: "uint8" });
  array.set(-1, 7);
  array.set(2 ** 32, 8);
  assertEquals([array.get(extent - 1), array.get(2 ** 32), array.get(0)], [7, 8, 0]);
  assertEquals([...array.view(slice(-1, -11, -1)).values()], [7, 0, 0, 0, 0, 0, 0, 0, 0, 8]);
  const clone = SharedNdArray.attach(structuredClone(array.handle()));
  assertEquals(clone.get(-1), 7);
  assert(performance.now() - began < 5000, "pages that nobody touches cost nothing");
});
