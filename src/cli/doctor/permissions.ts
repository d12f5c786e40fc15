/**
 * Permissions: which were granted, and what each is for.
 *
 * @module
 */

import { canLoadWorkers, type Check, check } from "./check.ts";

/** What each is for. */
const USES = {
  read: "workers, kernels and inputs",
  write: "outputs, reports and traces",
  net: "stores at https: and s3: addresses, and --dashboard",
  ffi: "shared memory by name, and mapped files",
  env: "keys of s3: stores, --shard auto, and colours as TERM says",
  sys: "how much memory is free",
  run: "nothing that the command does",
} as const;

/** Looks at permissions. */
export function checkPermissions(): Check[] {
  const canLoad = canLoadWorkers();
  const states = Object.keys(USES).map((name) => {
    // These are its keys.
    const state = Deno.permissions.querySync({ name: name as keyof typeof USES });
    return {
      name: name as keyof typeof USES,
      state: state.state === "granted" ? "granted" : state.partial ? "partial" : "no",
    };
  });
  const facts = Object.fromEntries(states.map(({ name, state }) => [name, state]));
  const granted = states.filter(({ state }) => state !== "no").map(({ name, state }) =>
    `--allow-${name}${state === "partial" ? " (in part)" : ""}`
  );
  const without = states.filter(({ name, state }) =>
    state === "no" && name !== "run" && (name !== "read" || canLoad)
  );
  return [
    canLoad
      ? check("ok", "permissions", granted.length === 0 ? "none, and none is needed" : granted.join(" "), {
        facts,
      })
      : check("missing", "permissions", "workers are loaded from files, which may not be read", {
        advice: "add --allow-read",
        facts,
      }),
    ...without.map(({ name }) =>
      check("note", "permissions", `without --allow-${name}: ${USES[name]}`, { facts: { [name]: false } })
    ),
  ];
}
