/**
 * Shapes and tiles, sensible and not.
 *
 * @module
 */

import { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { AllocationError, PlanError, ShapeError } from "../../src/errors.ts";
import {
  guidedGrain,
  joinTiles,
  MOST_TILES,
  planTiles,
  type Tile,
  tileAt,
  TileCursor,
  type TilePlan,
} from "../../src/plan/tile_plan.ts";
import { indicesOf } from "../naive.ts";
import type { Seeded } from "../seeded.ts";
import { checkRefusal } from "./refusals.ts";
import type { FuzzCase, OpenTarget, Outcome } from "./runner.ts";

const NONSENSE = [
  NaN,
  -1,
  -0,
  0.5,
  1e20,
  Infinity,
  -Infinity,
  2 ** 53,
  2 ** 53 - 1,
  2 ** 31,
  2 ** 32,
  1e15,
  Number.MIN_VALUE,
];

/** Shapes of more elements are looked at in places only. */
const MOST_COUNTED = 5000;

/** Arrays of up to so many bytes are made, and of so many that no machine has them. */
const FEW_BYTES = 2 ** 20, TOO_MANY_BYTES = 2 ** 50;

/** The target. */
export function tilesTarget(): Promise<OpenTarget> {
  return Promise.resolve({
    name: "tiles",
    limitMs: 2000,
    makeCase: tilesCase,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function numbers(
  random: Seeded,
  { zeros, most }: { readonly zeros: boolean; readonly most: number },
): number[] {
  const many = random.oneIn(40);
  const count = many ? random.int(6, 70) : random.int(0, 5);
  const odds = random.pick([0, 0, 3, 12]);
  return Array.from({ length: count }, () => {
    if (odds > 0 && random.oneIn(odds)) return random.pick(NONSENSE);
    if (zeros && random.oneIn(20)) return 0;
    return many ? random.int(1, 2) : random.int(1, random.oneIn(30) ? 100_000_000 : most);
  });
}

function tilesCase(random: Seeded): FuzzCase {
  const shape = numbers(random, { zeros: true, most: 9 });
  const tile = random.oneIn(4)
    ? undefined
    : numbers(random, { zeros: false, most: 6 }).slice(0, shape.length + 1);
  const options = {
    tile,
    workers: random.int(1, random.oneIn(10) ? 512 : 8),
    itemBytes: random.pick([1, 2, 4, 8]),
    grain: random.oneIn(5) ? random.pick([1, 2, 7, 1000, 2 ** 30, ...NONSENSE]) : undefined,
    hasEdges: random.oneIn(3),
  };
  const text = `[${shape}] ${JSON.stringify(options)}`;
  const tried = random.int(0, 2 ** 31);
  return { about: "a plan", material: text, run: () => tryPlan(shape, options, tried) };
}

function tryPlan(shape: readonly number[], options: Parameters<typeof planTiles>[1], tried: number): Outcome {
  const made = tryArray(shape);
  let plan: TilePlan;
  try {
    plan = planTiles(shape, options);
  } catch (error) {
    return `${made}, ${checkRefusal(error, [PlanError, ShapeError])}`;
  }
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0)) {
    throw new Error(`a plan for the shape [${shape}]`);
  }
  checkPlan(plan, shape, options.workers);
  checkTile(plan, shape, options.tile);
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size === 0 && plan.tiles > 0) throw new Error(`${plan.tiles} tiles of an empty shape`);
  if (size > 0 && size <= MOST_COUNTED) checkAll(plan, options.workers);
  else if (size > 0) checkSome(plan, tried);
  return `${made}, plan`;
}

/** An array of that shape, where there can be one and it is small; what cannot be must be refused. */
function tryArray(shape: readonly number[]): Outcome {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size > FEW_BYTES && size < TOO_MANY_BYTES) return "no array";
  try {
    const array = SharedNdArray.zeros(shape, { dtype: "int8" });
    const isRight = array.size === size && array.shape.every((extent, axis) => extent === shape[axis]);
    if (!isRight || size > FEW_BYTES) throw new Error(`the array is [${array.shape}], expected [${shape}]`);
    array.dispose();
    return "array";
  } catch (error) {
    return checkRefusal(error, [ShapeError, AllocationError]);
  }
}

function checkPlan(plan: TilePlan, shape: readonly number[], workers: number): void {
  const { tile, grid, tiles, grain, joinedGrain, shortestGrain, longestGrain } = plan;
  const isCut = shape.every((extent, axis) =>
    tile[axis] >= 1 && grid[axis] === Math.ceil(extent / tile[axis])
  );
  const product = grid.reduce((all, count) => all * count, 1);
  const grains = [
    grain,
    joinedGrain,
    shortestGrain,
    longestGrain,
    guidedGrain(plan, Math.max(1, tiles), workers),
  ];
  const areGrains = grains.every((one) => Number.isSafeInteger(one) && one >= 1 && one <= 2 ** 22);
  if (!isCut || product !== tiles || tiles > MOST_TILES || !areGrains) {
    throw new Error(`the plan is ${JSON.stringify(plan)}, guided ${grains[4]}`);
  }
}

/** The tile is the one that was asked for, on the trailing axes, as far as the shape reaches. */
function checkTile(plan: TilePlan, shape: readonly number[], tile: readonly number[] | undefined): void {
  if (tile === undefined) return;
  const whole = shape.length - tile.length;
  const isRight = whole >= 0 && shape.every((extent, axis) => {
    const wanted = axis < whole ? extent : Math.min(extent, tile[axis - whole]);
    return plan.tile[axis] === Math.max(1, wanted);
  });
  if (!isRight) throw new Error(`the tile is [${plan.tile}]`);
}

/** Every element lies in one tile, by the cursor and by number, and joined tiles are the same elements. */
function checkAll(plan: TilePlan, workers: number): void {
  const one = new Map<string, number>(), cursor = new TileCursor(plan);
  for (let index = 0; index < plan.tiles; index++) {
    const tile = cursor.tile(), same = tileAt(plan, index);
    if (JSON.stringify(tile) !== JSON.stringify(same)) {
      throw new Error(`tile ${index} is not where the cursor is`);
    }
    count(one, tile);
    cursor.advance();
  }
  const joined = new Map<string, number>();
  for (let index = 0; index < plan.tiles;) {
    const first = tileAt(plan, index), grain = guidedGrain(plan, plan.tiles - index, workers);
    const box = joinTiles(plan, first, Math.min(grain, plan.tiles - index));
    if (!(box.count >= 1)) throw new Error(`${box.count} tiles were joined at ${index}`);
    count(joined, { ...first, shape: box.shape });
    index += box.count;
  }
  for (const counts of [one, joined]) {
    for (const index of indicesOf(plan.shape)) {
      const times = counts.get(index.join()) ?? 0;
      if (times !== 1) throw new Error(`element [${index}] lies in ${times} tiles`);
      counts.delete(index.join());
    }
    if (counts.size > 0) throw new Error(`[${[...counts.keys()][0]}] lies in a tile, but not in the shape`);
  }
}

function count(counts: Map<string, number>, { origin, shape }: Pick<Tile, "origin" | "shape">): void {
  for (const index of indicesOf(shape)) {
    const key = index.map((i, axis) => origin[axis] + i).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
}

/** Some elements lie in the tiles that they should lie in. */
function checkSome(plan: TilePlan, seed: number): void {
  let state = seed / 2 ** 31;
  const next = (extent: number): number => {
    state = (state * 997 + 0.618) % 1;
    return Math.min(extent - 1, Math.floor(state * extent));
  };
  for (let left = 20; left > 0; left--) {
    const index = plan.shape.map(next);
    const number = index.reduce(
      (all, i, axis) => all * plan.grid[axis] + Math.floor(i / plan.tile[axis]),
      0,
    );
    const { origin, shape } = tileAt(plan, number);
    const isIn = index.every((i, axis) =>
      origin[axis] <= i && i < origin[axis] + shape[axis] && origin[axis] + shape[axis] <= plan.shape[axis]
    );
    if (!isIn) {
      throw new Error(`element [${index}] is not in tile ${number}, from [${origin}] on, of [${shape}]`);
    }
  }
}
