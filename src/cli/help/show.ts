/**
 * The manual of `show`.
 *
 * @module
 */

import { COMMAND_FACTS } from "../flags/commands.ts";
import { SHOW_FLAGS } from "../flags/show_flags.ts";
import { TERMINAL_VARIABLES } from "./environment.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `show`. */
export const MANUAL: Manual = {
  name: "show",
  about: COMMAND_FACTS.show.about,
  usage: ["show FILE[:VARIABLE] [flags]", "show STORE.zarr/NAME [flags]"],
  description: [
    "Prints the dtype and the shape of an array, how its values are distributed, and a picture of a slice with two " +
    "axes: two cells in each character, in as many colours as the terminal has. In a pipe and with NO_COLOR, " +
    "characters from . to @ stand for low and high values, and spaces for NaN. Large arrays become means of their " +
    "elements. An array with one axis is drawn as a curve; of a single element, as of --slice 3,4, the value is " +
    "printed.",
    "Reads .npy, .npz, .nc, .h5, .tif, Zarr stores (also https: and s3: addresses, which need --allow-net) and " +
    "shm:NAME (which needs --allow-ffi). Of what can be read in parts, only the slice is read.",
  ],
  flags: { flags: SHOW_FLAGS },
  examples: [
    { about: "The first month of a variable.", command: "tilewise show examples/vpd/coads-vpd.nc:AIRT" },
    {
      about: "July, in other colours, without the outermost values.",
      command: "tilewise show examples/vpd/coads-vpd.nc:AIRT --slice 6,:,: --colormap turbo --range robust",
    },
    {
      about: "A part of the grid, its columns turned round.",
      command: "tilewise show examples/vpd/coads-vpd.nc:SLP --slice 0,20:70,::-1 --width 60",
    },
    { about: "One value.", command: "tilewise show examples/vpd/coads-vpd.nc:AIRT --slice=-1,45,90" },
    { about: "A curve.", command: "tilewise show examples/vpd/coads-vpd.nc:COADSY" },
    {
      about: "A picture with a legend.",
      command:
        "tilewise show examples/relief/etopo20.nc:ROSE --png relief.png --colormap puor_r --range=-8000,8000",
    },
  ],
  more: { environment: TERMINAL_VARIABLES },
  exitCodes: [
    ["0", "Done."],
    ["1", "It could not be read or written."],
    ["2", "There is no such thing, or it is no picture."],
  ],
};
