/**
 * Slope and hillshade of the whole earth, sea floor included, from heights every 20 minutes of arc, as slope.npy
 * (degrees, float32) and hillshade.npy (uint8), and as pictures, slope.png and hillshade.png. North is up, the columns
 * go from 180° west to 180° east.
 *
 * usage: deno run --allow-read --allow-write=. examples/relief/relief.ts [--exaggeration 30] [--azimuth 315]
 * [--altitude 45]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { concat, readArray, savePng, type SharedNdArray, slice, tiledMap, writeArrays } from "../../mod.ts";
import { shading } from "./shading.ts";

const DATA = new URL("./etopo20.nc", import.meta.url);

/** The earth's mean radius, in metres. */
const RADIUS = 6_371_000;

const radians = (degrees: number) => degrees * Math.PI / 180;

/** A number from the command line. */
function numberOf(name: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new RangeError(`--${name} must be a number, but is "${text}"`);
  return value;
}

/** A grid of heights with the first row in the north and the first column at 180° west. */
interface Grid {
  readonly z: SharedNdArray;
  /** In radians, [rows, 1]. */
  readonly latitude: SharedNdArray;
  /** The distance of two rows in radians. */
  readonly spacing: number;
}

async function readGrid(): Promise<Grid> {
  const heights = await readArray(DATA, { variable: "ROSE" });
  const latitudes = await readArray(DATA, { variable: "ETOPO20Y" });
  const longitudes = await readArray(DATA, { variable: "ETOPO20X1_1081" });
  // The file's rows begin in the south, its columns near 20° east; the last of them is the first one again.
  const columns = heights.shape[1] - 1;
  const east = [...longitudes.values()].findIndex((degrees) => Number(degrees) > 180);
  const northUp = heights.flip(0);
  const z = concat([northUp.view(null, slice(east, columns)), northUp.view(null, slice(0, east))], {
    axis: 1,
  });
  const latitude = latitudes.flip(0).copy();
  for (let row = 0; row < latitude.size; row++) latitude.set(row, radians(Number(latitude.get(row))));
  return { z, latitude: latitude.reshape([-1, 1]), spacing: 2 * Math.PI / columns };
}

const options = parseArgs(Deno.args, {
  string: ["exaggeration", "azimuth", "altitude"],
  default: { exaggeration: "30", azimuth: "315", altitude: "45" },
});
const azimuth = radians(numberOf("azimuth", options.azimuth));
const altitude = radians(numberOf("altitude", options.altitude));
const { z, latitude, spacing } = await readGrid();

const { outputs, report } = await tiledMap(shading, {
  inputs: { z, latitude },
  outputs: { slope: "float32", hillshade: "uint8" },
  scalars: {
    step: RADIUS * spacing,
    exaggeration: numberOf("exaggeration", options.exaggeration),
    narrowest: 0.25,
    sunEast: Math.sin(azimuth) * Math.cos(altitude),
    sunNorth: Math.cos(azimuth) * Math.cos(altitude),
    sunUp: Math.sin(altitude),
  },
  // Around the earth, but not over its poles.
  boundary: ["nearest", "wrap"],
});
await writeArrays("slope.npy", outputs.slope);
await writeArrays("hillshade.npy", outputs.hillshade);
await savePng(outputs.slope, "slope.png", {
  maxSize: 720,
  legend: true,
  colormap: "magma",
  range: "robust",
  title: "Slope of the earth's surface",
  unit: "degrees",
});
await savePng(outputs.hillshade, "hillshade.png", { maxSize: 720, colormap: "gray", range: "robust" });
const [rows, columns] = z.shape;
console.log(
  `slope and hillshade as .npy and .png: ${rows} x ${columns} cells in ${report.elapsedMs.toFixed(1)} ms`,
);
