/**
 * Where the algorithms of all functions come from, and how far off they are at worst.
 *
 * @module
 */

import { SOURCES as ARCTANGENT } from "./arctangent.ts";
import { SOURCES as CBRT } from "./cbrt.ts";
import { SOURCES as EXP } from "./exp.ts";
import { SOURCES as FUSED } from "./fused.ts";
import { SOURCES as HYPERBOLIC } from "./hyperbolic.ts";
import { SOURCES as HYPOT } from "./hypot.ts";
import { SOURCES as INVERSE_HYPERBOLIC } from "./inverse_hyperbolic.ts";
import { SOURCES as INVERSE_TRIGONOMETRIC } from "./inverse_trigonometric.ts";
import { SOURCES as LOG } from "./log.ts";
import { SOURCES as LOG1P } from "./log1p.ts";
import { SOURCES as POW } from "./pow.ts";
import { SOURCES as REMAINDER } from "./remainder.ts";
import { SOURCES as ROUNDING } from "./rounding.ts";
import { SOURCES as TRIGONOMETRIC } from "./trigonometric.ts";

/** What is known of a function's algorithm. */
export interface FunctionSource {
  /** Where it comes from, in one or two sentences. */
  readonly source: string;
  /** Its worst error in float64 that was measured, in units in the last place. */
  readonly ulp64: number;
  /** The same in float32. */
  readonly ulp32: number;
}

/** The functions by their names in programs. */
export const FUNCTION_SOURCES: ReadonlyMap<string, FunctionSource> = new Map(
  [
    ARCTANGENT,
    CBRT,
    EXP,
    FUSED,
    HYPERBOLIC,
    HYPOT,
    INVERSE_HYPERBOLIC,
    INVERSE_TRIGONOMETRIC,
    LOG,
    LOG1P,
    POW,
    REMAINDER,
    ROUNDING,
    TRIGONOMETRIC,
  ].flatMap((sources) => Object.entries(sources)),
);
