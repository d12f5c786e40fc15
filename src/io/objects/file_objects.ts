/**
 * Objects that are files in a folder.
 *
 * @module
 */

import { describeCause, StoreError } from "../../errors.ts";
import { isMissing, splitPath } from "../path.ts";
import { placeNewFile, removeQuietly, replaceFile, syncFolder } from "./file_names.ts";
import { type ByteRange, joinKey, type ListedFolder, type ListedObject } from "./object_store.ts";
import type { ObjectStore, PutOptions } from "./object_store.ts";

/** The names of files that are being written, as every writer of this package makes them. */
const TEMPORARY = /^\..+\.\d+-[0-9a-f]{8}\.tmp$/;

/** Memories that are kept for what is read next. */
const MOST_FREE = 4;

/** How many files are asked for their sizes at once. */
const STATS_AT_ONCE = 64;

/** How often an object is written again whose temporary file somebody removed meanwhile. */
const MOST_REWRITES = 3;

/** Objects that are files in a folder. Needs `--allow-read`, and `--allow-write` to write. */
export class FileObjects implements ObjectStore {
  readonly text: string;
  /** One is read while another one is decoded. */
  readonly inFlight: number = 2;

  /**
   * Objects in a folder, which need not be there.
   *
   * @param root The folder.
   */
  constructor(root: string) {
    this.text = root;
  }

  /** Memory of what was read, the largest first. */
  readonly #free: ArrayBuffer[] = [];

  /** Memory for an object: some that was given back, where it is not much too large. */
  #room(length: number): Uint8Array<ArrayBuffer> {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= length && byteLength <= 4 * length);
    // A little more, because chunks differ.
    if (at < 0) return new Uint8Array(new ArrayBuffer(length + (length >>> 3)), 0, length);
    const [buffer] = this.#free.splice(at, 1);
    return new Uint8Array(buffer, 0, length);
  }

  giveBack({ buffer }: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < MOST_FREE) this.#free.push(buffer);
  }

  #path(key: string): string {
    return key === "" ? this.text : `${this.text}/${key}`;
  }

  /** Reads a file, or a part of it. */
  async get(key: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      using file = await Deno.open(this.#path(key));
      const { size, isDirectory } = await file.stat();
      if (isDirectory) return undefined;
      const { offset, length } = partOf(range, size);
      if (offset > 0) await file.seek(offset, Deno.SeekMode.Start);
      const bytes = this.#room(length);
      let filled = 0;
      while (filled < length) {
        const count = await file.read(bytes.subarray(filled));
        if (count === null) break;
        filled += count;
      }
      return filled === length ? bytes : bytes.slice(0, filled);
    } catch (cause) {
      if (isNothing(cause)) return undefined;
      throw this.#failure("read", key, cause);
    }
  }

  /** Writes a file under a temporary name in the same folder, makes it last, and renames it. */
  async put(
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    { isNew = false }: PutOptions = {},
  ): Promise<boolean> {
    const path = this.#path(key);
    for (let attempt = 0;; attempt++) {
      try {
        const temporary = await this.#write(path, bytes);
        const isPlaced = isNew
          ? await placeNewFile(temporary, path, bytes)
          : await replaceFile(temporary, path);
        if (isPlaced !== undefined) {
          await syncFolder(splitPath(path).folder);
          return isPlaced;
        }
        if (attempt < MOST_REWRITES) continue;
      } catch (cause) {
        throw this.#failure("write", key, cause);
      }
      throw new StoreError(
        `Cannot write ${path}: its temporary file was removed ${attempt + 1} times by somebody else`,
        path,
      );
    }
  }

  async #write(path: string, bytes: Uint8Array): Promise<string> {
    const { folder, name } = splitPath(path);
    const temporary = `${folder}.${name}.${Deno.pid}-${crypto.randomUUID().slice(0, 8)}.tmp`;
    let file: Deno.FsFile;
    try {
      file = await Deno.open(temporary, { write: true, createNew: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await Deno.mkdir(folder, { recursive: true });
      await syncFolder(splitPath(folder.slice(0, -1)).folder);
      file = await Deno.open(temporary, { write: true, createNew: true });
    }
    try {
      try {
        for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
        // The bytes and the length are all that must last: times may be lost.
        await file.syncData();
      } finally {
        file.close();
      }
    } catch (cause) {
      await removeQuietly(temporary);
      throw cause;
    }
    return temporary;
  }

  #failure(doing: "read" | "write" | "list" | "remove", key: string, cause: unknown): unknown {
    if (cause instanceof StoreError || isPermission(cause)) return cause;
    const path = this.#path(key);
    const reason = isFullDisk(cause) ? "the disk is full" : describeCause(cause);
    return new StoreError(`Cannot ${doing} ${path}: ${reason}`, path, { cause });
  }

  /** The files whose keys begin with a prefix. */
  async list(prefix: string): Promise<ListedObject[]> {
    const { keys } = await this.keys(prefix);
    const listed: ListedObject[] = [];
    for (let at = 0; at < keys.length; at += STATS_AT_ONCE) {
      const found = await Promise.all(keys.slice(at, at + STATS_AT_ONCE).map((key) => this.#listed(key)));
      listed.push(...found.filter((object) => object !== undefined));
    }
    return listed;
  }

  /** An object as it is listed; undefined if it was removed since. */
  async #listed(key: string): Promise<ListedObject | undefined> {
    try {
      return { key, bytes: (await Deno.stat(this.#path(key))).size };
    } catch (cause) {
      if (isNothing(cause)) return undefined;
      throw this.#failure("list", key, cause);
    }
  }

  /** The keys of files that begin with a prefix, and of temporary files. */
  async keys(prefix: string): Promise<{ keys: string[]; torn: string[] }> {
    const keys: string[] = [], torn: string[] = [];
    const folders = [prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")))];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const found = await this.#entries(folder);
      for (const { name, isDirectory } of found) {
        const key = joinKey(folder, name);
        if (isDirectory) {
          if (`${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`)) folders.push(key);
        } else if (TEMPORARY.test(name)) {
          if (joinKey(folder, name.slice(1)).startsWith(prefix)) torn.push(key);
        } else if (key.startsWith(prefix)) keys.push(key);
      }
    }
    return { keys, torn };
  }

  async #entries(folder: string): Promise<Deno.DirEntry[]> {
    try {
      return await Array.fromAsync(Deno.readDir(this.#path(folder)));
    } catch (cause) {
      if (isNothing(cause)) return [];
      throw this.#failure("list", folder, cause);
    }
  }

  /** What lies in a folder; links count as what they lead to. */
  async children(folder: string): Promise<ListedFolder> {
    const objects: string[] = [], folders: string[] = [];
    for (const { name, isDirectory, isSymlink } of await this.#entries(folder)) {
      if (TEMPORARY.test(name)) continue;
      (isDirectory || (isSymlink && await isFolder(this.#path(joinKey(folder, name)))) ? folders : objects)
        .push(name);
    }
    return { objects: objects.sort(), folders: folders.sort() };
  }

  /** Removes a file, if it is there. */
  async remove(key: string): Promise<void> {
    try {
      await Deno.remove(this.#path(key));
    } catch (cause) {
      if (!isNothing(cause)) throw this.#failure("remove", key, cause);
    }
  }
}

/** The bytes of a range in an object of a size. */
function partOf(range: ByteRange | undefined, size: number): { offset: number; length: number } {
  if (range === undefined) return { offset: 0, length: size };
  if ("suffix" in range) {
    const length = Math.min(range.suffix, size);
    return { offset: size - length, length };
  }
  return { offset: range.offset, length: Math.max(0, Math.min(range.length, size - range.offset)) };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

function isPermission(cause: unknown): boolean {
  return cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable;
}

/** Whether there is nothing by a name: no such file, or a file where a folder would be. */
function isNothing(cause: unknown): boolean {
  return isMissing(cause) || cause instanceof Deno.errors.NotADirectory;
}

/** Whether a disk or an allowance is full: ENOSPC or EDQUOT. */
function isFullDisk(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  if ("code" in cause && (cause.code === "ENOSPC" || cause.code === "EDQUOT")) return true;
  return /No space left on device|quota exceeded/i.test(cause.message);
}
