/**
 * Assertions about types. They cost nothing at run time and fail in the type checker.
 *
 * ```ts
 * import { assertType, type IsExact } from "@std/testing/types";
 *
 * const shape = [365, 16] as const;
 * assertType<IsExact<typeof shape.length, 2>>(true);
 * ```
 *
 * @module
 */

/**
 * Asserts that a type-level condition holds, or with `false` that it does not.
 *
 * @typeParam T The condition.
 * @param _expectTrue What the condition comes to.
 */
export function assertType<T extends boolean>(_expectTrue: T): void {}

/** Whether a type is `any`. */
export type IsAny<T> = 0 extends (1 & T) ? true : false;

/** Whether a type is `never`. */
export type IsNever<T> = [T] extends [never] ? true : false;

/** Whether a union has a member assignable to `U`. `any` has everything. */
export type Has<T, U> = IsAny<T> extends true ? true
  : IsAny<U> extends true ? false
  : IsNever<Extract<T, U>> extends true ? false
  : true;

/** Whether two types are the same, at all depths. */
export type IsExact<T, U> = IsIdentical<Merged<T>, Merged<U>>;

/**
 * Two functions of this form are assignable to one another only if the checker holds `T` and `U` to be identical. They
 * must stand here: through a type alias the checker would compare `T` and `U` for assignability instead.
 */
type IsIdentical<T, U> = (<X>() => X extends T ? 1 : 2) extends (<X>() => X extends U ? 1 : 2) ? true : false;

/** Intersections of plain records as one record. */
type Merged<T> = IsAny<T> extends true ? T
  : T extends Record<PropertyKey, unknown> ? { [K in keyof T]: Merged<T[K]> }
  : T;
