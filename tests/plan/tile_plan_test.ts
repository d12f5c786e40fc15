import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  guidedGrain,
  joinTiles,
  MOST_TILES,
  type PlanOptions,
  planTiles,
  sharedGrain,
  type Tile,
  tileAt,
  TileCursor,
  type TilePlan,
} from "../../src/plan/tile_plan.ts";
import { PlanError, ShapeError } from "../../src/errors.ts";
import { indicesOf, tuplesOf } from "../naive.ts";
import { forEachSeed } from "../seeded.ts";

function plan(shape: readonly number[], options: Partial<PlanOptions> = {}): TilePlan {
  return planTiles(shape, { workers: 2, itemBytes: 8, ...options });
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

/** How often each element of the plan's shape lies in one of the boxes. */
function coverage({ shape }: TilePlan, boxes: Iterable<Pick<Tile, "origin" | "shape">>): Uint8Array {
  const counts = new Uint8Array(shape.reduce((product, extent) => product * extent, 1));
  for (const box of boxes) {
    for (const index of indicesOf(box.shape)) {
      counts[index.reduce((place, i, axis) => place * shape[axis] + box.origin[axis] + i, 0)]++;
    }
  }
  return counts;
}

function tilesInOrder(plan: TilePlan): Tile[] {
  const cursor = new TileCursor(plan);
  return Array.from({ length: plan.tiles }, () => {
    const tile = cursor.tile();
    cursor.advance();
    return tile;
  });
}

/** The tiles as they follow from the definition: C order of the grid, cut at the far edges. */
function tilesByDefinition({ shape, tile, grid }: TilePlan): Tile[] {
  return indicesOf(grid).map((coords, index) => {
    const origin = coords.map((place, axis) => place * tile[axis]);
    return {
      index,
      coords,
      origin,
      shape: origin.map((start, axis) => Math.min(tile[axis], shape[axis] - start)),
    };
  });
}

Deno.test("the tiles of every small shape and tile cover each element exactly once, in C order", () => {
  for (const [ndim, extents] of [[0, 6], [1, 6], [2, 6], [3, 4]]) {
    for (const shape of tuplesOf(upTo(extents), ndim)) {
      for (const tile of tuplesOf(upTo(extents + 1), ndim)) {
        const made = plan(shape, { tile });
        const tiles = tilesInOrder(made), about = `shape [${shape}] tile [${tile}]`;
        assertEquals(made.tile, tile.map((extent, axis) => Math.min(extent, shape[axis])), about);
        assertEquals(tiles, tilesByDefinition(made), about);
        assert(coverage(made, tiles).every((count) => count === 1), about);
      }
    }
  }
});

Deno.test("leading axes that the tile does not name are whole", () => {
  for (const shape of tuplesOf(upTo(4), 3)) {
    for (const tile of [0, 1, 2].flatMap((ndim) => tuplesOf(upTo(3), ndim))) {
      const made = plan(shape, { tile });
      assertEquals(made.tile.slice(0, 3 - tile.length), shape.slice(0, 3 - tile.length));
      assert(
        coverage(made, tilesInOrder(made)).every((count) => count === 1),
        `shape [${shape}] tile [${tile}]`,
      );
    }
  }
  assertEquals(plan([365, 16, 16], { tile: [4, 4] }).grid, [1, 4, 4]);
});

Deno.test("tileAt, and a cursor that was sent somewhere, agree with the walk through all tiles", () => {
  forEachSeed(300, (random) => {
    const ndim = random.int(0, 4);
    const made = plan(random.ints(ndim, 1, 7), { tile: random.ints(ndim, 1, 4) });
    const tiles = tilesInOrder(made);
    const cursor = new TileCursor(made);
    for (const tile of random.shuffled(tiles)) {
      assertEquals(tileAt(made, tile.index), tile);
      cursor.seek(tile.index);
      assertEquals(cursor.tile(), tile);
      if (tile.index + 1 < tiles.length) {
        cursor.advance();
        assertEquals(cursor.tile(), tiles[tile.index + 1]);
      }
    }
  });
});

Deno.test("a tile that was handed out does not change when the cursor goes on", () => {
  const cursor = new TileCursor(plan([4, 5], { tile: [2, 2] }));
  const first = cursor.tile(), copy = structuredClone(first);
  cursor.advance();
  cursor.tile();
  assertEquals(first, copy);
});

Deno.test("joined tiles cover each element once, in grains of any length", () => {
  forEachSeed(1000, (random) => {
    const ndim = random.int(0, 4);
    const made = plan(random.ints(ndim, 1, 6), { tile: random.ints(ndim, 1, 4) });
    const grain = random.int(1, 40);
    const boxes: Pick<Tile, "origin" | "shape">[] = [];
    for (let first = 0; first < made.tiles; first += grain) {
      const end = Math.min(first + grain, made.tiles);
      for (let index = first; index < end;) {
        const tile = tileAt(made, index);
        const { count, shape } = joinTiles(made, tile, end - index);
        assert(count >= 1 && count <= end - index, `joined ${count} of at most ${end - index}`);
        const alone = tilesByDefinition(made).slice(index, index + count);
        assertEquals(coverage(made, [{ origin: tile.origin, shape }]), coverage(made, alone));
        boxes.push({ origin: tile.origin, shape });
        index += count;
      }
    }
    assert(coverage(made, boxes).every((count) => count === 1), Deno.inspect(made));
  });
});

Deno.test("as many tiles are joined as make a box: a part of a row, whole rows, whole planes", () => {
  const made = plan([2, 4, 10], { tile: [1, 2, 4] });
  assertEquals(made.grid, [2, 2, 3]);
  assertEquals(joinTiles(made, tileAt(made, 0), 2), { count: 2, shape: [1, 2, 8] });
  assertEquals(joinTiles(made, tileAt(made, 0), 3), { count: 3, shape: [1, 2, 10] });
  assertEquals(joinTiles(made, tileAt(made, 0), 11), { count: 6, shape: [1, 4, 10] });
  assertEquals(joinTiles(made, tileAt(made, 0), 12), { count: 12, shape: [2, 4, 10] });
  assertEquals(joinTiles(made, tileAt(made, 1), 12), { count: 2, shape: [1, 2, 6] });
  assertEquals(joinTiles(made, tileAt(made, 3), 12), { count: 3, shape: [1, 2, 10] });
  assertEquals(joinTiles(made, tileAt(made, 11), 12), { count: 1, shape: [1, 2, 2] });
});

Deno.test("an elementwise kernel's grain is whole rows of tiles, but leaves work for all workers", () => {
  assertEquals(plan([365, 512, 512], { tile: [4, 4], workers: 2 }).joinedGrain, 256);
  assertEquals(plan([365, 16, 16], { tile: [4, 4], workers: 2 }).joinedGrain, 4);
  assertEquals(plan([365, 16, 16], { tile: [4, 4], workers: 10 }).joinedGrain, 2);
  assertEquals(plan([1_000_000], { tile: [1], workers: 2 }).joinedGrain, 65_536);
  assertEquals(plan([100_000, 30], { tile: [1, 1], workers: 2 }).joinedGrain, 65_550);
  assertEquals(plan([365, 16, 16], { tile: [4, 4], workers: 2, grain: 3 }).joinedGrain, 3);
  forEachSeed(300, (random) => {
    const ndim = random.int(0, 3);
    const made = plan(random.ints(ndim, 0, 500), { tile: random.ints(ndim, 1, 50) });
    const grain = made.joinedGrain;
    assert(Number.isSafeInteger(grain) && grain >= made.grain, `grain ${grain} of ${Deno.inspect(made)}`);
  });
  const long = plan([MOST_TILES], { tile: [1], grain: 2 ** 30 }).joinedGrain;
  assert(MOST_TILES + 512 * long <= 2 ** 31, `512 workers could overshoot with a grain of ${long}`);
});

Deno.test("claims of compiled kernels shrink towards the end, in whole rows of the grid, and cover every tile once", () => {
  forEachSeed(200, (random) => {
    const shape = random.ints(random.int(1, 3), 1, 4000), workers = random.int(1, 8);
    const tile = shape.map((extent) => random.int(1, extent));
    const made = plan(shape, { tile, workers, grain: random.oneIn(5) ? random.int(1, 50) : undefined });
    if (made.tiles > 1_000_000) return;
    const row = Math.max(1, made.grid.at(-1) ?? 1);
    let claimed = 0, before = Infinity;
    while (claimed < made.tiles) {
      const grain = guidedGrain(made, made.tiles - claimed, workers);
      assert(grain >= 1 && grain <= before, `${grain} after ${before} of ${made.grid}`);
      assert(grain <= made.longestGrain && (grain < row || grain % row === 0));
      [claimed, before] = [claimed + grain, grain];
    }
  });
  const large = plan([48_000_000], { workers: 2 });
  assertEquals([large.shortestGrain, guidedGrain(large, large.tiles, 2), guidedGrain(large, 3, 2)], [
    1,
    64,
    1,
  ]);
});

Deno.test("claims of kernels that are called tile by tile shrink towards the end, and cover every tile once", () => {
  forEachSeed(200, (random) => {
    const shape = [random.int(1, 40), random.int(1, 60)];
    const tile = [random.int(1, 3), random.int(1, 5)], workers = random.int(1, 8);
    const made = plan(shape, { tile, workers, itemBytes: random.pick([1, 2, 4, 8]) });
    const grains: number[] = [];
    for (let claimed = 0; claimed < made.tiles;) {
      const grain = sharedGrain(made, made.tiles - claimed, workers);
      assertEquals(grain % made.leastGrain, 0);
      assert(grain >= made.leastGrain && grain <= made.mostGrain, `${grain}`);
      grains.push(Math.min(grain, made.tiles - claimed));
      claimed += grain;
    }
    assertEquals(grains.reduce((sum, grain) => sum + grain, 0), made.tiles);
    assert(grains.every((grain, k) => k === 0 || grain <= grains[k - 1]), `${grains}`);
    // What one worker has claimed last keeps the others waiting for no longer than a claim of the fewest.
    assert((grains.at(-1) ?? 0) <= made.leastGrain, `${grains}`);
  });
  const large = plan([1_000_000], { tile: [16], workers: 2 });
  assertEquals([sharedGrain(large, large.tiles, 2), sharedGrain(large, 160, 2), sharedGrain(large, 3, 2)], [
    256,
    10,
    1,
  ]);
  const given = plan([1000], { tile: [1], grain: 7 });
  assertEquals([sharedGrain(given, 1000, 2), sharedGrain(given, 1, 2)], [7, 7]);
});

Deno.test("a shape with an extent of 0 has no tiles, a shape without axes has one", () => {
  for (const options of [{}, { tile: [4] }, { tile: [] }]) {
    const empty = plan([3, 0], options);
    assertEquals([empty.tiles, empty.grid.includes(0)], [0, true]);
    assert(empty.tile.every((extent) => extent >= 1) && empty.grain >= 1);
  }
  for (const options of [{}, { tile: [] }]) {
    const scalar = plan([], options);
    assertEquals([scalar.tiles, scalar.grid, scalar.tile], [1, [], []]);
    assertEquals(tileAt(scalar, 0), { index: 0, coords: [], origin: [], shape: [] });
    assertEquals(joinTiles(scalar, tileAt(scalar, 0), 3), { count: 1, shape: [] });
  }
});

Deno.test("a tile is cut to the shape, and the plan keeps no array of the caller's", () => {
  const shape = [3, 5], tile = [9, 2];
  const made = plan(shape, { tile });
  shape[0] = 7;
  tile[1] = 7;
  assertEquals([made.shape, made.tile, made.grid, made.tiles], [[3, 5], [3, 2], [1, 3], 3]);
});

Deno.test("edge tiles are smaller, and tiles of one shape share it", () => {
  const made = plan([5, 7], { tile: [2, 3] });
  assertEquals(tileAt(made, 8).shape, [1, 1]);
  const [first, second] = tilesInOrder(made);
  assertStrictEquals(first.shape, second.shape);
});

Deno.test("a tile that makes no plan is refused with the numbers involved", () => {
  const tiles: [tile: number[], message: string][] = [
    [[1, 2, 3], "Tile [1, 2, 3] has 3 axes, more than the 2 of the shape [4, 5]"],
    [[0], "Invalid tile [0]: 0 is not a positive integer"],
    [[2, -1], "Invalid tile [2, -1]: -1 is not a positive integer"],
    [[1.5], "Invalid tile [1.5]: 1.5 is not a positive integer"],
    [[NaN], "Invalid tile [NaN]: NaN is not a positive integer"],
    [[Infinity], "Invalid tile [Infinity]: Infinity is not a positive integer"],
  ];
  for (const [tile, message] of tiles) assertThrows(() => plan([4, 5], { tile }), PlanError, message);
  assertThrows(
    () => plan([], { tile: [1] }),
    PlanError,
    "Tile [1] has 1 axes, more than the 0 of the shape []",
  );
});

Deno.test("a shape that no array has is refused, whether there is a tile or not", () => {
  const shapes = [
    [0.5, 3],
    [-1],
    [NaN, 2],
    [3, Infinity],
    [0, -2],
    [2 ** 53, 2],
    new Array<number>(65).fill(1),
  ];
  for (const shape of shapes) {
    for (const tile of [undefined, [], [1]]) assertThrows(() => plan(shape, { tile }), ShapeError);
  }
});

Deno.test("more than 2^30 tiles are refused, 2^30 are not", () => {
  assertEquals(plan([MOST_TILES], { tile: [1] }).tiles, MOST_TILES);
  assertThrows(
    () => plan([MOST_TILES + 1], { tile: [1] }),
    PlanError,
    `Tiles [1] cut [1073741825] into 1073741825 tiles, more than 1073741824: take larger tiles`,
  );
  assertThrows(() => plan([2 ** 26, 2 ** 26], { tile: [1, 1] }), PlanError, "take larger tiles");
});

Deno.test("tiles that are chosen cover the shape, fit a cache and give every worker work", () => {
  forEachSeed(500, (random) => {
    const shape = random.ints(random.int(0, 4), 1, random.pick([3, 30, 90]));
    const size = shape.reduce((product, extent) => product * extent, 1);
    const workers = random.int(1, 16);
    const made = plan(shape, { workers });
    const tileSize = made.tile.reduce((product, extent) => product * extent, 1);
    assert(tileSize <= 65_536, `tile [${made.tile}]`);
    // Less than 1024 elements are not worth a call of their own.
    const wanted = Math.min(Math.floor(size / 1024), workers);
    assert(made.tiles >= wanted, `${made.tiles} tiles of [${shape}] for ${workers} workers`);
    if (size <= 1024) assertEquals(made.tiles, 1);
    assertEquals(made.grid, shape.map((extent, axis) => Math.ceil(extent / made.tile[axis])));
    if (size < 5000) assert(coverage(made, tilesInOrder(made)).every((count) => count === 1));
  });
});

Deno.test("a chosen tile is one piece of memory in C order: whole rows, then a part", () => {
  forEachSeed(200, (random) => {
    const shape = random.ints(random.int(1, 4), 1, 40);
    const { tile } = plan(shape, { workers: random.int(1, 8) });
    const partial = tile.findIndex((extent) => extent > 1);
    if (partial >= 0) {
      assertEquals(tile.slice(partial + 1), shape.slice(partial + 1), `shape [${shape}] tile [${tile}]`);
    }
  });
});

Deno.test("a grain that is given is kept, but never so long that the counter of tiles could overflow", () => {
  assertEquals(plan([100], { tile: [1], grain: 7 }).grain, 7);
  assertEquals(plan([100], { tile: [1], grain: 1000 }).grain, 1000);
  const { grain } = plan([MOST_TILES], { tile: [1], grain: MOST_TILES });
  assert(MOST_TILES + 512 * grain <= 2 ** 31, `512 workers could overshoot with a grain of ${grain}`);
});

Deno.test("a grain that is no positive integer is refused", () => {
  for (const grain of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(
      () => plan([100], { grain }),
      PlanError,
      `Invalid grain ${grain}: expected a positive integer`,
    );
  }
});

Deno.test("a chosen grain is from 1 to 256 and leaves each worker grains to claim", () => {
  forEachSeed(500, (random) => {
    const workers = random.int(1, 16);
    const made = plan([random.int(1, 100_000)], { tile: [random.int(8, 20)], workers });
    assert(made.grain >= 1 && made.grain <= 256, `grain ${made.grain}`);
    assert(
      made.grain === 1 || made.tiles >= made.grain * workers,
      `${made.tiles} tiles, grain ${made.grain}`,
    );
  });
});

Deno.test("neighbours that share a cache line go to one worker, where that leaves work for all", () => {
  const grainOf = (extent: number, tile: number, itemBytes: number) =>
    plan([extent], { tile: [tile], itemBytes, workers: 2 }).grain;
  assertEquals(grainOf(64, 1, 8), 8);
  assertEquals(grainOf(64, 2, 8), 4);
  assertEquals(grainOf(1024, 1, 1), 64);
  assertEquals(grainOf(80, 8, 8), 1);
  assertEquals(grainOf(16, 1, 8), 1);
  assertEquals(plan([16, 4], { tile: [1, 1], workers: 2 }).grain, 4);
});
