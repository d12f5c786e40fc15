import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { PlanError } from "../../src/errors.ts";
import { foldOffset, gatherTables, sourceIndex } from "../../src/plan/edges.ts";
import {
  type AxisHalo,
  type Boundary,
  type BoundaryMode,
  type Box,
  type Halo,
  isInside,
  readBox,
  splitBox,
  withoutEdges,
} from "../../src/plan/halo.ts";
import { readHalo } from "../../src/plan/halo_options.ts";
import { indicesOf, tuplesOf } from "../naive.ts";
import { forEachSeed, type Seeded } from "../seeded.ts";

const MODES: readonly BoundaryMode[] = ["constant", "nearest", "reflect", "mirror", "wrap", "none"];
const PADDING_MODES = MODES.filter((mode) => mode !== "none");

/** What stands before and behind `abcd`; a dot is the constant. */
function around(mode: BoundaryMode, text: string, depth: number): string {
  return Array.from({ length: text.length + 2 * depth }, (_, k) => {
    const source = sourceIndex(mode, k - depth, text.length);
    return source === -1 ? "." : text[source];
  }).join("");
}

/** The same by walking there and back one step at a time. */
function walkedIndex(mode: BoundaryMode, index: number, extent: number): number {
  const turn = mode === "reflect" ? { low: 0, high: extent - 1 } : { low: 1, high: extent - 2 };
  let place = 0, direction = index < 0 ? -1 : 1;
  for (let step = 0; step < Math.abs(index); step++) {
    const next = place + direction;
    if (next >= 0 && next < extent) place = next;
    else if (mode === "wrap") place = next < 0 ? extent - 1 : 0;
    else if (mode === "reflect" || mode === "mirror") {
      // Mirrored at the edge: on the other side of it come the elements back.
      place = Math.max(0, Math.min(extent - 1, next < 0 ? turn.low : turn.high));
      direction = -direction;
    } else if (mode === "constant") return -1;
  }
  return place;
}

function randomHalo(random: Seeded, rank: number, deepest: number): AxisHalo[] {
  return Array.from({ length: rank }, () => ({
    before: random.int(0, deepest),
    after: random.int(0, deepest),
    mode: random.pick(MODES),
  }));
}

function cellsOf({ origin, shape }: Box): number[][] {
  return indicesOf(shape).map((index) => index.map((i, axis) => i + origin[axis]));
}

/** Whether the whole neighbourhood of a cell is in the inputs. */
function readsInside(
  cell: readonly number[],
  inputShape: readonly number[],
  halo: readonly AxisHalo[],
): boolean {
  return cell.every((o, axis) => {
    const { before, after, mode } = halo[axis];
    const centre = mode === "none" ? o + before : o;
    return centre - before >= 0 && centre + after < inputShape[axis];
  });
}

/** Checks a split against the cells one by one. */
function checkSplit(box: Box, inputShape: readonly number[], halo: readonly AxisHalo[]): void {
  const { interior, edges } = splitBox(box.origin, box.shape, inputShape, halo);
  const inner = interior === null ? [] : cellsOf(interior), outer = edges.flatMap(cellsOf);
  const about = JSON.stringify({ box, inputShape, halo });
  assertEquals([...inner, ...outer].map(String).sort(), cellsOf(box).map(String).sort(), about);
  assert(interior === null || inner.length > 0, about);
  assert(inner.every((cell) => readsInside(cell, inputShape, halo)), about);
  assertFalse(outer.some((cell) => readsInside(cell, inputShape, halo)), about);
  assert(edges.length <= 2 * box.shape.length, about);
  assertFalse(edges.some(({ shape }) => shape.includes(0)), about);
  if (interior !== null) assert(isInside(readBox(interior.origin, interior.shape, halo), inputShape), about);
  for (const { origin, shape } of edges) {
    assertFalse(isInside(readBox(origin, shape, halo), inputShape), about);
  }
}

Deno.test("beyond the edges stands what the modes are defined to have there", () => {
  assertEquals(around("constant", "abcd", 3), "...abcd...");
  assertEquals(around("nearest", "abcd", 3), "aaaabcdddd");
  assertEquals(around("reflect", "abcd", 6), "cddcbaabcddcbaab");
  assertEquals(around("mirror", "abcd", 6), "abcdcbabcdcbabcd");
  assertEquals(around("wrap", "abcd", 6), "cdabcdabcdabcdab");
  assertEquals(around("none", "abcd", 0), "abcd");
  for (const mode of ["nearest", "reflect", "mirror", "wrap"] as const) {
    assertEquals(around(mode, "a", 5), "a".repeat(11), mode);
  }
});

Deno.test("an index far beyond the edges is found as by walking there", () => {
  for (const mode of PADDING_MODES) {
    for (let extent = 1; extent <= 6; extent++) {
      for (let index = -40; index <= 40; index++) {
        const found = sourceIndex(mode, index, extent);
        assertEquals(found, walkedIndex(mode, index, extent), `${mode} ${index} of ${extent}`);
        assertFalse(Object.is(found, -0));
      }
    }
  }
  assertEquals(sourceIndex("wrap", Number.MIN_SAFE_INTEGER, 1000), 9);
});

Deno.test("on an axis of mode none nothing beyond the edges is read", () => {
  assertEquals(sourceIndex("none", 3, 4), 3);
  assertThrows(() => sourceIndex("none", 4, 4), Error, "Index 4 of an axis with extent 4");
  assertThrows(() => sourceIndex("none", -1, 4), Error, "Index -1");
});

Deno.test("a halo is read from a number, a number an axis, or two an axis", () => {
  const reflect = (before: number, after: number): AxisHalo => ({ before, after, mode: "reflect" });
  assertEquals(readHalo(2, undefined, 2), [reflect(2, 2), reflect(2, 2)]);
  assertEquals(readHalo([1, [0, 3]], undefined, 2), [reflect(1, 1), reflect(0, 3)]);
  assertEquals(readHalo(-0, undefined, 1), [reflect(0, 0)]);
  assertEquals(readHalo(5, undefined, 0), []);
  assertEquals(readHalo([], [], 0), []);
  assertEquals(readHalo([1, 0], "wrap", 2), [
    { before: 1, after: 1, mode: "wrap" },
    { before: 0, after: 0, mode: "wrap" },
  ]);
  assertEquals(readHalo(1, ["none", "wrap"], 2).map(({ mode }) => mode), ["none", "wrap"]);
});

Deno.test("a halo that is none is refused with what was given", () => {
  const cases: readonly (readonly [halo: unknown, message: string])[] = [
    [-1, "Invalid halo -1: expected a non-negative integer"],
    [0.5, "Invalid halo 0.5: expected a non-negative integer"],
    [NaN, "Invalid halo NaN: expected a non-negative integer"],
    [Infinity, "Invalid halo Infinity: expected a non-negative integer"],
    [2 ** 53, "Invalid halo 9007199254740992: expected a non-negative integer"],
    ["1", 'Invalid halo "1": expected a number of cells, or an array with one entry an axis'],
    [1n, "Invalid halo 1n: expected a number of cells, or an array with one entry an axis"],
    [null, "Invalid halo null: expected a number of cells, or an array with one entry an axis"],
    [undefined, "Invalid halo undefined: expected a number of cells, or an array with one entry an axis"],
    [{ before: 1 }, "Invalid halo { before: 1 }: expected a number of cells"],
    [[1], "Invalid halo [1]: it has 1 entry, but there are 2 axes"],
    [[1, 1, 1], "Invalid halo [1, 1, 1]: it has 3 entries, but there are 2 axes"],
    [[], "Invalid halo []: it has 0 entries, but there are 2 axes"],
    [[1, -2], "Invalid halo [1, -2]: axis 1 has -2, expected a non-negative integer"],
    [[[1, 1.5], 1], "Invalid halo [[1, 1.5], 1]: axis 0 has 1.5, expected a non-negative integer"],
    [
      [[1, 2, 3], 1],
      "Invalid halo [[1, 2, 3], 1]: axis 0 is [1, 2, 3], expected a number or [before, after]",
    ],
    [[1, []], "Invalid halo [1, []]: axis 1 is [], expected a number or [before, after]"],
    [[1, [[1], 2]], "axis 1 has [1], expected a non-negative integer"],
    [["1", 1], 'Invalid halo ["1", 1]: axis 0 has "1", expected a non-negative integer'],
    [[, 1], "Invalid halo [undefined, 1]: axis 0 has undefined, expected a non-negative integer"],
  ];
  for (const [halo, message] of cases) {
    // From a JavaScript program anything may come.
    assertThrows(() => readHalo(halo as Halo, undefined, 2), PlanError, message);
  }
  const endless: unknown[] = [1];
  endless.push(endless);
  assertThrows(() => readHalo(endless as Halo, undefined, 2), PlanError, "axis 1 has");
  assertThrows(() => readHalo([1, 1], undefined, 1), PlanError, "it has 2 entries, but there is 1 axis");
});

Deno.test("a boundary that is none is refused with the modes that there are", () => {
  const known = "expected one of constant, nearest, reflect, mirror, wrap, none";
  const cases: readonly (readonly [boundary: unknown, message: string])[] = [
    ["periodic", `Unknown boundary mode "periodic": ${known}`],
    ["toString", `Unknown boundary mode "toString": ${known}`],
    [null, `Unknown boundary mode null: ${known}`],
    [0, `Unknown boundary mode 0: ${known}`],
    [["wrap", "Wrap"], `Unknown boundary mode "Wrap": ${known}`],
    [[, "wrap"], `Unknown boundary mode undefined: ${known}`],
    [["wrap"], 'Invalid boundary [ "wrap" ]: it has 1 entry, but there are 2 axes'],
    [[], "Invalid boundary []: it has 0 entries, but there are 2 axes"],
  ];
  for (const [boundary, message] of cases) {
    // From a JavaScript program anything may come.
    assertThrows(() => readHalo(1, boundary as Boundary, 2), PlanError, message);
  }
});

Deno.test("only axes of mode none make the outputs smaller, never below nothing", () => {
  const [none] = readHalo([[1, 2]], "none", 1), [wrap] = readHalo([[1, 2]], "wrap", 1);
  assertEquals(withoutEdges([10, 10], [none, wrap]), [7, 10]);
  assertEquals([0, 2, 3, 4].map((extent) => withoutEdges([extent], [none])), [[0], [0], [0], [1]]);
  assertEquals(withoutEdges([], []), []);
});

Deno.test("a box reads from its halo's beginning to its end", () => {
  const [none] = readHalo([[1, 2]], "none", 1), [wrap] = readHalo([[1, 2]], "wrap", 1);
  assertEquals(readBox([4, 4], [3, 3], [none, wrap]), { origin: [4, 3], shape: [6, 6] });
  assertEquals(readBox([0], [5], [wrap]), { origin: [-1], shape: [8] });
  assert(isInside({ origin: [0, 2], shape: [4, 3] }, [4, 5]));
  assertFalse(isInside({ origin: [0, 2], shape: [4, 4] }, [4, 5]));
  assertFalse(isInside({ origin: [-1, 2], shape: [4, 3] }, [4, 5]));
  assert(isInside({ origin: [], shape: [] }, []));
});

Deno.test("every small box is cut into its inside and its edges, each cell once", () => {
  const depths = [0, 1, 2, 5];
  for (const [before, after] of tuplesOf(depths, 2)) {
    for (const mode of ["wrap", "none"] as const) {
      const halo = [{ before, after, mode }];
      for (let extent = 0; extent <= 6; extent++) {
        const [last] = withoutEdges([extent], halo);
        for (let start = 0; start <= last; start++) {
          for (let length = 0; length <= last - start; length++) {
            checkSplit({ origin: [start], shape: [length] }, [extent], halo);
          }
        }
      }
    }
  }
  const sides = tuplesOf([0, 1, 2], 2).map(([before, after]): AxisHalo => ({
    before,
    after,
    mode: "reflect",
  }));
  for (const halo of tuplesOf(sides, 2)) {
    for (const inputShape of tuplesOf([1, 3, 4], 2)) {
      for (const origin of indicesOf(inputShape)) {
        const rest = origin.map((start, axis) => inputShape[axis] - start);
        for (const shape of indicesOf(rest).map((extents) => extents.map((extent) => extent + 1))) {
          checkSplit({ origin, shape }, inputShape, halo);
        }
      }
    }
  }
});

Deno.test("random boxes of up to four axes are cut into their inside and their edges", () => {
  forEachSeed(600, (random) => {
    const rank = random.int(0, 4), inputShape = random.ints(rank, 1, 6);
    const halo = randomHalo(random, rank, random.oneIn(4) ? 8 : 2);
    const outputs = withoutEdges(inputShape, halo);
    const origin = outputs.map((extent) => random.int(0, extent));
    checkSplit(
      { origin, shape: outputs.map((extent, axis) => random.int(0, extent - origin[axis])) },
      inputShape,
      halo,
    );
  });
});

Deno.test("a box is cut along its first axes first, and not at all where it need not be", () => {
  const halo = readHalo(1, "nearest", 2);
  assertEquals(splitBox([0, 0], [9, 9], [9, 9], halo), {
    interior: { origin: [1, 1], shape: [7, 7] },
    edges: [
      { origin: [0, 0], shape: [1, 9] },
      { origin: [8, 0], shape: [1, 9] },
      { origin: [1, 0], shape: [7, 1] },
      { origin: [1, 8], shape: [7, 1] },
    ],
  });
  assertEquals(splitBox([3, 3], [2, 2], [9, 9], halo), {
    interior: { origin: [3, 3], shape: [2, 2] },
    edges: [],
  });
  assertEquals(splitBox([0, 3], [1, 2], [9, 9], halo), {
    interior: null,
    edges: [{ origin: [0, 3], shape: [1, 2] }],
  });
  assertEquals(splitBox([0, 0], [9, 2], [9, 2], halo), {
    interior: null,
    edges: [{ origin: [0, 0], shape: [9, 2] }],
  });
  assertEquals(splitBox([], [], [], []), { interior: { origin: [], shape: [] }, edges: [] });
});

Deno.test("the runs of a box are its indices, evenly spaced and few", () => {
  forEachSeed(3000, (random) => {
    const mode = random.pick(PADDING_MODES), extent = random.int(1, 7);
    const start = random.int(-20, 20), length = random.int(0, 30);
    const box = { origin: [start], shape: [length] };
    const [runs] = gatherTables(box, [extent], [{ before: 0, after: 0, mode }]);
    const indices = runs.flatMap(({ length, source, step }) =>
      Array.from({ length }, (_, k) => source + k * step)
    );
    assertEquals(indices, Array.from({ length }, (_, k) => sourceIndex(mode, start + k, extent)), mode);
    assert(runs.every(({ length, step }) => length >= 1 && Math.abs(step) <= 1));
    // From edge to edge all is evenly spaced, so that there is at most one run for each time that the array is met.
    const most = mode === "constant" || mode === "nearest"
      ? 3
      : Math.ceil(length / Math.max(1, extent - 1)) + 2;
    assert(runs.length <= most, `${mode}: ${JSON.stringify(runs)}`);
  });
  assertEquals(gatherTables({ origin: [-2], shape: [1000] }, [900], readHalo(2, "reflect", 1)), [[
    { length: 2, source: 1, step: -1 },
    { length: 900, source: 0, step: 1 },
    { length: 98, source: 899, step: -1 },
  ]]);
});

Deno.test("a folded offset reads the same, from no further than the array is long", () => {
  for (const mode of PADDING_MODES) {
    for (const extent of [1, 2, 3, 5]) {
      for (let offset = -30; offset <= 30; offset++) {
        const folded = foldOffset(mode, offset, extent);
        assert(Math.abs(folded) <= extent, `${mode} ${extent} ${offset}: ${folded}`);
        for (let index = 0; index < extent; index++) {
          assertEquals(sourceIndex(mode, index + folded, extent), sourceIndex(mode, index + offset, extent));
        }
      }
    }
  }
});
