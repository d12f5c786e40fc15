/**
 * NetCDF-3 files: ones that are as they should be, changed numbers of the header, changed elements, mutated bytes.
 *
 * @module
 */

import { SharedNdArray } from "../../src/array/shared_ndarray.ts";

import { FormatError } from "../../src/errors.ts";
import { inspectNetcdf, listNetcdf, readNetcdf } from "../../src/io/netcdf.ts";
import { writeNetcdf } from "../../src/io/netcdf_write.ts";
import type { Seeded } from "../seeded.ts";
import { checkArray } from "./elements.ts";
import { editField } from "./fields.ts";
import { type FileCase, fileTarget, seedFiles } from "./files.ts";
import { type Bytes, joined, mutated } from "./mutate.ts";
import { netcdfExpected, netcdfFile } from "./netcdf_files.ts";
import { checkTwin } from "./netcdf_twin.ts";
import type { OpenTarget } from "./runner.ts";

/** The target. */
export async function netcdfTarget(): Promise<OpenTarget> {
  const seeds = [...seedFiles("netcdf", ".nc"), await writtenHere()];
  return await fileTarget({
    name: "netcdf",
    ending: ".nc",
    inspectDecides: true,
    allowed: [FormatError],
    async read(path, variable) {
      const array = await readNetcdf(path, variable);
      const listed = await listNetcdf(path).catch((error) => error);
      if (Array.isArray(listed) || listed instanceof FormatError) return array;
      throw listed;
    },
    inspect: inspectNetcdf,
    makeFile: (random) => netcdfCase(random, seeds),
  });
}

async function writtenHere(): Promise<Bytes> {
  const path = await Deno.makeTempFile({ suffix: ".nc" });
  await writeNetcdf(path, {
    v: SharedNdArray.arange(6, { dtype: "int16" }),
    tmp: SharedNdArray.ones([2, 3]),
  });
  const bytes = await Deno.readFile(path);
  await Deno.remove(path);
  return bytes;
}

const NAMES = ["v", "tmp", "größe", "x", "s", "f", "d0", "none", "", "__proto__", undefined, undefined];

function netcdfCase(random: Seeded, seeds: readonly Bytes[]): FileCase {
  const file = netcdfFile(random), { bytes, fields, dataStart, variables } = file;
  const chosen = random.pick(variables);
  switch (random.int(0, 9)) {
    case 0:
    case 1: {
      const elements = mutated(bytes.slice(dataStart), random).slice(0, bytes.length - dataStart);
      const rest = bytes.subarray(dataStart + elements.length);
      const same = random.oneIn(2) ? bytes : joined(bytes.subarray(0, dataStart), elements, rest);
      return {
        about: same === bytes ? "a file as it should be" : "other elements",
        bytes: same,
        variable: chosen.name,
        check: (array) => checkArray(array, netcdfExpected(chosen, same)),
        mustBeRead: true,
      };
    }
    case 2:
    case 3:
    case 4:
    case 5: {
      const count = random.pick([1, 1, 1, 2, 3]);
      const edits = Array.from({ length: count }, () => editField(bytes, fields, random));
      return strange(edits.join("; "), bytes, random.oneIn(2) ? chosen.name : random.pick(NAMES));
    }
    default: {
      const changed = mutated(random.oneIn(3) ? bytes : random.pick(seeds), random, seeds);
      return strange("mutated bytes", changed, random.pick(NAMES));
    }
  }
}

/** Whatever is read of a file that was changed anywhere, another reader finds in the same place. */
function strange(about: string, bytes: Bytes, variable: string | undefined): FileCase {
  return {
    about,
    bytes,
    variable,
    check(array) {
      checkSize(array, bytes);
      checkTwin(array, bytes, variable);
    },
  };
}

/** Each element takes at least one byte of the file. */
function checkSize({ size, shape }: SharedNdArray, bytes: Bytes): void {
  if (size > bytes.length) throw new Error(`[${shape}] from a file of ${bytes.length} bytes`);
}
