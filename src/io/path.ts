/**
 * Paths as they are given and as messages show them. Written out rather than taken from `node:path` and `node:url`,
 * which take longer to load than a small file takes to read.
 *
 * @module
 */

const IS_WINDOWS = Deno.build.os === "windows";

/**
 * A path as text.
 *
 * @param path A path, or a `file:` URL.
 * @throws {TypeError} If the URL is not a `file:` URL.
 */
export function pathText(path: string | URL): string {
  if (typeof path === "string") return path;
  if (path.protocol !== "file:") throw new TypeError(`Expected a path or a file: URL, got ${path.href}`);
  const text = decodeURIComponent(path.pathname);
  if (!IS_WINDOWS) return text;
  const local = path.host === "" ? text.replace(/^\/(?=[A-Za-z]:)/, "") : `//${path.host}${text}`;
  return local.replaceAll("/", "\\");
}

/**
 * Whether a file system said that there is nothing by a name, be it because no name can be that long.
 *
 * @param error What was thrown.
 */
export function isMissing(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound) return true;
  return error instanceof Error && "code" in error && error.code === "ENAMETOOLONG";
}

/**
 * The folder and the name of a file.
 *
 * @param path A path.
 * @returns The folder with the separator behind it, empty where the path has none; and what follows it.
 */
export function splitPath(path: string): { folder: string; name: string } {
  const cut = Math.max(path.lastIndexOf("/"), IS_WINDOWS ? path.lastIndexOf("\\") : -1) + 1;
  return { folder: path.slice(0, cut), name: path.slice(cut) };
}
