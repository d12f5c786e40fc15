/**
 * The picture of what a run computed.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { sameShape, type Shape } from "../array/layout/shape.ts";
import type { CliIo } from "./cli_io.ts";
import type { NamedFile } from "./named_args.ts";

/**
 * An output as text, with a picture where it has one.
 *
 * @param name Its name.
 * @param array The output.
 * @param inputs The files that it was computed from: where its rows are theirs, so is what is north.
 * @param io Streams.
 * @returns Lines, each with a line break behind it.
 */
export async function shownOutput(
  name: string,
  array: SharedNdArray,
  inputs: readonly NamedFile[],
  io: CliIo,
): Promise<string> {
  if (array.size === 0) return `${name} has no elements: there is nothing to show\n`;
  const { shownArrayText } = await import("./show_text.ts");
  const look = {
    columns: io.stdoutColumns() ?? 80,
    colours: io.colours(),
    hasBlocks: io.blocks(),
    colormap: "viridis",
  };
  return await shownArrayText(array, name, look, await originLike(array.shape, inputs));
}

/**
 * Which row of an output belongs to the top: the last one, where an input of its shape says that its latitudes ascend.
 *
 * @param shape The shape of the output.
 * @param inputs The files that it was computed from.
 */
export async function originLike(shape: Shape, inputs: readonly NamedFile[]): Promise<"upper" | "lower"> {
  if (shape.length < 2) return "upper";
  const { openShown } = await import("./shown_array.ts");
  const { ascendingLatitude } = await import("./shown_slice.ts");
  const { defaultSlice } = await import("./slice_args.ts");
  for (const { path, variable } of inputs) {
    if (path.startsWith("shm:")) continue;
    try {
      using array = await openShown(variable === undefined ? path : `${path}:${variable}`);
      if (!sameShape(array.shape, shape)) continue;
      if (await ascendingLatitude(array, defaultSlice(shape)) !== undefined) return "lower";
    } catch {
      // It was read a moment ago; what it says of north is not worth failing for.
    }
  }
  return "upper";
}
