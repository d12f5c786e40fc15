/**
 * Whether a memory's addresses have 32 or 64 bits. Its size does not tell: a small memory can have 64-bit addresses.
 *
 * @module
 */

import { encodeModule } from "../wasm/module.ts";

/** Bytes that 32-bit addresses reach. */
const MOST_BYTES_32 = 2 ** 32;

/** What was found out, by memory. */
const known = new WeakMap<WebAssembly.Memory, boolean>();

/** A module that imports a memory with 32-bit addresses and does nothing. */
let probe: WebAssembly.Module | undefined;

/**
 * Whether a memory has 64-bit addresses. Each memory is tried once, which takes a few microseconds.
 *
 * @param memory A shared memory.
 */
export function has64BitAddresses(memory: WebAssembly.Memory): boolean {
  let is64 = known.get(memory);
  if (is64 === undefined) {
    is64 = memory.buffer.byteLength > MOST_BYTES_32 || !isImportable32(memory);
    known.set(memory, is64);
  }
  return is64;
}

/** Nothing but an attempt to import it tells: memories do not say what they are. */
function isImportable32(memory: WebAssembly.Memory): boolean {
  probe ??= new WebAssembly.Module(encodeModule({ memories: [{ name: "memory" }], functions: [] }));
  try {
    new WebAssembly.Instance(probe, { env: { memory } });
    return true;
  } catch {
    return false;
  }
}
