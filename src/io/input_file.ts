/**
 * Files that are read: opened with clear errors, read in full or not at all.
 *
 * @module
 */

import { FormatError } from "../errors.ts";
import { isMissing, pathText } from "./path.ts";

/** Bytes one system call is asked for at most: some systems give no more than 2 GiB - 4 KiB at once. */
const MOST_BYTES_AT_ONCE = 1 << 30;

/** Bytes that come one after another, such as those of a file or of a compressed member of one. */
export interface ByteReader {
  /** How many bytes there are in all. */
  readonly size: number;
  /**
   * Fills `target` with the next bytes.
   *
   * @throws {FormatError} If there are not as many.
   */
  read(target: Uint8Array): void;
}

/** A regular file that is open for reading. */
export class InputFile implements ByteReader, Disposable {
  /** The path it was opened by. */
  readonly path: string;
  /** The format it is read as, for messages. */
  readonly format: string;
  readonly size: number;
  readonly #file: Deno.FsFile;

  private constructor(path: string, format: string, size: number, file: Deno.FsFile) {
    this.path = path;
    this.format = format;
    this.size = size;
    this.#file = file;
  }

  /**
   * Opens a file.
   *
   * @param path The file.
   * @param format The format it is read as, for messages.
   * @throws {Deno.errors.NotFound} If there is no such file.
   * @throws {Deno.errors.IsADirectory} If it is a directory.
   * @throws {Deno.errors.PermissionDenied} If the system does not let it be read.
   * @throws {Deno.errors.NotCapable} If Deno was not given the permission to read it.
   * @throws {FormatError} If it is no regular file, such as a pipe.
   */
  static open(path: string | URL, format: string): InputFile {
    const text = pathText(path);
    try {
      // Asked before opening: to open a pipe would wait for a writer.
      const { isDirectory, isFile } = Deno.statSync(text);
      if (isDirectory) throw new Deno.errors.IsADirectory(`${text} is a directory, expected a file`);
      if (!isFile) throw new FormatError(`${text} is a pipe or a device, expected a regular file`, format);
      const file = Deno.openSync(text);
      return new InputFile(text, format, file.statSync().size, file);
    } catch (cause) {
      if (isMissing(cause)) {
        throw new Deno.errors.NotFound(`No such file: ${text}`, { cause });
      }
      if (cause instanceof Deno.errors.PermissionDenied) {
        throw new Deno.errors.PermissionDenied(`Not permitted to read ${text}`, { cause });
      }
      throw cause;
    }
  }

  /**
   * Goes to a place in the file.
   *
   * @param position In bytes, from the beginning.
   */
  seek(position: number): void {
    this.#file.seekSync(position, Deno.SeekMode.Start);
  }

  read(target: Uint8Array): void {
    let done = 0;
    while (done < target.length) {
      const count = this.#file.readSync(target.subarray(done, done + MOST_BYTES_AT_ONCE));
      if (count === null) {
        throw new FormatError(
          `${this.path} ends ${target.length - done} bytes too early: it is truncated`,
          this.format,
        );
      }
      done += count;
    }
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}
