/**
 * WebAssembly memory whose pages are those of a file, or of shared memory that has a name.
 *
 * A shared memory is made, and the file is mapped over its pages. From then on it is a memory as any other: compiled
 * kernels address it, workers get it in a message and need no permission, and nothing is copied. The mapping ends with
 * the memory, when that is collected, or before that when an array is disposed whose memory nobody else was given.
 *
 * @module
 */

import { AllocationError, showBytes } from "../../errors.ts";
import { pressure } from "./allocation.ts";
import {
  checked,
  type CLibrary,
  lastError,
  MAP,
  PROTECTION_READ_WRITE,
  SEEK_END,
  SYNC,
  SystemError,
  type SystemErrorName,
} from "./posix.ts";
import type { StorageEnding } from "./storage.ts";
import { fromSource, PAGE_BYTES, type SharedMemory, sharedMemory } from "./shared_memory.ts";

/** The most bytes that one memory can have: 16 GiB. */
export const MOST_MAPPED_BYTES: number = 262_144 * PAGE_BYTES;

/** A mapping is little memory of this process's, but there can only be some ten thousand of them. */
const PRESSURE_BYTES = 1 << 20;

/** Where a memory's mapping lies. */
interface Mapping {
  readonly library: CLibrary;
  readonly address: Deno.PointerValue;
  readonly byteLength: number;
  readonly isPrivate: boolean;
}

const mappings = new WeakMap<WebAssembly.Memory, Mapping>();

/** Options of {@linkcode mapMemory}. */
export interface MapMemoryOptions {
  /** How many bytes, from the file's first on. The file has as many. */
  readonly byteLength: number;
  /** Whether what is written stays with this process: it never reaches the file. */
  readonly isPrivate: boolean;
}

/**
 * Maps a file over a new memory.
 *
 * @param library The C library.
 * @param descriptor The open file, which may be closed afterwards.
 * @param options How much of it, and how.
 * @throws {AllocationError} If there is no memory of that size.
 * @throws {SystemError} If the file cannot be mapped.
 */
export function mapMemory(library: CLibrary, descriptor: number, options: MapMemoryOptions): SharedMemory {
  const { isPrivate } = options, byteLength = Math.max(1, options.byteLength);
  pressure.add(PRESSURE_BYTES);
  const memory = sharedMemory(byteLength, "to map into");
  const address = addressOf(memory);
  // What is only read takes no memory until somebody writes to it, so it need not be there.
  const kind = isPrivate ? MAP.private | MAP.noReserve : MAP.shared;
  const map = () =>
    library.mmap(address, BigInt(byteLength), PROTECTION_READ_WRITE, kind | MAP.fixed, descriptor, 0n);
  let place = map();
  if (!isAt(place, address)) {
    // There may be too many mappings: those of memories that were dropped are still there.
    pressure.relieve();
    place = map();
    if (!isAt(place, address)) throw new SystemError("mmap", lastError(library));
  }
  mappings.set(memory, { library, address, byteLength, isPrivate });
  return fromSource(memory);
}

function addressOf(memory: WebAssembly.Memory): Deno.PointerValue {
  // Pointers can be had of shared memory too, which the types leave out.
  return Deno.UnsafePointer.of(new Uint8Array(memory.buffer as ArrayBuffer));
}

function isAt(place: Deno.PointerValue, address: Deno.PointerValue): boolean {
  return place !== null && address !== null && Deno.UnsafePointer.equals(place, address);
}

/**
 * Ends a mapping at once. Whoever still has the memory finds zeros in it.
 *
 * @param memory The memory.
 */
export function unmapMemory(memory: WebAssembly.Memory): void {
  const mapping = mappings.get(memory);
  if (mapping === undefined) return;
  mappings.delete(memory);
  const { library, address, byteLength } = mapping;
  const kind = MAP.private | MAP.anonymous | MAP.fixed | MAP.noReserve;
  library.mmap(address, BigInt(byteLength), PROTECTION_READ_WRITE, kind, -1, 0n);
}

/** The number by which this thread knows what several memories are mapped to. */
export interface KnownIdentity {
  /** What they are mapped to. */
  readonly key: string;
  /** The number. */
  readonly identity: number;
}

/** What is mapped in this thread: arrays of one file or one name share their elements, whatever their memory. */
class Identities {
  readonly #known = new Map<string, { readonly identity: number; arrays: number }>();

  /** The number of a file or name, for an array more. */
  take(key: string): KnownIdentity {
    // As good as a number of the system's for telling memories apart, and had in no time.
    const known = this.#known.get(key) ?? { identity: Math.floor(Math.random() * 2 ** 53), arrays: 0 };
    known.arrays++;
    this.#known.set(key, known);
    return { key, identity: known.identity };
  }

  /** An array less has it. */
  giveBack({ key, identity }: KnownIdentity): void {
    const known = this.#known.get(key);
    if (known?.identity === identity && --known.arrays === 0) this.#known.delete(key);
  }

  /** What has the name from now on is something else. */
  forget(key: string): void {
    this.#known.delete(key);
  }
}

/** The numbers of this thread. */
export const identities: Identities = new Identities();

/**
 * What ends a mapping with its array where nobody else was given the memory; otherwise it ends when that is collected.
 *
 * @param known The number of what is mapped.
 */
export function releaser(known: KnownIdentity): StorageEnding["released"] {
  return (memory, mayBeUsed) => {
    if (mayBeUsed) return;
    unmapMemory(memory);
    identities.giveBack(known);
  };
}

/**
 * Waits until what was written to a mapping is in its file.
 *
 * @param memory The memory. One that is not mapped, or whose writes get nowhere, has nothing to wait for.
 * @throws {SystemError} If the system cannot write it.
 */
export async function syncMapped(memory: WebAssembly.Memory): Promise<void> {
  const mapping = mappings.get(memory);
  if (mapping === undefined || mapping.isPrivate) return;
  const { library, address, byteLength } = mapping;
  // The memory is mentioned below, so that it is not collected while the system is at it on another thread, where
  // what went wrong cannot be asked for.
  const result = await library.msync(address, BigInt(byteLength), SYNC);
  if (result !== 0 && mappings.has(memory)) throw new SystemError("msync", 0);
}

/**
 * The size of an open file or of shared memory.
 *
 * @param library The C library.
 * @param descriptor The file.
 * @throws {SystemError} If the system does not say.
 */
export function sizeOfOpen(library: CLibrary, descriptor: number): number {
  if (Deno.build.os !== "darwin") {
    return Number(checked("lseek", library, library.lseek(descriptor, 0n, SEEK_END)));
  }
  const facts = new Uint8Array(256), fstat = library.fstat$INODE64 ?? library.fstat;
  if (fstat === undefined) throw new SystemError("fstat", 0);
  checked("fstat", library, fstat(descriptor, facts));
  return Number(new DataView(facts.buffer).getBigInt64(DARWIN_SIZE_OFFSET, true));
}

/** Where `st_size` stands in macOS's `struct stat` with 64-bit inodes. */
const DARWIN_SIZE_OFFSET = 96;

/** `posix_fallocate` gives these where a file system or an emulation has none; the file has its size all the same. */
const NO_FALLOCATE: readonly (SystemErrorName | null)[] = ["EOPNOTSUPP", "EINVAL"];

/**
 * Gives an open file its size and, where the system can, the room for it: whoever writes to a mapping without room for
 * it ends the process.
 *
 * @param library The C library.
 * @param descriptor The file, which is empty.
 * @param byteLength Its size.
 * @throws {SystemError} If there is no room.
 */
export function takeRoom(library: CLibrary, descriptor: number, byteLength: number): void {
  checked("ftruncate", library, library.ftruncate(descriptor, BigInt(byteLength)));
  const { posix_fallocate: fallocate } = library;
  if (fallocate === undefined || byteLength === 0) return;
  for (;;) {
    // It gives the error itself.
    const result = fallocate(descriptor, 0n, BigInt(byteLength));
    if (result === 0) return;
    const error = new SystemError("posix_fallocate", result);
    if (NO_FALLOCATE.includes(error.code)) return;
    if (error.code !== "EINTR") throw error;
  }
}

/**
 * An error for the user, where the system said that there is no room or no memory.
 *
 * @param error What was thrown.
 * @param what What could not be done, such as `Cannot create shared memory tmp`.
 * @param byteLength How many bytes it takes.
 * @returns Undefined where it is another error.
 */
export function roomError(error: unknown, what: string, byteLength: number): AllocationError | undefined {
  if (!(error instanceof SystemError)) return undefined;
  const isRoom = ["ENOSPC", "EDQUOT", "EFBIG", "ENOMEM"].includes(error.code ?? "");
  if (!isRoom) return undefined;
  return new AllocationError(
    `${what} of ${showBytes(byteLength)} (${byteLength} bytes): ${error.message}`,
    byteLength,
    {
      cause: error,
    },
  );
}
