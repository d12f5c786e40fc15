/**
 * What the doctor says of one thing.
 *
 * @module
 */

/** One thing that was looked at. */
export interface Check {
  /** What it is. */
  readonly name: string;
  /** `missing` where runs need it; `note` where something is less than it could be, or could not be seen. */
  readonly state: "ok" | "note" | "missing";
  /** What was found. */
  readonly text: string;
  /** What to do about it; null where there is nothing to do. */
  readonly advice: string | null;
  /** Numbers and names for programs. */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** Something that looks. It never fails, and never asks the user for a permission. */
export type Look = () => Check | readonly Check[] | Promise<Check | readonly Check[]>;

/**
 * A check.
 *
 * @param state How it is.
 * @param name What it is.
 * @param text What was found.
 * @param more What to do about it, and numbers for programs.
 */
export function check(
  state: Check["state"],
  name: string,
  text: string,
  { advice = null, facts = {} }: Partial<Pick<Check, "advice" | "facts">> = {},
): Check {
  return { name, state, text, advice, facts };
}

/** Whether a permission was granted, without asking. */
export function isGranted(descriptor: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(descriptor).state === "granted";
}

const ALL = ["read", "write", "net", "env", "run", "sys", "ffi"] as const;

/** Whether everything was granted: folders of the system can be read then, and the runtime asks nobody. */
export function isAllGranted(): boolean {
  return ALL.every((name) => isGranted({ name }));
}

/** Whether workers can be loaded: from files with the permission to read them, from a registry without. */
export function canLoadWorkers(): boolean {
  const folder = new URL("../../../", import.meta.url);
  return folder.protocol !== "file:" || isGranted({ name: "read", path: folder });
}
