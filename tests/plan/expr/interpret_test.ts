import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { type DType, DTYPE_NAMES } from "../../../src/dtype.ts";
import { DTypeError, IndexError, ValueError } from "../../../src/errors.ts";
import { type ElementValue, interpretElement } from "../../../src/plan/expr/interpret.ts";
import type { CallName, ProgramNode } from "../../../src/plan/expr/program.ts";
import { call, elementOf, environment, input, operation, programOf } from "./programs.ts";

Deno.test("comparisons and questions give bools, for every dtype", () => {
  for (const dtype of DTYPE_NAMES) {
    const node = (name: CallName, b: string) => call(name, "bool", input("a", dtype), input(b, dtype));
    const names = ["eq", "ne", "lt", "le", "gt", "ge"] as const;
    const program = programOf(
      ...names.flatMap((name) => [node(name, "b"), node(name, "a")]),
      call("isnan", "bool", input("a", dtype)),
      call("isfinite", "bool", input("a", dtype)),
    );
    const inputs = { a: elementOf(0, dtype), b: elementOf(1, dtype) };
    const found = interpretElement(program, environment({ inputs }));
    const equal = [false, true], unequal = [true, false];
    const less = [true, false],
      lessOrEqual = [true, true],
      greater = [false, false],
      greaterOrEqual = [false, true];
    const wanted = [equal, unequal, less, lessOrEqual, greater, greaterOrEqual, [false, true]].flat();
    assertEquals(found, wanted, dtype);
  }
  const itself = [input("a", "float64"), input("a", "float64")];
  const ofNaN = (["eq", "ne", "lt", "ge"] as const).map((name) =>
    interpretElement(programOf(call(name, "bool", ...itself)), environment({ inputs: { a: NaN } }))[0]
  );
  assertEquals(ofNaN, [false, true, false, false]);
});

Deno.test("float functions can be replaced, and what replaces them is rounded to the dtype", () => {
  const node = (name: CallName, dtype: DType) => call(name, dtype, input("x", dtype));
  const program = programOf(node("exp", "float64"), node("exp", "float32"), node("sin", "float64"));
  const asked: string[] = [];
  const found = interpretElement(program, environment({ inputs: { x: 0.5 } }), (name, dtype) => {
    asked.push(`${name} ${dtype}`);
    return name === "exp" ? (x) => x + 0.1 : undefined;
  });
  assertEquals(found, [0.6, Math.fround(0.6), Math.sin(0.5)]);
  assertEquals(asked, ["exp float64", "exp float32", "sin float64"]);
});

Deno.test("a select takes one side, also of bools and bigints", () => {
  for (const dtype of ["bool", "int64", "uint8", "float32"] as const) {
    const program = programOf({
      kind: "select",
      dtype,
      condition: input("c", "bool"),
      yes: input("a", dtype),
      no: input("b", dtype),
    });
    const inputs = { a: elementOf(1, dtype), b: elementOf(0, dtype) };
    const found = [true, false].map((c) =>
      interpretElement(program, environment({ inputs: { ...inputs, c } }))[0]
    );
    assertEquals(found, [inputs.a, inputs.b]);
  }
});

Deno.test("scalars are converted to what they are used as, coordinates are bigints", () => {
  const dtypes = ["float32", "float64", "int8", "int64", "bool"] as const;
  const program = programOf(...dtypes.map((dtype): ProgramNode => ({ kind: "scalar", name: "k", dtype })));
  const run = (k: ElementValue) => interpretElement(program, environment({ scalars: { k } }));
  assertEquals(run(0.1), [Math.fround(0.1), 0.1, 0, 0n, true]);
  assertEquals(run(-7n), [-7, -7, -7, -7n, true]);
  assertEquals(run(true), [1, 1, 1, 1n, true]);
  assertThrows(() => run(300n), ValueError, "The scalar k is used as int8, which does not hold 300n");
  const axes = programOf({ kind: "index", dtype: "int64", axis: 1 }, {
    kind: "index",
    dtype: "int64",
    axis: 0,
  });
  assertEquals(interpretElement(axes, environment({ index: [4, 9] })), [9n, 4n]);
  const short = () => interpretElement(axes, environment({ index: [4] }));
  assertThrows(short, IndexError, "index(1) of an element with 1 coordinates");
});

Deno.test("elements that no array of the dtype has are refused", () => {
  const read = (dtype: DType, a: ElementValue) =>
    interpretElement(programOf(input("a", dtype)), environment({ inputs: { a } }))[0];
  const good = {
    bool: true,
    int8: -128,
    uint16: 65535,
    int64: -5n,
    uint64: 5n,
    float16: -0,
    float32: 0.5,
    float64: NaN,
  };
  // Object.entries forgets that these are dtypes.
  for (const [dtype, value] of Object.entries(good)) assertStrictEquals(read(dtype as DType, value), value);
  const bad: [DType, ElementValue][] = [
    ["bool", 1],
    ["int8", 128],
    ["int8", 0.5],
    ["int8", 5n],
    ["int32", NaN],
    ["uint8", -1],
    ["int64", 5],
    ["uint64", -5n],
    ["float16", 0.1],
    ["float32", 0.1],
    ["float64", 1n],
    ["float64", true],
  ];
  for (const [dtype, value] of bad) {
    assertThrows(() => read(dtype, value), DTypeError, `The input a is of ${dtype}: `);
  }
  const nothing = () => interpretElement(programOf(input("tmp", "int8")), environment({}));
  assertThrows(nothing, ValueError, "The input tmp is missing");
  const inherited = programOf({ kind: "scalar", name: "toString", dtype: "int8" });
  assertThrows(
    () => interpretElement(inherited, environment({})),
    ValueError,
    "The scalar toString is missing",
  );
  const half = programOf(call("add", "float16", input("a", "float16"), input("a", "float16")));
  const add = () => interpretElement(half, environment({ inputs: { a: 1 } }));
  assertThrows(add, DTypeError, "The operation add has no meaning for float16");
  const exp = () => operation("exp", "int32", 1)(1);
  assertThrows(exp, DTypeError, "The operation exp has no meaning for int32");
});

Deno.test("shared nodes are computed once, and long chains do not end the stack", () => {
  let node = input("a", "int32");
  // Walked as a tree, this would take 2 ** 20000 steps.
  for (let depth = 0; depth < 20_000; depth++) node = call("add", "int32", node, node);
  assertEquals(interpretElement(programOf(node, node), environment({ inputs: { a: 1 } })), [0, 0]);
  let computed = 0;
  const shared = call("exp", "float64", input("x", "float64"));
  const program = programOf(call("add", "float64", shared, shared), shared);
  const count = () => (x: number) => {
    computed++;
    return x;
  };
  interpretElement(
    program,
    environment({ inputs: { x: 1 } }),
    (name) => name === "exp" ? count() : undefined,
  );
  assertEquals(computed, 1);
});
