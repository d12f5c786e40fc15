/**
 * Whether two names lead to the same place.
 *
 * @module
 */

import type { StoredArray } from "./stored_array.ts";

/**
 * Where a path leads, whatever it is called: links are followed as far as there is something.
 *
 * @param path A path, or an address, which stands for itself.
 */
export async function realPlace(path: string): Promise<string> {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(path)) return path.replace(/\/+$/, "");
  const rest: string[] = [];
  for (let known = path;;) {
    try {
      return [await Deno.realPath(known === "" ? "." : known), ...rest].join("/");
    } catch {
      // It is not there yet, or may not be looked at.
    }
    const [, folder, name] = /^(.*?)[/\\]*([^/\\]*)[/\\]*$/s.exec(known) ?? ["", "", known];
    if (name !== "" && name !== ".") rest.unshift(name);
    if (folder === known || known === "") return [known, ...rest].join("/");
    known = folder === "" && /^[/\\]/.test(known) ? "/" : folder;
  }
}

/**
 * Whether two arrays of stores are the same one.
 *
 * @param a An array.
 * @param b Another one.
 */
export async function isSameStored(a: StoredArray, b: StoredArray): Promise<boolean> {
  if (a === b) return true;
  // Files without a ledger appear under their names when they are finished, and are others until then.
  if (a.ledger === undefined || b.ledger === undefined) return false;
  return await realPlace(a.name) === await realPlace(b.name);
}
