/** What a program in JavaScript, or one with a cast, may pass: each is a typed error that names what was given. */

import { assert, assertEquals } from "@std/assert";
import * as mod from "../../mod.ts";

type Loose = (...args: readonly unknown[]) => unknown;

/** The same functions, taking anything. */
const loose = mod as unknown as Record<string, Loose>;
const make = mod.SharedNdArray as unknown as Record<string, Loose> & {
  random: Loose & Record<string, Loose>;
};
const array = mod.SharedNdArray.arange(6).reshape([2, 3]);
const method = array as unknown as Record<string, Loose>;
const call = (name: string, ...args: readonly unknown[]) => () => method[name](...args);
const counts = mod.SharedNdArray.zeros([2], { dtype: "int32" });
const atomics = mod.atomics as unknown as Record<string, Loose>;

const circular: unknown[] = [];
circular.push(circular);

const TYPED = ["ShapeError", "IndexError", "DTypeError", "ValueError"];

const cases: readonly (readonly [attempt: () => unknown, message: string])[] = [
  [() => make.zeros(), "Invalid shape undefined: expected an array of extents"],
  [() => make.zeros(3), "Invalid shape 3"],
  [() => make.ones("3"), 'Invalid shape "3"'],
  [() => make.zeros([1, NaN]), "axis 1 is NaN"],
  [() => make.zeros([2 ** 30, 2 ** 30]), "more than 2^53 elements"],
  [() => make.zeros([2], { dtype: "f8" }), 'Unknown dtype "f8": expected one of bool, int8'],
  [() => make.full([2], undefined), "Cannot store undefined"],
  [() => make.full([2], "5"), 'Cannot store "5"'],
  [() => make.arange(1, 2, 0), "in steps of 0"],
  [() => make.linspace(0, 1, -1), "axis 0 is -1"],
  [() => make.from(null), "Cannot store null"],
  [() => make.from([1, "a"]), 'Cannot store "a"'],
  [() => make.from([[1], [1, 2]]), "Ragged nested arrays"],
  [() => make.from(circular), "Got 65 axes, but an array has at most 64"],
  [() => make.zeros(new Array(65).fill(1)), "Got 65 axes"],
  [call("view", ...new Array(63).fill(mod.newAxis)), "Got 65 axes"],
  [() => make.from({ data: 5, shape: [1] }), "needs data and a shape that are lists"],
  [() => make.from({ data: [1], shape: 5 }), "needs data and a shape that are lists"],
  [() => make.from(new DataView(new ArrayBuffer(8))), "DataView"],
  [() => make.wrap(new SharedArrayBuffer(16), { shape: [1], byteOffset: 4 }), "Byte offset 4"],
  [() => make.wrap(new SharedArrayBuffer(16), { shape: [3] }), "ends at byte 24, beyond the buffer's 16"],
  [() => make.identity(-1), "axis 0 is -1"],
  [() => make.random([2], { seed: 1.5 }), "Cannot seed with 1.5"],
  [() => make.random([2], { dtype: "int8" }), "dtype int8"],
  [() => make.random.integers([2]), "name a bound"],
  [() => make.random.integers([2], { high: 0 }), "there are none"],
  [() => make.random.integers([2], { high: 300, dtype: "uint8" }), "it holds those from 0 to 255"],
  [() => make.random.normal([2], { standardDeviation: -1 }), "standard deviation of -1"],
  [() => make.random.permutation(-1), "axis 0 is -1"],
  [() => make.random.permutation("3"), 'Expected a SharedNdArray, but got "3"'],
  [call("get"), "Got 0 indices for an array of shape [2, 3]"],
  [call("get", "0", 0), 'Index "0" on axis 0 is not an integer'],
  [call("get", undefined, 0), "Index undefined on axis 0 is not an integer"],
  [call("set", 0, 0, "x"), "Cannot write the string x to a float64 array"],
  [call("set", 0, 0), "Got 1 indices"],
  [call("item", "a"), "Place a is out of bounds"],
  [call("fill"), "Cannot write the undefined undefined"],
  [call("view", "x"), "Index x on axis 0 is none: expected an integer, null, a slice"],
  [call("view", undefined), "Index undefined on axis 0 is none"],
  [call("view", {}), "is no slice: expected { start, stop, step }"],
  [call("box", [0], [1]), "The box at [0] of shape [1] does not lie within [2, 3]"],
  [call("reshape"), "Invalid shape undefined"],
  [call("reshape", "6"), 'Invalid shape "6"'],
  [call("transpose", 1), "Invalid axes 1"],
  [call("swapAxes"), "Axis undefined is out of bounds"],
  [call("moveAxis"), "Invalid axes undefined"],
  [call("flip", "0"), 'Invalid axes "0"'],
  [call("squeeze", null), "Invalid axes null"],
  [call("expandDims"), "Invalid axes undefined"],
  [call("broadcastTo", 3), "Invalid shape 3"],
  [call("slidingWindow"), "Invalid shape undefined"],
  [call("copyFrom"), "Cannot store undefined"],
  [call("copyFrom", [1, 2]), "Cannot broadcast [2] to [2, 3]"],
  [call("astype", "x"), 'Unknown dtype "x"'],
  [call("astype", "int8", { casting: "x" }), 'Unknown casting "x": expected one of no, safe'],
  [call("astype", "int8", { casting: "safe" }), "Cannot cast float64 to int8"],
  [call("equals", [0]), "Expected a SharedNdArray, but got [0]"],
  [call("allClose", 5), "Expected a SharedNdArray, but got 5"],
  [call("toString", { precision: -1 }), "precision -1"],
  [() => loose.concat(), "Expected a list of arrays"],
  [() => loose.concat([1]), "Expected a SharedNdArray, but got 1"],
  [() => loose.stack(array), "Expected a list of arrays"],
  [() => loose.split(array), "Cannot split into undefined"],
  [() => loose.split(), "Expected a SharedNdArray"],
  [() => loose.meshgrid(array, array), "Expected a list of arrays"],
  [() => loose.broadcastArrays(1), "Expected a SharedNdArray, but got 1"],
  [() => loose.broadcastShapes(3), "Invalid shape 3"],
  [() => loose.mayShareMemory(1, array), "Expected a SharedNdArray, but got 1"],
  [() => loose.forEachRow([1], () => {}), "Expected a SharedNdArray, but got 1"],
  [() => loose.promoteTypes("a", "int8"), 'Unknown dtype "a"'],
  [() => loose.slice("a"), 'Slice stop is "a"'],
  [() => atomics.add(), "Expected a SharedNdArray"],
  [() => atomics.add(counts, "0", 1), 'Index "0" on axis 0 is not an integer'],
  [() => atomics.add(counts, 0), "Cannot write the undefined undefined"],
];

for (const [attempt, message] of cases) {
  Deno.test(`nonsense is refused: ${message}`, () => {
    let thrown: unknown;
    try {
      attempt();
    } catch (error) {
      thrown = error;
    }
    assert(thrown instanceof Error && TYPED.includes(thrown.name), `threw ${Deno.inspect(thrown)}`);
    assert(thrown.message.includes(message), thrown.message);
    assertEquals(thrown.message.split("\n").length, 1);
  });
}

Deno.test("nothing of it changed an array", () => {
  assertEquals(array.toNested(), [[0, 1, 2], [3, 4, 5]]);
  assertEquals(counts.toNested(), [0, 0]);
});
