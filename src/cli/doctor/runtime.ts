/**
 * The runtime: its version, and what its engine can do.
 *
 * @module
 */

import { type Check, check } from "./check.ts";

/** The oldest version of Deno that has all that is needed. */
export const REQUIRED_DENO = "2.9.0";

/** Modules of WebAssembly that are valid only where the engine has a feature. Each is as short as can be. */
const MODULES = {
  // A function that gives `i8x16.splat 0`.
  simd: [1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
  // The same with `i8x16.relaxed_swizzle` of two vectors.
  relaxedSimd: [
    ...[1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
    ...[65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
  ],
  // A memory of one page that is shared, and one whose addresses have 64 bits.
  sharedMemory: [5, 4, 1, 3, 1, 1],
  memory64: [5, 3, 1, 4, 1],
} as const;

const HEADER = [0, 97, 115, 109, 1, 0, 0, 0];

/** The features, what needs each, and whether runs do without. */
const FEATURES: readonly (readonly [name: string, has: () => boolean, use: string, isNeeded: boolean])[] = [
  ["shared memory", () => typeof SharedArrayBuffer === "function", "arrays that all workers see", true],
  ["shared WebAssembly memory", () => isValid("sharedMemory"), "expressions", true],
  ["SIMD", () => isValid("simd"), "expressions", true],
  [
    "relaxed SIMD",
    () => isValid("relaxedSimd"),
    "expressions without --strict, which are slower else",
    false,
  ],
  ["memory64", () => isValid("memory64"), "expressions over more than 4 GB at a time", false],
  ["half precision", () => "Float16Array" in globalThis, "float16", true],
];

/** Looks at the version. */
export function checkDeno(version: string = Deno.version.deno): Check {
  const { v8, typescript } = Deno.version, facts = { version, required: REQUIRED_DENO, v8, typescript };
  const text = `${version} (v8 ${v8}, typescript ${typescript})`;
  if (isAtLeast(version, REQUIRED_DENO)) return check("ok", "deno", text, { facts });
  return check("missing", "deno", `${text}, which is older than ${REQUIRED_DENO}`, {
    advice: "deno upgrade",
    facts,
  });
}

/** Looks at the engine. */
export function checkEngine(): Check {
  const found = FEATURES.map(([name, has, use, isNeeded]) => ({ name, has: has(), use, isNeeded }));
  const missing = found.filter(({ has }) => !has);
  const facts = Object.fromEntries(found.map(({ name, has }) => [name, has]));
  if (missing.length === 0) return check("ok", "engine", found.map(({ name }) => name).join(", "), { facts });
  const state = missing.some(({ isNeeded }) => isNeeded) ? "missing" : "note";
  const text = `without ${missing.map(({ name, use }) => `${name} (for ${use})`).join(", ")}`;
  return check(state, "engine", text, { advice: "a newer Deno, or another processor", facts });
}

function isValid(name: keyof typeof MODULES): boolean {
  return WebAssembly.validate(new Uint8Array([...HEADER, ...MODULES[name]]));
}

/** Whether a version of three numbers is another or newer. */
function isAtLeast(version: string, required: string): boolean {
  const [have, need] = [version, required].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  const first = need.findIndex((number, k) => have[k] !== number);
  return first < 0 || have[first] > need[first];
}
