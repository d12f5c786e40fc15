/**
 * The manual of `info`.
 *
 * @module
 */

import { INFO_FLAGS } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `info`. */
export const MANUAL: Manual = {
  name: "info",
  about: COMMAND_FACTS.info.about,
  usage: ["info FILE[:NAME] [--json]", "info https://HOST/STORE.zarr[/NAME] [--json]"],
  description: [
    "Reads .npy, .npz, .nc (NetCDF-3 and NetCDF-4), .nc4, .h5, .hdf5, .tif and .tiff files, and Zarr stores: of " +
    "each array its name, dtype, shape, chunks, codecs, size in memory and as it is stored, names of axes, fill " +
    "value and attributes. Nothing but headers and metadata is read.",
    "Stores at https: and s3: addresses need --allow-net. shm:NAME is shared memory, which needs --allow-ffi.",
  ],
  flags: { flags: INFO_FLAGS },
  examples: [
    { about: "All variables of a file.", command: "tilewise info examples/vpd/coads-vpd.nc" },
    { about: "One of them.", command: "tilewise info examples/vpd/coads-vpd.nc:AIRT" },
    { about: "A store, for a program.", command: "tilewise info in.zarr --json" },
    { about: "A store on a server.", command: "tilewise info https://example.org/day.zarr/tmp" },
  ],
  exitCodes: [["0", "Done."], ["2", "There is no such thing, or it cannot be read."]],
};
