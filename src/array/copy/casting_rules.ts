/**
 * Which dtypes may be converted to which.
 *
 * @module
 */

import { type DType, type DTypeRow, DTYPES, promoteTypes } from "../../dtype.ts";

/**
 * How much a conversion may lose, as NumPy's `casting` has it:
 * - `"no"`: nothing is converted.
 * - `"safe"`: every value is kept (64-bit integers to float64 pass, as in NumPy, though large ones are rounded).
 * - `"sameKind"`: also between widths of a kind, and from bool to unsigned to signed integers to floats.
 * - `"unsafe"`: anything.
 *
 * @example
 * ```ts
 * import { type Casting, SharedNdArray } from "@tilewise/ndarray";
 * import { assertThrows } from "@std/assert";
 *
 * const a = SharedNdArray.arange(4, { dtype: "int32" });
 * const tooStrict: Casting[] = ["no", "safe"], enough: Casting[] = ["sameKind", "unsafe"];
 * for (const casting of tooStrict) assertThrows(() => a.astype("int16", { casting }), TypeError);
 * for (const casting of enough) a.astype("int16", { casting });
 * ```
 */
export type Casting = "no" | "safe" | "sameKind" | "unsafe";

/** The kinds, each of which can be had from those before it. */
const KINDS: readonly DTypeRow["kind"][] = ["bool", "uint", "int", "float"];

/**
 * Whether a rule allows a conversion, as NumPy's `can_cast` does.
 *
 * @param from The dtype of the values.
 * @param to The dtype they shall have.
 * @param casting The rule.
 *
 * @example
 * ```ts
 * import { canCast } from "./casting_rules.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(canCast("int16", "float32", "safe"), true);
 * assertEquals(canCast("float64", "float32", "safe"), false);
 * assertEquals(canCast("float64", "float32", "sameKind"), true);
 * assertEquals(canCast("float64", "int32", "sameKind"), false);
 * ```
 */
export function canCast(from: DType, to: DType, casting: Casting): boolean {
  switch (casting) {
    case "no":
      return from === to;
    case "safe":
      return promoteTypes(from, to) === to;
    case "sameKind":
      return KINDS.indexOf(DTYPES[from].kind) <= KINDS.indexOf(DTYPES[to].kind);
    case "unsafe":
      return true;
  }
}
