/**
 * The part of a value that another value speaks of.
 *
 * @module
 */

/** The objects met so far, each with the object it was selected by: cycles end there. */
type Seen = WeakMap<object, object>;

/**
 * Copies of an object only what occurs in the pattern too. Objects lose their class on the way.
 * If the two have keys but none in common, all of the object is kept.
 */
export function select(source: object, pattern: object): object {
  return selectObject(source, pattern, new WeakMap());
}

function selectObject(source: object, pattern: object, seen: Seen): object {
  if (!isObject(source)) {
    throw new TypeError(`Cannot assertObjectMatch ${source === null ? null : `type ${typeof source}`}`);
  }
  if (seen.get(source) === pattern) return source;
  seen.set(source, pattern);

  const keys = Reflect.ownKeys(source);
  const patternKeys = new Set(Reflect.ownKeys(pattern));
  const common = keys.filter((key) => patternKeys.has(key));
  const nothingInCommon = common.length === 0 && keys.length > 0 && patternKeys.size > 0;

  const result = {};
  for (const key of nothingInCommon ? keys : common) {
    const value: unknown = Reflect.get(source, key);
    Object.defineProperty(result, key, {
      value: nothingInCommon ? value : selectValue(value, Reflect.get(pattern, key), seen),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return result;
}

function selectValue(value: unknown, pattern: unknown, seen: Seen): unknown {
  if (!isObject(value) || !isObject(pattern)) return value;
  // Their content is not in properties.
  if (value instanceof RegExp || value instanceof Date) return value;
  if (Array.isArray(value) && Array.isArray(pattern)) return selectArray(value, pattern, seen);
  if (value instanceof Map && pattern instanceof Map) return selectMap(value, pattern, seen);
  if (value instanceof Set && pattern instanceof Set) return value.intersection(pattern);
  return selectObject(value, pattern, seen);
}

function selectArray(values: unknown[], pattern: unknown[], seen: Seen): unknown[] {
  if (seen.get(values) === pattern) return values;
  seen.set(values, pattern);
  const count = Math.min(values.length, pattern.length);
  return Array.from({ length: count }, (_, i) => selectValue(values[i], pattern[i], seen));
}

function selectMap(
  values: Map<unknown, unknown>,
  pattern: Map<unknown, unknown>,
  seen: Seen,
): Map<unknown, unknown> {
  const result = new Map<unknown, unknown>();
  for (const [key, value] of values) {
    if (!pattern.has(key)) continue;
    const other = pattern.get(key);
    result.set(key, isObject(value) && isObject(other) ? selectObject(value, other, seen) : value);
  }
  return result;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
