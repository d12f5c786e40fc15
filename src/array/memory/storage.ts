/**
 * The memory of an array and its views, and how long it lives.
 *
 * @module
 */

import type { DType, TypedData } from "../../dtype.ts";
import { DisposedError } from "../../errors.ts";
import { letGo, type MemorySource, recycle, type SharedMemory } from "./shared_memory.ts";

const DISPOSED = "The array was used after it was disposed";

/** Identities of memories that this thread has met, and of their buffers: several arrays can be made over one. */
const identities = new WeakMap<MemorySource | ArrayBufferLike, number>();

/** Remembers by which number a memory is known, if any: of the memory itself and of the buffer that it has now. */
function learnIdentity({ buffer, source }: SharedMemory, identity: number | undefined): void {
  const known = identities.get(source) ?? identity;
  if (known === undefined) return;
  identities.set(source, known);
  identities.set(buffer, known);
}

function areSameBytes(a: ArrayBufferLike, b: ArrayBufferLike): boolean {
  const identity = identities.get(a);
  return a === b || (identity !== undefined && identity === identities.get(b));
}

/** A number that no other memory has, on any thread. */
function newIdentity(): number {
  const [low, high] = crypto.getRandomValues(new Uint32Array(2));
  return (high >>> 11) * 2 ** 32 + low;
}

/** Options of a storage. */
export interface StorageOptions {
  /** Whether the memory was allocated for it. Default false. */
  readonly owns?: boolean;
  /** The identity by which another thread knows the memory. */
  readonly identity?: number;
  /** Whether what is written to the elements gets nowhere, so that a run must not have them as an output. */
  readonly readOnly?: boolean;
  /** What else ends with it. */
  readonly ending?: StorageEnding;
}

/** What a storage is told at its end, for memory that is not only this process's. */
export interface StorageEnding {
  /** It was disposed. */
  disposed?(): void;
  /**
   * It gave its memory up: no run uses it.
   *
   * @param memory The memory.
   * @param mayBeUsed Whether somebody who got a handle may still use it.
   */
  released(memory: WebAssembly.Memory, mayBeUsed: boolean): void;
}

/**
 * The elements that an array and all its views share. All of them refer to one storage, so that its end is the end of
 * all of them.
 *
 * A storage that owns its memory recycles it when it is disposed, unless somebody else may still use it: a run that is
 * not over, or whoever was given a handle.
 */
export class Storage<D extends DType = DType> {
  /** The elements; undefined once the storage was disposed. */
  data: TypedData<D> | undefined;
  #source: MemorySource | undefined;
  readonly #owns: boolean;
  /** Whether what is written to the elements gets nowhere. */
  readonly isReadOnly: boolean;
  #ending: StorageEnding | undefined;
  #isShared = false;
  #holds = 0;

  /**
   * @param memory Where the elements live; nothing for a storage that has ended.
   * @param data The elements.
   * @param options Whether the memory was allocated for this storage; an identity that another thread knows it by.
   */
  constructor(memory?: SharedMemory, data?: TypedData<D>, options: StorageOptions = {}) {
    this.data = data;
    this.#source = memory?.source;
    this.#owns = options.owns ?? false;
    this.isReadOnly = options.readOnly ?? false;
    this.#ending = options.ending;
    if (memory === undefined) return;
    // A memory that somebody else has can grow, and then has another buffer over the same bytes.
    const isForeign = !this.#owns && memory.source instanceof WebAssembly.Memory;
    learnIdentity(memory, options.identity ?? (isForeign ? newIdentity() : undefined));
  }

  /**
   * The elements.
   *
   * @throws {DisposedError} If the storage was disposed.
   */
  require(): TypedData<D> {
    if (this.data === undefined) throw new DisposedError(DISPOSED);
    return this.data;
  }

  /** The WebAssembly memory that the elements lie in, if they do. */
  get webAssemblyMemory(): WebAssembly.Memory | undefined {
    return this.#source instanceof WebAssembly.Memory ? this.#source : undefined;
  }

  /** The number by which threads know the memory, if another one was told of it. */
  get identity(): number | undefined {
    return this.#source === undefined ? undefined : identities.get(this.#source);
  }

  /**
   * What other threads need to know the memory: they will, so it is never recycled.
   *
   * @throws {DisposedError} If the storage was disposed.
   */
  share(): { readonly source: MemorySource; readonly identity: number } {
    this.#isShared = true;
    return this.#described();
  }

  #described(): { readonly source: MemorySource; readonly identity: number } {
    const { buffer } = this.require(), source = this.#source;
    if (source === undefined) throw new DisposedError(DISPOSED);
    const identity = identities.get(source) ?? newIdentity();
    learnIdentity({ buffer, source }, identity);
    return { source, identity };
  }

  /**
   * The same for the time of a run.
   *
   * @returns What workers need, and a function to be called when they are done. Its argument tells whether some may
   * still write: then the memory is not recycled.
   */
  lend(): {
    readonly source: MemorySource;
    readonly identity: number;
    readonly giveBack: (mayBeWritten: boolean) => void;
  } {
    const described = this.#described();
    this.#holds++;
    return {
      ...described,
      giveBack: (mayBeWritten) => {
        this.#isShared ||= mayBeWritten;
        if (--this.#holds === 0 && this.data === undefined) this.#end();
      },
    };
  }

  /** Whether two storages are over the same memory, even where one came from a handle. */
  isSameMemory(other: Storage): boolean {
    return this.#source === other.#source || areSameBytes(this.require().buffer, other.require().buffer);
  }

  /** Whether the elements lie in a buffer, or in one that a handle or a memory says is the same. */
  isOver(buffer: ArrayBufferLike): boolean {
    return areSameBytes(this.require().buffer, buffer);
  }

  /** Ends all arrays over this storage. Its memory is recycled, as soon as no run uses it. */
  dispose(): void {
    if (this.data === undefined) return;
    this.data = undefined;
    this.#ending?.disposed?.();
    if (this.#holds === 0) this.#end();
  }

  #end(): void {
    const dropped = this.#release();
    // Nothing here refers to the memory any more, so that it can be collected at once.
    if (dropped > 0) letGo(dropped);
  }

  /** Gives the memory up. Returns how many bytes cannot be used again. */
  #release(): number {
    const source = this.#source, ending = this.#ending;
    this.#source = undefined;
    this.#ending = undefined;
    if (source instanceof WebAssembly.Memory) ending?.released(source, this.#isShared);
    if (!this.#owns || !(source instanceof WebAssembly.Memory)) return 0;
    return this.#isShared ? source.buffer.byteLength : recycle(source);
  }
}
