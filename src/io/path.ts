/**
 * Paths as they are given and as messages show them.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/**
 * A path as text.
 *
 * @param path A path, or a `file:` URL.
 * @throws {TypeError} If the URL is not a `file:` URL.
 */
export function pathText(path: string | URL): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}
