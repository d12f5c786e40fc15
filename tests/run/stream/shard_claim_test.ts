import { assert, assertEquals, assertRejects } from "@std/assert";
import { StoreError } from "../../../src/errors.ts";
import { LEDGER_FOLDER, ShardClaim } from "../../../src/run/stream_ledger.ts";
import { rawArray } from "./raw_driver.ts";

const shard = { index: 3, count: 64 }, beatMs = 60;

async function withArray(test: (array: ReturnType<typeof rawArray>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(rawArray({ folder, dtype: "int8", shape: [4], chunks: [1] }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const key = `${LEDGER_FOLDER}shard-3-of-64.json`;

Deno.test("a shard that a living task is at is refused, and free when that one ends", () =>
  withArray(async (a) => {
    {
      await using first = await ShardClaim.take({ a }, shard, { beatMs });
      assert(first !== null);
      const error = await assertRejects(
        () => ShardClaim.take({ a }, shard, { beatMs }),
        StoreError,
        "Shard 3 of 64",
      );
      assert(error.message.includes("give each task an index of its own"));
      await using other = await ShardClaim.take({ a }, { index: 4, count: 64 }, { beatMs });
      assert(other !== null);
    }
    assertEquals(await a.ledger?.get(key), undefined);
    await using again = await ShardClaim.take({ a }, shard, { beatMs });
    assert(again !== null);
  }));

Deno.test("a shard whose task was killed is taken over when no sign of life comes", () =>
  withArray(async (a) => {
    await a.ledger?.put(key, new TextEncoder().encode('{"owner":"gone","beats":7}'));
    const began = performance.now();
    await using claim = await ShardClaim.take({ a }, shard, { beatMs });
    assert(claim !== null && performance.now() - began >= 2 * beatMs);
  }));

Deno.test("the same owner begins again at once, and a signal ends the waiting", () =>
  withArray(async (a) => {
    await a.ledger?.put(key, new TextEncoder().encode('{"owner":"slurm 12_3","beats":7}'));
    // The default beat would make it wait for sixteen seconds.
    await using claim = await ShardClaim.take({ a }, { ...shard, owner: "slurm 12_3" });
    assert(claim !== null);
    const signal = AbortSignal.abort(new Error("no more"));
    await assertRejects(() => ShardClaim.take({ a }, shard, { signal }), Error, "no more");
  }));

Deno.test("what stands in the place of a sign, or nothing that can keep one, stops nobody", () =>
  withArray(async (a) => {
    await a.ledger?.put(key, new TextEncoder().encode("half a si"));
    await using claim = await ShardClaim.take({ a }, shard, { beatMs });
    assert(claim !== null);
    assertEquals(await ShardClaim.take({}, shard), null);
  }));
