/**
 * Columns that grow.
 *
 * @module
 */

/** Numbers, to which more are added. */
export class GrowingColumn {
  #values;
  #length;

  /** @param {Float64Array} values The first ones. */
  constructor(values) {
    this.#values = values.slice();
    this.#length = values.length;
  }

  /** @param {number} value */
  push(value) {
    if (this.#length === this.#values.length) {
      const more = new Float64Array(Math.max(64, 2 * this.#length));
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[this.#length++] = value;
  }

  /** How many there are. */
  get length() {
    return this.#length;
  }

  /** The numbers so far. What is added later is not in them. */
  get values() {
    return this.#values.subarray(0, this.#length);
  }
}
