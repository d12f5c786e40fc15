/**
 * Nodes of a program, each one once: what is asked for twice is the same object.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import { MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_LARGE } from "./limits.ts";
import { bigConstant, type Constant, floatConstant, literalValue } from "./literals.ts";
import type { CallName, ProgramNode } from "./program.ts";

/** A node that was made before, with what is known of it. */
interface Kept {
  readonly id: number;
  readonly depth: number;
}

/** Makes nodes. */
export class NodeStore {
  readonly #refuse: (reason: string) => never;
  readonly #byKey = new Map<string, ProgramNode>();
  readonly #kept = new Map<ProgramNode, Kept>();

  /**
   * Starts without nodes.
   *
   * @param refuse Throws where the program becomes too large.
   */
  constructor(refuse: (reason: string) => never) {
    this.#refuse = refuse;
  }

  /** A number, rounded or wrapped to a dtype. */
  literal(constant: Constant, dtype: DType): ProgramNode {
    const value = literalValue(constant, dtype);
    const shown = Object.is(value, -0) ? "-0" : String(value);
    return this.#keep(`literal ${dtype} ${shown}`, { kind: "literal", dtype, value }, []);
  }

  /** A number that means float16: rounded to it once, and computed with as float32. */
  half(constant: Constant): ProgramNode {
    return this.literal(floatConstant(Number(literalValue(constant, "float16"))), "float32");
  }

  /**
   * A number that meets float16. It is rounded to it as elements are, so that `f16 === 0.1` finds what was stored as
   * 0.1; but a factor such as 1e5 or 1e-9, which float16 has only as infinity or 0, is computed with as it is.
   */
  besideHalf(constant: Constant): ProgramNode {
    const { value } = constant, rounded = Math.f16round(value);
    const isLost = Number.isFinite(value) && value !== 0 && (rounded === 0 || !Number.isFinite(rounded));
    return isLost ? this.literal(constant, "float32") : this.half(constant);
  }

  /** `true` or `false`. */
  bool(value: boolean): ProgramNode {
    return this.literal(floatConstant(Number(value)), "bool");
  }

  /** The element of an input: the one at hand, or one that lies `offset` from it. */
  input(name: string, dtype: DType, offset: readonly number[] = []): ProgramNode {
    if (offset.every((distance) => distance === 0)) {
      return this.#keep(`input ${name}`, { kind: "input", dtype, name }, []);
    }
    return this.#keep(`input ${name} at ${offset}`, { kind: "input", dtype, name, offset }, []);
  }

  /** A scalar parameter as a dtype. */
  scalar(name: string, dtype: DType): ProgramNode {
    return this.#keep(`scalar ${dtype} ${name}`, { kind: "scalar", dtype, name }, []);
  }

  /** The element's coordinate. */
  index(axis: number): ProgramNode {
    return this.#keep(`index ${axis}`, { kind: "index", dtype: "int64", axis }, []);
  }

  /** A conversion; none where the dtype is right, or where it only takes back one that lost nothing. */
  cast(of: ProgramNode, dtype: DType): ProgramNode {
    if (of.dtype === dtype) return of;
    if (of.kind === "literal" && dtype !== "float16") return this.literal(constantOfLiteral(of.value), dtype);
    if (dtype === "float16" && of.kind === "cast" && of.of.dtype === "float16") return of.of;
    return this.#keep(`cast ${dtype} ${this.#idsOf([of])}`, { kind: "cast", dtype, of }, [of]);
  }

  /** An operation. */
  call(name: CallName, dtype: DType, args: readonly ProgramNode[]): ProgramNode {
    return this.#keep(
      `call ${name} ${dtype} ${this.#idsOf(args)}`,
      { kind: "call", name, dtype, args },
      args,
    );
  }

  /** One of two values of one dtype. */
  select(condition: ProgramNode, yes: ProgramNode, no: ProgramNode): ProgramNode {
    const parts = [condition, yes, no];
    const node: ProgramNode = { kind: "select", dtype: yes.dtype, condition, yes, no };
    return this.#keep(`select ${this.#idsOf(parts)}`, node, parts);
  }

  #keep(key: string, node: ProgramNode, parts: readonly ProgramNode[]): ProgramNode {
    const same = this.#byKey.get(key);
    if (same !== undefined) return same;
    if (this.#kept.size >= MAX_NODES) this.#refuse(TOO_LARGE);
    const depth = 1 + Math.max(0, ...parts.map((part) => this.#kept.get(part)?.depth ?? 0));
    if (depth > MAX_DEPTH) this.#refuse(TOO_DEEP);
    this.#kept.set(node, { id: this.#kept.size, depth });
    this.#byKey.set(key, node);
    return node;
  }

  #idsOf(nodes: readonly ProgramNode[]): string {
    return nodes.map((node) => this.#kept.get(node)?.id).join(" ");
  }
}

function constantOfLiteral(value: number | bigint): Constant {
  return typeof value === "bigint" ? bigConstant(value) : floatConstant(value);
}
