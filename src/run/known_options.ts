/**
 * Refusing options that do not exist: a misspelled one would be ignored, and the result be another one than was asked
 * for.
 *
 * @module
 */

import { PlanError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/**
 * Refuses options of unknown names.
 *
 * @param options The options, as a program in JavaScript might pass them.
 * @param known The names there are.
 * @param what What has them, such as `The option until`.
 * @throws {PlanError} If there is another name, unless its value is undefined.
 */
export function refuseUnknown(options: object, known: readonly string[], what: string = ""): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    const near = nearest(name, known);
    const advice = near === undefined ? `there are ${known.join(", ")}` : `did you mean ${near}?`;
    throw new PlanError(`There is no option ${what}${name}: ${advice}`);
  }
}
