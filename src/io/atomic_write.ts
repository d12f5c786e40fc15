/**
 * Files that are written whole or not at all: the bytes go to a temporary file in the same folder, which takes the
 * final name at the end. Nobody ever sees a half-written file under that name.
 *
 * @module
 */

import { pathText, splitPath } from "./path.ts";

/** What writes a file's bytes; an asynchronous one is awaited. */
export type FileWriter = (file: Deno.FsFile) => void | Promise<void>;

/**
 * A file that is to be written later. Its temporary file is there from the beginning, so that a path that cannot be
 * written is known before anything is computed.
 *
 * Dispose it: what was not committed is removed, and an existing file of that name stays as it was.
 */
export class PendingFile implements Disposable {
  /** The path as it was given. */
  readonly path: string;
  readonly #target: string;
  readonly #temporary: string;
  #file: Deno.FsFile | undefined;

  private constructor(path: string, target: string, temporary: string, file: Deno.FsFile) {
    this.path = path;
    this.#target = target;
    this.#temporary = temporary;
    this.#file = file;
  }

  /**
   * Opens the temporary file. Read and write permissions for the folder are needed: renaming asks for both.
   *
   * @param path The final name. Where a file stands there it will be replaced; a link to a file is followed.
   * @throws {Deno.errors.NotFound} If the folder is missing.
   * @throws {Deno.errors.IsADirectory} If the path is a directory.
   * @throws {Deno.errors.PermissionDenied} If the system does not let it be written.
   * @throws {Deno.errors.NotCapable} If Deno was not given the permission to read and write there.
   * @throws {TypeError} If a pipe or device stands there: renaming would replace it.
   */
  static reserve(path: string | URL): PendingFile {
    const text = pathText(path);
    try {
      const { target, mode } = inspectTarget(text);
      const { folder, name } = splitPath(target);
      const unique = crypto.randomUUID().slice(0, 8);
      const temporary = `${folder}.${name}.${Deno.pid}-${unique}.tmp`;
      const file = Deno.openSync(temporary, { write: true, createNew: true, mode });
      const pending = new PendingFile(text, target, temporary, file);
      try {
        // Renaming needs the permission to read as well: better to hear of it now than after the computing.
        Deno.statSync(temporary);
      } catch (cause) {
        pending[Symbol.dispose]();
        throw cause;
      }
      return pending;
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) {
        const folder = splitPath(text).folder || ".";
        throw new Deno.errors.NotFound(`Cannot write ${text}: no such folder: ${folder}`, { cause });
      }
      if (cause instanceof Deno.errors.PermissionDenied) {
        throw new Deno.errors.PermissionDenied(`Not permitted to write ${text}`, { cause });
      }
      throw cause;
    }
  }

  /**
   * Writes the bytes and gives the file its final name. When that fails the temporary file is removed.
   *
   * @param write What writes the bytes.
   * @throws What `write` throws, or that the file was committed or disposed before.
   */
  async commit(write: FileWriter): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new TypeError(`${this.path} is already written or given up`);
    try {
      await write(file);
      // Closed first: some systems do not rename open files.
      file.close();
      this.#file = undefined;
      Deno.renameSync(this.#temporary, this.#target);
    } catch (cause) {
      this.#giveUp();
      throw cause;
    }
  }

  #giveUp(): void {
    this.#file?.close();
    this.#file = undefined;
    try {
      Deno.removeSync(this.#temporary);
    } catch {
      // It is gone, or its folder is: there is nothing left to tidy, and the first error matters more.
    }
  }

  /** Removes the temporary file, unless it was committed. */
  [Symbol.dispose](): void {
    if (this.#file !== undefined) this.#giveUp();
  }
}

/** Where a path leads to, and the permissions of what stands there. */
function inspectTarget(path: string): { target: string; mode?: number } {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return { target: path };
    throw cause;
  }
  if (info.isDirectory) throw new Deno.errors.IsADirectory(`${path} is a directory, expected a file name`);
  if (!info.isFile) throw new TypeError(`${path} is a pipe or a device, expected a file name`);
  // A file that must not be written must not be replaced either, though the folder would allow it.
  Deno.openSync(path, { write: true }).close();
  return { target: Deno.realPathSync(path), mode: info.mode === null ? undefined : info.mode & 0o777 };
}

/**
 * Writes a file whole or not at all.
 *
 * @param path The file. Where one stands already it is replaced at the very end.
 * @param write What writes the bytes.
 * @throws What {@linkcode PendingFile.reserve} and `write` throw; then nothing has changed.
 */
export async function writeAtomically(path: string | URL, write: FileWriter): Promise<void> {
  using pending = PendingFile.reserve(path);
  await pending.commit(write);
}

/**
 * Writes all of some bytes.
 *
 * @param file The file.
 * @param bytes The bytes, shared or not.
 */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    // Some systems take no more than 2 GiB - 4 KiB at once.
    done += file.writeSync(bytes.subarray(done, done + (1 << 30)));
  }
}
