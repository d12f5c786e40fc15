/**
 * How many workers this thread opens and ends.
 *
 * @module
 */

/** Counts from its creation until it is disposed of. */
export class WorkerCount implements Disposable {
  readonly #original: typeof Worker = globalThis.Worker;
  /** Workers that were opened. */
  opened = 0;
  /** Workers that were opened and ended. */
  ended = 0;

  constructor() {
    const count = () => this;
    globalThis.Worker = class extends Worker {
      #isEnded = false;

      constructor(specifier: string | URL, options?: WorkerOptions) {
        super(specifier, options);
        count().opened++;
      }

      override terminate(): void {
        if (!this.#isEnded) count().ended++;
        this.#isEnded = true;
        super.terminate();
      }
    };
  }

  /** Puts the original class back. */
  [Symbol.dispose](): void {
    globalThis.Worker = this.#original;
  }
}
