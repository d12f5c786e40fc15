/**
 * Copies between layouts and between dtypes. `peers/copy_peer.py` prints NumPy's times under the same names.
 */

import { type DType, SharedNdArray, slice } from "../mod.ts";
import { copyElements } from "../src/array/copy/copy_elements.ts";

type Arrays = readonly [target: SharedNdArray, source: SharedNdArray];

const side = 4096, backwards = slice(null, null, -1);

/** An array whose elements have been written; every dtype holds 1. */
const made = (dtype: DType, ...shape: number[]) => SharedNdArray.ones(shape, { dtype });

/** The arrays of the case at hand: those of all cases together are gigabytes. */
let current: { name: string; arrays: Arrays } | undefined;

function arraysOf(name: string, make: () => Arrays): Arrays {
  if (current?.name !== name) current = { name, arrays: make() };
  return current.arrays;
}

function bench(name: string, make: () => Arrays, group?: string): void {
  Deno.bench(name, { group }, (b) => {
    const [target, source] = arraysOf(name, make);
    b.start();
    copyElements(target, source);
    b.end();
  });
}

/** One function a dtype, so that each is compiled for its kind of typed array. */
const plainLoops = {
  float64: (to: Float64Array, from: Float64Array) => {
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) to[i * side + j] = from[j * side + i];
  },
  float32: (to: Float32Array, from: Float32Array) => {
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) to[i * side + j] = from[j * side + i];
  },
  int16: (to: Int16Array, from: Int16Array) => {
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) to[i * side + j] = from[j * side + i];
  },
  uint8: (to: Uint8Array, from: Uint8Array) => {
    for (let i = 0; i < side; i++) for (let j = 0; j < side; j++) to[i * side + j] = from[j * side + i];
  },
};

for (const dtype of ["float64", "float32", "int16", "uint8"] as const) {
  const group = `transposed ${dtype}`;
  const make = (): Arrays => [made(dtype, side, side), made(dtype, side, side).transpose()];
  const baseline = `two plain loops, transposed ${side}x${side} ${dtype}`;
  Deno.bench(baseline, { group, baseline: true, n: 5 }, (b) => {
    const [target, source] = arraysOf(group, make);
    // The loops of a dtype take the typed arrays of that dtype.
    const loops = plainLoops[dtype] as (to: unknown, from: unknown) => void;
    b.start();
    loops(target.data, source.data);
    b.end();
  });
  bench(`transposed ${side}x${side} ${dtype}`, make, group);
}

for (const dtype of ["float64", "float32", "int16", "uint8"] as const) {
  for (const axes of [[2, 0, 1], [2, 1, 0], [1, 0, 2], [0, 2, 1], [1, 2, 0]]) {
    bench(`200x300x400 ${dtype} by axes ${axes}`, () => {
      const source = made(dtype, 200, 300, 400).transpose(axes);
      return [made(dtype, ...source.shape), source];
    });
  }
}

for (const dtype of ["float32", "uint8"] as const) {
  const make = (view: (source: SharedNdArray) => SharedNdArray) => (): Arrays => {
    const source = view(made(dtype, side, side));
    return [made(dtype, ...source.shape), source];
  };
  bench(`${side}x${side} ${dtype}`, make((a) => a));
  bench(`${side}x${side} ${dtype}, rows backwards`, make((a) => a.view(null, backwards)));
  bench(`${side}x${side} ${dtype}, every other column`, make((a) => a.view(null, slice(null, null, 2))));
  bench(`${side}x${side} ${dtype}, one row`, make((a) => a.view(0).broadcastTo([side, side])));
  bench(
    `${side}x${side} ${dtype}, one column`,
    make((a) => a.view(null, slice(0, 1)).broadcastTo([side, side])),
  );
}

const conversions: readonly (readonly [from: DType, to: DType])[] = [
  ["float64", "float32"],
  ["float64", "float16"],
  ["float64", "int32"],
  ["float64", "int64"],
  ["float32", "float64"],
  ["float32", "bool"],
  ["int32", "int64"],
  ["int64", "int32"],
  ["int64", "float64"],
  ["int64", "float32"],
  ["uint8", "float32"],
];
for (const [from, to] of conversions) {
  bench(`2048x2048 ${from} to ${to}`, () => [made(to, 2048, 2048), made(from, 2048, 2048)]);
}
bench("2048x2048 float64 to float32, transposed", () => [
  made("float32", 2048, 2048),
  made("float64", 2048, 2048).transpose(),
]);

for (const shape of [[4, 4], [365, 4, 4]]) {
  bench(`a ${shape.join("x")} tile of 365x64x64 float32`, () => {
    const whole = made("float32", 365, 64, 64);
    const tile = whole.box([0, 8, 8], shape.length === 2 ? [1, ...shape] : shape);
    return [made("float32", ...tile.shape), tile];
  });
}
