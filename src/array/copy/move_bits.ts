/**
 * The innermost loops of copies. Each function meets one kind of typed array only. Rows are unrolled: the checks of a
 * typed array, which an engine may repeat in every turn of a loop, are then paid once in several elements.
 *
 * Bits are moved as integers: a float32 or float16 that becomes a number and a float again does not keep the bits of
 * every NaN. A float64 that is read and written stays what it is in V8 (a test watches that), and takes half the
 * instructions of two words. But the language leaves the bits of a NaN to the engine, so that 64-bit integers do not
 * rely on it.
 *
 * @module
 */

/** The distances between a plane's rows and between its columns, in elements. */
export interface PlaneSteps {
  /** From row to row in the target. */
  readonly targetRow: number;
  /** From column to column in the target. */
  readonly targetColumn: number;
  /** From row to row in the source. */
  readonly sourceRow: number;
  /** From column to column in the source. */
  readonly sourceColumn: number;
}

/**
 * Moves elements of 1 byte. Places and steps count elements and stay below 2^31.
 *
 * @param to Where to write.
 * @param from Where to read.
 * @param target The first element in `to`.
 * @param source The first element in `from`.
 * @param rows How many rows.
 * @param columns How many elements a row has.
 * @param steps The distances.
 */
export function moveBytes(
  to: Uint8Array,
  from: Uint8Array,
  target: number,
  source: number,
  rows: number,
  columns: number,
  steps: PlaneSteps,
): void {
  const da = steps.targetColumn, db = steps.sourceColumn;
  const unrolled = columns - columns % 8;
  for (let row = 0; row < rows; row++) {
    let a = (target + row * steps.targetRow) | 0, b = (source + row * steps.sourceRow) | 0;
    let column = 0;
    for (; column < unrolled; column += 8) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
    for (; column < columns; column++) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
  }
}

/**
 * Moves elements of 2 bytes. Places and steps count elements and stay below 2^31.
 *
 * @param to Where to write.
 * @param from Where to read.
 * @param target The first element in `to`.
 * @param source The first element in `from`.
 * @param rows How many rows.
 * @param columns How many elements a row has.
 * @param steps The distances.
 */
export function moveHalfWords(
  to: Uint16Array,
  from: Uint16Array,
  target: number,
  source: number,
  rows: number,
  columns: number,
  steps: PlaneSteps,
): void {
  const da = steps.targetColumn, db = steps.sourceColumn;
  const unrolled = columns - columns % 8;
  for (let row = 0; row < rows; row++) {
    let a = (target + row * steps.targetRow) | 0, b = (source + row * steps.sourceRow) | 0;
    let column = 0;
    for (; column < unrolled; column += 8) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
    for (; column < columns; column++) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
  }
}

/**
 * Moves elements of 4 bytes. Places and steps count elements and stay below 2^31.
 *
 * @param to Where to write.
 * @param from Where to read.
 * @param target The first element in `to`.
 * @param source The first element in `from`.
 * @param rows How many rows.
 * @param columns How many elements a row has.
 * @param steps The distances.
 */
export function moveWords(
  to: Int32Array,
  from: Int32Array,
  target: number,
  source: number,
  rows: number,
  columns: number,
  steps: PlaneSteps,
): void {
  const da = steps.targetColumn, db = steps.sourceColumn;
  const unrolled = columns - columns % 8;
  for (let row = 0; row < rows; row++) {
    let a = (target + row * steps.targetRow) | 0, b = (source + row * steps.sourceRow) | 0;
    let column = 0;
    for (; column < unrolled; column += 8) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
    for (; column < columns; column++) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
  }
}

/**
 * Moves elements of 8 bytes as floats. Places and steps count elements and stay below 2^31.
 *
 * @param to Where to write.
 * @param from Where to read.
 * @param target The first element in `to`.
 * @param source The first element in `from`.
 * @param rows How many rows.
 * @param columns How many elements a row has.
 * @param steps The distances.
 */
export function moveDoubles(
  to: Float64Array,
  from: Float64Array,
  target: number,
  source: number,
  rows: number,
  columns: number,
  steps: PlaneSteps,
): void {
  const da = steps.targetColumn, db = steps.sourceColumn;
  const unrolled = columns - columns % 8;
  for (let row = 0; row < rows; row++) {
    let a = (target + row * steps.targetRow) | 0, b = (source + row * steps.sourceRow) | 0;
    let column = 0;
    for (; column < unrolled; column += 8) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
    for (; column < columns; column++) {
      to[a] = from[b], a = (a + da) | 0, b = (b + db) | 0;
    }
  }
}

/**
 * Moves elements of 8 bytes as pairs of words. Places and steps count elements and stay below 2^31 words of 4 bytes.
 *
 * @param to Where to write.
 * @param from Where to read.
 * @param target The first element in `to`.
 * @param source The first element in `from`.
 * @param rows How many rows.
 * @param columns How many elements a row has.
 * @param steps The distances.
 */
export function moveWordPairs(
  to: Int32Array,
  from: Int32Array,
  target: number,
  source: number,
  rows: number,
  columns: number,
  steps: PlaneSteps,
): void {
  const da = 2 * steps.targetColumn, db = 2 * steps.sourceColumn;
  const unrolled = columns - columns % 4;
  for (let row = 0; row < rows; row++) {
    let a = (2 * (target + row * steps.targetRow)) | 0, b = (2 * (source + row * steps.sourceRow)) | 0;
    let column = 0;
    for (; column < unrolled; column += 4) {
      to[a] = from[b], to[a + 1] = from[b + 1], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], to[a + 1] = from[b + 1], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], to[a + 1] = from[b + 1], a = (a + da) | 0, b = (b + db) | 0;
      to[a] = from[b], to[a + 1] = from[b + 1], a = (a + da) | 0, b = (b + db) | 0;
    }
    for (; column < columns; column++) {
      to[a] = from[b], to[a + 1] = from[b + 1], a = (a + da) | 0, b = (b + db) | 0;
    }
  }
}
