/**
 * Views that rearrange axes. No memory here, only numbers.
 *
 * @module
 */

import { IndexError, ShapeError } from "../../errors.ts";
import type { Layout } from "./layout.ts";
import { resolveAxes, resolveAxis, showShape } from "./shape.ts";

/**
 * One axis or several.
 *
 * @example
 * ```ts
 * import { type Axes, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const tmp = SharedNdArray.zeros([1, 16, 1]);
 * const choices: Axes[] = [0, [0, -1]];
 * assertEquals(choices.map((axes) => tmp.squeeze(axes).shape), [[16, 1], [16]]);
 * ```
 */
export type Axes = number | readonly number[];

/** Axes as a list. */
function listOf(axes: Axes): readonly number[] {
  return typeof axes === "number" ? [axes] : axes;
}

function pickAxes({ shape, strides, offset }: Layout, order: readonly number[]): Layout {
  return { shape: order.map((axis) => shape[axis]), strides: order.map((axis) => strides[axis]), offset };
}

/**
 * Axes in another order.
 *
 * @param layout The array's layout.
 * @param axes For each axis of the result, the axis it shows. Default: reversed.
 * @throws {IndexError} If an axis is missing, named twice or out of range.
 */
export function transposeLayout(layout: Layout, axes?: readonly number[]): Layout {
  const ndim = layout.shape.length;
  if (axes === undefined) {
    return {
      shape: layout.shape.toReversed(),
      strides: layout.strides.toReversed(),
      offset: layout.offset,
    };
  }
  const order = resolveAxes(axes, ndim);
  if (order.length !== ndim) {
    throw new IndexError(
      `Axes ${showShape(axes)} do not name every axis of an array of shape ${showShape(layout.shape)}`,
    );
  }
  return pickAxes(layout, order);
}

/**
 * Two axes change places.
 *
 * @param layout The array's layout.
 * @param first An axis.
 * @param second Another.
 * @throws {IndexError} If one is out of range.
 */
export function swapAxesLayout(layout: Layout, first: number, second: number): Layout {
  const ndim = layout.shape.length;
  const a = resolveAxis(first, ndim), b = resolveAxis(second, ndim);
  return pickAxes(layout, layout.shape.map((_, axis) => axis === a ? b : axis === b ? a : axis));
}

/**
 * Axes move to other places; the others keep their order.
 *
 * @param layout The array's layout.
 * @param source The axes to move.
 * @param destination Where each goes.
 * @throws {IndexError} If axes are out of range or named twice, or there are not as many of both.
 */
export function moveAxisLayout(layout: Layout, source: Axes, destination: Axes): Layout {
  const ndim = layout.shape.length;
  const from = resolveAxes(listOf(source), ndim), to = resolveAxes(listOf(destination), ndim);
  if (from.length !== to.length) {
    throw new IndexError(
      `Cannot move axes ${showShape(from)} to ${showShape(to)}: ${from.length} axes, but ${to.length} places`,
    );
  }
  const rest = layout.shape.keys().filter((axis) => !from.includes(axis));
  const order = layout.shape.map((_, place) => {
    const k = to.indexOf(place);
    // There is one axis left for each place that is not a destination.
    return k < 0 ? rest.next().value as number : from[k];
  });
  return pickAxes(layout, order);
}

/**
 * Axes run backwards.
 *
 * @param layout The array's layout.
 * @param axes Which. Default: all.
 * @throws {IndexError} If an axis is out of range or named twice.
 */
export function flipLayout(layout: Layout, axes?: Axes): Layout {
  const { shape, strides } = layout;
  const flipped = axes === undefined ? [...shape.keys()] : resolveAxes(listOf(axes), shape.length);
  let offset = layout.offset;
  const turned = strides.slice();
  for (const axis of flipped) {
    turned[axis] = 0 - strides[axis];
    if (shape[axis] > 0) offset += (shape[axis] - 1) * strides[axis];
  }
  return { shape, strides: turned, offset: shape.includes(0) ? layout.offset : offset };
}

/**
 * Axes of extent 1 go.
 *
 * @param layout The array's layout.
 * @param axes Which. Default: all that have extent 1.
 * @throws {ShapeError} If an axis has another extent.
 */
export function squeezeLayout(layout: Layout, axes?: Axes): Layout {
  const { shape } = layout;
  const dropped = axes === undefined
    ? shape.keys().filter((axis) => shape[axis] === 1).toArray()
    : resolveAxes(listOf(axes), shape.length);
  const wide = dropped.find((axis) => shape[axis] !== 1);
  if (wide !== undefined) {
    throw new ShapeError(
      `Cannot squeeze axis ${wide} of shape ${showShape(shape)}: its extent is ${shape[wide]}, not 1`,
    );
  }
  return pickAxes(layout, shape.keys().filter((axis) => !dropped.includes(axis)).toArray());
}

/**
 * New axes of extent 1.
 *
 * @param layout The array's layout.
 * @param axes Where they are in the result.
 * @throws {IndexError} If one is out of range of the result's axes, or named twice.
 */
export function expandDimsLayout(layout: Layout, axes: Axes): Layout {
  const places = listOf(axes);
  const added = resolveAxes(places, layout.shape.length + (places?.length ?? 0));
  const shape = layout.shape.slice(), strides = layout.strides.slice();
  for (const axis of added.toSorted((a, b) => a - b)) {
    shape.splice(axis, 0, 1);
    strides.splice(axis, 0, 0);
  }
  return { shape, strides, offset: layout.offset };
}

/**
 * The diagonal of two axes, as the last axis of the result.
 *
 * @param layout The array's layout.
 * @param shift How far above the main diagonal it lies; negative: below.
 * @param first The axis of rows.
 * @param second The axis of columns.
 * @throws {IndexError} If the axes are the same or out of range, or the shift no integer.
 */
export function diagonalLayout(layout: Layout, shift: number, first: number, second: number): Layout {
  const { shape, strides } = layout;
  if (!Number.isSafeInteger(shift)) {
    throw new IndexError(`Diagonal offset is ${shift}, expected an integer`);
  }
  if (shape.length < 2) {
    throw new IndexError(`A diagonal needs two axes, but the array has shape ${showShape(shape)}`);
  }
  const [row, column] = resolveAxes([first, second], shape.length);
  const down = Math.max(0, -shift), right = Math.max(0, shift);
  const extent = Math.max(0, Math.min(shape[row] - down, shape[column] - right));
  const rest = pickAxes(layout, shape.keys().filter((axis) => axis !== row && axis !== column).toArray());
  return {
    shape: [...rest.shape, extent],
    strides: [...rest.strides, strides[row] + strides[column]],
    offset: extent === 0 ? layout.offset : layout.offset + down * strides[row] + right * strides[column],
  };
}
