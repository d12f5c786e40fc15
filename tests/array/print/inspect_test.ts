import { assert, assertEquals, assertThrows } from "@std/assert";
import { type DType, DTYPE_NAMES, dtypeRow, isBigIntDType, type TypedData } from "../../../src/dtype.ts";
import { ValueError } from "../../../src/errors.ts";
import {
  describeArray,
  formatArray,
  type PrintableArray,
  type PrintOptions,
} from "../../../src/array/print/inspect.ts";
import { cStrides } from "../../../src/array/layout/strides.ts";
import { placesOf } from "../../naive.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";

interface PrintingCase {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
  readonly options: PrintOptions;
  readonly text: string;
}

const cases: readonly PrintingCase[] = JSON.parse(
  await Deno.readTextFile(new URL("../../fixtures/printing.json", import.meta.url)),
);

function typedData(dtype: DType, values: readonly (number | bigint | string)[]): TypedData<DType> {
  const { array, bytes } = dtypeRow(dtype);
  const data = new array(new SharedArrayBuffer(values.length * bytes));
  values.forEach((value, i) => data[i] = isBigIntDType(dtype) ? BigInt(value) : Number(value));
  return data;
}

/** An array in C order. */
function arrayOf(
  dtype: DType,
  shape: readonly number[],
  values: readonly (number | bigint | string)[],
): PrintableArray {
  return {
    dtype,
    shape,
    strides: cStrides(shape),
    offset: 0,
    size: values.length,
    data: typedData(dtype, values),
  };
}

function counted(shape: readonly number[], dtype: DType = "float64"): PrintableArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return arrayOf(dtype, shape, Array.from({ length: size }, (_, i) => i));
}

/** An array of 10^9 elements that are all one, and how many of them were read. */
function huge(): { array: PrintableArray; reads: () => number } {
  let reads = 0;
  const data = new Proxy(typedData("float64", [0.5]), {
    get(target, key) {
      reads++;
      return Reflect.get(target, key);
    },
  });
  const shape = [1000, 1000, 1000];
  return {
    array: { dtype: "float64", shape, strides: [0, 0, 0], offset: 0, size: 1e9, data },
    reads: () => reads,
  };
}

/** An array of some dtype in some layout: gaps, axes in another order, backwards or repeated. */
function randomLayout(random: Seeded): PrintableArray {
  const dtype = random.pick(DTYPE_NAMES);
  const shape = random.ints(random.int(0, 4), 1, 6);
  const strides = new Array<number>(shape.length).fill(0);
  let stride = random.int(1, 2), offset = random.int(0, 3);
  for (const axis of random.shuffled(shape.map((_, axis) => axis))) {
    if (random.oneIn(6)) continue;
    const isBackwards = random.oneIn(3);
    strides[axis] = isBackwards ? -stride : stride;
    if (isBackwards) offset += (shape[axis] - 1) * stride;
    stride *= shape[axis] + random.int(0, 1);
  }
  const length = Math.max(...placesOf(shape, strides, offset)) + 1;
  const isFloat = dtypeRow(dtype).kind === "float", scale = isFloat ? 10 ** random.int(0, 5) : 1;
  const values = random.ints(length, 0, dtype === "bool" ? 1 : 99).map((value) => value / scale);
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { dtype, shape, strides, offset, size, data: typedData(dtype, values) };
}

Deno.test("every dtype is printed as NumPy prints it", () => {
  assert(cases.length >= 1200);
  assertEquals(new Set(cases.map(({ dtype }) => dtype)).size, DTYPE_NAMES.length);
  for (const { dtype, shape, values, options, text } of cases) {
    const written = formatArray(arrayOf(dtype, shape, values), options);
    if (written !== text) {
      assertEquals(written, text, `${dtype} [${shape}] ${values} ${JSON.stringify(options)}`);
    }
  }
});

Deno.test("an array in any layout is printed as its copy in C order", () => {
  forEachSeed(600, (random) => {
    const array = randomLayout(random);
    const values = placesOf(array.shape, array.strides, array.offset).map((place) => array.data[place]);
    const options = {
      threshold: random.pick([0, 5, 1000, Infinity]),
      edgeItems: random.int(1, 3),
      lineWidth: random.int(0, 80),
      precision: random.int(0, 10),
    };
    assertEquals(
      formatArray(array, options),
      formatArray(arrayOf(array.dtype, array.shape, values), options),
    );
  });
});

Deno.test("a description begins with dtype and shape", () => {
  const array = arrayOf("float64", [2, 3], [1, -20, 3.5, 4, 5, 6]);
  assertEquals(
    describeArray(array),
    "SharedNdArray float64 [2, 3]\n[[  1. , -20. ,   3.5],\n [  4. ,   5. ,   6. ]]",
  );
  assertEquals(describeArray(array, { precision: 0, lineWidth: 0 }).split("\n").length, 7);
  assertEquals(describeArray(arrayOf("int64", [], [7n])), "SharedNdArray int64 []\n7");
  assertEquals(describeArray(arrayOf("bool", [], [1])), "SharedNdArray bool []\nTrue");
  assertEquals(describeArray(arrayOf("bool", [1], [1])), "SharedNdArray bool [1]\n[ True]");
});

Deno.test("an array without elements says so", () => {
  assertEquals(describeArray(arrayOf("float64", [3, 0], [])), "SharedNdArray float64 [3, 0] (no elements)");
  assertEquals(formatArray(arrayOf("float64", [3, 0], [])), "[]");
});

Deno.test("beyond a thousand elements the middle of long axes is left out", () => {
  assertEquals(formatArray(counted([1001])), "[   0.,    1.,    2., ...,  998.,  999., 1000.]");
  assertEquals(formatArray(counted([1001], "int16")), "[   0,    1,    2, ...,  998,  999, 1000]");
  assert(!formatArray(counted([1000])).includes("..."));
  assert(!formatArray(counted([5000]), { threshold: Infinity }).includes("..."));
  const text = formatArray(counted([365, 16, 16], "int32"));
  assertEquals(text.match(/\d+/g)?.length, 6 * 6 * 6);
});

Deno.test("only what is shown is read, however large the array is", () => {
  for (const edgeItems of [1, 3]) {
    const { array, reads } = huge();
    assertEquals(formatArray(array, { edgeItems }).match(/0\.5/g)?.length, (2 * edgeItems) ** 3);
    assertEquals(reads(), (2 * edgeItems) ** 3);
  }
});

Deno.test("options that cannot be are refused by name and value", () => {
  const array = counted([2]);
  const refused: [options: PrintOptions, message: string][] = [
    [{ precision: -1 }, "Cannot print with precision -1: expected a non-negative integer"],
    [{ precision: 2.5 }, "Cannot print with precision 2.5: expected a non-negative integer"],
    [{ precision: Infinity }, "Cannot print with precision Infinity: expected a non-negative integer"],
    [{ threshold: NaN }, "Cannot print with threshold NaN: expected a non-negative integer or Infinity"],
    [
      { threshold: -Infinity },
      "Cannot print with threshold -Infinity: expected a non-negative integer or Infinity",
    ],
    [{ edgeItems: 0 }, "Cannot print with edgeItems 0: expected a positive integer"],
    [{ lineWidth: -3 }, "Cannot print with lineWidth -3: expected a non-negative integer"],
  ];
  for (const [options, message] of refused) {
    assertEquals(assertThrows(() => formatArray(array, options), ValueError).message, message);
    assertThrows(() => describeArray(arrayOf("int8", [0], []), options), ValueError);
  }
});
