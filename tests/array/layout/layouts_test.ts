import { assertEquals, assertThrows } from "@std/assert";
import { ellipsis, IndexError, newAxis, ShapeError, SharedNdArray, slice, ValueError } from "../../../mod.ts";

const array = SharedNdArray.arange(24).reshape([2, 3, 4]);

Deno.test("view refuses too many indices, two ellipses and a step of 0", () => {
  assertThrows(() => array.view(0, 0, 0, 0), IndexError, "Got 4 indices for an array of shape [2, 3, 4]");
  assertThrows(() => array.view(ellipsis, 0, 0, 0, 0), IndexError, "expected at most 3");
  assertThrows(() => array.view(ellipsis, ellipsis), IndexError, "at most one ellipsis, but got 2");
  assertThrows(() => slice(0, 1, 0), IndexError, "Slice step is 0");
  assertThrows(() => array.view({ start: 0, stop: 1, step: 0 }), IndexError, "Slice step is 0");
  assertThrows(() => array.view({ start: 0.5, stop: 1, step: 1 }), IndexError, "Slice start is 0.5");
});

Deno.test("an ellipsis can stand for no axis, and new axes for any number", () => {
  assertEquals(array.view(0, 0, ellipsis, 0).shape, []);
  assertEquals(array.view(ellipsis).shape, [2, 3, 4]);
  assertEquals(array.view(newAxis, ellipsis, newAxis, 0, newAxis).shape, [1, 2, 3, 1, 1]);
  assertEquals(SharedNdArray.from(5).view(newAxis, ellipsis, newAxis).toNested(), [[5]]);
});

Deno.test("reshape refuses what does not fit and names both shapes", () => {
  assertThrows(
    () => array.reshape([5, 5]),
    ShapeError,
    "Cannot reshape [2, 3, 4] to [5, 5]: 24 elements do not fit 25",
  );
  assertThrows(() => array.reshape([-1, -1]), ShapeError, "at most one extent can be -1");
  assertThrows(() => array.reshape([-1, 5]), ShapeError, "24 elements do not fit a multiple of 5");
  assertThrows(() => array.reshape([-1, 0]), ShapeError, "Cannot reshape [2, 3, 4] to [-1, 0]");
  assertThrows(() => array.reshape([-2, 12]), ShapeError, "axis 0 is -2");
  assertThrows(() => array.reshape([2 ** 27, 2 ** 27]), ShapeError, "2^53");
  const wrong = "maybe" as "never";
  assertThrows(() => array.reshape([24], { copy: wrong }), ValueError, 'Unknown copy "maybe"');
  assertThrows(
    () => array.transpose().reshape([24], { copy: "never" }),
    ShapeError,
    "Cannot reshape [4, 3, 2] with strides [1, 4, 12] to [24] without a copy",
  );
});

Deno.test("reshape copies when it is told to, and only then where a view would do", () => {
  assertEquals(array.reshape([24]).data === array.data, true);
  assertEquals(array.reshape([24], { copy: "always" }).data === array.data, false);
  assertEquals(array.reshape(24, { copy: "never" }).shape, [24]);
  assertEquals(SharedNdArray.zeros([2, 0]).reshape([-1, 3]).shape, [0, 3]);
});

Deno.test("axes that are missing, repeated or out of range are refused", () => {
  assertThrows(() => array.transpose([0, 1]), IndexError, "Axes [0, 1] do not name every axis");
  assertThrows(() => array.transpose([0, 1, 1]), IndexError, "Axes [0, 1, 1] name an axis twice");
  assertThrows(() => array.transpose([0, 1, -1, 2]), IndexError, "name an axis twice");
  assertThrows(() => array.swapAxes(0, 3), IndexError, "Axis 3 is out of bounds for an array with 3 axes");
  assertThrows(() => array.moveAxis([0, 0], [1, 2]), IndexError, "Axes [0, 0] name an axis twice");
  assertThrows(() => array.moveAxis([0, 1], 2), IndexError, "2 axes, but 1 places");
  assertThrows(() => array.flip([1, 1]), IndexError, "Axes [1, 1] name an axis twice");
  assertThrows(() => array.flip(-4), IndexError, "Axis -4 is out of bounds");
  assertThrows(
    () => array.squeeze(1),
    ShapeError,
    "Cannot squeeze axis 1 of shape [2, 3, 4]: its extent is 3, not 1",
  );
  assertThrows(() => array.expandDims(5), IndexError, "Axis 5 is out of bounds for an array with 4 axes");
  assertThrows(() => array.expandDims([0, 0]), IndexError, "name an axis twice");
  assertThrows(() => array.diagonal({ axis1: 1, axis2: 1 }), IndexError, "Axes [1, 1] name an axis twice");
  assertThrows(() => array.diagonal({ offset: 0.5 }), IndexError, "Diagonal offset is 0.5");
  assertThrows(() => SharedNdArray.zeros([3]).diagonal(), IndexError, "needs two axes");
});

Deno.test("moveAxis moves several axes as NumPy does", () => {
  assertEquals(array.moveAxis([0, 1], [-1, 0]).shape, [3, 4, 2]);
  assertEquals(SharedNdArray.zeros([1, 2, 3, 4, 5]).moveAxis([0, 1], [-1, -2]).shape, [3, 4, 5, 2, 1]);
});

Deno.test("slidingWindow slides along several axes, and refuses windows that do not fit", () => {
  const windows = array.slidingWindow([2, 3], { axes: [0, -1] });
  assertEquals(windows.shape, [1, 3, 2, 2, 3]);
  assertEquals(windows.view(0, 1, 1).toNested(), [[5, 6, 7], [17, 18, 19]]);
  assertEquals(array.slidingWindow([1, 1, 1]).shape, [2, 3, 4, 1, 1, 1]);
  assertThrows(
    () => array.slidingWindow([1, 4, 1]),
    ShapeError,
    "A window of 4 does not fit axis 1 with extent 3",
  );
  assertThrows(() => array.slidingWindow([0], { axes: 0 }), ShapeError, "A window of 0 does not fit axis 0");
  assertThrows(
    () => array.slidingWindow(2),
    ShapeError,
    "A window of shape [2] does not fit the axes [0, 1, 2]",
  );
  assertThrows(() => array.slidingWindow([1, 1], { axes: [0, 0] }), IndexError, "name an axis twice");
});

Deno.test("iteration gives the views of the first axis, and writes through", () => {
  const grid = SharedNdArray.zeros([2, 3]);
  let count = 0;
  for (const row of grid) for (const cell of row) cell.set(count++);
  assertEquals(grid.toNested(), [[0, 1, 2], [3, 4, 5]]);
  assertEquals([...SharedNdArray.zeros([0, 3])], []);
  assertThrows(() => [...SharedNdArray.from(1)], IndexError, "no axis to walk along");
});

Deno.test("shape and strides cannot be changed", () => {
  const shape = array.shape as number[], strides = array.view(0).strides as number[];
  assertThrows(() => shape[0] = 9, TypeError);
  assertThrows(() => strides.push(1), TypeError);
  const given = [2, 3], made = SharedNdArray.zeros(given);
  given[0] = 7;
  assertEquals([made.shape, made.size], [[2, 3], 6]);
});
