/**
 * The few functions of the C library that shared memory with a name and mapped files take, loaded when one is first
 * needed. They need `--allow-ffi`.
 *
 * Linux is tested. What differs on macOS is written down from its headers and has not been run there.
 *
 * @module
 */

import { UnsupportedError } from "../../errors.ts";

/** Whether this system names its constants and its library as macOS does. */
const IS_DARWIN = Deno.build.os === "darwin";

/** Whether arguments behind the named ones lie on the stack, which they do on Apple's 64-bit ARM alone. */
const HAS_STACKED_ARGUMENTS = IS_DARWIN && Deno.build.arch === "aarch64";

/** The errors that are told apart, by their names. */
export type SystemErrorName = keyof typeof MEANINGS;

/** What they mean, in words that go behind `Cannot …: `. */
const MEANINGS = {
  ENOENT: "there is none of that name",
  EEXIST: "there is one of that name",
  EACCES: "the system does not permit it",
  EPERM: "the system does not permit it",
  ENOSPC: "there is not enough room",
  EDQUOT: "there is not enough room",
  EFBIG: "there is not enough room",
  ENOMEM: "there is not enough memory",
  EINVAL: "the system does not take the name or the size",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  EROFS: "the file system can only be read",
  EINTR: "it was interrupted",
  EOPNOTSUPP: "the file system cannot do it",
  ESRCH: "there is no such process",
  EIO: "reading or writing failed",
} as const;

/** Their numbers. */
const NUMBERS: Readonly<Record<SystemErrorName, number>> = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENOMEM: 12,
  EACCES: 13,
  EEXIST: 17,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EOPNOTSUPP: IS_DARWIN ? 102 : 95,
  ENAMETOOLONG: IS_DARWIN ? 63 : 36,
  EDQUOT: IS_DARWIN ? 69 : 122,
};

/** What the system refused. Callers turn it into an error that names what the user asked for. */
export class SystemError extends Error {
  override readonly name: string = "SystemError";
  /** The error's name in the C library, or null where it is another one. */
  readonly code: SystemErrorName | null;

  constructor(call: string, number: number) {
    const names = Object.keys(NUMBERS) as SystemErrorName[];
    const code = names.find((name) => NUMBERS[name] === number) ?? null;
    super(code === null ? `${call} failed with error ${number}` : MEANINGS[code]);
    this.code = code;
  }
}

/** Flags of opening: read and write, make new, empty, and not for child processes. */
export const OPEN = {
  read: 0,
  write: 2,
  create: IS_DARWIN ? 0x200 : 0o100,
  exclusive: IS_DARWIN ? 0x800 : 0o200,
  truncate: IS_DARWIN ? 0x400 : 0o1000,
  closeOnExec: IS_DARWIN ? 0x1000000 : 0o2000000,
} as const;

/** Flags of mapping. What is mapped is always mapped over pages that are there. */
export const MAP = {
  shared: 0x01,
  private: 0x02,
  fixed: 0x10,
  anonymous: IS_DARWIN ? 0x1000 : 0x20,
  noReserve: IS_DARWIN ? 0x40 : 0x4000,
} as const;

/** To be read and written. */
export const PROTECTION_READ_WRITE = 3;

/** Flag of msync: come back when it is done. */
export const SYNC = IS_DARWIN ? 0x10 : 4;

/** Where `lseek` counts from: the end. */
export const SEEK_END = 2;

/**
 * `shm_open` takes its mode behind its named arguments. Where those lie on the stack, six more fill the registers
 * that are left.
 */
const SHM_OPEN_PADDING: readonly 0n[] = HAS_STACKED_ARGUMENTS ? [0n, 0n, 0n, 0n, 0n, 0n] : [];

const DEFINITIONS = {
  shm_open: {
    parameters: ["buffer", "i32", ...SHM_OPEN_PADDING.map(() => "u64" as const), "u64"],
    result: "i32",
  },
  shm_unlink: { parameters: ["buffer"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  msync: { parameters: ["pointer", "usize", "i32"], result: "i32", nonblocking: true },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
} as const;

/** Functions that not every system has, or not under that name. */
const OPTIONAL = {
  /** Linux: takes the room that a file will need. */
  posix_fallocate: { parameters: ["i32", "i64", "i64"], result: "i32" },
  /** Linux: tells one file from another. */
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  /** macOS, where shared memory cannot be sought in. */
  fstat: { parameters: ["i32", "buffer"], result: "i32" },
  fstat$INODE64: { parameters: ["i32", "buffer"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
  __error: { parameters: [], result: "pointer" },
} as const;

type Definitions = typeof DEFINITIONS;
type Optional = typeof OPTIONAL;

/** A function of the library by its definition. */
type Functions<T extends Readonly<Record<string, Deno.ForeignFunction>>> = {
  readonly [name in keyof T]: Deno.UnsafeFnPointer<T[name]>["call"];
};

/** The library. */
export interface CLibrary extends Functions<Definitions>, Partial<Functions<Optional>> {}

let library: CLibrary | undefined;

/** What is said where the library has another name, as that of some small systems. */
const UNKNOWN_LIBRARY = "the system's C library is not as expected";

/**
 * Why this program cannot use the C library, or null where it can. Nobody is asked for the permission.
 */
export function whyNoLibrary(): string | null {
  const { os } = Deno.build;
  if (os !== "linux" && os !== "darwin") return `it is there on Linux and macOS only, and this is ${os}`;
  const isGranted = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  if (!isGranted) return "it needs a permission: run with --allow-ffi";
  try {
    return find("mmap") === null ? UNKNOWN_LIBRARY : null;
  } catch {
    return UNKNOWN_LIBRARY;
  }
}

/**
 * The C library.
 *
 * @param what What it is needed for, for the message.
 * @throws {UnsupportedError} If the system has none that is known here, or without `--allow-ffi`.
 */
export function cLibrary(what: string): CLibrary {
  if (library !== undefined) return library;
  const reason = whyNoLibrary();
  if (reason !== null) throw new UnsupportedError(`${what} is not to be had: ${reason}`);
  // Functions are found when they are used, because finding all takes a millisecond.
  const lazy = Object.create(null);
  for (const [name, definition] of Object.entries({ ...DEFINITIONS, ...OPTIONAL })) {
    Object.defineProperty(lazy, name, {
      configurable: true,
      get: () => {
        const value = functionOf(name, definition);
        Object.defineProperty(lazy, name, { value });
        return value;
      },
    });
  }
  // Each is made by the definition of its name.
  return library = lazy as CLibrary;
}

function functionOf(name: string, definition: Deno.ForeignFunction): unknown {
  const address = find(name);
  if (address === null) return undefined;
  const pointer = new Deno.UnsafeFnPointer(address, definition);
  return pointer.call.bind(pointer);
}

/**
 * The address of a function. The library is closed again: the process has it anyhow, and what stays open would count
 * as a leak in tests of users.
 *
 * @param name Its name.
 * @returns Null where there is none of that name.
 */
function find(name: string): Deno.PointerObject<Deno.ForeignFunction> | null {
  const symbols: Deno.ForeignLibraryInterface = { [name]: { type: "pointer", optional: true } };
  const library = Deno.dlopen(IS_DARWIN ? "libSystem.dylib" : "libc.so.6", symbols);
  try {
    // Only an address was asked for: that of a function by this name.
    return library.symbols[name] as Deno.PointerObject<Deno.ForeignFunction> | null;
  } finally {
    library.close();
  }
}

/**
 * What a call gave, unless that is -1.
 *
 * @param call The call's name.
 * @param library The library.
 * @param result What it gave.
 * @throws {SystemError} If it is -1.
 */
export function checked<N extends number | bigint>(call: string, library: CLibrary, result: N): N {
  if (Number(result) === -1) throw new SystemError(call, lastError(library));
  return result;
}

/**
 * The number of the last call's error.
 *
 * @param library The library.
 */
export function lastError(library: CLibrary): number {
  const place = (library.__errno_location ?? library.__error)?.();
  return place === undefined || place === null ? 0 : new Deno.UnsafePointerView(place).getInt32();
}

/**
 * Opens shared memory.
 *
 * @param library The library.
 * @param name Its name, without a slash.
 * @param flags Some of {@linkcode OPEN}.
 * @returns The file descriptor.
 * @throws {SystemError} If the system does not give it.
 */
export function openShared(library: CLibrary, name: string, flags: number): number {
  // The number of arguments depends on the system, which the types cannot say.
  const call = library.shm_open as (...args: readonly unknown[]) => number;
  const result = call(cText(`/${name}`), flags | OPEN.closeOnExec, ...SHM_OPEN_PADDING, 0o600n);
  return checked("shm_open", library, result);
}

/** Of `statx`: of the open file itself; the inode is wanted, and where it stands among what comes back. */
const EMPTY_PATH = 0x1000, INODE_WANTED = 0x100, INODE_OFFSET = 32;

/**
 * The number that an open piece of shared memory has and no other one, whatever name it is given.
 *
 * @param library The library.
 * @param descriptor The open memory.
 * @returns Null where the system does not tell.
 */
export function sharedNumber(library: CLibrary, descriptor: number): string | null {
  const facts = new BigUint64Array(32);
  if (library.statx?.(descriptor, cText(""), EMPTY_PATH, INODE_WANTED, facts) !== 0) return null;
  return String(facts[INODE_OFFSET / facts.BYTES_PER_ELEMENT]);
}

/**
 * A text as the C library takes it.
 *
 * @param text The text; it has no character 0.
 */
export function cText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
