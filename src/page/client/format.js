/**
 * Numbers as text.
 *
 * @module
 */

/**
 * A number with three digits that matter.
 *
 * @param {number} value
 */
export function digits(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e15)) return value.toExponential(2);
  return value.toLocaleString(
    "en-GB",
    size < 1000 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  );
}

/**
 * A count, with its digits in groups.
 *
 * @param {number} value
 */
export function count(value) {
  return value.toLocaleString("en-GB", { maximumFractionDigits: 3 });
}

/**
 * A count of things.
 *
 * @param {number} value
 * @param {string} one
 * @param {string} [many]
 */
export function things(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/**
 * @param {number} value
 * @param {readonly (readonly [number, string])[]} units The largest first.
 */
function inUnits(value, units) {
  const size = Math.abs(value);
  const [scale, name] = units.find(([least]) => size >= least * 0.9995) ?? units[units.length - 1];
  return `${digits(value / scale)} ${name}`;
}

/**
 * A duration in milliseconds.
 *
 * @param {number} ms
 */
export function duration(ms) {
  if (ms === 0) return "0 ms";
  if (ms < 120_000) return inUnits(ms, [[1000, "s"], [1, "ms"], [1e-3, "µs"], [1e-6, "ns"]]);
  const seconds = Math.round(ms / 1000), minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @type {readonly (readonly [number, string])[]} */
const BYTES = [[1e15, "PB"], [1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"], [1, "B"]];

/**
 * Bytes.
 *
 * @param {number} value
 */
export function bytes(value) {
  return inUnits(value, BYTES);
}

/**
 * Things a second.
 *
 * @param {number} value
 */
export function rate(value) {
  return inUnits(value, [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]]).trimEnd();
}

/**
 * A share.
 *
 * @param {number} value From 0 to 1.
 */
export function percent(value) {
  if (value > 0 && value < 0.0005) return "< 0.1 %";
  return `${(100 * value).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
}

/**
 * A shape or an index.
 *
 * @param {readonly number[]} numbers
 */
export function list(numbers) {
  return `[${numbers.join(", ")}]`;
}

/**
 * The name of a worker.
 *
 * @param {number} worker
 */
export function workerName(worker) {
  return worker < 0 ? "calling thread" : `worker ${worker}`;
}

/**
 * The name of some tiles.
 *
 * @param {number} first
 * @param {number} extent
 */
export function tileNames(first, extent) {
  return extent === 1 ? `tile ${count(first)}` : `tiles ${count(first)}–${count(first + extent - 1)}`;
}

/**
 * A text that begins with a capital.
 *
 * @param {string} text
 */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
