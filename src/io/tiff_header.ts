/**
 * The header of a TIFF file with one image, in the byte order of this machine.
 * Formats: TIFF 6.0, BigTIFF
 *
 * @module
 */

/** The types of TIFF fields. */
export const ASCII = 2, SHORT = 3, LONG = 4, DOUBLE = 12, LONG8 = 16;

const TYPE_BYTES: Readonly<Record<number, number>> = {
  [ASCII]: 1,
  [SHORT]: 2,
  [LONG]: 4,
  [DOUBLE]: 8,
  [LONG8]: 8,
};

/** The tag of the field that says where strips begin. */
export const STRIP_OFFSETS = 273;

/** A field of the file's directory. */
export interface TiffField {
  /** Its number. */
  readonly tag: number;
  /** The type of its values. */
  readonly type: number;
  /** Its values; of text, the characters. */
  readonly values: readonly number[];
}

/**
 * Everything before the elements: the header, the directory, and the values that do not fit into it.
 *
 * @param fields The fields in the order of their tags; where strips begin is counted from the end of the header.
 * @param isBig Whether places have 8 bytes.
 */
export function encodeTiffHeader(fields: readonly TiffField[], isBig: boolean): Uint8Array<ArrayBuffer> {
  const [headBytes, countBytes, entryBytes, inline] = isBig ? [16, 8, 20, 8] : [8, 2, 12, 4];
  const sizes = fields.map(({ type, values }) => TYPE_BYTES[type] * values.length);
  let at = headBytes + countBytes + entryBytes * fields.length + inline;
  at += -at & 7;
  const places = sizes.map((size) => size <= inline ? -1 : (at += (size + 7) & ~7) - ((size + 7) & ~7));
  const begin = at + (-at & 15);
  const bytes = new Uint8Array(begin), view = new DataView(bytes.buffer);
  const word = (place: number, value: number) =>
    isBig ? view.setBigUint64(place, BigInt(value), true) : view.setUint32(place, value, true);
  bytes.set([0x49, 0x49, isBig ? 43 : 42, 0]);
  if (isBig) view.setUint16(4, 8, true);
  word(isBig ? 8 : 4, headBytes);
  if (isBig) word(headBytes, fields.length);
  else view.setUint16(headBytes, fields.length, true);
  fields.forEach(({ tag, type, values }, k) => {
    const entry = headBytes + countBytes + k * entryBytes;
    view.setUint16(entry, tag, true);
    view.setUint16(entry + 2, type, true);
    word(entry + 4, values.length);
    const valueAt = entry + entryBytes - inline;
    if (places[k] >= 0) word(valueAt, places[k]);
    const start = places[k] >= 0 ? places[k] : valueAt;
    values.forEach((value, i) => {
      // Only where strips begin is not known before.
      writeValue(view, type, start + i * TYPE_BYTES[type], tag === STRIP_OFFSETS ? begin + value : value);
    });
  });
  return bytes;
}

function writeValue(view: DataView, type: number, at: number, value: number): void {
  if (type === ASCII) view.setUint8(at, value);
  else if (type === SHORT) view.setUint16(at, value, true);
  else if (type === LONG) view.setUint32(at, value, true);
  else if (type === LONG8) view.setBigUint64(at, BigInt(value), true);
  else view.setFloat64(at, value, true);
}
