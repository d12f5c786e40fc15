/** Decodes PNG files as we write them, apart from any package. */

/** A picture that was decoded. */
export interface DecodedPng {
  readonly width: number;
  readonly height: number;
  /** 2 for red, green and blue, 3 for a palette, 6 with opacity. */
  readonly colourType: number;
  readonly rgba: Uint8ClampedArray;
}

/**
 * Decodes a PNG file of eight bits a channel without interlace or filters.
 *
 * @param png The file.
 */
export async function decodePng(png: Uint8Array<ArrayBuffer>): Promise<DecodedPng> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const chunks = new Map<string, Uint8Array<ArrayBuffer>>();
  for (let at = 8; at < png.length;) {
    const size = view.getUint32(at), kind = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    if (chunks.has(kind)) throw new Error(`There are two chunks ${kind}`);
    chunks.set(kind, png.subarray(at + 8, at + 8 + size));
    at += 12 + size;
  }
  const bodyOf = (kind: string) => chunks.get(kind) ?? new Uint8Array();
  const header = bodyOf("IHDR"), [depth, colourType, , , interlace] = header.subarray(8);
  const width = view.getUint32(16), height = view.getUint32(20);
  if (depth !== 8 || interlace !== 0) throw new Error(`Depth ${depth}, interlace ${interlace}`);
  const inflated = new Blob([bodyOf("IDAT")]).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(inflated).arrayBuffer());
  const channels = { 2: 3, 3: 1, 6: 4 }[colourType] ?? NaN,
    palette = bodyOf("PLTE"),
    opacity = bodyOf("tRNS");
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let k = 0; k < width * height; k++) {
    const row = Math.floor(k / width), start = row * (1 + channels * width);
    if (raw[start] !== 0) throw new Error(`Filter ${raw[start]}`);
    const at = start + 1 + channels * (k % width), place = raw[at];
    if (colourType !== 3) rgba.set(raw.subarray(at, at + channels), 4 * k);
    else rgba.set([...palette.subarray(3 * place, 3 * place + 3), opacity.at(place) ?? 255], 4 * k);
  }
  return { width, height, colourType, rgba };
}
