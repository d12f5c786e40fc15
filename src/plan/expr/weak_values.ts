/**
 * Weak values, and their nodes once their dtype is known.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import { type Constant, integerOfJavaScript, isWeakInteger } from "./literals.ts";
import type { NodeStore } from "./nodes.ts";
import type { ProgramNode } from "./program.ts";
import type { Span } from "./syntax.ts";
import { type CheckedValue, computedIn, type Leaf, type WeakValue } from "./values.ts";

/**
 * The node of a value in a dtype.
 *
 * @param store Makes nodes.
 * @param value The value.
 * @param dtype What it is to mean.
 */
export function nodeIn(store: NodeStore, value: CheckedValue, dtype: DType): ProgramNode {
  return value.isWeak ? buildWeak(value, dtype) : store.cast(value.node, computedIn(dtype));
}

/**
 * A number that is known.
 *
 * @param store Makes nodes.
 * @param constant The number.
 * @param at Where it stands.
 */
export function weakConstant(store: NodeStore, constant: Constant, at: Span): WeakValue {
  const isInteger = isWeakInteger(constant);
  return {
    isWeak: true,
    isFloat: !isInteger,
    constant,
    scalar: null,
    leaves: isInteger ? leavesOf(constant, at) : [],
    parts: [],
    make: (dtype) => dtype === "float16" ? store.besideHalf(constant) : store.literal(constant, dtype),
    built: new Map(),
    at,
  };
}

function leavesOf(constant: Constant, at: Span): Leaf[] {
  const { exact: value } = constant, ofJavaScript = integerOfJavaScript(constant);
  return value === null || ofJavaScript === null ? [] : [{ value, ofJavaScript, at }];
}

/** The leaves that tell for all whether they fit. */
function telling(leaves: readonly Leaf[]): Leaf[] {
  if (leaves.length < 2) return leaves.slice();
  const least = leaves.reduce((a, b) => b.value < a.value ? b : a);
  const most = leaves.reduce((a, b) => b.value > a.value ? b : a);
  const doubtful = leaves.find(({ value, ofJavaScript }) => value !== ofJavaScript);
  return [...new Set(doubtful === undefined ? [least, most] : [least, most, doubtful])];
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
  return {
    isWeak: true,
    isFloat,
    constant: null,
    scalar: null,
    leaves: telling(parts.flatMap(({ leaves }) => leaves)),
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
 * @param dtype What it is to mean.
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
