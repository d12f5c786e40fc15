/**
 * A store of the plainest kind, for tests: a folder with a file of raw bytes for each chunk, which is written under a
 * temporary name first. It can be told to fail.
 *
 * @module
 */

import type { Shape } from "../../../src/array/layout/shape.ts";
import { SharedNdArray, tileOf } from "../../../src/array/shared_ndarray.ts";
import { type DType, DTYPES } from "../../../src/dtype.ts";
import { FormatError } from "../../../src/errors.ts";
import type { ArrayDriver, StoredBox, StoreLedger } from "../../../src/store/driver.ts";
import { StoredArray } from "../../../src/store/stored_array.ts";

/** Where such an array lives. */
export interface RawLocation {
  readonly folder: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly chunks: Shape;
  /** Milliseconds that each chunk takes. */
  readonly delayMs?: number;
  /** The chunk that cannot be read. */
  readonly broken?: number;
}

/** The chunks that a box meets: their number, their box, and whether all of it lies in the box. */
function* chunksOf(location: RawLocation, { origin, shape }: StoredBox) {
  const { shape: whole, chunks } = location, rank = whole.length;
  const grid = whole.map((extent, axis) => Math.ceil(extent / chunks[axis]));
  const first = origin.map((start, axis) => Math.floor(start / chunks[axis]));
  const last = origin.map((start, axis) => Math.ceil((start + shape[axis]) / chunks[axis]));
  if (shape.includes(0)) return;
  const at = first.slice();
  for (;;) {
    const begin = at.map((k, axis) => k * chunks[axis]);
    const extents = begin.map((start, axis) => Math.min(chunks[axis], whole[axis] - start));
    yield { number: at.reduce((sum, k, axis) => sum * grid[axis] + k, 0), begin, extents };
    let axis = rank - 1;
    while (axis >= 0 && ++at[axis] === last[axis]) at[axis] = first[axis--];
    if (axis < 0) return;
  }
}

/** Opens such an array. */
export function openDriver(given: unknown): ArrayDriver {
  const location = given as RawLocation;
  const { folder, dtype, shape, chunks, delayMs = 0, broken } = location, { bytes } = DTYPES[dtype];
  const pathOf = (chunk: number) => `${folder}/c${chunk}`;
  const wait = () => new Promise<void>((resolve) => delayMs === 0 ? resolve() : setTimeout(resolve, delayMs));
  const inChunk = async (chunk: { number: number; extents: readonly number[] }) => {
    const whole = SharedNdArray.zeros([...chunk.extents], { dtype });
    try {
      const stored = await Deno.readFile(pathOf(chunk.number));
      new Uint8Array(whole.data.buffer, whole.data.byteOffset, whole.byteLength).set(stored);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return whole;
  };
  return {
    text: folder,
    dtype,
    shape,
    chunks,
    attributes: readAttributes(folder),
    async read(box, target) {
      let read = 0;
      for (const chunk of chunksOf(location, box)) {
        await wait();
        if (chunk.number === broken) throw new FormatError(`${pathOf(chunk.number)} is damaged`, "raw");
        const whole = await inChunk(chunk);
        const begin = chunk.begin.map((start, axis) => Math.max(start, box.origin[axis]));
        const end = chunk.begin.map((start, axis) =>
          Math.min(start + chunk.extents[axis], box.origin[axis] + box.shape[axis])
        );
        const extents = begin.map((start, axis) => end[axis] - start);
        tileOf(target, begin.map((start, axis) => start - box.origin[axis]), extents).copyFrom(
          tileOf(whole, begin.map((start, axis) => start - chunk.begin[axis]), extents),
        );
        read += whole.byteLength;
      }
      return read;
    },
    async write(box, source) {
      let written = 0;
      for (const chunk of chunksOf(location, box)) {
        await wait();
        const part = tileOf(
          source,
          chunk.begin.map((start, axis) => start - box.origin[axis]),
          chunk.extents,
        );
        const copy = part.copy(), temporary = `${folder}/.c${chunk.number}.${Deno.pid}.tmp`;
        const data = new Uint8Array(copy.size * bytes);
        data.set(new Uint8Array(copy.data.buffer, copy.data.byteOffset, data.length));
        await Deno.writeFile(temporary, data);
        await Deno.rename(temporary, pathOf(chunk.number));
        written += data.length;
      }
      return written;
    },
    ledger: ledgerOf(location),
    close: () => {},
  };
}

function readAttributes(folder: string): Record<string, unknown> {
  try {
    return JSON.parse(Deno.readTextFileSync(`${folder}/attributes.json`));
  } catch {
    return {};
  }
}

function ledgerOf({ folder, shape, chunks }: RawLocation): StoreLedger {
  const pathOf = (key: string) => `${folder}/${key.replaceAll("/", "_")}`;
  const torn = () =>
    [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".tmp"));
  return {
    // deno-lint-ignore require-await
    async chunksPresent() {
      const count = shape.reduce((product, extent, axis) => product * Math.ceil(extent / chunks[axis]), 1);
      const present = new Uint8Array(count);
      for (const { name } of Deno.readDirSync(folder)) {
        if (/^c\d+$/.test(name)) present[Number(name.slice(1))] = 1;
      }
      return { present, torn: torn() };
    },
    chunkKey: (chunk) => `c${chunk}`,
    // deno-lint-ignore require-await
    async removeTorn() {
      const names = torn();
      for (const name of names) Deno.removeSync(`${folder}/${name}`);
      return names.length;
    },
    // deno-lint-ignore require-await
    async setAttributes(attributes) {
      Deno.writeTextFileSync(
        `${folder}/attributes.json`,
        JSON.stringify({ ...readAttributes(folder), ...attributes }),
      );
    },
    async get(key) {
      try {
        return await Deno.readFile(pathOf(key));
      } catch {
        return undefined;
      }
    },
    async put(key, bytes, isNew = false) {
      try {
        await Deno.writeFile(pathOf(key), bytes, { createNew: isNew });
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      }
    },
    // deno-lint-ignore require-await
    async list(prefix) {
      return [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith(prefix.replaceAll("/", "_")))
        .map(({ name }) => ({ key: name, bytes: Deno.statSync(`${folder}/${name}`).size }));
    },
    async remove(key) {
      await Deno.remove(pathOf(key)).catch(() => {});
    },
  };
}

/** Makes such an array in a folder. */
export function rawArray(location: RawLocation): StoredArray {
  Deno.mkdirSync(location.folder, { recursive: true });
  return new StoredArray(openDriver(location), { module: import.meta.url, location });
}

/** Makes one with the elements of an array. */
export async function rawFrom(
  array: SharedNdArray,
  options: Pick<RawLocation, "folder" | "chunks"> & Partial<RawLocation>,
): Promise<StoredArray> {
  const stored = rawArray({ dtype: array.dtype, shape: array.shape, ...options });
  await stored.write({ origin: array.shape.map(() => 0), shape: array.shape }, array);
  return stored;
}
