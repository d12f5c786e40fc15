/**
 * Vapour pressure deficit: how much more water vapour the air could hold than it does.
 *
 * With T the air temperature in °C, q the specific humidity in g/kg and p the sea-level pressure in hPa:
 *
 *     saturation = 0.6108 * exp(17.27 * T / (T + 237.3))        kPa   (Tetens 1930; FAO Irrigation and Drainage 56)
 *     vapour     = q' * p' / (0.622 + 0.378 * q')               kPa   with q' = q / 1000, p' = p / 10
 *     vpd        = saturation - vapour                          kPa
 *
 * A cell where an input is NaN becomes NaN.
 *
 * @module
 */

import { forEachRow, type TileArrays } from "../../mod.ts";

/** Each cell depends on nothing but itself. */
export const elementwise = true;

/** Writes `vpd` (kPa) from `airt` (°C), `speh` (g/kg) and `slp` (hPa). */
export default function vpdKernel(
  { airt, speh, slp, vpd }: TileArrays<"airt" | "speh" | "slp" | "vpd">,
): void {
  const temperature = airt.data, humidity = speh.data, pressure = slp.data, deficit = vpd.data;
  forEachRow([airt, speh, slp, vpd], (length, [i, j, k, o], [di, dj, dk, dO]) => {
    for (let n = 0; n < length; n++, i += di, j += dj, k += dk, o += dO) {
      const t = Number(temperature[i]), q = Number(humidity[j]) / 1000, p = Number(pressure[k]) / 10;
      deficit[o] = 0.6108 * Math.exp(17.27 * t / (t + 237.3)) - q * p / (0.622 + 0.378 * q);
    }
  });
}
