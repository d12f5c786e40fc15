/**
 * What the targets for file formats share: a folder, a file for each case, and what must hold of reading it.
 *
 * @module
 */

import type { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { DTYPES } from "../../src/dtype.ts";
import type { ArrayInfo } from "../../src/io/formats.ts";
import type { Seeded } from "../seeded.ts";
import { MemoryCounter } from "./memory.ts";
import type { Bytes } from "./mutate.ts";
import { checkRefusal, type Typed } from "./refusals.ts";
import type { FuzzCase, OpenTarget, Outcome } from "./runner.ts";

/** A file, and what is known of it. */
export interface FileCase {
  readonly about: string;
  readonly bytes: Bytes;
  /** The array's name in the file. */
  readonly variable?: string;
  /** Checks an array that was read. */
  check(array: SharedNdArray): void;
  /** Whether the file is right, so that it must not be refused. Default false. */
  readonly mustBeRead?: boolean;
}

/** A file format as a target. */
export interface FileTargetFacts {
  readonly name: string;
  /** The ending of file names, with the point. */
  readonly ending: string;
  /** Whether what `inspect` accepts can be read; otherwise what is compressed may still be damaged. */
  readonly inspectDecides: boolean;
  /** The errors that reading may end with. */
  readonly allowed: readonly Typed[];
  read(path: string, variable?: string): Promise<SharedNdArray>;
  inspect(path: string, variable?: string): Promise<ArrayInfo>;
  makeFile(random: Seeded): FileCase | Promise<FileCase>;
}

/** Milliseconds that a case may take; the files are small. */
const LIMIT_MS = 2000;

/**
 * Bytes that inspecting and reading may allocate together: some for each of the file, and some for buffers, of which
 * inflating takes most, and for modules that are loaded.
 */
const BYTES_PER_BYTE = 64, BYTES_ANYWAY = 28 * 2 ** 20;

/** How often a case that allocates too much is measured again: other things allocate too, but not each time. */
const MEASUREMENTS = 3;

/**
 * Makes a target of a file format.
 *
 * @param facts The format.
 */
export async function fileTarget(facts: FileTargetFacts): Promise<OpenTarget> {
  const folder = await Deno.makeTempDir({ prefix: "fuzz" });
  const path = `${folder}/case${facts.ending}`, counter = new MemoryCounter();
  return {
    name: facts.name,
    limitMs: LIMIT_MS,
    async makeCase(random: Seeded): Promise<FuzzCase> {
      const file = await facts.makeFile(random);
      return { about: file.about, material: file.bytes, run: () => runFile(facts, file, { path, counter }) };
    },
    async [Symbol.asyncDispose]() {
      counter[Symbol.dispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

interface Place {
  readonly path: string;
  readonly counter: MemoryCounter;
}

async function runFile(facts: FileTargetFacts, file: FileCase, place: Place): Promise<Outcome> {
  Deno.writeFileSync(place.path, file.bytes);
  let excess = "";
  for (let again = 0; again < MEASUREMENTS; again++) {
    const { outcome, bytes, most } = await readOnce(facts, file, place);
    if (bytes <= most) return outcome;
    excess = `reading ${file.bytes.length} bytes allocated ${bytes} bytes, more than ${most}`;
  }
  throw new Error(excess);
}

async function readOnce(
  facts: FileTargetFacts,
  file: FileCase,
  { path, counter }: Place,
): Promise<{ outcome: Outcome; bytes: number; most: number }> {
  const { variable } = file, before = counter.level();
  const info = await attempt(() => facts.inspect(path, variable));
  const array = await attempt(() => facts.read(path, variable));
  const bytes = counter.since(before);
  let most = BYTES_ANYWAY + BYTES_PER_BYTE * file.bytes.length;
  if ("error" in array) {
    // What is claimed and agrees with the sizes of a compressed member may be allocated before it is read.
    if ("value" in info) most += bytesOf(info.value);
    const outcome = checkRefusal(array.error, facts.allowed);
    if (file.mustBeRead === true) throw array.error;
    if (facts.inspectDecides && "value" in info) {
      throw new Error("inspect accepts what read refuses", { cause: array.error });
    }
    if ("error" in info) checkRefusal(info.error, facts.allowed);
    return { outcome, bytes, most };
  }
  if ("error" in info) throw new Error("inspect refuses what read reads", { cause: info.error });
  const { dtype, shape } = array.value;
  const differs = info.value.dtype !== dtype || info.value.shape.join() !== shape.join();
  if (differs) {
    throw new Error(`inspect says ${info.value.dtype} [${info.value.shape}], read ${dtype} [${shape}]`);
  }
  most += 2 * array.value.byteLength;
  file.check(array.value);
  array.value.dispose();
  return { outcome: "read", bytes, most };
}

function bytesOf({ dtype, shape }: ArrayInfo): number {
  return 2 * shape.reduce((product, extent) => product * extent, DTYPES[dtype].bytes);
}

async function attempt<T>(run: () => Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error };
  }
}

/**
 * The small files of a folder of fixtures.
 *
 * @param folder Its name.
 * @param ending The ending of the files' names.
 */
export function seedFiles(folder: string, ending: string): Bytes[] {
  const url = new URL(`../fixtures/${folder}/`, import.meta.url);
  const names = [...Deno.readDirSync(url)].map(({ name }) => name).filter((name) => name.endsWith(ending))
    .sort();
  return names.map((name) => Deno.readFileSync(new URL(name, url)));
}
