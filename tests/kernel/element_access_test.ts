import { assertEquals } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { type DType, DTYPES, isBigIntDType } from "../../src/dtype.ts";
import { randomElement } from "../plan/expr/random_elements.ts";
import { Seeded } from "../seeded.ts";
import { differencesOf, expectedOf, readyCase } from "./compare_kernels.ts";
import { memory32, memory64 } from "./random_arrays.ts";

/** Where a row's elements lie. */
type Row = "contiguous" | "every second" | "backwards" | "broadcast";

const ROWS: readonly Row[] = ["contiguous", "every second", "backwards", "broadcast"];
const STEPS: Readonly<Record<Row, number>> = {
  contiguous: 1,
  "every second": 2,
  backwards: -1,
  broadcast: 0,
};
const PAGE = 65_536;

/** A row that ends where its memory ends, so that reading or writing further fails. */
function rowAtEnd(memory: WebAssembly.Memory, dtype: DType, length: number, row: Row): SharedNdArray {
  const { bytes } = DTYPES[dtype], step = STEPS[row];
  const span = length === 0 ? 0 : (length - 1) * Math.abs(step) + 1;
  const byteOffset = memory.buffer.byteLength - span * bytes;
  return SharedNdArray.wrap(memory, { dtype, shape: [length], strides: [step], byteOffset });
}

function fill(random: Seeded, array: SharedNdArray): void {
  const target: { [place: number]: unknown } = array.data;
  for (let place = 0; place < array.data.length; place++) {
    const element = randomElement(random, array.dtype);
    target[place] = isBigIntDType(array.dtype) ? element : Number(element);
  }
}

/** Everything in a memory but the elements of an array that lies at its end. */
function guardsOf({ shape: [length], strides: [step], data }: SharedNdArray): number[] {
  const own = new Set<number>(), bytes = data.BYTES_PER_ELEMENT;
  for (let k = 0; k < length; k++) {
    const place = (step < 0 ? length - 1 - k : k) * Math.abs(step);
    for (let byte = 0; byte < bytes; byte++) own.add(data.byteOffset + place * bytes + byte);
  }
  const all = new Uint8Array(data.buffer), from = all.length - 512;
  return [...all.subarray(from)].filter((_, k) => !own.has(from + k));
}

/** Programs with the dtypes of `a`, `b` and the output, and how many elements make a vector. */
const CASES: readonly (readonly [elements: number, source: string, a: DType, b: DType, out: DType])[] = [
  [2, "a - b", "float64", "float64", "float64"],
  [2, "a + b", "float64", "int8", "float64"],
  [2, "int16(a - b)", "int64", "bool", "int16"],
  [2, "a < b", "uint64", "uint64", "bool"],
  [4, "a * b", "float32", "float32", "float32"],
  [4, "a + b", "int32", "uint8", "int32"],
  [4, "a / b", "float16", "float16", "float16"],
  [4, "bool(a) && b", "float32", "bool", "bool"],
  [8, "a - b", "int16", "int16", "int16"],
  [8, "a === b", "uint16", "uint8", "bool"],
  [16, "a + b", "uint8", "uint8", "uint8"],
  [16, "a || b", "bool", "bool", "bool"],
];

Deno.test("rows of 0 to 40 elements: every tail is written, nothing beside it, and nothing is read behind", async () => {
  const random = new Seeded(11), memories = [memory32(1), memory64(1), memory32(1)];
  for (const [elements, source, a, b, out] of CASES) {
    for (let length = 0; length <= 40; length++) {
      const [left, right] = [a, b].map((dtype, k) => rowAtEnd(memories[k], dtype, length, random.pick(ROWS)));
      const output = rowAtEnd(memories[2], out, length, ROWS[length % 3]);
      fill(random, left);
      fill(random, right);
      new Uint8Array(memories[2].buffer, PAGE - 512).forEach((_, k, all) => all[k] = random.word());
      const given = { source, inputs: { a: left, b: right }, scalars: {}, outputs: { out: output } };
      const ready = await readyCase(given);
      assertEquals(ready.compiled.kernel.elements, elements, source);
      const expected = expectedOf(ready, given, random), before = guardsOf(output);
      ready.kernel.runBox([0], [length]);
      const where = `${source} of ${length}`;
      assertEquals(differencesOf(ready.prepared.program, [output], expected), [], where);
      assertEquals(guardsOf(output), before, where);
    }
  }
});

Deno.test("rows of every length and step, several of them at a time, in each dtype", async () => {
  const random = new Seeded(12), rows = 3;
  for (const dtype of Object.keys(DTYPES) as DType[]) {
    for (const length of [1, 2, 7, 16, 33, 64, 65, 129]) {
      for (const step of [1, 2, -1, -3]) {
        const span = Math.abs(step) * length * rows;
        const memory = memory32(1), bytes = DTYPES[dtype].bytes;
        const options = { dtype, shape: [rows, length], strides: [Math.abs(step) * length, step] };
        const a = SharedNdArray.wrap(memory, { ...options, byteOffset: PAGE / 2 - span * bytes });
        const out = SharedNdArray.wrap(memory, { ...options, byteOffset: PAGE / 2 });
        fill(random, a);
        const { kernel } = await readyCase({ source: "a", inputs: { a }, scalars: {}, outputs: { out } });
        kernel.runBox([0, 0], [rows, length]);
        assertEquals([...out.values()], [...a.values()], `${dtype} ${length} ${step}`);
      }
    }
  }
});
