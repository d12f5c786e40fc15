/**
 * Random programs, as texts that pass the checker, for comparing one way to evaluate them with another.
 *
 * @module
 */

import fc from "fast-check";
import { type DType, DTYPE_NAMES } from "../../../src/dtype.ts";
import { isWeak, type Kind, literal, ScalarUses, strong, type Term } from "./random_kinds.ts";
import { Dice, type TermOptions, TermWriter } from "./random_terms.ts";

/** What random programs may be made of. */
export interface RandomProgramOptions {
  /**
   * The dtypes of inputs and casts. Default: all. What is computed may have others: numbers by themselves are
   * float64, `index()` and integers compared with larger numbers are int64, and bools count as uint8 or int8.
   */
  readonly dtypes?: readonly DType[];
  /** How deep operators are nested at most. Default: 4. */
  readonly depth?: number;
  /**
   * Whether they may call functions whose last bit differs from one implementation to another: exp, sin, and
   * pow of floats in general. Default: true. Without them a program's result has the same bits everywhere.
   */
  readonly functions?: boolean;
  /** The number of axes that `index()` may ask for. Default: 2. */
  readonly rank?: number;
  /** How far inputs are read from the element at hand, at most. Default: 0, no reads at another place. */
  readonly reach?: number;
  /** How many outputs at most. Default: 3. */
  readonly outputs?: number;
}

/** A program that passes the checker. */
export interface RandomProgram {
  readonly source: string;
  /** The inputs that it may read, by name. */
  readonly inputs: Readonly<Record<string, DType>>;
  /** The values of the scalars that it may read, by name; bigints fit what they are used as. */
  readonly scalars: Readonly<Record<string, number | bigint | boolean>>;
  readonly rank: number;
  /** The dtypes that are asked for of its outputs, or undefined for those that follow from the text. */
  readonly wanted: Readonly<Record<string, DType>> | undefined;
  /** The outputs that it has to have. */
  readonly outputs: readonly { readonly name: string | null; readonly dtype: DType }[];
}

/** What the checker has to know to check a random program. */
export interface RandomEnvironment {
  inputs: Record<string, DType>;
  scalars: Record<string, "number" | "bigint" | "boolean">;
  rank: number;
  outputs?: Record<string, DType>;
}

/**
 * Random programs that pass the checker: expressions, assignments and arrow functions.
 *
 * @param options What they may be made of.
 * @returns An arbitrary that shrinks to shorter programs.
 */
export function randomPrograms(options: RandomProgramOptions = {}): fc.Arbitrary<RandomProgram> {
  const { dtypes = DTYPE_NAMES, depth = 4, functions = true, rank = 2, reach = 0, outputs = 3 } = options;
  return fc.array(fc.nat(), { maxLength: 300, size: "max" })
    .map((numbers) =>
      new ProgramWriter(new Dice(numbers), { dtypes, functions, rank, reach }).program(depth, outputs)
    );
}

/**
 * What the checker has to know to check a random program.
 *
 * @param program The program.
 */
export function environmentOf({ inputs, scalars, rank, wanted }: RandomProgram): RandomEnvironment {
  const kinds = Object.entries(scalars).map(([name, value]) => {
    const kind = typeof value === "bigint" ? "bigint" : typeof value === "boolean" ? "boolean" : "number";
    return [name, kind] as const;
  });
  const environment = { inputs: { ...inputs }, scalars: Object.fromEntries(kinds), rank };
  return wanted === undefined ? environment : { ...environment, outputs: { ...wanted } };
}

const INPUT_NAMES = ["a", "b", "tmp", "rad", "E", "exp", "$x", "größe"];
const NUMBERS = [0.5, -1.25, 3, 0, 1e-3, 0.1, -0, 1e10, Infinity, NaN];

interface Output {
  readonly name: string | null;
  readonly term: Term;
  readonly wanted: DType | undefined;
}

/** Writes one program. */
class ProgramWriter {
  readonly #dice: Dice;
  readonly #options: TermOptions;
  readonly #uses: ScalarUses = new ScalarUses();
  readonly #inputs: Record<string, DType> = {};
  /** The scalars by name, with a term of each one's kind. */
  readonly #scalars: ReadonlyMap<string, Term>;
  readonly #terms: TermWriter;
  /** Whether names are taken from an object, some of them by another name. */
  readonly #isTaken: boolean;

  constructor(dice: Dice, options: TermOptions) {
    this.#dice = dice;
    this.#options = options;
    const names = dice.shuffled(INPUT_NAMES).slice(0, dice.int(1, 3));
    for (const name of names) this.#inputs[name] = dice.pick(options.dtypes);
    const scalars: Term[] = [
      { ...literal(1, "k"), literals: [], scalars: ["k"], isConstant: false },
      { ...literal(0.5, "s"), isConstant: false },
      strong("flag", "bool"),
    ];
    this.#scalars = new Map(scalars.filter(() => dice.oneIn(2)).map((term) => [term.text, term]));
    this.#isTaken = dice.oneIn(4);
    const inputs = names.map((name) => strong(this.#local(name), this.#inputs[name]));
    this.#terms = new TermWriter(dice, options, this.#uses, { inputs, scalars: this.#scalars.values() });
  }

  /** The name of an input within the program. */
  #local(name: string): string {
    return this.#isTaken && name.length > 1 && !this.#scalars.has(name) ? `${name}_1` : name;
  }

  program(depth: number, outputs: number): RandomProgram {
    const count = this.#dice.int(1, outputs);
    // Names are taken from an object by functions only.
    const style = this.#isTaken ? this.#dice.int(2, 4) : this.#dice.int(0, 4);
    const isAsked = this.#dice.oneIn(3);
    if (style > 1) this.#terms.parameters = new Set(this.#terms.named.map(({ text }) => text));
    if (style === 0) {
      return this.#finish((output) => output.term.text, [this.#output(null, depth, isAsked)], isAsked);
    }
    if (style === 1) return this.#assignments(depth, count, isAsked);
    const declared = style === 4 ? this.#declarations(depth) : [];
    const made = count === 1 && this.#dice.oneIn(2)
      ? [this.#output(null, depth, isAsked)]
      : Array.from({ length: count }, (_, i) => this.#output(`out${i}`, depth, isAsked));
    return this.#finish((...outputs) => this.#arrow(declared, outputs, style === 4), made, isAsked);
  }

  /** Some `const` declarations; what they name can be read from then on. */
  #declarations(depth: number): string[] {
    return Array.from({ length: this.#dice.int(0, 2) }, (_, i) => {
      const term = this.#terms.changing(depth);
      this.#terms.named.push({ ...term, text: `t${i}`, level: 18 });
      return `const t${i} = ${term.text}`;
    });
  }

  #output(name: string | null, depth: number, isAsked: boolean): Output {
    const term = this.#terms.changing(depth);
    const wanted = isAsked ? this.#storable(term) : undefined;
    return { name, term, wanted };
  }

  /** A dtype that holds what a term is. */
  #storable(term: Term): DType {
    const dtypes = this.#dice.shuffled(this.#options.dtypes);
    return dtypes.find((dtype) => this.#terms.isStorable(term, dtype)) ?? naturalDType(term.kind);
  }

  #assignments(depth: number, count: number, isAsked: boolean): RandomProgram {
    const statements = this.#declarations(depth);
    const outputs = Array.from({ length: count }, (_, i) => {
      const output = this.#output(`out${i}`, depth, isAsked);
      statements.push(`out${i} = ${output.term.text}`);
      if (output.wanted === undefined && !isWeak(output.term.kind)) {
        this.#terms.named.push(strong(`out${i}`, output.term.kind));
      }
      return output;
    });
    const separator = this.#dice.pick([";", "; ", "\n", ";\n"]);
    return this.#finish(() => statements.join(separator), outputs, isAsked);
  }

  #arrow(declared: readonly string[], outputs: readonly Output[], isBlock: boolean): string {
    const names = this.#dice.shuffled([...Object.keys(this.#inputs), ...this.#scalars.keys()]);
    const taken = names.map((name) => this.#local(name) === name ? name : `${name}: ${this.#local(name)}`);
    const parameters = this.#isTaken ? `({ ${taken.join(", ")} })` : `(${names.join(", ")})`;
    const pairs = outputs.map(({ name, term }) => `${name}: ${term.text}`).join(", ");
    const value = outputs[0].name === null ? outputs[0].term.text : `{ ${pairs} }`;
    if (isBlock) {
      return `${parameters} => { ${declared.map((text) => `${text}; `).join("")}return ${value}; }`;
    }
    return `${parameters} => ${outputs[0].name === null ? value : `(${value})`}`;
  }

  #finish(write: (...outputs: Output[]) => string, outputs: Output[], isAsked: boolean): RandomProgram {
    const source = write(...outputs);
    const made = outputs.map(({ name, term, wanted }) => ({
      name: isAsked ? name ?? "out" : name,
      dtype: wanted ?? naturalDType(term.kind),
    }));
    const wanted = isAsked
      ? Object.fromEntries(made.map(({ name, dtype }) => [name ?? "out", dtype]))
      : undefined;
    return {
      source,
      inputs: this.#inputs,
      scalars: this.#scalarValues(),
      rank: this.#options.rank,
      wanted,
      outputs: made,
    };
  }

  #scalarValues(): Record<string, number | bigint | boolean> {
    const values: Record<string, number | bigint | boolean> = {};
    for (const name of this.#scalars.keys()) {
      values[name] = name === "k"
        ? this.#bigint(name)
        : name === "s"
        ? this.#dice.pick(NUMBERS)
        : this.#dice.oneIn(2);
    }
    return values;
  }

  #bigint(name: string): bigint {
    const [low, high] = this.#uses.range(name);
    return this.#dice.pick([1n, 2n, 0n, 7n, 100n, low, high, low / 3n, high / 3n]);
  }
}

function naturalDType(kind: Kind): DType {
  return isWeak(kind) ? "float64" : kind;
}
