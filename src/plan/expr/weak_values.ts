/**
 * Weak values, and their nodes once their dtype is known.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import type { Constant } from "./literals.ts";
import type { NodeStore } from "./nodes.ts";
import type { ProgramNode } from "./program.ts";
import type { Span } from "./syntax.ts";
import { type CheckedValue, computedIn, type WeakValue } from "./values.ts";

/**
 * The node of a value in a dtype.
 *
 * @param store Makes nodes.
 * @param value The value.
 * @param dtype What it is to mean.
 */
export function nodeIn(store: NodeStore, value: CheckedValue, dtype: DType): ProgramNode {
  const computed = computedIn(dtype);
  return value.isWeak ? buildWeak(value, computed) : store.cast(value.node, computed);
}

/**
 * A number that is known.
 *
 * @param store Makes nodes.
 * @param constant The number.
 * @param at Where it stands.
 */
export function weakConstant(store: NodeStore, constant: Constant, at: Span): WeakValue {
  const leaf = constant.exact === null ? null : { value: constant.exact, at };
  return {
    isWeak: true,
    isFloat: constant.exact === null,
    constant,
    scalar: null,
    least: leaf,
    most: leaf,
    parts: [],
    make: (dtype) => store.literal(constant, dtype),
    built: new Map(),
    at,
  };
}

/**
 * A weak value that is computed.
 *
 * @param isFloat Whether it is a weak float.
 * @param args What it is made of.
 * @param at Where it stands.
 * @param make Makes its node in a dtype, from the nodes of its arguments in that dtype.
 */
export function weakResult(
  isFloat: boolean,
  args: readonly CheckedValue[],
  at: Span,
  make: (dtype: DType) => ProgramNode,
): WeakValue {
  const parts = args.filter((arg) => arg.isWeak);
  const leaves = parts.flatMap(({ least, most }) => [least, most]).filter((leaf) => leaf !== null);
  const sorted = leaves.sort((a, b) => a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
  return {
    isWeak: true,
    isFloat,
    constant: null,
    scalar: null,
    least: sorted.at(0) ?? null,
    most: sorted.at(-1) ?? null,
    parts,
    make,
    built: new Map(),
    at,
  };
}

/**
 * The node of a weak value in a dtype.
 *
 * @param value The value.
 * @param dtype A dtype that is computed with.
 */
export function buildWeak(value: WeakValue, dtype: DType): ProgramNode {
  // A stack of its own instead of recursion: parts first, each once.
  const open = [value];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const waiting = last.built.has(dtype) ? [] : last.parts.filter((part) => !part.built.has(dtype));
    if (waiting.length > 0) open.push(...waiting.reverse());
    else {
      last.built.set(dtype, last.built.get(dtype) ?? last.make(dtype));
      open.pop();
    }
  }
  return value.built.get(dtype) ?? value.make(dtype);
}
