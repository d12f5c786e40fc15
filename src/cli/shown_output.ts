/**
 * The picture of what a run computed.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { CliIo } from "./cli_io.ts";

/**
 * An output as text, with a picture where it has one.
 *
 * @param name Its name.
 * @param array The output.
 * @param io Streams.
 * @returns Lines, each with a line break behind it.
 */
export async function shownOutput(name: string, array: SharedNdArray, io: CliIo): Promise<string> {
  if (array.size === 0) return `${name} has no elements: there is nothing to show\n`;
  const { shownArrayText } = await import("./show_text.ts");
  return await shownArrayText(array, name, {
    columns: io.stdoutColumns() ?? 80,
    colours: io.colours(),
    hasBlocks: io.blocks(),
    colormap: "viridis",
  });
}
