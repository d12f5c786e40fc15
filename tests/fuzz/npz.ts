/**
 * .npz files: archives that are as they should be, with members that are not; mutated directories; bombs.
 *
 * @module
 */

import type { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { inspectNpz, readNpz } from "../../src/io/npz.ts";
import { FormatError } from "../../src/errors.ts";
import type { Seeded } from "../seeded.ts";
import { checkArray, type Expected } from "./elements.ts";
import { editField } from "./fields.ts";
import { type FileCase, fileTarget, seedFiles } from "./files.ts";
import { type Bytes, mutated } from "./mutate.ts";
import { npyCase } from "./npy.ts";
import { encodeNpyParts, npyExpected, type NpyParts, npyParts } from "./npy_files.ts";
import type { OpenTarget } from "./runner.ts";
import { bomb, zipFile, type ZipMember } from "./zip_files.ts";

/** The target. */
export async function npzTarget(): Promise<OpenTarget> {
  const npySeeds = seedFiles("npy", ".npy"), npzSeeds = seedFiles("npy", ".npz");
  return await fileTarget({
    name: "npz",
    ending: ".npz",
    inspectDecides: false,
    allowed: [FormatError],
    read: readNpz,
    inspect: inspectNpz,
    makeFile: (random) => npzCase(random, { npySeeds, npzSeeds }),
  });
}

interface Seeds {
  readonly npySeeds: readonly Bytes[];
  readonly npzSeeds: readonly Bytes[];
}

const NAMES = [
  "a",
  "tmp",
  "rad",
  "température",
  "",
  "a/b",
  "a\nb",
  "\x1b[2J",
  "__proto__",
  "constructor",
  "x".repeat(300),
];

function nameBytes(random: Seeded): Uint8Array {
  if (random.oneIn(30)) return Uint8Array.of(0xff, 0xfe, 46, 110, 112, 121);
  return new TextEncoder().encode(random.pick(NAMES) + (random.oneIn(20) ? ".txt" : ".npy"));
}

/** Some members that are as they should be. */
function goodMembers(random: Seeded): { parts: NpyParts[]; members: ZipMember[] } {
  const parts = Array.from({ length: random.int(1, 3) }, () => npyParts(random));
  const members = parts.map((part, k) => ({
    name: new TextEncoder().encode(`${["a", "tmp", "rad"][k]}.npy`),
    content: encodeNpyParts(part),
    isDeflated: random.oneIn(2),
    isWide: random.oneIn(5),
  }));
  return { parts, members };
}

function npzCase(random: Seeded, seeds: Seeds): FileCase {
  const wrap = { isWide: random.oneIn(5), comment: random.oneIn(4) ? "c".repeat(random.int(0, 50)) : "" };
  switch (random.int(0, 9)) {
    case 0: {
      const { parts, members } = goodMembers(random), k = random.int(0, parts.length - 1);
      return {
        about: "an archive as it should be",
        bytes: zipFile(members, wrap).bytes,
        variable: ["a", "tmp", "rad"][k],
        check: (array) => checkArray(array, npyExpected(parts[k])),
        mustBeRead: true,
      };
    }
    case 1:
    case 2: {
      // The checksum is right, so that what is wrong reaches what reads the member.
      const inner = npyCase(random, seeds.npySeeds);
      const member = { name: nameBytes(random), content: inner.bytes, isDeflated: random.oneIn(2) };
      const others = random.oneIn(4) ? goodMembers(random) : { parts: [], members: [] };
      return {
        about: `a member: ${inner.about}`,
        bytes: zipFile([member, ...others.members], wrap).bytes,
        check: (array) => checkEither(array, inner, others.parts),
        ...chosen(random),
      };
    }
    case 3:
      return bombCase(random);
    case 4:
    case 5:
    case 6: {
      const { parts, members } = goodMembers(random), { bytes, fields } = zipFile(members, wrap);
      const edits = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => editField(bytes, fields, random));
      return {
        about: edits.join("; "),
        bytes,
        check: (array) => checkOneOf(array, parts.map(npyExpected)),
        ...chosen(random),
      };
    }
    default: {
      const [first, second] = [goodMembers(random), goodMembers(random)];
      const files = [zipFile(first.members, wrap).bytes, zipFile(second.members).bytes];
      const expected = [...first.parts, ...second.parts].map(npyExpected);
      const isOwn = random.oneIn(2), seed = isOwn ? files[0] : random.pick(seeds.npzSeeds);
      return {
        about: "mutated bytes",
        bytes: mutated(seed, random, isOwn ? files : seeds.npzSeeds),
        // The checksum of what the fixtures hold is verified by the reader.
        check: (array) => isOwn ? checkOneOf(array, expected) : checkFixture(array),
        ...chosen(random),
      };
    }
  }
}

function chosen(random: Seeded): { readonly variable?: string } {
  return random.oneIn(3)
    ? {}
    : { variable: random.pick(["a", "tmp", "rad", "a.npy", "none", "__proto__", ""]) };
}

function bombCase(random: Seeded): FileCase {
  const parts = npyParts(random), content = encodeNpyParts(parts);
  const stored = bomb(content, random);
  const size = random.oneIn(3)
    ? random.pick([0, content.length + 1, stored.length * 1032, 2 ** 31])
    : undefined;
  const member = { name: new TextEncoder().encode("a.npy"), content, isDeflated: true, stored, size };
  return {
    about: `a bomb of ${stored.length} bytes`,
    bytes: zipFile([member]).bytes,
    check: (array) => checkArray(array, npyExpected(parts)),
  };
}

/** A changed directory may lead to another member, but the checksum lets nothing through that is none. */
function checkOneOf(array: SharedNdArray, all: readonly Expected[]): void {
  const failures: unknown[] = [];
  for (const expected of all) {
    try {
      return checkArray(array, expected);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new Error(`none of the members: ${failures.join(", ")}`);
}

function checkEither(array: SharedNdArray, inner: FileCase, others: readonly NpyParts[]): void {
  try {
    inner.check(array);
  } catch (error) {
    if (others.length === 0) throw error;
    checkOneOf(array, others.map(npyExpected));
  }
}

/** What the members of the fixtures hold. */
function checkFixture(array: SharedNdArray): void {
  checkOneOf(array, [
    { dtype: "float64", shape: [2, 3], values: [0, 1, 2, 3, 4, 5] },
    { dtype: "float32", shape: [2, 3], values: [1, 1, 1, 1, 1, 1] },
  ]);
}
