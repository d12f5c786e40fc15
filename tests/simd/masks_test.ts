import { assertEquals } from "@std/assert";
import { DTYPES } from "../../src/dtype.ts";
import { convert, literal } from "../../src/simd/convert.ts";
import { fromMask, maskTo, type MaskWidth, ofElements, select, toMask } from "../../src/simd/masks.ts";
import { Seeded } from "../seeded.ts";
import { elementCounts, floats, INTEGERS, integers, type NumberDType, valuesOf, zerosOf } from "./numbers.ts";
import { gather, type Numbers, runElements } from "./run_elements.ts";

const COUNT = 1000;
const ALL: readonly NumberDType[] = [...INTEGERS, "float16", "float32", "float64"];
const WIDTHS: readonly MaskWidth[] = [1, 2, 4, 8];
const SIGNED = { 1: "int8", 2: "int16", 4: "int32", 8: "int64" } as const;

function numbersOf(dtype: NumberDType): Numbers {
  const random = new Seeded(5);
  return dtype === "float16" || dtype === "float32" || dtype === "float64"
    ? floats(dtype, COUNT, random)
    : integers(dtype, COUNT, random);
}

Deno.test("numbers of every dtype become masks of their width: NaN, 0 and -0 are false", () => {
  for (const dtype of ALL) {
    const input = numbersOf(dtype), bytes = DTYPES[dtype].bytes;
    const width = WIDTHS[Math.log2(bytes)];
    for (const elements of elementCounts(bytes)) {
      const [mask, asBool] = runElements({
        elements,
        inputs: [input],
        build: (graph, [value]) => [toMask(graph, value, dtype), convert(graph, value, dtype, "bool")],
      });
      const wanted = valuesOf(input).map((value) => value ? -1 : 0);
      const found = gather(mask, elements, zerosOf(SIGNED[width], COUNT));
      assertEquals(valuesOf(found).map(Number), wanted, `${dtype}, ${elements} a turn`);
      assertEquals(Array.from(gather(asBool, elements, new Int8Array(COUNT))), wanted, `bool(${dtype})`);
    }
  }
});

Deno.test("masks of every width become 1 or 0 of every dtype, and masks of every other width", () => {
  const random = new Seeded(6);
  const bools = Uint8Array.from({ length: COUNT }, () => random.int(0, 1));
  const wanted = Array.from(bools);
  for (const elements of [2, 4, 8, 16]) {
    for (const width of WIDTHS.filter((width) => width * elements <= 16)) {
      const dtypes = ALL.filter((dtype) => DTYPES[dtype].bytes * elements <= 16);
      const results = runElements({
        elements,
        inputs: [bools],
        build: (graph, [value]) => {
          const mask = maskTo(graph, toMask(graph, value, "bool"), 1, width);
          return [...dtypes, "bool" as const].map((dtype) => fromMask(graph, mask, width, dtype));
        },
      });
      [...dtypes, "uint8" as const].forEach((dtype, k) => {
        const found = gather(results[k], elements, zerosOf(dtype, COUNT));
        assertEquals(valuesOf(found).map(Number), wanted, `${dtype} of a mask of ${width} bytes`);
      });
    }
  }
});

Deno.test("bools become numbers, and literals of bool are masks of any width", () => {
  const bools = Uint8Array.of(1, 0, 0, 1, 1, 1, 0, 0);
  const [halves, ones, zeros] = runElements({
    elements: 2,
    inputs: [bools],
    build: (graph, [value]) => [
      convert(graph, toMask(graph, value, "bool"), "bool", "float16"),
      fromMask(graph, literal(graph, "bool", 1), 8, "float64"),
      fromMask(graph, literal(graph, "bool", 0), 2, "int64"),
    ],
  });
  assertEquals(Array.from(gather(halves, 2, new Float16Array(8))), Array.from(bools));
  assertEquals(Array.from(gather(ones, 2, new Float64Array(8))), new Array<number>(8).fill(1));
  assertEquals(Array.from(gather(zeros, 2, new BigInt64Array(8))), new Array<bigint>(8).fill(0n));
});

Deno.test("select takes whole elements of every dtype by a mask of their width", () => {
  const random = new Seeded(8);
  const bools = Uint8Array.from({ length: COUNT }, () => random.int(0, 1));
  for (const dtype of ALL) {
    const yes = numbersOf(dtype), no = yes.slice().reverse(), bytes = DTYPES[dtype].bytes;
    for (const elements of elementCounts(bytes)) {
      const [vectors] = runElements({
        elements,
        inputs: [bools, yes, no],
        build: (graph, [value, a, b]) => {
          const mask = maskTo(graph, toMask(graph, value, "bool"), 1, WIDTHS[Math.log2(bytes)]);
          return [select(graph, mask, a, b, dtype)];
        },
      });
      const found = gather(vectors, elements, zerosOf(dtype, COUNT));
      const wanted = Array.from(bools, (bool, k): number | bigint => bool === 1 ? yes[k] : no[k]);
      assertEquals(valuesOf(found), wanted, `${dtype}, ${elements} a turn`);
    }
  }
});

Deno.test("a mask of elements has no bits beyond them", () => {
  for (const width of WIDTHS) {
    for (const elements of elementCounts(width)) {
      const [vector] = runElements({
        elements,
        inputs: [new Uint8Array(elements)],
        build: (graph) => [ofElements(graph, literal(graph, "bool", 1), width)],
      });
      const wanted = Array.from({ length: 16 }, (_, k) => k < elements * width ? 255 : 0);
      assertEquals(Array.from(vector), wanted, `${elements} of ${width} bytes`);
    }
  }
});
