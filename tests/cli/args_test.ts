import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { parseMapArgs } from "../../src/cli/args.ts";

Deno.test("no words ask for the default job", () => {
  const args = parseMapArgs([]);
  assertEquals([args.inputs, args.outputs, args.json, args.quiet, args.progress], [
    [],
    [],
    false,
    false,
    true,
  ]);
  assertEquals(
    [args.shape, args.tile, args.workers, args.expr, args.kernel, args.seed],
    Array(6).fill(undefined),
  );
});

Deno.test("every flag reaches its field", () => {
  const args = parseMapArgs([
    "map",
    "--tile=4, 4",
    ...["--workers", "10"],
    ...["--kernel", "k.ts"],
    ...["--output-dtype", "float32"],
    ...["--input", "tmp=a=b.npy"],
    ...["--input", "rad=data/c.nc:RAD"],
    ...["--output", "vpd=out.npz:v"],
    ...["--max-memory", "1.5GiB"],
    "--json",
    "-q",
    "--no-progress",
    "--verbose",
  ]);
  assertEquals(args.tile, [4, 4]);
  assertEquals(args.workers, 10);
  assertEquals(args.kernel, "k.ts");
  assertEquals(args.outputDType, "float32");
  assertEquals(args.inputs, [{ name: "tmp", path: "a=b.npy" }, {
    name: "rad",
    path: "data/c.nc",
    variable: "RAD",
  }]);
  assertEquals(args.outputs, [{ name: "vpd", path: "out.npz", variable: "v" }]);
  assertEquals(args.maxMemory, 1.5 * 2 ** 30);
  assertEquals([args.json, args.quiet, args.progress, args.verbose], [true, true, false, true]);
});

Deno.test("a colon in a path is not a variable", () => {
  const path = (text: string) => parseMapArgs(["--input", `a=${text}`]).inputs[0];
  assertEquals(path("C:\\data\\a.npy"), { name: "a", path: "C:\\data\\a.npy" });
  assertEquals(path("/run:1/a.nc:T"), { name: "a", path: "/run:1/a.nc", variable: "T" });
  assertEquals(path("/run.d:1/a.nc"), { name: "a", path: "/run.d:1/a.nc" });
});

Deno.test("sizes of memory take decimal and binary units", () => {
  const bytes = (text: string) => parseMapArgs(["--max-memory", text]).maxMemory;
  assertEquals(["800", "2kB", "2GB", "1 MiB", "0.5tb"].map(bytes), [800, 2000, 2e9, 2 ** 20, 5e11]);
});

const WRONG: readonly (readonly [words: readonly string[], message: string])[] = [
  [["--shape", "365,0,16"], "--shape 365,0,16: 0 is not a positive integer"],
  [["--shape=-4,4"], "--shape -4,4: -4 is not a positive integer"],
  [["--shape", "-4,4"], '--shape needs a value (write --shape=VALUE for one that begins with "-")'],
  [["--shape", "2.5,4"], "--shape 2.5,4: 2.5 is not a positive integer"],
  [["--shape", "4,,4"], "--shape 4,,4: number 2 is missing"],
  [["--shape"], '--shape needs a value (write --shape=VALUE for one that begins with "-")'],
  [["--shape", "4x4"], "--shape 4x4: 4x4 is not a positive integer"],
  [["--shape", "1e3"], "--shape 1e3: 1e3 is not a positive integer"],
  [["--tile", "0"], "--tile 0: 0 is not a positive integer"],
  [["--workers", "two"], "--workers two is not an integer"],
  [["--workers", "2.5"], "--workers 2.5 is not an integer"],
  [["--seed", "0x10"], "--seed 0x10 is not an integer"],
  [["--shap", "4,4"], "Unknown flag --shap: did you mean --shape?"],
  [["--wrokers=4"], "Unknown flag --wrokers: did you mean --workers?"],
  [["--zzzzzzzzzzzz"], "Unknown flag --zzzzzzzzzzzz: see --help for those there are"],
  [["mpa"], "Unknown command mpa: did you mean map?"],
  [["map", "file.npy"], 'Unexpected word "file.npy" behind map'],
  [
    ["--dtype", "flota32"],
    "--dtype flota32 is not a dtype (did you mean float32?): expected one of " +
    "bool, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64",
  ],
  [["--input", "a.npy"], "--input a.npy is not of the form NAME=FILE"],
  [["--input", "a="], "--input a= is not of the form NAME=FILE"],
  [["--output", "1a=x.npy"], '--output 1a=x.npy: "1a" is not a name (letters, digits and _, no digit first)'],
  [["--input", "a=x.npy", "--input", "a=y.npy"], "--input names a twice"],
  [
    ["--input", "a=x.npy", "--shape", "4"],
    "--shape is for generated inputs: leave it out when there is an --input",
  ],
  [["--expr", "a + b", "--kernel", "k.ts"], "--expr and --kernel both say what to run: give one of them"],
  [["--max-memory", "lots"], "--max-memory lots is not a number of bytes, such as 500MB, 2GB or 1.5GiB"],
  [
    ["--max-memory", "5constructor"],
    "--max-memory 5constructor is not a number of bytes, such as 500MB, 2GB or 1.5GiB",
  ],
];

for (const [words, message] of WRONG) {
  Deno.test(`refused: ${words.join(" ")}`, () => {
    assertThrows(() => parseMapArgs(words), UsageError, message);
    const error = assertThrows(() => parseMapArgs(words), UsageError);
    assertEquals(error.message, message);
  });
}
