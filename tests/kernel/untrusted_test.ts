import { assert } from "@std/assert";
import fc from "fast-check";
import {
  DisposedError,
  DTypeError,
  ExpressionError,
  PlanError,
  ShapeError,
  SharedNdArray,
  tiledMap,
  ValueError,
} from "../../mod.ts";
import { type RandomProgram, randomPrograms } from "../plan/expr/random_programs.ts";
import { randomElement } from "../plan/expr/random_elements.ts";
import { Seeded } from "../seeded.ts";

/** What text may be refused with; anything else is a fault of this library. */
const REFUSALS = [ExpressionError, PlanError, ShapeError, ValueError, DTypeError, DisposedError];

const PIECES = "( ) + % ** ? : 0 1n .5 a exp( index(0) ! ~ - int8( , ; && >>> NaN € const => b=".split(" ");

/** A text with some pieces put in, taken out, or doubled. */
function mutated(text: string, random: Seeded): string {
  for (let count = random.int(1, 3); count > 0; count--) {
    const from = random.int(0, text.length), to = Math.min(text.length, from + random.int(0, 5));
    const middle = random.pick(["", random.pick(PIECES), text.slice(from, to).repeat(2)]);
    text = text.slice(0, from) + middle + text.slice(to);
  }
  return text;
}

/** Random arrays for a program, of five elements. */
function arraysOf({ inputs }: RandomProgram, random: Seeded): Record<string, SharedNdArray> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, dtype]) => {
      const array = SharedNdArray.zeros([5], { dtype });
      for (let i = 0; i < 5; i++) array.set(i, randomElement(random, dtype));
      return [name, array];
    }),
  );
}

Deno.test("whatever passes the checker is compiled and computed: random programs, and mutations of them", async () => {
  let computed = 0, refused = 0;
  const property = fc.asyncProperty(
    randomPrograms({ rank: 1, depth: 5 }),
    fc.nat(),
    async (program, seed) => {
      const random = new Seeded(seed), isMutated = random.oneIn(2), { scalars, wanted: outputs } = program;
      const source = isMutated ? mutated(program.source, random) : program.source;
      const options = { inputs: arraysOf(program, random), scalars, outputs, strict: random.oneIn(2) };
      try {
        await tiledMap(source, { ...options, workers: 1 });
        computed++;
      } catch (error) {
        const isRefusal = isMutated && REFUSALS.some((kind) => error instanceof kind);
        if (!isRefusal) throw new Error(`${JSON.stringify(source)} failed: ${error}`, { cause: error });
        refused++;
      }
    },
  );
  await fc.assert(property, { numRuns: 1000, seed: 3 });
  assert(computed > refused && refused > 100, `${computed} were computed, ${refused} refused`);
});
