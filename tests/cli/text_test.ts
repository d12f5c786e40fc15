import { assertEquals, assertLessOrEqual } from "@std/assert";
import { SharedNdArray, slice } from "../../mod.ts";
import { nearest } from "../../src/nearest.ts";
import { summarize, summaryLine } from "../../src/cli/summary.ts";

Deno.test("nearest finds a word with one slip of each kind", () => {
  const words = ["shape", "tile", "workers"];
  assertEquals(
    ["shap", "shapee", "shepe", "sahpe"].map((word) => nearest(word, words)),
    Array(4).fill("shape"),
  );
  assertEquals(nearest("tiel", words), "tile");
  assertEquals(nearest("qqqqqqq", words), undefined);
});

Deno.test("a summary counts finite cells only, of views too", () => {
  const a = SharedNdArray.from([[1, NaN, 3], [Infinity, -5, 6]]);
  assertEquals(summarize(a), { cells: 6, finite: 4, mean: 1.25, min: -5, max: 6 });
  assertEquals(summarize(a.view(slice(null), 2)), { cells: 2, finite: 2, mean: 4.5, min: 3, max: 6 });
  assertEquals(summarize(SharedNdArray.from([2n, 4n])).mean, 3);
  assertEquals(summarize(SharedNdArray.from([true, false])).mean, 0.5);
  assertEquals(
    summaryLine({ name: "vpd", ...summarize(a) }),
    "vpd: 4 finite cells of 6, mean 1.25, min -5, max 6",
  );
  assertEquals(
    summaryLine({ name: "x", ...summarize(SharedNdArray.from([NaN])) }),
    "x: none of 1 cells is finite",
  );
});

Deno.test("a mean of many equal numbers is not rounded away", () => {
  const mean = summarize(SharedNdArray.full([1_000_000], 0.1)).mean ?? NaN;
  assertLessOrEqual(Math.abs(mean - 0.1), 1e-13);
});
