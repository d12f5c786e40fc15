/**
 * Where a zstd stream ends. The decoder that the runtime has gives what it can of one that is cut, without a word.
 *
 * @module
 */

/** The first bytes of a frame, and of one that is skipped, whose lowest four bits are free. */
const MAGIC = 0xfd2fb528, SKIPPABLE = 0x184d2a50;

/** Bytes of the dictionary's number and of the content's size, by their flags (RFC 8878, 3.1.1.1). */
const DICTIONARY_BYTES = [0, 1, 2, 4], CONTENT_BYTES = [0, 2, 4, 8];

/**
 * Checks that a stream is made of whole frames, without decoding it.
 *
 * @param bytes The stream.
 * @throws {RangeError} If it ends within a frame, or is none.
 */
export function requireWholeFrames(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new RangeError("there are no bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    for (let at = 0; at < bytes.length;) {
      const end = frameEnd(view, at);
      if (end > bytes.length) throw new RangeError("cut");
      at = end;
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw new RangeError(`it is cut at byte ${bytes.length}`, { cause });
    throw cause;
  }
}

/** Where the frame ends that begins at a place. A view throws a RangeError beyond its end. */
function frameEnd(view: DataView, start: number): number {
  const magic = view.getUint32(start, true);
  if ((magic & ~15) >>> 0 === SKIPPABLE) return start + 8 + view.getUint32(start + 4, true);
  if (magic !== MAGIC) throw new TypeError("it is no zstd stream");
  const flags = view.getUint8(start + 4);
  const isSingle = (flags & 0x20) !== 0, content = CONTENT_BYTES[flags >> 6];
  let at = start + 5 + (isSingle ? 0 : 1) + DICTIONARY_BYTES[flags & 3] +
    (content === 0 && isSingle ? 1 : content);
  for (let isLast = false; !isLast;) {
    const header = view.getUint16(at, true) | view.getUint8(at + 2) << 16;
    isLast = (header & 1) === 1;
    // A repeated byte is stored once, however long the block is.
    at += 3 + ((header >> 1 & 3) === 1 ? 1 : header >>> 3);
  }
  return at + (flags & 4 ? 4 : 0);
}
