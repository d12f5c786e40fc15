/**
 * What the tags of a TIFF image say beside its size: how it is stored, and where it lies on the earth.
 *
 * @module
 */

import type { GeoTIFFImage } from "geotiff";

/** Names of ways to compress, by their numbers. */
const COMPRESSION: Readonly<Record<number, string>> = {
  2: "ccitt",
  3: "fax3",
  4: "fax4",
  5: "lzw",
  6: "old jpeg",
  7: "jpeg",
  8: "deflate",
  32773: "packbits",
  32946: "deflate",
  34887: "lerc",
  34925: "lzma",
  50000: "zstd",
  50001: "webp",
};

/** Those that can be decoded. */
const DECODED: ReadonlySet<string> = new Set(["lzw", "jpeg", "deflate", "packbits", "lerc", "zstd"]);

/**
 * A way to compress that an image has and nobody here decodes.
 *
 * @param image The image.
 * @returns Its name, or null where there is none.
 */
export function unknownCodec(image: GeoTIFFImage): string | null {
  return codecsOf(image).find((codec) => !DECODED.has(codec)) ?? null;
}

/**
 * How an image's tiles are compressed.
 *
 * @param image The image.
 */
export function codecsOf(image: GeoTIFFImage): string[] {
  const compression = Number(tagOf(image, "Compression") ?? 1);
  return compression === 1 ? [] : [COMPRESSION[compression] ?? `compression ${compression}`];
}

/**
 * Whether the bands of an image lie one after another, rather than cell by cell.
 *
 * @param image The image.
 */
export function areBandsApart(image: GeoTIFFImage): boolean {
  return Number(tagOf(image, "PlanarConfiguration") ?? 1) === 2;
}

/**
 * Whether an image's elements are stored as differences that the package gets wrong: it adds them up as if their lowest
 * byte came first, whatever the file says.
 *
 * @param image The image.
 */
export async function hasWrongPredictor(image: GeoTIFFImage): Promise<boolean> {
  if (image.littleEndian || codecsOf(image).length === 0 || image.getBitsPerSample() <= 8) return false;
  return Number(await image.fileDirectory.loadValue("Predictor") ?? 1) > 1;
}

/** The number of colours that are stored as brightness and two differences. */
const YCBCR = 6;

/**
 * Whether an image's bands are not the colours that other programs show for them.
 *
 * @param image The image.
 */
export function isYcbcr(image: GeoTIFFImage): boolean {
  return Number(tagOf(image, "PhotometricInterpretation")) === YCBCR;
}

function tagOf(
  image: GeoTIFFImage,
  name: "PlanarConfiguration" | "Compression" | "PhotometricInterpretation",
): unknown {
  return image.fileDirectory.hasTag(name) ? image.fileDirectory.getValue(name) : undefined;
}

/**
 * Where an image lies on the earth: the upper left corner, the size of a cell, and what these numbers mean.
 *
 * @param image The image.
 */
export function placeOf(image: GeoTIFFImage): Record<string, unknown> {
  const place: Record<string, unknown> = {};
  const keys: Readonly<Record<string, unknown>> = { ...image.getGeoKeys() };
  const epsg = keys.ProjectedCSTypeGeoKey ?? keys.GeographicTypeGeoKey;
  if (epsg !== undefined) place.epsg = epsg;
  try {
    const [dx, dy] = image.getResolution();
    place.origin = image.getOrigin().slice(0, 2);
    // Rows go down as a rule: the size is positive then.
    place.pixelSize = [dx, -dy];
  } catch {
    // The file does not say.
  }
  if (Object.keys(keys).length > 0) place.geoKeys = keys;
  return place;
}
