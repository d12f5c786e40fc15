import { assert, assertEquals } from "@std/assert";
import { select, selectAll } from "../../../src/kernel/order/select.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";

/** Lists that are random, ordered, full of equals, or of few values. */
function makeList(random: Seeded, length: number): Float64Array {
  const kind = random.int(0, 5);
  const list = Float64Array.from({ length }, (_, i) => {
    if (kind === 0) return i;
    if (kind === 1) return length - i;
    if (kind === 2) return 7;
    if (kind === 3) return random.int(0, 3);
    if (kind === 4) return Math.min(i, length - i);
    return random.word() / 2 ** 16 - 3e4;
  });
  for (let k = random.int(0, 3); k > 0 && length > 0; k--) {
    list[random.int(0, length - 1)] = random.pick([Infinity, -Infinity, 0, 1e308]);
  }
  return list;
}

Deno.test("a selected element is the one that sorting puts there, and divides the others", () => {
  forEachSeed(400, (random) => {
    const list = makeList(random, random.int(1, random.oneIn(4) ? 3000 : 60));
    const from = random.int(0, list.length - 1), to = random.int(from + 1, list.length);
    const place = random.int(from, to - 1);
    const sorted = list.slice(from, to).sort(), before = list.slice();
    const poorRounds = random.pick([undefined, 0, 1]);
    assertEquals(select(list, from, to, place, poorRounds), sorted[place - from]);
    assertEquals(list[place], sorted[place - from]);
    assert(list.subarray(from, place).every((element) => element <= list[place]));
    assert(list.subarray(place, to).every((element) => element >= list[place]));
    assertEquals(list.slice(from, to).sort(), sorted);
    assertEquals([list.slice(0, from), list.slice(to)], [before.slice(0, from), before.slice(to)]);
  });
});

Deno.test("several places are selected at once", () => {
  forEachSeed(200, (random) => {
    const list = makeList(random, random.int(1, 400)), sorted = list.toSorted();
    const places = random.ints(random.int(1, 8), 0, list.length - 1).sort((a, b) => a - b);
    selectAll(list, 0, list.length, places);
    assertEquals(places.map((place) => list[place]), places.map((place) => sorted[place]));
  });
});

/** How often elements of a list are read while one is selected. */
function readsOf(list: Float64Array, place: number, poorRounds?: number): number {
  let reads = 0;
  const counted = new Proxy(list, {
    get(target, key) {
      reads++;
      return Reflect.get(target, key);
    },
    set: (target, key, value) => Reflect.set(target, key, value),
  });
  select(counted, 0, list.length, place, poorRounds);
  return reads;
}

Deno.test("no order of elements makes a selection slow", () => {
  const length = 4000, place = length >> 1;
  const lists: Record<string, Float64Array> = {
    rising: Float64Array.from({ length }, (_, i) => i),
    falling: Float64Array.from({ length }, (_, i) => -i),
    equal: new Float64Array(length).fill(3),
    organ: Float64Array.from({ length }, (_, i) => Math.min(i, length - i)),
    "two values": Float64Array.from({ length }, (_, i) => i % 2),
  };
  for (const [name, list] of Object.entries(lists)) {
    for (const wanted of [0, 1, place, length - 1]) {
      // With sampled pivots, and with those that bound the time on any input.
      const reads = [readsOf(list.slice(), wanted), readsOf(list.slice(), wanted, 0)];
      assert(reads[0] < 12 * length, `${name}, place ${wanted}: ${reads[0]} reads for ${length} elements`);
      assert(reads[1] < 60 * length, `${name}, place ${wanted}: ${reads[1]} reads for ${length} elements`);
    }
  }
});
