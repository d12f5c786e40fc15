/**
 * The flags of `show`.
 *
 * @module
 */

import { COLORMAP_NAMES } from "../../picture/colormaps.ts";
import type { FlagTable } from "./flag.ts";

/** What is shown, and how. */
export const SHOW_FLAGS = {
  slice: {
    kind: "text",
    value: "0,:,:",
    isSigned: true,
    help:
      "Which part of the array, by indices and ranges as in NumPy: integers, START:STOP:STEP and one ... for " +
      "all axes that are not named; negative ones count from the end. Default: the first index of the leading " +
      "axes, and the last two axes whole.",
  },
  png: {
    kind: "text",
    value: "out.png",
    files: "file",
    help: "Write the picture as a PNG file with a legend, too. Needs --allow-write.",
  },
  colormap: {
    kind: "text",
    value: "viridis",
    choices: COLORMAP_NAMES,
    help: "The colour map; with _r behind its name from the other end, as in rdbu_r. Default: viridis.",
  },
  range: {
    kind: "text",
    value: "0,30",
    choices: ["robust"],
    isSigned: true,
    help:
      "The values at the ends of the colours, or robust, which leaves out the lowest and the highest 2 %. " +
      "Default: the smallest and the largest value of the slice.",
  },
  title: { kind: "text", value: "TEXT", help: "The title of the PNG file. Default: the array's name." },
  unit: { kind: "text", value: "kPa", help: "The unit of the values. Default: what the file says." },
  nan: {
    kind: "text",
    value: "#d0d0d0",
    choices: ["transparent", "black", "white", "grey"],
    help: "The colour of NaN in the PNG file. Default: that of the background, which is white.",
  },
  scale: {
    kind: "text",
    value: "4",
    help: "Pixels of a cell of the PNG file along each axis. Default: about 720 pixels for the longer axis.",
  },
  flip: {
    kind: "switch",
    help: "The last row at the top. Default: where the file says that latitudes ascend, so that north is up.",
  },
  "no-flip": { kind: "switch", help: "The first row at the top in any case." },
  width: {
    kind: "text",
    value: "60",
    help: "Columns of the picture. Default: those of the terminal; 80 where there is none.",
  },
  json: { kind: "switch", help: "What is known of the slice as one JSON object, and no picture." },
  help: { kind: "switch", letter: "h", help: "Print this." },
} as const satisfies FlagTable;
