/**
 * Where the objects of a store lie: whole byte strings by key, in a folder or on a server.
 *
 * The storage package that zarrita comes with has readers too. These take their place because they write: each object
 * whole and lasting, or not at all. They also repeat what a server failed to do, and say what went wrong. An adapter
 * (`src/io/zarr/zarrita_store.ts`) gives them that package's interface.
 *
 * @module
 */

/** A part of an object: from an offset on, or its last bytes. */
export type ByteRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffix: number };

/** An object that a listing names. */
export interface ListedObject {
  /** Its key. */
  readonly key: string;
  /** Its bytes. */
  readonly bytes: number;
}

/** What lies directly in a folder of keys. */
export interface ListedFolder {
  /** The names of the objects. */
  readonly objects: readonly string[];
  /** The names of the folders. */
  readonly folders: readonly string[];
}

/** Options of {@linkcode ObjectStore.put}. */
export interface PutOptions {
  /** Whether the object must not be there yet. Default false. */
  readonly isNew?: boolean;
}

/** Objects by key. A key has names with slashes between them, and no slash at its beginning or end. */
export interface ObjectStore {
  /** What it is called in messages, such as `out.zarr` or `s3://bucket/out.zarr`. */
  readonly text: string;
  /** How many requests are worth having under way at once. */
  readonly inFlight: number;
  /**
   * Reads an object, or a part of it.
   *
   * @param key The key.
   * @param range Which part. Default: all of it.
   * @returns Its bytes; undefined where there is no such object.
   * @throws {StoreError} If the store does not give it.
   */
  get(key: string, range?: ByteRange): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * Takes back memory that `get` gave and that nobody looks at any more, for what is read next.
   *
   * @param bytes What was read.
   */
  giveBack?(bytes: Uint8Array<ArrayBuffer>): void;
  /**
   * Writes an object. It is there whole or not at all, and when the promise settles it lasts.
   *
   * @param key The key.
   * @param bytes The bytes; they must not change until the promise settles.
   * @param options Whether it must be new.
   * @returns False where it should be new and is there already; then nothing was written.
   * @throws {StoreError} If the store does not take it.
   * @throws {UnsupportedError} If the store can only be read.
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, options?: PutOptions): Promise<boolean>;
  /**
   * The objects whose keys begin with a prefix, in no particular order.
   *
   * @param prefix The beginning of the keys.
   * @throws {UnsupportedError} If the store cannot say.
   */
  list(prefix: string): Promise<ListedObject[]>;
  /**
   * The keys that begin with a prefix, and those of objects that somebody began to write and did not finish.
   *
   * @param prefix The beginning of the keys; a folder with its slash.
   * @throws {UnsupportedError} If the store cannot say.
   */
  keys(prefix: string): Promise<{ readonly keys: readonly string[]; readonly torn: readonly string[] }>;
  /**
   * What lies in a folder.
   *
   * @param folder The folder, without a slash at its end; empty for the whole store.
   * @throws {UnsupportedError} If the store cannot say.
   */
  children(folder: string): Promise<ListedFolder>;
  /**
   * Removes an object, if it is there.
   *
   * @param key The key.
   */
  remove(key: string): Promise<void>;
}

/** Where objects lie, as data that can be posted to other threads. It never holds secrets. */
export type ObjectsLocation =
  | { readonly kind: "file"; readonly root: string }
  | { readonly kind: "http"; readonly url: string; readonly requests?: RequestOptions }
  | {
    readonly kind: "s3";
    readonly bucket: string;
    readonly prefix: string;
    readonly requests?: RequestOptions;
  };

/** How often and how long a server is asked. */
export interface RequestOptions {
  /** How often a request is tried. Default 5. */
  readonly tries?: number;
  /** How long to wait before the second try, in milliseconds; twice as long before each further one. Default 100. */
  readonly backOffMs?: number;
  /** How long a server may send nothing before a try is given up, in milliseconds. Default 30,000. */
  readonly stallMs?: number;
}

/**
 * A key within a folder of keys.
 *
 * @param folder The folder; empty for the store itself.
 * @param name The rest.
 */
export function joinKey(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
