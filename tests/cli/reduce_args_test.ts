import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { parseMapArgs } from "../../src/cli/args.ts";
import { type HaloArgs, readHaloArgs } from "../../src/cli/halo_args.ts";
import { readReduceArgs, type ReduceArgs } from "../../src/cli/reduce_args.ts";

function reduceOf(...words: string[]): ReduceArgs | undefined {
  const args = parseMapArgs(words);
  return args.reduce === undefined ? undefined : readReduceArgs(args.reduce, args);
}

function haloOf(...words: string[]): HaloArgs | undefined {
  const args = parseMapArgs(words);
  return args.halo === undefined ? undefined : readHaloArgs(args.halo, args.kernel !== undefined);
}

const PLAIN = { axis: undefined, keepDims: false, skipNaN: false, ddof: undefined, q: undefined };

Deno.test("without their flags there is no reduction and no halo", () => {
  assertEquals([reduceOf(), haloOf()], [undefined, undefined]);
});

Deno.test("the flags of reductions reach their fields", () => {
  assertEquals(reduceOf("--reduce", "mean"), { ...PLAIN, name: "mean" });
  assertEquals(reduceOf("--reduce=count-nonzero")?.name, "countNonzero");
  assertEquals(reduceOf("--reduce", "countNonzero")?.name, "countNonzero");
  assertEquals(
    reduceOf("--reduce", "std", "--axis", "0, 2", "--keep-dims", "--skip-nan", "--ddof", "1.5"),
    { ...PLAIN, name: "std", axis: [0, 2], keepDims: true, skipNaN: true, ddof: 1.5 },
  );
  assertEquals(reduceOf("--reduce", "quantile", "--q", ".9")?.q, 0.9);
});

Deno.test("values may be negative, with and without an equals sign", () => {
  for (const words of [["--axis=-1"], ["--axis", "-1"]]) {
    assertEquals(reduceOf("--reduce", "sum", ...words)?.axis, [-1]);
  }
  assertEquals(reduceOf("--reduce", "sum", "--axis", "-1,-3")?.axis, [-1, -3]);
  assertEquals(reduceOf("--reduce", "var", "--ddof", "-.5")?.ddof, -0.5);
  assertEquals(
    haloOf("--boundary", "constant", "--boundary-value", "-Infinity")?.boundaryValue,
    -Infinity,
  );
});

Deno.test("-q is --quiet, which --q is not", () => {
  const quantile = parseMapArgs(["-qh", "--reduce", "quantile", "--q", "0.5"]);
  assertEquals([quantile.quiet, quantile.help, quantile.version], [true, true, false]);
  assertEquals(quantile.reduce?.q, "0.5");
  assertEquals(parseMapArgs(["--q=1", "-V"]).quiet, false);
});

Deno.test("modes and depths are for all axes, or one an axis", () => {
  assertEquals(haloOf("--boundary", "wrap")?.boundary, "wrap");
  assertEquals(haloOf("--boundary", "none, wrap")?.boundary, ["none", "wrap"]);
  assertEquals(haloOf("--boundary", "constant", "--boundary-value", "7")?.boundaryValue, 7n);
  assertEquals(haloOf("--boundary", "wrap,constant", "--boundary-value", "0.5")?.boundaryValue, 0.5);
  const halo = (text: string) => haloOf("--kernel", "k.ts", "--halo", text)?.halo;
  assertEquals(["1", "1,0", "1:2,0", "0:3"].map(halo), [1, [1, 0], [[1, 2], 0], [[0, 3]]]);
});

const NAMES = "sum, mean, min, max, prod, var, std, argmin, argmax, any, all, countNonzero, median, quantile";

const WRONG: readonly (readonly [words: string, message: string])[] = [
  ["--reduce mena", "Unknown reduction mena: did you mean mean?"],
  ["--reduce xyzzy", `Unknown reduction xyzzy: expected one of ${NAMES}`],
  ["--reduce toString", `Unknown reduction toString: expected one of ${NAMES}`],
  ["--reduce", '--reduce needs a value (write --reduce=VALUE for one that begins with "-")'],
  ["--reduce --axis 0", '--reduce needs a value (write --reduce=VALUE for one that begins with "-")'],
  ["--reduec mean", "Unknown flag --reduec: did you mean --reduce?"],
  ["--reduce mean --skip-nans", "Unknown flag --skip-nans: did you mean --skip-nan?"],
  ["--axis 0", "--axis says how to reduce: add --reduce, such as --reduce mean"],
  ["--ddof 1", "--ddof says how to reduce: add --reduce, such as --reduce mean"],
  ["--q 1", "--q says how to reduce: add --reduce, such as --reduce mean"],
  ["--keep-dims", "--keep-dims says how to reduce: add --reduce, such as --reduce mean"],
  ["--skip-nan", "--skip-nan says how to reduce: add --reduce, such as --reduce mean"],
  ["--reduce mean --axis 0.5", "--axis 0.5: 0.5 is not an integer"],
  ["--reduce mean --axis 0,,1", "--axis 0,,1: number 2 is missing"],
  ["--reduce mean --axis x", "--axis x: x is not an integer"],
  ["--reduce quantile", "--reduce quantile needs to know which one: add --q, such as --q 0.9"],
  ["--reduce quantile --q 1.5", "--q 1.5 is not from 0 to 1"],
  ["--reduce quantile --q -0.1", "--q -0.1 is not from 0 to 1"],
  ["--reduce quantile --q NaN", "--q NaN is not a finite number"],
  ["--reduce median --q 0.5", "--q is for --reduce quantile: leave it out for median"],
  ["--reduce mean --ddof 1", "--ddof is for --reduce var and --reduce std: leave it out for mean"],
  ["--reduce var --ddof 1e999", "--ddof 1e999 is not a finite number"],
  [
    "--reduce mean --kernel k.ts",
    "--reduce is of an expression or an input, not of what a --kernel writes: reduce that in a second command",
  ],
  [
    "--reduce mean --input a=a.npy --input b=b.npy",
    "There are several inputs (a, b): say with --expr what of them is to be reduced",
  ],
  [
    "--reduce mean --output a=a.npy --output b=b.npy",
    "A reduction has one output, but --output names a, b",
  ],
  ["--boundary warp", "Unknown boundary mode warp: did you mean wrap?"],
  [
    "--boundary elsewhere",
    "Unknown boundary mode elsewhere: expected one of constant, nearest, reflect, mirror, wrap, none",
  ],
  ["--boundary wrap,", "--boundary wrap,: mode 2 is missing"],
  ["--boundry wrap", "Unknown flag --boundry: did you mean --boundary?"],
  [
    "--boundary wrap --boundary-value 0",
    "--boundary-value is what lies beyond the edges in one mode: add --boundary constant",
  ],
  [
    "--boundary constant --boundary-value none",
    "--boundary-value none is not a number, true or false",
  ],
  [
    "--halo 1",
    "--halo is for a --kernel: that of an expression follows from what it reads, such as tmp(0, -1)",
  ],
  ["--kernel k.ts --halo -1", "--halo -1: -1 is not a non-negative integer"],
  ["--kernel k.ts --halo 1,-1", "--halo 1,-1: -1 is not a non-negative integer"],
  ["--kernel k.ts --halo 0.5", "--halo 0.5: 0.5 is not a non-negative integer"],
  ["--kernel k.ts --halo 1:", "--halo 1:: a number is missing"],
  ["--kernel k.ts --halo 1:2:3", "--halo 1:2:3: 1:2:3 is neither a number of cells nor BEFORE:AFTER"],
  [
    "--kernel k.ts --boundary wrap",
    "--boundary is for kernels that read beyond their tile: add --halo, such as --halo 1",
  ],
  [
    "--kernel k.ts --boundary-value 1",
    "--boundary-value is for kernels that read beyond their tile: add --halo, such as --halo 1",
  ],
];

for (const [words, message] of WRONG) {
  Deno.test(`refused: ${words}`, () => {
    const read = () => [haloOf(...words.split(" ")), reduceOf(...words.split(" "))];
    assertEquals(assertThrows(read, UsageError).message, message);
  });
}
