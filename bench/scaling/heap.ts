/**
 * A queue whose smallest comes first.
 *
 * @module
 */

/** Values by number, the smallest number first. */
export class Heap<T> {
  readonly #keys: number[] = [];
  readonly #values: T[] = [];

  /** How many values there are. */
  get size(): number {
    return this.#keys.length;
  }

  /** The smallest number; infinite when there is none. */
  get first(): number {
    return this.#keys[0] ?? Infinity;
  }

  /** Adds a value. */
  push(key: number, value: T): void {
    let at = this.#keys.length;
    for (; at > 0; at = (at - 1) >> 1) {
      const parent = (at - 1) >> 1;
      if (this.#keys[parent] <= key) break;
      this.#keys[at] = this.#keys[parent];
      this.#values[at] = this.#values[parent];
    }
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  /** Takes the value of the smallest number. */
  pop(): T {
    const key = this.#keys.pop(), value = this.#values.pop();
    if (key === undefined || value === undefined) throw new RangeError("There is no value");
    if (this.#keys.length === 0) return value;
    const top = this.#values[0], size = this.#keys.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#keys[child + 1] < this.#keys[child]) child++;
      if (this.#keys[child] >= key) break;
      this.#keys[at] = this.#keys[child];
      this.#values[at] = this.#values[child];
      at = child;
    }
    this.#keys[at] = key;
    this.#values[at] = value;
    return top;
  }
}
