/**
 * The bytes of a TIFF file, as the package that decodes it asks for them.
 *
 * @module
 */

import { FormatError } from "../errors.ts";
import type { InputFile } from "./input_file.ts";

/** What the package asks for bytes. */
export class FileSource {
  readonly #file: InputFile;
  #isClosed = false;
  /** How many bytes were read so far. */
  bytesRead = 0;

  /** @param file The file, which is closed with this. */
  constructor(file: InputFile) {
    this.#file = file;
  }

  /** How many bytes there are. */
  get fileSize(): number {
    return this.#file.size;
  }

  /** Reads several slices. */
  fetch(slices: readonly { readonly offset: number; readonly length: number }[]): Promise<ArrayBufferLike[]> {
    return Promise.try(() => slices.map((slice) => this.#read(slice)));
  }

  /** Reads one. */
  fetchSlice(slice: { readonly offset: number; readonly length: number }): Promise<
    { readonly offset: number; readonly length: number; readonly data: ArrayBufferLike }
  > {
    return Promise.try(() => ({ ...slice, data: this.#read(slice) }));
  }

  /** The bytes of a slice. The package asks for more than there are when it reads directories. */
  #read({ offset, length }: { readonly offset: number; readonly length: number }): ArrayBuffer {
    if (!(offset <= this.#file.size)) {
      throw new FormatError(`${this.#file.path} ends before byte ${offset}: it is truncated`, "geotiff");
    }
    const bytes = new Uint8Array(Math.min(length, this.#file.size - offset));
    this.#file.seek(offset);
    this.#file.read(bytes);
    this.bytesRead += bytes.length;
    return bytes.buffer;
  }

  /** Closes the file. */
  dispose(): void {
    if (!this.#isClosed) this.#file[Symbol.dispose]();
    this.#isClosed = true;
  }

  /** Closes the file. */
  close(): Promise<void> {
    return Promise.try(() => this.dispose());
  }
}
