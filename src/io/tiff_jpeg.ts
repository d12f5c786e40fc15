/**
 * The sizes that JPEG blocks of TIFF files claim. The package's decoder takes memory for whatever a block says before it
 * looks at anything else.
 * Format: ITU-T T.81, annex B
 *
 * @module
 */

import type { BaseDecoder } from "geotiff";

/** The number of this way to compress in files. */
const JPEG = 7;

/** Markers that are followed by no length: those that restart, begin and end; 1, and what fills up. */
const BARE = [[0xd0, 0xd9], [0x01, 0x01], [0xff, 0xff]] as const;

/** Markers of frames that are decoded, and that of a scan, which is followed by its bits. */
const FIRST_FRAME = 0xc0, LAST_FRAME = 0xc2, SCAN = 0xda;

/** The most samples that one of a component stands for, in each direction. */
const MOST_SAMPLES = 4;

/**
 * Refuses a block that claims to be larger than its tile.
 *
 * @param bytes The block.
 * @param most The size of the tile, and its bands.
 * @throws {RangeError} If it is larger.
 */
export function requireJpegSize(
  bytes: Uint8Array,
  most: { readonly width: number; readonly height: number; readonly bands: number },
): void {
  const word = (at: number) => (bytes[at] ?? 0) << 8 | (bytes[at + 1] ?? 0);
  for (let at = 0; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1];
    // Bits of a scan are followed by 0 where they are as the beginning of a marker.
    if (bytes[at] !== 0xff || marker === 0) {
      at++;
      continue;
    }
    if (BARE.some(([first, last]) => marker >= first && marker <= last)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    if (marker >= FIRST_FRAME && marker <= LAST_FRAME) {
      const height = word(at + 5), width = word(at + 7), bands = bytes[at + 9];
      const samples = Array.from({ length: bands }, (_, band) => bytes[at + 11 + 3 * band] ?? 0);
      const isGood = width <= most.width && height <= most.height && bands <= most.bands &&
        samples.every((both) => [both >> 4, both & 15].every((one) => one > 0 && one <= MOST_SAMPLES));
      if (!isGood) {
        throw new RangeError(
          `a JPEG block claims ${bands} bands of ${width} x ${height}, more than its tile has`,
        );
      }
    }
    at += 2 + (marker === SCAN ? 0 : word(at + 2));
  }
}

let isUsed = false;

/** Puts the check before the package's decoder. */
export async function useCheckedJpeg(): Promise<void> {
  if (isUsed) return;
  const { addDecoder, BaseDecoder, getDecoder } = await import("geotiff");
  if (isUsed) return;
  const sample = { tileWidth: 1, tileHeight: 1, predictor: 1, bitsPerSample: 8, planarConfiguration: 1 };
  const { constructor } = await getDecoder(JPEG, sample);
  // What it was made by makes others.
  const Jpeg = constructor as new (parameters: BaseDecoder["parameters"]) => BaseDecoder;
  class CheckedJpeg extends BaseDecoder {
    override decodeBlock(buffer: ArrayBufferLike): ArrayBufferLike | Promise<ArrayBufferLike> {
      const { tileWidth: width, tileHeight: height, bitsPerSample } = this.parameters;
      const bands = typeof bitsPerSample === "number" ? 1 : bitsPerSample.length;
      requireJpegSize(new Uint8Array(buffer), { width, height, bands });
      return new Jpeg(this.parameters).decodeBlock(buffer);
    }
  }
  isUsed = true;
  addDecoder(JPEG, () => Promise.resolve(CheckedJpeg), async (directory) => {
    const isTiled = !directory.hasTag("StripOffsets");
    const load = async (name: Parameters<typeof directory.loadValue>[0]) => await directory.loadValue(name);
    const width = await load(isTiled ? "TileWidth" : "ImageWidth");
    const height = await load(isTiled ? "TileLength" : "RowsPerStrip") ?? await load("ImageLength");
    const bits = await load("BitsPerSample");
    return {
      tileWidth: Number(width),
      tileHeight: Number(height),
      predictor: 1,
      bitsPerSample: ArrayBuffer.isView(bits) || Array.isArray(bits) ? Array.from(bits as number[]) : 8,
      planarConfiguration: Number(await load("PlanarConfiguration") ?? 1),
      JPEGTables: await load("JPEGTables"),
    };
  });
}
