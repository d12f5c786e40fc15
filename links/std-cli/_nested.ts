/**
 * Reading and writing values under dotted flag names: `a.b` lives in an object under `a`.
 *
 * @module
 */

/** An object that values are stored in by flag name. */
export type Store = { [name: string]: unknown };

/** Names through which a flag could reach into prototypes. They are dropped. */
function isUnsafe(store: Store, name: string): boolean {
  return name === "__proto__" || (name === "constructor" && typeof store[name] === "function");
}

/** Whether a value is stored under the dotted name, however falsy. */
export function hasValue(store: Store, dottedName: string): boolean {
  let level = store;
  for (const name of dottedName.split(".")) {
    if (!Object.hasOwn(level, name)) return false;
    level = level[name] as Store;
  }
  return true;
}

/** Stores a value under the dotted name, making the objects on the way. */
export function setValue(store: Store, dottedName: string, value: unknown): void {
  const slot = findSlot(store, dottedName);
  if (slot) slot.level[slot.name] = value;
}

/** Adds a value to the list under the dotted name. A single truthy value found there becomes its first element. */
export function addValue(store: Store, dottedName: string, value: unknown): void {
  const slot = findSlot(store, dottedName);
  if (!slot) return;
  const present = slot.level[slot.name];
  if (Array.isArray(present)) present.push(value);
  else slot.level[slot.name] = present ? [present, value] : [value];
}

function findSlot(store: Store, dottedName: string): { level: Store; name: string } | undefined {
  const path = dottedName.split(".");
  const name = path[path.length - 1];
  let level = store;
  for (const step of path.slice(0, -1)) {
    if (isUnsafe(level, step)) return undefined;
    level = (level[step] ??= {}) as Store;
  }
  return isUnsafe(level, name) ? undefined : { level, name };
}
