import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import ndarray from "ndarray";
import * as zarr from "zarrita";
import { DTypeError, ShapeError, SharedNdArray, slice } from "../../mod.ts";

Deno.test("from takes scijs ndarrays with any strides, and they take what we hand out", () => {
  const theirs = ndarray(new Float32Array(24).map((_, i) => i), [2, 3, 4]);
  const view = theirs.transpose(2, 0, 1).step(-1, 1, 2);
  const ours = SharedNdArray.from(view);
  assertEquals<string>(ours.dtype, "float32");
  assertEquals(ours.shape, view.shape);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 2; j++) {
      for (let k = 0; k < 2; k++) assertEquals(ours.get(i, j, k), view.get(i, j, k));
    }
  }

  const array = SharedNdArray.arange(12).reshape([3, 4]).transpose().view(slice(null, null, -2));
  const { data, shape, stride, offset } = array.strided();
  const back = ndarray(data, shape, stride, offset);
  for (let i = 0; i < 2; i++) for (let j = 0; j < 3; j++) assertEquals(back.get(i, j), array.get(i, j));
  back.set(1, 2, 99);
  assertEquals(array.get(1, 2), 99);
});

Deno.test("from takes zarrita's chunks, and zarrita writes ours", async () => {
  const store = zarr.root(new Map<string, Uint8Array>());
  const options = { shape: [4, 6], chunkShape: [2, 3] };
  const floats = await zarr.create(store.resolve("tmp"), { ...options, dtype: "float32" });
  const array = SharedNdArray.random([4, 6], { dtype: "float32", seed: 1 });
  await zarr.set(floats, null, array.strided());
  const chunk = await zarr.get(floats, [null, zarr.slice(1, 5)]);
  const read = SharedNdArray.from(chunk);
  assertEquals<string>(read.dtype, "float32");
  assert(read.equals(array.view(null, slice(1, 5))));

  const flags = await zarr.create(store.resolve("warm"), { ...options, dtype: "bool" });
  const whole = await zarr.get(flags, null);
  assertEquals<string>(SharedNdArray.from(whole).dtype, "bool");
  const longs = await zarr.create(store.resolve("n"), { ...options, dtype: "int64" });
  await zarr.set(longs, null, SharedNdArray.full([4, 6], 7n).strided());
  assertEquals(SharedNdArray.from(await zarr.get(longs, null)).get(3, 5), 7n);
});

/** An array with the accessors that `@stdlib/ndarray` documents; that package has parts that Deno does not install. */
class AccessorArray {
  readonly #data = new Int16Array([1, 2, 3, 4, 5, 6]);

  get data(): Int16Array {
    return this.#data;
  }

  get dtype(): string {
    return "int16";
  }

  get shape(): number[] {
    return [2, 3];
  }

  get strides(): number[] {
    return [-1, 2];
  }

  get offset(): number {
    return 1;
  }

  get order(): string {
    return "column-major";
  }
}

Deno.test("from takes arrays whose parts are accessors of a class, as those of @stdlib/ndarray are", () => {
  const ours = SharedNdArray.from(new AccessorArray());
  assertEquals<string>(ours.dtype, "int16");
  assertEquals(ours.toNested(), [[2, 4, 6], [1, 3, 5]]);
});

Deno.test("from takes lists, readers and shapes without strides", () => {
  assertEquals(SharedNdArray.from({ data: [1, 2, 3, 4], shape: [2, 2] }).toNested(), [[1, 2], [3, 4]]);
  assertEquals(SharedNdArray.from({ data: [1n, 2n], shape: [2] }).dtype, "int64");
  const reader = { length: 2, get: (i: number) => i === 1 };
  assertEquals(SharedNdArray.from({ data: reader, shape: [2] }).toNested(), [false, true]);
  assertEquals(SharedNdArray.from({ data: new Uint8Array([0, 2]), shape: [2], dtype: "bool" }).toNested(), [
    false,
    true,
  ]);
  assertEquals(SharedNdArray.from({ data: new Uint8ClampedArray([5]), shape: [] }).item(), 5);
  const converted = SharedNdArray.from({ data: new Float64Array([1.5, -1.5]), shape: [2] }, {
    dtype: "int8",
  });
  assertEquals(converted.toNested(), [1, -1]);
});

Deno.test("what is handed out shares memory and begins with the lowest element", () => {
  const array = SharedNdArray.arange(10), view = array.view(slice(4, 8));
  const { data, offset, shape, stride, strides } = view.strided();
  assertStrictEquals(data.buffer, array.data.buffer);
  assertEquals([[...data], offset, shape, stride, strides], [[4, 5, 6, 7], 0, [4], [1], [1]]);
  const flipped = view.flip().strided();
  assertEquals([[...flipped.data], flipped.offset, flipped.stride], [[4, 5, 6, 7], 3, [-1]]);
  assertEquals(SharedNdArray.zeros([0, 3]).strided().data.length, 0);
});

Deno.test("a foreign array that does not lie within its data is refused", () => {
  const data = new Float64Array(6);
  assertThrows(
    () => SharedNdArray.from({ data, shape: [2, 4] }),
    ShapeError,
    "reaches from 0 to 7, but its data have 6 elements",
  );
  assertThrows(
    () => SharedNdArray.from({ data, shape: [2], stride: [-1] }),
    ShapeError,
    "reaches from -1 to 0",
  );
  assertThrows(() => SharedNdArray.from({ data, shape: [2], stride: [1, 1] }), ShapeError, "Strides [1, 1]");
  assertThrows(() => SharedNdArray.from({ data, shape: [2], offset: 0.5 }), ShapeError, "offset 0.5");
  assertThrows(() => SharedNdArray.from({ data, shape: [-1] }), ShapeError, "axis 0 is -1");
  assertThrows(
    () => SharedNdArray.from({ data, shape: [6] }, { shape: [3, 2] } as object),
    ShapeError,
    "[3, 2]",
  );
  const texts = ["a", "b"] as unknown as number[];
  assertThrows(() => SharedNdArray.from({ data: texts, shape: [2] }), DTypeError, 'Cannot store "a"');
});
