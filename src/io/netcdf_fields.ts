/**
 * The fields of a NetCDF-3 header, as they stand there. Nothing is believed: a list grows item by item, so that one
 * that claims to have more items than the file has bytes takes no memory for them.
 * Format: https://docs.unidata.ucar.edu/nug/current/file_format_specifications.html
 *
 * @module
 */

/** The types of elements and attributes, by their numbers in files. */
const TYPES = ["byte", "char", "short", "int", "float", "double"] as const;

/** A type of elements or attributes. */
export type NetcdfType = typeof TYPES[number];

const TYPE_BYTES: Readonly<Record<NetcdfType, number>> = {
  byte: 1,
  char: 1,
  short: 2,
  int: 4,
  float: 4,
  double: 8,
};

function typeOf(number: number): NetcdfType | null {
  return number >= 1 && number <= TYPES.length ? TYPES[number - 1] : null;
}

/** What marks lists: none of them, dimensions, variables, attributes. */
const ABSENT = 0, DIMENSION = 10, VARIABLE = 11, ATTRIBUTE = 12;

/** A dimension: its extent is 0 where it is the unlimited one. */
export interface DimensionField {
  readonly name: string;
  readonly extent: number;
}

/** A variable. */
export interface VariableField {
  readonly name: string;
  /** Places in the list of dimensions, which may be wrong. */
  readonly dimensions: readonly number[];
  readonly attributes: ReadonlyMap<string, string | readonly number[]>;
  /** Its type, or null for a number that stands for none. */
  readonly type: NetcdfType | null;
  /** Where its elements begin. */
  readonly offset: number;
}

/** What a header says. */
export interface HeaderFields {
  /** The number of records as it is written. */
  readonly records: number;
  readonly dimensions: readonly DimensionField[];
  readonly variables: readonly VariableField[];
  /** Where the header ends. */
  readonly end: number;
}

/** A header that goes on behind the bytes that were read of it. */
export class HeaderTooShort extends Error {}

/**
 * Reads a header.
 *
 * @param bytes The file's first bytes, of which the first four were looked at.
 * @throws {HeaderTooShort} If the header goes on behind them.
 * @throws {SyntaxError} If it is malformed.
 */
export function readHeaderFields(bytes: Uint8Array): HeaderFields {
  const reader = new FieldReader(bytes, 3);
  const hasWideOffsets = reader.byte() === 2;
  const records = reader.word();
  const dimensions = reader.list("dimensions", DIMENSION, () => ({
    name: reader.text(),
    extent: reader.word(),
  }));
  reader.attributes();
  const variables = reader.list("variables", VARIABLE, () => reader.variable(hasWideOffsets));
  return { records, dimensions, variables, end: reader.at };
}

/** Numbers have their highest byte first, and everything fills a multiple of four bytes. */
class FieldReader {
  readonly #view: DataView<ArrayBufferLike>;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** Goes behind the next bytes. @returns Where they begin. */
  #skip(count: number): number {
    const start = this.at;
    if (start + count > this.#view.byteLength) throw new HeaderTooShort();
    this.at += count;
    return start;
  }

  /** As many as fill up four bytes. */
  #skipPadding(): void {
    this.#skip(-this.at & 3);
  }

  byte(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  word(): number {
    return this.#view.getUint32(this.#skip(4));
  }

  variable(hasWideOffset: boolean): VariableField {
    const name = this.text(), dimensions: number[] = [];
    for (let left = this.word(); left > 0; left--) dimensions.push(this.word());
    const attributes = this.attributes(), type = typeOf(this.word());
    // The size of the elements, which follows, is allowed to be wrong for large ones.
    this.#skip(4);
    const offset = hasWideOffset ? Number(this.#view.getBigUint64(this.#skip(8))) : this.word();
    return { name, dimensions, attributes, type, offset };
  }

  text(): string {
    const text = this.#characters(this.word());
    this.#skipPadding();
    return text;
  }

  #characters(count: number): string {
    const start = this.#skip(count);
    return new TextDecoder().decode(
      new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, count),
    );
  }

  list<T>(what: string, mark: number, read: () => T): T[] {
    const found = this.word(), items: T[] = [];
    let left = this.word();
    if (found === ABSENT ? left !== 0 : found !== mark) {
      throw new SyntaxError(`wrong tag for list of ${what}`);
    }
    for (; left > 0; left--) items.push(read());
    return items;
  }

  attributes(): Map<string, string | readonly number[]> {
    return new Map(this.list("attributes", ATTRIBUTE, () => {
      const name = this.text(), number = this.word(), type = typeOf(number);
      if (type === null) throw new SyntaxError(`an attribute has the type ${number}`);
      const value = this.#values(type, this.word());
      this.#skipPadding();
      return [name, value] as const;
    }));
  }

  #values(type: NetcdfType, count: number): string | readonly number[] {
    // Programs in C may count the character that ends a text.
    if (type === "char") return this.#characters(count).replace(/\0$/, "");
    const width = TYPE_BYTES[type], start = this.#skip(count * width);
    return Array.from({ length: count }, (_, k) => this.#number(type, start + k * width));
  }

  #number(type: NetcdfType, at: number): number {
    const view = this.#view;
    switch (type) {
      case "byte":
      case "char":
        return view.getInt8(at);
      case "short":
        return view.getInt16(at);
      case "int":
        return view.getInt32(at);
      case "float":
        return view.getFloat32(at);
      case "double":
        return view.getFloat64(at);
    }
  }
}
