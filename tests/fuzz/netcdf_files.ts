/**
 * Random NetCDF-3 files, written here field by field, so that what they hold is known.
 *
 * @module
 */

import { type DType, DTYPES } from "../../src/dtype.ts";
import type { Seeded } from "../seeded.ts";
import { type Element, elementAt, type Expected } from "./elements.ts";
import { type Field, FieldWriter } from "./fields.ts";
import type { Bytes } from "./mutate.ts";

const TYPES = [
  { number: 1, dtype: "int8" },
  { number: 3, dtype: "int16" },
  { number: 4, dtype: "int32" },
  { number: 5, dtype: "float32" },
  { number: 6, dtype: "float64" },
] as const satisfies readonly { readonly number: number; readonly dtype: DType }[];

/** A variable, and what its attributes do to its elements. */
interface VariablePlan {
  readonly name: string;
  readonly type: typeof TYPES[number];
  readonly dimensions: readonly number[];
  readonly missing: number | undefined;
  readonly scale: number | undefined;
}

/** A file, where its numbers stand, and where its elements do. */
export interface NetcdfFile {
  readonly bytes: Bytes;
  readonly fields: readonly Field[];
  /** Where elements begin: no number of the header stands behind that. */
  readonly dataStart: number;
  readonly variables: readonly PlacedVariable[];
}

/** A variable, and where its elements stand, in C order. */
export interface PlacedVariable extends VariablePlan {
  readonly shape: readonly number[];
  readonly places: readonly number[];
}

/**
 * A random file.
 *
 * @param random What decides.
 */
export function netcdfFile(random: Seeded): NetcdfFile {
  const isWide = random.oneIn(2), records = random.int(0, 4);
  // The first dimension is the unlimited one.
  const extents = [0, ...random.ints(random.int(0, 3), 1, 4)];
  const variables = Array.from(
    { length: random.int(1, 3) },
    (_, k) => randomVariable(random, extents.length, k),
  );
  // Where elements begin depends on how long the header is, and that does not depend on where they begin.
  const draft = writeHeader(extents, variables, { isWide, records, offsets: variables.map(() => 0) });
  const placed = place(variables, extents, { records, start: draft.length });
  const writer = writeHeader(extents, variables, { isWide, records, offsets: placed.offsets });
  writer.raw(random.ints(placed.end - writer.length, 0, 255));
  const bytes = writer.finish();
  for (const variable of placed.variables) plantMissing(bytes, variable, random);
  return { bytes, fields: writer.fields, dataStart: draft.length, variables: placed.variables };
}

/** Random bytes are hardly ever the value that stands for a missing one. */
function plantMissing(bytes: Bytes, { type, places, missing }: PlacedVariable, random: Seeded): void {
  if (missing === undefined || places.length === 0) return;
  const view = new DataView(bytes.buffer), at = random.pick(places);
  const bits = new DataView(new ArrayBuffer(8)), width = DTYPES[type.dtype].bytes;
  if (type.dtype === "float32") bits.setFloat32(0, missing);
  else if (type.dtype === "float64") bits.setFloat64(0, missing);
  else bits.setInt32(0, missing << 32 - 8 * width);
  for (let k = 0; k < width; k++) view.setUint8(at + k, bits.getUint8(k));
}

function randomVariable(random: Seeded, dimensions: number, k: number): VariablePlan {
  const own = random.ints(dimensions > 1 ? random.int(0, 3) : 0, 1, dimensions - 1);
  return {
    name: ["v", "tmp", "größe"][k],
    type: random.pick(TYPES),
    dimensions: random.oneIn(2) ? [0, ...own] : own,
    missing: random.oneIn(4) ? random.int(-100, 100) : undefined,
    scale: random.oneIn(4) ? random.pick([0.5, 2, -1]) : undefined,
  };
}

interface HeaderFacts {
  readonly isWide: boolean;
  readonly records: number;
  readonly offsets: readonly number[];
}

function writeHeader(
  extents: readonly number[],
  variables: readonly VariablePlan[],
  { isWide, records, offsets }: HeaderFacts,
): FieldWriter {
  const writer = new FieldWriter(false);
  writer.raw([0x43, 0x44, 0x46, isWide ? 2 : 1]);
  writer.number("records", records, 4);
  writer.number("tag of dimensions", 10, 4);
  writer.number("dimensions", extents.length, 4);
  extents.forEach((extent, k) => {
    writeText(writer, `d${k}`);
    writer.number(`extent of d${k}`, extent, 4);
  });
  writer.number("tag of attributes", 0, 4);
  writer.number("attributes", 0, 4);
  writer.number("tag of variables", 11, 4);
  writer.number("variables", variables.length, 4);
  variables.forEach((variable, k) => {
    writeText(writer, variable.name);
    writer.number("axes", variable.dimensions.length, 4);
    for (const id of variable.dimensions) writer.number("dimension", id, 4);
    writeAttributes(writer, variable);
    writer.number("type", variable.type.number, 4);
    writer.number("bytes", 0, 4);
    writer.number("offset", offsets[k], isWide ? 8 : 4);
  });
  return writer;
}

function writeAttributes(writer: FieldWriter, { missing, scale }: VariablePlan): void {
  const attributes = [
    ["units", 2, "degC"],
    ...missing === undefined ? [] : [["missing_value", 6, missing] as const],
    ...scale === undefined ? [] : [["scale_factor", 6, scale] as const],
  ] as const;
  writer.number("tag of a variable's attributes", 12, 4);
  writer.number("a variable's attributes", attributes.length, 4);
  for (const [name, type, value] of attributes) {
    writeText(writer, name);
    writer.number("type of an attribute", type, 4);
    if (typeof value === "string") {
      writeText(writer, value);
      continue;
    }
    writer.number("length of an attribute", 1, 4);
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setFloat64(0, value);
    writer.number("attribute", bytes.getBigUint64(0), 8);
  }
}

function writeText(writer: FieldWriter, text: string): void {
  const bytes = new TextEncoder().encode(text);
  writer.number("length of a text", bytes.length, 4);
  writer.raw(bytes);
  writer.raw(new Uint8Array(-bytes.length & 3));
}

function place(
  variables: readonly VariablePlan[],
  extents: readonly number[],
  { records, start }: { readonly records: number; readonly start: number },
): { variables: PlacedVariable[]; offsets: number[]; end: number } {
  const isRecord = ({ dimensions }: VariablePlan) => dimensions[0] === 0;
  const counts = variables.map(({ dimensions }) =>
    dimensions.reduce((count, id) => count * (id === 0 ? 1 : extents[id]), 1)
  );
  const single = variables.filter(isRecord).length === 1;
  const sizes = variables.map((variable, k) => {
    const bytes = counts[k] * DTYPES[variable.type.dtype].bytes;
    return single && isRecord(variable) ? bytes : Math.ceil(bytes / 4) * 4;
  });
  const offsets = variables.map(() => 0);
  let end = start;
  // Variables of fixed size come first, then the records.
  for (const wanted of [false, true]) {
    variables.forEach((variable, k) => {
      if (isRecord(variable) !== wanted) return;
      offsets[k] = end;
      end += sizes[k];
    });
  }
  const step = variables.reduce((sum, variable, k) => isRecord(variable) ? sum + sizes[k] : sum, 0);
  const placed = variables.map((variable, k) => {
    const width = DTYPES[variable.type.dtype].bytes, pieces = isRecord(variable) ? records : 1;
    return {
      ...variable,
      shape: variable.dimensions.map((id) => id === 0 ? records : extents[id]),
      places: Array.from(
        { length: pieces },
        (_, piece) => Array.from({ length: counts[k] }, (_, i) => offsets[k] + piece * step + i * width),
      ).flat(),
    };
  });
  return { variables: placed, offsets, end: end + step * Math.max(0, records - 1) };
}

/**
 * What a variable should be read as.
 *
 * @param variable The variable.
 * @param bytes The file, whose elements may have been changed.
 */
export function netcdfExpected(
  { type, shape, places, missing, scale }: PlacedVariable,
  bytes: Bytes,
): Expected {
  const { dtype: stored } = type, view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { kind, bytes: width } = DTYPES[stored];
  const withNaN = kind === "float" ? stored : width <= 2 ? "float32" : "float64";
  const scaled = stored === "float32" ? "float32" : "float64";
  const dtype = scale !== undefined ? scaled : missing !== undefined ? withNaN : stored;
  const values = places.map((at): Element => {
    const value = Number(elementAt(view, at, stored, false));
    const meant = missing !== undefined && value === missing
      ? NaN
      : scale !== undefined
      ? value * scale
      : value;
    return dtype === "float32" ? Math.fround(meant) : meant;
  });
  return { dtype, shape, values };
}
