/**
 * Assertions for tests. A failed one throws an {@linkcode AssertionError}.
 *
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(new Float64Array([1, NaN]), new Float64Array([1, NaN]));
 * assertThrows(() => new Array(-1), RangeError, "Invalid array length");
 * ```
 *
 * @module
 */
export * from "./assertion_error.ts";
export * from "./comparison.ts";
export * from "./conditions.ts";
export * from "./equal.ts";
export * from "./equality.ts";
export * from "./errors.ts";
export * from "./strings.ts";
