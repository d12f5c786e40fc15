/**
 * Slope and hillshade of a grid of heights, as an expression that reads neighbouring cells.
 *
 * With the heights around a cell, north at the top,
 *
 *     a b c
 *     d e f
 *     g h i
 *
 * the gradient is that of Horn (1981), Hill shading and the reflectance map, Proceedings of the IEEE 69:
 *
 *     east  = ((c + 2 f + i) - (a + 2 d + g)) / (8 width)
 *     north = ((a + 2 b + c) - (g + 2 h + i)) / (8 height)
 *
 * and the light is the cosine of the angle between the sun and the surface's normal, as in gdaldem: a flat cell under
 * a sun at 45° is 181. From 1, in the shade, to 255, straight into the sun.
 *
 * @module
 */

import { type Cell, float32, uint8 } from "../../src/expr.ts";

/** What the expression reads: two arrays, and scalars. */
export interface ShadingInputs {
  /** Heights in metres, [rows, columns], the first row in the north, columns from west to east. */
  readonly z: Cell;
  /** Latitudes of the rows in radians, [rows, 1]. */
  readonly latitude: number;
  /** The distance of two rows, and of two columns at the equator, in metres. */
  readonly step: number;
  /** How many times as high the sun sees the heights. Slopes do not depend on it. */
  readonly exaggeration: number;
  /** How narrow a cell may seem in the light, as a part of its width at the equator. */
  readonly narrowest: number;
  /** Where the sun stands: how far in the east, in the north and up, as a vector of length 1. */
  readonly sunEast: number;
  readonly sunNorth: number;
  readonly sunUp: number;
}

/**
 * Slope in degrees, as float32, and hillshade from 1 to 255, as uint8. It is compiled, never called.
 *
 * Near the poles cells are narrower than the steps in which heights were measured. Each such step would be a cliff in
 * the light, so there a cell counts as wider than it is: `narrowest` of its width at the equator at least.
 */
export function shading(
  { z, latitude, step, exaggeration, narrowest, sunEast, sunNorth, sunUp }: ShadingInputs,
): { slope: number; hillshade: number } {
  const width = Math.cos(latitude);
  const rise = (z(-1, 1) + 2 * z(0, 1) + z(1, 1) - (z(-1, -1) + 2 * z(0, -1) + z(1, -1))) / (8 * step);
  const north = (z(-1, -1) + 2 * z(-1, 0) + z(-1, 1) - (z(1, -1) + 2 * z(1, 0) + z(1, 1))) / (8 * step);
  const east = rise / width;
  const seenEast = exaggeration * rise / Math.max(width, narrowest), seenNorth = exaggeration * north;
  const light = (sunUp - sunEast * seenEast - sunNorth * seenNorth) /
    Math.sqrt(1 + seenEast * seenEast + seenNorth * seenNorth);
  return {
    slope: float32(Math.atan(Math.hypot(east, north)) * 180 / Math.PI),
    hillshade: uint8(Math.round(1 + 254 * Math.max(light, 0))),
  };
}
