/**
 * From a path or address to a store and a place in it.
 *
 * @module
 */

import { FormatError } from "../../errors.ts";
import { joinKey, type ObjectsLocation, type RequestOptions } from "../objects/object_store.ts";
import { objectsAt } from "../objects/open_objects.ts";

/** A place in a store. */
export interface StorePlace {
  /** Where the store lies. */
  readonly objects: ObjectsLocation;
  /** The key of a folder in it; empty for the store itself. */
  readonly key: string;
}

/**
 * Takes a path apart. The store ends with the first name in it that ends in `.zarr`; without one it is all of the path.
 *
 * @param path Such as `store.zarr/tmp`, or an address.
 * @param variable A name within what the path leads to.
 * @param requests How often and how long a server is asked.
 * @throws {FormatError} If the path leads out of the store.
 */
export function storePlace(path: string, variable = "", requests?: RequestOptions): StorePlace {
  const query = /^https?:/i.test(path) ? /\?.*$/s.exec(path)?.[0] ?? "" : "";
  const plain = path.slice(0, path.length - query.length);
  const [, root, rest] = /^(.*?\.zarr)(?:[/\\]+(.*))?$/is.exec(plain) ??
    ["", plain.replace(/(?<=.)[/\\]+$/, ""), ""];
  const names = [...(rest ?? "").split(/[/\\]+/), ...variable.split("/")].filter((name) =>
    name !== "" && name !== "."
  );
  if (names.includes("..")) throw new FormatError(`${plain} leads out of the store ${root}`, "zarr");
  return { objects: objectsAt(root + query, requests), key: names.reduce(joinKey, "") };
}
