/**
 * Random command lines, built of real flags, of values that they take, and of nonsense.
 *
 * @module
 */

import { DTYPE_NAMES } from "../../src/dtype.ts";
import type { Seeded } from "../seeded.ts";

/** What may stand where a name does. */
const NAMES = [
  "tmp",
  "rad",
  "vpd",
  "x",
  "y",
  "k",
  "v",
  "elements",
  "__proto__",
  "constructor",
  "toString",
  "größe",
  "1a",
];

/** What stands where something else should. */
const NONSENSE: readonly string[] = [
  "",
  " ",
  "-",
  "--",
  "---",
  "=",
  ",",
  ":",
  "-1",
  "+1",
  "1.5",
  "1e3",
  "0x10",
  "NaN",
  "Infinity",
  "-Infinity",
  "null",
  "undefined",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "valueOf",
  "\0",
  "\n",
  "a\nb",
  "\x1b[2J",
  "\u2028",
  "\u202e",
  "\ud800",
  "é",
  "日本",
  "/",
  "..",
  "*",
  "'",
  '"',
  "%s",
  "$HOME",
  "9".repeat(400),
  "x".repeat(5000),
  "-h-",
  "-qq",
];

const SHAPES = [
  "3,4",
  "5",
  "1",
  "2,3,4",
  "1,1,1,1",
  "6,7",
  "40,30",
  "0",
  "0,3",
  "-1",
  "3,,4",
  "3, 4",
  "3,4,",
  "1000000000000000",
  "1000000000,1000000000",
  "9007199254740993",
  "99999999999999999999",
  "1.5",
  Array.from({ length: 65 }, () => 1).join(),
];
const TILES = [
  "1",
  "4,4",
  "2",
  "1,1,1",
  "3,4",
  "1000",
  "0",
  "-1",
  "1,",
  "4294967296",
  "9007199254740991",
  "2,2,2,2,2",
];
const COUNTS = ["1", "2", "3", "0", "-1", "1.5", "NaN", "1000000", "9007199254740992", "+2", "02"];
const SIZES = [
  "0",
  "1",
  "1kB",
  "2GB",
  "1.5GiB",
  "64 MB",
  "1e3",
  "-1",
  "5constructor",
  "5__proto__",
  "5toString",
  "GB",
  "1.GB",
  "2XB",
  "9".repeat(400),
  `${"9".repeat(400)}TB`,
];
const NUMBERS = [
  "3",
  "0.5",
  "true",
  "false",
  "NaN",
  "Infinity",
  "-Infinity",
  "-2",
  "1e400",
  "18446744073709551615",
  "18446744073709551616",
  "-9223372036854775809",
  "0x10",
  "1n",
  ".5",
  "5.",
  "",
  "- 1",
];
const EXPRESSIONS = [
  "tmp + rad",
  "tmp",
  "rad > 0.5",
  "x = tmp * 2; y = rad",
  "tmp(0, 1) - tmp(0, -1)",
  "tmp(1) + tmp(-3)",
  "v * 2",
  "k * tmp",
  "where(tmp > 1, rad, tmp)",
  "index(0) + tmp",
  "1",
  "constructor + 1",
  "__proto__ * 2",
  "toString",
  "1 +",
  "",
  " ",
  "sine(tmp)",
  "a.ts",
  "tmp = tmp + 1",
  "(tmp, rad) => ({ x: tmp, y: rad })",
  "tmp\n+\nrad",
  "((((((",
  "\x1b[2J",
  "int8(tmp) / 0",
  "bool(tmp) && rad",
  "x".repeat(3000),
  `tmp${" + tmp".repeat(500)}`,
  "x = 1; x = 2",
  "tmp(1000000000)",
  "tmp(0, 0, 0, 0)",
];
const REDUCTIONS = [
  "sum",
  "mean",
  "min",
  "max",
  "prod",
  "var",
  "std",
  "argmin",
  "argmax",
  "any",
  "all",
  "count-nonzero",
  "countNonzero",
  "median",
  "quantile",
  "mode",
  "SUM",
  "constructor",
  "__proto__",
];
const AXES = ["0", "1", "-1", "0,1", "0,-1", "5", "-9", "0,0", "1.5", "", "9007199254740993"];
const BOUNDARIES = [
  "nearest",
  "reflect",
  "mirror",
  "wrap",
  "constant",
  "none",
  "wrap,nearest",
  "edge",
  "constructor",
  ",",
  "none,none,none",
];
const TIMES = [
  "10s",
  "10000ms",
  "0.5m",
  "1 h",
  "0",
  "-1",
  "0ms",
  "1e3",
  "2constructor",
  "s",
  "9".repeat(400),
  "Infinity",
];
const HALOS = ["1", "0", "1,0", "1:2,0", "1:2:3", "-1", "1000000", "9007199254740993", ":", "1,1,1,1"];

/** Where the files are that command lines name. */
export interface CommandPlaces {
  /**
   * A folder with `a.npy`, `b.npz` (tmp, rad), `c.nc` (v), `bad.npy`, mutated files `m.npy`, `m.npz` and `m.nc`, and a
   * folder `out`.
   */
  readonly folder: string;
  /** Kernel modules that end. */
  readonly kernels: readonly string[];
}

/**
 * A random command line. It has no `--sandbox`: without a flag that the runtime needs for it, the runtime itself ends
 * the process.
 *
 * @param random What decides.
 * @param places Where files are.
 */
export function commandWords(random: Seeded, places: CommandPlaces): string[] {
  const groups = Array.from({ length: random.pick([0, 1, 2, 2, 3, 3, 4, 6]) }, () => flag(random, places));
  if (random.oneIn(3)) groups.unshift(["--shape", random.pick(SHAPES.slice(0, 7))]);
  if (random.oneIn(8)) groups.unshift(["map"]);
  let words = groups.flat();
  if (random.oneIn(3)) words = changed(words, random, places.folder);
  return words;
}

function flag(random: Seeded, { folder, kernels }: CommandPlaces): string[] {
  const value = (name: string, values: readonly string[]): string[] => {
    const given = random.oneIn(15) ? random.pick(NONSENSE) : random.pick(values);
    return random.oneIn(4) ? [`--${name}=${given}`] : [`--${name}`, given];
  };
  const named = (name: string, values: readonly string[]): string[] =>
    value(name, [`${random.pick(NAMES)}${random.oneIn(20) ? "" : "="}${random.pick(values)}`]);
  const out = (name: string): string => `${folder}/out/${name}`;
  switch (random.int(0, 26)) {
    case 0:
      return value("shape", SHAPES);
    case 1:
      return value("tile", TILES);
    case 2:
      return value("workers", COUNTS);
    case 3:
      return value(random.pick(["dtype", "output-dtype"]), [
        ...DTYPE_NAMES,
        "float",
        "f8",
        "Float64",
        "complex64",
      ]);
    case 4:
    case 5:
    case 6:
      return value("expr", EXPRESSIONS);
    case 7:
      return value("seed", COUNTS);
    case 8:
      return value("max-memory", SIZES);
    case 9:
      return named("scalar", NUMBERS);
    case 10:
    case 11:
      return value("reduce", REDUCTIONS);
    case 12:
      return value("axis", AXES);
    case 13:
      return value(random.pick(["ddof", "q", "boundary-value"]), NUMBERS);
    case 14:
      return value("boundary", BOUNDARIES);
    case 15:
      return value("halo", HALOS);
    case 21:
      return value(random.pick(["tile-timeout", "load-timeout"]), TIMES);
    case 22:
      return value(random.pick(["retries", "only-tile"]), COUNTS);
    case 23:
      return value("isolation", ["web", "contained", "Web", "constructor"]);
    case 24:
      return value("heap-limit", SIZES);
    case 25:
      // Any word is a path: nonsense would become files beside the checkout's own.
      return random.oneIn(2)
        ? [`--report=${random.pick(["r.html", "none/r.html", ""].map(out))}`]
        : [`--trace=${random.pick(["t.json", "none/t.json", ""].map(out))}`];
    case 16:
      return random.oneIn(3) ? value("kernel", kernels) : [];
    case 17:
    case 18:
      return named(
        "input",
        [
          "a.npy",
          "b.npz:tmp",
          "b.npz:rad",
          "c.nc",
          "c.nc:v",
          "b.npz",
          "bad.npy",
          "m.npy",
          "m.npz:tmp",
          "m.nc:v",
          "none.npy",
          "",
          "out",
        ]
          .map((name) => `${folder}/${name}`),
      );
    case 19:
    case 20:
      return named(
        "output",
        [
          "o.npy",
          "o.npz",
          "o.npz:x",
          "o.npz:",
          "o.nc",
          "o.nc:v",
          "o.nc:1 ",
          "O.NPY",
          ".npy",
          "o.txt",
          "none/o.npy",
          "",
          "o.npy:x",
        ]
          .map(out),
      );
    default:
      return [random.pick([
        "--exact",
        "--strict",
        "--explain",
        "--json",
        "--quiet",
        "-q",
        "--no-progress",
        "--verbose",
        "--keep-dims",
        "--skip-nan",
        "--debug",
        "--show",
        "--help",
        "-h",
        "--version",
        "-V",
        "-qV",
        "--jsn",
        "--no-json",
        "--quiet=false",
        "--json=1",
      ])];
  }
}

/** Words in another order, missing, twice, or with other characters; paths stay what they are. */
function changed(words: readonly string[], random: Seeded, folder: string): string[] {
  const copy = words.slice();
  for (let left = random.int(1, 3); left > 0; left--) {
    const k = random.int(0, copy.length);
    switch (random.int(0, 4)) {
      case 0:
        copy.splice(k, 1);
        break;
      case 1:
        copy.splice(k, 0, random.pick(NONSENSE));
        break;
      case 2:
        if (k < copy.length) copy.splice(k, 0, copy[k]);
        break;
      case 3:
        if (k < copy.length && copy[k].startsWith("-")) copy[k] = misspelt(copy[k], random, folder);
        break;
      default:
        if (k + 1 < copy.length) [copy[k], copy[k + 1]] = [copy[k + 1], copy[k]];
    }
  }
  return copy;
}

function misspelt(word: string, random: Seeded, folder: string): string {
  if (word.includes(folder) || /\d/.test(word)) return word;
  const at = random.int(0, word.length), char = random.pick([..."-=aeinorst \n", ""]);
  return word.slice(0, at) + char + word.slice(at + random.int(0, 1));
}
