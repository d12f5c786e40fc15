/**
 * LZW as TIFF files have it. The package's own decoder takes all memory for some damaged files: it follows texts of its
 * dictionary that refer to each other in a circle, and knows no end of the output.
 * Format: TIFF 6.0, section 13
 *
 * @module
 */

/** Codes that are no bytes: the dictionary begins anew; the end. Codes behind them are texts that came before. */
const CLEAR = 256, END = 257, FIRST_TEXT = 258;

/** The number of this way to compress in files. */
const LZW = 5;

/** Bits of codes at first and at most. */
const LEAST_BITS = 9, MOST_BITS = 12;

/**
 * The bytes of a strip or tile.
 *
 * @param input The codes.
 * @param most How many bytes there are at most; what goes beyond is left out.
 * @throws {RangeError} If a code refers to a text that did not come before.
 */
export function decodeLzw(input: Uint8Array, most: number): Uint8Array<ArrayBuffer> {
  const texts = 1 << MOST_BITS;
  // Every text but single bytes lies somewhere in the output.
  const starts = new Float64Array(texts), lengths = new Uint32Array(texts);
  let output = new Uint8Array(Math.min(most, 4 * input.length + 64)), at = 0;
  let size = FIRST_TEXT, bits = LEAST_BITS, start = 0, length = 0;
  for (let place = 0; place + bits <= input.length * 8 && at < most;) {
    const code = bitsAt(input, place, bits);
    place += bits;
    if (code === END) break;
    if (code === CLEAR) {
      size = FIRST_TEXT;
      bits = LEAST_BITS;
      length = 0;
      continue;
    }
    // A new text: the one before and the first byte of this one, which lies behind it.
    if (length > 0 && size < texts) {
      starts[size] = start;
      lengths[size++] = length + 1;
    }
    if (code >= size || (code > END && length === 0)) {
      throw new RangeError(`the LZW code ${code} does not refer to what came before`);
    }
    start = at;
    length = code < CLEAR ? 1 : lengths[code];
    const end = Math.min(most, at + length);
    if (end > output.length) output = enlarged(output, Math.min(most, Math.max(end, 2 * output.length)));
    if (code < CLEAR) output[at++] = code;
    else for (let from = starts[code]; at < end;) output[at++] = output[from++];
    // Codes grow one code earlier than they would have to.
    if (size + 1 >= 1 << bits && bits < MOST_BITS) bits++;
  }
  return output.slice(0, at);
}

/** Some bits, the highest first. */
function bitsAt(input: Uint8Array, place: number, bits: number): number {
  const at = Math.floor(place / 8);
  // Twelve bits lie in three bytes at most.
  const three = input[at] << 16 | (input[at + 1] ?? 0) << 8 | (input[at + 2] ?? 0);
  return three >> (24 - place % 8 - bits) & ((1 << bits) - 1);
}

function enlarged(bytes: Uint8Array, byteLength: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(byteLength);
  larger.set(bytes);
  return larger;
}

let isUsed = false;

/** Gives the package this decoder for its own. */
export async function useOwnLzw(): Promise<void> {
  if (isUsed) return;
  const { addDecoder, BaseDecoder } = await import("geotiff");
  class LzwDecoder extends BaseDecoder {
    override decodeBlock(buffer: ArrayBufferLike): ArrayBufferLike {
      const { tileWidth, tileHeight, bitsPerSample, planarConfiguration } = this.parameters;
      const bits = typeof bitsPerSample === "number" ? [bitsPerSample] : Array.from(bitsPerSample, Number);
      // Bands that lie apart have blocks of their own.
      const cell = planarConfiguration === 2 ? Math.max(...bits) : bits.reduce((sum, one) => sum + one, 0);
      return decodeLzw(new Uint8Array(buffer), Math.ceil(tileWidth * cell / 8) * tileHeight).buffer;
    }
  }
  addDecoder(LZW, () => Promise.resolve(LzwDecoder));
  isUsed = true;
}
