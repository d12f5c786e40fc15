import { assert, assertEquals, assertThrows } from "@std/assert";
import { PlanError } from "../../src/errors.ts";
import {
  type BlockArray,
  blockBytes,
  type BlockOptions,
  chooseBlock,
  timesRead,
} from "../../src/plan/block_plan.ts";
import { shardRange } from "../../src/plan/shards.ts";

function array(shape: number[], chunks: number[], isOutput: boolean, itemBytes = 4): BlockArray {
  return { shape, chunks, itemBytes, isOutput };
}

function options(arrays: BlockArray[], more: Partial<BlockOptions> = {}): BlockOptions {
  const around = arrays[0].shape.map(() => 0);
  return { arrays, around, roomBytes: Infinity, workers: 2, ...more };
}

Deno.test("blocks are whole chunks of every output, for random shapes and memories", () => {
  let seed = 7;
  const roll = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return seed % below;
  };
  for (let round = 0; round < 500; round++) {
    const rank = 1 + roll(3), shape = Array.from({ length: rank }, () => 1 + roll(60));
    const chunks = () => shape.map((extent) => 1 + roll(Math.min(extent, 9)));
    const outputs = Array.from({ length: 1 + roll(2) }, () => array(shape, chunks(), true));
    const arrays = [...outputs, array(shape, chunks(), false)];
    const own = options(arrays, { roomBytes: 2 ** (6 + roll(16)), around: shape.map(() => roll(3)) });
    const block = chooseBlock(shape, own);
    if (block === null) {
      const least = chooseBlock(shape, { ...own, roomBytes: Infinity, wanted: shape.map(() => 1) });
      assert(least !== null && blockBytes(least, own) > own.roomBytes);
      continue;
    }
    assert(blockBytes(block, own) <= own.roomBytes);
    for (const { chunks } of outputs) {
      block.forEach((extent, axis) => assert(extent % chunks[axis] === 0 || extent === shape[axis]));
    }
  }
});

Deno.test("blocks hold whole chunks of inputs where memory allows, and as much as fits where it does not", () => {
  const shape = [365, 720, 1440];
  const arrays = [array(shape, [1, 720, 1440], true), array(shape, [365, 8, 1440], false)];
  assertEquals(chooseBlock(shape, options(arrays)), shape);
  const roomBytes = 400e6, block = chooseBlock(shape, options(arrays, { roomBytes })) ?? [];
  assertEquals(block.slice(1), [720, 1440]);
  assert(block[0] > 15 && blockBytes(block, options(arrays)) <= roomBytes);
  assert(timesRead(arrays[1], block) > 1.5 && timesRead(arrays[1], shape) === 1);
  const alike = [array(shape, [1, 720, 1440], true), array(shape, [5, 360, 720], false)];
  assertEquals(chooseBlock(shape, options(alike, { roomBytes: 256e6 })), [5, 720, 1440]);
});

Deno.test("small chunks are done several at a time, and a tile that is wanted is raised to whole chunks", () => {
  const shape = [1000, 1000], arrays = [array(shape, [10, 10], true), array(shape, [10, 10], false)];
  const block = chooseBlock(shape, options(arrays)) ?? [];
  assert(block[1] === 1000 && block[0] % 10 === 0, String(block));
  assertEquals(chooseBlock(shape, options(arrays, { wanted: [15, 11] })), [20, 20]);
  assertEquals(chooseBlock(shape, options(arrays, { wanted: [11] })), [1000, 20]);
  assertThrows(() => chooseBlock(shape, options(arrays, { wanted: [0] })), PlanError, "positive integers");
  assertThrows(() => chooseBlock(shape, options(arrays, { wanted: [1, 1, 1] })), PlanError, "at most 2");
});

Deno.test("shards are disjoint, together they are all tiles, and differ by one at most", () => {
  for (let tiles = 0; tiles < 40; tiles++) {
    for (let count = 1; count < 20; count++) {
      let next = 0;
      for (let index = 0; index < count; index++) {
        const { begin, end } = shardRange(tiles, { index, count });
        assertEquals(begin, next);
        assert(end - begin >= Math.floor(tiles / count) && end - begin <= Math.ceil(tiles / count));
        next = end;
      }
      assertEquals(next, tiles);
    }
  }
  assertEquals(shardRange(7, undefined), { begin: 0, end: 7 });
  for (
    const shard of [{ index: 3, count: 3 }, { index: -1, count: 3 }, { index: 0.5, count: 3 }, {
      index: 0,
      count: 0,
    }]
  ) {
    assertThrows(() => shardRange(7, shard), PlanError, "Invalid shard");
  }
});
