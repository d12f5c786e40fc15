import { assertEquals } from "@std/assert";
import { DIGIT_BLOCK, DigitCounter, DigitSearch, slotsOf } from "../../../src/kernel/order/digit_counts.ts";
import {
  DIGIT_VALUES,
  KEY_DIGITS,
  lowerKey,
  numberOfKey,
  upperKey,
} from "../../../src/kernel/order/float_keys.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { listPlan, listSource } from "./list_source.ts";

/** The two halves of a number's key. */
function keyOf(value: number): [upper: number, lower: number] {
  const [low, high] = new Uint32Array(Float64Array.of(value).buffer);
  return [upperKey(high), lowerKey(high, low)];
}

function randomNumber(random: Seeded): number {
  if (random.oneIn(20)) return random.pick([0, -0, Infinity, -Infinity, 5e-324, -5e-324]);
  const value = random.pick([1, -1]) * random.word() * 2 ** random.int(-60, 60);
  return random.oneIn(3) ? random.int(-5, 5) : value;
}

Deno.test("keys are in the order of their numbers, and give them back", () => {
  forEachSeed(2000, (random) => {
    const a = randomNumber(random), b = randomNumber(random);
    const [upperA, lowerA] = keyOf(a), [upperB, lowerB] = keyOf(b);
    if (a !== b) assertEquals(upperA < upperB || (upperA === upperB && lowerA < lowerB), a < b, `${a}, ${b}`);
    const prefix = upperA * DIGIT_VALUES + Math.floor(lowerA / DIGIT_VALUES);
    assertEquals(Object.is(numberOfKey(prefix, lowerA % DIGIT_VALUES), a), true, `${a}`);
  });
});

Deno.test("passes over digits find what sorting finds, NaN apart", () => {
  forEachSeed(12, (random) => {
    const cells = random.int(1, 3),
      positions = random.oneIn(2) ? random.int(1, 50) : random.int(1, 3 * DIGIT_BLOCK);
    const list = Float64Array.from(
      { length: cells * positions },
      () => random.oneIn(50) ? NaN : randomNumber(random),
    );
    const sorted = Array.from({ length: cells }, (_, cell) => {
      const own = [...list.subarray(cell * positions, (cell + 1) * positions)];
      return own.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
    });
    const unitPositions = random.int(Math.ceil(positions / 4), positions), workers = random.int(1, 3);
    const plan = listPlan({ cells, positions, unitCells: 1, unitPositions, contiguous: "positions" });
    const places = sorted.map(({ length }) =>
      length === 0 ? [] : [...random.ints(3, 0, length - 1), 0, length - 1]
    );
    let searches: DigitSearch[] = [];
    for (let digit = 0; digit < KEY_DIGITS; digit++) {
      const pass = {
        digit,
        prefixes: digit === 0 ? sorted.map(() => [0]) : searches.map(({ prefixes }) => prefixes),
      };
      const scratch = new Float64Array(DIGIT_BLOCK), size = slotsOf(pass) * DIGIT_VALUES;
      const counts = new Float64Array(workers * cells * size), missing = new Float64Array(workers * cells);
      const room = { scratch, counts, missing };
      const counter = new DigitCounter(plan, pass, listSource(plan, list, scratch), room);
      for (let unit = 0; unit < cells * plan.positionUnits; unit++) {
        counter.runUnit(unit, random.int(0, workers - 1));
      }
      if (digit === 0) {
        const lost = sorted.map((_, cell) =>
          missing.filter((_, k) => k % cells === cell).reduce((a, b) => a + b)
        );
        assertEquals(lost, sorted.map(({ length }) => positions - length));
        searches = places.map((own) => new DigitSearch(own));
      }
      searches.forEach((search, cell) => {
        const own = new Float64Array(size);
        for (let worker = 0; worker < workers; worker++) {
          for (let k = 0; k < size; k++) own[k] += counts[(worker * cells + cell) * size + k];
        }
        search.take(digit, own);
      });
    }
    const found = searches.map((search) => search.found.map((value) => value + 0));
    assertEquals(found, places.map((own, cell) => own.map((place) => sorted[cell][place] + 0)));
  });
});
