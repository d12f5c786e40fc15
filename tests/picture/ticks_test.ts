import { assert, assertEquals } from "@std/assert";
import { shortNumber, ticksIn } from "../../src/picture/ticks.ts";
import { Seeded } from "../seeded.ts";

const textsIn = (low: number, high: number, most: number) =>
  ticksIn([low, high], most).map(({ text }) => text);

Deno.test("ticks are round numbers within the range, written alike", () => {
  assertEquals(textsIn(-0.25, 2.1, 6), ["0.0", "0.5", "1.0", "1.5", "2.0"]);
  assertEquals(textsIn(0, 30, 4), ["0", "10", "20", "30"]);
  assertEquals(textsIn(950, 1040, 6), ["960", "980", "1000", "1020", "1040"]);
  assertEquals(textsIn(-1, 1, 5), ["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
  assertEquals(textsIn(0, 3e9, 4), ["0", "1e9", "2e9", "3e9"]);
  assertEquals(textsIn(10_000_001, 10_000_004, 4), ["10000001", "10000002", "10000003", "10000004"]);
  assertEquals(textsIn(0, 3e-7, 4), ["0", "1e-7", "2e-7", "3e-7"]);
});

Deno.test("ticks of any range are few, in order and within it", () => {
  const seeded = new Seeded(3), random = () => seeded.word() / 2 ** 32;
  for (let k = 0; k < 2000; k++) {
    const low = (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
    const high = low + 10 ** Math.floor(random() * 40 - 20) * (random() + 0.01);
    if (!(low < high)) continue;
    for (const most of [2, 3, 5, 9]) {
      const ticks = ticksIn([low, high], most), span = high - low;
      assert(ticks.length >= 1 && ticks.length <= most + 1, `${low} to ${high}: ${ticks.length} of ${most}`);
      ticks.forEach(({ value, text }, at) => {
        assert(value >= low - span * 1e-6 && value <= high + span * 1e-6, `${value} in ${low} to ${high}`);
        assert(at === 0 || value > ticks[at - 1].value);
        assert(at === 0 || text !== ticks[at - 1].text, `${text} twice in ${low} to ${high}`);
        assert(text.length <= 24, text);
      });
    }
  }
});

Deno.test("ranges of one value, and of the largest ones, have ticks", () => {
  assertEquals(textsIn(3, 3, 5), ["3"]);
  assertEquals(ticksIn(null, 5), []);
  assertEquals(textsIn(-1.7e308, 1.7e308, 5), ["-1.7e308", "1.7e308"]);
  assertEquals(ticksIn([1, 1 + Number.EPSILON], 5).length, 2);
});

Deno.test("numbers are short", () => {
  const cases: [value: number, text: string][] = [
    [0, "0"],
    [-0, "0"],
    [16200, "16200"],
    [-40.7599983, "-40.76"],
    [0.000123456, "0.0001235"],
    [0.0000123456, "1.235e-5"],
    [1234567, "1.235e6"],
    [1e21, "1e21"],
    [NaN, "NaN"],
    [-Infinity, "-inf"],
    [Infinity, "inf"],
  ];
  for (const [value, text] of cases) assertEquals(shortNumber(value), text);
  assertEquals(shortNumber(14.85182229653657, 6), "14.8518");
});
