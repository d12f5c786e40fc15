import { assertEquals } from "@std/assert";
import { type DType, SharedNdArray } from "../../mod.ts";
import type { Seeded } from "../seeded.ts";

/** An array as NumPy's fixtures have it: 64-bit integers, NaN and infinities are strings. */
export interface PackedArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | boolean)[];
}

/** A call and what NumPy gives for it. */
export interface OrderCase {
  readonly array: PackedArray;
  readonly call: "median" | "quantile" | "histogram" | "cumsum" | "cumprod";
  readonly q?: number | readonly number[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly expect: PackedArray & { readonly counts: PackedArray; readonly edges: PackedArray };
}

const cases: readonly OrderCase[] = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/order.json", import.meta.url)),
);

/** The cases of some calls. */
export function casesOf(...calls: OrderCase["call"][]): readonly OrderCase[] {
  return cases.filter(({ call }) => calls.includes(call));
}

function isLong(dtype: DType): boolean {
  return dtype === "int64" || dtype === "uint64";
}

/** The array that was packed. */
export function unpack({ dtype, shape, values }: PackedArray): SharedNdArray {
  const array = SharedNdArray.zeros([values.length], { dtype });
  values.forEach((value, k) => {
    const element = isLong(dtype) ? BigInt(value) : dtype === "bool" ? value === true : Number(value);
    // The element is of the kind that the dtype has.
    array.set(k, element as never);
  });
  return array.reshape(shape);
}

/** Asserts dtype, shape and values; 0 and -0 count as the same. */
export function assertPacked(found: SharedNdArray, expected: PackedArray, message: string): void {
  assertEquals([found.dtype, found.shape], [expected.dtype, expected.shape], message);
  const wanted = unpack(expected);
  assertEquals(plainValues(found), plainValues(wanted), message);
}

/** The elements in C order, without the sign of -0. */
export function plainValues(array: SharedNdArray): unknown[] {
  return [...array.values()].map((value) => typeof value === "number" ? value + 0 : value);
}

/** The same elements in another layout: turned round, with gaps, backwards. */
export function inSomeLayout(random: Seeded, array: SharedNdArray): SharedNdArray {
  if (array.ndim === 0) return array;
  const order = random.shuffled(array.shape.map((_, axis) => axis));
  const back = order.map((_, axis) => order.indexOf(axis));
  const gap = random.int(1, 2);
  const large = SharedNdArray.zeros([...order.map((axis) => array.shape[axis]), gap], { dtype: array.dtype });
  const view = large.moveAxis(-1, 0).view(gap - 1).transpose(back);
  const turned = random.oneIn(3) ? view.flip(random.int(0, array.ndim - 1)) : view;
  return turned.copyFrom(array);
}
