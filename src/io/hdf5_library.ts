/**
 * The HDF5 library, which is compiled to WebAssembly, and files that it reads by ranges. Its own file systems either
 * take whole files into memory or ask for the permission to read the environment; here it is given files whose bytes
 * are fetched when it asks for them.
 *
 * @module
 */

import { FormatError, UnsupportedError } from "../errors.ts";
import { InputFile } from "./input_file.ts";
import { shownText } from "./shown_text.ts";

/** What the library tells of a dataset. */
export interface Hdf5Metadata {
  /** The class of its type: 0 integer, 1 float, 8 enumeration and others. */
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  /** Null for a dataset that has no elements at all. */
  readonly shape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  readonly enum_type?: { readonly members: Readonly<Record<string, number>> };
  readonly virtual_sources?: readonly { readonly file_name: string }[];
}

/** A filter that a dataset's chunks went through. */
export interface Hdf5Filter {
  readonly id: number;
  readonly name: string;
}

/** An object of a file, as far as it is looked at. */
export interface Hdf5Entity {
  readonly type: string;
}

/** An attribute of a dataset. */
export interface Hdf5Attribute {
  readonly metadata: Hdf5Metadata;
  readonly value: unknown;
}

/** A dataset. */
export interface Hdf5Dataset extends Hdf5Entity {
  readonly file_id: bigint;
  readonly path: string;
  readonly metadata: Hdf5Metadata;
  readonly filters: readonly Hdf5Filter[];
  readonly attrs: Readonly<Record<string, Hdf5Attribute>>;
  get_attached_scales(axis: number): readonly string[];
  get_dimension_labels(): readonly (string | null)[];
}

interface LibraryFile {
  readonly file_id: bigint;
  paths(): string[];
  get(path: string): Hdf5Entity | null;
  close(): number;
}

/** Reads bytes for the library. Its memory moves when it grows, so that `memory` is a new view each time. */
interface StreamOps {
  read(stream: unknown, memory: Int8Array, offset: number, length: number, position: number): number;
}

/** A node of the library's file system. */
interface FileNode {
  usedBytes: number;
  stream_ops: StreamOps;
}

interface LibraryModule extends AttributeReader {
  readonly HEAPU8: Uint8Array;
  readonly FS: {
    createFile(
      folder: string,
      name: string,
      properties: object,
      canRead: boolean,
      canWrite: boolean,
    ): FileNode;
    unlink(path: string): void;
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  activate_throwing_error_handler(): number;
  get_dataset_data(
    file: bigint,
    path: string,
    count: readonly bigint[] | null,
    offset: readonly bigint[] | null,
    strides: readonly bigint[] | null,
    pointer: bigint,
  ): number;
}

/** How the module is asked for the bytes of an attribute. */
interface AttributeReader {
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
}

interface Library {
  readonly module: LibraryModule;
  readonly File: new (path: string, mode: "r") => LibraryFile;
}

let loading: Promise<Library> | undefined;
let opened = 0;

/**
 * What ended the library of this thread, if anything has. Each failure takes some of its stack for ever, because errors
 * leave its functions at once: after some hundreds of damaged files or chunks nothing is left.
 */
let ended: unknown;

async function loadLibrary(): Promise<Library> {
  const { File, ready } = await import("h5wasm");
  // The package's own types lack what is needed of the module, and have its file system as anything.
  const module = await ready as unknown as LibraryModule;
  module.activate_throwing_error_handler();
  return { module, File: File as unknown as Library["File"] };
}

/** A file that the library reads. */
export class Hdf5File implements Disposable {
  /** The path it was opened by. */
  readonly path: string;
  readonly #input: InputFile;
  readonly #module: LibraryModule;
  readonly #name: string;
  readonly #file: LibraryFile;
  #bytesRead = 0;
  #failure: unknown;

  private constructor(input: InputFile, { module, File }: Library) {
    this.path = input.path;
    this.#input = input;
    this.#module = module;
    this.#name = `file-${++opened}`;
    const node = module.FS.createFile("/", this.#name, {}, true, false);
    node.usedBytes = input.size;
    node.stream_ops = {
      ...node.stream_ops,
      read: (_stream, memory, offset, length, position) =>
        this.#read(new Uint8Array(memory.buffer, memory.byteOffset + offset, length), position),
    };
    try {
      this.#file = this.attempt("is not a valid HDF5 file", () => new File(`/${this.#name}`, "r"));
    } catch (cause) {
      module.FS.unlink(`/${this.#name}`);
      throw cause;
    }
  }

  /**
   * Opens a file. The library is loaded when the first one is.
   *
   * @param path The file.
   * @throws {FormatError} If it is no HDF5 file.
   * @throws {Deno.errors.NotFound} If there is no such file.
   */
  static async open(path: string): Promise<Hdf5File> {
    const input = InputFile.open(path, "hdf5");
    try {
      refuseEnded(path);
      return new Hdf5File(input, await (loading ??= loadLibrary()));
    } catch (cause) {
      input[Symbol.dispose]();
      throw cause;
    }
  }

  /** How many bytes were read of the file so far. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** The paths of all objects, without the first slash. */
  paths(): string[] {
    return this.attempt("has a damaged list of objects", () => this.#file.paths());
  }

  /**
   * The dataset of a path.
   *
   * @param path The path, with or without the first slash.
   * @returns The dataset, or null where there is none.
   */
  dataset(path: string): Hdf5Dataset | null {
    const entity = this.attempt(`has a damaged object ${shownText(path)}`, () => this.#file.get(path));
    // What says so has the rest of a dataset, too.
    return entity?.type === "Dataset" ? entity as Hdf5Dataset : null;
  }

  /**
   * Reads elements of a dataset, in C order and the byte order of this machine.
   *
   * @param dataset The dataset.
   * @param origin Where the box begins.
   * @param shape Its extents.
   * @param target Where the bytes go.
   */
  read(dataset: Hdf5Dataset, origin: readonly number[], shape: readonly number[], target: Uint8Array): void {
    if (target.length === 0) return;
    const module = this.#module;
    const pointer = module._malloc(target.length);
    if (pointer === 0) throw new RangeError(`The HDF5 library has no memory for ${target.length} bytes`);
    try {
      // A dataset without axes is read as a whole: it has no box.
      const [count, offset, strides] = shape.length === 0
        ? [null, null, null]
        : [shape.map(BigInt), origin.map(BigInt), shape.map(() => 1n)];
      module.get_dataset_data(dataset.file_id, dataset.path, count, offset, strides, BigInt(pointer));
      target.set(module.HEAPU8.subarray(pointer, pointer + target.length));
    } finally {
      module._free(pointer);
    }
  }

  /**
   * The bytes of an attribute's elements, for types that the package does not read.
   *
   * @param dataset The dataset.
   * @param name The attribute's name.
   * @param byteLength How many bytes there are.
   */
  attributeBytes(dataset: Hdf5Dataset, name: string, byteLength: number): Uint8Array<ArrayBuffer> {
    const module = this.#module, pointer = module._malloc(byteLength);
    try {
      module.get_attribute_data(dataset.file_id, dataset.path, name, BigInt(pointer));
      return new Uint8Array(module.HEAPU8.subarray(pointer, pointer + byteLength));
    } finally {
      module._free(pointer);
    }
  }

  /**
   * Does something with the library, whose errors are many lines long.
   *
   * @param what What it means when it fails, to stand behind the file's path.
   * @param action What to do.
   * @throws {FormatError} If it fails.
   */
  attempt<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      if (cause instanceof FormatError) throw cause;
      const failure = this.#failure ?? cause;
      this.#failure = undefined;
      // The library's own errors are others: with these, nothing that it does can be trusted any more.
      if (cause instanceof WebAssembly.RuntimeError) ended ??= cause;
      refuseEnded(this.path);
      throw new FormatError(`${this.path} ${what}: ${reasonOf(failure)}`, "hdf5", { cause: failure });
    }
  }

  #read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.#input.size - position));
    try {
      this.#input.seek(position);
      this.#input.read(target.subarray(0, length));
    } catch (cause) {
      // The library only knows that there were no bytes.
      this.#failure = cause;
      return 0;
    }
    this.#bytesRead += length;
    return length;
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    try {
      this.#file.close();
      this.#module.FS.unlink(`/${this.#name}`);
    } catch {
      // The library is done with it either way, and it can never be written.
    }
    this.#input[Symbol.dispose]();
  }
}

/** Says of a file that it is not known whether it can be read, where the library has ended. */
function refuseEnded(path: string): void {
  if (ended === undefined) return;
  throw new UnsupportedError(
    `${path} cannot be read here: the HDF5 library has failed too often in this thread, on damaged files; ` +
      "read it in another process or worker",
    { cause: ended },
  );
}

/** The innermost of the library's reasons, which come one a line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const reasons = [...text.matchAll(/^\s*#\d+: .* in \w+\(\): (.*)$/gm)];
  return shownText(reasons.at(-1)?.[1] ?? text.split("\n", 1)[0]);
}
