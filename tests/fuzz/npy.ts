/**
 * .npy files: mutated ones, ones with strange headers, and ones that are as they should be.
 *
 * @module
 */

import type { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { inspectNpy, readNpy } from "../../src/io/npy.ts";
import { DTYPES } from "../../src/dtype.ts";
import { FormatError } from "../../src/errors.ts";
import { isCContiguous, isFortranContiguous } from "../../src/array/layout/strides.ts";
import type { Seeded } from "../seeded.ts";
import { checkArray, elementsOf } from "./elements.ts";
import { type FileCase, fileTarget, seedFiles } from "./files.ts";
import { type Bytes, mutated } from "./mutate.ts";
import { encodeNpyParts, npyExpected, npyParts, strangeNpy } from "./npy_files.ts";
import type { OpenTarget } from "./runner.ts";

/** The target. */
export async function npyTarget(): Promise<OpenTarget> {
  const seeds = seedFiles("npy", ".npy");
  return await fileTarget({
    name: "npy",
    ending: ".npy",
    inspectDecides: true,
    allowed: [FormatError],
    read: readNpy,
    inspect: inspectNpy,
    makeFile: (random) => npyCase(random, seeds),
  });
}

/**
 * A case of a .npy file.
 *
 * @param random What decides.
 * @param seeds Files as NumPy writes them.
 */
export function npyCase(random: Seeded, seeds: readonly Bytes[]): FileCase {
  const parts = npyParts(random);
  switch (random.int(0, 9)) {
    case 0:
      return {
        about: "a file as it should be",
        bytes: encodeNpyParts(parts),
        check: (array) => checkArray(array, npyExpected(parts)),
        mustBeRead: true,
      };
    case 1: {
      const elements = mutated(parts.elements, random).slice(0, parts.elements.length);
      const same = {
        ...parts,
        elements: elements.length === parts.elements.length ? elements : parts.elements,
      };
      return {
        about: "other elements",
        bytes: encodeNpyParts(same),
        check: (array) => checkArray(array, npyExpected(same)),
        mustBeRead: true,
      };
    }
    case 2:
    case 3:
    case 4:
    case 5: {
      const bytes = strangeNpy(parts, random);
      return { about: "a strange header", bytes, check: (array) => checkTail(array, bytes) };
    }
    default: {
      const seed = random.oneIn(3) ? encodeNpyParts(parts) : random.pick(seeds);
      const bytes = mutated(seed, random, seeds);
      return { about: "mutated bytes", bytes, check: (array) => checkTail(array, bytes) };
    }
  }
}

/** Whatever a header says, an array that was read must be the file's last bytes, with a shape that the header has. */
function checkTail(array: SharedNdArray, bytes: Bytes): void {
  const { dtype, shape, size } = array, width = DTYPES[dtype].bytes, length = size * width;
  const start = bytes.length - length;
  if (start < 10) throw new Error(`${dtype} [${shape}] from a file of ${bytes.length} bytes`);
  const header = new TextDecoder("latin1").decode(bytes.subarray(0, start));
  const missing = shape.find((extent) => !header.includes(String(extent)) || Object.is(extent, -0));
  if (missing !== undefined) throw new Error(`an extent of ${missing}, which is not in the header`);
  const isC = isCContiguous(shape, array.strides);
  if (!isC && !isFortranContiguous(shape, array.strides)) throw new Error(`strides [${array.strides}]`);
  const inOrder = isC ? array : array.transpose();
  const orders = header.includes(">") ? [false, true] : [true];
  const failures = orders.flatMap((isLittle) => {
    try {
      checkArray(inOrder, {
        dtype,
        shape: inOrder.shape,
        values: elementsOf(bytes.subarray(start), dtype, isLittle),
      });
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (failures.length === orders.length) throw failures[0];
}
