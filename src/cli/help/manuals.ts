/**
 * The manuals by the name of their command, each loaded when it is asked for.
 *
 * @module
 */

import type { CommandName } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What loads the manual of each command. */
export const MANUALS: Readonly<Record<CommandName, () => Promise<{ readonly MANUAL: Manual }>>> = {
  map: () => import("./map.ts"),
  show: () => import("./show.ts"),
  info: () => import("./info.ts"),
  status: () => import("./status.ts"),
  combine: () => import("./combine.ts"),
  shm: () => import("./shm.ts"),
  schema: () => import("./schema.ts"),
  doctor: () => import("./doctor.ts"),
  completions: () => import("./completions.ts"),
  help: () => import("./help.ts"),
};
