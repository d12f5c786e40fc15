/**
 * Random .npy files, written here, so that what they hold is known.
 *
 * @module
 */

import { type DType, DTYPE_NAMES, DTYPES } from "../../src/dtype.ts";
import { indicesOf } from "../naive.ts";
import type { Seeded } from "../seeded.ts";
import { elementsOf, type Expected } from "./elements.ts";
import { type Bytes, joined, NUMBERS } from "./mutate.ts";

/** A .npy file, in parts. */
export interface NpyParts {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly isFortran: boolean;
  readonly isBig: boolean;
  readonly version: 1 | 2 | 3;
  readonly elements: Bytes;
}

/**
 * The parts of a random file.
 *
 * @param random What decides.
 */
export function npyParts(random: Seeded): NpyParts {
  const dtype = random.pick(DTYPE_NAMES), shape = random.ints(random.int(0, 4), random.oneIn(8) ? 0 : 1, 5);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const elements = Uint8Array.from(random.ints(size * DTYPES[dtype].bytes, 0, 255));
  return {
    dtype,
    shape,
    isFortran: random.oneIn(3),
    isBig: random.oneIn(3),
    version: random.pick([1, 2, 3]),
    elements,
  };
}

/**
 * What a file should be read as.
 *
 * @param parts The file.
 */
export function npyExpected({ dtype, shape, isFortran, isBig, elements }: NpyParts): Expected {
  const stored = elementsOf(elements, dtype, !isBig);
  const steps = shape.map((_, axis) =>
    (isFortran ? shape.slice(0, axis) : shape.slice(axis + 1)).reduce(
      (product, extent) => product * extent,
      1,
    )
  );
  const values = indicesOf(shape).map((index) =>
    stored[index.reduce((place, i, axis) => place + i * steps[axis], 0)]
  );
  return { dtype, shape, values };
}

/** The three values of a header, as text. */
interface HeaderText {
  readonly descr: string;
  readonly order: string;
  readonly shape: string;
}

/** What a header says, as NumPy writes it. */
function headerText({ dtype, shape, isFortran, isBig }: NpyParts): HeaderText {
  const { npy, bytes } = DTYPES[dtype];
  return {
    descr: `'${bytes === 1 ? "|" : isBig ? ">" : "<"}${npy}'`,
    order: isFortran ? "True" : "False",
    shape: shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`,
  };
}

/**
 * A file as it should be.
 *
 * @param parts The file.
 */
export function encodeNpyParts(parts: NpyParts): Bytes {
  const { descr, order, shape } = headerText(parts);
  const text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;
  return npyBytes(parts.version, `${text.padEnd(99)}\n`, parts.elements);
}

function npyBytes(version: number, text: string, elements: Uint8Array, claimed?: bigint): Bytes {
  const header = new TextEncoder().encode(text), width = version === 1 ? 2 : 4;
  const length = claimed ?? BigInt(header.length);
  const field = Array.from({ length: width }, (_, k) => Number(length >> BigInt(8 * k) & 0xffn));
  return joined(Uint8Array.of(0x93, 78, 85, 77, 80, 89, version, 0, ...field), header, elements);
}

const DESCRS = [
  "'<f8'",
  "'>f8'",
  "'=f8'",
  "'|f8'",
  "'f8'",
  "'<f3'",
  "'<c16'",
  "'|O'",
  "'<U8'",
  "'|S3'",
  "'|V8'",
  "'<M8[ns]'",
  "''",
  "'<'",
  "'float64'",
  "'<f8 '",
  "'__proto__'",
  "'constructor'",
  "[('a', '<f8')]",
  "[]",
  "{}",
  "None",
  "8",
  "'<f8",
  "'\\x3cf8'",
  '"<f8"',
  "'|b1'",
  "'?'",
  "'<i8'",
  "'<é8'",
  "'\u2028'",
  "'\x9b2J'",
  `'${"f".repeat(5000)}'`,
];
const ORDERS = ["True", "False", "None", "0", "1", "'True'", "()", "true", "Tru", "-1", "[True]"];
const WRAPS: readonly ((text: string) => string)[] = [
  (text) => text.replace("}", ""),
  (text) => `${text} ${text}`,
  (text) => text.replaceAll(",", ""),
  (text) => text.replaceAll(" ", "\n"),
  (text) => text.replaceAll("'", '"'),
  (text) => text.replace("{", "{'more': 1, "),
  (text) => text.replace("'descr'", "'shape'"),
  (text) => text.replace("{", "{'__proto__': 1, "),
  (text) => text.replace("{", `{'x': ${"(".repeat(10_000)}`),
  (text) => text.replace("{", `{'x': ${"[".repeat(20)}${"]".repeat(20)}, `),
  (text) => text + "\0".repeat(50),
  (text) => text + " ".repeat(70_000),
  (text) => `#${text}`,
  (text) => text.slice(0, 40),
  () => "",
  () => "None",
  () => "9".repeat(60_000),
  () => "(".repeat(60_000),
];

function extentText(random: Seeded): string {
  return random.pick([
    String(random.int(0, 6)),
    String(random.pick(NUMBERS)),
    random.pick([
      "-0",
      "1L",
      "007",
      "1.5",
      "1e3",
      "0x10",
      "1_0",
      "True",
      "None",
      "'3'",
      "()",
      "(2, 3)",
      "",
      "٣",
      "+1",
    ]),
    "9".repeat(random.int(1, 400)),
  ]);
}

function shapeText(random: Seeded): string {
  if (random.oneIn(20)) return `(${"1, ".repeat(random.int(60, 70))})`;
  if (random.oneIn(20)) return `(${"9007199254740991, ".repeat(random.int(1, 70))}0)`;
  const extents = Array.from({ length: random.int(0, 5) }, () => extentText(random)).join(", ");
  return random.pick([
    `(${extents})`,
    `(${extents},)`,
    `[${extents}]`,
    extents,
    `{${extents}}`,
    `((${extents}))`,
  ]);
}

/**
 * A file whose header is not quite, or not at all, what it should be.
 *
 * @param parts What it is made of.
 * @param random What decides.
 */
export function strangeNpy(parts: NpyParts, random: Seeded): Bytes {
  const right = headerText(parts);
  const descr = random.oneIn(3) ? random.pick(DESCRS) : right.descr;
  const order = random.oneIn(5) ? random.pick(ORDERS) : right.order;
  const shape = random.oneIn(2) ? shapeText(random) : right.shape;
  const plain = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  const text = random.oneIn(4) ? random.pick(WRAPS)(plain) : plain;
  const version = random.oneIn(10) ? random.pick([0, 4, 255]) : parts.version;
  const elements = random.oneIn(4) ? new Uint8Array(random.int(0, 200)) : parts.elements;
  const claimed = random.oneIn(5)
    ? random.pick([...NUMBERS, BigInt(text.length + random.int(-9, 9))])
    : undefined;
  return npyBytes(version, text, elements, claimed);
}
