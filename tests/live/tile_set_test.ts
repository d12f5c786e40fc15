import { assertEquals } from "@std/assert";
import { countOf, type Range, TileSet, without } from "../../src/live/tile_set.ts";
import { forEachSeed, type Seeded } from "../seeded.ts";

function tilesOf(ranges: readonly Range[]): number[] {
  return ranges.flatMap(({ begin, end }) => Array.from({ length: end - begin }, (_, k) => begin + k));
}

function disjoint(random: Seeded): Range[] {
  const ranges: Range[] = [];
  for (let at = random.int(0, 4); at < 30;) {
    const end = at + random.int(0, 5);
    ranges.push({ begin: at, end });
    at = end + random.int(0, 4);
  }
  return ranges;
}

Deno.test("what is not in other ranges", () => {
  assertEquals(without([{ begin: 0, end: 10 }], [{ begin: 7, end: 20 }, { begin: 2, end: 4 }]), [
    { begin: 0, end: 2 },
    { begin: 4, end: 7 },
  ]);
  forEachSeed(300, (random) => {
    const ranges = disjoint(random).filter(({ begin, end }) => begin < end);
    const others = Array.from({ length: random.int(0, 5) }, () => {
      const begin = random.int(0, 30);
      return { begin, end: begin + random.int(0, 8) };
    });
    const holes = new Set(tilesOf(others)), left = without(ranges, others);
    assertEquals(tilesOf(left), tilesOf(ranges).filter((tile) => !holes.has(tile)));
    assertEquals(countOf(left), tilesOf(left).length);
  });
});

Deno.test("tiles are taken once, the lowest first", () => {
  forEachSeed(300, (random) => {
    const all = { begin: random.int(0, 3), end: 30 }, set = new TileSet(all);
    let left = tilesOf([all]);
    for (let turn = 0; turn < 6; turn++) {
      const among = disjoint(random), most = random.int(0, 9);
      const wanted = left.filter((tile) => tilesOf(among).includes(tile)).slice(0, most);
      assertEquals(tilesOf(set.take(among, most)), wanted);
      left = left.filter((tile) => !wanted.includes(tile));
      assertEquals(tilesOf(set.ranges), left);
    }
  });
});
