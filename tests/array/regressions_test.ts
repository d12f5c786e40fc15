/** What once went wrong, each in a few lines. */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  type Casting,
  type DType,
  DTypeError,
  mayShareMemory,
  ShapeError,
  SharedNdArray,
  slice,
  tiledMap,
  type WrapOptions,
} from "../../mod.ts";

Deno.test("arrays keep no list that the caller can change, and freeze none of the caller's", () => {
  const shape = [2, 3], strides = [3, 1];
  const arrays = [
    SharedNdArray.arange(3).broadcastTo(shape),
    SharedNdArray.arange(6).reshape(shape),
    SharedNdArray.wrap(new SharedArrayBuffer(48), { shape, strides }),
    SharedNdArray.zeros([4, 4]).box([0, 0], shape),
    SharedNdArray.attach({ ...SharedNdArray.zeros([2, 3]).handle(), shape, strides }),
  ];
  shape[1] = 5;
  strides[0] = 1;
  for (const array of arrays) {
    assertEquals([array.shape, array.size], [[2, 3], 6]);
    assertEquals([...array.values()].length, 6);
  }
  shape.push(1);
  strides.push(1);
});

Deno.test("bytes that other libraries call bool become 0 or 1", () => {
  const source = { data: new Uint8Array([2, 0, 255]), shape: [3], dtype: "bool" } as const;
  const array = SharedNdArray.from(source),
    copy = SharedNdArray.zeros([3], { dtype: "bool" }).copyFrom(source);
  for (const one of [array, copy]) {
    assertEquals([...one.data], [1, 0, 1]);
    assert(one.equals(SharedNdArray.from([true, false, true])));
  }
});

Deno.test("a stop that is undefined is the natural bound", () => {
  const stop: number | undefined = undefined;
  const array = SharedNdArray.arange(5);
  assertEquals(array.view(slice(1, stop)).toNested(), [1, 2, 3, 4]);
  assertEquals(array.view(slice(3, stop, -1)).toNested(), [3, 2, 1, 0]);
  assertEquals(array.view(slice(2)).toNested(), [0, 1]);
});

Deno.test("arrays over a memory that has grown in between share it", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
  const a = SharedNdArray.wrap(memory, { shape: [9] }).copyFrom(SharedNdArray.arange(9));
  memory.grow(1);
  const b = SharedNdArray.wrap(memory, { shape: [8] });
  assert(a.data.buffer !== b.data.buffer && mayShareMemory(a, b));
  a.view(slice(1, null)).copyFrom(b);
  assertEquals(a.toNested(), [0, 0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("copyFrom sees an overlap in what a clone hands out", () => {
  const a = SharedNdArray.arange(9).reshape([3, 3]),
    clone = SharedNdArray.attach(structuredClone(a.handle()));
  a.copyFrom(clone.transpose().strided());
  assertEquals(a.toNested(), [[0, 3, 6], [1, 4, 7], [2, 5, 8]]);
});

Deno.test("what was handed out to another library is not used again", () => {
  const shape = [77, 555], a = SharedNdArray.zeros(shape), { data } = a.strided();
  a.dispose();
  const b = SharedNdArray.zeros(shape);
  data[0] = 42;
  assertEquals(b.get(0, 0), 0);
});

Deno.test("a kernel that returns an array is told what to return instead", async () => {
  for (const returned of ["a.copy()", "[{ part: a }]"]) {
    const kernel = new URL(`data:text/javascript,export default ({ a }) => (${returned})`);
    const error = await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([2]) }, tile: [2] }).catch((e) =>
      e
    );
    assert(String(error).includes("A kernel cannot return an array: return its handle()"), String(error));
  }
});

Deno.test("a kernel can dispose its arrays: later calls get their own", async () => {
  const kernel = new URL(
    "data:text/javascript,export default ({ a, s }) => { using x = a, y = s; return y.get(0) }",
  );
  const options = { inputs: { a: SharedNdArray.zeros([4]) }, shared: { s: SharedNdArray.ones([1]) } };
  assertEquals((await tiledMap(kernel, { ...options, tile: [1], workers: 1 })).values, [1, 1, 1, 1]);
});

Deno.test("a handle that does not describe an array within its memory is refused", () => {
  const handle = SharedNdArray.zeros([4]).handle();
  const wrong: [object, string][] = [
    [{ strides: [100] }, "with strides [100] and offset 0 does not lie within the 4 elements"],
    [{ offset: -1 }, "offset -1 does not lie within"],
    [{ offset: "3" }, 'offset "3"'],
    [{ strides: "a" }, 'Strides "a" do not fit the shape [4]'],
    [{ strides: [1, 1] }, "Strides [1, 1] do not fit"],
    [{ shape: [2 ** 40] }, "does not lie within the 4 elements"],
    [{ byteOffset: 4 }, "Byte offset 4 is not 0 or a positive multiple of the 8 bytes of float64"],
    [{ length: 1e9 }, "1000000000 elements of float64 from byte 0 on do not lie within"],
  ];
  for (const [change, message] of wrong) {
    assertThrows(() => SharedNdArray.attach({ ...handle, ...change }), ShapeError, message);
  }
});

Deno.test("windows over huge broadcasts are refused, and no zero has a sign", () => {
  const huge = SharedNdArray.zeros([1]).broadcastTo([2 ** 40]);
  assertThrows(() => huge.slidingWindow(2 ** 39), ShapeError, "2^53");
  const strides = huge.view(slice(null, null, -1)).strides;
  assert(Object.is(strides[0], 0));
  assert(Object.is(SharedNdArray.zeros([-0]).shape[0], 0));
});

Deno.test("a buffer that can grow is refused", () => {
  const options: WrapOptions = { shape: [8] };
  const buffer = new SharedArrayBuffer(64, { maxByteLength: 128 });
  assertThrows(
    () => SharedNdArray.wrap(buffer, options),
    ShapeError,
    "growable SharedArrayBuffer of 64 bytes",
  );
});

Deno.test("arrays with other elements or another shape are no equal objects", () => {
  const ones = SharedNdArray.ones([2, 3]);
  assertEquals(ones, SharedNdArray.ones([2, 3]));
  assertNotEquals(ones, SharedNdArray.zeros([2, 3]));
  assertNotEquals(ones, SharedNdArray.ones([3, 2]));
});

Deno.test("copyFrom converts only what its rule allows, and writes nothing otherwise", () => {
  const cases: [DType, DType, Casting, boolean][] = [
    ["float64", "float32", "safe", false],
    ["float64", "float32", "sameKind", true],
    ["float32", "float64", "safe", true],
    ["float64", "int32", "sameKind", false],
    ["int32", "int32", "no", true],
    ["int32", "int64", "no", false],
    ["float64", "bool", "unsafe", true],
  ];
  for (const [from, to, casting, isAllowed] of cases) {
    const source: SharedNdArray = SharedNdArray.ones([2], { dtype: from });
    const target: SharedNdArray = SharedNdArray.zeros([2], { dtype: to });
    const copy = () => target.copyFrom(source, { casting });
    if (isAllowed) copy();
    else assertThrows(copy, DTypeError, `Cannot cast ${from} to ${to} by the rule "${casting}"`);
    assertEquals(Number(target.get(0)), isAllowed ? 1 : 0);
  }
});

Deno.test("the copy of a reshape owns its memory", () => {
  const shape = [91, 333];
  const copy = SharedNdArray.ones(shape).transpose().reshape(-1), { buffer } = copy.data;
  copy.dispose();
  assert(SharedNdArray.zeros([91 * 333]).data.buffer === buffer);
});

Deno.test("an index that is a bigint, and a value that is missing, are refused in words", () => {
  const array = SharedNdArray.zeros([2, 2]);
  const index = 1n as unknown as number;
  assertThrows(() => array.get(index, 0), RangeError, "Index 1n on axis 0 is not an integer");
  assertThrows(() => array.set(0, index, 5), RangeError, "Index 1n on axis 1 is not an integer");
  const set = array.set.bind(array) as () => void;
  assertThrows(set, RangeError, "Got no value for an array of shape [2, 2]");
});

Deno.test("an array as JSON is its dtype, shape and values, and nothing of its memory", () => {
  const array = SharedNdArray.from([1.5, NaN, -0]).view(slice(0, 2));
  assertEquals(JSON.stringify({ array }), '{"array":{"dtype":"float64","shape":[2],"values":[1.5,null]}}');
  const longs = SharedNdArray.from([2n ** 63n - 1n]);
  assertEquals(JSON.parse(JSON.stringify(longs)).values, ["9223372036854775807"]);
  assertEquals(JSON.stringify(SharedNdArray.from(true)), '{"dtype":"bool","shape":[],"values":true}');
});
