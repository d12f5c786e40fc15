import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ellipsis, newAxis, SharedNdArray, slice, type ViewIndex } from "../../mod.ts";
import { indicesOf, ListView, pythonSlice } from "../naive.ts";

type Floats = SharedNdArray<"float64">;

/** The array and the model of it, on their way through a chain of operations. */
interface Pair {
  readonly array: Floats;
  readonly list: ListView;
}

/** Numbers that an operation takes its arguments from. */
class Dice {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number {
    const number = this.#numbers[this.#next++ % this.#numbers.length];
    return low + number % (high - low + 1);
  }

  /** An axis, and the same or what it is counted from the end. */
  axis(ndim: number): [axis: number, named: number] {
    const axis = this.int(0, ndim - 1);
    return [axis, this.int(0, 1) === 0 ? axis : axis - ndim];
  }

  /** The items in some order. */
  shuffled(items: readonly number[]): number[] {
    const rest = items.slice();
    return items.map(() => rest.splice(this.int(0, rest.length - 1), 1)[0]);
  }
}

/** Views with more elements than this are not made larger. */
const LARGE = 300;

type Step = (pair: Pair, dice: Dice) => Pair;

/** One index of a view, and the indices of the axis that it picks. */
function oneIndex(extent: number, dice: Dice): [ViewIndex, number | number[]] {
  const whole = pythonSlice(extent, null, null, 1);
  switch (dice.int(0, 3)) {
    case 0:
      return [null, whole];
    case 1: {
      if (extent === 0) return [null, whole];
      const index = dice.int(0, extent - 1);
      return [dice.int(0, 1) === 0 ? index : index - extent, index];
    }
    default: {
      const bound = () => dice.int(0, 2) === 0 ? null : dice.int(-7, 7);
      const start = bound(), stop = bound(), step = [1, 2, 3, -1, -2, -3][dice.int(0, 5)];
      return [slice(start, stop, step), pythonSlice(extent, start, stop, step)];
    }
  }
}

const STEPS: Record<string, Step> = {
  view: ({ array, list }, dice) => {
    const picks = list.shape.map((extent) => oneIndex(extent, dice));
    const indices = picks.map(([index]) => index);
    return { array: array.view(...indices), list: list.pick(picks.map(([, picked]) => picked)) };
  },
  viewWithEllipsis: ({ array, list }, dice) => {
    const { shape } = list;
    const front = dice.int(0, shape.length), back = dice.int(0, shape.length - front);
    const picks = shape.map((extent, axis): [ViewIndex, number | number[]] =>
      axis < front || axis >= shape.length - back
        ? oneIndex(extent, dice)
        : [null, pythonSlice(extent, null, null, 1)]
    );
    const named = (from: number, to: number) => picks.slice(from, to).map(([index]) => index);
    return {
      array: array.view(...named(0, front), ellipsis, ...named(shape.length - back, shape.length)),
      list: list.pick(picks.map(([, picked]) => picked)),
    };
  },
  newAxis: ({ array, list }, dice) => {
    const place = dice.int(0, list.shape.length);
    const indices: ViewIndex[] = list.shape.map(() => null);
    return {
      array: array.view(...indices.toSpliced(place, 0, newAxis)),
      list: list.reshape(list.shape.toSpliced(place, 0, 1)),
    };
  },
  expandDims: ({ array, list }, dice) => {
    const [axis, named] = dice.axis(list.shape.length + 1);
    return { array: array.expandDims(named), list: list.reshape(list.shape.toSpliced(axis, 0, 1)) };
  },
  squeeze: ({ array, list }) => ({
    array: array.squeeze(),
    list: list.reshape(list.shape.filter((extent) => extent !== 1)),
  }),
  transpose: ({ array, list }, dice) => {
    const order = dice.shuffled(list.shape.keys().toArray());
    return { array: array.transpose(order), list: list.transpose(order) };
  },
  reversed: ({ array, list }) => ({
    array: array.transpose(),
    list: list.transpose(list.shape.keys().toArray().reverse()),
  }),
  swapAxes: ({ array, list }, dice) => {
    if (list.shape.length === 0) return { array, list };
    const [first, firstNamed] = dice.axis(list.shape.length),
      [second, secondNamed] = dice.axis(list.shape.length);
    const order = list.shape.keys().toArray();
    [order[first], order[second]] = [order[second], order[first]];
    return { array: array.swapAxes(firstNamed, secondNamed), list: list.transpose(order) };
  },
  moveAxis: ({ array, list }, dice) => {
    if (list.shape.length === 0) return { array, list };
    const [from, fromNamed] = dice.axis(list.shape.length), [to, toNamed] = dice.axis(list.shape.length);
    const order = list.shape.keys().toArray().toSpliced(from, 1).toSpliced(to, 0, from);
    return { array: array.moveAxis(fromNamed, toNamed), list: list.transpose(order) };
  },
  flip: ({ array, list }, dice) => {
    const axes = list.shape.keys().filter(() => dice.int(0, 1) === 0).toArray();
    return { array: array.flip(axes), list: list.flip(axes) };
  },
  broadcastTo: ({ array, list }, dice) => {
    const shape = list.shape.map((extent) => extent === 1 ? dice.int(0, 3) : extent);
    const wanted = dice.int(0, 2) === 0 ? [dice.int(1, 2), ...shape] : shape;
    if (wanted.reduce((size, extent) => size * extent, 1) > LARGE) return { array, list };
    return { array: array.broadcastTo(wanted), list: list.broadcastTo(wanted) };
  },
  diagonal: ({ array, list }, dice) => {
    const ndim = list.shape.length;
    if (ndim < 2) return { array, list };
    const [axis1, axis2] = dice.shuffled(list.shape.keys().toArray()), offset = dice.int(-3, 3);
    return {
      array: array.diagonal({ offset, axis1, axis2: axis2 - ndim }),
      list: list.diagonal(offset, axis1, axis2),
    };
  },
  slidingWindow: ({ array, list }, dice) => {
    const ndim = list.shape.length;
    if (ndim === 0 || list.places.length > LARGE) return { array, list };
    const [axis, named] = dice.axis(ndim);
    if (list.shape[axis] === 0) return { array, list };
    const window = dice.int(1, list.shape[axis]);
    return { array: array.slidingWindow(window, { axes: named }), list: list.slidingWindow(axis, window) };
  },
  box: ({ array, list }, dice) => {
    const origin = list.shape.map((extent) => dice.int(0, extent));
    const shape = list.shape.map((extent, axis) => dice.int(0, extent - origin[axis]));
    const picked = origin.map((start, axis) => Array.from({ length: shape[axis] }, (_, i) => start + i));
    return { array: array.box(origin, shape), list: list.pick(picked) };
  },
};

const chain = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  steps: fc.array(
    fc.record({
      name: fc.constantFrom(...Object.keys(STEPS)),
      dice: fc.array(fc.nat(), { minLength: 8, maxLength: 24 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

function counted(shape: readonly number[]): Floats {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return SharedNdArray.from(Float64Array.from({ length: size }, (_, i) => i), { shape });
}

Deno.test("random chains of all view operations show what lists of indices show, and write through", () => {
  const property = fc.property(chain, ({ shape, steps }) => {
    const base = counted(shape);
    let pair: Pair = { array: base, list: new ListView(shape) };
    for (const { name, dice } of steps) {
      pair = STEPS[name](pair, new Dice(dice));
      const { array, list } = pair;
      assertEquals(array.shape, list.shape, name);
      assertEquals(array.size, list.places.length);
      assertEquals(array.data === base.data, true, `${name} copied`);
      assertEquals([...array.values()], list.places, name);
    }
    const { array, list } = pair;
    indicesOf(list.shape).forEach((index, k) => assertEquals(array.get(...index), list.places[k]));
    array.fill(-1);
    const written = new Set(list.places);
    assertEquals(
      [...base.values()],
      base.size === 0 ? [] : [...base.data.keys()].map((i) => written.has(i) ? -1 : i),
    );
  });
  fc.assert(property, { numRuns: 4000, seed: 20 });
});

Deno.test("random chains copied, reshaped and cast keep the elements", () => {
  const property = fc.property(chain, fc.nat(), ({ shape, steps }, number) => {
    let pair: Pair = { array: counted(shape), list: new ListView(shape) };
    for (const { name, dice } of steps) pair = STEPS[name](pair, new Dice(dice));
    const { array, list } = pair;
    const copy = array.copy();
    assertEquals([...copy.values()], list.places);
    assertEquals(copy.shape, list.shape);
    assertEquals([...array.astype("int16").values()], list.places);
    assertEquals([...array.reshape(-1).values()], list.places);
    assertEquals([...array.toTyped()], list.places);
    const strided = array.strided();
    assertEquals([...SharedNdArray.from(strided).values()], list.places);
    const divisors = list.places.keys().map((i) => i + 1).filter((i) => list.places.length % i === 0)
      .toArray();
    if (divisors.length === 0) return;
    const rows = divisors[number % divisors.length];
    assertEquals([...array.reshape([rows, -1]).values()], list.places);
    assertEquals(
      [...SharedNdArray.zeros(list.shape, { dtype: "float32" }).copyFrom(array).values()],
      list.places,
    );
  });
  fc.assert(property, { numRuns: 1500, seed: 21 });
});
