import { assertEquals } from "@std/assert";
import { BoundedMap } from "../src/bounded_map.ts";
import { forEachSeed } from "./seeded.ts";

Deno.test("what was not asked for the longest is forgotten", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  assertEquals(map.get("a"), 1);
  map.set("c", 3);
  assertEquals(["a", "b", "c"].map((key) => map.get(key)), [1, undefined, 3]);
  // Setting counts as asking, and replaces.
  map.set("a", 4);
  map.set("d", 5);
  assertEquals(["a", "c", "d"].map((key) => map.get(key)), [4, undefined, 5]);
});

Deno.test("random use: the entries are those of a slow list", () => {
  forEachSeed(100, (random) => {
    const most = random.int(1, 5), map = new BoundedMap<number, number>(most);
    let list: [key: number, value: number][] = [];
    for (let step = 0; step < 60; step++) {
      const key = random.int(0, 7), known = list.find(([own]) => own === key);
      if (random.oneIn(2)) {
        assertEquals(map.get(key), known?.[1]);
        if (known !== undefined) list = [...list.filter((entry) => entry !== known), known];
      } else {
        map.set(key, step);
        list = [...list.filter((entry) => entry !== known), [key, step] as [number, number]].slice(-most);
      }
    }
  });
});
