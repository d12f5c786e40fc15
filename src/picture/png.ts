/**
 * Pixels as PNG files. The encoder is loaded when it is used.
 *
 * @module
 */

/** A palette has at most so many colours. */
const MOST_COLOURS = 256;

/** How hard deflate tries, from 0 to 9. */
const LEVEL = 6;

/**
 * Encodes pixels: with a palette where there are at most 256 colours, and otherwise in full, without opacity where all
 * of them are opaque.
 *
 * @param rgba Red, green, blue and opacity of one pixel after another.
 * @param width The width.
 * @param height The height.
 */
export async function encodePng(
  rgba: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { encode } = await import("fast-png");
  const options = { zlib: { level: LEVEL } } as const;
  const indexed = withPalette(new Uint32Array(rgba.buffer, rgba.byteOffset, width * height));
  const encoded = indexed !== null
    ? encode({ data: indexed.data, width, height, channels: 1, palette: indexed.palette }, options)
    : isOpaque(rgba)
    ? encode({ data: withoutOpacity(rgba), width, height, channels: 3 }, options)
    : encode({ data: rgba, width, height, channels: 4 }, options);
  // A copy of the file's own length: the encoder's buffer is longer.
  return new Uint8Array(encoded);
}

/** Each pixel's place in a palette, and the palette; null where there are too many colours. */
function withPalette(pixels: Uint32Array): { data: Uint8Array; palette: number[][] } | null {
  const places = new Map<number, number>();
  let last = -1;
  for (const pixel of pixels) {
    if (pixel === last) continue;
    last = pixel;
    if (!places.has(pixel)) places.set(pixel, 0);
    if (places.size > MOST_COLOURS) return null;
  }
  // The encoder writes the opacity of the first colours only, as many as are not opaque.
  const colours = [...places.keys()].map((pixel) => ({ pixel, bytes: bytesOf(pixel) }))
    .sort((a, b) => Number(a.bytes[3] === 255) - Number(b.bytes[3] === 255));
  colours.forEach(({ pixel }, place) => places.set(pixel, place));
  const hasOpacity = colours[0].bytes[3] < 255;
  return {
    data: Uint8Array.from(pixels, (pixel) => places.get(pixel) ?? 0),
    palette: colours.map(({ bytes }) => hasOpacity ? bytes : bytes.slice(0, 3)),
  };
}

function bytesOf(pixel: number): number[] {
  return [...new Uint8Array(new Uint32Array([pixel]).buffer)];
}

function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let at = 3; at < rgba.length; at += 4) if (rgba[at] !== 255) return false;
  return true;
}

function withoutOpacity(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    rgb[to++] = rgba[from];
    rgb[to++] = rgba[from + 1];
    rgb[to++] = rgba[from + 2];
  }
  return rgb;
}
