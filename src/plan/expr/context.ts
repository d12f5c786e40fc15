/**
 * What the rules of the checker share.
 *
 * @module
 */

import { expressionError, shortened } from "./diagnostics.ts";
import { NodeStore } from "./nodes.ts";
import type { Operation } from "./operation.ts";
import type { Span } from "./syntax.ts";
import type { CheckedValue } from "./values.ts";

/** An operation that is checked. */
export interface CheckedCall {
  readonly operation: Operation;
  /** As it is written. */
  readonly spelled: string;
  readonly args: readonly CheckedValue[];
  readonly at: Span;
}

/** Makes nodes and errors for one program. */
export class CheckContext {
  readonly store: NodeStore;
  /** How many axes the arrays have. */
  readonly rank: number;
  readonly #source: string;
  #at: Span = { start: 0, end: 0 };

  /**
   * Prepares for a program.
   *
   * @param source Its text.
   * @param rank How many axes the arrays have.
   */
  constructor(source: string, rank: number) {
    this.#source = source;
    this.rank = rank;
    this.store = new NodeStore((reason) => this.refuse(reason, this.#at));
  }

  /** Remembers what is checked now, for errors that have no place of their own. */
  visit(at: Span): void {
    this.#at = at;
  }

  /** Throws an error that shows a place. */
  refuse(reason: string, at: Span): never {
    throw expressionError(reason, this.#source, at.start);
  }

  /** The text at a place, for a message. */
  textAt({ start, end }: Span): string {
    return shortened(this.#source.slice(start, end));
  }
}
