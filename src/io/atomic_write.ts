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
  /** Where the file will stand, with links followed: two paths to one file have the same. */
  readonly target: string;
  readonly #temporary: string;
  #file: Deno.FsFile | undefined;

  private constructor(path: string, target: string, temporary: string, file: Deno.FsFile) {
    this.path = path;
    this.target = target;
    this.#temporary = temporary;
    this.#file = file;
    PENDING.add(this);
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
   * Writes the bytes to the temporary file. When that fails it is removed.
   *
   * @param write What writes the bytes.
   * @throws What `write` throws, with the path in its message, or that the file was written or given up before.
   */
  async write(write: FileWriter): Promise<void> {
    const file = this.#file;
    if (file === undefined) throw new TypeError(`${this.path} is already written or given up`);
    try {
      await write(file);
      // Closed before renaming: some systems do not rename open files.
      file.close();
      this.#file = undefined;
    } catch (cause) {
      this[Symbol.dispose]();
      // What the system says, such as that the disk is full, does not name the file.
      if (!(cause instanceof Error) || !/\(os error \d+\)/.test(cause.message)) throw cause;
      throw new Error(`Cannot write ${this.path}: ${cause.message}`, { cause });
    }
  }

  /** Where the bytes are until the file is published: what writes to a closed file opens it again by this path. */
  get temporary(): string {
    return this.#temporary;
  }

  /**
   * Writes bytes to the temporary file, as {@linkcode PendingFile.write} does, without waiting.
   *
   * @param write What writes the bytes.
   */
  writeNow(write: (file: Deno.FsFile) => void): void {
    const file = this.#file;
    if (file === undefined) throw new TypeError(`${this.path} is already written or given up`);
    write(file);
    file.close();
    this.#file = undefined;
  }

  /** Gives the file that was written its final name, unless that was done before. */
  publishOnce(): void {
    if (PENDING.has(this)) this.publish();
  }

  /** Gives the file that was written its final name. */
  publish(): void {
    if (this.#file !== undefined || !PENDING.has(this)) {
      throw new TypeError(`${this.path} is not written, or already published`);
    }
    Deno.renameSync(this.#temporary, this.target);
    PENDING.delete(this);
  }

  /**
   * Writes the bytes and gives the file its final name. When that fails the temporary file is removed.
   *
   * @param write What writes the bytes.
   * @throws As `write` and `publish`.
   */
  async commit(write: FileWriter): Promise<void> {
    await this.write(write);
    this.publish();
  }

  /** Removes the temporary file, unless it was published. */
  [Symbol.dispose](): void {
    if (!PENDING.delete(this)) return;
    this.#file?.close();
    this.#file = undefined;
    try {
      Deno.removeSync(this.#temporary);
    } catch {
      // It is gone, or its folder is: there is nothing left to tidy, and the first error matters more.
    }
  }
}

/** The files of this process that are reserved and not yet published. */
const PENDING = new Set<PendingFile>();

/** Removes the temporary files of all that is not published, for a process that ends now. */
export function discardPendingFiles(): void {
  for (const file of PENDING) file[Symbol.dispose]();
}

/** Where a path leads to, and the permissions of what stands there. */
function inspectTarget(path: string): { target: string; mode?: number } {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      const { folder, name } = splitPath(path);
      return { target: `${Deno.realPathSync(folder === "" ? "." : folder)}/${name}` };
    }
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
