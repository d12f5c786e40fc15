import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  binaryOperator,
  functionNamed,
  functionNames,
  operationNamed,
  OPERATIONS,
  scalarMeaning,
  unaryOperator,
} from "../../../src/plan/expr/ops.ts";
import { forEachSeed } from "../../seeded.ts";

Deno.test("every name, spelling and sign belongs to one operation", () => {
  const names = OPERATIONS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  const spelled = OPERATIONS.flatMap((row) => row.spelled);
  assertEquals(new Set(spelled).size, spelled.length);
  assertEquals([...functionNames()], spelled);
  const binary = OPERATIONS.flatMap((row) => row.binary ?? []);
  assertEquals(new Set(binary).size, binary.length);
  for (const row of OPERATIONS) {
    assert(row.spelled.length > 0 || row.unary !== undefined || row.binary !== undefined, row.name);
    for (const name of row.spelled) assertEquals(functionNamed(name), row);
    for (const sign of row.binary ?? []) assertEquals(binaryOperator(sign), row);
    if (row.unary !== undefined) assertEquals(unaryOperator(row.unary), row);
    if (row.rule === "cast") assertEquals(row.dtype, row.name);
  }
});

Deno.test("JavaScript's functions of numbers are all there, bare and as members of Math", () => {
  const own = Object.getOwnPropertyNames(Math).filter((name) =>
    typeof Reflect.get(Math, name) === "function"
  );
  const left = own.filter((name) => functionNamed(`Math.${name}`) === undefined);
  // The last two are of lists, and later than the others.
  assertEquals(left.filter((name) => name !== "sumPrecise"), ["random"]);
  for (const name of own) assertEquals(functionNamed(name), functionNamed(`Math.${name}`));
});

Deno.test("what has the name of a function of Math is that function", () => {
  forEachSeed(200, (random) => {
    for (const { scalar, spelled, least, most, rule } of OPERATIONS) {
      const member = spelled.find((name) => name.startsWith("Math."));
      if (member === undefined || scalar === null || rule === "cast") continue;
      const count = most === Infinity ? random.int(1, 4) : least;
      const args = Array.from(
        { length: count },
        () => random.pick([-0, NaN, Infinity, random.int(-99, 99) / 8]),
      );
      const meant: (...args: number[]) => number = Reflect.get(Math, member.slice("Math.".length));
      assertEquals(scalar(...args), meant(...args), `${member}(${args})`);
    }
  });
});

Deno.test("float functions name the source of their algorithm, and every operation has a line of documentation", () => {
  for (const { name, rule, source, doc, call } of OPERATIONS) {
    assert(doc.length > 0 && !doc.includes("\n"), name);
    assertEquals(rule === "float" ? (source ?? "").length > 10 : true, true, name);
    assert(call === null || call === name, name);
  }
});

Deno.test("mod has the divisor's sign and rint rounds half to even", () => {
  const mod = scalarMeaning("mod");
  const cases = [[5, 3, 2], [-5, 3, 1], [5, -3, -1], [-5, -3, -2], [-0, 3, 0], [0, -3, -0], [6, -3, -0]];
  for (const [a, b, expected] of cases) assertEquals(mod(a, b), expected, `${a} mod ${b}`);
  assertEquals([mod(-5, Infinity), mod(5, -Infinity), mod(5, Infinity)], [Infinity, -Infinity, 5]);
  assertEquals([mod(1, 0), mod(Infinity, 2), mod(NaN, 1)], [NaN, NaN, NaN]);
  const rint = scalarMeaning("rint");
  const halves = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.6, -0.2, -0, 1e300, 4503599627370495.5, Infinity, NaN];
  const rounded = [-2, -2, -0, 0, 2, 2, 3, -0, -0, 1e300, 4503599627370496, Infinity, NaN];
  assertEquals(halves.map((x) => rint(x)), rounded);
});

Deno.test("an operation that the table does not have is an error of the caller", () => {
  assertThrows(() => operationNamed("nothing"), TypeError, "no row named nothing");
});
