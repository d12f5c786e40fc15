/** The exact values: a C program in quadruple precision, compiled when it is needed. */

import { fileURLToPath } from "node:url";
import type { ExactValues } from "./ulp.ts";

/** Functions in quadruple precision. Dispose it to remove its files. */
export class Reference implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Compiles the program.
   *
   * @throws {Error} When there is no gcc, or it has no libquadmath.
   */
  static async open(): Promise<Reference> {
    const reference = new Reference(await Deno.makeTempDir({ prefix: "tilewise-accuracy-" }));
    const source = fileURLToPath(new URL("./reference.c", import.meta.url));
    try {
      await run("gcc", ["-O2", "-o", `${reference.#folder}/reference`, source, "-lquadmath"]);
    } catch (error) {
      await reference[Symbol.asyncDispose]();
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new Error("Exact values are computed by a C program: install gcc and libquadmath, please");
    }
    return reference;
  }

  /**
   * Computes exact values.
   *
   * @param name The function.
   * @param args For each of its arguments, one array.
   */
  async values(name: string, args: readonly Float64Array<ArrayBuffer>[]): Promise<ExactValues> {
    const input = `${this.#folder}/input`, output = `${this.#folder}/output`;
    await Deno.writeFile(input, new Uint8Array(await new Blob([...args]).arrayBuffer()));
    await run(`${this.#folder}/reference`, [name, String(args.length), input, output]);
    return new Float64Array((await Deno.readFile(output)).buffer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Runs a program to its end. */
async function run(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], stdout: "null" }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}
