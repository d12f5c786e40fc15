/** Objects whose text says all that counts. */
const COMPARED_AS_TEXT = new Set<object>(
  [
    RegExp,
    URL,
    URLSearchParams,
    Intl.Locale,
    Temporal.Duration,
    Temporal.Instant,
    Temporal.PlainDate,
    Temporal.PlainDateTime,
    Temporal.PlainMonthDay,
    Temporal.PlainTime,
    Temporal.PlainYearMonth,
    Temporal.ZonedDateTime,
  ].map((constructor) => constructor.prototype),
);

type IndexedNumbers = ArrayLike<number | bigint>;
type Keyed = Map<unknown, unknown> | Set<unknown>;

/**
 * Compares two values by content.
 *
 * - NaN equals NaN, and 0 equals -0.
 * - A missing property is not equal to one that is undefined.
 * - Prototypes count, except that an object without one equals a plain object.
 * - Dates compare by time, typed arrays and buffers by element, maps and sets without order, functions by identity.
 * - Cycles are followed once.
 *
 * @param a A value.
 * @param b Another value.
 * @returns Whether their contents are equal.
 * @throws {TypeError} If both are WeakMaps, or both are WeakSets, and not the same one.
 */
export function equal(a: unknown, b: unknown): boolean {
  return equalWithin(a, b, new Map());
}

/** Pairs in `seen` are being compared further up, or were found equal. */
function equalWithin(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (isSameValue(a, b)) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (!haveEqualPrototypes(a, b)) return false;

  if (isTypedArray(a)) return haveSameElements(a, b as unknown as IndexedNumbers);
  if (a instanceof ArrayBuffer || a instanceof SharedArrayBuffer) {
    return haveSameElements(new Uint8Array(a), new Uint8Array(b as ArrayBufferLike));
  }
  if (a instanceof WeakMap) throw new TypeError("Cannot compare WeakMap instances");
  if (a instanceof WeakSet) throw new TypeError("Cannot compare WeakSet instances");
  if (a instanceof WeakRef) return equalWithin(a.deref(), (b as WeakRef<WeakKey>).deref(), seen);

  if (seen.get(a) === b) return true;
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  seen.set(a, b);

  if (isKeyed(a) && isKeyed(b)) return haveEqualEntries(a, b, seen);
  if (COMPARED_AS_TEXT.has(Object.getPrototypeOf(a))) return String(a) === String(b);
  return haveEqualProperties(a, b, seen);
}

function haveEqualEntries(a: Keyed, b: Keyed, seen: Map<object, object>): boolean {
  if (a.size !== b.size) return false;
  if ([...a.keys()].some((key) => isObject(key) || typeof key === "function")) {
    return haveMatchingEntries(a, b, seen);
  }
  for (const key of a.keys()) {
    if (!b.has(key)) return false;
    if (a instanceof Map && !equalWithin(a.get(key), (b as Map<unknown, unknown>).get(key), seen)) {
      return false;
    }
  }
  return true;
}

/** With objects as keys, each entry of one side needs an equal entry on the other. */
function haveMatchingEntries(a: Keyed, b: Keyed, seen: Map<object, object>): boolean {
  const others = [...b.entries()];
  const isSet = a instanceof Set;
  // All entries are looked at, so that one that cannot be compared always throws.
  const matched = [...a.entries()].filter(([key, value]) =>
    others.some(([otherKey, otherValue]) =>
      equalWithin(key, otherKey, seen) && (isSet || equalWithin(value, otherValue, seen))
    )
  );
  return matched.length === a.size;
}

function haveEqualProperties(a: object, b: object, seen: Map<object, object>): boolean {
  const keys = isPlain(a) ? ownEnumerableKeys(a).union(ownEnumerableKeys(b)) : allKeys(a).union(allKeys(b));
  for (const key of keys) {
    if (!equalWithin(Reflect.get(a, key), Reflect.get(b, key), seen)) return false;
    if (Reflect.has(a, key) !== Reflect.has(b, key)) return false;
  }
  return true;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype;
}

function ownEnumerableKeys(value: object): Set<PropertyKey> {
  return new Set(
    Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)),
  );
}

/** Keys of an object and of its classes: instances may keep their content behind accessors. */
function allKeys(value: object): Set<PropertyKey> {
  const keys = new Set<PropertyKey>();
  for (let level = value; level && level !== Object.prototype && level !== Array.prototype;) {
    for (const key of Reflect.ownKeys(level)) keys.add(key);
    level = Object.getPrototypeOf(level);
  }
  return keys;
}

function haveEqualPrototypes(a: object, b: object): boolean {
  const plainOr = (prototype: object | null) => prototype ?? Object.prototype;
  return plainOr(Object.getPrototypeOf(a)) === plainOr(Object.getPrototypeOf(b));
}

function haveSameElements(a: IndexedNumbers, b: IndexedNumbers): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (!isSameValue(a[i], b[i])) return false;
  }
  return true;
}

function isSameValue(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isKeyed(value: object): value is Keyed {
  return value instanceof Map || value instanceof Set;
}

const TypedArrayBase: unknown = Object.getPrototypeOf(Uint8Array);

function isTypedArray(value: object): value is object & IndexedNumbers {
  return typeof TypedArrayBase === "function" && value instanceof TypedArrayBase;
}
