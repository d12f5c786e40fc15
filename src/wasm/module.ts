/**
 * WebAssembly modules as bytes: types, imports, functions, exports.
 *
 * @module
 */

import { type Code, code, OP, unsigned } from "./code.ts";

/** A memory that a module imports. */
export interface MemoryImport {
  /** The import's name, in the namespace `env`. */
  readonly name: string;
  /** Whether its addresses have 64 bits. */
  readonly is64?: boolean;
}

/** A function of a module. */
export interface WasmFunction {
  /** The name of the export, or null for a function that only others of the module call. */
  readonly name: string | null;
  /** The types of its parameters. */
  readonly parameters: readonly number[];
  /** The types of its results. */
  readonly results: readonly number[];
  /** The types of its other locals, which are numbered from behind the parameters. */
  readonly locals: readonly number[];
  /** What it does, without the `end` of the function. */
  readonly body: Code;
}

/** What a module is made of. */
export interface ModuleParts {
  /** Shared memories, numbered in this order. */
  readonly memories: readonly MemoryImport[];
  /** Functions, numbered in this order. */
  readonly functions: readonly WasmFunction[];
}

/** The most pages of 64 KiB that a memory may have, so that every one can be imported: 4 GiB, or V8's 16 GiB. */
const MOST_PAGES_32 = [0x80, 0x80, 0x04], MOST_PAGES_64 = [0x80, 0x80, 0x10];

/**
 * A module that imports one shared memory with 32-bit addresses as `env.memory` and exports functions.
 *
 * @param functions The functions.
 * @returns The bytes, for `new WebAssembly.Module`.
 */
export function moduleBytes(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  return encodeModule({ memories: [{ name: "memory" }], functions });
}

/**
 * A module.
 *
 * @param parts Its memories and functions.
 * @returns The bytes, for `new WebAssembly.Module`.
 */
export function encodeModule({ memories, functions }: ModuleParts): Uint8Array<ArrayBuffer> {
  const exported = functions.map((f, k) => ({ name: f.name, k })).filter(({ name }) => name !== null);
  return new Uint8Array(code(
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    section(1, functions.map((f) => code([0x60], counted(f.parameters), counted(f.results)))),
    section(2, memories.map(memoryImport)),
    section(3, functions.map((_, k) => unsigned(k))),
    section(7, exported.map(({ name, k }) => code(text(name ?? ""), [0x00], unsigned(k)))),
    section(10, functions.map((f) => counted(code(localsOf(f), f.body, OP.end)))),
  ));
}

/** Shared memories declare a maximum: bit 0 says so, bit 1 that they are shared, bit 2 that they have 64-bit addresses. */
function memoryImport({ name, is64 = false }: MemoryImport): Code {
  return code(text("env"), text(name), [0x02, is64 ? 0x07 : 0x03, 1], is64 ? MOST_PAGES_64 : MOST_PAGES_32);
}

/** Locals in runs of one type. */
function localsOf({ locals }: WasmFunction): Code {
  const runs: [count: number, type: number][] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last?.[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  return code(unsigned(runs.length), ...runs.map(([count, type]) => code(unsigned(count), [type])));
}

/** Bytes with their number before them. */
function counted(bytes: Code): Code {
  return code(unsigned(bytes.length), bytes);
}

function text(ascii: string): Code {
  return counted(Array.from(ascii, (character) => character.charCodeAt(0)));
}

function section(id: number, entries: readonly Code[]): Code {
  return code([id], counted(code(unsigned(entries.length), ...entries)));
}
