/**
 * Arrays as slow, obvious lists: what the fast paths are compared with.
 *
 * @module
 */

/** Every index of a shape, in C order. */
export function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (indices, extent) => indices.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Every list of `length` items, in the order of an odometer. */
export function tuplesOf<T>(items: readonly T[], length: number): T[][] {
  return indicesOf(new Array<number>(length).fill(items.length)).map((index) => index.map((i) => items[i]));
}

/** Where each element of a layout lies, in C order. */
export function placesOf(shape: readonly number[], strides: readonly number[], offset: number): number[] {
  return indicesOf(shape).map((index) => index.reduce((place, i, axis) => place + i * strides[axis], offset));
}

/** The indices that Python's `range(extent)[start:stop:step]` picks, found by walking. */
export function pythonSlice(
  extent: number,
  start: number | null,
  stop: number | null,
  step: number,
): number[] {
  const fromEnd = (bound: number) => bound < 0 ? bound + extent : bound;
  let index = start === null ? (step > 0 ? 0 : extent - 1) : fromEnd(start);
  // A start that lies before the walk's first index is moved to it, so the steps count from there.
  while (step > 0 && index < 0) index++;
  while (step < 0 && index > extent - 1) index--;
  const picked: number[] = [];
  for (; index >= 0 && index < extent; index += step) {
    if (stop !== null && (step > 0 ? index >= fromEnd(stop) : index <= fromEnd(stop))) break;
    picked.push(index);
  }
  return picked;
}

/** A view as the list of its elements' places in C order. */
export class ListView {
  readonly shape: readonly number[];
  readonly places: readonly number[];

  constructor(shape: readonly number[], places?: readonly number[]) {
    this.shape = shape;
    this.places = places ?? indicesOf(shape).map((_, place) => place);
  }

  /** The place of one element. */
  at(index: readonly number[]): number {
    return this.places[index.reduce((place, i, axis) => place * this.shape[axis] + i, 0)];
  }

  /** The view that has `shape` and takes each element from where `source` says. */
  remap(shape: readonly number[], source: (index: readonly number[]) => readonly number[]): ListView {
    return new ListView(shape, indicesOf(shape).map((index) => this.at(source(index))));
  }

  /** For each axis either the indices that are kept, or one index, whose axis is dropped. */
  pick(axes: readonly (number | readonly number[])[]): ListView {
    const kept = axes.filter((picked) => typeof picked !== "number");
    return this.remap(kept.map((picked) => picked.length), (index) => {
      let k = 0;
      return axes.map((picked) => typeof picked === "number" ? picked : picked[index[k++]]);
    });
  }

  /** Axis k of the result is axis `order[k]` of this view. */
  transpose(order: readonly number[]): ListView {
    return this.remap(order.map((axis) => this.shape[axis]), (index) => {
      const source = new Array<number>(order.length).fill(0);
      order.forEach((axis, k) => source[axis] = index[k]);
      return source;
    });
  }

  /** The same elements in the same order, in another shape. */
  reshape(shape: readonly number[]): ListView {
    return new ListView(shape, this.places);
  }

  /** The axes that are named run backwards. */
  flip(axes: readonly number[]): ListView {
    return this.remap(
      this.shape,
      (index) => index.map((i, axis) => axes.includes(axis) ? this.shape[axis] - 1 - i : i),
    );
  }

  /** Aligned at the last axis, each axis of extent 1 repeated. */
  broadcastTo(shape: readonly number[]): ListView {
    const lead = shape.length - this.shape.length;
    return this.remap(
      shape,
      (index) => this.shape.map((extent, axis) => extent === 1 ? 0 : index[lead + axis]),
    );
  }

  /** The elements whose index on axis `second` is larger by `shift` than that on axis `first`, as the last axis. */
  diagonal(shift: number, first: number, second: number): ListView {
    const steps = Array.from({ length: this.shape[first] }, (_, i) => i)
      .filter((i) => i + shift >= 0 && i + shift < this.shape[second]);
    const others = this.shape.keys().filter((axis) => axis !== first && axis !== second).toArray();
    return this.remap([...others.map((axis) => this.shape[axis]), steps.length], (index) => {
      const source = new Array<number>(this.shape.length).fill(0);
      others.forEach((axis, k) => source[axis] = index[k]);
      const step = steps[index[others.length]];
      source[first] = step;
      source[second] = step + shift;
      return source;
    });
  }

  /** Every position of a window along one axis, with the window's own axis last. */
  slidingWindow(axis: number, window: number): ListView {
    const positions = this.shape.with(axis, this.shape[axis] - window + 1);
    return this.remap([...positions, window], (index) => {
      const source = index.slice(0, -1);
      source[axis] += index[index.length - 1];
      return source;
    });
  }
}
