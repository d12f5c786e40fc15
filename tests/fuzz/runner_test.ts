import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { FormatError, ShapeError } from "../../src/errors.ts";
import { Seeded } from "../seeded.ts";
import { checkArray } from "./elements.ts";
import { editField, FieldWriter } from "./fields.ts";
import { MemoryCounter } from "./memory.ts";
import { joined, mutated } from "./mutate.ts";
import { npyExpected, npyParts } from "./npy_files.ts";
import { checkLine, checkRefusal } from "./refusals.ts";
import { describeFinding, type FuzzTarget, randomOf, runCases } from "./runner.ts";
import { SharedNdArray } from "../../src/array/shared_ndarray.ts";

/** A target whose cases are numbers below 100. */
function numbers(run: (number: number) => string | Promise<string>, limitMs: number = 1000): FuzzTarget {
  return {
    name: "numbers",
    limitMs,
    makeCase(random) {
      const number = random.int(0, 99);
      return { about: "a number", material: String(number), run: () => run(number) };
    },
  };
}

Deno.test("what is wrong in a case is found, with what it takes to see it again", async () => {
  const target = numbers((number) => {
    if (number === 42) throw new TypeError("no");
    return number < 50 ? "small" : "large";
  });
  const { cases, outcomes, findings: [finding] } = await runCases(target, { seed: 7, cases: 2000 });
  assertEquals([finding.number, finding.material], [cases - 1, "42"]);
  assertEquals([...outcomes.values()].reduce((sum, count) => sum + count), cases - 1);
  assertStringIncludes(describeFinding(finding), "TypeError: no");
  assertStringIncludes(describeFinding(finding), `--target numbers --seed 7 --case ${finding.number}`);
  const again = await runCases(target, { seed: 7, first: finding.number, cases: 1 });
  assertEquals([again.cases, again.findings[0].material], [1, "42"]);
});

Deno.test("a case that takes too long is found", async () => {
  const slow = numbers((number) => {
    const end = performance.now() + (number > 50 ? 30 : 0);
    while (performance.now() < end);
    return "done";
  }, 20);
  const { findings: [finding], slowest } = await runCases(slow, { seed: 1, cases: 100 });
  assert(Number(finding.material) > 50 && slowest.ms > 20, finding.reason);
  assertStringIncludes(finding.reason, "more than 20");
});

Deno.test("cases follow from seed, target and number", () => {
  const drawn = (seed: number, target: string, number: number) => randomOf(seed, target, number).word();
  assertEquals(drawn(1, "npy", 5), drawn(1, "npy", 5));
  const words = [1, 2, 3].flatMap((seed) =>
    ["npy", "npz"].flatMap((target) => [0, 1, 2, 3].map((number) => drawn(seed, target, number)))
  );
  assertEquals(new Set(words).size, words.length);
});

Deno.test("refusals are of the classes that are allowed, in one plain line", () => {
  assertEquals(checkRefusal(new FormatError("a.npy is empty", "npy"), [FormatError]), "FormatError");
  for (const wrong of [new ShapeError("3"), new TypeError("x"), new RangeError("x"), "text", undefined]) {
    let thrown: unknown = "nothing";
    try {
      checkRefusal(wrong, [FormatError]);
    } catch (error) {
      thrown = error;
    }
    assertEquals(thrown, wrong);
  }
  for (const line of ["", "  ", "a\nb", "\x1b[2J", "\u202e", "\ud800", "x".repeat(3000)]) {
    assertThrows(() => checkLine(line), Error, "the message");
  }
});

Deno.test("mutations leave the original as it is, and differ", () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, k) => k), original = bytes.slice();
  const texts = new Set<string>();
  for (let seed = 0; seed < 500; seed++) texts.add(mutated(bytes, new Seeded(seed), [bytes]).join());
  assertEquals(bytes, original);
  assert(texts.size > 400, `only ${texts.size} differ`);
  assertEquals([...joined(Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3))], [1, 2, 3]);
});

Deno.test("fields are where the writer says", () => {
  const writer = new FieldWriter(true);
  writer.raw([9]);
  writer.number("a", 0x0102, 2);
  writer.number("b", -1n, 4);
  const bytes = writer.finish();
  assertEquals([...bytes], [9, 2, 1, 255, 255, 255, 255]);
  const text = editField(bytes, writer.fields.slice(0, 1), new Seeded(3));
  assert(text.startsWith("a 258 is "), text);
  assertEquals([bytes[0], ...bytes.subarray(3)], [9, 255, 255, 255, 255]);
});

Deno.test("what is allocated is counted, shared memory too", () => {
  using counter = new MemoryCounter();
  const before = counter.level();
  const kept = [
    new Uint8Array(50_000_000),
    new WebAssembly.Memory({ initial: 160, maximum: 160, shared: true }),
  ];
  const shared = new SharedArrayBuffer(30_000_000);
  const bytes = counter.since(before);
  // A collection meanwhile may take some of the heap away.
  assert(bytes >= 85_000_000 && bytes < 98_000_000, `${bytes} bytes`);
  assert(kept.length === 2 && shared instanceof SharedArrayBuffer && kept[1] instanceof WebAssembly.Memory);
});

Deno.test("a wrong element, shape or dtype is a difference", () => {
  const array = SharedNdArray.from([[1, 2], [3, NaN]]), { dtype, shape } = array;
  checkArray(array, { dtype, shape, values: [1, 2, 3, NaN] });
  assertThrows(() => checkArray(array, { dtype, shape, values: [1, 2, 4, NaN] }), Error, "element 2 is 3");
  assertThrows(
    () => checkArray(array, { dtype, shape: [4], values: [1, 2, 3, NaN] }),
    Error,
    "expected float64 [4]",
  );
  assertThrows(
    () => checkArray(array, { dtype: "int8", shape, values: [1, 2, 3, 4] }),
    Error,
    "expected int8",
  );
  const parts = { ...npyParts(new Seeded(1)), dtype: "uint8", shape: [2, 3], isFortran: true } as const;
  const elements = Uint8Array.of(1, 2, 3, 4, 5, 6);
  assertEquals(npyExpected({ ...parts, elements }).values, [1, 3, 5, 2, 4, 6]);
});
