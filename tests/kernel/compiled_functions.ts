/**
 * Float functions one by one as they are compiled, so that the interpreter can compose what compiled programs compose.
 *
 * @module
 */

import { SharedNdArray } from "../../mod.ts";
import type { ComputedFloat, ScalarFunctions } from "../../src/plan/expr/interpret_floats.ts";
import type { CallName, Program } from "../../src/plan/expr/program.ts";
import { nodesInOrder } from "../../src/plan/expr/reachable.ts";
import { FLOAT_FUNCTIONS } from "../../src/simd/functions/table.ts";
import { readyCase } from "./compare_kernels.ts";

type ScalarFunction = (...args: number[]) => number;

const DTYPES = ["float32", "float64"] as const;
const OPERATORS: Readonly<Record<string, string>> = { rem: "a % b" };

/** A compiled expression of `a` and `b` as a function of numbers. */
async function compiled(source: string, dtype: ComputedFloat, strict: boolean): Promise<ScalarFunction> {
  const zeros = () => SharedNdArray.zeros([1], { dtype });
  const a = zeros(), b = zeros(), out = zeros();
  const { kernel } = await readyCase({ source, inputs: { a, b }, scalars: {}, outputs: { out }, strict });
  return (x, y) => {
    a.set(0, x);
    b.set(0, y ?? 0);
    kernel.runBox([0], [1]);
    return out.get(0);
  };
}

/** All functions in both dtypes, and powers with the exponents that a program names. */
export class CompiledFunctions {
  readonly #known = new Map<string, ScalarFunction>();
  readonly #strict: boolean;

  private constructor(strict: boolean) {
    this.#strict = strict;
  }

  /**
   * Compiles all functions.
   *
   * @param strict Whether without instructions that differ between machines.
   */
  static async compile(strict: boolean): Promise<CompiledFunctions> {
    const functions = new CompiledFunctions(strict);
    for (const dtype of DTYPES) {
      for (const [name, { parameters }] of FLOAT_FUNCTIONS) {
        if (parameters > 2) continue;
        const source = OPERATORS[name] ?? `${name}(${["a", "b"].slice(0, parameters)})`;
        await functions.#add(`${name} ${dtype}`, source, dtype);
      }
    }
    return functions;
  }

  async #add(key: string, source: string, dtype: ComputedFloat): Promise<void> {
    if (this.#known.has(key)) return;
    this.#known.set(key, await compiled(source, dtype, this.#strict));
  }

  /**
   * What the functions of a program mean, bit for bit.
   *
   * @param program The program.
   * @returns The meanings, or undefined when a power's exponent could be both one of the text and one that is computed.
   */
  async meanings(program: Program): Promise<ScalarFunctions | undefined> {
    const literals = new Map<string, Set<number>>(), computed = new Set<string>();
    for (const node of nodesInOrder(program.outputs)) {
      if (node.kind !== "call" || node.name !== "pow") continue;
      const [{ dtype }, exponent] = node.args;
      if (dtype !== "float32" && dtype !== "float64") continue;
      if (exponent.kind !== "literal") {
        computed.add(dtype);
        continue;
      }
      const value = Number(exponent.value);
      literals.set(dtype, (literals.get(dtype) ?? new Set()).add(value));
      await this.#add(`pow ${value} ${dtype}`, `a ** (${value})`, dtype);
    }
    if (literals.keys().some((dtype) => computed.has(dtype))) return undefined;
    return (name, dtype) => this.#meaning(name, dtype, literals.has(dtype));
  }

  #meaning(name: CallName, dtype: ComputedFloat, isLiteral: boolean): ScalarFunction | undefined {
    if (name !== "pow" || !isLiteral) return this.#known.get(`${name} ${dtype}`);
    return (x, y) => {
      const power = this.#known.get(`pow ${y} ${dtype}`);
      if (power === undefined) throw new Error(`${y} is no exponent of the program`);
      return power(x);
    };
  }
}
