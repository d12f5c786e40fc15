/**
 * From the place of objects to what reads and writes them; each kind is loaded when it is used.
 *
 * @module
 */

import type { ObjectsLocation, ObjectStore, RequestOptions } from "./object_store.ts";

/**
 * Opens a store of objects. Nothing is read yet.
 *
 * @param location Where they lie.
 */
export async function openObjects(location: ObjectsLocation): Promise<ObjectStore> {
  if (location.kind === "file") return new (await import("./file_objects.ts")).FileObjects(location.root);
  if (location.kind === "http") return new (await import("./http_objects.ts")).HttpObjects(location);
  return new (await import("./s3_objects.ts")).S3Objects(location);
}

/**
 * Where the objects of an address or a folder lie.
 *
 * @param text A path, or an `http:`, `https:` or `s3:` address.
 * @param requests How often and how long a server is asked.
 */
export function objectsAt(text: string, requests?: RequestOptions): ObjectsLocation {
  if (/^https?:\/\//i.test(text)) return { kind: "http", url: text, requests };
  const s3 = /^s3:\/\/([^/]+)\/?(.*)$/is.exec(text);
  if (s3 === null) return { kind: "file", root: text };
  return { kind: "s3", bucket: s3[1], prefix: s3[2].replace(/\/+$/, ""), requests };
}
