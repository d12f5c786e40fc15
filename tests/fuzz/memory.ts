/**
 * What a call allocates.
 *
 * @module
 */

/** A measurement. */
interface Level {
  /** Bytes of the heap and of buffers that it holds. */
  readonly held: number;
  /** Bytes of shared memory that were asked for so far. */
  readonly shared: number;
}

/** Counts shared memory, which the runtime's own statistics leave out. */
export class MemoryCounter implements Disposable {
  readonly #Memory: typeof WebAssembly.Memory = WebAssembly.Memory;
  readonly #SharedBuffer: typeof SharedArrayBuffer = SharedArrayBuffer;
  #shared = 0;

  constructor() {
    const add = (bytes: number): void => {
      this.#shared += bytes;
    };
    WebAssembly.Memory = new Proxy(this.#Memory, {
      construct(target, args: [WebAssembly.MemoryDescriptor], newTarget) {
        const made = Reflect.construct(target, args, newTarget);
        add(Number(args[0].initial) * 65_536);
        return made;
      },
    });
    globalThis.SharedArrayBuffer = new Proxy(this.#SharedBuffer, {
      construct(target, args: [number], newTarget) {
        const made = Reflect.construct(target, args, newTarget);
        add(args[0]);
        return made;
      },
    });
  }

  level(): Level {
    const { heapUsed, external } = Deno.memoryUsage();
    return { held: heapUsed + external, shared: this.#shared };
  }

  /**
   * About how many bytes were allocated. A collection in between hides some.
   *
   * @param before What was measured before.
   */
  since(before: Level): number {
    const now = this.level();
    return Math.max(0, now.held - before.held) + now.shared - before.shared;
  }

  [Symbol.dispose](): void {
    WebAssembly.Memory = this.#Memory;
    globalThis.SharedArrayBuffer = this.#SharedBuffer;
  }
}
