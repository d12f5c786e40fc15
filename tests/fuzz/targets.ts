/**
 * All targets.
 *
 * @module
 */

import { commandTarget } from "./command.ts";
import { expressionsTarget } from "./expressions.ts";
import { netcdfTarget } from "./netcdf.ts";
import { npyTarget } from "./npy.ts";
import { npzTarget } from "./npz.ts";
import { tilesTarget } from "./tiles.ts";
import type { OpenTarget } from "./runner.ts";

/** What opens each target, by name. */
export const TARGETS: Readonly<Record<string, () => Promise<OpenTarget>>> = {
  npy: npyTarget,
  npz: npzTarget,
  netcdf: netcdfTarget,
  tiles: tilesTarget,
  expressions: expressionsTarget,
  command: commandTarget,
};
