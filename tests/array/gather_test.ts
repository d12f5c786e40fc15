import { assert, assertEquals } from "@std/assert";
import { reach } from "../../src/array/layout/strides.ts";
import { type AxisRun, gatherBox } from "../../src/array/gather.ts";
import { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { type DType, DTYPE_NAMES, DTYPES, isBigIntDType } from "../../src/dtype.ts";
import { gatherTables, sourceIndex } from "../../src/plan/edges.ts";
import { type AxisHalo, type BoundaryMode, readBox } from "../../src/plan/halo.ts";
import { readHalo } from "../../src/plan/halo_options.ts";
import padding from "../fixtures/padding.json" with { type: "json" };
import scipy from "../fixtures/padding-scipy.json" with { type: "json" };
import { indicesOf } from "../naive.ts";
import { forEachSeed, type Seeded } from "../seeded.ts";

const PADDING_MODES: readonly BoundaryMode[] = ["constant", "nearest", "reflect", "mirror", "wrap"];

/** An array of random bits in a layout of its own: axes in any order, turned, with gaps, repeated. */
function randomArray(random: Seeded, shape: readonly number[], dtype: DType): SharedNdArray {
  const strides = new Array<number>(shape.length).fill(0);
  let stride = random.int(1, 2);
  for (const axis of random.shuffled(shape.keys().toArray())) {
    strides[axis] = random.oneIn(8) ? 0 : random.oneIn(4) ? -stride : stride;
    stride *= shape[axis] + (random.oneIn(3) ? 1 : 0);
  }
  const ends = reach(shape, strides, 0) ?? { lowest: 0, highest: 0 };
  const { bytes } = DTYPES[dtype], gap = random.int(0, 3);
  const buffer = new SharedArrayBuffer((ends.highest - ends.lowest + 1 + gap) * bytes);
  const all = new Uint8Array(buffer);
  for (let i = 0; i < all.length; i++) all[i] = dtype === "bool" ? random.word() & 1 : random.word();
  // `wrap` lets the lowest element be the first of the memory.
  return SharedNdArray.wrap(buffer, { shape, strides, dtype, byteOffset: gap * bytes });
}

/** The bytes of a contiguous array. */
function bytesOf(array: SharedNdArray): Uint8Array {
  const { data, offset, byteLength } = array, { bytes } = DTYPES[array.dtype];
  return new Uint8Array(data.buffer, data.byteOffset + offset * bytes, byteLength).slice();
}

/** The bytes of the box, looked up one element at a time. */
function lookedUp(
  source: SharedNdArray,
  origin: readonly number[],
  shape: readonly number[],
  halo: readonly AxisHalo[],
  fill: Uint8Array,
): Uint8Array {
  const { data, offset, strides } = source, { bytes } = DTYPES[source.dtype];
  const memory = new Uint8Array(data.buffer);
  const elements = indicesOf(shape).map((index) => {
    const found = index.map((i, axis) => sourceIndex(halo[axis].mode, origin[axis] + i, source.shape[axis]));
    if (found.includes(-1)) return [...fill];
    const place = found.reduce((sum, i, axis) => sum + i * strides[axis], offset);
    const first = data.byteOffset + place * bytes;
    return [...memory.slice(first, first + bytes)];
  });
  return new Uint8Array(elements.flat());
}

function randomFill(random: Seeded, dtype: DType): { value: number | bigint; bytes: Uint8Array } {
  const value = dtype === "bool"
    ? 1
    : random.oneIn(4) && DTYPES[dtype].kind === "float"
    ? NaN
    : random.int(0, 100);
  const stored = isBigIntDType(dtype) ? BigInt(value) : value;
  const one = SharedNdArray.zeros([1], { dtype });
  // The dtype and the value were matched before.
  (one.data as Float64Array)[0] = stored as number;
  return { value: stored, bytes: bytesOf(one) };
}

interface PaddingCase {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly mode: string;
  readonly constant: number;
  readonly width: readonly (readonly number[])[];
  readonly expectShape: readonly number[];
}

/** The padded array, in C order. */
function padded({ shape, data, mode, constant, width, expectShape }: PaddingCase): number[] {
  const source = SharedNdArray.from(data).reshape(shape);
  // JSON tells neither modes from other strings nor pairs from other lists.
  const halo = readHalo(width as [number, number][], mode as BoundaryMode, shape.length);
  const box = readBox(shape.map(() => 0), shape, halo), target = SharedNdArray.full(expectShape, -99);
  gatherBox(source, gatherTables(box, shape, halo), constant, target);
  return [...target.values()];
}

Deno.test("the reference's padded arrays come out", () => {
  assertEquals(padding.length, 120);
  // Where NumPy 1.24's "wrap" depends on what is padded on the other side, as tests/fixtures/generate_padding.py tells.
  const instead = new Map(Object.entries(scipy.instead));
  assertEquals([...instead.keys()], ["54", "76", "97"]);
  padding.forEach((padding, index) => {
    const { mode, shape, width, expect } = padding, other = instead.get(String(index));
    if (other !== undefined) assertEquals(mode, "wrap");
    assertEquals(
      padded(padding),
      other ?? expect,
      `case ${index}: ${mode} [${shape}] by ${JSON.stringify(width)}`,
    );
  });
  assertEquals([...new Set(padding.map(({ mode }) => mode))].sort(), PADDING_MODES.toSorted());
});

Deno.test("what SciPy has beyond the edges comes out, deeper than the array too", () => {
  assertEquals(scipy.deep.length, 60);
  for (const deep of scipy.deep) {
    assertEquals(padded(deep), deep.expect, `${deep.mode} [${deep.shape}] by ${JSON.stringify(deep.width)}`);
  }
});

Deno.test("random boxes of any layout, dtype and modes are gathered as if element by element", () => {
  forEachSeed(2500, (random) => {
    const rank = random.int(0, 4), dtype = random.pick(DTYPE_NAMES);
    const sourceShape = random.ints(rank, 1, random.oneIn(3) ? 2 : 6);
    const source = randomArray(random, sourceShape, dtype);
    const halo = sourceShape.map((): AxisHalo => ({ before: 0, after: 0, mode: random.pick(PADDING_MODES) }));
    const deepest = random.oneIn(4) ? 9 : 2;
    const origin = sourceShape.map((extent) => random.int(-deepest, extent));
    const shape = random.ints(rank, random.oneIn(10) ? 0 : 1, 7);
    const fill = randomFill(random, dtype);
    const target = SharedNdArray.full(shape, 1, { dtype: "uint8" }).astype(dtype);
    gatherBox(source, gatherTables({ origin, shape }, sourceShape, halo), fill.value, target);
    assertEquals(
      bytesOf(target),
      lookedUp(source, origin, shape, halo, fill.bytes),
      `${dtype} [${sourceShape}]`,
    );
  });
});

Deno.test("long rows are gathered as if element by element", () => {
  forEachSeed(60, (random) => {
    const dtype = random.pick(DTYPE_NAMES), sourceShape = [random.int(1, 4), random.int(60, 300)];
    const base = randomArray(random, sourceShape, dtype);
    const contiguous = SharedNdArray.empty(sourceShape, { dtype });
    contiguous.copyFrom(base);
    const source = random.pick([base, contiguous, contiguous.flip(1)]);
    const halo = sourceShape.map((): AxisHalo => ({ before: 0, after: 0, mode: random.pick(PADDING_MODES) }));
    const origin = [random.int(-2, 1), random.int(-400, 100)],
      shape = [random.int(1, 5), random.int(64, 700)];
    const fill = randomFill(random, dtype);
    const target = SharedNdArray.empty(shape, { dtype });
    gatherBox(source, gatherTables({ origin, shape }, sourceShape, halo), fill.value, target);
    const expected = lookedUp(source, origin, shape, halo, fill.bytes);
    assertEquals(bytesOf(target), expected, `${dtype} [${sourceShape}]`);
  });
});

Deno.test("a target may be a view, and nothing beside it is written", () => {
  const source = SharedNdArray.from([[1, 2], [3, 4]]), whole = SharedNdArray.full([6, 7], -1);
  const halo = readHalo(1, ["wrap", "constant"], 2);
  const target = whole.box([1, 2], [4, 4]).transpose();
  const tables = gatherTables({ origin: [-1, -1], shape: [4, 4] }, [2, 2], halo);
  gatherBox(source, tables, 9, target);
  assertEquals(target.toNested(), [[9, 3, 4, 9], [9, 1, 2, 9], [9, 3, 4, 9], [9, 1, 2, 9]]);
  assertEquals(whole.values().filter((value) => value === -1).toArray().length, 42 - 16);
});

Deno.test("axes may be put in another order, array and runs alike", () => {
  const source = SharedNdArray.arange(6).reshape([2, 3]), halo = readHalo([1, 2], "mirror", 2);
  const tables: readonly AxisRun[][] = gatherTables({ origin: [-1, -2], shape: [4, 7] }, [2, 3], halo);
  const straight = SharedNdArray.zeros([4, 7]), turned = SharedNdArray.zeros([7, 4]);
  gatherBox(source, tables, 0, straight);
  gatherBox(source.transpose(), tables.toReversed(), 0, turned);
  assert(turned.transpose().equals(straight));
  assertEquals(straight.view(0).toNested(), [5, 4, 3, 4, 5, 4, 3]);
});

Deno.test("an array without axes is gathered as its one element", () => {
  const target = SharedNdArray.full([], 0n);
  gatherBox(SharedNdArray.full([], 7n), gatherTables({ origin: [], shape: [] }, [], []), 0n, target);
  assertEquals(target.item(), 7n);
});
